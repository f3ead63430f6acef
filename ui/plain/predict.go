package plain

import (
	"context"
	"strings"

	"ehlo/session/predict"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/places"
)

// foreteller asks what will come of steps before they are taken, and knows how it asked.
type foreteller struct {
	*dialog
	on    bool
	asked []predict.Way
}

// keyPredict begins and ends the questions.
var keyPredict = key{name: "predict", does: "predict, then reveal", help: "ask before each step what will happen, and say afterwards what happened; or stop asking", quiet: true, rare: true}

// turn begins the questions, or ends them.
func (f *foreteller) turn() {
	if f.on = !f.on; f.on {
		f.print("a question comes before each step; enter skips it")
		return
	}
	f.print("no more questions before the steps")
}

// around takes a step with a question before it and what came of that after it. take gives the events that the step has added.
func (f *foreteller) around(ctx context.Context, s record.Snapshot, o walk.Option, take func() ([]*record.Event, error)) error {
	var q *predict.Question
	answer := ""
	if f.on && (o.Step.Verb != record.VerbRaw || o.Show != "") && o.Missing == "" {
		q = predict.Ask(s, o, f.asked)
	}
	if q != nil {
		f.asked = append(f.asked, q.Way)
		var err error
		if answer, err = f.question(ctx, q); err != nil {
			return err
		}
	}
	events, err := take()
	if err != nil || !f.on || len(events) == 0 {
		return err
	}
	f.reveal(q, answer, events)
	return f.mends(ctx, s, events)
}

// question asks a question; an empty answer skips it.
func (f *foreteller) question(ctx context.Context, q *predict.Question) (answer string, err error) {
	_, word, err := f.askItem(ctx, &q.Item, func(line string) quiz.Result {
		answer = strings.TrimSpace(line)
		ok, wanted := q.Understands(answer)
		return quiz.Result{Understood: ok || answer == "", Why: wanted}
	}, "skip")
	if word != "" {
		answer = ""
	}
	return answer, err
}

// reveal says what a prediction was worth.
func (f *foreteller) reveal(q *predict.Question, answer string, events []*record.Event) {
	if q == nil {
		return
	}
	it, ok := q.Answered(events)
	switch {
	case !ok:
		f.print("the result does not answer the question")
	case answer == "":
		f.printf("the answer was: %s", strings.Join(it.Key(), "; "))
	default:
		f.tellJudged(it, predict.Result(it, answer))
	}
}

// mends asks who can put right what has failed.
func (f *foreteller) mends(ctx context.Context, s record.Snapshot, events []*record.Event) error {
	it := predict.Mends(s, events)
	if it == nil {
		return nil
	}
	skipped := false
	res, word, err := f.askItem(ctx, it, func(line string) quiz.Result {
		if skipped = strings.TrimSpace(line) == ""; skipped {
			return quiz.Result{Understood: true}
		}
		return it.Judge(line)
	}, "skip")
	if err != nil {
		return err
	}
	if skipped || word != "" {
		f.tellKey(it)
		return nil
	}
	f.tellJudged(it, res)
	return nil
}

// goOn does the step that was announced, with a question before it where one is wanted.
func (w *explorer) goOn(ctx context.Context, next walk.Option) error {
	return w.foreteller.around(ctx, w.snap, next, func() ([]*record.Event, error) {
		first := w.shown
		err := w.step(ctx, next)
		return between(w.src, first, w.shown), err
	})
}

// onward shows the next step, with a question before it where one is wanted.
func (r *replay) onward(ctx context.Context) error {
	r.moments.Extend()
	s, o := r.moments.At(r.pos), walk.Option{}
	if d := places.Next(r.src, r.pos); d.First != nil && d.First.Step != "" && s.Start != nil {
		o = d.Option(walk.Options(s, walk.GoalOf(s.Start.Plan)))
	}
	return r.foreteller.around(ctx, s, o, func() ([]*record.Event, error) {
		first := r.pos
		r.forward()
		return between(r.src, first, r.pos), nil
	})
}

// between are the events from first up to but not including end.
func between(src record.Source, first, end int) (list []*record.Event) {
	for i := first; i < end; i++ {
		list = append(list, src.At(i))
	}
	return list
}
