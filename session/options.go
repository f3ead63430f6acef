package session

import (
	"fmt"
	"net"
	"strings"

	"ehlo/session/sasl"
)

// Options says what can be done now: first the step a good client would take next, then the other legal ones, then
// those out of order, each with the reply to expect. It is a pure function of what is known and what is wanted.
func Options(s Snapshot, g Goal) []Option {
	if s.Start == nil {
		return nil
	}
	proposal := propose(s, g)
	options := []Option{proposal}
	for _, legal := range []bool{true, false} {
		for _, o := range others(s, g) {
			if o.Legal == legal && !sameStep(o.Step, proposal.Step) {
				options = append(options, o)
			}
		}
	}
	return options
}

func sameStep(a, b Step) bool {
	return a.Verb == b.Verb && a.Line == b.Line && a.Mechanism == b.Mechanism
}

// others are all steps that make sense to try in this stage, in the order of the table of rules.
func others(s Snapshot, g Goal) []Option {
	switch s.State.Stage {
	case StageIdle, StageResolved, StageClosed:
		return []Option{option(s, g, VerbResolve), option(s, g, VerbConnect)}
	case StageBroken:
		return []Option{option(s, g, VerbQuit)}
	}
	var list []Option
	for _, r := range rules {
		if hopeless(s.State, r.verb) {
			continue
		}
		if r.verb == VerbAuth {
			list = append(list, authOptions(s, g)...)
			continue
		}
		list = append(list, option(s, g, r.verb))
	}
	return append(list, option(s, g, VerbRaw))
}

// hopeless steps teach nothing: there is no line to send.
func hopeless(s State, v Verb) bool {
	switch v {
	case VerbRespond, VerbCancel:
		return s.Auth != AuthExchange
	case VerbContent:
		return s.Transaction != TransactionData
	case VerbGreeting:
		return s.Stage != StageConnected
	case VerbHandshake:
		return s.Security.Encrypted()
	}
	return false
}

// option describes one step as it would be done here.
func option(s Snapshot, g Goal, v Verb) Option {
	step := compose(s, g, v)
	o := Option{Step: step, Legal: true, Show: step.Line, Why: reasons[v], Editable: editable[v]}
	switch v {
	case VerbRespond:
		o.Show, o.Editable = s.State.Pending.show(), true
	case VerbContent, VerbBdat:
		o.Show = fmt.Sprintf("%s%d bytes of message", prefix(step.Line), len(step.Content))
	}
	if r, ok := ruleFor(v); ok {
		o.Ref = r.ref
		if c := r.check(s.State, s.Capabilities); c != nil {
			o.Legal, o.Expect, o.Ref = false, expectation(c), c.ref
		}
	}
	o.Guard = guardFor(s, step)
	return o
}

func prefix(line string) string {
	if line == "" {
		return ""
	}
	return line + " + "
}

func expectation(c *condition) string {
	if c.expect == "" {
		return c.why
	}
	return "expect " + c.expect + ": " + c.why
}

func (p *Pending) show() string {
	if p == nil {
		return ""
	}
	return p.Line
}

// authOptions offers the chosen or best mechanism first, then what else the server lists.
func authOptions(s Snapshot, g Goal) []Option {
	var list []Option
	for _, name := range mechanismOrder(s, g) {
		o := option(s, g, VerbAuth)
		o.Step.Mechanism, o.Step.Line = name, ""
		o.Show = showAuth(name, g.Credentials)
		o.Why = authReason(name)
		o.Guard = guardFor(s, o.Step)
		list = append(list, o)
	}
	return list
}

// showAuth is the AUTH command as it will be sent, with the response masked. SCRAM's first message holds a random
// number that is made when it is sent, so it cannot be shown before.
func showAuth(name string, c sasl.Credentials) string {
	if strings.HasPrefix(name, "SCRAM-") {
		return "AUTH " + name
	}
	m, err := sasl.New(name, c, sasl.Binding{}, nil)
	if err != nil {
		return "AUTH " + name
	}
	start, err := m.Start()
	switch {
	case err != nil || start.Data == nil:
		return "AUTH " + name
	case start.Hides != "":
		return "AUTH " + name + " " + sasl.Mask
	}
	return sasl.Command(name, start)
}

func authReason(name string) string {
	if info, ok := sasl.Lookup(name); ok {
		return info.Summary
	}
	return "a mechanism that is not known here"
}

// mechanismOrder lists the mechanisms worth showing, the one to use first.
func mechanismOrder(s Snapshot, g Goal) []string {
	var names []string
	add := func(name string) {
		for _, n := range names {
			if n == name {
				return
			}
		}
		names = append(names, name)
	}
	if g.Mechanism != "" {
		add(strings.ToUpper(g.Mechanism))
	}
	for _, c := range rankMechanisms(s, g) {
		add(c.Name)
	}
	if len(names) == 0 {
		add("PLAIN")
	}
	return names
}

func rankMechanisms(s Snapshot, g Goal) []sasl.Choice {
	if s.Capabilities == nil {
		return nil
	}
	return sasl.Rank(s.Capabilities.AuthMechanisms(), s.State.Security.Encrypted(),
		s.State.Security == SecurityVerified, haves(s, g)...)
}

func haves(s Snapshot, g Goal) []sasl.Needs {
	have := []sasl.Needs{sasl.NeedsNothing}
	if !g.Credentials.Password.IsZero() {
		have = append(have, sasl.NeedsPassword)
	}
	if !g.Credentials.Token.IsZero() {
		have = append(have, sasl.NeedsToken)
	}
	if s.TLS != nil && s.TLS.ClientCertificate {
		have = append(have, sasl.NeedsCertificate)
	}
	return have
}

// ehloName is the name the client gives itself: a fully qualified name if there is one, else the address literal
// that RFC 5321 §4.1.1.1 asks for.
func ehloName(s Snapshot, g Goal) string {
	if g.EHLOName != "" {
		return g.EHLOName
	}
	if s.Connect == nil {
		return "[127.0.0.1]"
	}
	host, _, err := net.SplitHostPort(s.Connect.Local)
	switch {
	case err != nil || host == "":
		return "[127.0.0.1]"
	case strings.Contains(host, ":"):
		host, _, _ = strings.Cut(host, "%") // a zone means nothing to the server
		return "[IPv6:" + host + "]"        // RFC 5321 §4.1.3
	}
	return "[" + host + "]"
}
