package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// stoppable is a context that ends when the program is told to end. The signals are caught from when its end is asked for, [stoppable.Done]: to catch
// them starts threads, which takes a twentieth of the time of a short session.
type stoppable struct {
	context.Context
	cancel context.CancelFunc
	catch  sync.Once
}

// untilStopped is the context of a command that ctrl-c ends. stop lets the signals be.
func untilStopped(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	return &stoppable{Context: ctx, cancel: cancel}, cancel
}

// Done implements [context.Context].
func (s *stoppable) Done() <-chan struct{} {
	s.catch.Do(func() {
		told := make(chan os.Signal, 1)
		signal.Notify(told, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		go s.await(told)
	})
	return s.Context.Done()
}

// await ends the context at the first signal. Those that follow it change nothing.
func (s *stoppable) await(told chan os.Signal) {
	select {
	case <-told:
		s.cancel()
	case <-s.Context.Done():
		signal.Stop(told)
	}
}

// settling is how long a session goes on before the signals are caught. A short one on a near server is over by then, and catches none: nobody can
// have seen by then what to stop, and a signal that comes as early ends the program as it would have before.
const settling = 20 * time.Millisecond

// settled is the context for a session that ends with ctx. Its signals are caught when the session has gone on for a moment.
func settled(ctx context.Context) context.Context {
	s, ok := ctx.(*stoppable)
	if !ok {
		return ctx
	}
	time.AfterFunc(settling, func() {
		if s.Err() == nil {
			s.Done()
		}
	})
	return s.Context
}
