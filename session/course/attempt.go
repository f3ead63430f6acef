package course

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/lab"
	"ehlo/session/record"
)

// Attempt is what a person has made of an exercise in one session.
type Attempt struct {
	Hints  int   // how many they have asked for
	Said   int   // the answer that they gave last, counted from 1; 0 for none
	Wrong  int   // how many answers were wrong
	Tried  []int // the wrong answers, each once, counted from 1
	Solved bool  // the goal was reached
	owes   bool  // the next answer waits until the event that shows it was looked at
	events int   // how many there were when it began to
}

// guesses is after how many wrong answers the exercise asks to look before the next one.
const guesses = 2

// Answer takes the answer number n, which there has to be, when the session has so many events, and reports whether it is right. The same
// wrong answer again is no other one.
func (a *Attempt) Answer(e *Exercise, n, events int) (right bool) {
	again := a.Said == n
	if a.Said = n; e.Question.Choices[n-1].Right {
		a.Solved = true
		return true
	}
	if !again {
		a.Wrong++
		if !a.WasWrong(n) {
			a.Tried = append(a.Tried, n)
		}
		a.owes, a.events = a.Wrong%guesses == 0, events
	}
	return false
}

// WasWrong reports whether answer n was given, and is wrong.
func (a *Attempt) WasWrong(n int) bool { return slices.Contains(a.Tried, n) }

// Owes reports whether no answer is taken before [Attempt.Looked]. event is what to look at; ok is false where the session has not shown
// it yet, and has to go on first. Nobody is locked out: where a session has ended without it, answers are taken.
func (a *Attempt) Owes(e *Exercise, log record.Source, upto int, over bool) (event int, ok, owes bool) {
	if !a.owes || a.Solved {
		return 0, false, false
	}
	event, ok = e.Shows(log, upto)
	return event, ok, ok || !over && upto <= a.events
}

// Looked says that the event was looked at.
func (a *Attempt) Looked() { a.owes = false }

// Praise says that a question is solved, and after how many tries: the first counts as one where no hint has told the answer.
func (a *Attempt) Praise(e *Exercise) string {
	switch {
	case e.Goal != GoalAnswer || a.Wrong == 0 && a.Hints >= len(e.Tiers()):
		return "solved"
	case a.Wrong < len(tries):
		return "solved on the " + tries[a.Wrong] + " try"
	}
	return "solved after " + strconv.Itoa(a.Wrong) + " wrong answers"
}

// tries are numbers in words.
var tries = [...]string{"first", "second", "third", "fourth"}

// rowKinds are the kinds of events that a row can be.
var rowKinds = []record.Kind{record.KindLookup, record.KindConnect, record.KindSend, record.KindReply, record.KindTLSMessage, record.KindFinding}

// Shows is the index of the last of the first upto events that shows the answer; ok is false where none does.
func (e *Exercise) Shows(log record.Source, upto int) (event int, ok bool) {
	kind, text, _ := strings.Cut(e.row(), " ")
	for i := upto - 1; i >= 0; i-- {
		if ev := log.At(i); shows(ev, record.Kind(kind), text) {
			return i, true
		}
	}
	return 0, false
}

// row is the row of the exercise, or the finding of its scenario.
func (e *Exercise) row() string {
	if e.Row != "" {
		return e.Row
	}
	if sc, err := lab.Find(e.Scenario); err == nil && sc.Finding != "" {
		return string(record.KindFinding) + " " + sc.Finding
	}
	return ""
}

// shows reports whether an event is of a kind and its text begins so; without a kind, whether it is a refusal.
func shows(e *record.Event, kind record.Kind, text string) bool {
	switch {
	case kind == "":
		return e.Kind == record.KindReply && e.Reply.Code >= 400
	case e.Kind != kind:
		return false
	case kind == record.KindFinding:
		return string(e.Finding.Code) == text
	case kind == record.KindTLSMessage:
		return e.TLSMessage.Name == text
	case kind == record.KindLookup:
		return strings.HasPrefix(e.Lookup.Question().String(), text)
	case kind == record.KindSend:
		return strings.HasPrefix(string(e.Send.Raw), text)
	case kind == record.KindReply:
		return strings.Contains(string(e.Reply.Raw), text)
	}
	return true
}
