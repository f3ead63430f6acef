package ui

import (
	"errors"
	"fmt"
	"slices"
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
