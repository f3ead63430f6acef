package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// leaveMsg asks the root to close the walk and show something else.
type leaveMsg struct {
	from *explorer
	to   destination
}

type destination int

const (
	toHome destination = iota
	toAgain
)

// quit leaves the program, after a question if a session is open.
func (w *explorer) quit() tea.Cmd {
	return w.unlessOpen("quit", tea.Quit)
}

// conclude closes the log with what the session came to. After it nothing can be done in this session any more.
func (w *explorer) conclude() tea.Cmd {
	w.parted, w.closing = false, true
	return w.bridge.finish(w.outcome())
}

// reconnect shows the way to another connection in the same session; enter takes it.
func (w *explorer) reconnect() tea.Cmd {
	w.parted = false
	return nil
}

// whatNow says what can be done at the end: enter alone never leaves.
func (w *explorer) whatNow() tea.Cmd {
	w.notice = w.choicesNow()
	return nil
}

func (w *explorer) choicesNow() string {
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
func (w *explorer) goHome() tea.Cmd {
	return w.unlessOpen("go home", func() tea.Msg { return leaveMsg{w, toHome} })
}

// startOver closes the session and starts the same once more.
func (w *explorer) startOver() tea.Cmd {
	return w.unlessOpen("start over", func() tea.Msg { return leaveMsg{w, toAgain} })
}

// unlessOpen asks before a session is dropped in the middle.
func (w *explorer) unlessOpen(what string, cmd tea.Cmd) tea.Cmd {
	if !w.open() {
		return cmd
	}
	w.sheet = &question{text: "the session is open: " + what + " all the same?", yes: func() tea.Cmd { return cmd }, answer: "yes", why: w.droppedHow()}
	return nil
}

// droppedHow says what becomes of an open session that is left.
func (w *explorer) droppedHow() string {
	const how = "The connection is dropped without QUIT"
	switch {
	case w.live.Path == "":
		return how + ", and nothing of the session is kept: there is no transcript."
	case w.bridge.failed() != nil:
		return how + ". The transcript ends where it could no longer be written."
	}
	return how + ", and the transcript says that it was interrupted. It is kept in any case."
}

// unkept is why the transcript is not kept, behind lead; empty if it is, or nothing is known.
func (w *explorer) unkept(lead string) string {
	if err := w.bridge.failed(); err != nil {
		return lead + reasonFirst(err.Error())
	}
	return ""
}

// reasonFirst sets the path that an error begins with behind the reason: what is cut off is then the path.
func reasonFirst(text string) string {
	path, reason, ok := strings.Cut(text, ": ")
	if !ok || !strings.ContainsAny(path, "/\\") {
		return text
	}
	return reason + " (" + path + ")"
}
