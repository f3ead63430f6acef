package plain

import (
	"context"

	"ehlo/session/course"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// Part is what of a session a lesson is about.
type Part struct {
	walk.Part
	Solve bool // its task is to be solved

	made    bool
	mended  bool // what had to be put right was
	attempt int  // which one the rest is about
	led     bool // a person has come to where they begin
	first   int  // the event before the first of the steps that were taken before, counted from 1; 0 for none
}

// WasMade reports whether the point was made in this session.
func (p *Part) WasMade() bool { return p != nil && p.made }

// WasMended reports whether what had to be put right was, as far as the lesson asks.
func (p *Part) WasMended() bool { return p != nil && p.mended }

// task is what to do in it, where that is not the whole task of the scenario.
func (p *Part) task() string {
	if p == nil || p.Solve {
		return ""
	}
	return words.Steps(p.From, p.Until)
}

// keyDone leaves a session whose point is made.
var keyDone = key{name: "done", does: "returns to the lesson", help: "go back to the lesson: this session has shown what it is about"}

// leadIn takes the next of the steps before the one that a lesson begins at. It reports false where a person goes on.
func (w *explorer) leadIn(ctx context.Context) (took bool, err error) {
	p := w.part
	if p == nil {
		return false, nil
	}
	if n := len(w.snap.Earlier); n != p.attempt {
		p.attempt, p.led, p.first = n, false, 0
	}
	o, ok := p.Lead(w.snap, w.goal)
	if p.led || !ok {
		w.ledIn()
		return false, nil
	}
	before := w.shown
	if p.first == 0 {
		p.first = before + 1
	}
	w.mute = true
	err = w.do(ctx, o.Step)
	if w.mute = false; walk.Halted(w.snap, w.goal) { // what it came to is told
		p.led = true
		w.toldAlready(before)
		w.pos = before
		w.show(w.shown)
	}
	return true, err
}

// ledIn says once what was done before, and hands the session over.
func (w *explorer) ledIn() {
	if p := w.part; !p.led && p.first > 0 {
		w.toldAlready(w.shown)
	}
	w.part.led = true
}

// toldAlready says what was done up to an event.
func (w *explorer) toldAlready(upto int) {
	if done := stateAt(w.src, upto).Done; len(done) > 0 {
		w.printf("already done: %s; back tells the last of these steps", words.Taken(done))
	}
}

// pointMade reports whether what a lesson is about has been told, and notes it. What has to be put right has to succeed.
func (w *explorer) pointMade() bool {
	p := w.part
	if p == nil {
		return false
	}
	mends := p.Solve && w.exercise != nil && w.exercise.Goal == course.GoalDone
	made := p.Made(w.snap, w.goal, mends)
	p.mended = p.mended || mends && made
	p.made = p.made || made || w.exercise != nil && w.exercise.made.Solved
	return p.made
}

// partKeys are those that lead back to the lesson once the point is made, and the question, if there is one, is answered.
func (w *explorer) partKeys() []key {
	if !w.pointMade() || w.over() || w.part.Solve && w.unanswered() {
		return nil
	}
	return []key{keyDone}
}
