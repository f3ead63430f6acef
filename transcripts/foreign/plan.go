package foreign

import (
	"cmp"
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// seen is what a conversation shows of what its client was after.
type seen struct {
	ehlo, from, mechanism string
	to                    []string
	last                  record.Phase // how far it went with commands
	message               bool
	tls, implicit         bool
	spokeInside           bool // commands other than QUIT went on inside TLS
	exposed               bool // a password or token was sent in cleartext
	askedTLS, quit        bool
	afterRefusal          bool // it went on in cleartext after STARTTLS had been refused
	secret                bool
	noMessage             bool // the source leaves a message out
	messages              bool // the source has messages of TLS
	user                  string
}

// see notes what a line says of what the client wants.
func (b *builder) see(line string) {
	s := &b.seen
	switch b.step {
	case record.VerbEHLO, record.VerbHELO:
		_, s.ehlo, _ = strings.Cut(line, " ")
	case record.VerbSTARTTLS:
		s.askedTLS = true
	case record.VerbMail:
		s.from = address(line)
	case record.VerbRcpt:
		s.to = append(s.to, address(line))
	case record.VerbData, record.VerbBdat, record.VerbContent:
		s.message = true
	}
	s.quit = b.step == record.VerbQuit
	if s.quit || b.step == record.VerbContent {
		return
	}
	inside := b.snap.State.Security.Encrypted()
	s.spokeInside = s.spokeInside || inside
	s.afterRefusal = s.afterRefusal || s.askedTLS && !inside && b.step != record.VerbSTARTTLS
	if phase := walk.PhaseOf(b.step, b.snap.State); s.last.Before(phase) || s.last == "" {
		s.last = phase
	}
}

// address is what stands between the angle brackets of MAIL or RCPT, or in their place.
func address(line string) string {
	_, path, _ := strings.Cut(line, ":")
	path = strings.TrimSpace(path)
	if _, in, ok := strings.Cut(path, "<"); ok {
		path, _, _ = strings.Cut(in, ">")
		return wire.VisibleString(path)
	}
	path, _, _ = strings.Cut(path, " ")
	return wire.VisibleString(path)
}

// plan is what the client of a conversation seems to have been asked for.
func (c *Conversation) plan(b *builder) record.Plan {
	s, st := b.seen, b.snap.State
	p := record.Plan{EHLOName: wire.VisibleString(s.ehlo), From: s.from, To: s.to, Mechanism: wire.VisibleString(s.mechanism), SendMessage: s.message}
	p.Target = record.Target{Host: cmp.Or(c.Host, st.Peer, "server"), Implicit: s.implicit && !c.Upgraded, Port: cmp.Or(c.Port, s.port(c.Upgraded))}
	p.Policy = record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic, AllowUnverified: s.spokeInside, AllowUnverifiedAuth: s.spokeInside,
		AllowObsoleteAuth: s.spokeInside, AllowCleartextAuth: s.exposed}
	switch {
	case s.mechanism != "":
		p.User = s.user
	case c.NeedsAuth:
		p.User = "unknown"
	}
	if s.secret {
		p.Has = []string{string(sasl.NeedsPassword)}
	}
	switch {
	case s.implicit && !c.Upgraded:
		p.Policy.Start, p.Policy.Must = record.StartImplicit, record.MustRequire
	case !c.NeedsTLS && !s.tls && !s.askedTLS: // it did not try
		p.Policy.Start, p.Policy.Must = record.StartNever, record.MustOff
	case c.NeedsTLS, s.tls, s.askedTLS && !s.afterRefusal:
		p.Policy.Must = record.MustRequire
	}
	p.Midway = c.midway()
	p.Until = s.until()
	return p
}

// midway reports whether a source begins in the middle of a session: with a command that no session begins with, or with the
// reply to one.
func (c *Conversation) midway() bool {
	for _, p := range c.Pieces {
		if p.Connect != nil || p.Resolve != nil || p.Ended != nil {
			return false
		}
		line, _, _ := strings.Cut(string(p.Bytes), "\n")
		switch v, _ := walk.CommandVerb(line); {
		case len(p.Bytes) == 0:
		case p.From == wire.ClientToServer:
			return v != record.VerbEHLO && v != record.VerbHELO && v != record.VerbQuit && !strings.HasPrefix(strings.ToUpper(line), "LHLO")
		default:
			return strings.HasPrefix(line, "250") || strings.HasPrefix(line, "235") || strings.HasPrefix(line, "3")
		}
	}
	return false
}

// port is the likely one where a source names none.
func (s *seen) port(upgraded bool) int {
	switch {
	case s.implicit && !upgraded:
		return record.PortSubmissions
	case s.mechanism != "":
		return record.PortSubmission
	}
	return record.PortRelay
}

// until is how far the client wanted to go, as far as that shows.
func (s *seen) until() record.Phase {
	switch {
	case s.message:
		return ""
	case s.last == record.PhaseMail || s.last == record.PhaseRcpt:
		return s.last
	case s.last == "" && s.tls:
		return record.PhaseHandshake
	case s.last == "":
		return record.PhaseGreeting
	case s.last == record.PhaseSTARTTLS && s.tls:
		return record.PhaseHandshake
	}
	return ""
}

// lacks are sentences about what the source does not hold.
func (c *Conversation) lacks(b *builder, plan record.Plan) (list []string) {
	say := func(when bool, text string) {
		if when {
			list = append(list, text)
		}
	}
	say(!c.Timed, "Times are unknown.")
	say(c.Host == "", fmt.Sprintf("The host is unknown: it is called %s here.", plan.Target.Called()))
	say(c.Port == 0, fmt.Sprintf("The port is unknown: %d is assumed.", plan.Target.Port))
	say(plan.Midway, "The beginning is missing.")
	say(!plan.Midway && !c.Upgraded && !b.snap.State.Has(record.PhaseGreeting) && !b.snap.State.FailedAt(record.PhaseGreeting) && b.seen.last != "", "The greeting is missing.")
	say(b.partial, "The end of the last reply is missing, and the reply is left out.")
	say(b.seen.noMessage, "The message itself is missing.")
	if t := b.snap.TLS; t != nil && t.Error == "" {
		say(!b.seen.messages, "The messages of the TLS handshake are missing.")
		say(t.Version == "", "The TLS version and the cipher suite are unknown.")
		say(len(t.Chain.List()) == 0, "The certificate is missing.")
		say(t.Unjudged(), "It is unknown whether the certificate was verified.")
	}
	return append(list, c.Lacks...)
}

// remark says where a log is from, what the source does not hold and what was masked.
func (c *Conversation) remark(b *builder, plan record.Plan) string {
	text := "Read from " + c.Source + "."
	if lacks := c.lacks(b, plan); len(lacks) > 0 {
		text += " " + strings.Join(lacks, " ")
	}
	if len(b.masked) > 0 {
		text += " Masked: " + strings.Join(b.masked, ", ") + "."
	}
	return text
}
