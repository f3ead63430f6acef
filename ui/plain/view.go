package plain

import (
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/search"
)

// view is a position in a source and what is shown of it. Going back shows earlier events again; it changes nothing.
type view struct {
	*dialog
	src      record.Source
	spoken   spoken
	deep     deep            // what more there is to the step that was told last
	pos      int             // events before the position; the last step shown ends there
	notes    *record.Notes   // of a file, told with their events; nil where each is an event of its own
	author   string          // signs notes
	numbered bool            // the number of each event is told
	only     *search.Query   // what an event has to match to be told; nil tells all
	mute     bool            // nothing is told
	task     string          // that of a lesson, told in place of the scenario's; empty for none
	silent   bool            // nothing of what was shown last was told, as nothing matched
	said     string          // the cause that was said last
	end      *record.Verdict // of the end event, once it was said
	atHand   []walk.Input    // what the practice server gives where an advice asks for it
	clock    bool            // the practice server's clock is set forward where an advice waits
	again    bool            // the session follows another one of the same scenario, whose story was told
	holds    bool            // what failed is held back, as the verdict may say it next
	held     *record.Event   // the finding that is
}

// show prints events up to but not including to.
func (v *view) show(to int) {
	v.silent = v.only != nil
	for ; v.pos < to; v.pos++ {
		v.tell(v.src.At(v.pos))
	}
}

// tell says an event. The verdict is said as it is at the prompt.
func (v *view) tell(e *record.Event) {
	told := v.lets(e) && !v.mute
	v.silent = v.silent && !v.tells(e)
	switch {
	case !told:
		v.pass(e)
	case e.Kind == record.KindEnd:
		v.ended(*e.End)
	case v.notes == nil || e.Kind != record.KindNote && e.Kind != record.KindAbout:
		v.say(e)
	}
	v.tellNotes(e, told)
}

// open goes to the step that event i, counted from 0, belongs to, and shows it.
func (v *view) open(i int) {
	v.pos, v.said = stepStart(v.src, i), ""
	v.spoken = v.afresh(v.pos)
	if v.show(stepEnd(v.src, i)); v.silent {
		v.print("nothing in this step matches")
	}
	v.where()
}

// afresh tells from an event on, counted from 0, with nothing told before but whom the session is with.
func (v *view) afresh(from int) spoken {
	s := spoken{state: stateAt(v.src, from)}
	if from > 0 && v.src.At(0).Start != nil {
		s.host = v.src.At(0).Start.Target.Host
	}
	return s
}

// forward shows the next step, if there is one.
func (v *view) forward() {
	switch {
	case v.only != nil:
		v.forwardOnly()
	case v.pos < v.src.Len():
		v.show(stepEnd(v.src, v.pos))
	}
}

// back shows the step before the one that was shown last; it reports false at the beginning.
func (v *view) back() bool {
	start := stepStart(v.src, v.pos-1)
	switch {
	case v.only != nil:
		return v.backOnly(start)
	case start == 0:
		return false
	}
	v.open(start - 1)
	return true
}

// jump shows the step of the event with that number.
func (v *view) jump(seq int) {
	if seq < 1 || seq > v.src.Len() {
		v.printf("there is no event %d; the last is %d", seq, v.src.Len())
		return
	}
	v.open(seq - 1)
}

func (v *view) where() {
	v.printf("this was up to event %d of %d", v.pos, v.src.Len())
}

// noted is the event that a note typed now is about: the last part of the dialogue before the position, or else the
// last event.
func (v *view) noted() int {
	for i := v.pos - 1; i >= 0 && i >= v.pos-farthest; i-- {
		switch v.src.At(i).Kind {
		case record.KindSend, record.KindReply, record.KindTLS, record.KindConnect, record.KindLookup, record.KindResolve:
			return i + 1
		}
	}
	return v.pos
}

// farthest bounds how many events are looked at to find what belongs together: a file may say that all of its events
// are one step.
const farthest = 1000

// stepStart is the first event of the step that event i belongs to; 0 if there is no event i.
func stepStart(src record.Source, i int) int {
	start := max(i, 0)
	for start > 0 && start > i-farthest && !begins(src, start) {
		start--
	}
	return start
}

// stepEnd is the first event after the step that event i belongs to.
func stepEnd(src record.Source, i int) int {
	end := i + 1
	for n := src.Len(); end < n && end < i+farthest && !begins(src, end); {
		end++
	}
	return end
}

// begins reports whether a step begins with event i. Events outside of steps stand alone; a state ends the step that
// led to it, but for what answers its command or ends its connection, and what AUTH has come to, which are known later.
func begins(src record.Source, i int) bool {
	before, e := src.At(i-1), src.At(i)
	switch {
	case e.Kind == record.KindNote, e.Kind == record.KindAbout, e.Kind == record.KindState, e.Kind.Beside(), e.Step == before.Step && belongs(src, i):
		return false
	case e.Step == "", e.Step != before.Step, before.Kind == record.KindState, before.Kind.Beside():
		return true
	}
	return e.Kind == record.KindSend && before.Kind != record.KindSend
}

// stateAt is the state after the first n events, as far as it is told near there.
func stateAt(src record.Source, n int) record.State {
	for i := n - 1; i >= 0 && i >= n-farthest; i-- {
		if e := src.At(i); e.Kind == record.KindState {
			return *e.State
		}
	}
	return record.NewState()
}

// belongs reports whether event i is part of what the command before it came to, whatever states are told between.
func belongs(src record.Source, i int) bool {
	switch e := src.At(i); e.Kind {
	case record.KindAuth:
		return true
	case record.KindReply: // to a command that has changed the state by itself, as AUTH does
		return i > 1 && src.At(i-1).Kind == record.KindState && src.At(i-2).Kind == record.KindSend
	case record.KindTLSMessage:
		return e.Step == record.VerbQuit
	}
	return false
}
