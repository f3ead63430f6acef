package detail

import (
	"strings"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// joined is a few lines with a page below them.
type joined struct {
	head lines
	rest Page
}

// Len implements [Page].
func (j joined) Len() int { return j.head.Len() + j.rest.Len() }

// Line implements [Page].
func (j joined) Line(i int) paint.Line {
	if i < j.head.Len() {
		return j.head.Line(i)
	}
	return j.rest.Line(i - j.head.Len())
}

// wirePage shows what somebody on the path saw: the text itself before TLS, only ciphertext after it.
func wirePage(s Subject, width int) Page {
	w := &writer{width: width}
	e := s.event()
	switch e.Kind {
	case session.KindSend:
		return w.crossed([]byte(e.Send.Raw), e.Send.TLS, e.Send.Cipher, len(e.Send.Masked) > 0)
	case session.KindReply:
		return w.crossed([]byte(e.Reply.Raw), e.Reply.TLS, e.Reply.Cipher, e.Reply.Masked != "")
	case session.KindTLSMessage:
		return w.onWire(e.TLSMessage)
	}
	w.heading(wireHeading(e))
	w.paragraph(wireText(e))
	return w.out
}

func (w *writer) crossed(raw []byte, tls bool, c *session.Cipher, secret bool) Page {
	if tls {
		return w.ciphertext(c)
	}
	w.heading("in plain text: everybody on the path reads this")
	w.gap()
	for line := range strings.Lines(string(raw[:min(len(raw), maxWire)])) {
		w.add(paint.Chop(paint.Plain, strings.TrimRight(line, "\r\n"), w.width)...)
	}
	if len(raw) > maxWire {
		w.ink(paint.Dim, "and "+octets(len(raw)-maxWire)+" more")
	}
	if secret {
		w.gap()
		w.add(paint.Hang(paint.Bad.Line("‼ "), paint.Wrap(paint.Plain, "The wire carried the secret itself where "+sasl.Mask+" stands: base64 is not encryption.", w.width-2))...)
	}
	return w.out
}

// maxWire bounds the plain text that is shown as lines.
const maxWire = 16 << 10

func (w *writer) ciphertext(c *session.Cipher) Page {
	w.heading("inside TLS: an eavesdropper sees only ciphertext")
	switch {
	case c == nil:
		w.paragraph("What crossed the wire was not kept.")
		return w.out
	case c.Withheld:
		w.paragraph("The ciphertext is withheld: this step carried a secret, and the length of a TLS record gives away the length of what is in it.")
		return w.out
	}
	w.paragraph(dialogue.Number(c.Total, "byte") + " of TLS records. Who talks to whom, when and how much can still be seen.")
	if len(c.Bytes) < c.Total {
		w.ink(paint.Dim, "The first "+octets(len(c.Bytes))+":")
	}
	w.gap()
	return joined{w.out, newDump(c.Bytes, w.width)}
}

func (w *writer) onWire(m *tlswire.Message) Page {
	if m.Encrypted {
		w.heading("encrypted")
		w.paragraph("An eavesdropper sees " + dialogue.Number(len(m.Records), "record") + " of application data and cannot tell that this is a " + m.Name + ".")
		return w.out
	}
	w.heading("in the clear: everybody on the path reads this message")
	switch m.Name {
	case "ClientHello":
		w.paragraph("That includes the name of the server that is wanted (server_name), and everything the client can do.")
	case "Certificate":
		w.paragraph("That includes the names in the certificate. TLS 1.3 encrypts it.")
	}
	w.gap()
	return joined{w.out, newDump(m.Raw, w.width)}
}

func wireHeading(e *session.Event) string {
	switch e.Kind {
	case session.KindResolve:
		return "DNS is not encrypted here"
	case session.KindConnect:
		return "TCP shows its addresses"
	case session.KindTLS:
		return "the handshake, seen from outside"
	}
	return "not on the wire"
}

func wireText(e *session.Event) string {
	switch e.Kind {
	case session.KindResolve:
		return "Unless the resolver is reached over TLS or HTTPS, everybody on the path to it sees which name was asked for."
	case session.KindConnect:
		return "Both addresses and both ports are in every packet. TLS does not hide them."
	case session.KindTLS:
		return "The hellos cross in the clear" + certificateSeen(e.TLS) + ". Whoever listens knows that TLS is spoken, which version, and which name was asked for. Open the handshake with space and look at its messages one by one."
	case session.KindAuth:
		return "These values were read out of the line beside them. Look at its wire view."
	}
	return "This is said about the session; nothing of it crossed the network."
}

func certificateSeen(t *session.TLS) string {
	if t.Version == "TLS 1.3" || t.Version == "" {
		return "; the certificate is encrypted in TLS 1.3"
	}
	return ", and so does the certificate"
}
