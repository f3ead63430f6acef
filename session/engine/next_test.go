package engine_test

import (
	"context"
	"net"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
)

// What was changed in a session, and the switch of its masks, holds for the next one, whose log is its own.
func TestTheNextSessionHasThePlanAsItWasChanged(t *testing.T) {
	dialed := 0
	first := engine.New(engine.Config{Target: record.Target{Host: "192.0.2.7", Port: 587}, Dial: func(context.Context, string, string) (net.Conn, error) {
		dialed++
		return nil, net.ErrClosed
	}})
	plan := first.Log().At(0).Start.Plan
	plan.EHLOName, plan.TLSMax, plan.Target.Port = "mx.example", "1.2", 465
	first.Change(record.Change{Advice: record.Advice{Do: record.CapTLS, Name: "TLS 1.2"}, Plan: plan, Reconnect: true}, engine.Means{})
	first.Reveal(true)
	first.Finish()
	n := first.Log().Len()
	next := first.Next()
	start := next.Log().At(0).Start
	if start == nil || start.EHLOName != "mx.example" || start.TLSMax != "1.2" || start.Target.Port != 465 {
		t.Fatalf("it starts with %+v", start)
	}
	revealed := false
	for i := range next.Log().Len() {
		revealed = revealed || next.Log().At(i).Reveal != nil
	}
	if !revealed {
		t.Error("secrets are masked again, and nobody is told")
	}
	for _, verb := range []record.Verb{record.VerbResolve, record.VerbConnect} {
		_ = next.Do(t.Context(), record.Step{Verb: verb})
	}
	if dialed != 1 || first.Log().Len() != n {
		t.Errorf("dialed %d times; the first log went from %d events to %d", dialed, n, first.Log().Len())
	}
	if v := next.Finish(); v.Phase != record.PhaseConnect {
		t.Errorf("it came to %+v", v)
	}
}

// Where the practice server's clock was set forward in place of a wait, the session's times go on from there, in this log and the next.
func TestASkippedWaitHasPassed(t *testing.T) {
	s := engine.New(engine.Config{Target: record.Target{Host: "192.0.2.7", Port: 25}})
	began := s.Log().At(0).Start
	s.Change(record.Change{Advice: record.Advice{Do: record.RetryAfter, After: time.Hour}, Plan: began.Plan, Reconnect: true, Skipped: time.Hour}, engine.Means{})
	s.Finish()
	if last := s.Log().At(s.Log().Len() - 1); last.T < time.Hour {
		t.Errorf("the end is at %s", last.T)
	}
	if next := s.Next().Log().At(0).Start; next.Time.Sub(began.Time) < time.Hour {
		t.Errorf("the next session begins at %s, after %s", next.Time, began.Time)
	}
}
