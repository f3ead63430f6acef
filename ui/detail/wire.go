package detail

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
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

// wirePage shows what someone on the path saw: the text itself before TLS, only ciphertext after it.
func wirePage(s Subject, width int) Page {
	w := &writer{width: width}
	e := s.event()
	switch e.Kind {
	case record.KindSend:
		return w.crossed(s, []byte(e.Send.Raw), e.Send.TLS, e.Send.Cipher, first(e.Send.Masked))
	case record.KindReply:
		return w.crossed(s, []byte(e.Reply.Raw), e.Reply.TLS, e.Reply.Cipher, e.Reply.Masked)
	case record.KindTLSMessage:
		return w.onWire(s, e.TLSMessage)
	case record.KindTLS:
		return w.outside(s, e)
	}
	w.heading(wireHeading(e))
	w.paragraph(wireText(e))
	return w.out
}

// crossed shows a line that hides a secret of that kind, or none.
func (w *writer) crossed(s Subject, raw []byte, tls bool, c *record.Cipher, hides string) Page {
	if tls {
		return w.ciphertext(s, c)
	}
	w.heading("in cleartext: anyone on the path can read this")
	w.gap()
	for line := range strings.Lines(string(raw[:min(len(raw), maxWire)])) {
		w.add(paint.Chop(paint.Plain, strings.TrimRight(line, "\r\n"), w.width)...)
	}
	if len(raw) > maxWire {
		w.ink(paint.Dim, "and "+octets(len(raw)-maxWire)+" more")
	}
	if hides != "" {
		w.exposed(s, hides)
	}
	return w.out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// maxWire bounds the plain text that is shown as lines.
const maxWire = 16 << 10

func (w *writer) ciphertext(s Subject, c *record.Cipher) Page {
	w.heading("inside TLS: an eavesdropper sees only ciphertext")
	w.heard(s)
	switch {
	case c == nil:
		w.paragraph("What crossed the wire was not kept.")
		return w.out
	case c.Withheld:
		w.paragraph("The ciphertext is " + words.Withheld + ".")
		return w.out
	}
	w.paragraph(dialogue.Number(c.Total, "byte") + " of TLS records. An eavesdropper still sees who communicates with whom, when, and how much.")
	if len(c.Bytes) < c.Total {
		w.ink(paint.Dim, "The first "+octets(len(c.Bytes))+":")
	}
	w.gap()
	return joined{w.out, newDump(c.Bytes, w.width)}
}

// onWire shows a message of TLS as it crossed: the record headers, which nothing hides, and what is in the records.
func (w *writer) onWire(s Subject, m *tlswire.Message) Page {
	if m.Encrypted {
		w.heading("encrypted: an eavesdropper sees " + dialogue.Number(len(m.Records), "record") + ", but not their content")
		before := s.messagesBefore()
		w.paragraph(hidden(m))
		w.records(m, before)
		return w.sealed(m, before)
	}
	w.heading("in cleartext: anyone on the path can read this message")
	w.paragraph(shown(m))
	w.records(m, s.messagesBefore())
	w.gap()
	return joined{w.out, newDump(m.Raw, w.width)}
}

// sealed shows the records of an encrypted message byte by byte.
func (w *writer) sealed(m *tlswire.Message, before []tlswire.Message) Page {
	var all []byte
	total := 0
	for _, r := range m.Records[:min(len(m.Records), maxRecords)] {
		total += len(r.Header()) + r.Length
		if m.Key == "" {
			all = append(append(all, r.Header()...), m.Raw...) // not opened: the message is the record
			continue
		}
		all = append(all, r.OnWire(m.Dir, before)...)
	}
	if len(all) == 0 {
		return w.out
	}
	w.gap()
	if len(all) < total {
		w.ink(paint.Dim, "The first "+octets(len(all))+":")
	}
	return joined{w.out, newDump(all, w.width)}
}

// messagesBefore are the messages of the connection in front of the row: one of them may have come in the same record.
func (s Subject) messagesBefore() []tlswire.Message {
	var list []tlswire.Message
	for i := s.Row.Event - 1; i >= 0 && s.Row.Event-i < maxMessages; i-- {
		e := s.Index.Event(i)
		if e.Kind == record.KindConnect {
			break
		}
		if e.TLSMessage != nil {
			list = append(list, *e.TLSMessage)
		}
	}
	slices.Reverse(list)
	return list
}

// hidden says what an eavesdropper does not learn (RFC 9846 §5.2: the true type of a record is encrypted with it).
func hidden(m *tlswire.Message) string {
	switch {
	case m.Version >= 0x0304 && m.Name == "Certificate":
		return "The names in this certificate are hidden, as TLS 1.3 hides everything after the ServerHello. Only their length is visible."
	case m.Version >= 0x0304:
		return "In TLS 1.3 every protected record looks like application data. That this is " + m.Name + " is known here because this end has the key."
	}
	return "The record header shows the content type, here " + strings.ReplaceAll(string(m.Kind), "_", " ") + "; the rest is ciphertext."
}

// shown says what a message in cleartext gives away.
func shown(m *tlswire.Message) string {
	switch {
	case m.Name == "ClientHello":
		return "That includes the name of the server (server_name) and everything that the client supports."
	case m.Name == "Certificate" && m.Dir == tlswire.ServerToClient:
		return "That includes the names in the certificate: an eavesdropper knows which server this is. TLS 1.3 encrypts it."
	case m.Name == "Certificate":
		return "That includes the names in the client's certificate: an eavesdropper knows who logs in. TLS 1.3 encrypts it."
	case m.Name == "ServerKeyExchange", m.Name == "ClientKeyExchange":
		return "It is only a public key: the secret that both sides derive is never sent."
	}
	return ""
}

// records lists the headers of the records that carried a message (RFC 9846 §5.1).
func (w *writer) records(m *tlswire.Message, before []tlswire.Message) {
	w.gap()
	for _, r := range m.Records[:min(len(m.Records), maxRecords)] {
		w.field("record", fmt.Sprintf("% x", r.Header()))
		rest := "the message, in cleartext"
		if m.Encrypted {
			rest = "ciphertext"
		}
		w.meaning(fmt.Sprintf("%s, version %s, then %s of %s", tlswire.ContentTypeName(r.ContentType), tlswire.VersionName(r.Version), octets(r.Length), rest))
		if r.Offset >= 0 { // after a secret it is not told: it would give its length away
			w.meaning("begins at byte " + dialogue.Count(int(r.Offset)) + " of all that " + party(m.Dir) + " sent in TLS")
		}
		if first := companion(m, r, before); first != nil {
			w.meaning("the same record carries " + first.Name)
		}
	}
	if n := len(m.Records) - maxRecords; n > 0 {
		w.meaning("and " + dialogue.Number(n, "more record"))
	}
}

// companion is a message in front of m that came in the same record, nil if there is none.
func companion(m *tlswire.Message, r tlswire.RecordInfo, before []tlswire.Message) *tlswire.Message {
	for i, other := range before {
		same := func(o tlswire.RecordInfo) bool { return o.Offset == r.Offset && r.Offset >= 0 }
		if other.Dir == m.Dir && slices.ContainsFunc(other.Records, same) {
			return &before[i]
		}
	}
	return nil
}

// maxRecords bounds the records listed for a message.
const maxRecords = 16

// outside shows a whole handshake as an eavesdropper saw it: messages in cleartext by their names, the others as records.
func (w *writer) outside(s Subject, e *record.Event) Page {
	h := s.handshake()
	w.heading("the handshake, as an eavesdropper sees it")
	w.paragraph(wireText(e))
	w.gap()
	for i := range h.messages[:min(len(h.messages), most)] {
		w.seen(&h.messages[i], h.messages[:i])
	}
	w.gap()
	w.ink(paint.Dim, "The lengths are those of the records with their headers of 5 bytes. Open the handshake with space and look at its messages one by one.")
	return w.out
}

// contentApplicationData is what every protected record of TLS 1.3 claims to be (RFC 9846 §5.2).
const contentApplicationData = 23

// seen is one message as an eavesdropper saw it: nothing, if it is encrypted in a record with the one before.
func (w *writer) seen(m *tlswire.Message, before []tlswire.Message) {
	size := 0
	for _, r := range m.Records {
		if companion(m, r, before) == nil {
			size += len(r.Header()) + r.Length
		}
	}
	if m.Encrypted && size == 0 {
		return
	}
	what, ink := m.Name, paint.Plain
	if m.Encrypted {
		what, ink = "ciphertext", paint.Dim
		if len(m.Records) > 0 && m.Records[0].ContentType != contentApplicationData {
			what += " (" + tlswire.ContentTypeName(m.Records[0].ContentType) + ")"
		}
	}
	arrow := "C → S  "
	if m.Dir == tlswire.ServerToClient {
		arrow = "C ← S  "
	}
	line := paint.Dim.Line(arrow).And(ink, what)
	w.add(line.Flush(paint.Dim.Line(octets(size)), min(w.width, 60)))
}

func wireHeading(e *record.Event) string {
	switch e.Kind {
	case record.KindLookup, record.KindResolve:
		return "DNS is not encrypted here"
	case record.KindConnect:
		return "TCP shows its addresses"
	}
	return "not on the wire"
}

func wireText(e *record.Event) string {
	switch e.Kind {
	case record.KindLookup, record.KindResolve:
		return "Unless the resolver is reached over TLS or HTTPS, anyone on the path to it can see the requested name."
	case record.KindConnect:
		return "Both addresses and both ports are in every packet. TLS does not hide them."
	case record.KindTLS:
		return "ClientHello and ServerHello are sent in cleartext" + certificateSeen(e.TLS) + ". An eavesdropper knows that the connection uses TLS, its version, and the requested server name."
	case record.KindAuth:
		return "These values were read out of the line beside them. Look at its wire view."
	}
	return "This is a statement about the session; it crossed no network."
}

func certificateSeen(t *record.TLS) string {
	if t.Version == "TLS 1.3" || t.Version == "" {
		return "; the certificate is encrypted in TLS 1.3"
	}
	return ", and so is the certificate"
}
