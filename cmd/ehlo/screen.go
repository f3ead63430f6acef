package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/term"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/course"
	"ehlo/session/doctor"
	"ehlo/session/lab"
	"ehlo/session/progress"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/transcripts"
	"ehlo/transcripts/words"
	"ehlo/ui"
)

// app is what the screen gets from the rest of the program.
func app(ctx context.Context, std streams, o *options) *ui.App {
	return &ui.App{
		Abandon:  o.abandon,
		Predict:  o.predict,
		Present:  o.present,
		Launch:   func(r ui.Request) (*ui.Live, error) { return launchRequest(ctx, std, o, r) },
		Lanes:    func(names []string) ([]ui.Lane, error) { return o.lanes(ctx, std, names) },
		Open:     openReplay,
		Read:     func(path string) (*ui.Replay, error) { return readReplay(ctx, path) },
		Sessions: func(path string) ([]ui.Session, error) { return sessionsFor(ctx, path) },
		Recent:   recent,
		Files:    files{},
		Targets:  book{},
		Progress: progressFile(),
		Survey: func(ctx context.Context, r ui.SurveyRequest, told ui.SurveyNews) (*survey.Survey, error) {
			return surveyFor(ctx, o, r, told)
		},
		Route: func(ctx context.Context, domain string, news ui.News[ui.Routed]) (*ui.Routed, error) {
			return routeFor(ctx, o, domain, news)
		},
		Doctor: func(ctx context.Context, target string, news ui.News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
			return diagnosisFor(ctx, std, o, target, news)
		},
		Questions:       questions,
		Scenarios:       scenarios,
		Version:         release,
		Author:          author,
		ReadCA:          namedCA,
		ReadCertificate: namedCertificate,
	}
}

// abandon ends what the start of a session still waits for.
func (o *options) abandon() {
	if o.kept != nil && o.kept.abandon != nil {
		o.kept.abandon()
	}
}

// launchRequest starts what a person chose on the screen.
func launchRequest(ctx context.Context, std streams, base *options, r ui.Request) (*ui.Live, error) {
	return base.forAnother(r).launcher(ctx, std, r.Target, false)()
}

// forAnother are the options of a session with a server that a person names on the screen. The secrets and the message of the
// command line were meant for its own target, and go to no other.
func (o *options) forAnother(r ui.Request) *options {
	other := &options{asked: r.Request, ca: r.CAFile, cert: r.CertFile, key: r.KeyFile, askSecrets: r.AskSecrets, byForm: true, keylog: o.keylog,
		recorder: o.recorder, captureKeys: o.captureKeys}
	other.own, other.asked.Own = o.own, o.asked.Own
	other.keep()
	other.kept.screen, other.kept.abandon = true, o.abandon
	return other
}

func openReplay(path string) (*ui.Replay, error) {
	f, err := transcripts.Follow(path)
	if err != nil {
		return nil, err
	}
	return replayOf(f), nil
}

// readReplay reads a session to its end: a transcript, or what another program recorded.
func readReplay(ctx context.Context, path string) (*ui.Replay, error) {
	f, release, err := readWhole(ctx, path)
	if err != nil {
		return nil, err
	}
	r := replayOf(f)
	r.Close = release
	return r, nil
}

// replayOf is a transcript for the screen.
func replayOf(f *transcripts.File) *ui.Replay {
	damage := func() string {
		if d := f.Damage(); d != nil {
			return d.String()
		}
		return ""
	}
	return &ui.Replay{Source: f, Path: f.Path(), AddNote: f.AddNote, AddAbout: f.AddAbout, Close: f.Close, Running: f.Running, Damage: damage, Whole: f.Whole}
}

func recent() []ui.Recent {
	dir, err := transcripts.Dir()
	if err != nil {
		return nil
	}
	var list []ui.Recent
	for _, s := range transcripts.List(dir) {
		list = append(list, ui.Recent{Path: s.Path, When: s.Time, Title: titleOf(s), Target: s.Target.String(), Outcome: outcome(s), Also: foundBy(s)})
	}
	list = append(list, recorded(dir)...)
	slices.SortStableFunc(list, func(a, b ui.Recent) int { return b.When.Compare(a.When) })
	return list
}

// titleOf is what a person has called the file, else the title of the scenario.
func titleOf(s transcripts.Summary) string {
	if s.About != nil && s.About.Title != "" {
		return s.About.Title
	}
	return s.Title
}

// foundBy is what a transcript is found by that its row does not say.
func foundBy(s transcripts.Summary) string {
	said := words.List(" ", s.Scenario, s.Title)
	if a := s.About; a != nil {
		said = words.List(" ", append([]string{said, a.Author}, a.Tags...)...)
	}
	if s.End == nil {
		return said
	}
	return words.List(" ", said, string(s.End.Outcome), string(s.End.Phase), string(s.End.Finding), s.End.Facts.Peer)
}

// files changes what is in the folder of transcripts.
type files struct{}

func (files) Rename(path, name string) error { return transcripts.Rename(path, name) }
func (files) Remove(path string) error       { return transcripts.Remove(path) }

func outcome(s transcripts.Summary) string {
	switch {
	case s.Running:
		return "running"
	case s.End == nil:
		return "cut off"
	case s.End.Outcome == record.OutcomeStopped && len(s.End.Facts.Earlier) > 0: // what it is looked for by
		n := len(s.End.Facts.Earlier)
		a := s.End.Facts.Earlier[n-1]
		return fmt.Sprintf("attempt %d %s: %s Then stopped", n, cmp.Or(a.Outcome, record.OutcomeFailed), a.Cause)
	case s.End.Cause != "":
		return s.End.Cause
	}
	return "done as asked"
}

func scenarios() []ui.Scenario {
	var list []ui.Scenario
	for _, s := range lab.Scenarios() {
		e := course.Of(s.Name)
		list = append(list, ui.Scenario{Name: s.Name, Group: s.Group, Title: s.Title, Story: s.Story, Task: s.Task, Level: e.Level.String(), Minutes: e.Minutes, Topics: e.Topics, Codes: course.Codes(s.Name)})
	}
	return list
}

// progressFile keeps what was solved beside the transcripts; nil where there is no place for either.
func progressFile() ui.Progress {
	dir, err := transcripts.Dir()
	if err != nil {
		return nil
	}
	return progress.At(filepath.Join(filepath.Dir(dir), "progress.ndjson"))
}

// hasScreen reports whether there is a terminal that can show one.
func hasScreen(std streams, o *options) bool {
	return !o.plain && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(std.in.Fd())) && term.IsTerminal(int(std.out.Fd()))
}

// screenEnd is how a live session on the screen ends the program: by its verdict, also where a person interrupted it. A fault
// of ehlo's own matters more.
func screenEnd(v *record.Verdict, err error) error {
	if v == nil || err != nil && !interruptedAlone(err) && !unwrittenAlone(err) {
		return screenError(err)
	}
	return endBy(*v, err)
}

// unwrittenAlone reports whether nothing is wrong but that the transcript or the saved targets could not be written.
func unwrittenAlone(err error) bool {
	_, crashed := errors.AsType[*record.Fault](err)
	return unwritten(err) != nil && !crashed
}

// unwritten is the error of a transcript or of the saved targets that could not be written, with what to try; nil if there is none.
func unwritten(err error) *failure {
	if e, ok := errors.AsType[*transcripts.Error](err); ok {
		return &failure{text: e.Error(), hint: e.Hint}
	}
	if e, ok := errors.AsType[*saved.Error](err); ok {
		return &failure{text: e.Error(), hint: e.Hint}
	}
	return nil
}

// endBy ends a walk by its verdict. That a file could not be written is said, and decides only where nothing else went
// wrong.
func endBy(v record.Verdict, err error) error {
	f := unwritten(err)
	switch {
	case f == nil:
		return exitBy(&v)
	case v.Exit == record.ExitOK:
		return &failure{record.ExitInternal, f.text, "the session itself succeeded"}
	}
	return &failure{v.Exit, f.text, f.hint}
}

// interruptedAlone reports whether nothing is wrong but that a person pressed ctrl-c.
func interruptedAlone(err error) bool {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return errors.Is(err, ui.ErrInterrupted)
	}
	for _, e := range joined.Unwrap() {
		if !errors.Is(e, ui.ErrInterrupted) {
			return false
		}
	}
	return true
}

// screenError turns the screen's way of saying that it was interrupted into the exit code for it. A fault of ehlo's own
// matters more.
func screenError(err error) error {
	if _, crashed := errors.AsType[*record.Fault](err); !crashed && errors.Is(err, ui.ErrInterrupted) {
		return &ended{record.ExitStopped}
	}
	return err
}
