package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/walk"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
)

// leading is the part of a session that a lesson is about, and how far the steps before it have been taken.
type leading struct {
	walk.Part
	attempt     int  // which one this is about
	over        bool // in this attempt a person has come to where they begin
	first, last int  // the events before the first and the last of the steps that were taken; -1 before there is one
	end         int  // the events before the person's first step; 0 where none were taken
}

func newLeading(p walk.Part) leading { return leading{Part: p, first: -1} }

// leadIn takes the next of the steps before the one that a lesson begins at, unless a person reads, answers or looks at the past. What was
// taken is one row then.
func (w *explorer) leadIn() tea.Cmd {
	l := &w.lead
	if l.From == "" || w.live == nil || w.busy != nil || !w.atEnd() {
		return nil
	}
	if n := len(w.snap.Earlier); n != l.attempt {
		*l = leading{Part: l.Part, attempt: n, first: -1}
	}
	switch {
	case l.over:
		return nil
	case l.first >= 0 && walk.Halted(w.snap, w.goal):
		w.ledIn()
		return nil
	case w.sheet != nil || !w.walking():
		return nil
	}
	o, ok := l.Lead(w.snap, w.goal)
	if !ok {
		w.ledIn()
		return nil
	}
	if l.last = w.pane.Len(); l.first < 0 {
		l.first = l.last
	}
	cmd := w.do(o.Step, showOption(o, w.snap))
	w.busy.led = true
	return cmd
}

// ledIn hands the session over to the person. The step after which the walk cannot go on is shown.
func (w *explorer) ledIn() {
	l := &w.lead
	l.over = true
	if l.first < 0 {
		return
	}
	end, halted := w.pane.Len(), walk.Halted(w.snap, w.goal)
	if halted {
		end = l.last
	}
	l.end = end
	w.pane.Lead(l.first, end, words.Taken(w.timeline.At(end).State.Done))
	if !halted { // what it begins with is the story, or the advice that was followed
		w.pane.Select(w.unfolded(search.Hit{Event: l.first - 1}), w.pane.Upto(w.pos))
	}
}

// doneBefore is what was done before the step that is next, where a person has taken none themselves; empty otherwise.
func (w *explorer) doneBefore() string {
	if l := w.lead; l.end > 0 && w.pos == l.end {
		return words.Taken(w.snap.State.Done)
	}
	return ""
}

// pointMade reports whether what a lesson is about has been seen: what follows can be left out. What has to be put right has to succeed.
func (w *explorer) pointMade() bool {
	return w.lesson && (w.lead.Made(w.snap, w.goal, w.mending()) || w.made.Solved)
}

// mending reports whether the lesson asks to put something right.
func (w *explorer) mending() bool {
	return w.solving && w.hasExercise() && w.exercise().Goal == course.GoalDone
}

// canFinish holds where the point of the session is made and a lesson waits, canAnswer where it ends with a question that was not answered.
func (w *explorer) canFinish() bool {
	return w.canGoBack() && w.pointMade() && !w.canAnswer() && !w.finished()
}
func (w *explorer) canAnswer() bool {
	return w.solving && w.busy == nil && !w.finished() && w.pointMade() && !w.made.Solved && w.exercise().Goal == course.GoalAnswer
}

// partTask is what a person is to do in the part that a lesson is about, and once its point is made which key leads on.
func (w *explorer) partTask() string {
	switch p := w.lead.Part; {
	case w.canAnswer():
		return "Done. o asks the question, enter continues the session."
	case w.canFinish():
		return "Done. h goes back to the lesson, enter continues the session."
	case w.made.Solved:
		return ""
	case w.solving || p.Whole():
		return w.task()
	default:
		return words.Steps(p.From, p.Until)
	}
}
