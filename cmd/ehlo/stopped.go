package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
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

// meanwhile is the context for a session that ends with ctx. Its signals are caught when the session waits for the first time: for its
// connection, when nothing has been said yet that an end could cut short.
func meanwhile(ctx context.Context) context.Context {
	s, ok := ctx.(*stoppable)
	if !ok {
		return ctx
	}
	go s.Done()
	return s.Context
}
