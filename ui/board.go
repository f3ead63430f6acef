package ui

import (
	"context"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/transcripts/visits"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Board shows who visits the practice servers. It keeps its place from one [Board.Run] to the next.
type Board struct {
	// Rows are the visits and their sums; Changed has a token whenever they have changed.
	Rows    func() ([]visits.Row, visits.Counts)
	Changed <-chan struct{}
	// TurnedAway is how many connections the limits have refused.
	TurnedAway func() int
	// Servers are the scenarios with their addresses, a line each; Guide is how they are met, where only a line to paste may be wider
	// than the width; and Warning is why that is dangerous, empty where it is not.
	Servers []string
	Guide   func(width int) []string
	Warning string
	Folder  string // of the transcripts
	// Class is the lesson that the visitors take, and Learners are those who take it; nil where there is none.
	Class    *visits.Class
	Learners func() []visits.Learner

	view boardView
}

// boardView is what a person has chosen to see.
type boardView struct {
	list   scroll.List
	guide  bool
	scroll scroll.List // of the guide
	newest bool        // the selection stays with the newest visit
	visits bool        // of a class the visits are shown, not the learners
	class  scroll.List // the learners
}

// Run shows the board until a person opens a visit, which is returned, or quits, when it is nil, or ctx ends.
func (b *Board) Run(ctx context.Context) (*visits.Row, error) {
	m := newBoard(b, terminalTheme(os.Getenv))
	d, err := newDisplay(m, false)
	if err != nil {
		return nil, err
	}
	over := make(chan struct{})
	forwarded := make(chan struct{})
	go func() {
		defer close(forwarded)
		for {
			select {
			case <-b.Changed:
				d.program.Send(boardMsg{})
			case <-over:
				return
			}
		}
	}()
	err = d.run(ctx)
	close(over)
	<-forwarded
	return m.chosen, err
}

// boardMsg says that the visits have changed.
type boardMsg struct{}

// board is the model of a [Board].
type board struct {
	*Board
	theme         *paint.Theme
	rows          []visits.Row
	learners      []visits.Learner
	counts        visits.Counts
	width, height int
	chosen        *visits.Row
	asks          bool // whether to stop while someone is connected
}

func newBoard(b *Board, theme *paint.Theme) *board {
	m := &board{Board: b, theme: theme, width: 80, height: 24}
	m.refresh()
	return m
}

// refresh reads the visits again. The selection stays on its visitor, or with the newest where it was there.
func (m *board) refresh() {
	selected, newest := m.selected(), m.view.newest || len(m.rows) == 0
	m.rows, m.counts = m.Rows()
	if m.Class != nil {
		m.learners = m.Learners()
	}
	if newest {
		m.view.list.Select(len(m.rows)-1, len(m.rows))
		m.view.newest = true
		return
	}
	for i := range m.rows {
		if selected != nil && m.rows[i].Number == selected.Number {
			m.view.list.Select(i, len(m.rows))
		}
	}
}

func (m *board) selected() *visits.Row {
	if m.view.list.Sel < len(m.rows) {
		return &m.rows[m.view.list.Sel]
	}
	return nil
}

// taught reports whether the learners of a class are shown.
func (m *board) taught() bool { return m.Class != nil && !m.view.visits }

// opens is the visit that a person opens: the selected one, or the newest of the selected learner; nil where there is none any more.
func (m *board) opens() *visits.Row {
	if !m.taught() {
		return m.selected()
	}
	for i := range m.rows {
		if m.view.class.Sel < len(m.learners) && m.rows[i].Number == m.learners[m.view.class.Sel].Visit {
			return &m.rows[i]
		}
	}
	return nil
}

// Init implements [tea.Model].
func (m *board) Init() tea.Cmd { return nil }

// Update implements [tea.Model].
func (m *board) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch t := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = t.Width, t.Height
	case boardMsg:
		m.refresh()
	case tea.KeyMsg:
		if t.Type != tea.KeyRunes || t.Alt {
			return m, m.press(t.String())
		}
		for _, c := range t.Runes { // what is typed fast comes at once
			if cmd := m.press(string(c)); cmd != nil {
				return m, cmd
			}
		}
	}
	return m, nil
}

func (m *board) press(k string) tea.Cmd {
	asked := m.asks
	m.asks = false
	switch {
	case asked && k == "y":
		return tea.Quit
	case asked && k != "ctrl+c":
		return nil
	}
	switch k {
	case "ctrl+c":
		return tea.Quit
	case "q":
		if m.asks = m.counts.Here > 0; !m.asks {
			return tea.Quit
		}
	case "g":
		m.view.guide = !m.view.guide
	case "l":
		m.view.visits = !m.view.visits && m.Class != nil
	case "esc":
		m.view.guide = false
	case "enter":
		if r := m.opens(); r != nil && !m.view.guide {
			chosen := *r
			m.chosen = &chosen
			return tea.Quit
		}
	default:
		if m.view.guide {
			m.view.scroll.Press(k, m.tops())
			return nil
		}
		if m.taught() {
			m.view.class.Press(k, len(m.learners))
			return nil
		}
		if m.view.list.Press(k, len(m.rows)) {
			m.view.newest = m.view.list.Sel == len(m.rows)-1
		}
	}
	return nil
}
