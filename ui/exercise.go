package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/progress"
	"ehlo/session/setup"
	"ehlo/transcripts/search"
	"ehlo/ui/paint"
)

// Progress keeps what a person has solved and learned, see [progress.File].
type Progress interface {
	Add(progress.Entry) error
	Read() (progress.State, error)
}

// exercise is what the scenario of a live session asks of a person; nil where nothing is asked.
func (w *explorer) exercise() *course.Exercise {
	if w.live == nil {
		return nil
	}
	return w.live.Exercise
}

func (w *explorer) hasExercise() bool { return w.exercise() != nil }

// assigned names the key to the task by what it is good for now.
func (w *explorer) assigned() string {
	switch {
	case !w.hasExercise():
		return "task"
	case w.made.Solved:
		return "solved"
	case w.exercise().Goal == course.GoalAnswer && (w.finished() || w.summing()), w.canAnswer():
		return toAnswer
	}
	return "task"
}

// owesAnswer holds at the end of a session that a lesson has opened to be solved, as long as its question was not shown: who goes on with
// enter comes past it, and is kept no longer.
func (w *explorer) owesAnswer() bool {
	return w.asks && w.finished() && w.hasExercise() && w.exercise().Goal == course.GoalAnswer && !w.made.Solved
}

// observe looks whether what has happened reaches the goal of the exercise.
func (w *explorer) observe() tea.Cmd {
	if w.busy != nil || !w.atEnd() || w.made.Solved || !w.hasExercise() || !w.exercise().Reached(w.snap, w.finished()) {
		return nil
	}
	return w.solve()
}

// solve ticks the scenario off and keeps that it was solved.
func (w *explorer) solve() tea.Cmd {
	w.made.Solved = true
	if w.notice = "o shows what comes next"; !w.hasVerdict() { // whose title says that it is solved
		w.notice = "✓ " + w.made.Praise(w.exercise()) + ": " + w.notice
	}
	name, when, b := w.exercise().Scenario, w.env.now(), w.bridge
	if w.env.progress == nil {
		return nil
	}
	return func() tea.Msg {
		if err := w.env.progress.Add(progress.Entry{Solved: name, Time: when}); err != nil {
			return noticeMsg{from: b, text: "✓ solved, but " + err.Error()}
		}
		return nil
	}
}

// hasTask holds where a learner was told what to do, also in a recording of it.
func (w *explorer) hasTask() bool { return w.hasExercise() || w.task() != "" }

// assignment opens the task: what to do, hints, the question, and what there is to learn once it is solved. Of a recording it is what was
// to do.
func (w *explorer) assignment() tea.Cmd {
	if !w.hasExercise() {
		w.sheet = &text{name: "task", key: "o", page: w.storyPage}
		return nil
	}
	if w.finished() {
		w.asks = false
	}
	s := &assignment{w: w, text: text{name: "task", key: "o"}}
	s.page = s.sheet
	w.sheet = s
	return nil
}

// assignment is the task of a scenario as a page.
type assignment struct {
	text
	w     *explorer
	early bool // an answer was given before it is accepted
	shown bool // the answer is shown to a class, without one being given
	next  int  // the line where the next hint will stand, as last drawn
}

// answers are the choices that a digit gives; none once the exercise is solved, or while a row is to be looked at first.
func (s *assignment) answers() []course.Choice {
	if _, _, owes := s.owes(); owes || s.told() {
		return nil
	}
	return s.w.exercise().Question.Choices
}

// told reports whether the answer is known: given, or shown to a class.
func (s *assignment) told() bool { return s.w.made.Solved || s.shown }

// canShow holds before a class, which answers aloud.
func (s *assignment) canShow() bool {
	return s.w.show != nil && !s.told() && s.w.exercise().Goal == course.GoalAnswer
}

// owes is the event to look at before another answer, see [course.Attempt.Owes].
func (s *assignment) owes() (event int, ok, owes bool) {
	return s.w.made.Owes(s.w.exercise(), s.w.src, s.w.pane.Len(), s.w.finished())
}

func (s *assignment) hints() []key.Help {
	var out []key.Help
	switch {
	case s.canShow():
		out = append(out, key.Help{Key: "enter", Desc: "show the answer"})
	case s.told() && s.w.canMoveOn():
		out = append(out, key.Help{Key: "enter", Desc: s.w.onwardTo()})
	}
	if n := len(s.answers()); n > 0 {
		out = append(out, key.Help{Key: digits(n), Desc: "answer"})
	}
	if _, ok, owes := s.owes(); owes && ok && !s.canShow() && !s.told() {
		out = append(out, key.Help{Key: "enter", Desc: "look at the row"})
	}
	if s.canHint() {
		out = append(out, key.Help{Key: "o", Desc: "a hint"})
	}
	return append(out, s.text.hints()...)
}

// waits reports whether no answer is taken before a row was looked at.
func (s *assignment) waits() bool { _, _, owes := s.owes(); return owes }

// canHint holds while there is a hint that was not given.
func (s *assignment) canHint() bool {
	return !s.told() && s.w.made.Hints < len(s.w.exercise().Tiers())
}

func (s *assignment) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch n, err := strconv.Atoi(k.String()); {
	case err == nil && n >= 1 && n <= len(s.answers()):
		return s.answer(n), false
	case err == nil && n >= 1 && s.waits():
		s.early, s.tops.Sel = true, 0 // what comes first stands at the top
		return nil, false
	case k.String() == "o" && s.canHint():
		s.w.made.Hints++
		s.tops.Sel = max(s.next-2, 0) // where the hint is
		return nil, false
	case k.String() == "enter" && s.canShow():
		s.shown, s.tops.Sel = true, 0
		return nil, false
	case k.String() == "enter" && s.told() && s.w.canMoveOn():
		return s.w.moveOn(), true
	case k.String() == "enter":
		return nil, s.look() || s.w.lesson // enter alone comes to the end of a lesson
	}
	return s.text.press(k)
}

// look goes to the row that shows the answer, where one is to be looked at, and reports whether it does.
func (s *assignment) look() bool {
	event, ok, owes := s.owes()
	if !ok || !owes {
		return false
	}
	s.w.made.Looked()
	s.w.sheet = nil
	s.w.showRow(search.Hit{Event: event})
	s.w.asks = s.w.lesson
	s.w.notice = "this row shows it; o accepts another answer"
	return true
}

// answer takes the answer number n.
func (s *assignment) answer(n int) tea.Cmd {
	s.tops.Sel, s.early = 0, false
	if !s.w.made.Answer(s.w.exercise(), n, s.w.pane.Len()) {
		return nil
	}
	return s.w.solve()
}

// sheet is the page.
func (s *assignment) sheet(width int) []paint.Line {
	e := s.w.exercise()
	if e == nil {
		return nil
	}
	if s.told() {
		return append(s.debrief(e, width), s.arrived(width)...)
	}
	out := append(s.judged(e, width), append(paint.Wrap(paint.Strong, s.w.task(), width), paint.Line{})...)
	out = append(out, s.question(e, width)...)
	for i, hint := range e.Tiers()[:s.w.made.Hints] {
		out = append(out, paint.Hang(paint.Accent.Line(fmt.Sprintf("hint %d  ", i+1)), paint.Wrap(paint.Plain, stopped(sentence(hint)), width-8))...)
	}
	if s.next = len(out); s.canHint() {
		out = append(out, paint.Dim.Line(fmt.Sprintf("o gives a hint: %d of %d are left", len(e.Tiers())-s.w.made.Hints, len(e.Tiers()))))
	}
	return append(out, s.arrived(width)...)
}

// arrived are the messages that lie in the mailboxes of the practice server.
func (s *assignment) arrived(width int) (out []paint.Line) {
	if s.w.live.Arrived == nil {
		return nil
	}
	for _, m := range s.w.live.Arrived() {
		out = append(out, paint.Line{})
		out = append(out, paint.Wrap(paint.Strong, "in the mailbox of "+strings.Join(m.To, ", "), width)...)
		for _, line := range m.Lines() {
			text := strings.TrimLeft(line, " ")
			out = append(out, paint.Hang(paint.Text(line[:len(line)-len(text)]), paint.Wrap(paint.Plain, text, width-len(line)+len(text)))...)
		}
	}
	return out
}

// question is what has to come about, with the answers to choose from.
func (s *assignment) question(e *course.Exercise, width int) []paint.Line {
	if e.Goal != course.GoalAnswer {
		return append(paint.Wrap(paint.Plain, e.SolvedWhen(), width), paint.Line{})
	}
	out := paint.Wrap(paint.Plain, e.Question.Text, width)
	for i, c := range e.Question.Choices {
		mark := paint.Accent.Line(fmt.Sprintf("  %d  ", i+1))
		switch {
		case s.w.made.WasWrong(i + 1):
			mark = paint.Bad.Line("  ✗  ")
		case s.waits(): // no digit answers before the row was looked at
			mark = paint.Dim.Line("  ·  ")
		}
		out = append(out, paint.Hang(mark, paint.Wrap(paint.Plain, sentence(c.Text), width-5))...)
	}
	return append(out, paint.Line{})
}

// judged says why the answer that was given last is not the one, and what to look at before another is taken. It stands first, where a
// small window shows it.
func (s *assignment) judged(e *course.Exercise, width int) []paint.Line {
	if s.w.made.Said == 0 {
		return nil
	}
	why := "That is not the answer. " + e.Question.Choices[s.w.made.Said-1].Judged()
	out := paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Plain, why, width-2))
	ink := paint.Plain
	if s.early {
		ink = paint.Warn
	}
	switch _, ok, owes := s.owes(); {
	case owes && ok:
		out = append(out, paint.Hang(paint.Accent.Line("› "), paint.Wrap(ink, "One row shows it: enter goes there. Then another answer is accepted.", width-2))...)
	case owes:
		out = append(out, paint.Hang(paint.Accent.Line("› "), paint.Wrap(ink, "The session has not shown it yet. Take the next step, then answer again.", width-2))...)
	}
	return append(out, paint.Line{})
}

// debrief is what there is to learn from a scenario that is solved.
func (s *assignment) debrief(e *course.Exercise, width int) []paint.Line {
	mark, solved := paint.Good.Line("✓ "), s.w.made.Praise(e)
	switch answered := e.Question.Text + " " + stopped(sentence(e.Question.Right())); {
	case s.shown && !s.w.made.Solved:
		mark, solved = paint.Accent.Line("› "), answered
	case e.Goal == course.GoalAnswer:
		solved += ". " + answered
	}
	out := append(paint.Hang(mark, paint.Wrap(paint.Strong, solved, width-2)), paint.Line{})
	out = append(append(out, learned(e, width)...), paint.Line{})
	if next := s.w.following(); next != nil && !s.w.lesson {
		out = append(out, paint.Hang(paint.Dim.Line("next         "), paint.Wrap(paint.Plain, next.Title, width-13))...)
	}
	return out
}

// following is the scenario that comes next on the way; nil where all are solved.
func (w *explorer) following() *course.Station {
	var kept progress.State
	if w.env.progress != nil {
		kept, _ = w.env.progress.Read() // what cannot be read counts as not solved
	}
	return course.After(w.exercise().Scenario, kept.Solved, w.live.Own...)
}

// onwardTo says where enter leads once the exercise is solved.
func (w *explorer) onwardTo() string {
	if w.lesson {
		return "back to the lesson"
	}
	return "the next one"
}

// canMoveOn holds where another scenario can be started.
func (w *explorer) canMoveOn() bool { return w.env.launch != nil && w.live != nil }

// moveOn closes the session and starts the scenario that comes next.
func (w *explorer) moveOn() tea.Cmd {
	if w.lesson {
		return w.goHome()
	}
	next := w.following()
	if next == nil {
		w.notice = "every scenario is solved"
		return nil
	}
	return w.unlessOpen("leave it for the next scenario", func() tea.Msg {
		return leaveMsg{w, func() (*Live, error) {
			_ = w.bridge.join() // the error is reported when the program ends
			return w.env.launch(Request{Request: setup.Request{Target: "lab:" + next.Name}})
		}}
	})
}
