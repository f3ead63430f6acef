package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// leaveMsg asks the root to close the walk and show something else.
type leaveMsg struct {
	from *walk
	to   destination
}

type destination int

const (
	toHome destination = iota
	toAgain
)

// quit leaves the program, after a question if a session is open.
func (w *walk) quit() tea.Cmd {
	return w.unlessOpen("quit", tea.Quit)
}

// whatNow says what can be done at the end: enter alone never leaves.
func (w *walk) whatNow() tea.Cmd {
	w.notice = w.choicesNow()
	return nil
}

func (w *walk) choicesNow() string {
	choices := []string{"← looks back"}
	if w.canStartOver() {
		choices = append(choices, "R starts over")
	}
	if w.canGoHome() {
		choices = append(choices, "h goes home")
	}
	return strings.Join(append(choices, "q quits"), " · ")
}

// goHome closes the session and shows the home screen.
func (w *walk) goHome() tea.Cmd {
	return w.unlessOpen("go home", func() tea.Msg { return leaveMsg{w, toHome} })
}

// startOver closes the session and starts the same once more.
func (w *walk) startOver() tea.Cmd {
	return w.unlessOpen("start over", func() tea.Msg { return leaveMsg{w, toAgain} })
}

// unlessOpen asks before a session is dropped in the middle.
func (w *walk) unlessOpen(what string, cmd tea.Cmd) tea.Cmd {
	if !w.open() {
		return cmd
	}
	w.sheet = &question{text: "the session is open: " + what + " all the same?", yes: func() tea.Cmd { return cmd },
		why: "The connection is dropped without QUIT, and the transcript says that it was interrupted. It is kept in any case."}
	return nil
}
