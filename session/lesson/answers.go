package lesson

import (
	"fmt"
	"reflect"
	"slices"

	"ehlo/session/document"
	"ehlo/session/lab"
)

// answers is a file with the answers to the questions of a lesson.
type answers struct {
	Answers []answer `yaml:"answers"`
}

// answer is one of them.
type answer struct {
	Name string `yaml:"name"` // of the question
	Key  `yaml:",inline"`
}

// AnswerFields are those that a file of answers can have.
func AnswerFields() []document.Field {
	return document.FieldsOf("a file of answers", reflect.TypeFor[answers]())
}

// AnswersError is what is wrong with the file of answers that a lesson names.
type AnswersError struct {
	Path string // as the lesson names it
	Err  error  // [document.Errors] where it is what stands in it
}

func (e *AnswersError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap gives [AnswersError.Err].
func (e *AnswersError) Unwrap() error { return e.Err }

// answered puts the answers of another file to the questions of a lesson.
func (l *Lesson) answered(w World) error {
	if l.Answers == "" || w.Answers == nil {
		return nil
	}
	text, err := w.Answers(l.Located(l.Answers))
	if err == nil && text != nil {
		err = l.take(text)
	}
	if err != nil {
		return &AnswersError{l.Answers, err}
	}
	return nil
}

func (l *Lesson) take(text []byte) error {
	doc, err := document.Parse(text, document.NearIn(AnswerFields(), lab.Near))
	if err != nil {
		return err
	}
	if doc.Empty() {
		return nil
	}
	for i, a := range document.Whole[answers](doc, "put all answers in one list").Answers {
		where := fmt.Sprintf("$.answers[%d]", i)
		switch q := l.question(a.Name); {
		case q == nil:
			doc.Amiss(fmt.Sprintf("the lesson has no question with the name %q", a.Name), where+".name", where)
		case len(q.Choices) > 0 && !slices.Contains(q.Choices, a.Right):
			doc.Amiss("right: it is none of the choices of the question", where+".right", where)
		case len(q.Choices) > 0 && slices.ContainsFunc(a.Wrong, func(w string) bool { return !slices.Contains(q.Choices, w) }):
			doc.Amiss("wrong: one is none of the choices of the question", where+".wrong", where)
		case len(a.Why) > 0 && len(a.Why) != len(a.Wrong):
			doc.Amiss("why: "+whyForEach, where+".why", where)
		default:
			q.Key = a.Key
		}
	}
	return doc.Err()
}

// question is the one of that name that stands in the lesson; nil if none does.
func (l *Lesson) question(name string) *Question {
	for i := range l.Steps {
		if q := l.Steps[i].Question; q != nil && q.Name == name && !q.OfQuiz() {
			return q
		}
	}
	return nil
}
