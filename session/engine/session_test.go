package engine

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// New does no I/O and begins the log.
func TestNew(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	s := New(Config{Target: record.Target{Host: "mail.lab", Port: 25}, Policy: record.Policy{Start: record.StartNever}, Program: "ehlo 1", Plan: record.Plan{Scenario: "x", Title: "y", Story: "z"},
		Now: func() time.Time { return now }})
	if s.Log().Len() != 2 {
		t.Fatalf("%d events", s.Log().Len())
	}
	start := s.Log().At(0).Start
	if start.Format != record.Format || start.Program != "ehlo 1" || !start.Time.Equal(now) || start.Time.Location() != time.UTC || start.Target.Port != 25 ||
		start.Scenario != "x" || start.Title != "y" || start.Story != "z" {
		t.Errorf("%+v", start)
	}
	if st := s.Log().At(1).State; st.Stage != record.StageIdle || st.Security != record.SecurityPlain || st.Auth != record.AuthNone || st.Transaction != record.TransactionNone {
		t.Errorf("%+v", st)
	}
}

// An error carries everything that is known about what went wrong, and the command masked.
func TestErrorFields(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	p := act(t, scene{policy: "require", goal: g, script: submission + `
		C: AUTH PLAIN …
		S: 535-5.7.8 no
		S: 535 5.7.8 really`}, func(ctx context.Context, s *Session) error { return stumble(ctx, s, g) })
	var e *record.Error
	if !errors.As(p.err, &e) || !errors.Is(p.err, record.ErrRefused) {
		t.Fatalf("%v", p.err)
	}
	if e.Phase != record.PhaseAuth || e.Verb != record.VerbAuth || e.Command != "AUTH PLAIN "+sasl.Mask || e.Code != 535 || e.Enhanced != (wire.Enhanced{Class: 5, Subject: 7, Detail: 8}) ||
		strings.Join(e.Lines, "|") != "no|really" || !strings.HasSuffix(e.Text, ": mail.lab answered 535 5.7.8 to AUTH PLAIN as ann, “no really”.") || e.Hint == "" || e.Exit != record.ExitAuth {
		t.Errorf("%+v", e)
	}
}

// Everything that is sent and comes back is explained.
func TestReplyIsExplained(t *testing.T) {
	p := walkThrough(t, scene{goal: bob(), script: "S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 452 4.3.1 disk full" + goodBye})
	for _, e := range p.log {
		if (e.Kind == record.KindSend || e.Kind == record.KindReply || e.Kind == record.KindConnect || e.Kind == record.KindResolve) && (e.Explain == nil || e.Explain.Short == "" || e.Explain.Text == "") {
			t.Errorf("%s of %s is not explained: %+v", e.Kind, e.Step, e.Explain)
		}
	}
}

// Readers take every event while the session runs: none of them changes after it was appended.
func TestReadWhileRunning(t *testing.T) {
	g := bob("eve@mail.lab")
	g.Credentials = ann()
	var readers sync.WaitGroup
	var texts [2][]string
	p := act(t, scene{policy: "require", goal: g, script: submission + `
		C: AUTH PLAIN …
		S: 235 ok
		C: MAIL …
		S: 250 ok
		C: RCPT …
		S: 550 no
		C: RCPT …
		S: 250 ok
		C: DATA
		S: 354 ok
		MESSAGE
		S: 250 ok` + goodBye}, func(ctx context.Context, s *Session) error {
		for i := range texts {
			readers.Go(func() { texts[i] = follow(s.Log(), g) })
		}
		s.Note(record.Note{On: 1, Text: "from another goroutine"})
		err := Walk(ctx, s, g)
		s.Finish()
		readers.Wait()
		return err
	})
	for _, list := range texts {
		if len(list) != len(p.log) {
			t.Fatalf("%d of %d events were read", len(list), len(p.log))
		}
		for i, e := range p.log {
			if data, _ := json.Marshal(e); string(data) != list[i] {
				t.Errorf("event %d was\n%s\nand is\n%s", i, list[i], data)
			}
		}
	}
}

// follow reads a log to its end as a screen does, and works out the options at each position.
func follow(log *record.Log, g walk.Goal) (texts []string) {
	wake, stop := log.Watch()
	defer stop()
	tl := record.NewTimeline(log)
	for range wake {
		for n := tl.Extend(); len(texts) < n; {
			e := log.At(len(texts))
			data, _ := json.Marshal(e)
			texts = append(texts, string(data))
			walk.Options(tl.At(len(texts)), g)
			if e.Kind == record.KindEnd {
				return texts
			}
		}
	}
	return texts
}

// A server that sends a byte now and then does not keep the client longer than one that is silent.
func TestDrip(t *testing.T) {
	drip := "S: 220 x\nC: EHLO …" + strings.Repeat("\nR: \"250-x\\r\\n\"\nWAIT 1s", 600)
	p := walkThrough(t, scene{hasty: true, script: drip})
	p.ends(record.ExitTimeout, "The reply to EHLO from mail.lab is incomplete")
	if p.took != 5*time.Minute {
		t.Errorf("it took %v", p.took)
	}
	if r := p.last(record.KindReply).Reply; len(r.Lines) < 299 || r.Took < 4*time.Minute {
		t.Errorf("%d lines are kept, %v", len(r.Lines), r.Took)
	}
}

// Waiting and receiving are told apart.
func TestWaitAndTook(t *testing.T) {
	p := walkThrough(t, scene{script: "S: 220 x\nC: EHLO …\nWAIT 2s\nS: 250-x\nWAIT 3s\nS: 250 SIZE" + goodBye})
	for _, e := range p.log {
		if e.Kind == record.KindReply && e.Step == record.VerbEHLO && (e.Reply.Wait != 2*time.Second || e.Reply.Took != 3*time.Second) {
			t.Errorf("waited %v, received for %v", e.Reply.Wait, e.Reply.Took)
		}
	}
}

// An opportunistic client also goes on without TLS when the server refuses it late.
func TestOpportunisticLateRefusal(t *testing.T) {
	p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", server: secure(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }),
		script: beforeTLS + "TLS\nNEXT\nS: 220 mail.lab\nC: EHLO …\nS: 250-mail.lab\nS: 250 STARTTLS" + goodBye})
	p.ends(record.ExitOK)
	p.found("tls-certificate-required")
}

// Only one step runs at a time, and Close ends it from outside.
func TestBusyAndClose(t *testing.T) {
	p := act(t, scene{script: "WAIT 1s\nS: 220 mail.lab\nC: EHLO me\nWAIT 1s", hasty: true}, func(ctx context.Context, s *Session) error {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		inOrder(record.Step{Verb: record.VerbResolve}, record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting})(ctx, s)
		go func() {
			time.Sleep(100 * time.Millisecond)
			if err := s.Do(ctx, record.Step{Verb: record.VerbNoop, Line: "NOOP"}); !errors.Is(err, record.ErrBusy) {
				t.Errorf("got %v", err)
			}
			s.Note(record.Note{On: 1, Text: "stop"})
			s.Close()
		}()
		return s.Do(ctx, record.Step{Verb: record.VerbEHLO, Line: "EHLO me"})
	})
	if p.state().Stage != record.StageClosed || p.took > 2*time.Second {
		t.Errorf("%+v after %v", p.state(), p.took)
	}
	if !errors.Is(p.err, net.ErrClosed) && p.err == nil {
		t.Errorf("%v", p.err)
	}
}

// The log of a session tells one story: numbers without gaps, times that do not go back, the state last of what follows from something.
func TestOrderOfEvents(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: submission + `
		C: AUTH PLAIN …
		S: 235 ok` + goodBye})
	if p.log[0].Kind != record.KindStart || p.log[1].Kind != record.KindState {
		t.Errorf("it begins with %s, %s", p.log[0].Kind, p.log[1].Kind)
	}
	for i, e := range p.log {
		if e.Seq != i+1 || i > 0 && e.T < p.log[i-1].T {
			t.Errorf("event %d has the number %d and the time %v", i, e.Seq, e.T)
		}
		if i > 0 && p.log[i-1].Kind == record.KindState && !e.Kind.Observed() && e.Kind != record.KindEnd {
			t.Errorf("%s follows the state of %s", e.Kind, e.Step)
		}
	}
	if !slices.ContainsFunc(p.log, func(e *record.Event) bool { return e.Kind == record.KindTLSMessage && e.TLSMessage.Encrypted }) {
		t.Error("no message was decrypted")
	}
}
