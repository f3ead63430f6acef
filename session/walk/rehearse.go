package walk

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Rehearse is the walk towards a goal with a server that says yes to everything and offers what is asked for: the steps as they would
// be taken, and what is found on the way. Nothing is looked up and nothing is sent.
func Rehearse(start *record.Start, g Goal) (steps []Rehearsed) {
	s := record.Snapshot{Start: start, State: record.NewState()}
	g.has = []sasl.Needs{sasl.NeedsPassword, sasl.NeedsToken}
	for !Over(s, g) && len(steps) < mostRehearsed+len(g.To)+chunks(s, g) {
		o := Propose(s, g)
		r := Rehearsed{Option: o, Start: start, TLS: s.State.Security.Encrypted()}
		if o.Step.Verb == record.VerbMail || o.Step.Verb == record.VerbGroup {
			r.Findings = foreseen(s, o.Step.Line+strings.Join(o.Step.Group, "\r\n"))
		}
		steps = append(steps, r)
		s = agreed(s, g, o.Step)
	}
	return steps
}

// Rehearsed is a step as it would be taken.
type Rehearsed struct {
	Option
	Start    *record.Start
	TLS      bool // inside TLS
	Findings []*record.Finding
}

// mostRehearsed is more than a walk has steps beside those of its recipients.
const mostRehearsed = 40

// chunks is how many the message is sent in.
func chunks(s record.Snapshot, g Goal) int {
	if g.Chunk <= 0 || len(g.To) == 0 {
		return 0
	}
	return int(message(s, g).Size/g.Chunk) + 1
}

// foreseen are the findings about a MAIL command and its message.
func foreseen(s record.Snapshot, line string) (list []*record.Finding) {
	for _, e := range Took(&s, &record.Event{Kind: record.KindSend, Step: record.VerbMail, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}) {
		if e.Finding != nil {
			list = append(list, e.Finding)
		}
	}
	return list
}

// agreed is what is known once a step has gone as it should.
func agreed(s record.Snapshot, g Goal, st record.Step) record.Snapshot {
	row := rowOf(st.Verb)
	switch st.Verb {
	case record.VerbResolve:
		s.State.Stage = record.StageResolved
		s.State = s.State.WithDone(record.PhaseResolve)
	case record.VerbConnect:
		s.State.Stage = record.StageConnected
		s.State = s.State.WithDone(record.PhaseConnect)
	case record.VerbProxy:
		s.State = withStated(s.State, record.VerbProxy)
	case record.VerbHandshake:
		s.State.Security = record.SecurityVerified
		if s.State.Stage == record.StageUpgrading {
			s.State.Stage = record.StageGreeted
		}
		s.State, s.Capabilities = s.State.WithDone(record.PhaseHandshake), nil
	case record.VerbGroup:
		for _, line := range st.Group {
			v, _ := CommandVerb(line)
			s = agreed(s, g, record.Step{Verb: v, Line: line})
		}
	case record.VerbAuth, record.VerbRespond:
		s.State.Auth = record.AuthDone
		s.State = s.State.WithDone(record.PhaseAuth)
	default:
		if len(row.codes) > 0 {
			s.State = advance(s.State, st.Verb, st.Line, &wire.Reply{Code: row.codes[0], Lines: []wire.Line{{Text: "server"}}})
		}
	}
	if st.Verb == record.VerbEHLO {
		s.Capabilities = everything(s.State, g)
	}
	return s
}

// everything is an EHLO reply that offers all that a walk can use.
func everything(st record.State, g Goal) *record.Capabilities {
	list := []string{"SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "PIPELINING", offering("XCLIENT", g.XCLIENT), offering("XFORWARD", g.XFORWARD)}
	for _, p := range parameters {
		if !slices.Contains(list, p.keyword) {
			list = append(list, p.keyword)
		}
	}
	if !st.Security.Encrypted() {
		list = append(list, "STARTTLS")
	}
	auth := []string{"AUTH"}
	for _, m := range sasl.Mechanisms() {
		if m.Supported {
			auth = append(auth, m.Name)
		}
	}
	c := &record.Capabilities{TLS: st.Security.Encrypted()}
	for i, line := range append(list, strings.Join(auth, " ")) {
		c.Keywords = append(c.Keywords, wire.ParseCapability(line, i+2))
	}
	return c
}
