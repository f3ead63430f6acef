package walk

import (
	"fmt"
	"time"

	"ehlo/session/record"
)

// What a control showed: a second connection after a handshake to which not a byte came. Such an end has several causes that
// look alike, and how another connection fares tells some of them apart.

// onePacket is what a ClientHello can have, with its record header, and still cross most networks in one TCP segment.
const onePacket = 1200

// Control reports whether a second connection is worth its while after a handshake: not a byte came, nobody stopped it, and
// either the port may not begin with TLS, or a smaller ClientHello can be offered.
func Control(s record.Snapshot, tls *record.TLS) bool {
	if tls.Error == "" || tls.Received > 0 || tls.Trouble == record.TroubleCanceled || tls.Trouble == record.TroubleGaveUp {
		return false
	}
	return !s.State.Has(record.PhaseSTARTTLS) || tls.Sent > onePacket
}

// controlled tells what came of a control.
func (t *taking) controlled(p *record.Probe) {
	t.find(record.FoundControlAttempt, controlResult(p, t.s.State.Has(record.PhaseSTARTTLS)))
}

func controlResult(p *record.Probe, upgraded bool) string {
	asked := "After the failed handshake a second connection waited for a greeting"
	if upgraded {
		asked = "After the failed handshake a second connection went as far as STARTTLS"
	}
	if p.Hello > 0 {
		asked += fmt.Sprintf(", and then sent a ClientHello of %d bytes, which offers TLS 1.2 at most", p.Hello)
	}
	switch {
	case p.TLS:
		return asked + ": it was answered with TLS."
	case len(p.Raw) > 0:
		return asked + fmt.Sprintf(": the answer was “%s”.", shown(p.Raw, 80))
	case stoppedShort(p):
		return asked + ": it was stopped before anything arrived."
	case p.Trouble.Waited():
		return asked + ": nothing arrived."
	}
	return asked + ": the connection was " + endOf(p.Trouble) + " before any data arrived."
}

// stoppedShort reports whether a person ended a control before it showed anything: from that nothing follows.
func stoppedShort(p *record.Probe) bool {
	return len(p.Raw) == 0 && (p.Trouble == record.TroubleCanceled || p.Trouble == record.TroubleGaveUp)
}

// control is what the second connection showed after this handshake; nil where there was none.
func (t *taking) control() *record.Probe {
	if p := t.s.Probe; p != nil && p.Control {
		return p
	}
	return nil
}

// notTLS decides a handshake from the first byte by its control: the port speaks first, or ends every connection. False where
// the control showed neither.
func (t *taking) notTLS(tls *record.TLS) (*record.Finding, bool) {
	p, port := t.control(), t.target().Port
	if p == nil || p.Hello > 0 || t.s.State.Has(record.PhaseSTARTTLS) {
		return nil, false
	}
	switch {
	case t.speaksFirst(p.Raw):
		return t.fail(record.PhaseHandshake, record.FoundImplicitTLSOnSTARTTLSPort, fmt.Sprintf("Port %d of %s %s, and sends “%s” to a client that waits, like an SMTP server that expects STARTTLS.",
			port, t.host(), endsAt(tls), firstLine(p.Raw))), true
	case len(p.Raw) > 0:
		return t.fail(record.PhaseHandshake, record.FoundNotSMTP, fmt.Sprintf("Port %d of %s speaks neither TLS nor SMTP: to a client that waits it sends “%s”%s.", port, t.host(), firstLine(p.Raw), spoken(p.Raw))), true
	case p.Trouble == record.TroubleClosed || p.Trouble == record.TroubleReset:
		return t.fail(record.PhaseHandshake, record.FoundClosedAtOnce, fmt.Sprintf("Port %d of %s ends every connection at once: this one was %s at the ClientHello, and a second one, which sent nothing, was %s too.",
			port, t.host(), endOfTLS(tls), endOf(p.Trouble))), true
	}
	return nil, false
}

// longPause is for how long a client may say nothing before the pause itself may be why the connection is gone. RFC 5321 §4.5.3.2.7 asks
// servers for five minutes; many servers, and devices on the path, wait for less.
const longPause = 30 * time.Second

// paused is how long the client had said nothing when it sent its ClientHello. It is rather too short than too long: the control may
// count as time of the handshake.
func (t *taking) paused(tls *record.TLS) time.Duration {
	return t.e.T - tls.Took - t.control().Took - t.s.Heard
}

// bySize adds to a handshake that got no answer what a smaller ClientHello got.
func (t *taking) bySize(f *record.Finding, tls *record.TLS) {
	p := t.control()
	switch {
	case p == nil:
	case stoppedShort(p):
		f.Text += " A second connection was opened for comparison, but was stopped before it showed anything."
	case p.Hello == 0:
		f.Text += " " + shortOfTLS(p)
	case p.TLS && !tls.Trouble.Silent() && t.paused(tls) >= longPause:
		f.Text += fmt.Sprintf(" This client had paused for %s before its ClientHello, and a second connection without a pause was answered: the server may have closed an idle connection.",
			seconds(t.paused(tls)))
		f.Remedy, f.Operator = "connect again, and begin the handshake without a pause", ""
		f.Advice = []record.Advice{{Do: record.RetryAfter}, {Do: record.DoAsTold}}
	case p.TLS && tls.Sent > onePacket:
		f.Text += fmt.Sprintf(" A second connection offered TLS 1.2 at most, in a ClientHello of %d bytes, and was answered: the size of the ClientHello is the likely cause.", p.Hello)
		f.Remedy, f.Operator = "", "check whether a ClientHello of two packets passes; if it does not, update the firewall or load balancer in front of the server"
		f.Advice = []record.Advice{{Do: record.CapTLS, Name: "TLS 1.2"}, {Do: record.AskOperator}}
	case p.TLS && cappedBefore13(t.s.Start.TLSMax):
		f.Text += " A second connection with the same offer was answered: the server, or a proxy in front of it, fails intermittently."
		f.Advice = []record.Advice{{Do: record.RetryAfter, After: time.Minute}, {Do: record.AskOperator}}
	case p.TLS:
		f.Text += " A second connection offered TLS 1.2 at most and was answered: the offer of TLS 1.3 may be the cause, or the server fails intermittently."
		f.Advice = []record.Advice{{Do: record.CapTLS, Name: "TLS 1.2"}, {Do: record.AskOperator}}
	case p.Trouble.Waited():
		f.Text += fmt.Sprintf(" A second connection sent a ClientHello of %d bytes and got no answer either: the size is not the cause.", p.Hello)
		f.Advice = withoutCap(f)
	default:
		f.Text += fmt.Sprintf(" A second connection with a ClientHello of %d bytes was %s too: the size is not the cause.", p.Hello, endOf(p.Trouble))
		f.Advice = withoutCap(f)
	}
}

// cappedBefore13 reports whether the highest version that a plan names is below TLS 1.3.
func cappedBefore13(version string) bool { return version != "" && version < "1.3" }

// shortOfTLS says why a control showed nothing.
func shortOfTLS(p *record.Probe) string {
	switch {
	case len(p.Raw) > 0:
		return fmt.Sprintf("A second connection was opened for comparison, but did not reach the TLS handshake: the server replied “%s”.", firstLine(p.Raw))
	case p.Trouble.Waited():
		return "A second connection was opened for comparison, but did not reach the TLS handshake: nothing arrived."
	}
	return fmt.Sprintf("A second connection was opened for comparison, but did not reach the TLS handshake: it was %s.", endOf(p.Trouble))
}

// withoutCap is the advice of a finding's row but for a lower version of TLS.
func withoutCap(f *record.Finding) []record.Advice {
	row, _ := f.Code.Row()
	list := []record.Advice{}
	for _, a := range row.Advice {
		if a.Do != record.CapTLS {
			list = append(list, a)
		}
	}
	return list
}

// endsAt says what a port does to a connection that begins with TLS.
func endsAt(tls *record.TLS) string {
	switch {
	case tls.Trouble.Silent():
		return "does not answer a ClientHello"
	case tls.Diagnosis != nil && tls.Diagnosis.Code == record.FoundTLSReset:
		return "resets the connection at a ClientHello"
	}
	return "closes the connection at a ClientHello"
}

// endOfTLS says how the connection ended.
func endOfTLS(tls *record.TLS) string {
	if tls.Diagnosis != nil && tls.Diagnosis.Code == record.FoundTLSReset {
		return "reset"
	}
	return "closed"
}
