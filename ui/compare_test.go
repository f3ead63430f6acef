package ui

import (
	"errors"
	"strings"
	"testing"
)

// readsOffers reads transcripts that are not on any disk.
func readsOffers(path string) (*Replay, error) {
	switch {
	case strings.Contains(path, "/0."):
		return &Replay{Source: offers("one.example", "It went.", "STARTTLS", "DSN").Source, Path: path, Close: func() error { return nil }}, nil
	case strings.Contains(path, "/1."):
		return &Replay{Source: offers("two.example", "It went.", "DSN").Source, Path: path}, nil
	}
	return nil, errors.New("no such file")
}

// besideShown waits until two sessions lie over the screen.
func (s *sim) besideShown() *sim {
	s.t.Helper()
	return s.until("two sessions side by side", func() bool { return s.root.sides != nil })
}

// Two transcripts of the list are marked, and stand side by side until a key leads back to the list.
func TestTwoOfTheListAreCompared(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}, {120, 40}} {
		s, _ := simShelf(t, 3, size[0], size[1])
		s.root.app.Read = readsOffers
		s.tap("ctrl+d").shows("≠ host0.test:25").tap("ctrl+d").hides("≠")
		s.tap("ctrl+d", "down").shows("≠ host0.test:25")
		if size[0] > 60 {
			s.shows("ctrl-d compare with ≠")
		}
		s.tap("ctrl+d").besideShown()
		s.shows("A  /state/0.ehlo.ndjson", "one.example", "two.example", "esc back · q quit").tap(")", ")").shows("A was offered STARTTLS, B was not.")
		s.tap("esc").shows("open a transcript").hides("≠")
		s.tap("down", "ctrl+d", "up", "ctrl+d").until("the error", func() bool { return s.root.home.trouble != "" }).shows("no such file")
	}
}

// A session is compared with a file while it goes on, and goes on after that.
func TestASessionIsComparedWithAFile(t *testing.T) {
	s := enters(4)(t, 80, 24)
	s.press("=").hides("compare")
	s.root.walk.env.read = readsOffers
	s.press("=").shows("compare", "the path of the other transcript").typed("/x/1.ehlo.ndjson").press("enter").besideShown()
	s.shows("A  ", "B  /x/1.ehlo.ndjson", "esc back · q quit").shows("outcome: it is still running", "A: It is still running.")
	s.press("d").shows("all differences").press("esc").shows("steps").press("esc").shows("STARTTLS").hides("B  /x/1")
	s.press("=").typed("/x/9").press("enter").until("the error", func() bool { return strings.Contains(s.root.walk.notice, "no such file") })

	s.press("=").typed("/x/1.ehlo.ndjson").press("enter").besideShown().press("q").shows("The session is still open: quit anyway?").press("enter")
	replay := simReplay(t, &Replay{Source: offers("one.example", "It went.", "STARTTLS").Source, Path: "/x/0.ehlo.ndjson"}, 80, 24)
	replay.root.walk.env.read = readsOffers
	replay.press("=").typed("/x/1.ehlo.ndjson").press("enter").besideShown().shows("A  0.ehlo.ndjson")
}
