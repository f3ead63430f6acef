package ui

import (
	"slices"
	"strings"
	"testing"

	"ehlo/ui/paint"
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
	s.press("?").shows("to do").hides("s shows it all").press("esc", ":").hides("to do").press("esc")
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
		s.shows("to do: Walk from the name lookup", "… s shows it all").press("s").shows("─ story and transcript", "know of each other.")
	}
}

// A key in a title looks like a key. The task is cut behind its beginning; where no more than a few words would be left, only the
// key is named. In a scenario with a task of its own that is the key that opens it.
func TestTheKeyInATitle(t *testing.T) {
	s, _ := exercised(t, "submission")
	w := s.root.walk
	w.snap.Start.Task = strings.Repeat("walk on ", 40)
	for width, want := range map[int]string{
		80: "next · to do: walk on walk on walk on walk on walk on walk… o shows it all",
		56: "next · to do: walk on walk on walk… o shows it all",
		50: "next · to do: o shows it all",
		30: "next · to do: o shows it all",
	} {
		got := w.withTask(paint.Dim.Line("next"), width)
		if got.String() != want || got.Width() > width {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
		if !slices.Contains(got, paint.Of(paint.Accent, "o")) {
			t.Errorf("%d cells: the key is not painted: %v", width, got)
		}
	}
	for width, want := range map[int]string{60: "wire · 12 more lines, d", 20: "wire · 12 more, d", 14: "wire +12 d"} {
		if got := withMore(paint.Text("wire "), 12, width); got.String() != want || got[len(got)-1] != paint.Of(paint.Accent, "d") {
			t.Errorf("%d cells: %v, want %q", width, got, want)
		}
	}
}

// What was done is not to do any more in a replay, which asks no questions.
func TestAReplayOfWhatWasDoneHasNothingToDo(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	sc.snap.Start.Task = "Walk on."
	s := simReplay(t, &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson"}, 80, 24)
	s.shows("✓ done").hides("to do").press("[").shows("to do: Walk on.")
}
