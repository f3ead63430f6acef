package ui

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/certificate"
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
	s.press("?").hides("to do").press("esc").shows("to do").press(":").hides("to do").press("esc")
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
		s.shows("to do: Walk from the name lookup", "… o shows it all").press("o").shows("─ task", "know of each other.").press("esc", "s").shows("─ story and transcript")
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
		if got := withLines(paint.Text("wire "), 12, width); got.String() != want || got[len(got)-1] != paint.Of(paint.Accent, "d") {
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

// What there is to do is told once in a picture: above the step, or in the explanation of the first row.
func TestTheTaskIsToldOnce(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s := simLive(t, practice(t, "expired"), size[0], size[1])
		if n := strings.Count(strings.ToLower(s.frame()), "to do"); n != 1 {
			t.Errorf("%v: told %d times:\n%s", size, n, s.frame())
		}
	}
}

// A recording has the key of the task too, and it means the same.
func TestTheTaskOfARecording(t *testing.T) {
	sc := newScene()
	sc.snap.Start.Task = "Say who has to renew the certificate."
	s := simLive(t, sc.live(), 80, 24)
	for range 14 {
		s.press("enter")
	}
	simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, 80, 24).press("o").shows("─ task", "To do: Say who has to renew the certificate.").press("o").hides("─ task")
}

// On a small screen the verdict has what it needs, and the path of the transcript is the first to go. That there is none is said all the same.
func TestThePathGivesWayToTheVerdict(t *testing.T) {
	live := practice(t, "private-ca")
	live.Next = func() *Live { return newScene().live() }
	live.Roots = func() (certificate.Roots, error) { return certificate.Roots{}, nil }
	s := simLive(t, live, 60, 16)
	for range 9 {
		s.press("enter")
	}
	s.shows("✗ unsafe · TLS handshake · exit 9 · send no password here", "Example Company Root CA, is", "1 trust the given CA, once its fingerprint is compared", "! 2 not safe: continue unverified").hides("transcript:")
	w := s.root.walk
	w.live.Path = ""
	s.shows("no transcript was kept")
}

// What was found is read whole where it is selected, however long it is.
func TestASelectedFindingIsWhole(t *testing.T) {
	s := simLive(t, practice(t, "expired"), 60, 16)
	for range 6 {
		s.press("enter")
	}
	s.shows("›‼ │ The server's certificate (mail.lab) expired on", "3 days ago.").press("up")
	for _, row := range strings.Split(s.frame(), "\n") {
		if strings.Contains(row, "‼ │ The server's certificate") && !strings.Contains(row, "…") {
			t.Errorf("it takes two lines where it is not selected:\n%s", s.frame())
		}
	}
}
