package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"ehlo/session/lab"
	"ehlo/session/lesson"
	"ehlo/session/record"
	"ehlo/transcripts/visits"
	"ehlo/ui/paint"
)

// visitors are so many visits, the last of which goes on.
func visitors(n int) []visits.Row {
	rows := make([]visits.Row, n)
	for i := range rows {
		rows[i] = visits.Row{Number: i + 1, Scenario: "stripped", Client: fmt.Sprintf("192.0.2.%d:4000", i+1), Listener: lab.Listener{Role: "submission", Host: "mail.lab", Port: 587},
			Began: time.Date(2026, 5, 4, 12, 0, i, 0, time.UTC), Step: record.VerbQuit, Over: true, Goal: visits.Unseen, Path: fmt.Sprintf("/kept/%04d", i+1),
			Verdict: record.Verdict{Outcome: record.OutcomeDone, Cause: "mail.lab answered, up to QUIT."}}
	}
	if n > 0 {
		rows[n-1].Over, rows[n-1].Step, rows[n-1].Goal, rows[n-1].Path = false, record.VerbAuth, "", ""
	}
	return rows
}

func testBoard(rows *[]visits.Row) *Board {
	return &Board{Servers: []string{"stripped  submission://127.0.0.1:1587"}, Guide: func(int) []string {
		return []string{"stripped: a title", "", "  ehlo connect submission://127.0.0.1:1587 --server-name mail.lab --ca /tmp/ehlo-lab-1243077373/ca.pem --user ann"}
	}, TurnedAway: func() int { return 2 },
		Rows: func() ([]visits.Row, visits.Counts) {
			return *rows, visits.Counts{All: len(*rows), Here: min(1, len(*rows)), Solved: 3, Delivered: 2, Outcomes: map[record.Outcome]int{record.OutcomeDone: len(*rows)}}
		}}
}

// pressed presses keys and gives what stands on the screen, which is full at any size.
func pressed(t *testing.T, m *board, keys ...string) string {
	t.Helper()
	for _, k := range keys {
		m.press(k)
	}
	view := m.View()
	rows := strings.Split(view, "\n")
	if len(rows) != m.height {
		t.Errorf("%d rows of %d\n%s", len(rows), m.height, view)
	}
	for _, row := range rows {
		if paint.Width(row) != m.width {
			t.Errorf("%d cells of %d: %q", paint.Width(row), m.width, row)
		}
	}
	return view
}

func TestBoard(t *testing.T) {
	rows := visitors(40)
	b := testBoard(&rows)
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		m := newBoard(b, paint.NewTheme(termenv.Ascii, true))
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, step := range []struct {
			keys []string
			want string
		}{
			{[]string{"end"}, "visitor 40, row 40 of 40"},
			{nil, "● auth"},
			{nil, "The session is running, at auth."},
			{nil, "40 visitors, 3 solved, 2 delivered, 40 done, 2 rejected"},
			{[]string{"home"}, "visitor 1, row 1 of 40"},
			{nil, "mail.lab answered, up to QUIT."},
			{[]string{"down", "down", "up"}, "visitor 2, row 2 of 40"},
			{[]string{"pgdown", "pgup"}, "visitor 2, row 2 of 40"},
			{[]string{"g"}, "ehlo connect submission://127.0.0.1:1587"},
			{nil, "/ca.pem"},
			{nil, "--user ann"},
			{[]string{"esc"}, "not seen"},
			{[]string{"q"}, "y stop the server, 1 visitor connected"},
			{[]string{"n"}, "q stop the server"},
		} {
			if got := pressed(t, m, step.keys...); !strings.Contains(got, step.want) {
				t.Errorf("%v: after %q no %q in\n%s", size, step.keys, step.want, got)
			}
		}
	}
	for _, size := range [][2]int{{1, 1}, {20, 3}, {30, 8}, {300, 90}} {
		m := newBoard(b, paint.NewTheme(termenv.Ascii, true).InASCII())
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, k := range []string{"", "g", "end", "g", "end", "home"} {
			m.press(k)
			m.View()
		}
	}
}

// The selection stays with the newest visitor where it was there, and else with its own.
func TestBoardFollowsTheNewest(t *testing.T) {
	rows := visitors(0)
	b := testBoard(&rows)
	m := newBoard(b, paint.NewTheme(termenv.Ascii, true))
	if got := pressed(t, m); !strings.Contains(got, "no one has connected yet") {
		t.Errorf("no word that nobody is here in\n%s", got)
	}
	come := func(n int) string {
		rows = visitors(n)
		m.Update(boardMsg{})
		return pressed(t, m)
	}
	if got := come(3); !strings.Contains(got, "visitor 3, row 3 of 3") {
		t.Errorf("not at the newest:\n%s", got)
	}
	m.press("up")
	if got := come(5); !strings.Contains(got, "visitor 2, row 2 of 5") {
		t.Errorf("not at the visitor that was selected:\n%s", got)
	}
	m.press("end")
	if got := come(6); !strings.Contains(got, "visitor 6, row 6 of 6") {
		t.Errorf("not at the newest again:\n%s", got)
	}
}

// Enter opens a visit; q asks while someone is connected, and ctrl-c does not.
func TestBoardEnds(t *testing.T) {
	rows := visitors(2)
	m := newBoard(testBoard(&rows), paint.NewTheme(termenv.Ascii, true))
	if m.press("home"); m.press("enter") == nil || m.chosen == nil || m.chosen.Path != "/kept/0001" {
		t.Errorf("opened %+v", m.chosen)
	}
	if m.press("q") != nil || m.press("n") != nil || m.press("q") != nil || m.press("y") == nil {
		t.Error("q does not ask, or y is no answer")
	}
	if m.press("q"); m.press("ctrl+c") == nil {
		t.Error("ctrl-c does not end it")
	}
	rows = nil
	m.Update(boardMsg{})
	if m.press("q") == nil {
		t.Error("q asks although nobody is connected")
	}
	if _, cmd := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("gq")}); cmd == nil {
		t.Error("two keys at once are not two keys")
	}
}

// What a visitor is called cannot reach the terminal as it is.
func TestBoardIsSafe(t *testing.T) {
	rows := visitors(2)
	rows[0].Verdict.Cause = "mail.lab said \x1b[2J"
	m := newBoard(testBoard(&rows), paint.NewTheme(termenv.Ascii, true))
	if got := pressed(t, m, "home"); strings.Contains(got, "\x1b[2J") || !strings.Contains(got, `\x1b[2J`) {
		t.Errorf("in\n%s", got)
	}
}

// A class is shown learner by learner, its visits after a key, and enter opens a learner's newest session.
func TestBoardOfAClass(t *testing.T) {
	l, err := lesson.Read([]byte("name: ours\ntitle: ours\nsteps:\n  - say: Hello.\n  - walk: submission\n  - solve: stripped\n"), lesson.World{})
	if err != nil {
		t.Fatal(err)
	}
	rows := visitors(5)
	b := testBoard(&rows)
	b.Class = visits.NewClass(l, false)
	learners := []visits.Learner{{Name: "192.0.2.3", Step: 3, Visit: 3, Came: []visits.Came{visits.Reached, visits.Had}}, {Name: "192.0.2.5", Step: 2, Visit: 5, Came: []visits.Came{visits.UnderWay, visits.NotBegun}}}
	b.Learners = func() []visits.Learner { return learners }
	rows[2].Lesson = visits.Standing{Learner: learners[0], Steps: 3, Step: 3, Came: visits.Had}
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		m := newBoard(b, paint.NewTheme(termenv.Ascii, true))
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, step := range []struct {
			keys []string
			want string
		}{
			{nil, "lesson: ours"},
			{nil, "3 of 3    1 of 2   ✓2  ○3"},
			{nil, "2 learners, 5 visitors"},
			{[]string{"home"}, "step 2, walk submission: reached"},
			{[]string{"down"}, "192.0.2.5, 2 of 2"},
			{[]string{"g"}, "g learners"},
			{[]string{"esc", "l"}, "● auth"},
			{[]string{"home", "down", "down"}, "192.0.2.3 is at step 3 of 3 of the lesson"},
			{[]string{"l"}, "l visitors"},
		} {
			if got := pressed(t, m, step.keys...); !strings.Contains(got, step.want) {
				t.Errorf("%v: after %q no %q in\n%s", size, step.keys, step.want, got)
			}
		}
		m.press("home")
		if m.press("enter") == nil || m.chosen == nil || m.chosen.Number != 3 {
			t.Errorf("opened %+v", m.chosen)
		}
	}
	learners = nil
	if got := pressed(t, newBoard(b, paint.NewTheme(termenv.Ascii, true))); !strings.Contains(got, "no one has begun the lesson yet") {
		t.Errorf("no word that nobody is here in\n%s", got)
	}
}
