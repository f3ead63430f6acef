package walk

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// How a client states another client's identity to a server that trusts it: with a PROXY header before anything else, with XCLIENT, after
// which the session starts over, and with XFORWARD, for the log alone (Postfix's XCLIENT_README and XFORWARD_README).

// times is how often another client's identity was stated in a way, on this connection.
func times(s record.State, v record.Verb) (n int) {
	for _, done := range s.Stated {
		if done == v {
			n++
		}
	}
	return n
}

func withStated(s record.State, v record.Verb) record.State {
	s.Stated = append(slices.Clip(s.Stated), v)
	return s
}

// headerDue reports whether the PROXY header that was asked for is what goes out next.
func headerDue(s record.Snapshot, g Goal) bool {
	return g.Proxy != nil && proxyDue.holds(s)
}

// nextXCLIENT decides about XCLIENT.
func nextXCLIENT(s record.Snapshot, g Goal) (record.Verb, *record.Finding, bool) {
	n := times(s.State, record.VerbXCLIENT)
	switch {
	case n >= len(g.XCLIENT):
		return "", nil, false
	case s.State.FailedAt(PhaseOf(record.VerbXCLIENT, s.State)):
		return record.VerbQuit, nil, true
	case unoffered(s, record.VerbXCLIENT, g.XCLIENT[n]) != nil:
		return record.VerbQuit, unoffered(s, record.VerbXCLIENT, g.XCLIENT[n]), true
	}
	return record.VerbXCLIENT, nil, true
}

// forwards reports whether XFORWARD comes before the message.
func forwards(s record.Snapshot, g Goal) bool {
	return len(g.XFORWARD) > 0 && times(s.State, record.VerbXFORWARD) == 0
}

// standsBeforeIdentity is why another client's identity cannot be stated although it was to be; nil where nothing is in the way.
func standsBeforeIdentity(s record.Snapshot, g Goal) *record.Finding {
	if n := times(s.State, record.VerbXCLIENT); n < len(g.XCLIENT) {
		return unoffered(s, record.VerbXCLIENT, g.XCLIENT[n])
	}
	if forwards(s, g) && s.State.Transaction == record.TransactionNone && s.State.Delivered == 0 {
		return unoffered(s, record.VerbXFORWARD, strings.Join(g.XFORWARD, " "))
	}
	return nil
}

// unoffered says what of a command's attributes the server does not list; nil where it lists them all.
func unoffered(s record.Snapshot, v record.Verb, attributes string) *record.Finding {
	name, phase := rowOf(v).name, PhaseOf(v, s.State)
	if s.Capabilities == nil || !s.Capabilities.Has(name) {
		return blocked(phase, record.FoundClientIdentityNotOffered, "%s does not offer %s to this client, so no identity was stated.", s.Server(), name)
	}
	offered, _ := s.Capabilities.Get(name)
	var lacks []string
	for word := range strings.FieldsSeq(attributes) {
		if attribute, _, _ := strings.Cut(word, "="); !named(offered.Params, attribute) {
			lacks = append(lacks, wire.VisibleString(attribute))
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return blocked(phase, record.FoundClientIdentityNotOffered, "%s offers %s without %s: it accepts only %s.", s.Server(), name, enumerate(lacks), visibleList(offered.Params))
}

// identityLine is the command with what was asked for, or with an example of a documentation address.
func identityLine(s record.Snapshot, name string, asked []string, n int) string {
	attributes := "NAME=client.example ADDR=192.0.2.7"
	if n < len(asked) {
		attributes = asked[n]
	}
	return name + " " + attributes
}

func xclientLine(s record.Snapshot, g Goal) string {
	return identityLine(s, "XCLIENT", g.XCLIENT, times(s.State, record.VerbXCLIENT))
}

func xforwardLine(s record.Snapshot, g Goal) string {
	var all []string
	if len(g.XFORWARD) > 0 {
		all = []string{strings.Join(g.XFORWARD, " ")}
	}
	return identityLine(s, "XFORWARD", all, 0)
}

// offering is the line of an EHLO reply that offers a command with all attributes that were asked for.
func offering(name string, asked []string) string {
	for word := range strings.FieldsSeq(strings.Join(asked, " ")) {
		attribute, _, _ := strings.Cut(word, "=")
		name += " " + attribute
	}
	return name
}

// headerLine is the PROXY header with its end, as it goes out.
func headerLine(s record.Snapshot, g Goal) string {
	switch {
	case g.Proxy == nil:
		return ""
	case s.Connect == nil: // in a rehearsal
		return string(g.Proxy.Bytes("127.0.0.1:49152", fmt.Sprintf("127.0.0.1:%d", s.Start.Target.Port)))
	}
	return string(g.Proxy.Bytes(s.Connect.Local, s.Connect.Remote))
}

// afterXCLIENT is the beginning of another session on the same connection: EHLO comes again, and TLS stays.
func afterXCLIENT(s record.State, _ string, r *wire.Reply) record.State {
	if !positive(r) {
		return s.WithFailed(PhaseOf(record.VerbXCLIENT, s))
	}
	s = withStated(clearTransaction(s), record.VerbXCLIENT)
	s.Stage, s.ESMTP, s.Peer, s.Auth, s.User = record.StageGreeted, false, firstWord(r), record.AuthNone, ""
	return s
}

func afterXFORWARD(s record.State, _ string, r *wire.Reply) record.State {
	if !positive(r) {
		return s.WithFailed(record.PhaseMail)
	}
	return withStated(s, record.VerbXFORWARD)
}

// shownHeader is a PROXY header as a person reads it.
func shownHeader(header string) string {
	if text := wire.ShownProxyHeader([]byte(header)); text != "" {
		return text
	}
	return strings.TrimSuffix(header, "\r\n")
}

// explainHeader says what a PROXY header states.
func explainHeader(raw wire.Raw) *explain.Explanation {
	x := explain.Send("PROXY", explain.SendContext{})
	h, err := wire.ParseProxyHeader(raw)
	if err != nil {
		x.Cause = "This is not a well-formed PROXY header: a server that expects one closes the connection."
		return &x
	}
	x.Text = fmt.Sprintf("It states %s (version %d). %s", h, h.Version, x.Text)
	return &x
}

// headerRefused ends a session whose PROXY header was read as a command: its reply comes after the greeting, or in the place of that to
// EHLO.
func (t *taking) headerRefused(r *record.Reply) bool {
	early := t.s.State.Stage == record.StageGreeted && !t.s.State.Has(record.PhaseEHLO)
	if times(t.s.State, record.VerbProxy) == 0 || !early || !r.Unasked && !unknownCommand(r.Code) || r.Unasked && r.Code < 500 {
		return false
	}
	t.state.Stage = record.StageBroken
	f := t.fail(record.PhaseGreeting, record.FoundProxyHeaderRefused, fmt.Sprintf("Port %d of %s does not expect a PROXY header: it greeted, and answered %s to the header as to a command%s.",
		t.target().Port, t.host(), codes(&r.Reply), quoted(&r.Reply)))
	f.Reply = r.Code
	return true
}

// closedOnHeader is a connection that ended after the PROXY header, without a greeting.
func (t *taking) closedOnHeader(end string) bool {
	if times(t.s.State, record.VerbProxy) == 0 {
		return false
	}
	t.fail(record.PhaseGreeting, record.FoundProxyHeaderRefused, fmt.Sprintf("The connection to port %d of %s was %s after the PROXY header, without a greeting: the server cannot read this header, or does not accept it from this address.",
		t.target().Port, t.host(), end))
	return true
}

// misstated says what to do where a server accepts the command and not what it says (RFC 5321 §4.2.4: 501 and 504 are about parameters).
func misstated(f *record.Finding, r *record.Reply) {
	if r.Code != 501 && r.Code != 504 {
		return
	}
	f.Who, f.Remedy, f.Operator = record.WhoYou, "state only attributes and values that the server accepts; values are encoded as in DSN, with +20 for a space", ""
	f.Advice = []record.Advice{{Do: record.DoAsTold}}
}

// localError is how Postfix greets whom it expected to send a PROXY header: after one that it cannot read, or after a wait for one.
const localError = "server local error"

// blamesHeader points at the PROXY header where a server gives up before its greeting.
func (t *taking) blamesHeader(f *record.Finding, r *record.Reply) {
	if t.e.Step != record.VerbGreeting || r.Code != 421 || !strings.Contains(strings.ToLower(r.Text()), localError) {
		return
	}
	if times(t.s.State, record.VerbProxy) > 0 {
		f.Text += " It may be unable to read the PROXY header that was sent."
		return
	}
	if r.Wait >= late {
		f.Text += fmt.Sprintf(" It waited %s before: this port may expect a PROXY header from a load balancer.", seconds(r.Wait))
	}
}
