package ui

import (
	"fmt"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
)

// mostLanes is how many sessions are walked side by side.
const mostLanes = 3

// lanesMsg asks for sessions with the scenarios of these names, side by side.
type lanesMsg []string

// startedMsg says that they are there, or why not.
type startedMsg struct{ from *start }

// start is sessions being started, as [launch] is one.
type start struct {
	done  chan struct{}
	lanes []Lane
	err   error
}

// line starts sessions off the screen's goroutine. It runs to its end even if the program ends before.
func (r *root) line(names []string) tea.Cmd {
	if r.starting != nil || r.app.Lanes == nil {
		return nil
	}
	s := &start{done: make(chan struct{})}
	r.starting = s
	go func() {
		defer close(s.done)
		s.err = record.Try("starting sessions", func() (err error) {
			s.lanes, err = r.app.Lanes(names)
			return err
		})
	}()
	return func() tea.Msg { <-s.done; return startedMsg{s} }
}

// lined lays the columns over the home screen, until a key leads back.
func (r *root) lined(msg startedMsg) tea.Cmd {
	r.starting = nil
	if msg.from.err != nil {
		r.home.trouble = msg.from.err.Error()
		return nil
	}
	r.abreast = newAbreast(r.ctx, msg.from.lanes, r.theme)
	r.abreast.within = true
	r.columns = append(r.columns, r.abreast)
	return r.abreast.Init()
}

// toColumns hands a message to the columns if it is theirs.
func (r *root) toColumns(msg tea.Msg) (tea.Cmd, bool) {
	var from *bridge
	switch msg := msg.(type) {
	case newsMsg:
		from = msg.from
	case doneMsg:
		from = msg.from
	}
	if from == nil || r.abreast == nil || !slices.ContainsFunc(r.abreast.lanes, func(l *lane) bool { return l.bridge == from }) {
		return nil, false
	}
	_, cmd := r.abreast.Update(msg)
	return cmd, true
}

// pressColumns hands a key to the columns. Who leaves them finds the list as it was, and their transcripts among the others.
func (r *root) pressColumns(k tea.KeyMsg) tea.Cmd {
	a := r.abreast
	_, cmd := a.Update(k)
	if !a.left {
		return cmd
	}
	r.abreast = nil
	home := r.home.init()
	return func() tea.Msg {
		_, _ = a.end() // the error is reported when the program ends
		if home == nil {
			return nil
		}
		return home()
	}
}

// drawColumns are the columns in the size of the screen.
func (r *root) drawColumns() string {
	r.abreast.resize(r.width, r.height)
	return r.abreast.View()
}

// joinColumns ends the sessions of all columns that there were, and gives their errors and transcripts.
func (r *root) joinColumns() (paths []string, errs []error) {
	if r.starting != nil {
		<-r.starting.done
		r.columns = append(r.columns, newAbreast(r.ctx, r.starting.lanes, r.theme))
	}
	for _, a := range r.columns {
		if _, err := a.end(); err != nil {
			errs = append(errs, err)
		}
		for _, l := range a.lanes {
			if l.Live.Path != "" {
				paths = append(paths, l.Live.Path)
			}
		}
	}
	return paths, errs
}

// scenario is the name of the scenario that is chosen in the list; empty on every other row.
func (h *home) scenario() string {
	items := h.items()
	if h.shown != listScenarios || h.app.Lanes == nil || h.list.Sel >= len(items) {
		return ""
	}
	return items[h.list.Sel].scenario
}

// keepColumns does what a key does for columns, and reports whether it is one of these keys.
func (h *home) keepColumns(k string) (tea.Cmd, bool) {
	name := h.scenario()
	switch {
	case name == "":
		return nil, false
	case k == "ctrl+d":
		h.toggle(name)
	case k == "ctrl+g" && len(h.lanes) > 1:
		names := h.lanes
		h.lanes = nil
		return func() tea.Msg { return lanesMsg(names) }, true
	default:
		return nil, k == "ctrl+g"
	}
	return nil, true
}

// toggle marks a scenario to be walked beside others, or takes its mark away.
func (h *home) toggle(name string) {
	if i := slices.Index(h.lanes, name); i >= 0 {
		h.lanes = slices.Delete(slices.Clone(h.lanes), i, i+1)
		return
	}
	if len(h.lanes) == mostLanes {
		h.trouble = fmt.Sprintf("at most %d scenarios are walked side by side: take a mark away first", mostLanes)
		return
	}
	h.lanes = append(slices.Clip(h.lanes), name)
}

// laneMark is the number of the column that a scenario is marked for; empty if it is not.
func (h *home) laneMark(name string) string {
	if i := slices.Index(h.lanes, name); i >= 0 {
		return "(" + string(rune('1'+i)) + ")"
	}
	return ""
}

// laneHints are the keys that work for columns now.
func (h *home) laneHints() []key.Help {
	mark := key.Help{Key: "ctrl-d", Desc: "mark"}
	if slices.Contains(h.lanes, h.scenario()) {
		mark.Desc = "unmark"
	}
	if len(h.lanes) < 2 {
		return []key.Help{mark}
	}
	return []key.Help{{Key: "ctrl-g", Desc: "side by side"}, mark}
}

// laneHelp says how columns are begun.
func laneHelp() keyGroup {
	return keyGroup{"on a scenario", []key.Help{{Key: "enter", Desc: "begin it"}, {Key: "ctrl-d", Desc: fmt.Sprintf("mark it to be walked beside others, at most %d", mostLanes)},
		{Key: "ctrl-g", Desc: "walk the marked ones side by side, in columns"}}}
}
