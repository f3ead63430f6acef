package lesson

import (
	"slices"
	"time"

	"ehlo/session/progress"
	"ehlo/session/quiz"
)

// Pass is a person's way through a lesson. A face shows its step and does what [Pass.Next] says; it decides nothing.
type Pass struct {
	Lesson *Lesson
	At     int // the step, counted from 0; as many as there are at the end
	made   []made
}

// made is what has come of a step.
type made struct {
	done   bool // it was walked to its end, its part of a scenario was put right, it was gone through, answered or looked up
	solved bool // the goal of its scenario was reached
	tried  bool // it was opened and left
}

// Next is what going on means.
type Next int

// What comes next.
const (
	Forward Next = iota // the next step
	Open                // the scenario or the file of the step
	Reveal              // the answer of the question
	Leave               // the lesson is over
)

// Begin starts a lesson, or goes on with it at the step where one has left off, counted from 1. What was done or solved before is; of what
// lies behind and was left out only what there was to read counts. A lesson that has become shorter than that since begins again.
func Begin(l *Lesson, at int, kept progress.State) *Pass {
	done := kept.Lessons[l.Name].Done
	if at > len(l.Steps) {
		at, done = 1, nil
	}
	p := &Pass{Lesson: l, made: make([]made, len(l.Steps))}
	p.Jump(at)
	for i := range l.Steps {
		_, solved := kept.Solved[l.Steps[i].Solve]
		p.made[i].solved = solved
		p.made[i].done = solved || slices.Contains(done, i+1) || i < p.At && l.Steps[i].toRead()
	}
	return p
}

// Step is the one that is shown; nil at the end.
func (p *Pass) Step() *Step {
	if p.Over() {
		return nil
	}
	return &p.Lesson.Steps[p.At]
}

// Over reports whether the last step is behind.
func (p *Pass) Over() bool { return p.At == len(p.Lesson.Steps) }

// Next is what going on means now. It always comes to the end: what was opened once, or is a question that was looked up, holds up
// nobody.
func (p *Pass) Next() Next {
	if p.Over() {
		return Leave
	}
	switch m := p.made[p.At]; {
	case m.done || m.tried:
		return Forward
	case p.Step().Kind() == Ask:
		return Reveal
	case p.Step().Scenario() != "" || p.Step().File() != "":
		return Open
	}
	return Forward
}

// Go goes to the next step.
func (p *Pass) Go() {
	if p.Step().toRead() {
		p.made[p.At].done = true
	}
	p.At++
}

// Back goes to the step before.
func (p *Pass) Back() { p.At = max(p.At-1, 0) }

// Jump goes to a step by its number, counted from 1; the end has one too.
func (p *Pass) Jump(n int) { p.At = min(max(n-1, 0), len(p.Lesson.Steps)) }

// Done reports whether what the step asks for is done, and Tried whether that was begun and left.
func (p *Pass) Done() bool  { return !p.Over() && p.DoneAt(p.At) }
func (p *Pass) Tried() bool { return !p.Over() && p.made[p.At].tried }

// DoneAt reports the same of a step that is counted from 0.
func (p *Pass) DoneAt(i int) bool { return p.made[i].done }

// Solved reports whether the goal of the step's scenario was reached: then it is solved outside the lesson too. A step may be done with less,
// where what it is about was put right and the rest of the session was left out.
func (p *Pass) Solved() bool { return !p.Over() && p.made[p.At].solved }

// Came takes in what has come of a session that was opened: it was taken to its end, what the step is about was put right, and the goal of
// the scenario was reached. A file has neither a goal nor an end to be taken to.
func (p *Pass) Came(ended, mended, solved bool) {
	if p.Over() {
		return
	}
	m, s := &p.made[p.At], p.Step()
	m.tried, m.solved = true, m.solved || s.Solve != "" && solved
	m.done = m.done || m.solved || s.File() != "" || s.Walk+s.Predict != "" && ended || s.Solve != "" && mended
}

// Again has the step begin once more.
func (p *Pass) Again() {
	if !p.Over() {
		p.made[p.At] = made{}
	}
}

// Item is the question of the step, nil if it is none. Its answers are in another order than in the file, and each time in the same.
func (p *Pass) Item() *quiz.Item {
	if p.Over() || p.Step().Question == nil {
		return nil
	}
	q := p.Step().Question
	if it := q.Item(); it.Answer == "" && it.Kind != quiz.Spot {
		return it
	}
	return q.Item().Shuffled(uint64(len(p.Lesson.Name)))
}

// Answer judges an answer. counts is the question of the quiz that was answered by it, the first time and without a look at the answer; empty for
// none.
func (p *Pass) Answer(text string, now time.Time) (judged quiz.Result, counts *progress.Entry) {
	m, q := &p.made[p.At], p.Step().Question
	if q.Unkeyed() {
		m.done = true
		return quiz.Result{Understood: true}, nil
	}
	judged = p.Item().Judge(text)
	if !judged.Understood {
		return judged, nil
	}
	if !m.done && q.OfQuiz() {
		counts = &progress.Entry{Item: q.Name, Right: judged.Right, Time: now}
	}
	m.done = true
	return judged, counts
}

// Look shows the answer.
func (p *Pass) Look() { p.made[p.At].done = true }

// Entry is what to keep of where the person is: a lesson is finished at its end, when nothing was left out.
func (p *Pass) Entry(now time.Time) progress.Entry {
	at := p.At + 1
	if p.Over() {
		left := p.Left()
		if len(left) == 0 {
			return progress.Entry{Finished: p.Lesson.Name, Time: now}
		}
		at = left[0]
	}
	return progress.Entry{Lesson: p.Lesson.Name, Step: at, Done: p.did(), Time: now}
}

// did are the steps, counted from 1, that were done.
func (p *Pass) did() (steps []int) {
	for i := range p.made {
		if p.made[i].done {
			steps = append(steps, i+1)
		}
	}
	return steps
}

// Left are the steps, counted from 1, that ask for something that was not done.
func (p *Pass) Left() (steps []int) {
	for i := range p.made {
		if !p.made[i].done && !p.Lesson.Steps[i].toRead() {
			steps = append(steps, i+1)
		}
	}
	return steps
}
