package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/walk"
)

// leaveMsg asks the root to close the walk and show what is started instead, or home where nothing is.
type leaveMsg struct {
	from  *explorer
	start func() (*Live, error)
}

// quit leaves the program, after a question if a session is open.
func (w *explorer) quit() tea.Cmd {
	return w.unlessOpen("quit", tea.Quit)
}

// sumUp shows what the session has come to. The log stays open: an advice that is followed goes on in it.
func (w *explorer) sumUp() {
	v := w.live.Engine.Outcome()
	w.verdict = &v
	w.propose()
	w.toCause()
}

// reopen goes on in the same session, where there is something to go on with.
func (w *explorer) reopen() tea.Cmd {
	w.verdict = nil
	w.propose()
	return nil
}

// reconsider works out what can be done once something else is wanted, also after a verdict.
func (w *explorer) reconsider() {
	if !walk.Over(w.snap, w.goal) {
		w.verdict = nil
	}
	w.propose()
}

// conclude closes the log with the verdict. After it nothing can be done in this session any more.
func (w *explorer) conclude() tea.Cmd {
	w.closing = true
	return w.bridge.finish()
}

// whatNow says that nothing comes next, or the one thing that is left to do: enter alone never leaves. The keys stand below.
func (w *explorer) whatNow() tea.Cmd {
	w.notice = "the session is over"
	if w.hasExercise() && w.exercise().Goal == course.GoalAnswer && !w.made.Solved {
		w.notice = "o answers the question"
	}
	return nil
}

// backMsg asks the root to close a session or a replay and show the list that it was opened from.
type backMsg struct{ from *explorer }

// goHome closes the session and shows the home screen, or the lesson or the page that has opened it.
func (w *explorer) goHome() tea.Cmd {
	where := "go home"
	switch {
	case w.lesson:
		where = "go back to the lesson"
	case w.checked:
		where = "go back to the list"
	}
	return w.unlessOpen(where, func() tea.Msg { return leaveMsg{from: w} })
}

// goBack closes a session or a replay and shows where it was opened from.
func (w *explorer) goBack() tea.Cmd {
	return w.unlessOpen("go back", func() tea.Msg { return backMsg{w} })
}

// startOver closes the session and starts the same once more.
func (w *explorer) startOver() tea.Cmd {
	return w.unlessOpen("start over", func() tea.Msg {
		return leaveMsg{w, func() (*Live, error) {
			_ = w.bridge.join() // the error is reported when the program ends
			return w.live.Again()
		}}
	})
}

// unlessOpen asks before a session is dropped in the middle.
func (w *explorer) unlessOpen(what string, cmd tea.Cmd) tea.Cmd {
	if !w.open() || w.pointMade() {
		return cmd
	}
	w.sheet = &question{text: "the session is still open: " + what + " anyway?", yes: func() tea.Cmd { return cmd }, answer: "yes", why: w.droppedHow()}
	return nil
}

// droppedHow says what becomes of an open session that is left.
func (w *explorer) droppedHow() string {
	const how = "The connection is dropped without QUIT"
	switch {
	case w.live.Path == "":
		return how + ", and nothing of the session is stored: there is no transcript."
	case w.bridge.failed() != nil:
		return how + ". The transcript ends where it could no longer be written."
	}
	return how + ", and the transcript says that it was interrupted. It is kept in any case."
}

// unkept is why the transcript is not kept, after lead; empty if it is, or nothing is known.
func (w *explorer) unkept(lead string) string {
	if err := w.bridge.failed(); err != nil {
		return lead + reasonFirst(err.Error())
	}
	return ""
}

// reasonFirst sets the path that an error begins with after the reason: what is cut off is then the path.
func reasonFirst(text string) string {
	path, reason, ok := strings.Cut(text, ": ")
	if !ok || !strings.ContainsAny(path, "/\\") {
		return text
	}
	return reason + " (" + path + ")"
}
