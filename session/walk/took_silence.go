package walk

import (
	"fmt"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// What it means that no greeting comes. On the first connection there is nothing but silence or its end; a second one, on
// which a ClientHello was sent, often tells more.

func (t *taking) probed(p *record.Probe) {
	if p.Control {
		t.controlled(p)
		return
	}
	t.find(record.FoundSilenceProbed, probeResult(p))
}

// probeResult says what came of the second connection.
func probeResult(p *record.Probe) string {
	const asked = "The server had sent nothing, so a second connection sent a ClientHello"
	switch {
	case p.TLS && p.Trouble.Silent():
		return asked + ", and the server answered with TLS. Inside TLS no greeting arrived either."
	case p.TLS:
		return asked + ", and the server answered with TLS."
	case len(p.Raw) > 0:
		return asked + fmt.Sprintf(", and the server answered in cleartext with “%s”.", shown(p.Raw, 80))
	case p.Trouble.Waited():
		return asked + ", and the server did not answer."
	}
	return asked + ", and this connection was " + endOf(p.Trouble) + " before any data arrived."
}

// endOf says how a connection ended.
func endOf(why record.Trouble) string {
	switch why {
	case record.TroubleReset, record.TroubleFailed:
		return "reset"
	case record.TroubleRefused:
		return "refused"
	}
	return "closed"
}

// alsoOnProbe is a further sentence about a silence, with a space before it: the second connection met with it too.
func (t *taking) alsoOnProbe() string {
	if p := t.s.Probe; p != nil && t.e.Step == record.VerbGreeting && !p.TLS && len(p.Raw) == 0 && p.Trouble.Silent() {
		return " On a second connection the server did not answer a ClientHello either."
	}
	return ""
}

// probeTells decides a silence, or the end of one, by what the second connection showed; false where it showed nothing.
func (t *taking) probeTells() bool {
	p := t.s.Probe
	switch {
	case p == nil || !p.TLS && len(p.Raw) == 0:
		return false
	case p.TLS && wire.Foreign(p.Raw) != "":
		t.fail(record.PhaseGreeting, record.FoundNotSMTP, fmt.Sprintf("Port %d of %s does not speak SMTP: it expects TLS, and inside TLS it sends “%s”%s.", t.target().Port, t.host(), firstLine(p.Raw), spoken(p.Raw)))
	case p.TLS && p.Trouble.Silent() && !mailPort(t.target().Port):
		t.fail(record.PhaseGreeting, record.FoundSilenceInTLS, fmt.Sprintf("Port %d of %s expects TLS, and no greeting arrives inside TLS either, as a second connection showed: %s.",
			t.target().Port, t.host(), clientFirst(t.target().Port)))
	case p.TLS:
		t.fail(record.PhaseGreeting, record.FoundSilenceOnImplicitPort, fmt.Sprintf("Port %d of %s expects TLS from the first byte: it sent no greeting, and on a second connection it answered a ClientHello.", t.target().Port, t.host()))
	case wire.Foreign(p.Raw) == "HTTP":
		t.fail(record.PhaseGreeting, record.FoundHTTPBanner, fmt.Sprintf("A web server answers on port %d of %s: it waits for the client, and answered a ClientHello with “%s”.", t.target().Port, t.host(), firstLine(p.Raw)))
	case p.Raw[0] == '2':
		t.fail(record.PhaseGreeting, record.FoundGreetingWaitsForClient, fmt.Sprintf("A proxy in front of %s waits until the client sends data: a second connection that sent a ClientHello was answered with “%s”.", t.host(), firstLine(p.Raw)))
	case p.Raw[0] >= '3' && p.Raw[0] <= '5':
		return false
	default:
		t.fail(record.PhaseGreeting, record.FoundNotSMTP, fmt.Sprintf("Port %d of %s does not speak SMTP: it waits for the client, and answered a ClientHello with “%s”.", t.target().Port, t.host(), firstLine(p.Raw)))
	}
	t.state.Stage = record.StageClosed
	return true
}

// mailPort reports whether a port is one of SMTP, on which a silence inside TLS is a slow greeting.
func mailPort(port int) bool {
	return port == record.PortRelay || port == record.PortSubmission || port == record.PortSubmissions || port == record.PortAlternate
}

// clientFirst names the usual reason why a server says nothing, and what its port is for.
func clientFirst(port int) string {
	const usual = "in another protocol, such as HTTPS, the client sends first"
	if e, ok := explain.Port(port); ok && port != record.PortRelay {
		return fmt.Sprintf("%s (port %d: %s)", usual, port, e.Short)
	}
	return usual
}

// silentInTLS decides a silence on a port that is not one of SMTP, after a handshake that went well.
func (t *taking) silentInTLS(r *record.Reply) bool {
	if !r.Trouble.Silent() || !t.s.State.Security.Encrypted() || mailPort(t.target().Port) {
		return false
	}
	t.state.Stage = record.StageBroken
	t.fail(record.PhaseGreeting, record.FoundSilenceInTLS, fmt.Sprintf("Port %d of %s speaks TLS, and no greeting arrived inside it: %s. The wait for it %s.",
		t.target().Port, t.host(), clientFirst(t.target().Port), waitedFor(r.Trouble, r.Wait))).Waited = true
	return true
}

// atOnce is how soon a connection ends that nobody behind it has looked at.
const atOnce = 1500 * time.Millisecond

// notGreeted is a connection that ended without a word: at once, or after a wait for something.
func (t *taking) notGreeted(r *record.Reply) {
	if t.probeTells() {
		return
	}
	end := endOf(r.Trouble)
	if t.closedOnHeader(end) {
		return
	}
	if t.s.Probe == nil && r.Wait < atOnce {
		t.fail(record.PhaseGreeting, record.FoundClosedAtOnce, fmt.Sprintf("Port %d of %s accepted the connection%s, and the connection was then %s at once, without a greeting.", t.target().Port, t.host(), t.within(), end))
		return
	}
	also := ""
	if p := t.s.Probe; p != nil && !p.Trouble.Waited() {
		also = fmt.Sprintf(", and so was a second one that sent a ClientHello (%s)", endOf(p.Trouble))
	}
	t.fail(record.PhaseGreeting, record.FoundClosedWithoutGreeting, fmt.Sprintf("The connection to port %d of %s was %s after %s without a greeting%s: the port may expect a PROXY header, or use another protocol in which the client sends first.",
		t.target().Port, t.host(), end, seconds(r.Wait), also))
}

// within says that TLS was there, so that what accepts the connection is not what should greet.
func (t *taking) within() string {
	if t.s.State.Security.Encrypted() {
		return " and the TLS handshake"
	}
	return ""
}

// seconds is a wait in words; whole minutes from two minutes on, as the limits of RFC 5321 §4.5.3.2 are.
func seconds(d time.Duration) string {
	switch n := int(d.Round(time.Second) / time.Second); {
	case n < 1:
		return "less than a second"
	case n >= 120:
		return record.Plural(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	default:
		return record.Plural(n, "second", "seconds")
	}
}

// late is when an answer counts as held back on purpose, or by a lookup that goes nowhere.
const late = 4 * time.Second

// delayed points at a reply that took long, with the usual causes of such a delay.
func (t *taking) delayed(r *record.Reply) {
	if r.Wait < late || r.Trouble != "" || r.Unasked {
		return
	}
	if t.e.Step == record.VerbGreeting {
		t.find(record.FoundGreetingDelayed, fmt.Sprintf("%s greeted after %s: %s.", t.host(), seconds(r.Wait), greetingCause(r.Wait)))
		return
	}
	t.find(record.FoundReplyDelayed, fmt.Sprintf("%s answered %s after %s: %s.", t.host(), nameOf(t.e.Step, t.line()), seconds(r.Wait), t.replyCause(r)))
}

// greetingCause goes by how long: a name server is asked again after 5 seconds and given up after about 10, postscreen waits 6
// seconds by its default settings.
func greetingCause(wait time.Duration) string {
	switch {
	case wait < 8*time.Second:
		return "usually a reverse DNS or DNSBL lookup that timed out once, or a deliberate delay, such as that of postscreen, that spam software does not wait out"
	case wait < 20*time.Second:
		return "usually a reverse DNS or DNSBL lookup that no name server answered, or a deliberate delay that spam software does not wait out"
	}
	return "usually several lookups that timed out (reverse DNS, DNSBL, ident), or a tarpit that slows unwelcome clients down"
}

// replyCause goes by what was answered.
func (t *taking) replyCause(r *record.Reply) string {
	switch phase := t.phase(); {
	case phase == record.PhaseData:
		return "usually spam and virus filters that check the message first"
	case phase == record.PhaseAuth:
		return "usually a slow password backend, or a pause that the server makes after failed logins"
	case r.Code >= 400:
		return "usually a tarpit, which delays refusals, or a DNS or DNSBL lookup that timed out"
	case r.Wait >= 20*time.Second:
		return "usually several DNS or DNSBL lookups that timed out, or a tarpit that slows unwelcome clients down"
	}
	return "usually a DNS or DNSBL lookup that timed out, or a check of the sender or recipient on another server"
}
