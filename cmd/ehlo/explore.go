package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"

	"ehlo/session/record"
	"ehlo/transcripts/export"
	"ehlo/ui"
	"ehlo/ui/plain"
)

// explore walks a session on the screen, or as lines of text where there is none.
func explore(ctx context.Context, std streams, o *options, target string) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	defer o.keep()()
	o.kept.abandon = abandon
	live, err := uninterrupted(abandon, o.launcher(ctx, std, target, true))
	if err != nil {
		return err
	}
	return exploreLive(ctx, std, o, live)
}

// uninterrupted starts a session. Until it is there a ctrl-c ends what is waited for.
func uninterrupted(abandon func(), start func() (*ui.Live, error)) (*ui.Live, error) {
	interrupts, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	defer close(done)
	go func() {
		select {
		case <-interrupts:
			abandon()
		case <-done:
		}
	}()
	return start()
}

func exploreLive(ctx context.Context, std streams, o *options, live *ui.Live) error {
	if hasScreen(std, o) {
		o.keep()
		o.kept.screen = true
		return screenEnd(app(ctx, std, o).Live(ctx, live))
	}
	return explorePlain(ctx, std, live)
}

func explorePlain(ctx context.Context, std streams, live *ui.Live) error {
	console, stop := consoleOf(std)
	defer stop()
	return exploreOn(ctx, console, textFor(std.out, export.Normal), live)
}

// exploreOn walks a session on a console, and those that follow its advice.
func exploreOn(ctx context.Context, console plain.Console, text export.Text, live *ui.Live) error {
	tell(console.Out, live)
	if live.Path == "" {
		fmt.Fprintln(console.Out, "no transcript is kept:", live.Failed())
	}
	w := plain.Walk{Console: console, Engine: live.Engine, Events: live.Source, Goal: live.Goal, Text: text, Trail: live.Trail,
		Means: plain.Means{Roots: live.Roots, Certificate: live.Certificate, Advance: live.Advance, ReadCA: namedCA, ReadCertificate: namedCertificate}}
	all := []*ui.Live{live}
	if live.Next != nil {
		w.Next = func() (plain.Engine, record.Source) {
			next := all[len(all)-1].Next()
			all = append(all, next)
			return next.Engine, next.Source
		}
	}
	verdict, err := w.Run(ctx)
	for _, live := range all {
		err = errors.Join(err, live.Stop())
		if live.Path != "" {
			fmt.Fprintln(console.Out, "transcript:", live.Path)
		}
	}
	if err != nil && !unwrittenAlone(err) {
		return err
	}
	return endBy(verdict, err)
}

// namedCA reads the roots in a file that a person names at the prompt.
func namedCA(ctx context.Context, path string) (*x509.CertPool, error) {
	return readCA(ctx, "the CA's file", path)
}

// namedCertificate reads a client certificate in files that a person names at the prompt.
func namedCertificate(ctx context.Context, cert, key string) (*tls.Certificate, error) {
	list, err := readCertificate(ctx, "the certificate's file", cert, "the key's file", key)
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// exitBy is the exit code of the last session, nil for a good one or none.
func exitBy(v *record.Verdict) error {
	if v == nil || v.Exit == record.ExitOK {
		return nil
	}
	return &ended{v.Exit}
}

// consoleOf brings a person's ctrl-c as something to read, next to what is typed.
func consoleOf(std streams) (plain.Console, func()) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	return plain.Console{In: std.in, Out: std.out, Interrupt: interrupts}, func() { signal.Stop(interrupts) }
}

// tell prints what a learner should know before the first step.
func tell(w io.Writer, live *ui.Live) {
	for _, text := range live.Story {
		fmt.Fprintln(w, text)
	}
	if live.Task != "" {
		fmt.Fprintln(w, "to do:", live.Task)
	}
	for _, a := range playing(live) {
		fmt.Fprintf(w, "practice account %s, password %s: %s\n", a.User, a.Password, a.Note)
	}
}

// playing are the practice accounts that play a part: the one that logs in, or all where nobody is chosen.
func playing(live *ui.Live) []ui.Account {
	i := slices.IndexFunc(live.Accounts, func(a ui.Account) bool { return a.User == live.Goal.Credentials.Username })
	if i < 0 {
		return live.Accounts
	}
	return live.Accounts[i : i+1]
}
