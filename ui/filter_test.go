package ui

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

// A filter shows what matches, in a replay and live, until it is taken off; the selection stays on its event.
func TestFilter(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}, {120, 40}} {
		s, sc := walked(t, 9, size[0], size[1])
		r := simReplay(t, &Replay{Source: sc.log, Path: "/one"}, size[0], size[1]).press("end")
		for name, s := range map[string]*sim{"live": s, "replay": r} {
			s.press("&").shows("show only", "empty shows all").typed("kind:send dir:client").press("enter").settle()
			frame := s.shows("filter: kind:send dir:client · ", " of ").frame()
			if strings.Contains(frame, "220 mail.lab") || !strings.Contains(frame, "EHLO laptop") {
				t.Errorf("%s:\n%s", name, frame)
			}
			w := s.root.walk
			for range 3 {
				s.press("up")
			}
			at := w.selected().Seq
			if w.selected().Kind != record.KindSend {
				t.Errorf("%s: event %d is selected", name, at)
			}
			s.press("esc").hides("filter:")
			if w.selected().Seq != at {
				t.Errorf("%s: event %d is selected, and was %d", name, w.selected().Seq, at)
			}
		}
	}
}

// What comes while a filter is on is filtered too, a wrong one is told, and a hit of the search shows everything.
func TestFilterGoesOn(t *testing.T) {
	s, _ := walked(t, 3, 80, 24)
	s.press("&").typed("kind:lunch").press("enter").shows("there is no kind of event").press("ctrl+u").typed("kind:reply").press("enter").settle()
	n, _ := s.root.walk.pane.Sifted()
	s.press("enter").settle()
	if after, _ := s.root.walk.pane.Sifted(); after != n+1 {
		t.Errorf("%d events match after another step, %d did; %d of %d\n%s", after, n, s.root.walk.filter.next, s.root.walk.pane.Len(), s.frame())
	}
	s.shows("filter: kind:reply").hides("C EHLO")
	s.root.walk.live.Engine.Note(record.Note{On: 1, Text: "rows get other numbers"})
	s.until("the note", func() bool { return s.root.walk.pane.Event(s.root.walk.pane.Len()-1).Kind == record.KindNote })
	if s.settle(); s.root.walk.selected().Kind != record.KindReply {
		t.Errorf("after a note %s is selected:\n%s", s.root.walk.selected().Kind, s.frame())
	}
	s.press("&").press("ctrl+u").typed("nowhere").press("enter").settle().shows("filter: nowhere · 0 of ", "Nothing matches the filter here; esc shows all.")
	for _, key := range []string{"up", "down", "pgup", "end", "left", "right", "home", "v", "v", ",", "space", "i", "y", "f", "[", "]", "end"} {
		s.press(key).frame()
	}
	s.press("&").press("ctrl+u").typed(strings.Repeat("long ", 30)).press("enter").settle().shows("filter: long long", "… · 0 of ")
	s.press("&").press("ctrl+u").typed("kind:state").press("enter").settle().shows("none has a row of its own")
	s.press("/").typed("EHLO laptop").settle().press("end", "enter").hides("filter:").shows("EHLO laptop")
	s.press("&").typed("kind:send").press("enter").settle().shows("filter: kind:send").press("&").press("ctrl+u").press("enter").hides("filter:")
}

// Where a filter leaves no rows no key reads one, wherever in the session that is.
func TestNoKeyReadsARowThatIsNotThere(t *testing.T) {
	t.Parallel()
	keys := append([]string{"enter", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "space", "tab", "ctrl+x", "ctrl+t"}, monkeyLetters...)
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		_, sc := walked(t, 9, size[0], size[1])
		for _, place := range []string{"home", "right", "end"} {
			for _, key := range keys {
				s := simReplay(t, &Replay{Source: sc.log, Path: "/one"}, size[0], size[1]).press("end").press("home").press(place)
				s.press("&").typed("nowhere").press("enter").settle().shows("Nothing matches the filter here")
				s.press(place).press(key).frame()
				for range 3 { // what is played goes on
					if w := s.root.walk; w != nil && w.playing() {
						s.send(playMsg{w, w.player.gen})
					}
					s.frame()
				}
			}
		}
	}
}

// A note that is written, and the findings that are gone through, are those of the rows that are shown; the filter stays.
func TestAFilterStays(t *testing.T) {
	s, _ := walked(t, 3, 80, 24)
	s.press("&").typed("kind:reply,note").press("enter").settle()
	w := s.root.walk
	on := w.selected().Seq
	s.press("n").typed("look here").press("enter")
	s.until("the note", func() bool { return w.pane.Event(w.pane.Len()-1).Kind == record.KindNote })
	s.settle().shows("filter: kind:reply,note", "look here")
	if r, ok := w.selectedNote(); !ok || r.On != on {
		t.Errorf("the note is not selected:\n%s", s.frame())
	}
	s.press("home", "<").shows("filter: kind:reply,note")
	s.press(">").shows("filter: kind:reply,note", "look here")
	s = simLive(t, practice(t, "expired"), 80, 24)
	for range 12 {
		if !s.root.walk.hasFindings() {
			s.press("enter").settle()
		}
	}
	for _, key := range []string{")", "("} {
		s.press("&").press("ctrl+u").typed("severity:danger").press("enter").settle().press("end", key).shows("filter: severity:danger")
		if e := s.root.walk.selected(); e.Kind != record.KindFinding {
			t.Errorf("%s: %s is selected", key, e.Kind)
		}
		s.press("&").press("ctrl+u").typed("kind:reply").press("enter").settle().press("end", key).shows("there is no other finding in this direction", "filter: kind:reply")
	}
}

// Where rows are hidden the way back to all of them stays in sight at the smallest size, beside those to the explanation and to help;
// the line that asks what to show has its help too.
func TestTheFooterUnderAFilter(t *testing.T) {
	_, sc := walked(t, 14, 60, 16)
	live, _ := walked(t, 9, 60, 16)
	replayed := func(keys ...string) *sim {
		return simReplay(t, &Replay{Source: sc.log, Path: "/one"}, 60, 16).press(keys...)
	}
	for name, s := range map[string]*sim{"live": live, "at the end": replayed("end"), "in the past": replayed("home", "]", "]", "]", "]")} {
		s.press("&").shows("f1 help").press("f1").shows("severity:").press("esc").shows("show only").typed("kind:reply").press("enter").settle()
		lines := strings.Split(strings.TrimRight(s.frame(), "\n"), "\n")
		for _, key := range []string{"enter ", " all · ", "v view", "? help", "q quit"} {
			if footer := lines[len(lines)-1]; !strings.Contains(footer, key) && !(key == "enter " && name == "at the end") {
				t.Errorf("%s: %q is not in %q", name, key, footer)
			}
		}
	}
}
