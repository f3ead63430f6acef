package main

import (
	"context"

	"github.com/spf13/cobra"

	"ehlo/ui"
	"ehlo/ui/plain"
)

const connectLong = `Opens the explorer on a server. Nothing is sent before you press Enter, no password
crosses the network in clear text or to a server that did not prove its name unless
you confirm it, and the proposed walk stops before a message is sent.

The session is kept as a transcript; its path is printed at the end.`

func newConnect(std streams, base *options) *cobra.Command {
	o := *base
	c := &cobra.Command{
		Use: "connect TARGET", Short: "explore a real server", Long: connectLong,
		Example: "  ehlo connect mail.example.org:587\n  ehlo connect submissions://mail.example.org --user ann@example.org\n  ehlo connect mx.example.org -4 --tls off",
		Args:    exactArgs("TARGET"),
		RunE: func(c *cobra.Command, args []string) error {
			o.plain = base.plain
			return explore(c.Context(), std, &o, args[0])
		},
	}
	o.register(c)
	return c
}

// explore walks a session on the screen, or as lines of text where there is none.
func explore(ctx context.Context, std streams, o *options, target string) error {
	start := launcher(ctx, std, o, target)
	live, err := start()
	if err != nil {
		return err
	}
	if hasScreen(std, o) {
		return app(ctx, std, o).Live(ctx, live)
	}
	return explorePlain(ctx, std, live)
}

func explorePlain(ctx context.Context, std streams, live *ui.Live) error {
	w := plain.Walk{In: std.in, Out: std.out, Engine: live.Engine, Source: live.Source, Goal: live.Goal, Story: live.Story, Path: live.Path}
	for _, a := range live.Accounts {
		w.Story = append(w.Story, "practice account "+a.User+", password "+a.Password+": "+a.Note)
	}
	err := w.Run(ctx)
	live.Engine.Finish(err)
	if stop := live.Stop(); err == nil {
		err = stop
	}
	return err
}

// runHome opens the home screen.
func runHome(ctx context.Context, std streams, o *options) error {
	if hasScreen(std, o) {
		return app(ctx, std, o).Home(ctx)
	}
	return explore(ctx, std, o, "lab:")
}
