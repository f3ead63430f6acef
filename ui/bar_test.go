package ui

import (
	"strings"
	"testing"
)

// A row that the bar leaves empty goes to the explanation above it where that is cut.
func TestAnEmptyRowOfTheBarGoesToTheExplanation(t *testing.T) {
	for n := 4; n < 12; n++ {
		s, _ := walked(t, n, 80, 24)
		for range 20 {
			_, strip, _ := strings.Cut(s.root.View(), "─ in short")
			strip, bar, _ := strings.Cut(strip, "─ next")
			rows := strings.Split(bar, "\n")
			if cut := strings.HasSuffix(strings.TrimSpace(strip), "…"); cut && strings.TrimSpace(rows[len(rows)-2]) == "" {
				t.Fatalf("the explanation is cut above an empty row:\n%s", s.root.View())
			}
			s.press("up")
		}
	}
}

// A key that does not work is not named: a sheet has the keys. The page of the task itself says it once, and what is done is not to do.
func TestTheTaskBesideASheet(t *testing.T) {
	s := simLive(t, taskLive(), 80, 24).press("enter", "enter", "enter", "enter")
	s.press("?").shows("to do").hides("s tells it all").press("esc", ":").hides("to do").press("esc")
	e, _ := exercised(t, "submission")
	e.press("o").shows("Walk from the name lookup").hides("to do").press("esc").shows("to do")
	e.root.walk.made.Solved = true
	e.hides("to do: Walk", "  to do  ")
}

// What a learner is to do stays in sight, and the key that tells all of it is named where it is cut.
func TestALongTaskNamesItsKey(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}} {
		sc := newScene()
		sc.snap.Start.Task = strings.Repeat("Walk from the name lookup to QUIT, and say after each step what client and server know of each other. ", 3)
		s := simLive(t, sc.live(), size[0], size[1])
		for range 4 {
			s.press("enter")
		}
		s.shows("to do: Walk from the name lookup", "… s tells it all").press("s").shows("─ story and transcript", "know of each other.")
	}
}
