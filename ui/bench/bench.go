// Package bench is the workbench in which a person builds a response of AUTH by hand: the tools, what was put into them,
// what came out, and which values of the exchange can be put in. How that is drawn and typed is left to the screen and to
// the prompt.
package bench

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Bench has the tools of a mechanism, in the order of its RFC, and then those that belong to none. It lasts longer than
// one response: what the tools hold goes into the next.
type Bench struct {
	Mechanism string
	Tools     []*Tool
	Own       int        // how many of them are the mechanism's
	Challenge *Challenge // nil for the initial response

	place    Place
	step     record.Step // what is sent, without its line
	exchange int         // the position of the AUTH command, 0 before it
	begun    bool
	first    string // the last line that was built before the server had said anything
}

// Place is where in a session a response is built.
type Place struct {
	Events  record.Source
	Len     int             // how many of the events count
	Snap    record.Snapshot // after them
	Account string          // the name to log in with
}

// Asked reports whether there is a challenge to answer.
func (p Place) Asked() bool { return p.Snap.State.Auth == record.AuthExchange }

// Mechanism is the one in use, or that of the step that would be done next.
func (p Place) Mechanism(next record.Step) string {
	if p.Asked() {
		return p.Snap.State.Mechanism
	}
	return next.Mechanism
}

// New makes a bench for a mechanism; typed makes the place where a person types an input.
func New(mechanism string, typed func(sasl.Input) Field) *Bench {
	own, _ := sasl.Tools(mechanism, nil)
	b := &Bench{Mechanism: mechanism, Own: len(own)}
	for _, t := range append(own, sasl.GeneralTools()...) {
		b.Tools = append(b.Tools, newTool(t, typed))
	}
	return b
}

// Begin makes the bench ready for the line that is due at the place. Results of an earlier exchange are forgotten. due is
// the place of the tool that comes first; again holds if it is the line that the bench was ready for before.
func (b *Bench) Begin(p Place, next record.Step) (due int, again bool) {
	step, c := next, (*Challenge)(nil)
	if p.Asked() {
		step, c = record.Step{Verb: record.VerbRespond}, p.challenge()
	}
	again = b.begun && c.same(b.Challenge)
	b.place, b.step, b.Challenge, b.begun = p, step, c, true
	if of := p.exchange(); !again && of != b.exchange {
		b.exchange = of
		b.forget()
	}
	_, due = sasl.Tools(b.Mechanism, c.content())
	return due, again
}

// forget takes out what belongs to an earlier exchange: the results, and what was not typed.
func (b *Bench) forget() {
	for _, t := range b.Tools {
		t.Result, t.Wrong = nil, ""
		for _, in := range t.Inputs {
			in.forget()
		}
	}
}

// Initial reports whether it is the initial response that is built.
func (b *Bench) Initial() bool { return b.Challenge == nil }

// ServerFirst holds where there is nothing to send with the AUTH command: the server speaks first.
func (b *Bench) ServerFirst() bool {
	info, _ := sasl.Lookup(b.Mechanism)
	return b.Initial() && !info.ClientFirst
}

// Line is the base64 of a message. t has a result.
func (b *Bench) Line(t *Tool) string { return sasl.EncodeResponse(t.Result, b.Initial()) }

// Step sends a line: base64, "*", or anything else that a person wants.
func (b *Bench) Step(line string) record.Step {
	if b.Initial() || b.Challenge.Raw == "" {
		b.first = line
	}
	st := b.step
	st.Line, st.Edited = line, true
	if b.Initial() {
		st.Line = strings.TrimRight("AUTH "+st.Mechanism+" "+line, " ")
	}
	return st
}

// Problem is why a line cannot be sent; a warning of package wire is none that keeps it back.
func (b *Bench) Problem(line string) error {
	if b.Initial() {
		return wire.ValidLine(b.Step(line).Line)
	}
	return wire.ValidAuthLine(line)
}

// Comparable reports whether anyone here knows the right answer.
func Comparable(s record.State) bool {
	return s.Auth != record.AuthExchange || s.Pending != nil && !s.Pending.Cancel
}
