// Package places finds places in the log of a session: where steps begin and end, and where the next phase, finding or note is.
//
// A place is a position: how many events stand before it.
package places

import "ehlo/session/record"

// farthest bounds how many events are looked at to find the bounds of a step: a file may say that all of its events are one.
const farthest = 4096

// StepEnd is the place after the step that event i belongs to, counted from 0. What happens outside of steps belongs to the one
// before it, but for a change of plan and the end, which are steps of their own.
func StepEnd(src record.Source, i int) int {
	var s step
	end := i
	for n := min(src.Len(), i+farthest); end < n && s.takes(record.Skim(src, end)); end++ {
	}
	return end
}

// StepStart is the place before the step that event i belongs to; 0 where there is no event i.
func StepStart(src record.Source, i int) int {
	start := runStart(src, groupStart(src, min(i, src.Len()-1)))
	for end := start; ; start = end {
		if end = StepEnd(src, start); end > i || end == start {
			return max(start, 0)
		}
	}
}

// runStart is the first of the events of one verb around event i, with what opens the log where there is no other before it.
func runStart(src record.Source, i int) int {
	first, verb, at := i, record.Verb(""), i
	for ; at >= 0 && at > i-farthest; at-- {
		switch e := record.Skim(src, at); {
		case alone(e):
			if verb == "" {
				return at
			}
			return first
		case e.Step == "":
		case verb == "" || e.Step == verb:
			first, verb = at, e.Step
		default:
			return first
		}
	}
	if at < 0 {
		return 0
	}
	return first
}

// groupStart is where the group was sent whose replies event i is one of (RFC 2920 §3.1), or i.
func groupStart(src record.Source, i int) int {
	for at := i; at >= 0 && at > i-farthest; at-- {
		switch e := record.Skim(src, at); {
		case alone(e):
			return i
		case isGroup(e):
			return at
		case e.Kind == record.KindSend:
			return i
		}
	}
	return i
}

// step is how far a step has been read.
type step struct {
	begun, alone, sent bool
	group              bool // the replies to its commands have verbs of their own
	verb               record.Verb
}

// takes reports whether an event belongs to the step too, and takes it in.
func (s *step) takes(e *record.Event) bool {
	if s.begun && s.ends(e) {
		return false
	}
	s.begun, s.alone, s.sent, s.group = true, s.alone || alone(e), s.sent || command(e), s.group || isGroup(e)
	if s.verb == "" {
		s.verb = e.Step
	}
	return true
}

// ends reports whether an event begins another step: another verb does, and another command of the same.
func (s *step) ends(e *record.Event) bool {
	switch {
	case alone(e):
		return true
	case e.Step == "":
		return false
	case s.group:
		return e.Kind == record.KindSend
	}
	return s.alone || s.verb != "" && e.Step != s.verb || s.sent && command(e)
}

// alone holds for what is a step without being one of the walk.
func alone(e *record.Event) bool { return e.Kind == record.KindChange || e.Kind == record.KindEnd }

// command holds for a line that begins a step: the second RCPT is another one, and each chunk of a message. The QUIT of an experiment is a part
// of it.
func command(e *record.Event) bool {
	if e.Step == record.VerbExperiment && e.Send != nil && e.Send.Experiment == "" {
		return false
	}
	return e.Kind == record.KindSend && e.Send != nil && (!e.Send.Content || e.Step == record.VerbBdat)
}

func isGroup(e *record.Event) bool {
	return e.Kind == record.KindSend && e.Send != nil && e.Send.Group > 0
}
