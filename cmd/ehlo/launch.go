package main

import (
	"context"
	"errors"
	"io/fs"
	"sync/atomic"
	"time"

	"ehlo/session/course"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/transcripts"
	"ehlo/ui"
)

// setUp thinks a session through, reads what it takes and starts the practice server where that is the target. prompt allows
// asking for a secret.
func (o *options) setUp(ctx context.Context, std streams, target string, prompt bool) (*setup.Setup, error) {
	o.keep()
	target, err := o.located(target)
	if err == nil {
		err = o.useOwn(ctx)
	}
	if err != nil {
		return nil, err
	}
	s, err := setup.New(o.request(target))
	if err != nil {
		return nil, err
	}
	for _, read := range []func() error{
		func() error { return o.ways.use(s) },
		func() error { return o.mx.use(s) },
		func() error { return o.saveTarget(std.err, s) },
		func() error { return o.readTLS(ctx, &s.Config.TLS) },
		func() error { return o.readMessage(ctx, std, &s.Goal) },
		func() error { return o.secrets(ctx, std, s, prompt) },
		func() error { return o.openCapture(&s.Config) },
		s.Start,
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// launched makes a session of an engine for a screen: recorder, and how to end both. Sessions after it meet the same server.
func launched(s *setup.Setup, e *engine.Session, again func() (*ui.Live, error), server *shared) *ui.Live {
	server.hold()
	live := &ui.Live{Engine: e, Asked: server.asked, Goal: s.Goal, Timeout: s.Config.Timeout, Again: again}
	live.Next = func() *ui.Live { return launched(s, e.Next(), again, server) }
	rec, err := newTranscript(e.Log(), s.Config.Target)
	if err != nil { // a session without a transcript is worth more than none
		live.Source, live.Failed = e.Log(), func() error { return err }
		live.Stop = func() error { return errors.Join(e.Close(), server.saw(e.Log()), server.release()) }
	} else {
		live.Source, live.Path, live.Failed = rec, rec.Path(), rec.Err
		live.Stop = func() error { return errors.Join(e.Close(), rec.Close(), server.saw(e.Log()), server.release()) }
	}
	if p := s.Practice(); p != nil {
		practice(live, p)
		live.Exercise, live.Own = server.exercise(p.Scenario), server.own
	}
	return live
}

// shared is what several sessions use, such as a practice server. The last of them ends it.
type shared struct {
	end      func() error
	exercise func(scenario string) *course.Exercise // what a scenario of the practice server asks of a person
	own      []course.Station                       // scenarios of a trainer's file
	asked    ui.Request                             // what they were started with
	seen     func(record.Source) error              // is told what each of them saw; nil if nobody wants to know
	users    atomic.Int32
}

func (s *shared) saw(log record.Source) error {
	if s.seen == nil {
		return nil
	}
	return s.seen(log)
}

func (s *shared) hold() { s.users.Add(1) }

func (s *shared) release() error {
	if s.users.Add(-1) > 0 {
		return nil
	}
	return s.end()
}

// newTranscript begins a transcript under a name of its own: another session may take a name in between.
func newTranscript(log *record.Log, target record.Target) (*transcripts.Recorder, error) {
	dir, err := transcripts.Dir()
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		rec, err := transcripts.Record(log, transcripts.NewPath(dir, time.Now(), target))
		if err == nil || !errors.Is(err, fs.ErrExist) || tries == 100 {
			return rec, err
		}
	}
}

// practice gives a session what the practice server has for it.
func practice(live *ui.Live, p *setup.Practice) {
	live.Certificate, live.Advance, live.Arrived = p.Certificate, p.Advance, p.Arrived
	if p.HasRoots() {
		live.Roots = p.Roots
	}
	for _, a := range p.Accounts() {
		live.Accounts = append(live.Accounts, ui.Account{User: a.User, Password: a.Password, AppPassword: a.AppPassword, Token: a.Token, Note: a.Story})
	}
}

// formed is what was asked for as a form asks for it, without secrets.
func (o *options) formed() ui.Request {
	r := ui.Request{Request: o.asked, CAFile: o.ca, CertFile: o.cert, KeyFile: o.key}
	r.Goal.Credentials = sasl.Credentials{Username: r.Goal.Credentials.Username}
	return r
}

// launcher starts the same session as often as it is asked.
func (o *options) launcher(ctx context.Context, std streams, target string, prompt bool) func() (*ui.Live, error) {
	var start func() (*ui.Live, error)
	start = func() (*ui.Live, error) {
		s, err := o.setUp(ctx, std, target, prompt)
		if err != nil {
			return nil, err
		}
		return launched(s, s.Session(), start, &shared{end: s.Close, seen: o.rememberer(s), exercise: o.exercise, own: o.own, asked: o.formed()}), nil
	}
	return start
}
