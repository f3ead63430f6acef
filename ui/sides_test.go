package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/diff"
	"ehlo/ui/paint"
)

// offers is a session up to the reply to EHLO, as far as there is one.
func offers(name, cause string, keywords ...string) diff.Session {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Plan: record.Plan{Target: record.Target{Host: name, Port: 25}}}})
	log.Append(record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Reply: wire.Reply{Code: 220, Lines: []wire.Line{{Text: "\x1b[2Jready"}}}}})
	log.Append(record.Event{Kind: record.KindSend, Step: record.VerbEHLO, Send: &record.Send{Raw: wire.Raw("EHLO a\r\n")}})
	c := record.Capabilities{Capabilities: wire.Capabilities{Domain: "mail.example"}}
	for _, k := range keywords {
		c.Keywords = append(c.Keywords, wire.Capability{Keyword: k})
	}
	log.Append(record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: wire.Reply{Code: 250}}})
	log.Append(record.Event{Kind: record.KindCapabilities, Step: record.VerbEHLO, Capabilities: &c})
	log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseEHLO, Outcome: record.OutcomeDone, Cause: cause}})
	return diff.Session{Name: name + ".ehlo.ndjson", Source: log}
}

// Two sessions stand side by side, move together, and what is different in a step stands below it.
func TestSides(t *testing.T) {
	s := newSides(diff.Compare(offers("one.example", "It went.", "STARTTLS", "DSN"), offers("two.example", "one thing was not offered.", "DSN")), paint.NewTheme(termenv.Ascii, true))
	s.Update(tea.WindowSizeMsg{Width: 60, Height: 16})
	press := func(keys ...string) string {
		for _, k := range keys {
			s.press(k)
		}
		view := s.View()
		rows := strings.Split(view, "\n")
		if len(rows) != 16 || strings.Contains(view, "\x1b[2J") {
			t.Fatalf("%d rows\n%s", len(rows), view)
		}
		for _, row := range rows {
			if paint.Width(row) != 60 {
				t.Errorf("%d cells: %q", paint.Width(row), row)
			}
		}
		return view
	}
	for _, step := range []struct {
		keys []string
		want string
	}{
		{nil, "  A  one.example.ehlo.ndjson  │ B  two.example.ehlo.ndjson"},
		{nil, "steps: ≠ 3 different"},
		{nil, "A: done at ehlo, exit code 0. It went."}, // both outcomes, whole
		{nil, "B: done at ehlo, exit code 0. one thing was not"},
		{[]string{")"}, "The server is one.example in A, two.example in B."},
		{[]string{")"}, "A was offered STARTTLS, B was not."},
		{[]string{"("}, "The server is one.example in A, two.example in B."},
		{[]string{"end", "up"}, "B: the greeting → 220 “\\x1b[2Jready”"},
		{[]string{"d"}, "timing, which does not count as a difference"},
		{[]string{"esc"}, "─ here"},
	} {
		if got := press(step.keys...); !strings.Contains(got, step.want) {
			t.Errorf("after %q no %q in\n%s", step.keys, step.want, got)
		}
	}
	s.Update(tea.KeyMsg{Type: tea.KeyHome})
	if s.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("nN")}); !strings.Contains(s.View(), "row 1 of 4") {
		t.Errorf("two keys at once do not move twice:\n%s", s.View())
	}
	if _, cmd := s.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("nq")}); cmd == nil {
		t.Error("q does not quit")
	}
	for _, size := range [][2]int{{1, 1}, {20, 3}, {200, 60}} {
		s.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		s.View()
	}
}

// What is longer than the window scrolls with the first key, says which part is in sight, and the way out is always named.
func TestAllDifferencesScroll(t *testing.T) {
	a, b := offers("one.example", "It went.", "STARTTLS", "DSN", "HELP", "SIZE"), offers("two.example", "It went.")
	folder := strings.Repeat("/folder", 12)
	a.Name, b.Name = folder+"/first.ehlo.ndjson", folder+"/second.ehlo.ndjson"
	s := newSides(diff.Compare(a, b), paint.NewTheme(termenv.Ascii, true))
	s.Update(tea.WindowSizeMsg{Width: 60, Height: 8})
	shows := func(texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(s.View(), text) {
				t.Fatalf("no %q in\n%s", text, s.View())
			}
		}
	}
	shows("first.ehlo.ndjson", "second.ehlo.ndjson", "q quit")
	s.press("d")
	shows("lines 1–4 of 6", "q quit")
	s.press("down")
	shows("lines 2–5 of 6")
}

// The keys are told, and lead back.
func TestSidesHaveHelp(t *testing.T) {
	s := newSides(diff.Compare(offers("one.example", "It went.", "DSN"), offers("two.example", "It went.")), paint.NewTheme(termenv.Ascii, true))
	s.press("?")
	if view := s.View(); !strings.Contains(view, "to the difference before") || !strings.Contains(view, "? back") {
		t.Error(view)
	}
	s.press("?")
	if view := s.View(); strings.Contains(view, "to the difference before") || !strings.Contains(view, "? help") {
		t.Error(view)
	}
}
