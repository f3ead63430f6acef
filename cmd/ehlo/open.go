package main

import (
	"context"

	"github.com/spf13/cobra"

	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts"
	"ehlo/ui/plain"
)

const openLong = `Replays a transcript on the same screen as a live session: forward, back, jump, notes.
A truncated or damaged file opens up to the damage, and the screen says where it is.
From any event it can be taken up live: a session with the same server takes the same
steps again, and goes on from there.`

func newOpen(std streams) *cobra.Command {
	o := &options{}
	c := &cobra.Command{
		Use: "open FILE", Short: "replay a transcript", Long: openLong, Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := untilTold(c)
			if hasScreen(std, o) {
				ctx, abandon := context.WithCancel(ctx)
				defer abandon()
				o.keep()
				o.kept.screen, o.kept.abandon = true, abandon
				return screenError(app(ctx, std, o).Replay(ctx, args[0]))
			}
			return openPlain(ctx, std, args[0])
		},
	}
	plainFlag(c, o)
	return c
}

func openPlain(ctx context.Context, std streams, path string) error {
	console, stop := consoleOf(std)
	defer stop()
	return openOn(ctx, std, console, path)
}

// openOn goes through a transcript on a console.
func openOn(ctx context.Context, std streams, console plain.Console, path string) error {
	f, err := transcripts.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return plain.Replay{Console: console, File: f,
		TakeUp: func(ctx context.Context, c plain.Console, t walk.Trail) error { return takeUpPlain(ctx, std, c, t) }}.Run(ctx)
}

// takeUpPlain takes the steps of a transcript again in a live session, and goes on from there. What goes wrong with it is said, and
// the transcript stays open.
func takeUpPlain(ctx context.Context, std streams, c plain.Console, t walk.Trail) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	o := options{asked: setup.Again(t.Plan, t.Wanted()), askSecrets: true}
	defer o.keep()()
	live, err := uninterrupted(abandon, o.launcher(ctx, std, o.asked.Target, false))
	if err == nil {
		live.Trail = t.Steps
		err = exploreOn(ctx, c, live)
	}
	report(std.out, err)
	return nil
}
