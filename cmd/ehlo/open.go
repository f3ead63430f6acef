package main

import (
	"context"

	"github.com/spf13/cobra"

	"ehlo/transcripts"
	"ehlo/transcripts/export"
	"ehlo/ui/plain"
)

const openLong = `Replays a transcript on the same screen as a live session: forward, back, jump, notes.
A truncated or damaged file opens up to the damage, and the screen says where it is.`

func newOpen(std streams) *cobra.Command {
	o := &options{}
	c := &cobra.Command{
		Use: "open FILE", Short: "replay a transcript", Long: openLong, Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := untilTold(c)
			if hasScreen(std, o) {
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
	return openOn(ctx, console, textFor(std.out, export.Normal), path)
}

// openOn goes through a transcript on a console.
func openOn(ctx context.Context, console plain.Console, text export.Text, path string) error {
	f, err := transcripts.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return plain.Replay{Console: console, File: f, Text: text}.Run(ctx)
}
