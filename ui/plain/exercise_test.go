package plain

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

// exercised walks with an exercise, and gives what was printed.
func exercised(t *testing.T, e *Exercise, lines ...string) string {
	t.Helper()
	var out strings.Builder
	f := newFake(noTLS)
	w := Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: io.Writer(&out)}, Engine: f, Events: f.Log(), Goal: walk.Goal{}, Exercise: e}
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// answerLine answers right, or wrong.
func answerLine(e *Exercise, right bool) string {
	for i, c := range e.Question.Choices {
		if c.Right == right {
			return fmt.Sprint("answer ", i+1)
		}
	}
	return ""
}

// The task is told with its question, hints come one after the other, and a wrong answer says what it would mean.
func TestExerciseByEar(t *testing.T) {
	told := 0
	e := &Exercise{Exercise: course.Of("wrong-host"), Next: "something else", Solved: func() error { told++; return nil }}
	out := exercised(t, e, "task", "hint", "hint", "hint", "hint", "answer 9", answerLine(e, false), answerLine(e, true), "task", "hint", "q")
	inOrder(t, out, "to do: ", "question: What is wrong with the certificate?", "answer 1: ", "answer 4: ", "hint 1 of 3: ", "hint 2 of 3: ", "hint 3 of 3: the answer is: ", "there are no more hints",
		"answers have the numbers 1 to 4; task lists them", `". It would mean: `, "task solved on the second try: What is wrong with the certificate? ",
		"solved on the second try: What is wrong with the certificate? ", "on the exam: ", "next: something else", "unknown command")
	if told != 1 {
		t.Errorf("it was kept %d times", told)
	}
}

// The question stays after the session has ended, and its answer is asked for.
func TestExerciseAfterTheEnd(t *testing.T) {
	e := &Exercise{Exercise: course.Of("wrong-host")}
	out := exercised(t, e, append(enter(6), answerLine(e, true))...)
	inOrder(t, out, "outcome: ", "question: What is wrong with the certificate?", "answer 1: ", "enter ends the session, answer and a number, 1 to 4, answers the question, h gives a hint", "task solved on the first try: What is wrong with the certificate? ")
}

// The mail that came of the session is told when it is asked for, and announced with the task.
func TestArrivedMailByEar(t *testing.T) {
	var out strings.Builder
	f := newFake(noTLS)
	w := Walk{Console: Console{In: strings.NewReader("task\nmail\nq\n"), Out: &out}, Engine: f, Events: f.Log(), Exercise: &Exercise{Exercise: course.Of("two-hops")},
		Arrived: func() []setup.Arrival {
			return []setup.Arrival{{To: []string{"bob@lab.test"}, Text: []byte("Received: from mail.lab\r\n\tby mx.lab\r\n")}}
		}}
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	inOrder(t, out.String(), "mail shows what has arrived", "in the mailbox of bob@lab.test:", "Received: from mail.lab", "    by mx.lab")
}

// That it cannot be kept is said.
func TestExerciseThatCannotBeKept(t *testing.T) {
	e := &Exercise{Exercise: course.Of("wrong-host"), Solved: func() error { return errors.New("progress cannot be kept in /x: no space left") }}
	inOrder(t, exercised(t, e, answerLine(e, true), "q"), "solved on the first try: ", "warning: progress cannot be kept in /x: no space left")
}

// After two wrong answers the event that shows the right one is told before another is taken. Until the session has come to it, it has to
// go on; a session that is over locks nobody out.
func TestExerciseAfterGuesses(t *testing.T) {
	e := &Exercise{Exercise: course.Of("relay")}
	wrong := wrongLines(e)
	out := exercised(t, e, append(append([]string{wrong[0], wrong[0], wrong[1], wrong[2]}, enter(6)...), wrong[2], answerLine(e, true))...)
	inOrder(t, out, wrong[0], "is wrong: ", wrong[1], "is wrong: ", "the session has not shown the answer yet", wrong[2], "the session has not shown the answer yet", "outcome: ", wrong[2], "is wrong: ",
		"solved on the fourth try: ")

	e = &Exercise{Exercise: course.Of("chunking-off")}
	wrong = wrongLines(e)
	own := *e.Exercise
	own.Row, e.Exercise = "reply AUTH", &own
	out = exercised(t, e, append(enter(4), wrong[0], wrong[1], answerLine(e, true), "look", answerLine(e, true))...)
	inOrder(t, out, wrong[1], "is wrong: ", "shows the answer: look tells that event, and then another answer is accepted", answerLine(e, true), "shows the answer: look tells that event", "look", "AUTH PLAIN LOGIN", "task shows the question",
		"solved on the third try: ")
}

// wrongLines answer wrong.
func wrongLines(e *Exercise) (lines []string) {
	for i, c := range e.Question.Choices {
		if !c.Right {
			lines = append(lines, fmt.Sprint("answer ", i+1))
		}
	}
	return lines
}
