package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelf is a folder of transcripts. The screen reads and changes it from goroutines of its own.
type shelf struct {
	mu   sync.Mutex
	list []Recent
	fail error
}

// recent lists what is there.
func (s *shelf) recent() []Recent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

func (s *shelf) at(path string) int {
	return slices.IndexFunc(s.list, func(r Recent) bool { return r.Path == path })
}

func (s *shelf) Rename(path, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.list[s.at(path)].Path = "/state/" + name + ending
	}
	return s.fail
}

func (s *shelf) Remove(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.list = slices.Delete(s.list, s.at(path), s.at(path)+1)
	}
	return s.fail
}

func simShelf(t *testing.T, n, width, height int) (*sim, *shelf) {
	t.Helper()
	kept := &shelf{}
	for i := range n {
		kept.list = append(kept.list, Recent{Path: fmt.Sprintf("/state/%d%s", i, ending), When: time.Date(2026, 5, 1, 10, i%60, 0, 0, time.UTC), Target: fmt.Sprintf("host%d.test:25", i), Outcome: "done as asked", Also: "relay refused"})
	}
	app := homeApp()
	app.Files, app.Recent = kept, kept.recent
	s := simHome(t, app, width, height)
	s.send(recentMsg(kept.recent()))
	return s.tap("4"), kept
}

// A transcript is found by whatever is known of it.
func TestATranscriptIsFound(t *testing.T) {
	t.Parallel()
	s, kept := simShelf(t, 5000, 80, 24)
	kept.mu.Lock()
	kept.list[17].Path = "/state/lesson-a" + ending
	kept.list[17].Title, kept.list[17].Outcome = "submission on port 587", "running"
	kept.mu.Unlock()
	s.send(recentMsg(kept.recent()))
	s.shows("open a transcript · 2 of 5,001")
	for _, words := range []string{"host17.test", "submission 587", "running", "lesson-a"} {
		s.typed(words).shows(" of 1 · ", "submission on port 587").tap("ctrl+u")
	}
	s.typed("2026-05-01 relay host4999").shows("of 1 · ", "› host4999.test:25").tap("esc").shows("of 5,001")
	s.tap("end").shows("5,001 of 5,001", "› host4999.test:25")
}

func TestATranscriptIsRenamedAndRemoved(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}} {
		s, kept := simShelf(t, 3, size[0], size[1])
		s.tap("down", "ctrl+r").shows("rename", "› 1").tap("ctrl+u").typed("lesson").tap("enter").until("the list", func() bool { return s.root.home.recent[1].Path == "/state/lesson"+ending })
		if kept.at("/state/lesson"+ending) != 1 {
			t.Errorf("the list is %v", kept.list)
		}
		s.tap("ctrl+x").shows("Remove the transcript of host1.test:25").tap("n").shows("of 4")
		s.tap("ctrl+x", "y").until("the list", func() bool { return len(s.root.home.recent) == 2 })
		s.shows("of 3").hides("host1.test")
		kept.fail = errors.New("the session is still running")
		s.tap("ctrl+x", "y").shows("✗ the session is still running").tap("home").hides("ctrl-x remove")
		s.tap("ctrl+x", "ctrl+r").shows("another file")
	}
}

// What another program recorded opens like a transcript once it is one; of several sessions one is chosen.
func TestARecordingOfAnotherProgramOpens(t *testing.T) {
	_, sc := walked(t, 4, 80, 24)
	app := homeApp()
	app.Open = func(path string) (*Replay, error) { return &Replay{Source: sc.log, Path: path}, nil }
	keep := func(path string) func() (string, string, error) {
		return func() (string, string, error) { return path, "kept as " + path, nil }
	}
	app.Sessions = func(path string) ([]Session, error) {
		switch path {
		case "/state/one.log":
			return []Session{{Name: "one.test:25", Keep: keep("one")}}, nil
		case "/state/trace.pcap":
			return []Session{{Name: "first.test:25", When: "2026-05-01 10:00:00", Keep: keep("first")}, {Name: "second.test:587", Keep: keep("second")},
				{Name: "third.test:587", Keep: func() (string, string, error) { return "", "", errors.New("the disk is full") }}}, nil
		case "/state/notes.txt":
			return nil, errors.New("it is not a log")
		}
		return nil, nil
	}
	app.Files = &shelf{}
	app.Recent = func() []Recent {
		return []Recent{{Path: "/state/trace.pcap", Foreign: true, Title: "trace.pcap"}, {Path: "/state/one.log", Foreign: true, Title: "one.log"}, {Path: "/state/a" + ending, Target: "mail.test:25"}}
	}
	for _, size := range [][2]int{{80, 24}, {60, 16}, {120, 40}} {
		home := func() *sim {
			s := simHome(t, app, size[0], size[1])
			s.send(recentMsg(app.Recent()))
			return s.tap("4")
		}
		comes := func(s *sim, text string) *sim {
			return s.tap("enter").until(text, func() bool { return strings.Contains(s.root.View(), text) })
		}
		s := comes(home().typed("trace").hides("ctrl-x remove"), "choose a session · 1 of 3").shows("› first.test:25")
		comes(s.tap("down"), "kept as second")
		s = comes(comes(home().typed("trace"), "choose a session").tap("end"), "✗ the disk is full")
		s.tap("esc").shows("open a transcript").tap("esc").shows("what would you like to do")
		comes(home().typed("one.log"), "kept as one")
		comes(home().typed("mail.test"), "mail.lab:587").hides("kept as")
		comes(home().tap("home", "enter").typed("/state/notes.txt"), "✗ it is not a log")
		comes(comes(home().tap("home", "enter").typed("/state/trace.pcap"), "choose a session").typed("second"), "kept as second")
	}
}
