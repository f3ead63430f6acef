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

// stack are pages one below the other.
type stack []Page

// Len implements [Page].
func (s stack) Len() (n int) {
	for _, p := range s {
		n += p.Len()
	}
	return n
}

// Line implements [Page].
func (s stack) Line(i int) paint.Line {
	for _, p := range s {
		if i < p.Len() {
			return p.Line(i)
		}
		i -= p.Len()
	}
	return nil
}

// wirePage shows what someone on the path saw: the text itself before TLS, only ciphertext after it.
func wirePage(s Subject, width int) Page {
	w := &writer{width: width}
	e := s.event()
	switch e.Kind {
	case record.KindSend:
		return w.crossed(s, tlswire.ClientToServer, []byte(e.Send.Raw), e.Send.TLS, e.Send.Cipher, first(e.Send.Masked))
	case record.KindReply:
		return w.crossed(s, tlswire.ServerToClient, []byte(e.Reply.Raw), e.Reply.TLS, e.Reply.Cipher, e.Reply.Masked)
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
func (w *writer) crossed(s Subject, dir tlswire.Direction, raw []byte, tls bool, c *record.Cipher, hides string) Page {
	if tls {
		return w.ciphertext(s, dir, c)
	}
	w.heading(way(dir) + ", in cleartext")
	w.paragraph("Anyone on the path can read this.")
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

// way is a direction in words.
func way(dir tlswire.Direction) string {
	if dir == tlswire.ClientToServer {
		return "client to server"
	}
	return "server to client"
}

func (w *writer) ciphertext(s Subject, dir tlswire.Direction, c *record.Cipher) Page {
	w.heading(way(dir) + ", inside TLS")
	w.heard(s)
	switch {
	case c == nil:
		w.paragraph("The bytes on the wire were not stored.")
		return w.out
	case c.Withheld:
		w.paragraph("The ciphertext is " + words.Withheld + ".")
		return w.out
	}
	w.paragraph("An eavesdropper sees only ciphertext: " + dialogue.Number(c.Total, "byte") + " of TLS records, and who communicates with whom, when, and how much." + cutAt(len(c.Bytes), c.Total))
	var all []sealed
	kept := c.Bytes
	for len(kept) > 0 && len(all) < maxRecords {
		r, rest := nextRecord(kept)
		if r.Version == 0 {
			break
		}
		all, kept = append(all, r), rest
	}
	return w.sealed(all, kept, func(tlswire.RecordInfo) {})
}

// cutAt says how much of something is kept where that is not all.
func cutAt(kept, total int) string {
	if kept >= total {
		return ""
	}
	return " The first " + octets(kept) + " are kept."
}

// apart leaves a line free, also where another page is above.
func (w *writer) apart(below bool) {
	if below && len(w.out) == 0 {
		w.add(paint.Line{})
	}
	w.gap()
}

// sealed is a protected record with what is kept of it, its header included.
type sealed struct {
	tlswire.RecordInfo
	bytes []byte
}

// nextRecord takes a record off the beginning of some bytes of the wire; it has no version where there is none.
func nextRecord(b []byte) (r sealed, rest []byte) {
	header := len(r.Header())
	if len(b) < header || b[1] != 3 || b[0] < 20 || b[0] > 24 { // RFC 9846 §5.1
		return sealed{}, b
	}
	r.ContentType, r.Version, r.Length = b[0], uint16(b[1])<<8|uint16(b[2]), int(b[3])<<8|int(b[4])
	n := min(header+r.Length, len(b))
	r.bytes = b[:n]
	return r, b[n:]
}

// onWire shows a message of TLS as it crossed: the record headers, which nothing hides, and what is in the records.
func (w *writer) onWire(s Subject, m *tlswire.Message) Page {
	before := s.messagesBefore()
	if !m.Encrypted {
		w.heading(way(m.Dir) + ", in cleartext")
		w.paragraph(words.List(" ", "Anyone on the path can read this message.", shown(m)))
		w.records(m, before)
		w.gap()
		return stack{w.out, newDump(m.Raw, w.width)}
	}
	w.heading(way(m.Dir) + ", encrypted")
	w.paragraph("An eavesdropper sees " + dialogue.Number(len(m.Records), "record") + ", but no content. " + hidden(m))
	var all []sealed
	for _, r := range m.Records[:min(len(m.Records), maxRecords)] {
		bytes := r.OnWire(m.Dir, before)
		if m.Key == "" {
			bytes = append(r.Header(), m.Raw...) // not opened: the message is the record
		}
		all = append(all, sealed{r, bytes})
	}
	return w.sealed(all, nil, func(r tlswire.RecordInfo) { w.place(m, r, before) })
}

// sealed shows protected records one by one: the header, which anyone can read, in words and between brackets, and the rest of it
// dimmed. What is left are bytes that no record begins with. about says more of a record.
func (w *writer) sealed(all []sealed, left []byte, about func(tlswire.RecordInfo)) Page {
	var out stack
	show := func(d *dump) {
		out, w.out = append(out, w.out, d), lines{}
	}
	for i, r := range all {
		w.apart(len(out) > 0)
		w.record(r.RecordInfo, "ciphertext")
		about(r.RecordInfo)
		if len(r.bytes) == 0 {
			continue
		}
		if n := len(r.bytes); n < len(r.Header())+r.Length {
			w.meaning("the first " + octets(n) + " are kept")
		}
		if i == 0 {
			w.ink(paint.Dim, "The header is between [ and ]; the rest is ciphertext:")
		}
		d := newDump(r.bytes, w.width)
		d.hi, d.veiled = len(r.Header()), true
		show(d)
	}
	if n := len(left); n > 0 {
		w.apart(len(out) > 0)
		w.ink(paint.Dim, "Ciphertext:")
		d := newDump(left, w.width)
		d.veiled = true
		show(d)
	}
	return append(out, w.out)
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

// records lists the headers of the records that carried a message in cleartext (RFC 9846 §5.1).
func (w *writer) records(m *tlswire.Message, before []tlswire.Message) {
	w.gap()
	for _, r := range m.Records[:min(len(m.Records), maxRecords)] {
		w.record(r, "cleartext")
		w.place(m, r, before)
		w.meaning(fmt.Sprintf("its header: % x", r.Header()))
	}
	if n := len(m.Records) - maxRecords; n > 0 {
		w.meaning("and " + dialogue.Number(n, "more record"))
	}
}

// record is a header in words: content type, version, length.
func (w *writer) record(r tlswire.RecordInfo, of string) {
	name := strings.ReplaceAll(tlswire.ContentTypeName(r.ContentType), "_", " ")
	w.prose("record", paint.Plain, fmt.Sprintf("%s, version %s, %s of %s", name, tlswire.VersionName(r.Version), octets(r.Length), of))
}

// place says where a record stands, and what else is in it.
func (w *writer) place(m *tlswire.Message, r tlswire.RecordInfo, before []tlswire.Message) {
	if r.Offset >= 0 { // after a secret it is not told: it would give its length away
		w.meaning("begins at byte " + dialogue.Count(int(r.Offset)) + " of all that " + party(m.Dir) + " sent in TLS")
	}
	if first := companion(m, r, before); first != nil {
		w.meaning("the same record carries " + first.Name)
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
		return "These values come from the line next to them: see its wire view."
	}
	return "This is a statement about the session; it was not sent over the network."
}

func certificateSeen(t *record.TLS) string {
	if t.Version == "TLS 1.3" || t.Version == "" {
		return "; the certificate is encrypted in TLS 1.3"
	}
	return ", and so is the certificate"
}
