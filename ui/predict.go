package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/predict"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/places"
	"ehlo/ui/paint"
)

// foretold is a question whose step has not been taken yet, or runs.
type foretold struct {
	question *predict.Question
	answer   string // empty where the question was skipped
	verb     record.Verb
	first    int // how many events there were before the step
}

func (w *explorer) predicts() bool     { return w.env.predict != nil && *w.env.predict }
func (w *explorer) canPredict() bool   { return w.busy == nil && w.env.predict != nil && !w.predicts() }
func (w *explorer) canBelieve() bool   { return w.busy == nil && w.predicts() }
func (w *explorer) takeAsked() tea.Cmd { return w.foretell(w.send) }

// toPredict has a question come before each step, and toBelieve none any more.
func (w *explorer) toPredict() tea.Cmd {
	*w.env.predict = true
	w.notice = "a question comes before each step"
	return nil
}

func (w *explorer) toBelieve() tea.Cmd {
	*w.env.predict, w.foretold = false, nil
	w.notice = "no more questions before the steps"
	return nil
}

// foretell asks what will come of the next step, and takes it after the answer; where there is nothing to ask it takes it at once.
func (w *explorer) foretell(take func() tea.Cmd) tea.Cmd {
	w.foretold = nil
	o, ok := w.upcoming()
	if !w.predicts() || !ok {
		return take()
	}
	q := predict.Ask(w.snap, o, w.asked)
	if q == nil {
		return take()
	}
	w.asked = append(w.asked, q.Way)
	w.sheet = newPrediction(q, func(answer string) tea.Cmd {
		w.sheet = nil
		w.foretold = &foretold{q, answer, o.Step.Verb, w.pos}
		return take()
	})
	return nil
}

// upcoming is the step that comes next: what is prepared, or at a position in the past what was done there. ok is false where there is none that can be
// asked about.
func (w *explorer) upcoming() (o walk.Option, ok bool) {
	if w.atEnd() {
		o, ok = w.option()
		return o, ok && o.Missing == "" && (o.Step.Verb != record.VerbRaw || o.Step.Line != "")
	}
	d := places.Next(w.src, w.pos)
	if d.First == nil || d.First.Step == "" || w.withinStep() {
		return o, false
	}
	return d.Option(w.options()), true
}

// stepOn goes on to the end of the next step of the past, with a question before it where one is wanted.
func (w *explorer) stepOn() tea.Cmd {
	return w.foretell(func() tea.Cmd {
		first := w.pos
		cmd := w.stepForward()
		w.reveal(first, w.pos)
		return cmd
	})
}

// reveal shows what a prediction was worth, by the events of the step that ended before upto, and asks who can put right what has failed. What else is on
// the screen by now comes after it.
func (w *explorer) reveal(first, upto int) {
	f := w.foretold
	if w.foretold = nil; !w.predicts() || first >= upto {
		return
	}
	events := make([]*record.Event, 0, upto-first)
	for i := first; i < upto; i++ {
		events = append(events, w.src.At(i))
	}
	r := &revelation{w: w, then: w.sheet}
	if it := predict.Mends(w.timeline.At(first), events); it != nil {
		r.left = append(r.left, newAsking(it))
	}
	if a := w.judged(f, first, events); a != nil {
		r.left = append([]*asking{a}, r.left...)
	}
	if r.next() {
		w.sheet = r
	}
}

// judged is a question with what its answer was worth; nil where none was given. A question that was skipped is told in a word.
func (w *explorer) judged(f *foretold, first int, events []*record.Event) *asking {
	if f == nil || f.first != first || events[0].Step != f.verb {
		return nil
	}
	it, ok := f.question.Answered(events)
	if !ok {
		w.notice = "the result does not answer the question"
		return nil
	}
	if f.answer == "" {
		w.notice = "the answer was: " + strings.Join(it.Key(), "; ")
		return nil
	}
	a := newAsking(it)
	res := predict.Result(it, f.answer)
	a.result, a.given = &res, f.answer
	return a
}

// prediction asks before a step.
type prediction struct {
	ask    *asking
	answer string
	take   func(answer string) tea.Cmd
}

func newPrediction(q *predict.Question, take func(answer string) tea.Cmd) *prediction {
	p := &prediction{ask: newAsking(&q.Item), take: take}
	p.ask.look, p.ask.silent = nil, true
	p.ask.judge = func(answer string) quiz.Result {
		p.answer = answer
		ok, wanted := q.Understands(answer)
		return quiz.Result{Understood: ok, Why: wanted}
	}
	return p
}

func (p *prediction) title() string { return "predict, then reveal" + p.ask.part() }
func (p *prediction) below() bool   { return false }

func (p *prediction) hints() []key.Help {
	skip := key.Help{Key: "enter", Desc: "skip"}
	if p.ask.line() {
		skip.Desc = "answer, or skip if empty"
		return []key.Help{skip, {Key: "esc", Desc: "not now"}}
	}
	return append(p.ask.hints(), skip, key.Help{Key: "esc", Desc: "not now"})
}

func (p *prediction) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch name := k.String(); {
	case name == "esc":
		return nil, true
	case name == "enter" && (!p.ask.line() || p.ask.input.Value() == ""):
		return p.take(""), false
	}
	if p.ask.press(k); p.ask.over() {
		return p.take(p.answer), false
	}
	return nil, false
}

func (p *prediction) lines(width, height int) []paint.Line {
	return p.ask.lines(min(width, mostCardWidth), height)
}

// revelation shows what came of predictions, and asks what follows from it.
type revelation struct {
	w    *explorer
	ask  *asking
	left []*asking
	then sheet // what comes after it; nil for nothing
}

// next goes on to the next of them; ok is false where there is none.
func (r *revelation) next() (ok bool) {
	if len(r.left) == 0 {
		return false
	}
	r.ask, r.left = r.left[0], r.left[1:]
	return true
}

func (r *revelation) title() string {
	if r.ask.over() {
		return "what came" + r.ask.part()
	}
	return "who can fix it" + r.ask.part()
}

func (r *revelation) below() bool { return false }

func (r *revelation) hints() []key.Help {
	if r.ask.over() {
		return append(r.ask.hints(), key.Help{Key: "enter", Desc: "continue"})
	}
	return append(r.ask.hints(), key.Help{Key: "enter", Desc: "skip"})
}

func (r *revelation) press(k tea.KeyMsg) (tea.Cmd, bool) {
	if !slices.Contains([]string{"enter", "esc", "q"}, k.String()) {
		r.ask.press(k)
		return nil, false
	}
	if k.String() == "enter" && r.next() {
		return nil, false
	}
	r.w.sheet = r.then
	return nil, false
}

func (r *revelation) lines(width, height int) []paint.Line {
	return r.ask.lines(min(width, mostCardWidth), height)
}
