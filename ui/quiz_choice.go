package ui

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/quiz"
)

// numbersOfQuestions are those that can be chosen; 0 for as many as there are.
var numbersOfQuestions = [...]int{0, 10, 20, 50}

// chooseQuiz asks what a round is to be about, and then asks the questions. The error says why there are none.
func chooseQuiz(draw func(quiz.Wanted) (*quiz.Round, error), leave tea.Cmd) (*quizSheet, error) {
	everything, err := draw(quiz.Wanted{})
	if err != nil {
		return nil, err
	}
	q := &quizSheet{leave: leave}
	parts := quiz.Parts(everything.Due)
	about, kind, most, order := quizFields(parts)
	q.choice = &form{name: "quiz", verb: "begin", fields: []*field{about, kind, most, order}, submit: func() (tea.Cmd, error) {
		round, err := draw(quiz.Wanted{About: parts[about.picked].Name, Exam: kind.picked == 1, Most: numbersOfQuestions[most.picked], Mixed: order.picked == 1})
		if err != nil {
			return nil, &fieldError{about, err.Error()}
		}
		q.round = round
		return nil, nil
	}}
	return q, nil
}

// quizFields ask what about, as what, how much and in which order. An exam has a number and an order of its own.
func quizFields(parts []quiz.Part) (about, kind, most, order *field) {
	var titles []string
	var also []string
	for _, p := range parts {
		titles, also = append(titles, p.Title()), append(also, p.Name+" "+p.About)
	}
	about = choiceField("about", 0, "", titles...)
	about.also = also
	about.says = func() (string, string) { return "", parts[about.picked].About }
	kind = choiceField("as", 0, fmt.Sprintf("an exam has %d questions from all objectives of N10-009 and takes %.0f minutes; its results come at the end", quiz.ExamItems, quiz.ExamTime.Minutes()),
		"a quiz, each answer explained", fmt.Sprintf("an exam, %d questions in %.0f minutes", quiz.ExamItems, quiz.ExamTime.Minutes()))
	most = choiceField("how many", 0, "", "as many as there are", "10 questions", "20 questions", "50 questions")
	order = choiceField("order", 0, "", "missed ones first", "in any order")
	inExam := func(otherwise string) func() (string, string) {
		return func() (string, string) {
			if kind.picked == 1 {
				return "not in an exam", "an exam decides this itself"
			}
			return "", otherwise
		}
	}
	most.says = inExam("esc ends it at any question, and sums up")
	order.says = inExam("a question that you missed comes back after 10 minutes, and after right answers in 1, 3, 7 and 21 days")
	return about, kind, most, order
}

// chosen is a key for the form; once it is taken the questions begin.
func (q *quizSheet) chosen(k tea.KeyMsg) (tea.Cmd, bool) {
	cmd, done := q.choice.press(k)
	switch {
	case done && q.round == nil:
		return q.left(true)
	case !done:
		return cmd, false
	}
	if q.choice = nil; !q.round.Exam() {
		q.next()
	}
	return cmd, false
}
