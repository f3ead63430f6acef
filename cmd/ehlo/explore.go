package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/progress"
	"ehlo/session/record"
	"ehlo/transcripts/diff"
	"ehlo/ui"
	"ehlo/ui/plain"
)

// explore walks a session on the screen, or as lines of text where there is none.
func explore(ctx context.Context, std streams, o *options, target string) (ended error) {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	defer o.keep()()
	defer func() { ended = o.closeCapture(std, ended) }()
	o.kept.abandon = abandon
	live, err := uninterrupted(abandon, o.launcher(ctx, std, target, true))
	if err != nil {
		return err
	}
	return exploreLive(ctx, std, o, live)
}

// uninterrupted starts a session. Until it is there a ctrl-c ends what is waited for; one at the very end ends what comes after it.
func uninterrupted(abandon func(), start func() (*ui.Live, error)) (*ui.Live, error) {
	interrupts, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		select {
		case <-interrupts:
			abandon()
		case <-done:
		}
	}()
	defer func() {
		close(done)
		signal.Stop(interrupts)
		if len(interrupts) > 0 {
			abandon()
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
	return explorePlain(ctx, std, o, live)
}

func explorePlain(ctx context.Context, std streams, o *options, live *ui.Live) error {
	console, stop := consoleOf(std)
	defer stop()
	_, err := exploreOn(ctx, console, live, o.predict, nil)
	return err
}

// exploreOn walks a session on a console, and those that follow its advice. predict has a question come before each step, and part is what a
// lesson is about, nil for none.
func exploreOn(ctx context.Context, console plain.Console, live *ui.Live, predict bool, part *plain.Part) (plain.Came, error) {
	tell(console.Out, live)
	if live.Path == "" {
		fmt.Fprintln(console.Out, "no transcript is kept:", live.Failed())
	}
	w := plain.Walk{Console: console, Engine: live.Engine, Events: live.Source, Goal: live.Goal, Author: author(), Trail: live.Trail, Predict: predict, Part: part,
		Means: plain.Means{Roots: live.Roots, Certificate: live.Certificate, Advance: live.Advance, ReadCA: namedCA, ReadCertificate: namedCertificate}}
	w.Exercise, w.Arrived = exerciseOf(live), live.Arrived
	w.Compare = compareWith(ctx, func() diff.Session { return diff.Session{Name: "this session", Source: live.Source, Running: true} })
	all := []*ui.Live{live}
	for _, a := range live.Accounts {
		w.Accounts = append(w.Accounts, introduced(a))
	}
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
	}
	saidKept(console.Out, all)
	came := plain.Came{Ended: verdict.Outcome != record.OutcomeStopped || part.WasMade(), Mended: part.WasMended(), Solved: w.Exercise != nil && w.Exercise.WasReached()}
	if err != nil && !unwrittenAlone(err) {
		return came, err
	}
	return came, endBy(verdict, err)
}

// saidKept says where the transcripts are. Those of a practice session are in the list at home: a path takes longer to hear than the
// verdict.
func saidKept(w io.Writer, all []*ui.Live) {
	listed := 0
	for _, live := range all {
		switch {
		case live.Path == "", errors.Is(live.Failed(), fs.ErrNotExist): // what became of it is said as an error
		case live.Accounts != nil:
			listed++
		default:
			fmt.Fprintln(w, "transcript:", live.Path)
		}
	}
	if listed > 0 {
		fmt.Fprintf(w, "%s kept; start ehlo and type open to replay %s\n", record.Plural(listed, "transcript", "transcripts"), map[bool]string{true: "it", false: "them"}[listed == 1])
	}
}

// exerciseOf is what the scenario of a session asks for; nil where it is none.
func exerciseOf(live *ui.Live) *plain.Exercise {
	e := live.Exercise
	if e == nil {
		return nil
	}
	out := &plain.Exercise{Exercise: e}
	if next := course.After(e.Scenario, soFar().Solved, live.Own...); next != nil {
		out.Next = next.Title + "; to practice it: ehlo lab " + next.Name
	}
	if p := progressFile(); p != nil {
		out.Solved = func() error { return p.Add(progress.Entry{Solved: e.Scenario, Time: time.Now()}) }
	}
	return out
}

// soFar is what was solved and learned; what cannot be read counts as not done.
func soFar() progress.State {
	p := progressFile()
	if p == nil {
		return progress.State{}
	}
	state, _ := p.Read()
	return state
}

// namedCA reads the roots in a file that a person names at the prompt.
func namedCA(ctx context.Context, path string) (certificate.Roots, error) {
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
	for _, a := range live.Accounts {
		if a.User == live.Goal.Credentials.Username { // no other plays a part
			fmt.Fprintln(w, introduced(a))
		}
	}
}

// introduced is a practice account in a sentence, its password spelled as it is typed too. Nothing about it is secret.
func introduced(a ui.Account) string {
	text := fmt.Sprintf("practice account: username %s, password %s: %s", a.User, a.Password, plain.Typed(a.Password))
	if a.Note == lab.Ordinary {
		return text
	}
	return text + ": " + a.Note
}
