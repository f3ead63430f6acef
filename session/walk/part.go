package walk

import "ehlo/session/record"

// Part is what of a session matters to a lesson. The steps before From are taken at once, and after Until its point is made; an empty
// phase is the beginning, or the end.
type Part struct{ From, Until record.Phase }

// Whole reports whether nothing was left out.
func (p Part) Whole() bool { return p == Part{} }

// Lead is the step to take on the way to where a person begins: the proposal, as long as it belongs to a phase before that one. ok is false
// once they have to go on: it is reached, something failed, or the step asks for a confirmation or for what is missing.
func (p Part) Lead(s record.Snapshot, g Goal) (o Option, ok bool) {
	if p.From == "" || s.Failing() != nil || Over(s, g) {
		return o, false
	}
	options := Options(s, g)
	if len(options) == 0 {
		return o, false
	}
	o = options[0]
	return o, o.Blocked == nil && o.Guard == nil && o.Missing == "" && PhaseOf(o.Step.Verb, s.State).Before(p.From)
}

// Halted reports whether the walk cannot go on as asked: the last step is what a person has to see.
func Halted(s record.Snapshot, g Goal) bool {
	options := Options(s, g)
	return s.Failing() != nil || len(options) > 0 && options[0].Blocked != nil
}

// Made reports whether the point is made: the last phase of the part is done, or has failed. What has to succeed must be done with the
// protection that was asked for, and the walk can go on.
func (p Part) Made(s record.Snapshot, g Goal, succeed bool) bool {
	switch {
	case p.Until == "":
		return false
	case !succeed:
		return s.State.Has(p.Until) || s.State.FailedAt(p.Until)
	}
	return s.State.Has(p.Until) && s.Exposed == "" && !s.State.Security.Unverified() && !Halted(s, g)
}
