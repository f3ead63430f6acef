package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ehlo/session/course"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// Learn goes through a lesson step by step.
type Learn struct {
	Console
	Pass *lesson.Pass
	// Keep is told where the person is, and what they have answered; nil if nobody keeps it.
	Keep func(progress.Entry) error
	// Start walks through the scenario of a step, and Open goes through a file of the lesson. Both go on at the console that is given, and say
	// themselves what goes wrong; an error is that of the console.
	Start func(ctx context.Context, c Console, s *lesson.Step) (Came, error)
	Open  func(ctx context.Context, c Console, path string) error
}

// Came is what came of a session that a lesson opened: it was taken to its end, what the step is about was put right, and the goal of the scenario
// was reached.
type Came struct{ Ended, Mended, Solved bool }

// The keys of a lesson.
var (
	keyOn      = key{name: "", does: "next", says: "goes to the next step", help: "the next step; first opens what this step has to open, and shows the answer of a question that you skip"}
	keyAnswers = key{name: anyNumber, does: "answer", says: "answers", help: "answer the question: with the number of an answer, with numbers in order, with numbers and letters, or with a word"}
	keyEarlier = key{name: "b", does: "back", help: "the step before", quiet: true}
	keyToStep  = key{name: "j", does: "jump", help: "j NUMBER goes to the step with this number", quiet: true}
	keyRetry   = key{name: "a", does: "again", help: "this step again from its beginning", quiet: true}
	keySteps   = key{name: "steps", does: "steps", help: "list the steps with their numbers", quiet: true}
)

// Run goes on until the lesson is over, the person leaves it, or the input ends.
func (l Learn) Run(ctx context.Context) error {
	m := &learner{dialog: newDialog(l.Console), Learn: l}
	about := l.Pass.Lesson
	m.printf("lesson: %s, %s", about.Title, words.List(", ", minutes(about.Minutes), words.Number(len(about.Steps), "step")))
	if l.Pass.At == 0 && about.About != "" {
		m.printf("goal of the lesson: %s", about.About)
	}
	m.tell()
	for m.broken == nil {
		over, err := m.turn(ctx)
		switch {
		case over, errors.Is(err, errInterrupted):
			return m.broken
		case errors.Is(err, io.EOF):
			m.print("")
			return m.broken
		case err != nil:
			return err
		}
	}
	return m.broken
}

func minutes(n int) string {
	if n == 0 {
		return ""
	}
	return "about " + words.Number(n, "minute")
}

type learner struct {
	*dialog
	Learn
}

func (m *learner) turn(ctx context.Context) (over bool, err error) {
	keys := m.keys()
	line, err := m.line(ctx, keys)
	if err != nil {
		return true, err
	}
	t, ok := match(line, keys)
	switch {
	case m.answering() && line != "" && (!ok || t.key.number()):
		m.echo("answered")
		m.answer(line)
	case !ok:
		m.echo("")
		return false, m.other(ctx, line)
	default:
		m.echo(t.echoed())
		return m.do(ctx, t, keys)
	}
	return false, nil
}

// line asks what to do: at a question that waits, for its answer.
func (m *learner) line(ctx context.Context, keys []key) (string, error) {
	if m.answering() && m.ahead == "" {
		return m.ask(ctx, asksFor(m.Pass.Item(), []string{"enter shows the answer"}))
	}
	return m.key(ctx, keys)
}

// answering holds while the step is a question that waits for its answer.
func (m *learner) answering() bool { return m.Pass.Next() == lesson.Reveal }

// goingOn is the Enter key before what comes next.
func goingOn(next lesson.Next) key {
	on := keyOn
	switch next {
	case lesson.Open:
		on.does, on.says = "open it", "opens this step"
	case lesson.Reveal:
		on.does, on.says = "show the answer", "shows the answer"
	case lesson.Leave:
		on.does, on.says = "leave", "leaves the lesson"
	}
	return on
}

func (m *learner) keys() []key {
	keys := []key{goingOn(m.Pass.Next()), keyEarlier, keyToStep, keySteps, keySearch, keyQuit, keyHelp}
	if m.answering() {
		it, answers := m.Pass.Item(), keyAnswers
		answers.most = max(it.Number(len(it.Choices)-1), 1)
		keys = append([]key{answers}, keys...)
	}
	if m.Pass.Done() || m.Pass.Tried() {
		again := keyRetry
		again.quiet = m.Pass.Done()
		keys = append(keys, again)
	}
	return keys
}

func (m *learner) do(ctx context.Context, t typed, keys []key) (over bool, err error) {
	switch t.key.name {
	case keyOn.name:
		return m.goOn(ctx)
	case keyEarlier.name:
		m.Pass.Back()
		m.moved()
	case keyToStep.name:
		if t.n < 1 || t.n > len(m.Pass.Lesson.Steps) {
			m.printf("steps have the numbers 1 to %d", len(m.Pass.Lesson.Steps))
			return false, nil
		}
		m.Pass.Jump(t.n)
		m.moved()
	case keyRetry.name:
		m.Pass.Again()
		m.tell()
	case keySteps.name:
		m.steps()
	case keySearch.name:
		return false, m.search(ctx, t.rest)
	case keyQuit.name:
		return true, nil
	case keyHelp.name:
		m.help(keys, t.rest)
	}
	return false, nil
}

// goOn does what comes next.
func (m *learner) goOn(ctx context.Context) (over bool, err error) {
	switch m.Pass.Next() {
	case lesson.Leave:
		return true, nil
	case lesson.Reveal:
		m.Pass.Look()
		m.tellKeyed()
	case lesson.Open:
		return false, m.open(ctx)
	default:
		m.Pass.Go()
		m.moved()
	}
	return false, nil
}

// open opens the scenario or the file of the step. What was typed ahead is for it first, and what it leaves is for the lesson.
func (m *learner) open(ctx context.Context) error {
	step := m.Pass.Step()
	if step.File() != "" {
		err := m.Open(ctx, m.dialog.Console, m.Pass.Lesson.Located(step.File()))
		m.Pass.Came(true, false, false)
		return m.came(err)
	}
	came, err := m.Start(ctx, m.dialog.Console, step)
	m.Pass.Came(came.Ended, came.Mended, came.Solved)
	return m.came(err)
}

func (m *learner) came(err error) error {
	m.keep(m.Pass.Entry(time.Now()))
	m.printf("back in the lesson, at step %d of %d", m.Pass.At+1, len(m.Pass.Lesson.Steps))
	switch s := m.Pass.Step(); {
	case m.Pass.Done() && s.Solve != "":
		if !m.Pass.Solved() {
			m.print(doneHere)
		}
		m.learned(m.Pass.Lesson.Station(s.Solve).Exercise)
	case m.Pass.Done():
	case s.Solve != "":
		m.print("the goal of this step is not reached yet; again tries once more, and enter continues without it")
	default:
		m.print("this step was left before its end; again tries once more, and enter continues without it")
	}
	return err
}

// doneHere is said where a lesson asks for less than the scenario does.
const doneHere = "you have done this step; the scenario counts as solved once its whole session succeeds"

// learned tells what there is to learn from a scenario that was solved.
func (m *learner) learned(e *course.Exercise) {
	if e != nil && e.Debrief != "" {
		m.printf("%s", e.Debrief)
	}
	if e != nil && e.Exam != "" {
		m.printf("on the exam: %s", e.Exam)
	}
}

// moved tells the step that the person has come to, and keeps where that is.
func (m *learner) moved() {
	m.keep(m.Pass.Entry(time.Now()))
	m.tell()
}

func (m *learner) keep(e progress.Entry) {
	if m.Keep == nil {
		return
	}
	if err := m.Keep(e); err != nil {
		m.printf("warning: %s", err)
	}
}

// tell tells the step.
func (m *learner) tell() {
	s := m.Pass.Step()
	if s == nil {
		m.end()
		return
	}
	place := fmt.Sprintf("lesson step %d of %d", m.Pass.At+1, len(m.Pass.Lesson.Steps))
	switch s.Kind() {
	case lesson.Say:
		m.print(place)
		m.paragraphs(s.Say)
	case lesson.Pause:
		m.print(place + ", a pause")
		m.paragraphs(s.Pause)
	case lesson.Card:
		m.print(place + ", a card")
		m.card(s.Card)
	case lesson.Ask:
		m.print(place + ", a question")
		m.tellItem(m.Pass.Item())
	case lesson.Walk, lesson.Predict, lesson.Solve:
		m.scenario(place, s)
	default:
		m.printf("%s, %s", place, m.Pass.Lesson.Called(s))
	}
}

func (m *learner) paragraphs(text string) {
	for _, p := range lesson.Paragraphs(text) {
		m.printf("%s", p)
	}
}

func (m *learner) card(about string) {
	e, _ := lesson.Entry(about)
	for _, line := range cardSentences(e) {
		m.print(wire.VisibleString(line))
	}
}

// scenario tells what there is to walk or to solve.
func (m *learner) scenario(place string, s *lesson.Step) {
	st := m.Pass.Lesson.Station(s.Scenario())
	m.printf("%s, %s", place, m.Pass.Lesson.Called(s)) // the session tells its story and its task itself
	if s.Predict != "" {
		m.print("before each step a question asks what will happen; you can look at the answer without a penalty")
	}
	if s.Solve == "" {
		return
	}
	switch {
	case m.Pass.Solved():
		m.print("you have solved this scenario; again solves it once more")
		return
	case m.Pass.Done():
		m.print(doneHere + "; again opens it once more")
		return
	}
	if e := st.Exercise; e != nil && e.Goal == course.GoalAnswer {
		m.print("the scenario ends with a question")
	}
}

// answer judges what was typed.
func (m *learner) answer(line string) {
	if m.Pass.Step().Question.Unkeyed() {
		m.Pass.Answer(line, time.Now())
		m.print("the answer to this question is not in the lesson: your trainer has it")
		return
	}
	judged, counts := m.Pass.Answer(line, time.Now())
	if counts != nil {
		m.keep(*counts)
	}
	switch {
	case !judged.Understood:
		m.printf("%s", judged.Why)
	default:
		m.tellJudged(m.Pass.Item(), judged)
	}
}

// tellKeyed tells which answer is right, where the lesson has it.
func (m *learner) tellKeyed() {
	if m.Pass.Step().Question.Unkeyed() {
		m.print("the answer to this question is not in the lesson: your trainer has it")
		return
	}
	m.tellKey(m.Pass.Item())
}

// steps lists them.
func (m *learner) steps() {
	l := m.Pass.Lesson
	for i := range l.Steps {
		here := ""
		if i == m.Pass.At {
			here = ", you are here"
		}
		m.printf("%d: %s%s", i+1, l.Called(&l.Steps[i]), here)
	}
}

// end tells what has come of the lesson.
func (m *learner) end() {
	left := m.Pass.Left()
	if len(left) == 0 {
		m.print("the lesson is finished")
		return
	}
	var numbers []string
	for _, n := range left {
		numbers = append(numbers, strconv.Itoa(n))
	}
	m.printf("this is the end of the lesson, and it is not finished: still open: %s %s; jump %d goes back", map[bool]string{true: "step", false: "steps"}[len(left) == 1], strings.Join(numbers, ", "), left[0])
}

// search finds cards, and reads them.
func (m *learner) search(ctx context.Context, line string) error {
	if line == "" {
		m.print("say what to search for after the slash: / greylisting, / 5.7.8, / expired")
		return nil
	}
	found := m.known(line)
	if len(found) == 0 {
		return nil
	}
	r := &reader{dialog: m.dialog, find: m.known}
	rest, err := r.read(ctx, found)
	m.ahead = rest
	return err
}

// other takes a line that is no key for a question.
func (m *learner) other(ctx context.Context, line string) error {
	if about, asks := askedAbout(line); asks {
		return m.search(ctx, about)
	}
	m.print("unknown command; help lists the commands, and / WORDS searches")
	return nil
}
