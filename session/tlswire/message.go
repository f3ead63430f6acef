package tlswire

import (
	"slices"
	"time"
)

// Direction says who sent some bytes: the client or the server.
type Direction = string

// The two directions of a connection.
const (
	ClientToServer Direction = "C"
	ServerToClient Direction = "S"
)

// Kind is what a message is, by the content type of its records.
type Kind string

// The kinds of message. Application data becomes a message only where it
// could not be opened; otherwise it is counted, see [Decoder.Application].
const (
	KindHandshake        Kind = "handshake"
	KindChangeCipherSpec Kind = "change_cipher_spec"
	KindAlert            Kind = "alert"
	KindApplicationData  Kind = "application_data"
	KindUnknown          Kind = "unknown"
)

// Message is one TLS message as it crossed the wire, in cleartext where its
// key was known. It holds no secret.
type Message struct {
	Seq int       `json:"seq"` // 0, 1, 2 … in the order of Take, both directions together
	Dir Direction `json:"dir"` // who sent it
	// At is when the first byte of its first record crossed the connection. It
	// is not written: what holds the message in a file says when it was.
	At time.Time `json:"-"`
	// After is how many bytes of application data its sender had sent before it. It is not written either: a log has the
	// message at its place.
	After int64 `json:"-"`
	Kind  Kind  `json:"kind"` // by content type
	// Type is the handshake type, the alert description, or for every other
	// kind the content type of the record.
	Type uint8  `json:"type"`
	Name string `json:"name"` // the standard's name: ClientHello, HelloRetryRequest, Alert, …
	// Raw is the message in cleartext: type, length and body of a handshake
	// message, level and description of an alert. For a record that was not
	// opened it is the protected fragment, for bytes that are not TLS the bytes.
	Raw       []byte       `json:"raw,omitempty"`
	Records   []RecordInfo `json:"records,omitempty"`   // the records that carried it, the first thousand
	Encrypted bool         `json:"encrypted,omitempty"` // it was protected on the wire
	Key       string       `json:"key,omitempty"`       // what opened it: "server handshake traffic secret", …
	Version   uint16       `json:"version,omitempty"`   // the negotiated version, 0 before it is known
	Suite     uint16       `json:"suite,omitempty"`     // the negotiated cipher suite, 0 before it is known
	Partial   bool         `json:"partial,omitempty"`   // Raw is not the whole message; Reason says why
	Reason    string       `json:"reason,omitempty"`    // why the message is partial, unopened or unknown
}

// RecordInfo is one record that carried a message or a part of one.
type RecordInfo struct {
	Offset      int64  `json:"offset"`  // of its header in the bytes of its direction, negative where that is withheld
	ContentType uint8  `json:"type"`    // as seen on the wire: 23 for every protected record of TLS 1.3
	Version     uint16 `json:"version"` // legacy_record_version
	Length      int    `json:"length"`  // bytes after the header
	// Bytes is what an eavesdropper saw of a protected record that was opened, header included. The first message in
	// a record has them; see [RecordInfo.OnWire] for the others. A message keeps 64 KiB of them: the last may be cut short.
	Bytes []byte `json:"bytes,omitempty"`
}

// OnWire returns the bytes of a protected record that was opened, nil if they
// were not kept. before are messages of the same connection, in order: the
// record may have begun with one of them.
func (r RecordInfo) OnWire(dir Direction, before []Message) []byte {
	if r.Bytes != nil || r.Offset < 0 {
		return r.Bytes
	}
	for _, m := range slices.Backward(before) {
		for _, other := range m.Records {
			if m.Dir == dir && other.Offset == r.Offset && other.Bytes != nil {
				return other.Bytes
			}
		}
	}
	return nil
}

// recordHeaderLen is the length of a record header (RFC 9846 §5.1).
const recordHeaderLen = 5

// Header returns the five bytes in front of the record's fragment.
func (r RecordInfo) Header() []byte { return r.appendHeader(nil) }

func (r RecordInfo) appendHeader(b []byte) []byte {
	return append(b, r.ContentType, byte(r.Version>>8), byte(r.Version), byte(r.Length>>8), byte(r.Length))
}

// Alert returns level and description of an alert that was read whole.
func (m Message) Alert() (level, description uint8, ok bool) {
	if m.Kind != KindAlert || m.Partial || len(m.Raw) != 2 {
		return 0, 0, false
	}
	return m.Raw[0], m.Raw[1], true
}

// is reports whether m is the handshake message of that type, read whole.
func (m Message) is(handshakeType uint8) bool {
	return m.Kind == KindHandshake && !m.Partial && m.Type == handshakeType
}

// Certificates returns the certificates of a Certificate message in DER, the
// sender's own first, nil for every other message.
func (m Message) Certificates() [][]byte {
	if !m.is(typeCertificate) {
		return nil
	}
	ders, _ := m.certificates()
	return ders
}

func (m Message) certificates() (ders [][]byte, stapled bool) {
	c := cursor{b: m.Raw}
	c.take(handshakeHeaderLen)
	if m.Version == versionTLS13 {
		c.vec8()
	}
	list := cursor{b: c.vec24()}
	for len(list.b) > 0 {
		der := list.vec24()
		if m.Version == versionTLS13 {
			_, has := extensionList(list.vec16()).find(extStatusRequest)
			stapled = stapled || has
		}
		if list.bad {
			break
		}
		ders = append(ders, der)
	}
	return ders, stapled
}
