package ui

import (
	"strings"
	"testing"
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
			if verb := s.root.walk.options[0].Step.Verb; verb == "mail" || verb == "rcpt" || verb == "data" {
				s.shows("m message")
			}
		}
	}
}
