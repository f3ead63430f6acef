package plain

import (
	"context"
	"errors"
	"io"
	"strings"

	"ehlo/session/quiz"
	"ehlo/session/wire"
)

// Quiz asks questions on a console, one after the other, until the person ends it or there are none left.
type Quiz struct {
	Console
	Round *quiz.Round // what is asked; nil where the person is asked first
	// Questions makes a round of what is wanted, where there is none.
	Questions func(quiz.Wanted) (*quiz.Round, error)
}

// The words that a question takes beside an answer.
const (
	wordLook = "look"
	wordSkip = "skip"
	wordQuit = "quit"
	// wordTopics lists what can be asked about.
	wordTopics = "topics"
)

// Run returns nil also where the input ends.
func (q Quiz) Run(ctx context.Context) error {
	d := newDialog(q.Console)
	err := q.choose(ctx, d)
	if err == nil && q.Round != nil {
		err = q.ask(ctx, d)
	}
	switch {
	case errors.Is(err, errEnough), errors.Is(err, io.EOF), errors.Is(err, errInterrupted):
		d.print("")
		err = nil
	case err != nil:
		return err
	}
	if q.Round != nil {
		q.sum(d)
	}
	return d.broken
}

// choose asks what the questions are to be about, where that is open.
func (q *Quiz) choose(ctx context.Context, d *dialog) error {
	if q.Round != nil {
		return nil
	}
	everything, err := q.Questions(quiz.Wanted{})
	if err != nil {
		d.printf("warning: %s", err)
		return nil
	}
	parts := quiz.Parts(everything.Due)
	d.printf("quiz about %s; those that you missed come first; mixed asks them in any order", parts[0].Title())
	for q.Round == nil && d.broken == nil {
		line, err := d.ask(ctx, "a topic, a number of questions, mixed, exam, topics, quit, or enter for everything:")
		if err != nil {
			return err
		}
		d.echo("")
		if err := q.begin(d, strings.ToLower(strings.TrimSpace(line)), parts); err != nil {
			return err
		}
	}
	return d.broken
}

// begin makes the round that is asked for, or says why there is none.
func (q *Quiz) begin(d *dialog, line string, parts []quiz.Part) (err error) {
	switch line {
	case wordQuit, "q":
		return errEnough
	case wordTopics:
		for _, p := range parts[1:] {
			d.printf("%s: %s", p.Title(), p.About)
		}
		return nil
	}
	if q.Round, err = q.Questions(quiz.ReadWanted(line)); err != nil {
		d.print(wire.VisibleString(err.Error()))
	}
	return nil
}

func (q Quiz) ask(ctx context.Context, d *dialog) error {
	words := []string{wordLook, wordSkip, wordQuit}
	if q.Round.Exam() {
		words = words[1:]
		d.printf("exam: %d questions in %.0f minutes; nothing is said about an answer before the end, and the time begins when you do", q.Round.Left(), quiz.ExamTime.Minutes())
		if _, err := d.ask(ctx, "enter begins:"); err != nil {
			return err
		}
	}
	for d.broken == nil {
		it := q.Round.Item()
		if it == nil {
			return nil
		}
		if err := q.question(ctx, d, it, words); err != nil {
			return err
		}
	}
	return d.broken
}

// question asks one question, and goes on to the next.
func (q Quiz) question(ctx context.Context, d *dialog, it *quiz.Item, words []string) error {
	d.printf("question %s, %s", q.Round.Place(), it.Topic)
	res, word, err := d.askItem(ctx, it, q.judged, words...)
	switch {
	case err != nil:
		return err
	case word == wordQuit:
		return errEnough
	case word == wordLook:
		q.Round.Look()
		d.tellKey(it)
	case q.Round.Exam() && word == "": // the round has gone on by itself
		return nil
	case word == "":
		d.tellJudged(it, res)
	}
	q.Round.Next()
	return nil
}

// judged takes an answer that comes when the time is over too: nothing is asked any more.
func (q Quiz) judged(line string) quiz.Result {
	if q.Round.Over() {
		return quiz.Result{Understood: true}
	}
	return q.Round.Answer(line)
}

// sum tells what came of it.
func (q Quiz) sum(d *dialog) {
	s := q.Round.Sum()
	d.printf("%s", s.Headline())
	for _, t := range s.By {
		d.printf("objective %s, %s: %d of %d", t.Number, t.About, t.Right, t.Asked)
	}
	if err := q.Round.Trouble(); err != nil {
		d.printf("warning: %s", err)
	}
	for _, it := range s.Missed {
		d.printf("to look at again: %s", it.Prompt)
		if q.Round.Exam() {
			d.tellKey(it)
		}
	}
}
