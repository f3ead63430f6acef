package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"
)

// footed are screens that no frame is kept of.
var footed = []situation{
	{"replay", func(t *testing.T, w, h int) *sim { s, _, _ := replayed(t, 6, w, h); return s.press("[", "[") }},
	{"replay-end", func(t *testing.T, w, h int) *sim { s, _, _ := replayed(t, 14, w, h); return s }},
	{"replay-home", func(t *testing.T, w, h int) *sim {
		s, _, _ := replayed(t, 14, w, h)
		s.root.home = newHome(homeApp(), s.root.theme, s.root.env.lay)
		s.root.walk.home = true
		return s.press("[", "[")
	}},
	{"lesson-end", func(t *testing.T, w, h int) *sim {
		return inLesson(t, w, h).tap(strings.Fields(strings.Repeat("right ", 20))...)
	}},
	{"lesson-help", func(t *testing.T, w, h int) *sim { return inLesson(t, w, h).tap("?") }},
	{"connect-typed", func(t *testing.T, w, h int) *sim {
		return simHome(t, homeApp(), w, h).tap("3").typed("mail.example.org")
	}},
}

// hints are the keys that a screen names, were it as wide as one likes.
func (s *sim) hints() []key.Help {
	switch {
	case s.root.sheet() != nil:
		return s.root.sheet().hints()
	case s.root.walk != nil:
		return s.root.walk.hints()
	}
	return s.root.home.hints()
}

// The line of keys of every screen: it fits, and what explains, the search and the help stay in it on the smallest one.
func TestFooters(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, at := range append(situations[:len(situations):len(situations)], footed...) {
		fmt.Fprintln(&out, at.name)
		for _, size := range [][2]int{{60, 16}, {70, 20}, {80, 24}} {
			s := at.show(t, size[0], size[1])
			rows := strings.Split(strings.TrimRight(s.frame(), "\n"), "\n")
			footer := strings.TrimSpace(rows[len(rows)-1])
			fmt.Fprintf(&out, "%4d  %s\n", size[0], footer)
			if strings.HasSuffix(footer, "…") {
				t.Errorf("%s at %d cells: cut: %s", at.name, size[0], footer)
			}
			for _, h := range s.hints() {
				lesser := h.Key == "v" && strings.Contains(footer, "z more")
				if strings.Contains(" / ? f1 v z enter ", " "+h.Key+" ") && !lesser && !strings.Contains(footer, h.Key+" ") {
					t.Errorf("%s at %d cells: %s %s is not named: %s", at.name, size[0], h.Key, h.Desc, footer)
				}
			}
		}
	}
	compare(t, "footers", out.String())
}

// Who has opened a recording finds how to go on live from it and how to show it to a class, and who has come to an end the latter.
func TestLiveAndPresentingAreNamedWhereTheyArePossible(t *testing.T) {
	s, _, _ := replayed(t, 14, 80, 24)
	s.shows("b go live", "f5 present").press("enter").shows("─ the end of the transcript · the session is over ─", "b go live", "f5 present")
	s.press("[", "[").shows("b go live")
	live, _ := walked(t, 14, 60, 16)
	live.shows("f5 present").press("@").shows("whole screen")
	inLesson(t, 80, 24).shows("f5 present").tap("right").hides("f5 present").tap(strings.Fields(strings.Repeat("right ", 20))...).shows("f5 present")
}

// Help is a key away where something is chosen, too, and leads back to it.
func TestHelpOverWhatIsOpen(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	s.press("tab", "down").shows("choices · 2 of").press("?").shows("─ help", "prepare the chosen step").press("?").shows("choices · 2 of").press("esc")
	s.press("/").typed("spf").settle().press("enter", "?").shows("─ help", "open a related card").press("esc").shows("see also")
	inLesson(t, 80, 24).tap("?").shows("· help", "where you leave off is kept").tap("?").shows("step 1 of")
	tree, _ := walked(t, 6, 80, 24)
	tree.press("up", "up", "f").shows("[fields]").press("f1").shows("─ help", "its bytes are marked").press("?").shows("[fields]")
}

// What stands in a field can be cleared by a key that is named, whether it was typed or was there before.
func TestAFieldThatHoldsTextNamesTheKeyThatClearsIt(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24).tap("3").hides("ctrl-u clear").typed("mail.example.org").shows("ctrl-u clear").tap("ctrl+u").shows("such as mail.example.org").hides("ctrl-u clear")
	s.tap("esc")
	simHome(t, savedApp(), 80, 24).tap("3", "ctrl+e").shows("ctrl-u clear").tap("ctrl+u").hides("ctrl-u clear")
	w, _ := walked(t, 3, 80, 24)
	w.press("e").shows("ctrl-u clear").press("ctrl+u").hides("ctrl-u clear")
}

// The line of an attempt before names the key that tells why it failed, and where its transcript is.
func TestAnAttemptBeforeNamesWhatTellsOfIt(t *testing.T) {
	s, _ := refused(t, 80, 24)
	s.root.walk.live.Next = func() *Live { return newScene().live() }
	s.press("enter", "1").typed("orchid-9").press("enter").settle().shows("attempt 1  ✗ refused", "exit 11 · s tells why")
	s.press("s").shows("attempt 1", "refused: ")
}
