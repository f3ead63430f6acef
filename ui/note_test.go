package ui

import (
	"errors"
	"strings"
	"testing"

	"ehlo/session/record"
)

// The explanation of a note is that of its newest form.
func TestAnEditedNoteIsReadAgain(t *testing.T) {
	s := noted("e")(t, 80, 24).typed(" and what is new").press("enter")
	s.until("the page with the edited note", func() bool {
		_, page, _ := strings.Cut(s.frame(), "─ in short")
		return strings.Contains(page, "and what is new")
	})
}

// What was typed is not lost where it cannot be written.
func TestANoteThatIsNotKeptComesBack(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	full := true
	s := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson", AddNote: func(n record.Note) error {
		if full {
			return errors.New("no space left on device")
		}
		sc.Note(n)
		return nil
	}}, 80, 24)
	s.press("n").typed("a long thought").press("enter")
	s.until("the failure", func() bool { return strings.Contains(s.frame(), "not saved: no space left on device") })
	s.shows("a long thought", "enter keep")
	full = false
	s.press("enter")
	s.until("the note", func() bool { return strings.Contains(s.frame(), "the note is in the transcript") })
}

// Of two notes that two programs write into a file at once each selects its own, whichever comes first.
func TestANoteOfSomeoneElseIsNotSelected(t *testing.T) {
	for _, order := range []string{"theirs first", "theirs last"} {
		_, sc := walked(t, 14, 80, 24)
		theirs := record.Note{On: 3, Text: "mine, in another program", Author: "bob", Time: epoch}
		s := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson", AddNote: func(n record.Note) error {
			if order == "theirs first" {
				sc.Note(theirs)
			}
			sc.Note(n)
			if order == "theirs last" {
				sc.Note(theirs)
			}
			return nil
		}}, 80, 24)
		s.press("n").typed("my own thought").press("enter")
		s.until("the note", func() bool { return strings.Contains(s.frame(), "the note is in the transcript") })
		s.settle()
		if r, ok := s.root.walk.selectedNote(); !ok || r.Text != "my own thought" {
			t.Errorf("%s: selected is %+v, %v in\n%s", order, r, ok, s.frame())
		}
	}
}

// Nor is one that comes after a note that could not be kept.
func TestANoteThatIsNotKeptSelectsNoOther(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	s := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson", AddNote: func(record.Note) error { return errors.New("no space left on device") }}, 80, 24)
	s.press("n").typed("a long thought").press("enter")
	s.until("the failure", func() bool { return strings.Contains(s.frame(), "not saved: no space left on device") })
	s.press("esc")
	selected := s.root.walk.selectedSeq()
	sc.Note(record.Note{On: 3, Text: "a long thought", Author: "bob", Time: epoch})
	s.until("their note", func() bool { return s.root.walk.pane.Len() == sc.log.Len() })
	if now := s.root.walk.selectedSeq(); now != selected || s.root.walk.noting != nil {
		t.Errorf("event %d is selected, it was %d", now, selected)
	}
}
