package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/quiz"
	"ehlo/ui/paint"
)

// Quiz asks questions until a person leaves it; without a round it asks first what they are to be about.
func (a App) Quiz(ctx context.Context, r *quiz.Round) error {
	var failed error
	_, err := a.run(ctx, func(root *root) {
		root.home = newHome(root.app, root.theme, root.env.lay)
		if r != nil {
			root.over = newQuizSheet(r, tea.Quit)
			return
		}
		sheet, err := chooseQuiz(a.Questions, tea.Quit)
		if failed = err; err == nil {
			root.over = sheet
		}
	})
	return cmp.Or(failed, err)
}

// quizSheet asks one question after the other, and sums up at the end.
type quizSheet struct {
	choice *form // what the questions are to be about; nil once it is known
	round  *quiz.Round
	ask    *asking // the question that is asked; nil before an exam begins, and at the end
	sum    *text   // what came of it; nil until the end
	cards  *cards  // about the question that was answered, over it; nil where none are read
	leave  tea.Cmd // what leaving does; nil to go back to where it lies over
}

func newQuizSheet(r *quiz.Round, leave tea.Cmd) *quizSheet {
	q := &quizSheet{round: r, leave: leave}
	if !r.Exam() {
		q.next()
	}
	return q
}

// next asks the next question, or sums up.
func (q *quizSheet) next() {
	it := q.round.Item()
	if it == nil {
		q.end()
		return
	}
	q.ask = newAsking(it)
	q.ask.judge, q.ask.look, q.ask.silent = q.round.Answer, q.round.Look, q.round.Exam()
	if q.round.Exam() {
		q.ask.look = nil
	}
}

func (q *quizSheet) end() {
	q.ask, q.sum = nil, &text{name: "result", page: q.result}
}

func (q *quizSheet) below() bool { return false }

func (q *quizSheet) title() string {
	switch {
	case q.choice != nil:
		return q.choice.title()
	case q.cards != nil:
		return q.cards.title()
	case q.sum != nil:
		return q.sum.title()
	case q.ask == nil:
		return "exam"
	case q.round.Exam():
		return "exam · " + q.round.Place() + " · ends at " + q.round.Ends().Local().Format("15:04") + q.ask.part()
	}
	topic := " · " + q.ask.it.Topic
	if q.ask.over() { // the answer says it
		topic = ""
	}
	return "quiz · " + q.round.Place() + topic + q.ask.part()
}

func (q *quizSheet) hints() []key.Help {
	switch {
	case q.choice != nil:
		return q.choice.hints()
	case q.cards != nil:
		return slices.DeleteFunc(q.cards.hints(), func(h key.Help) bool { return h.Key == "/" }) // a search would take the place of the quiz
	case q.sum != nil:
		return []key.Help{{Key: "↑↓", Desc: "scroll"}, {Key: "enter", Desc: "leave"}}
	case q.ask == nil:
		return []key.Help{{Key: "enter", Desc: "begin"}, {Key: "esc", Desc: "leave"}}
	}
	out := q.ask.hints()
	switch {
	case q.ask.over():
		out = append(out, key.Help{Key: "enter", Desc: "next"})
		if len(q.ask.it.See) > 0 {
			out = append(out, key.Help{Key: "i", Desc: "cards"})
		}
	case q.round.Exam():
		out = append(out, key.Help{Key: "tab", Desc: "skip"})
	}
	return append(out, key.Help{Key: "esc", Desc: "end"})
}

func (q *quizSheet) press(k tea.KeyMsg) (tea.Cmd, bool) {
	name := k.String()
	switch {
	case q.choice != nil:
		return q.chosen(k)
	case q.cards != nil:
		if _, done := q.cards.press(k); done {
			q.cards = nil
		}
	case q.sum != nil:
		_, done := q.sum.press(k)
		return q.left(done)
	case q.ask == nil && name == "enter":
		q.next()
	case q.ask == nil:
		return q.left(name == "esc" || name == "q")
	case name == "esc" && !q.round.Exam() && q.round.Sum().Counted == 0: // there is nothing to sum up
		return q.left(true)
	case q.round.Over(), name == "esc":
		q.end()
	case name == "tab" && q.round.Exam(), name == "enter" && q.ask.over():
		q.round.Next()
		q.next()
	case name == "i" && q.ask.over():
		q.read(q.ask.it)
	default:
		q.ask.press(k)
		if q.ask.over() && q.ask.silent {
			q.next()
		}
	}
	return nil, false
}

// read opens the cards about a question, one after the other.
func (q *quizSheet) read(it *quiz.Item) {
	for i, e := range it.Cards() {
		if i == 0 {
			q.cards = openCards(e, false)
			continue
		}
		q.cards.trail = append(q.cards.trail, newCard(e))
	}
}

func (q *quizSheet) left(done bool) (tea.Cmd, bool) {
	if done {
		return q.leave, true
	}
	return nil, false
}

func (q *quizSheet) lines(width, height int) []paint.Line {
	width = min(width, mostCardWidth)
	switch {
	case q.choice != nil:
		return q.choice.lines(width, height)
	case q.cards != nil:
		return q.cards.lines(width, height)
	case q.sum != nil:
		return q.sum.lines(width, height)
	case q.ask == nil:
		return limit(q.before(width), height)
	}
	return q.ask.lines(width, height)
}

// before is what an exam is, before it begins.
func (q *quizSheet) before(width int) []paint.Line {
	told := fmt.Sprintf("%d questions in %.0f minutes. You see no results before the end; then there is a result for each objective of N10-009, and every question that was "+
		"missed with its reason. The time begins when you do.", q.round.Left(), quiz.ExamTime.Minutes())
	return paint.Wrap(paint.Plain, told, width)
}

// result is what came of the round.
func (q *quizSheet) result(width int) (out []paint.Line) {
	s := q.round.Sum()
	out = append(out, paint.Wrap(paint.Strong, s.Headline(), width)...)
	for _, t := range s.By {
		out = append(out, paint.Text(fmt.Sprintf("  %s  %2d of %2d  ", t.Number, t.Right, t.Asked)).And(paint.Dim, t.About).Cut(width))
	}
	if err := q.round.Trouble(); err != nil {
		out = append(out, paint.Wrap(paint.Warn, err.Error(), width)...)
	}
	if len(s.Missed) > 0 {
		out = append(append(out, paint.Line{}), paint.Strong.Line("to look at again"))
	}
	for _, it := range s.Missed {
		out = append(append(out, paint.Line{}), newAsked(it).again(width)...)
	}
	return out
}

// newAsked is a question whose answer is shown.
func newAsked(it *quiz.Item) *asking {
	a := newAsking(it)
	a.looked = true
	return a
}

// again is a question with its answer, for who missed it.
func (a *asking) again(width int) (out []paint.Line) {
	out = append(paint.Wrap(paint.Accent, a.it.Prompt, width), a.material(width)...)
	return append(out, a.verdict(width)[1:]...)
}
