package ui

import (
	"strings"
	"testing"
)

// What the program can do is found by the words of who has not read its documentation, on the home screen and in a session.
func TestWhatTheProgramDoesIsFound(t *testing.T) {
	for typed, want := range map[string]string{"presenter": "present to a class", "projector": "present to a class", "take up": "go live from a recording", "diff": "compare two sessions", "export": "export a session",
		"wireshark": "export a session", "exam": "answer the quiz", "quiz": "answer the quiz", "progress": "see your progress", "survey": "survey the ports of a server", "route": "look at the way to a domain", "doctor": "find what is wrong first",
		"pcap": "open what another program recorded", "comment": "write a note", "swaks": "see it with another program", "workbench": "build a response of AUTH by hand", "predict": "predict, then reveal"} {
		w, _ := walked(t, 3, 120, 40)
		for where, s := range map[string]*sim{"home": simHome(t, homeApp(), 120, 40).tap("/"), "session": w.press("/")} {
			s.typed(typed).settle()
			if !strings.Contains(s.frame(), want) {
				t.Errorf("%s: %s does not find %q", where, typed, want)
			}
		}
	}
}

// Each is what its row says: a key of the table that has one meaning, or a page that says where it is.
func TestWhatTheProgramDoesIsDone(t *testing.T) {
	s, _ := walked(t, 14, 80, 24)
	s.press("/").typed("presenter").settle().press("end").shows("› present to a class", "f5 in a session, a recording or a lesson").press("enter").shows("whole screen").press("esc")
	s.press("/").typed("doctor ").settle().press("end", "enter").shows("─ find what is wrong first", "ehlo doctor HOST").press("esc").shows("─ verdict")
	for _, d := range deeds.Get() {
		known := d.key == ""
		for _, in := range intents() {
			known = known || in.keys[0] == d.key
		}
		if !known {
			t.Errorf("%s: no intent has the key %s", d.name, d.key)
		}
		h := simHome(t, homeApp(), 80, 24)
		h.root.home.toMenu()
		if d.home == nil {
			t.Errorf("%s leads nowhere from home", d.name)
		}
	}
	simHome(t, homeApp(), 80, 24).tap("/").typed("pcap").settle().tap("end", "enter").shows("─ file")
}

// A saved target is met from a session too, after a question where the session is open.
func TestASavedTargetIsFoundFromASession(t *testing.T) {
	s, _ := walked(t, 9, 80, 24)
	var got Request
	s.root.walk.env.targets = savedApp().Targets
	s.press("/").typed("mx.example").settle().hides("saved target").press("esc")
	s.root.walk.env.launch = func(r Request) (*Live, error) { got = r; return newScene().live(), nil }
	before := s.root.walk
	s.press("/").typed("mx.example").settle().shows("1 saved target").press("end", "enter").shows("The session is still open: connect to another anyway?").tap("y")
	s.until("the launch", func() bool { return s.root.pending == nil && s.root.walk != before }).settle()
	if got.Target != "@mx" {
		t.Errorf("asked for %q", got.Target)
	}
}
