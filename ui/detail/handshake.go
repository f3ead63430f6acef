package detail

import (
	"cmp"
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// handshake is what the messages of one handshake say, worked out when it is looked at.
type handshake struct {
	tlswire.Summary
	messages []tlswire.Message
}

func party(dir tlswire.Direction) string {
	if dir == tlswire.ClientToServer {
		return "the client"
	}
	return "the server"
}

// maxMessages bounds the messages looked through: a handshake has a dozen.
const maxMessages = 256

// handshake reads the messages in front of the outcome of a handshake, and those that came soon after it.
func (s Subject) handshake() handshake {
	first := s.Row.Event
	for first > 0 && s.Row.Event-first < maxMessages && s.Index.Event(first-1).Kind == record.KindTLSMessage {
		first--
	}
	var h handshake
	for i := first; i < min(s.Upto, s.Row.Event+reach); i++ {
		e := s.Index.Event(i)
		if e.Kind == record.KindConnect || e.Kind == record.KindTLS && i != s.Row.Event {
			break // the next one begins
		}
		if e.TLSMessage != nil {
			h.messages = append(h.messages, *e.TLSMessage)
		}
	}
	h.Summary = tlswire.Describe(h.messages)
	return h
}

// decided lists what was chosen, and what follows from it on the wire.
func (w *writer) decided(h handshake, t *record.TLS) {
	w.choice("version", h.Version, t.Version)
	w.choice("suite", h.Suite, t.CipherSuite)
	w.choice("group", h.Group, t.Group)
	w.choice("signature", h.Signature, "")
	w.field("ALPN", alpn(h, t))
	w.field("SNI", t.ServerName)
	w.gap()
	w.prose("keys from", paint.Plain, h.Exchange)
	w.prose("encrypted", paint.Plain, h.encryptedFrom())
	w.prose("round trips", paint.Plain, h.trips())
	w.prose("resumption", paint.Plain, h.resumption(t))
	w.prose("client cert", paint.Plain, h.clientCertificate())
}

// choice is what came of one thing the client offered, and why; known is what crypto/tls says where no message tells.
func (w *writer) choice(name string, c tlswire.Choice, known string) {
	if c.Chosen.Name == "" {
		c.Chosen.Name = known
	}
	w.prose(name, paint.Strong, numbered(c.Chosen))
	w.meaning(clause(c.Chosen))
	if c.Why != "" {
		w.meaning("why: " + c.Why)
	}
}

func numbered(c tlswire.Code) string {
	if c.Value == 0 {
		return c.Name
	}
	return fmt.Sprintf("%s (0x%04x)", c.Name, c.Value)
}

// offered lists the client's offer, what was chosen of it marked.
func (w *writer) offered(h handshake) {
	for _, o := range []struct {
		noun string
		tlswire.Choice
	}{{"version", h.Version}, {"suite", h.Suite}, {"group", h.Group}, {"signature scheme", h.Signature}} {
		if len(o.Offered) > 0 {
			w.heading("the client offered " + dialogue.Number(len(o.Offered), o.noun) + usable(o.Choice, h.Version.Chosen))
		}
		for _, c := range o.Offered[:min(len(o.Offered), most)] {
			mark, ink := paint.Text("  "), paint.Dim
			if c.Value == o.Chosen.Value && o.Chosen.Name != "" {
				mark, ink = paint.Good.Line("✓ "), paint.Plain
			}
			w.add(paint.Hang(mark, paint.Chop(ink, c.Name, w.width-2))...)
		}
	}
}

// clause is the meaning of a code point with what to think of it.
func clause(c tlswire.Code) string {
	if c.Verdict == "" || c.Meaning == "" {
		return c.Meaning + c.Verdict
	}
	return c.Meaning + "; " + c.Verdict
}

// usable says how many of an offer count in the version that was chosen, where not all do.
func usable(c tlswire.Choice, version tlswire.Code) string {
	if c.Usable == 0 || c.Usable == len(c.Offered) {
		return ""
	}
	return fmt.Sprintf(", %d of them for %s", c.Usable, version.Name)
}

// alpn says what is spoken inside (RFC 7301).
func alpn(h handshake, t *record.TLS) string {
	list := strings.Join(h.Protocol.Offered[:min(len(h.Protocol.Offered), most)], ", ")
	switch chosen := cmp.Or(h.Protocol.Chosen, t.ALPN); {
	case chosen != "" && list != "":
		return chosen + ", offered: " + list
	case list != "":
		return "nothing was chosen, offered: " + list
	case chosen == "":
		return "not offered: SMTP uses none"
	default:
		return chosen
	}
}

// encryptedFrom says from which byte on each side encrypts.
func (h handshake) encryptedFrom() string {
	var parts []string
	for _, side := range []struct {
		name string
		tlswire.Start
	}{{"client", h.ClientEncrypted}, {"server", h.ServerEncrypted}} {
		if side.Message != "" {
			parts = append(parts, fmt.Sprintf("%s from its byte %s on, %s", side.name, dialogue.Count(int(side.Offset)), side.Message))
		}
	}
	if len(parts) == 0 && len(h.messages) > 0 {
		return "nothing was encrypted"
	}
	return strings.Join(parts, "; ")
}

func (h handshake) trips() string {
	switch {
	case !h.Complete:
		return ""
	case h.Retry:
		return fmt.Sprintf("%d before data: one more for HelloRetryRequest", h.RoundTrips)
	}
	return fmt.Sprintf("%d before data", h.RoundTrips)
}

func (h handshake) resumption(t *record.TLS) string {
	tickets := ""
	if h.Tickets > 0 {
		tickets = "; " + dialogue.Number(h.Tickets, "ticket") + " for later"
	}
	switch {
	case h.Resumed || t.Resumed:
		return "yes, an earlier session was resumed" + tickets
	case h.Complete:
		return "no, a full handshake" + tickets
	}
	return ""
}

func (h handshake) clientCertificate() string {
	switch {
	case h.CertificateRequested && h.CertificateSent:
		return "requested and sent, signed with " + cmp.Or(h.ClientSignature.Name, "an older scheme")
	case h.CertificateRequested:
		return "requested, none sent"
	case h.Complete:
		return "not requested"
	}
	return ""
}

// notes are the consequences of what was decided, each with its source.
func (w *writer) consequences(list []tlswire.Note) {
	for i, n := range list {
		if i == 0 {
			w.heading("consequences")
		}
		w.consequence(n, true)
	}
}

func (w *writer) consequence(n tlswire.Note, cited bool) {
	mark, ink := dialogue.Severity(record.Severity(n.Severity))
	text := paint.Wrap(paint.Plain, n.Text, w.width-2)
	if cited {
		text = append(text, paint.Wrap(paint.Dim, explain.Cited(n.Ref), w.width-2)...)
	}
	w.add(paint.Hang(ink.Line(mark+" "), text)...)
}

// inShort says in a few lines what a handshake came to, for the explain view.
func (w *writer) inShort(h handshake) {
	var words []string
	for _, c := range []tlswire.Code{h.Version.Chosen, h.Suite.Chosen, h.Group.Chosen, h.Signature.Chosen} {
		if c.Name != "" {
			words = append(words, c.Name)
		}
	}
	if len(words) == 0 {
		return
	}
	w.said("Chosen", strings.Join(words, ", "))
	w.said("Keys", h.Exchange)
	w.gap()
	for _, n := range h.Notes {
		if n.Headline() {
			w.consequence(n, false)
		}
	}
}

// died says what would help where a handshake did not come to its end.
func (w *writer) died(h handshake, t *record.TLS) {
	if d, ok := tlswire.Diagnose(h.messages, nil, explain.Meaning); ok && strings.Contains(t.Error, d.Sentence) {
		w.said("Try", d.Hint)
	}
	if n := len(h.messages); n > 0 {
		last := &h.messages[n-1]
		w.paragraph(fmt.Sprintf("The handshake ended after %s. The last was %s, from %s.", dialogue.Number(n, "message"), words.MessageName(last), party(last.Dir)))
	}
}
