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
	s.until("the failure", func() bool { return strings.Contains(s.frame(), "not kept: no space left on device") })
	s.shows("a long thought", "enter keep")
	full = false
	s.press("enter")
	s.until("the note", func() bool { return strings.Contains(s.frame(), "the note is in the transcript") })
}
