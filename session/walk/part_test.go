package walk

import (
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What comes before the part is led through, step by step; at the part itself, after a failure and in the whole nothing is.
func TestLead(t *testing.T) {
	start := snapshotOf(record.NewState(), nil)
	failed := snapshotOf(record.NewState().WithFailed(record.PhaseResolve), nil)
	for name, c := range map[string]struct {
		part Part
		at   record.Snapshot
		want bool
	}{
		"before":                {Part{From: record.PhaseConnect}, start, true},
		"there":                 {Part{From: record.PhaseResolve}, start, false},
		"the whole":             {Part{}, start, false},
		"an end alone":          {Part{Until: record.PhaseConnect}, start, false},
		"nothing goes on":       {Part{From: record.PhaseConnect}, failed, false},
		"far, and step by step": {Part{From: record.PhaseQuit}, start, true},
	} {
		if o, ok := c.part.Lead(c.at, Goal{}); ok != c.want || ok && o.Step.Verb != record.VerbResolve {
			t.Errorf("%s: %s, %v", name, o.Step.Verb, ok)
		}
	}
}

// What a guard asks, or what is missing, is for a person to answer and to give.
func TestLeadAsksNobody(t *testing.T) {
	ready := record.NewState()
	ready.Stage = record.StageReady
	s := snapshotOf(ready, listed("AUTH LOGIN"))
	for name, g := range map[string]Goal{
		"a password in cleartext": {Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("tulip-42")}},
		"no password":             {Credentials: sasl.Credentials{Username: "ann"}},
	} {
		if o, ok := (Part{From: record.PhaseMail}).Lead(s, g); ok {
			t.Errorf("%s: it leads to %s", name, o.Show)
		}
	}
}

// The point is made by the last phase, also where it failed, unless it has to succeed.
func TestMade(t *testing.T) {
	done, failed := record.NewState().WithDone(record.PhaseHandshake), record.NewState().WithFailed(record.PhaseHandshake)
	doubt := done
	doubt.Security = record.SecurityUnverified
	exposed := snapshotOf(done, nil)
	exposed.Exposed = "password"
	p := Part{Until: record.PhaseHandshake}
	for name, c := range map[string]struct {
		at      record.Snapshot
		succeed bool
		want    bool
	}{"done": {snapshotOf(done, nil), false, true}, "failed": {snapshotOf(failed, nil), false, true}, "not yet": {snapshotOf(record.NewState(), nil), false, false},
		"to succeed": {snapshotOf(failed, nil), true, false}, "it did": {snapshotOf(done, nil), true, true}, "unverified": {snapshotOf(doubt, nil), true, false},
		"unverified is to be seen": {snapshotOf(doubt, nil), false, true}, "a secret was given away": {exposed, true, false}} {
		if got := p.Made(c.at, Goal{}, c.succeed); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Part{}).Made(snapshotOf(done, nil), Goal{}, false) {
		t.Error("the whole has no such point")
	}
}

// A walk is halted where a step failed or where it is blocked, and nowhere else.
func TestHalted(t *testing.T) {
	ready := record.NewState()
	ready.Stage = record.StageReady
	ann := Goal{Credentials: sasl.Credentials{Username: "ann"}}
	for name, c := range map[string]struct {
		at   record.Snapshot
		goal Goal
		want bool
	}{
		"at the start": {snapshotOf(record.NewState(), nil), ann, false},
		"no AUTH here": {snapshotOf(ready, listed("SIZE 10")), ann, true},
	} {
		if got := Halted(c.at, c.goal); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
