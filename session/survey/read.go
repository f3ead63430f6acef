package survey

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Read is the cell that one session shows, by its log.
func Read(log record.Source) Cell {
	var r reading
	for i := range log.Len() {
		r.take(record.Skim(log, i))
	}
	r.cell.State = r.state()
	r.mailbox()
	r.cell.Sessions = []record.Source{log}
	return r.cell
}

// reading goes through a log.
type reading struct {
	cell     Cell
	connect  *record.Connect
	probe    *record.Probe
	greeting *record.Reply
	failed   *record.TLS // the handshake, where it did
	inside   bool        // it went well
	offered  bool        // STARTTLS
}

func (r *reading) take(e *record.Event) {
	switch e.Kind {
	case record.KindStart:
		r.cell.Address, r.cell.Port, r.cell.Role = e.Start.Address, e.Start.Target.Port, e.Start.Target.Role()
		r.cell.policy = e.Start.Policy
	case record.KindConnect:
		r.connect, r.cell.Connect = e.Connect, e.Connect.Took
	case record.KindProbe:
		if !e.Probe.Control {
			r.probe = e.Probe
		}
	case record.KindReply:
		r.replied(e)
	case record.KindCapabilities:
		r.listed(e.Capabilities)
	case record.KindTLS:
		r.shook(e.TLS)
	case record.KindEnd:
		r.cell.Verdict = *e.End
	}
}

func (r *reading) replied(e *record.Event) {
	if e.Step != record.VerbGreeting || r.greeting != nil {
		return
	}
	r.greeting, r.cell.Greet = e.Reply, e.Reply.Wait
	r.cell.Greeting = firstLine(e.Reply)
}

// firstLine is that of a reply, made visible.
func firstLine(r *record.Reply) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(r.Raw)), "\n")
	return shortened(wire.VisibleString(strings.TrimSpace(line)))
}

// mostGreeting bounds what is kept of a greeting, in characters.
const mostGreeting = 200

func shortened(text string) string {
	if r := []rune(text); len(r) > mostGreeting {
		return string(r[:mostGreeting]) + "…"
	}
	return text
}

// listed takes an EHLO reply.
func (r *reading) listed(c *record.Capabilities) {
	mechanisms := visible(c.AuthMechanisms())
	r.cell.Keywords, r.cell.Size = nil, 0
	for _, k := range c.Keywords {
		r.cell.Keywords = append(r.cell.Keywords, wire.VisibleString(strings.Join(append([]string{k.Keyword}, k.Params...), " ")))
	}
	r.cell.Size, _ = c.Size()
	if c.TLS {
		r.cell.ListedInside, r.cell.AuthInside = true, mechanisms
		return
	}
	r.cell.Listed, r.cell.AuthBefore, r.offered = true, mechanisms, c.Has("STARTTLS")
}

func visible(list []string) (shown []string) {
	for _, s := range list {
		shown = append(shown, wire.VisibleString(s))
	}
	return shown
}

// shook takes a handshake.
func (r *reading) shook(t *record.TLS) {
	if t.Error != "" {
		r.failed = t
		return
	}
	r.inside = true
	r.cell.TLS = &TLS{Version: t.Version, Suite: t.CipherSuite, Group: t.Group, Verified: t.Verified, Chain: len(t.Chain.List())}
	if own := t.Own(); own != nil {
		r.cell.TLS.Certificate = *own
		r.cell.TLS.Certificate.Raw = nil
	}
	for _, c := range t.Chain.List() {
		r.cell.TLS.Raw = append(r.cell.TLS.Raw, c.Raw)
	}
	for _, c := range t.Checks.AtHand() {
		if c.Failed() {
			r.cell.TLS.Faults = append(r.cell.TLS.Faults, c)
		}
	}
}

// state is what the port does, by the first thing that decides.
func (r *reading) state() State {
	switch {
	case r.connect == nil:
		return StateUnknown
	case r.connect.Error != "":
		return unconnected(r.connect.Trouble)
	case r.greeting != nil && r.greeting.Code != 0 && r.greeting.Code/100 != 2:
		return StateRejects
	case r.foreign():
		return StateForeign
	case r.inside && !r.cell.Listed, r.greeting == nil && r.failed != nil:
		return r.fromTheFirstByte()
	case r.greeting == nil:
		return StateUnknown
	case r.greeting.Code == 0:
		return r.wordless()
	case r.offered:
		return StateSTARTTLS
	}
	return StateCleartext
}

// unconnected is the state of a port to which there is no connection.
func unconnected(why record.Trouble) State {
	switch why {
	case record.TroubleRefused, record.TroubleReset:
		return StateRefused
	case record.TroubleTimeout, record.TroubleGaveUp:
		return StateFiltered
	case record.TroubleCanceled:
		return StateUnknown
	}
	return StateUnreachable
}

// foreign reports whether another protocol answers, and notes which.
func (r *reading) foreign() bool {
	said := []byte(nil)
	switch {
	case r.greeting != nil && r.greeting.Trouble == record.TroubleNotSMTP:
		said = r.greeting.Raw
	case r.greeting != nil && r.probe != nil && wire.Foreign(r.probe.Raw) != "":
		said = r.probe.Raw
	case r.greeting == nil && r.failed != nil && wire.Foreign(r.failed.Foreign) != "":
		said = r.failed.Foreign
	default:
		return false
	}
	if r.cell.Protocol = wire.Foreign(said); r.cell.Protocol == "" {
		r.cell.Protocol = "unknown"
	}
	return true
}

// fromTheFirstByte is the state of a port to which a ClientHello went first.
func (r *reading) fromTheFirstByte() State {
	switch {
	case r.inside:
		return StateTLS
	case r.failed.Trouble == record.TroubleCanceled:
		return StateUnknown
	case len(r.failed.Foreign) > 0:
		return StateCleartext
	case r.failed.Trouble.Silent():
		return StateSilent
	case r.failed.Received == 0:
		return StateClosed
	}
	return StateTLS
}

// wordless is the state of a port at which no greeting came.
func (r *reading) wordless() State {
	switch {
	case r.probe != nil && r.probe.TLS, r.greeting.Trouble == record.TroubleTLSBytes:
		return StateTLS
	case r.greeting.Trouble == record.TroubleCanceled:
		return StateUnknown
	case r.greeting.Trouble.Silent():
		return StateSilent
	}
	return StateClosed
}

// mailbox puts right the verdict on a port that is for reading mail: what is at home there is no failure, and SMTP is one.
func (r *reading) mailbox() {
	home, ok := mailboxes.Find(r.cell.Port)
	switch {
	case !ok || !r.cell.State.Speaks():
	case r.cell.Protocol == home:
		r.cell.Verdict = record.Verdict{Phase: record.PhaseGreeting, Outcome: record.OutcomeDone, Facts: r.cell.Verdict.Facts,
			Cause: fmt.Sprintf("Port %d answers with %s, which it is registered for.", r.cell.Port, home)}
	case r.cell.Protocol == "":
		r.cell.Verdict = record.Verdict{Phase: record.PhaseGreeting, Exit: record.ExitGreeting, Outcome: record.OutcomeFailed, Who: record.WhoOperator, Facts: r.cell.Verdict.Facts,
			Cause: fmt.Sprintf("Port %d answers with SMTP, and is registered for %s.", r.cell.Port, home)}
	}
}

// mailboxes are the protocols that are at home on the ports for reading mail (RFC 1939, RFC 9051; RFC 8314 §7.1 and §7.2).
var mailboxes = lazy.Table[int, string]{{110, "POP3"}, {143, "IMAP"}, {993, "IMAP"}, {995, "POP3"}}

// And is the cell with what another session at the same port adds to it.
func (c Cell) And(more Cell) Cell {
	sessions := slices.Concat(c.Sessions, more.Sessions)
	if decides(c, more) {
		c.Verdict, sessions = more.Verdict, slices.Concat(more.Sessions, c.Sessions)
	}
	c.Sessions, c.policy = sessions, more.policy
	if !more.State.Speaks() {
		return c
	}
	c.State, c.Protocol = more.State, more.Protocol
	if more.Greeting != "" {
		c.Greeting, c.Greet = more.Greeting, more.Greet
	}
	if more.TLS != nil {
		c.TLS = more.TLS
	}
	if more.Listed {
		c.Listed, c.AuthBefore = true, more.AuthBefore
	}
	if more.ListedInside {
		c.ListedInside, c.AuthInside = true, more.AuthInside
	}
	if len(more.Keywords) > 0 {
		c.Keywords, c.Size = more.Keywords, more.Size
	}
	return c
}

// decides reports whether the verdict is that of the further session. A port that is for one way to start TLS is judged by that way, and
// any other by the way that works. A certificate that failed verification stays the verdict, whatever comes after it.
func decides(c, more Cell) bool {
	return more.State.Speaks() && (c.policy.Start != more.policy.Start && !fixed(c.Port) || c.policy.Must != more.policy.Must)
}

// fixed reports whether the port says when TLS starts (RFC 8314 §3.3 for 465; a client at 25 and 587 speaks in cleartext first).
func fixed(port int) bool {
	return port == record.PortRelay || port == record.PortSubmissions || port == record.PortSubmission
}

// First is how a port is met first: as it is meant to be. TLS is required, so that the verdict is about it.
func First(t record.Target) record.Policy {
	if t.Implicit {
		return record.Policy{Start: record.StartImplicit, Must: record.MustRequire}
	}
	return record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}
}

// Further is how a port is met again to see what the sessions before did not show; ok is false where they showed all.
func (c Cell) Further() (p record.Policy, ok bool) {
	p = c.policy
	switch {
	case mailboxes.Of(c.Port) != "":
		return p, false
	case c.TLS != nil && !c.TLS.Verified && !c.ListedInside && !p.AllowUnverified:
		p.AllowUnverified = true // to see the EHLO reply inside; nothing is sent that matters
	case p.Start == record.StartImplicit && c.State == StateCleartext:
		p = record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}
	case p.Start == record.StartSTARTTLS && c.State == StateTLS:
		p = record.Policy{Start: record.StartImplicit, Must: record.MustRequire}
	case p.Must == record.MustRequire && c.State == StateCleartext && c.Port == record.PortRelay:
		p.Must = record.MustOpportunistic // a relay may do without (RFC 3207 §4)
	default:
		return p, false
	}
	return p, true
}

// Mode is the name of the policy, as [record.ParsePolicy] reads it, by which a session with the port goes as far as it can: TLS starts
// where the port has shown it to start, and else where the port is for it.
func (c Cell) Mode() string {
	switch {
	case c.State == StateTLS, c.TLS != nil && !c.Listed, c.Port == record.PortSubmissions && !c.State.cleartext():
		return "implicit"
	case c.State == StateSTARTTLS && c.Port != record.PortRelay, c.Port == record.PortSubmission:
		return "require"
	}
	return "opportunistic"
}

// cleartext reports whether SMTP begins without TLS there.
func (s State) cleartext() bool { return s == StateCleartext || s == StateSTARTTLS }

// Mailbox reports whether a port is for reading mail. There the greeting alone is looked at.
func Mailbox(port int) bool { return mailboxes.Of(port) != "" }

// ReadRelay is what a session shows that went as far as RCPT.
func ReadRelay(log record.Source) *Relay {
	found := &Relay{}
	for i := range log.Len() {
		e := record.Skim(log, i)
		if e.Reply == nil || e.Reply.Code == 0 || e.Step != record.VerbMail && e.Step != record.VerbRcpt {
			continue
		}
		accepted := e.Reply.Code/100 == 2
		found.Asked = e.Step == record.VerbRcpt || !accepted
		found.Accepted, found.Said = e.Step == record.VerbRcpt && accepted, firstLine(e.Reply)
	}
	return found
}
