package ui

import (
	"context"
	"errors"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/engine"
	"ehlo/session/record"
)

// bridge is where a session meets the program: an append-only source read by position, a wake channel of capacity 1
// with one waiting command, one goroutine that runs the engine, and a mailbox of capacity 1 in front of it.
//
// The program never waits for the engine. The engine never waits for the program. join waits for both.
type bridge struct {
	source record.Source
	wake   <-chan struct{}
	stop   func() // ends the waiting command

	live    *Live // nil for a replay
	ctx     context.Context
	cancel  context.CancelFunc
	jobs    chan job
	results chan result
	ended   chan struct{} // closed when the engine's goroutine has ended

	file func() error // releases a replay's file

	once    sync.Once
	verdict record.Verdict // of a live session, once it is joined
	closed  error          // what closing came to
}

// job is one thing for the engine to do.
type job struct {
	ctx context.Context
	run func(context.Context) error
}

// result is what came of a job. The job counts as done once the source has upto events: until then the screen would
// offer steps from a state that is out of date.
type result struct {
	err  error
	upto int
}

// Messages from the bridge. Each names it, so that one that comes late does no harm.
type (
	newsMsg struct{ from *bridge }
	doneMsg struct {
		from *bridge
		result
	}
)

// bridgeLive starts the engine's goroutine.
func bridgeLive(ctx context.Context, live *Live) *bridge {
	b := bridgeSource(live.Source)
	b.live = live
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.jobs, b.results, b.ended = make(chan job, 1), make(chan result, 1), make(chan struct{})
	go b.serve()
	return b
}

func bridgeReplay(r *Replay) *bridge {
	b := bridgeSource(r.Source)
	b.file = r.Close
	return b
}

func bridgeSource(src record.Source) *bridge {
	b := &bridge{source: src}
	b.wake, b.stop = src.Watch()
	return b
}

// serve runs the engine, one job at a time.
func (b *bridge) serve() {
	defer close(b.ended)
	for j := range b.jobs {
		err := record.Try("the engine", func() error { return j.run(j.ctx) })
		b.results <- result{err, b.live.Engine.Log().Len()}
	}
}

// news waits until the source has grown.
func (b *bridge) news() tea.Cmd {
	return func() tea.Msg {
		if _, open := <-b.wake; !open {
			return nil
		}
		return newsMsg{b}
	}
}

// submit puts a job into the mailbox; the command waits for what comes of it. The caller sees to it that there is one
// job at a time.
func (b *bridge) submit(ctx context.Context, run func(context.Context) error) tea.Cmd {
	b.jobs <- job{ctx, run}
	return func() tea.Msg {
		select {
		case r := <-b.results:
			return doneMsg{b, r}
		case <-b.ended:
			return nil
		}
	}
}

// do runs a step; canceling ctx ends it. What was changed by hand before it is recorded first; nil where nothing was.
func (b *bridge) do(ctx context.Context, st record.Step, settled *record.Change) tea.Cmd {
	return b.submit(ctx, func(ctx context.Context) error {
		if settled != nil {
			b.live.Engine.Change(*settled, engine.Means{})
		}
		return b.live.Engine.Do(ctx, st)
	})
}

// change goes on by another plan. What it takes may have to be read first.
func (b *bridge) change(ctx context.Context, c record.Change, means func(context.Context) (engine.Means, error)) tea.Cmd {
	return b.submit(ctx, func(ctx context.Context) error {
		m, err := means(ctx)
		if err == nil {
			b.live.Engine.Change(c, m)
		}
		return err
	})
}

// finish closes the log with the verdict.
func (b *bridge) finish() tea.Cmd {
	return b.submit(b.ctx, func(context.Context) error { b.live.Engine.Finish(); return nil })
}

// join ends everything: cancel, wait for the engine, close the log, flush the transcript. It is called when no more jobs
// come; a later call waits for the first to be done.
func (b *bridge) join() error {
	b.once.Do(func() { b.closed = b.close() })
	return b.closed
}

func (b *bridge) close() error {
	defer b.stop()
	if b.live == nil {
		if b.file != nil {
			return b.file()
		}
		return nil
	}
	b.cancel()
	close(b.jobs)
	for open := true; open; { // a result that nobody waits for any more must not hold the engine up
		select {
		case <-b.results:
		case <-b.ended:
			open = false
		}
	}
	b.verdict = b.live.Engine.Finish()
	return errors.Join(b.failed(), b.live.Stop())
}

// failed says why the transcript cannot be written.
func (b *bridge) failed() error {
	if b.live == nil || b.live.Failed == nil {
		return nil
	}
	return b.live.Failed()
}
