package plain

import (
	"fmt"
	"strings"

	"ehlo/session/course"
)

// Exercise is what a scenario asks of a person, and what they have made of it.
type Exercise struct {
	*course.Exercise
	// Solved is told once that the scenario was solved; nil if nobody keeps it. An error says why it cannot be kept.
	Solved func() error
	// Next says what to practice after this, in a sentence without a full stop; empty if nothing is left.
	Next   string
	hints  int
	solved bool
	asked  bool // the question was told at the end
}

// The keys of an exercise.
var (
	keyTask   = key{name: "t", does: "task", help: "the task of this scenario and its question; then hint, and answer with a number", quiet: true}
	keyHint   = key{name: "h", does: "hint", help: "a hint for the task, one after the other; the last one is the solution", quiet: true}
	keyMail   = key{name: "mail", does: "mail that arrived", help: "the messages in the mailboxes of the practice server, with the lines that servers added", quiet: true}
	keyAnswer = key{name: "answer", does: "answer", help: "answer NUMBER answers the question of the task", quiet: true}
)

// exerciseKeys are those of the task, and of the mail that came of it.
func (w *explorer) exerciseKeys() []key {
	if w.arrived == nil || len(w.arrived()) == 0 {
		return w.taskKeys()
	}
	return append(w.taskKeys(), keyMail)
}

// taskKeys are those of the task. What is solved needs no hint.
func (w *explorer) taskKeys() []key {
	task := keyTask
	switch {
	case w.exercise == nil:
		return nil
	case w.exercise.solved:
		task.quiet = !w.over()
		return []key{task}
	case w.exercise.Goal == course.GoalAnswer:
		task.quiet = !w.over()
		return []key{task, keyHint, keyAnswer}
	}
	return []key{task, keyHint}
}

// unanswered holds while the question of the exercise waits for its answer.
func (w *explorer) unanswered() bool {
	return w.exercise != nil && !w.exercise.solved && w.exercise.Goal == course.GoalAnswer
}

// practice does what a key of the exercise asks for, and reports whether it was one.
func (w *explorer) practice(t typed) bool {
	switch t.key.name {
	case keyTask.name:
		w.assignment()
	case keyHint.name:
		w.hint()
	case keyAnswer.name:
		w.answer(t.n)
	case keyMail.name:
		w.mail()
	default:
		return false
	}
	return true
}

// assignment tells the task, and its question with the answers; once it is solved what there is to learn.
func (w *explorer) assignment() {
	e := w.exercise
	if e.solved {
		w.debrief()
		return
	}
	w.printf("to do: %s", w.snap.Start.Task)
	switch e.Goal {
	case course.GoalWalk:
		w.print("it is solved when you have walked the session to its end")
	case course.GoalDone:
		w.print("it is solved when you have corrected the problem and the session succeeds; it does not count if you continue without protection")
	default:
		w.printf("question: %s", e.Question.Text)
		for i, c := range e.Question.Choices {
			w.printf("answer %d: %s", i+1, c.Text)
		}
	}
	if w.arrived != nil && len(w.arrived()) > 0 {
		w.print("mail tells what has arrived")
	}
}

// mail tells the messages that have arrived.
func (w *explorer) mail() {
	for _, m := range w.arrived() {
		w.printf("in the mailbox of %s:", strings.Join(m.To, ", "))
		for _, line := range m.Lines() {
			w.print(line)
		}
	}
}

// hint tells one more.
func (w *explorer) hint() {
	tiers := w.exercise.Tiers()
	if w.exercise.hints == len(tiers) {
		w.print("there are no more hints")
		return
	}
	w.exercise.hints++
	w.printf("hint %d of %d: %s", w.exercise.hints, len(tiers), tiers[w.exercise.hints-1])
}

// answer judges an answer. One that is wrong costs nothing.
func (w *explorer) answer(n int) {
	choices := w.exercise.Question.Choices
	switch {
	case n < 1 || n > len(choices):
		w.printf("answers have the numbers 1 to %d; task tells them", len(choices))
	case choices[n-1].Right:
		w.solve()
	case choices[n-1].Why != "":
		w.printf("answer %d is not it; it would mean: %s", n, choices[n-1].Why)
	default:
		w.printf("answer %d is not it; look again, or take a hint", n)
	}
}

// observe looks whether what has happened solves the exercise.
func (w *explorer) observe() {
	if e := w.exercise; e != nil && !e.solved && w.shown == w.pos && e.Reached(w.snap, w.snap.End != nil) {
		w.solve()
	}
}

// askAtTheEnd tells the question once when the session is over.
func (w *explorer) askAtTheEnd() {
	if e := w.exercise; w.unanswered() && w.over() && !e.asked {
		e.asked = true
		w.printf("question: %s task tells the answers to choose from", e.Question.Text)
	}
}

// solve tells that it is solved. What there is to learn is told when it is asked for: after a whole session it would take long to hear.
func (w *explorer) solve() {
	e := w.exercise
	e.solved = true
	w.print(e.verdict())
	if e.Solved == nil {
		return
	}
	if err := e.Solved(); err != nil {
		w.printf("warning: %s", err)
	}
}

// verdict says that an exercise is solved, and by which answer.
func (e *Exercise) verdict() string {
	if e.Goal == course.GoalAnswer {
		return fmt.Sprintf("solved: %s %s", e.Question.Text, e.Question.Right())
	}
	return "solved"
}

func (w *explorer) debrief() {
	e := w.exercise
	w.print(e.verdict())
	if e.Debrief != "" {
		w.print(e.Debrief)
	}
	if e.Exam != "" {
		w.printf("on the exam: %s", e.Exam)
	}
	if e.Next != "" {
		w.printf("next: %s", e.Next)
	}
}
