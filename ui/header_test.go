package ui

import (
	"testing"

	"ehlo/session/record"
)

// What protected a session is told after its end too, and what a failed one never had.
func TestTheHeaderSaysWhatTheSessionWas(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s, _ := walked(t, 14, size[0], size[1])
		s.shows("○ closed, was TLS 1.3 verified").hides("✓ TLS 1.3")
		w := s.root.walk
		w.snap.End = nil
		for _, test := range []struct {
			stage    record.Stage
			security record.Security
			want     string
		}{
			{record.StageIdle, record.SecurityPlain, "○ not connected"},
			{record.StageReady, record.SecurityPlain, "○ in cleartext"},
			{record.StageReady, record.SecurityUnverified, "! TLS 1.3 unverified"},
			{record.StageClosed, record.SecurityPlain, "○ closed, was in cleartext"},
			{record.StageClosed, record.SecurityUnverified, "! closed, was TLS 1.3 unverified"},
			{record.StageClosed, record.SecurityAccepted, "! closed, was TLS 1.3 unverified, accepted"},
			{record.StageBroken, record.SecurityPlain, "✗ out of sync, in cleartext"},
			{record.StageBroken, record.SecurityVerified, "✗ out of sync, TLS 1.3 verified"},
		} {
			if w.snap.State.Stage, w.snap.State.Security = test.stage, test.security; w.lock().String() != test.want {
				t.Errorf("%s, %s: %q, want %q", test.stage, test.security, w.lock(), test.want)
			}
			s.shows(test.want)
		}
		if w.snap.Connect, w.snap.State = nil, (record.State{Stage: record.StageClosed}); w.lock().String() != "○ closed" {
			t.Errorf("never connected: %q", w.lock())
		}
	}
}

// A recipient that is deferred is no failure of the phase.
func TestADeferralIsNoFailureOfThePhase(t *testing.T) {
	s := simLive(t, practice(t, "greylist"), 120, 40)
	for range 11 {
		if s.press("enter"); s.root.walk.snap.Failing() != nil {
			s.shows("! rcpt").hides("✗ rcpt", "✓ rcpt")
			return
		}
	}
	t.Errorf("nothing was deferred:\n%s", s.frame())
}

// After the end nobody is logged in any more.
func TestWhoWasLoggedIn(t *testing.T) {
	s, _ := walked(t, 14, 120, 40)
	s.shows("closed, was TLS 1.3 verified · was authenticated as ann")
	s, _ = walked(t, 14, 80, 24)
	s.hides("authenticated", "as ann  ")
}
