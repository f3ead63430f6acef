package tlswire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
)

// content reads what a record holds once it is in cleartext.
func (d *Decoder) content(s *stream, r *record, contentType uint8, body []byte) {
	switch {
	case contentType == contentApplicationData && r.key == "":
		d.unopened(s, r, "application data before any key was agreed on")
	case contentType == contentApplicationData:
		s.traffic.Records++
		s.traffic.Bytes += int64(len(body))
		if d.limits.Application != nil {
			d.limits.Application(s.dir, body, r.at)
		}
	case len(body) == 0:
		// RFC 9846 §5.1 and RFC 5246 §6.2.1 forbid it for all but application data.
		d.emitPart(s, r, KindUnknown, contentType, "empty record", body, "a record of this type must not be empty (RFC 9846 §5.1)")
	case contentType == contentHandshake:
		d.handshake(s, r, body)
	case contentType == contentAlert:
		d.alerts(s, r, body)
	case contentType == contentChangeCipherSpec:
		d.changeCipherSpec(s, r, body)
	default:
		d.emitPart(s, r, KindUnknown, contentType, ContentTypeName(contentType), body, "a content type that is not allowed here")
	}
}

// alerts reads alert messages. TLS 1.3 wants exactly one a record (RFC 9846
// §5.1); older versions may put several into one.
func (d *Decoder) alerts(s *stream, r *record, body []byte) {
	for ; len(body) >= 2 && !d.flooded; body = body[2:] {
		m := d.message(s, r, KindAlert, body[1], "Alert", body[:2])
		d.emit(&m, r.order)
	}
	if len(body) == 1 {
		d.emitPart(s, r, KindAlert, 0, "Alert", body, "an alert has two bytes, this is half of one")
	}
}

// changeCipherSpec switches the protection on in TLS 1.2 and older (RFC 5246
// §7.1). In TLS 1.3 it means nothing (RFC 9846 §5).
func (d *Decoder) changeCipherSpec(s *stream, r *record, body []byte) {
	m := d.message(s, r, KindChangeCipherSpec, contentChangeCipherSpec, "ChangeCipherSpec", body)
	d.emit(&m, r.order)
	if v := d.conn.version; v != 0 && v < versionTLS13 {
		s.guard = protection{on: true}
	}
}

// unopened reports a protected record that stays closed. After the first few
// they are counted as application data only.
func (d *Decoder) unopened(s *stream, r *record, why string) {
	if r.ContentType == contentApplicationData {
		s.traffic.Records++
		s.traffic.Bytes += int64(r.Length)
	}
	if s.shut++; s.shut > maxUnopened {
		return
	}
	m := d.message(s, r, contentKind(r.ContentType), r.ContentType, "encrypted record", r.body)
	m.Encrypted, m.Partial, m.Reason = true, true, why
	d.emit(&m, r.order)
}

// emitPart adds a message that is not whole or makes no sense.
func (d *Decoder) emitPart(s *stream, r *record, kind Kind, typ uint8, name string, raw []byte, why string) {
	m := d.message(s, r, kind, typ, name, raw)
	m.Partial, m.Reason = true, why
	d.emit(&m, r.order)
}

// message makes a message of bytes that this one record carried.
func (d *Decoder) message(s *stream, r *record, kind Kind, typ uint8, name string, raw []byte) Message {
	m := Message{Dir: s.dir, At: r.at, Kind: kind, Type: typ, Name: name, Encrypted: r.key != "", Key: r.key}
	switch {
	case d.flooded: // nobody will see it, but it is followed
		m.Raw = bytes.Clone(raw)
		return m
	case r.key == "":
		m.Raw = r.keep(raw, &d.room)
	default: // it is in the buffer of the cipher
		m.Raw = d.room.bytes(raw)
	}
	m.Records = d.room.record(r.info(maxSealed, &d.room))
	return m
}

// room is where what messages keep is put: many small pieces take one
// allocation.
type room struct {
	records []RecordInfo
	text    []byte
}

// roomOfText is how much of it is made at once.
const roomOfText = 768

// bytes keeps a copy.
func (r *room) bytes(b []byte) []byte {
	if len(b) > roomOfText/3 {
		return bytes.Clone(b)
	}
	if len(b) > cap(r.text)-len(r.text) {
		r.text = make([]byte, 0, roomOfText)
	}
	at := len(r.text)
	r.text = append(r.text, b...)
	return r.text[at:len(r.text):len(r.text)]
}

// record is a list of one record.
func (r *room) record(info RecordInfo) []RecordInfo {
	if len(r.records) == cap(r.records) {
		r.records = make([]RecordInfo, 0, usualMessages)
	}
	at := len(r.records)
	r.records = append(r.records, info)
	return r.records[at : at+1 : at+1]
}

func contentKind(contentType uint8) Kind {
	switch contentType {
	case contentChangeCipherSpec:
		return KindChangeCipherSpec
	case contentAlert:
		return KindAlert
	case contentHandshake:
		return KindHandshake
	case contentApplicationData:
		return KindApplicationData
	}
	return KindUnknown
}

// handshakeHeaderLen is type and length in front of a handshake message
// (RFC 9846 §4).
const handshakeHeaderLen = 4

// What is kept of the records of a message: so many of them, and so many bytes
// of those that were protected. Nobody needs more to carry one.
const (
	maxRecords = 1000
	maxSealed  = 64 << 10
)

// reassembly is a handshake message on its way through one or more records.
type reassembly struct {
	at      time.Time // of the record where it began, as are the next two
	order   int64
	key     string
	last    int64 // offset of the record added last
	buf     []byte
	records []RecordInfo
	sealed  int // bytes of records
	skip    int // bytes to pass over: the rest of a message that was too long
}

// handshake puts handshake messages together.
func (d *Decoder) handshake(s *stream, r *record, body []byte) {
	m := &s.message
	for len(body) > 0 {
		if m.skip > 0 {
			n := min(m.skip, len(body))
			m.skip -= n
			body = body[n:]
			continue
		}
		if n := m.wholeIn(body, d.limits.Message); n > 0 {
			whole := d.message(s, r, KindHandshake, body[0], handshakeName(body[:n]), body[:n])
			d.complete(s, &whole, r.order)
			body = body[n:]
			continue
		}
		n := min(m.missing(), len(body))
		m.add(r, body[:n], &d.room)
		body = body[n:]
		switch {
		case m.declared() > d.limits.Message:
			n := min(d.limits.Message-len(m.buf), len(body))
			m.skip = m.missing()
			d.tooLong(s, body[:max(n, 0)])
		case m.missing() == 0:
			order, whole := m.order, m.take(s.dir)
			d.complete(s, &whole, order)
		}
	}
}

// wholeIn is the length of a message that b holds from its start to its end, 0
// if there is none. It need not be put together.
func (m *reassembly) wholeIn(b []byte, limit int) int {
	if len(m.buf) > 0 || len(b) < handshakeHeaderLen {
		return 0
	}
	if n := bodyLength(b); n <= limit && handshakeHeaderLen+n <= len(b) {
		return handshakeHeaderLen + n
	}
	return 0
}

// bodyLength is the length a message says its body has.
func bodyLength(b []byte) int { return int(binary.BigEndian.Uint32(b) & 0xffffff) }

func (m *reassembly) add(r *record, b []byte, in *room) {
	if len(m.buf) == 0 {
		m.at, m.order, m.key, m.records, m.sealed = r.at, r.order, r.key, nil, 0
	}
	if n := len(m.records); n == 0 || m.last != r.Offset && n < maxRecords {
		info := r.info(maxSealed-m.sealed, in)
		m.sealed += len(info.Bytes)
		m.records = append(m.records, info)
	}
	m.last = r.Offset
	m.buf = append(m.buf, b...)
}

// declared is the length the message says its body has, 0 until that is known.
func (m *reassembly) declared() int {
	if len(m.buf) < handshakeHeaderLen {
		return 0
	}
	return bodyLength(m.buf)
}

func (m *reassembly) missing() int {
	return handshakeHeaderLen + m.declared() - len(m.buf)
}

// take returns the message and makes room for the next.
func (m *reassembly) take(dir Direction) Message {
	out := Message{
		Dir: dir, At: m.at, Kind: KindHandshake, Type: m.buf[0], Name: handshakeName(m.buf),
		Raw: bytes.Clone(m.buf), Records: m.records, Encrypted: m.key != "", Key: m.key,
	}
	*m = reassembly{buf: m.buf[:0], skip: m.skip} // the other fields are set with the first byte
	if cap(m.buf) > maxFragment {
		m.buf = nil
	}
	return out
}

// complete hands on a whole handshake message and follows what it changes.
func (d *Decoder) complete(s *stream, m *Message, order int64) {
	d.follow(s, m)
	d.emit(m, order)
}

// tooLong reports a message longer than the limit with the bytes at hand; the
// rest of it is passed over.
func (d *Decoder) tooLong(s *stream, more []byte) {
	order, declared := s.message.order, s.message.declared()
	m := s.message.take(s.dir)
	m.Raw, m.Partial = append(m.Raw, more...), true
	m.Reason = fmt.Sprintf("declares %d bytes, more than the %d that this program reassembles", declared, d.limits.Message)
	d.emit(&m, order)
}

// abandon reports a handshake message that never became whole.
func (d *Decoder) abandon(s *stream) {
	if len(s.message.buf) == 0 {
		return
	}
	order, came, missing := s.message.order, len(s.message.buf), s.message.missing()
	m := s.message.take(s.dir)
	m.Partial = true
	m.Reason = fmt.Sprintf("%s of it arrived, and at least %d more were expected", count(came, "byte"), missing)
	d.emit(&m, order)
}

// handshakeName names a handshake message. A HelloRetryRequest is a
// ServerHello with a fixed random (RFC 9846 §4.2.3).
func handshakeName(raw []byte) string {
	if raw[0] == typeServerHello && isRetry(raw) {
		return "HelloRetryRequest"
	}
	return handshakeTypeName(raw[0])
}
