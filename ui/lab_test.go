package ui

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/transcripts"
)

// practice starts a scenario of the practice server with the real engine and the real recorder.
func practice(t *testing.T, name string) *Live {
	t.Helper()
	return practiceWith(t, name, func(*engine.Config) {})
}

// practiceWith starts it with something changed.
func practiceWith(t *testing.T, name string, change func(*engine.Config)) *Live {
	t.Helper()
	s, err := setup.New(setup.Request{Target: "lab:" + name})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	change(&s.Config)
	e := s.Session()
	recorder, err := transcripts.Record(e.Log(), filepath.Join(t.TempDir(), "walk.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Practice()
	live := &Live{Engine: e, Source: recorder, Goal: s.Goal, Exercise: course.Of(p.Scenario), Roots: p.Roots, Certificate: p.Certificate, Arrived: p.Arrived, Path: recorder.Path(), Failed: recorder.Err,
		Stop: func() error { e.Close(); return errors.Join(recorder.Close(), s.Close()) }}
	for _, a := range p.Accounts() {
		live.Accounts = append(live.Accounts, Account{User: a.User, Password: a.Password, AppPassword: a.AppPassword, Token: a.Token, Note: a.Story})
	}
	return live
}

func TestEnterAloneWalksThePracticeServer(t *testing.T) {
	live := practice(t, "submission")
	s := simLive(t, live, 80, 24)
	for i := 0; !s.root.walk.over; i++ {
		if i > 20 {
			t.Fatalf("twenty steps and no end:\n%s", s.frame())
		}
		if s.root.walk.sheet != nil {
			t.Fatalf("a sheet stopped the walk:\n%s", s.frame())
		}
		s.press("enter")
	}
	s.shows("✓ done", "transcript: ", "○ closed")
	s.root.joinAll()
	file, err := transcripts.Open(live.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.End() == nil || file.End().Exit != record.ExitOK || file.Damage() != nil {
		t.Errorf("end %+v, damage %v", file.End(), file.Damage())
	}
	r := simReplay(t, &Replay{Source: file, Path: live.Path, AddNote: file.AddNote}, 80, 24)
	r.shows("replay", "the end of the transcript", "✓ done").press("home").shows("○ not connected")
	for r.root.walk.inPast() {
		r.press("right")
	}
	r.hides("tulip-42").press("n").typed("seen in class").press("enter")
	r.until("the note", func() bool { return strings.Contains(r.frame(), "›#   seen in class") })
}

// A server that never stops talking must not stop the screen: keys work while it talks, and it ends at the bound.
func TestAnEndlessReplyLeavesTheScreenAlive(t *testing.T) {
	s := simLive(t, practice(t, "endless"), 80, 24)
	for i := 0; s.root.walk.verdict == nil && i < 8; i++ {
		s.tap("enter")
		for range 20 {
			s.tap("up", "v", "down").frame()
		}
		s.settle()
	}
	if s.root.walk.verdict == nil {
		t.Fatalf("it did not end:\n%s", s.frame())
	}
	s.shows("✗")
}
