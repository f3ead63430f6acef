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
	Next  string
	made  course.Attempt
	asked bool // the question was told at the end
}

// WasReached reports whether the goal was reached in this session.
func (e *Exercise) WasReached() bool { return e.made.Solved }

// The keys of an exercise.
var (
	keyTask   = key{name: "t", does: "task", says: "tells the task", help: "the task of this scenario and its question; then hint, and answer with a number", quiet: true}
	keyHint   = key{name: "h", does: "hint", says: "gives a hint", help: "one hint after the other; the last one is the solution", quiet: true}
	keyMail   = key{name: "mail", does: "mail that arrived", help: "the messages in the mailboxes of the practice server, with the lines that servers added", quiet: true}
	keyAnswer = key{name: "answer", does: "and a number", says: "and a number answers the question", help: "answer NUMBER answers the question of the task", quiet: true}
	keyShown  = key{name: "look", does: "at that event", says: "shows the event with the answer", help: "show the event that contains the answer"}
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
	case w.exercise.made.Solved:
		task.quiet = !w.over()
		return []key{task}
	case w.exercise.Goal == course.GoalAnswer:
		return append(w.answerKeys(), task)
	}
	return []key{task, keyHint}
}

// answerKeys are those of a question that waits for its answer. At the end of the session they are named.
func (w *explorer) answerKeys() []key {
	answer, hint := keyAnswer, keyHint
	answer.quiet, hint.quiet = !w.asks(), !w.asks()
	answer.says = fmt.Sprintf("and a number, 1 to %d, answers the question", len(w.exercise.Question.Choices))
	if _, ok, owes := w.owes(); owes && ok {
		return []key{keyShown, hint, answer}
	}
	return []key{answer, hint}
}

// unanswered holds while the question of the exercise waits for its answer.
func (w *explorer) unanswered() bool {
	return w.exercise != nil && !w.exercise.made.Solved && w.exercise.Goal == course.GoalAnswer
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
	case keyShown.name:
		w.lookAtRow()
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
	if e.made.Solved {
		w.debrief()
		return
	}
	w.printf("to do: %s", w.snap.Start.Task)
	w.print(e.SolvedWhen())
	if e.Goal == course.GoalAnswer {
		w.question()
	}
	if w.arrived != nil && len(w.arrived()) > 0 {
		w.print("mail shows what has arrived")
	}
}

// question tells the question of the exercise with its answers.
func (w *explorer) question() {
	w.printf("question: %s", w.exercise.Question.Text)
	for i, c := range w.exercise.Question.Choices {
		w.printf("possible answer %d: %s", i+1, c.Text)
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
	if w.exercise.made.Hints == len(tiers) {
		w.print("there are no more hints")
		return
	}
	w.exercise.made.Hints++
	w.printf("hint %d of %d: %s", w.exercise.made.Hints, len(tiers), tiers[w.exercise.made.Hints-1])
}

// owes is the event to look at before another answer, see [course.Attempt.Owes].
func (w *explorer) owes() (event int, ok, owes bool) {
	return w.exercise.made.Owes(w.exercise.Exercise, w.src, w.shown, w.over())
}

// answer judges an answer. One that is wrong costs a look at the event that shows the right one, now and then.
func (w *explorer) answer(n int) {
	choices := w.exercise.Question.Choices
	_, _, owes := w.owes()
	switch {
	case n < 1 || n > len(choices):
		w.printf("answers have the numbers 1 to %d; task lists them", len(choices))
	case owes:
		w.lookFirst()
	case w.exercise.made.Answer(w.exercise.Exercise, n, w.shown):
		w.solve()
	default:
		w.printf("answer %d is wrong: “%s”. %s", n, choices[n-1].Text, choices[n-1].Judged())
		w.lookFirst()
	}
}

// lookFirst says what to look at before another answer is taken, where that is asked for.
func (w *explorer) lookFirst() {
	switch event, ok, owes := w.owes(); {
	case owes && ok:
		w.printf("event %d shows the answer: look tells that event, and then another answer is accepted", event+1)
	case owes:
		w.print("the session has not shown the answer yet: take the next step, then answer again")
	}
}

// lookAtRow tells the event that shows the answer, and stays where it is.
func (w *explorer) lookAtRow() {
	event, _, _ := w.owes()
	w.exercise.made.Looked()
	before := w.spoken
	w.spoken = w.afresh(event)
	w.say(w.src.At(event))
	w.spoken = before
	w.print("task shows the question and its answers again")
}

// observe looks whether what has happened solves the exercise.
func (w *explorer) observe() {
	if e := w.exercise; e != nil && !e.made.Solved && w.shown == w.pos && e.Reached(w.snap, w.snap.End != nil) {
		w.solve()
	}
}

// asks holds where the question of the exercise is to be answered: the session is over, or has shown what a lesson wants solved.
func (w *explorer) asks() bool { return w.over() || w.pointMade() && w.part.Solve }

// askAtTheEnd tells the question once when the session is over.
func (w *explorer) askAtTheEnd() {
	if e := w.exercise; w.unanswered() && w.asks() && !e.asked {
		e.asked = true
		w.question()
	}
}

// solve tells that it is solved. What there is to learn is told when it is asked for: after a whole session it would take long to hear.
func (w *explorer) solve() {
	e := w.exercise
	e.made.Solved = true
	w.printf("%s", e.verdict())
	if e.Solved == nil {
		return
	}
	if err := e.Solved(); err != nil {
		w.printf("warning: %s", err)
	}
}

// unsolved says at the end of a session of its own that its task is still to be done.
func (w *explorer) unsolved() {
	if w.exercise != nil && !w.exercise.made.Solved && w.part == nil {
		w.print("the task is not solved yet")
	}
}

// verdict says that the task of an exercise is solved, at which try, and by which answer.
func (e *Exercise) verdict() string {
	praise := "task " + e.made.Praise(e.Exercise)
	if e.Goal == course.GoalAnswer {
		return fmt.Sprintf("%s: %s %s", praise, e.Question.Text, e.Question.Right())
	}
	return praise
}

func (w *explorer) debrief() {
	e := w.exercise
	w.printf("%s", e.verdict())
	if e.Debrief != "" {
		w.printf("%s", e.Debrief)
	}
	if e.Exam != "" {
		w.printf("on the exam: %s", e.Exam)
	}
	if e.Next != "" {
		w.printf("next: %s", e.Next)
	}
}
