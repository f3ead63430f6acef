package engine

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// handshakeFailed keeps the messages up to the failure and says who gave up and why.
func (s *Session) handshakeFailed(ctx context.Context, summary *record.TLS, err error) error {
	s.hangUp()
	messages := s.tap.decoder.Finish()
	s.appendTLS(messages)
	s.tap.stop()
	e := s.explainHandshake(ctx, err, messages)
	summary.Error, summary.Decided = e.Text, record.DecidedBy(messages)
	s.append(record.Event{Kind: record.KindTLS, TLS: summary, Explain: explainTLS(summary)})
	s.findFaults(summary.Checks)
	return s.fail(e)
}

func (s *Session) explainHandshake(ctx context.Context, err error, messages []tlswire.Message) *record.Error {
	e := &record.Error{Phase: record.PhaseHandshake, Verb: record.VerbHandshake, Exit: record.ExitHandshake, Err: err}
	if s.notTLS(e, messages) {
		return e
	}
	e.Finding, e.Text = "tls-handshake-failed", "the TLS handshake failed: "+cleanTLS(err)
	e.Hint = "compare what was offered with what the server takes: --tls-min and --tls-max change the offer"
	if ctx.Err() != nil {
		e.Interrupted(ctx, "the TLS handshake")
		err = ctx.Err()
	}
	if errors.Is(err, context.Canceled) {
		return e
	}
	if d, ok := tlswire.Diagnose(messages, err, explain.Meaning); ok {
		e.Finding, e.Text, e.Hint = d.Code, wire.VisibleString(d.Sentence), d.Hint
	}
	if e.Exit == record.ExitTimeout {
		e.Text, e.Hint = "the TLS handshake took too long: "+e.Text, e.Hint+"; --timeout allows more time"
	}
	return e
}

// cleanTLS is crypto/tls's own words without its prefixes, made visible since they may quote the server.
func cleanTLS(err error) string {
	return wire.VisibleString(strings.TrimPrefix(record.LastError(err).Error(), "tls: "))
}

// notTLS names the mismatch of port and TLS mode when an SMTP reply stands where TLS was expected.
func (s *Session) notTLS(e *record.Error, messages []tlswire.Message) bool {
	said, found := tlswire.Foreign(messages)
	if !found || len(said) < 3 || said[0] < '2' || said[0] > '5' || !digit(said[1]) || !digit(said[2]) || s.state.Has(record.PhaseSTARTTLS) {
		return false
	}
	t := s.cfg.Target
	e.Finding = "implicit-tls-on-starttls-port"
	e.Text = fmt.Sprintf("port %d answers a ClientHello in clear text (%s): it speaks SMTP first and TLS only after STARTTLS", t.Port, clearText(said))
	e.Hint = fmt.Sprintf("use %s, or --tls require", starttlsURL(t))
	return true
}

// mostClearText is how much is told of what came in place of TLS.
const mostClearText = 240

// clearText quotes whole lines, as far as there is room.
func clearText(said []byte) string {
	said = bytes.TrimRight(said, "\r\n")
	if len(said) <= mostClearText {
		return fmt.Sprintf("%q", said)
	}
	return fmt.Sprintf("%q…, %d bytes", said[:mostClearText], len(said))
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func starttlsURL(t record.Target) string {
	switch t.Port {
	case record.PortRelay:
		return "smtp://" + t.Host
	case record.PortSubmission:
		return "submission://" + t.Host
	}
	return "submission://" + t.String()
}

// tlsRefusal looks for an alert that explains why the server closed. With TLS 1.3 the refusal of a client certificate
// comes after the client thinks the handshake is over (RFC 9846 §4.5.1.3).
func (s *Session) tlsRefusal() *record.Error {
	if s.tap.decoder == nil {
		return nil
	}
	s.appendTail()
	messages := s.tlsMessages()
	for i, m := range messages {
		if _, _, ok := m.Alert(); !ok || m.Dir != tlswire.ServerToClient {
			continue
		}
		if d, ok := tlswire.Diagnose(messages[:i+1], nil, explain.Meaning); ok {
			_, description, _ := m.Alert()
			return &record.Error{Phase: record.PhaseHandshake, Verb: record.VerbHandshake, Finding: lateFinding(d.Code), Exit: record.ExitHandshake,
				Err: tls.AlertError(description), Text: wire.VisibleString(d.Sentence), Hint: d.Hint}
		}
	}
	return nil
}

// lateFinding is that of a refusal after the handshake. What is about a client certificate is the same early or late.
func lateFinding(code string) string {
	switch code {
	case "tls-certificate-required", "tls-client-certificate-refused":
		return code
	}
	return "tls-refused-late"
}

// appendTail records the TLS messages at the end of a connection.
func (s *Session) appendTail() {
	s.appendTLS(append(s.held, s.tap.decoder.Finish()...))
	s.held = nil
}

// tlsMessages are those of this connection, as they were recorded.
func (s *Session) tlsMessages() []tlswire.Message {
	var list []tlswire.Message
	for i := s.log.Len() - 1; i >= 0 && s.log.At(i).Kind != record.KindConnect; i-- {
		if m := s.log.At(i).TLSMessage; m != nil {
			list = append(list, *m)
		}
	}
	slices.Reverse(list)
	return list
}

// tlsDamage explains a connection that our own side ended because what came does not decrypt or is no TLS; nil if that
// is not what err says.
func (s *Session) tlsDamage(err error, what string) *record.Error {
	e := &record.Error{Finding: "tls-record-damaged", Exit: record.ExitProtocol, Err: err,
		Hint: "try again, and from another network: something on the way changes the bytes, or what stands in front of the server does"}
	var header tls.RecordHeaderError
	switch alert, ours := alertIn(err); {
	case ours:
		e.Text = fmt.Sprintf("a TLS record of the server is damaged (%s): it came while %s, and the client ended the connection over it", alert, what)
	case errors.As(err, &header):
		e.Text = fmt.Sprintf("bytes that are no TLS record came in the middle of TLS, while %s: %q", what, wire.Visible(header.RecordHeader[:]))
	default:
		return nil
	}
	return e
}

// alertIn is the alert that crypto/tls says ended the connection; ours if our side sent it. The name is empty if it was
// none.
func alertIn(err error) (name string, ours bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" && op.Op != "local error" {
		return "", false
	}
	return wire.VisibleString(strings.TrimPrefix(record.LastError(op.Err).Error(), "tls: ")), op.Op == "local error"
}

// describeEnd stands in place of a reply that did not come since TLS ended; empty if err is of another kind.
func describeEnd(err error) string {
	var header tls.RecordHeaderError
	switch name, ours := alertIn(err); {
	case errors.As(err, &header):
		return "what came is no TLS record"
	case name == "":
		return ""
	case ours:
		return "the client ended TLS: " + name
	default:
		return "the server ended TLS with the alert: " + name
	}
}
