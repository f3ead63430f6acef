package ui

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/bubbles/key"
)

// A key means one thing: no two of a session differ by case alone, and where two share a key they do not work at once.
func TestOneKeyOneMeaning(t *testing.T) {
	all := intents()
	for i, a := range all {
		for _, b := range all[i+1:] {
			for _, k := range a.keys {
				for _, other := range b.keys {
					if k != other && strings.EqualFold(k, other) {
						t.Errorf("%s is %q and %s is %q", k, a.does, other, b.does)
					}
				}
			}
		}
	}
	for n := range 15 {
		s, _ := walked(t, n, 80, 24)
		for _, back := range []int{0, 1, 2} {
			working := map[string]string{}
			for _, b := range s.root.walk.bindings() {
				for _, k := range b.Keys() {
					if b.Enabled() && working[k] != "" {
						t.Errorf("after %d steps, %d back: %s is %q and %q", n, back, k, working[k], b.intent.does)
					}
					if b.Enabled() {
						working[k] = b.intent.does
					}
				}
			}
			s.press("left")
		}
	}
}

// Whatever the size, the line at the bottom leads on, to an explanation, to help and out.
func TestTheFooterNamesWhatOneNeeds(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		for n := range 13 {
			s, _ := walked(t, n, size[0], size[1])
			s.shows("enter ", "v view", "? help", "q quit")
			if verb := s.root.walk.options()[0].Step.Verb; verb == "mail" || verb == "rcpt" || verb == "data" {
				s.shows("m message")
			}
		}
	}
}

// Every letter and sign means one thing on all screens, whatever the words for it there. What answers a question, and the numbers
// of what stands on the screen, are not among them.
var meanings = map[string][]string{
	"a": {"retry", "again"}, "b": {"go live from here", "go live"}, "c": {"credentials", "log in"}, "d": {"view down"}, "e": {"edit"}, "f": {"fields by byte"}, "g": {"to an event", "to a step"}, "h": {"home", "the lesson", "done: the lesson", "the list"},
	"i": {"cards for this row", "cards"}, "l": {"ways to log in"}, "m": {"message"}, "n": {"note"}, "o": {"task", "answer", "solved", "a hint"}, "p": {"show or mask secrets"}, "q": {"quit"}, "s": {"story and transcript"},
	"t": {"another target"}, "u": {"view up"}, "v": {"view", "who must fix it", "what to do"}, "w": {"build it"}, "x": {"copy to a file"},
	"y": {"copy", "copy what to tell the operator"}, "z": {"more", "1 more", "2 more", "3 more", "4 more"}, "R": {"start over"}, "/": {"search"}, "?": {"help"}, ":": {"any line"}, "*": {"cancel AUTH"}, "&": {"show only"},
	"[": {"back a step"}, "]": {"forward a step"}, "[ ]": {"other rows"},
	"{": {"back a phase"}, "}": {"forward a phase"}, "(": {"previous finding"}, ")": {"next finding"}, "<": {"previous note"}, ">": {"next note"}, "#": {"numbers"},
	".": {"play", "pause", "replay"}, "+": {"faster"}, "-": {"slower"}, "!": {"predict, then reveal", "no questions"},
}

func TestAKeyMeansTheSameOnEveryScreen(t *testing.T) {
	check := func(where string, hints []key.Help) {
		for _, h := range hints {
			known, letter := meanings[h.Key]
			switch {
			case letter && !slices.Contains(known, h.Desc):
				t.Errorf("%s: %s is %q, elsewhere %q", where, h.Key, h.Desc, known)
			case !letter && len(h.Key) == 1 && unicode.IsLetter(rune(h.Key[0])):
				t.Errorf("%s: %s is %q, which no table has", where, h.Key, h.Desc)
			}
		}
	}
	for _, in := range intents() {
		check("a session", []key.Help{{Key: strings.Fields(in.show)[0], Desc: in.does}})
	}
	all := slices.Clone(situations)
	for name, show := range authFrames {
		all = append(all, situation{name, show})
	}
	for _, at := range all {
		s := at.show(t, 80, 24)
		if _, asked := s.root.sheet().(*question); asked {
			continue
		}
		switch {
		case s.root.sheet() != nil:
			check(at.name, s.root.sheet().hints())
		case s.root.walk != nil:
			check(at.name, s.root.walk.hints())
		default:
			check(at.name, s.root.home.hints())
		}
	}
	for a := range meanings {
		for b := range meanings {
			if a != b && strings.EqualFold(a, b) {
				t.Errorf("%s and %s differ by case alone", a, b)
			}
		}
	}
}

// Esc goes back a level and q quits, in a session that was begun from home: it leads to the list as it was, and both keys stand in the line
// of keys. While the session is open they ask first.
func TestEscGoesBackAndQQuits(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		app := homeApp()
		app.Launch = func(Request) (*Live, error) { return newScene().live(), nil }
		s := simHome(t, app, size[0], size[1]).tap("1", "down", "enter")
		s.until("the session", func() bool { return s.root.walk != nil }).settle().shows("esc back", "q quit").tap("esc")
		s.until("the list", func() bool { return s.root.walk == nil }).shows("practice · 2 of 3").tap("enter")
		s.until("the session", func() bool { return s.root.walk != nil }).settle().press("enter", "enter", "enter").shows("q quit")
		s.press("esc").shows("The session is still open: go back anyway?").press("enter").hides("go back anyway").tap("esc", "y")
		s.until("the list", func() bool { return s.root.walk == nil }).shows("practice · 2 of 3").tap("esc").shows("q quit").tap("q").until("the end", func() bool { return s.quit })
	}
}
