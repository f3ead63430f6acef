package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"ehlo/session/record"
)

// ErrInterrupted occurs when a person pressed Ctrl-C or the process got a signal. Everything has been ended and kept.
var ErrInterrupted = errors.New("interrupted")

// ErrNoTerminal occurs when standard output is not a terminal, or is one that cannot move its cursor. There is --plain.
var ErrNoTerminal = errors.New("the screen needs a terminal; use --plain, or ehlo run")

// Home shows the home screen until a person quits.
func (a App) Home(ctx context.Context) error {
	_, err := a.run(ctx, func(r *root) { r.home = newHome(r.app, r.theme, r.env.lay) })
	return err
}

// Live shows a session until a person quits, then ends it and flushes its transcript, on every path. The verdict is that of
// the last session there was.
func (a App) Live(ctx context.Context, live *Live) (*record.Verdict, error) {
	return a.run(ctx, func(r *root) { r.showLive(live) })
}

// Replay shows a transcript until a person quits. The verdict is that of the last session that it was taken up in; nil where there
// was none.
func (a App) Replay(ctx context.Context, path string) (*record.Verdict, error) {
	replay, err := a.Open(path)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, func(r *root) { r.showReplay(replay) })
}

// run runs the program on the terminal. What is shown first is set before the terminal is looked at, so that a session
// is joined even if there is none.
func (a App) run(ctx context.Context, first func(*root)) (*record.Verdict, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	theme := terminalTheme(os.Getenv)
	r := newRoot(ctx, &a, newEnv(&a, os.Stdout), theme)
	first(r)
	err := r.drive(ctx)
	var paths []string
	errs := r.faults()
	ended := record.Try("the end of the screen", func() error {
		joined, failed := r.joinAll()
		paths, errs = joined, append(errs, failed...)
		return nil
	})
	report(os.Stdout, paths)
	errs = append(errs, ended)
	switch {
	case err != nil:
		errs = append(errs, err)
	case r.interrupted:
		errs = append(errs, ErrInterrupted)
	}
	return r.verdict, errors.Join(errs...)
}

// report names the transcripts, below whatever was on the terminal before.
func report(out io.Writer, paths []string) {
	for _, p := range paths {
		fmt.Fprintln(out, "transcript:", p)
	}
}

func (r *root) drive(ctx context.Context) error {
	if r.app.Drive != nil {
		return r.app.Drive(ctx, r)
	}
	return r.onTerminal(ctx)
}

// AtRest implements [Screen].
func (r *root) AtRest() bool {
	w := r.walk
	f := r.finder()
	return r.pending == nil && r.starting == nil && (r.abreast == nil || r.abreast.atRest()) && (f == nil || !f.scan.running) && (r.check == nil || !r.check.running()) && (w == nil || w.busy == nil && !w.onward && w.pane.Len() == w.promised() && !w.reading() && (w.filter == nil || !w.filter.running) && (!w.closing || w.over))
}

func (r *root) onTerminal(ctx context.Context) error {
	mouse := os.Getenv(mouseSwitch)
	d, err := newDisplay(r, mouse != "" && mouse != "0")
	if err != nil {
		return err
	}
	return d.run(ctx)
}
