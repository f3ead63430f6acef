package places

import (
	"ehlo/session/record"
	"ehlo/session/walk"
)

// StateAt gives the state of a session after its first n events.
type StateAt func(n int) record.State

// NextPhase is the place before the next phase of the walk, counted from a place on; the end where there is no other.
func NextPhase(src record.Source, at int, state StateAt) int {
	if at >= src.Len() {
		return src.Len()
	}
	here := phaseOf(src, at, state)
	for at = StepEnd(src, at); at < src.Len(); at = StepEnd(src, at) {
		if p := phaseOf(src, at, state); p != "" && p != here {
			return at
		}
	}
	return at
}

// PhaseBefore is the place before the phase that has begun before a place; 0 where there is none.
func PhaseBefore(src record.Source, at int, state StateAt) int {
	start, phase := at, record.Phase("")
	for at > 0 {
		at = StepStart(src, at-1)
		switch p := phaseOf(src, at, state); {
		case phase == "":
			start, phase = at, p
		case p == phase:
			start = at
		case p != "":
			return start
		}
	}
	return start
}

// OfPhase is the place before a phase; ok is false where the session never came to it.
func OfPhase(src record.Source, phase record.Phase) (at int, ok bool) {
	var last record.State
	state := func(int) record.State { return last }
	for at < src.Len() {
		if phaseOf(src, at, state) == phase {
			return at, true
		}
		end := StepEnd(src, at)
		for ; at < end; at++ {
			if e := record.Skim(src, at); e.State != nil {
				last = *e.State
			}
		}
	}
	return 0, false
}

// phaseOf is the phase of the step that begins at a place; empty where it belongs to none.
func phaseOf(src record.Source, at int, state StateAt) record.Phase {
	for i := at; i < src.Len(); i++ {
		e := record.Skim(src, i)
		if alone(e) {
			return ""
		}
		if e.Step == "" {
			continue
		}
		if p := walk.PhaseOf(e.Step, state(at)); p != record.PhaseOther {
			return p
		}
		return ""
	}
	return ""
}
