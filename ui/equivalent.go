package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// otherPrograms lists the programs with which the same session is had, and shows how with the selected one.
type otherPrograms struct {
	scroll.List
	w     *explorer
	same  equivalent.Session
	tools []equivalent.Tool
	open  *text // the page of one of them; nil while the list is shown
}

// inOther opens the list. In the past it is for the session up to there.
func (w *explorer) inOther() tea.Cmd {
	same := equivalent.Of(w.snap)
	if done := slices.Concat(w.snap.State.Done, w.snap.State.Failed); !w.atEnd() && len(done) > 0 {
		same.Until = latest(done)
	}
	w.sheet = &otherPrograms{w: w, same: same, tools: equivalent.Tools()}
	return nil
}

// latest is the phase of these that comes last in a walk.
func latest(phases []record.Phase) record.Phase {
	order := record.Phases()
	return slices.MaxFunc(phases, func(a, b record.Phase) int {
		return slices.Index(order, string(a)) - slices.Index(order, string(b))
	})
}

func (w *explorer) hasPlan() bool { return w.snap.Start != nil }

func (s *otherPrograms) below() bool { return false }

func (s *otherPrograms) title() string {
	if s.open != nil {
		return s.open.title()
	}
	return "the same with another program · " + placeIn(&s.List, len(s.tools))
}

func (s *otherPrograms) hints() []key.Help {
	if s.open != nil {
		return []key.Help{{Key: "y", Desc: "copy"}, {Key: "↑↓", Desc: "scroll"}, {Key: "esc", Desc: "back"}}
	}
	return []key.Help{{Key: "enter", Desc: "show"}, {Key: "y", Desc: "copy"}, {Key: "↑↓", Desc: "choose"}, {Key: "esc", Desc: "back"}}
}

func (s *otherPrograms) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch name := k.String(); {
	case name == "y":
		return s.copy(), false
	case s.open != nil:
		if _, done := s.open.press(k); done {
			s.open = nil
		}
	case name == "esc", name == "q", name == "$":
		return nil, true
	case name == "enter":
		s.open = &text{name: s.selected().Tool.Title, key: "$", page: s.page}
	default:
		s.Press(listKey(name), len(s.tools))
	}
	return nil, false
}

func (s *otherPrograms) selected() equivalent.Text { return s.same.In(s.tools[s.Sel]) }

// copy puts what is to be typed or run on the clipboard, without what is said of it.
func (s *otherPrograms) copy() tea.Cmd {
	t := s.selected()
	if t.Cannot() {
		s.w.notice = "there is nothing to copy for " + t.Tool.Name
		return nil
	}
	return s.w.clip("the lines for "+t.Tool.Name, strings.Join(t.Lines, "\n")+"\n")
}

func (s *otherPrograms) lines(width, height int) []paint.Line {
	if s.open != nil {
		return s.open.lines(width, height)
	}
	var rows []paint.Line
	for i, t := range s.tools {
		mark, ink := "  ", paint.Plain
		if i == s.Sel {
			mark, ink = "› ", paint.Strong
		}
		rows = append(rows, paint.Accent.Line(mark).And(ink, t.Title).Cut(width))
	}
	first, last := s.Around(s.Sel, len(rows), height)
	return rows[first:last]
}

// page are the lines as they are to be typed, each whole, and what has to be known of them.
func (s *otherPrograms) page(width int) (out []paint.Line) {
	t := s.selected()
	for _, line := range t.Lines {
		out = append(out, paint.Hang(paint.Text("  "), paint.Wrap(paint.Strong, line, width-2))...)
	}
	for _, n := range t.Notes {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Plain, n, width)...)
	}
	return out
}
