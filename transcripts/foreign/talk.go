package foreign

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/streams"
)

// talk is a stream on its way to a conversation.
type talk struct {
	d  *dissector
	s  *streams.Stream
	c  Conversation
	at time.Duration

	hello    []byte // what the client has said in TLS, as long as its random is not there
	decoder  *tlswire.Decoder
	records  map[wire.Direction]*counter
	messages []tlswire.Message
	began    time.Duration  // of the handshake
	secured  bool           // the handshake is over
	opened   bool           // something that crossed inside was read
	sealed   map[string]int // records whose content is not known, by who sent them
	missing  int            // bytes that the capture does not have
	gone     bool           // the client ended its side
	last     []byte         // what the server said last
	spoken   bool           // the client has said something
}

// counter finds where records end, so that what is in them keeps its order.
type counter struct {
	head  []byte
	left  int
	bytes int
}

// talk reads one stream.
func (d *dissector) talk(s *streams.Stream) *talk {
	t := &talk{d: d, s: s, c: Conversation{Source: "a capture of packets", Host: s.Server.Addr().String(), Port: int(s.Server.Port()), Began: s.Began, Timed: !s.Began.IsZero()}, sealed: map[string]int{}}
	if !t.connected() {
		return t
	}
	for _, chunk := range s.Chunks {
		t.at = max(t.at, chunk.At.Sub(s.Began))
		t.missing += chunk.Missing
		t.take(chunk)
	}
	t.finish()
	return t
}

// connected is the handshake of TCP, as far as the capture has it.
func (t *talk) connected() bool {
	c := &record.Connect{Local: t.s.Client.String(), Remote: t.s.Server.String(), Address: t.s.Server.Addr().String(), Took: t.s.Took}
	reset := len(t.s.Chunks) > 0 && t.s.Chunks[0].Reset && t.s.Chunks[0].From == wire.ServerToClient
	switch {
	case t.s.Whole && !t.s.Answered:
		c.Trouble, c.Error = record.TroubleTimeout, "no answer"
	case t.s.Whole && reset && t.s.Took == 0:
		c.Trouble, c.Error = record.TroubleRefused, "refused"
	}
	t.c.Pieces = append(t.c.Pieces, Piece{Connect: c})
	if !t.s.Whole {
		t.lacks("The capture begins in the middle of the connection.")
	}
	return c.Trouble == ""
}

func (t *talk) lacks(format string, values ...any) {
	t.c.Lacks = append(t.c.Lacks, fmt.Sprintf(format, values...))
}

func (t *talk) add(p Piece) {
	p.T = t.at
	t.c.Pieces = append(t.c.Pieces, p)
}

// take goes through one chunk. What a client says in TLS begins with a handshake record, as no command does.
func (t *talk) take(c streams.Chunk) {
	switch {
	case c.End:
		t.ended(c)
	case t.records != nil:
		t.tls(c.From, c.Bytes)
	case c.From == wire.ClientToServer && isTLS(c.Bytes):
		t.began = t.at
		t.records = map[wire.Direction]*counter{wire.ClientToServer: {}, wire.ServerToClient: {}}
		t.tls(c.From, c.Bytes)
	case c.From == wire.ClientToServer && !t.spoken && t.header(&c):
		t.take(c)
	default:
		t.spoken = t.spoken || c.From == wire.ClientToServer && len(c.Bytes) > 0
		rest := t.plain(c.From, c.Bytes)
		if len(rest) > 0 {
			c.Bytes = rest
			t.take(c)
		}
	}
}

// header takes a PROXY header off the first bytes of the client, if they begin with one. No reply belongs to it.
func (t *talk) header(c *streams.Chunk) bool {
	header, rest, ok := wire.CutProxyHeader(c.Bytes)
	if !ok {
		return false
	}
	t.spoken = true
	t.add(Piece{From: c.From, Header: bytes.Clone(header)})
	c.Bytes = rest
	return true
}

// isTLS reports whether bytes begin with the record of a handshake, of SSL 3.0 to TLS 1.3.
func isTLS(b []byte) bool { return len(b) > 2 && b[0] == 22 && b[1] == 3 && b[2] <= 4 }

// plain adds what crossed in cleartext, up to a STARTTLS behind which a client did not wait.
func (t *talk) plain(from wire.Direction, b []byte) (rest []byte) {
	if i := bytes.Index(bytes.ToUpper(b), []byte("STARTTLS\r\n")); i >= 0 && from == wire.ClientToServer {
		if n := i + len("STARTTLS\r\n"); isTLS(b[n:]) {
			b, rest = b[:n], b[n:]
		}
	}
	t.said(from, b, false)
	return rest
}

func (t *talk) said(from wire.Direction, b []byte, inside bool) {
	if len(b) == 0 {
		return
	}
	if from == wire.ServerToClient {
		t.last = bytes.Clone(b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1:])
	}
	t.add(Piece{From: from, Bytes: bytes.Clone(b), Inside: inside})
}

// tls takes bytes of a side. The decoder starts with the ClientHello, or with what there is of it when the server answers.
func (t *talk) tls(from wire.Direction, b []byte) {
	t.records[from].bytes += len(b)
	if t.decoder == nil && from == wire.ClientToServer {
		if t.hello = append(t.hello, b...); len(t.hello) >= helloKept {
			t.decode()
		}
		return
	}
	t.decode()
	t.feed(from, b)
}

// decode starts the decoder, unless it runs. The keys are those for the random of the ClientHello.
func (t *talk) decode() {
	if t.decoder != nil {
		return
	}
	t.decoder = tlswire.NewDecoder(tlswire.Limits{Sessions: &t.d.sessions, Application: t.inside})
	t.decoder.KeyLog().Write(t.d.keys[clientRandom(t.hello)])
	t.feed(wire.ClientToServer, t.hello)
}

// feed gives records to the decoder, one at a time: the messages of each come before what the next holds.
func (t *talk) feed(from wire.Direction, b []byte) {
	for len(b) > 0 {
		n := t.records[from].next(b)
		t.decoder.Bytes(string(from), b[:n], t.s.Began.Add(t.at))
		t.note(t.decoder.Take())
		b = b[n:]
	}
}

// helloKept is more than the random of a ClientHello takes.
const helloKept = 64

// next is how many bytes belong to the record at hand.
func (c *counter) next(b []byte) int {
	const header = 5
	if c.left > 0 {
		n := min(c.left, len(b))
		c.left -= n
		return n
	}
	n := min(header-len(c.head), len(b))
	if c.head = append(c.head, b[:n]...); len(c.head) == header {
		c.left, c.head = int(binary.BigEndian.Uint16(c.head[3:])), c.head[:0]
	}
	return n
}

// inside adds what crossed inside TLS. It cannot have done so before the handshake was over.
func (t *talk) inside(from tlswire.Direction, b []byte, _ time.Time) {
	t.opened = true
	t.secure()
	t.said(wire.Direction(from), b, true)
}

// note adds messages of TLS. The handshake is over with the Finished of both sides.
func (t *talk) note(list []tlswire.Message) {
	for _, m := range list {
		if unopened(m) {
			if t.sealed[m.Dir]++; t.sealed[tlswire.ClientToServer] > 1 {
				continue
			}
		}
		if !t.secured {
			t.messages = append(t.messages, m)
		}
		p := Piece{T: max(0, m.At.Sub(t.s.Began)), Message: &m}
		t.c.Pieces = append(t.c.Pieces, p)
		if !t.secured && tlswire.Describe(t.messages).Complete {
			t.secure()
		}
	}
}

// unopened reports whether a message is a record that nobody could open. Those of the handshake are listed: the first of the client
// is its Finished. What comes after may hold a secret, and its length would tell how long that is.
func unopened(m tlswire.Message) bool { return m.Encrypted && m.Partial && m.Key == "" }

// secure adds the end of a handshake that went well.
func (t *talk) secure() {
	if t.secured {
		return
	}
	t.secured = true
	t.add(Piece{TLS: t.summary()})
}

// summary is what a handshake decided. Whether the client believed the certificate is not seen.
func (t *talk) summary() *record.TLS {
	sum := tlswire.Describe(t.messages)
	out := &record.TLS{Version: sum.Version.Chosen.Name, CipherSuite: sum.Suite.Chosen.Name, Group: sum.Group.Chosen.Name, ALPN: sum.Protocol.Chosen,
		Resumed: sum.Resumed, ServerName: sum.ServerName, Reference: cmp.Or(sum.ServerName, t.c.Host), ClientCertificate: sum.CertificateSent,
		Took: t.at - t.began, Sent: t.records[wire.ClientToServer].bytes, Received: t.records[wire.ServerToClient].bytes, Decided: record.DecidedBy(t.messages)}
	if sum.ServerName != "" {
		t.c.Host = sum.ServerName
	}
	for _, m := range t.messages {
		if m.Dir != tlswire.ServerToClient || m.Name != "Certificate" || m.Partial {
			continue
		}
		for _, der := range m.Certificates() {
			if c, err := x509.ParseCertificate(der); err == nil {
				out.Chain = out.Chain.With(certificate.DescribeCertificate(c))
			}
		}
	}
	return out
}

// ended is the end of one side. That of the server is worth telling where the session did not come to it in order.
func (t *talk) ended(c streams.Chunk) {
	if c.From == wire.ClientToServer {
		t.gone = true
	}
	e := &Ended{Trouble: record.TroubleClosed, Words: "the server closed the connection"}
	if c.Reset {
		e = &Ended{Trouble: record.TroubleReset, Words: "connection reset by peer"}
	}
	switch {
	case t.records != nil && !t.secured && c.From == wire.ClientToServer:
		t.handshakeEnded(gaveUp(c), tlswire.ErrClientEnded)
	case t.records != nil && !t.secured:
		t.handshakeEnded(e, e.err())
	case c.From == wire.ClientToServer, t.gone, bytes.HasPrefix(t.last, []byte("221")), bytes.HasPrefix(t.last, []byte("421")), t.secured && !t.opened:
	default:
		t.add(Piece{Ended: e})
		t.gone = true
	}
}

// gaveUp is the end of a handshake by its client.
func gaveUp(c streams.Chunk) *Ended {
	if c.Reset {
		return &Ended{Trouble: record.TroubleCanceled, Words: "the client reset the connection"}
	}
	return &Ended{Trouble: record.TroubleCanceled, Words: "the client closed the connection"}
}

// err is the error that a client meets at such an end.
func (e *Ended) err() error {
	if e.Trouble == record.TroubleReset {
		return syscall.ECONNRESET
	}
	return io.EOF
}

// handshakeEnded finds out whether a handshake went well of which no key is known, or why it failed. err is what ended it.
func (t *talk) handshakeEnded(e *Ended, err error) {
	t.decode()
	t.note(t.decoder.Finish())
	if t.secured || t.wentWell() {
		t.secure()
		return
	}
	out := t.summary()
	out.Trouble, out.Error = e.Trouble, e.Words
	if d, ok := tlswire.Diagnose(t.messages, err, explain.Meaning); ok {
		if e.Trouble == record.TroubleCanceled { // an alert or words in cleartext tell why
			out.Trouble = record.TroubleClosed
		}
		out.Diagnosis = &record.Diagnosis{Code: record.FindingCode(d.Code), Text: wire.VisibleString(d.Sentence), Hint: d.Hint}
	}
	if said, found := tlswire.Foreign(t.messages); found {
		out.Foreign = wire.Raw(said[:min(len(said), record.CipherKept)])
	}
	t.secured, t.gone = true, true
	t.add(Piece{TLS: out})
}

// wentWell reports whether both sides went on after a handshake that cannot be read: the client sent more records than its
// Finished, and the server answered.
func (t *talk) wentWell() bool {
	for _, m := range t.messages {
		if m.Kind == tlswire.KindAlert && !m.Encrypted {
			return false
		}
	}
	return t.sealed[tlswire.ClientToServer] > 1 && t.sealed[tlswire.ServerToClient] > 0
}

// finish says what could not be known.
func (t *talk) finish() {
	if t.records != nil {
		t.decode()
		t.note(t.decoder.Finish())
		if !t.secured && t.wentWell() {
			t.secure()
		}
	}
	if t.missing > 0 {
		t.lacks("The capture lacks %s of the connection.", record.Plural(t.missing, "byte", "bytes"))
	}
	if t.c.Sealed = t.secured && len(t.sealed) > 0; t.c.Sealed {
		t.lacks("The data inside TLS is not known, or not all of it: the secrets for it are missing.")
	}
	if t.records == nil && len(t.s.Chunks) > 0 && strings.HasPrefix(string(t.s.Chunks[0].Bytes), "\x17\x03") {
		t.lacks("The capture begins after the TLS handshake, so no secret can decrypt it.")
	}
}
