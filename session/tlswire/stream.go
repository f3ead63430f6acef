package tlswire

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"
)

// The content types of records (RFC 9846 §5.1; 24 is RFC 6520 §3).
const (
	contentChangeCipherSpec = 20
	contentAlert            = 21
	contentHandshake        = 22
	contentApplicationData  = 23
	contentHeartbeat        = 24
)

// maxFragment is the longest fragment of a record: 2^14 bytes and what
// protection may add (RFC 5246 §6.2.3; TLS 1.3 allows less, RFC 9846 §5.2).
const maxFragment = 1<<14 + 2048

// minSealed is the shortest protected fragment: TLS 1.3's content type and tag.
// Every older protection is longer.
const minSealed = 1 + 16

// maxUnopened is how many records that nobody can open are listed a direction.
const maxUnopened = 32

// usualRecord is for how many bytes of a record there is room once its header
// is there: enough for most flights, and no hostile length.
const usualRecord = 4 << 10

// never is later than the place of every byte.
const never = math.MaxInt64

// record is one whole record and where and when it came.
type record struct {
	RecordInfo         // without its bytes
	raw        []byte  // header and fragment
	body       []byte  // the fragment
	own        bool    // raw stays as it is: nobody else writes to it
	partial    *stream // whose partial raw is, which is then not used again
	key        string  // what opened it, empty in cleartext
	shown      bool    // a message has its bytes
	at         time.Time
	order      int64 // place of the first byte among the bytes of both directions
}

// info describes the record. The bytes of a protected one, at most so many, go to
// the first message that asks.
func (r *record) info(most int, in *room) RecordInfo {
	out := r.RecordInfo
	if r.key == "" || r.shown {
		return out
	}
	r.shown = true
	if most > recordHeaderLen {
		out.Bytes = r.keep(r.raw[:min(most, len(r.raw))], in)
	}
	return out
}

// keep is a part of the record for a message: a copy, unless the bytes stay.
func (r *record) keep(b []byte, in *room) []byte {
	if !r.own {
		return in.bytes(b)
	}
	if r.partial != nil {
		r.partial.lent = true
	}
	return b[:len(b):len(b)]
}

// stream is one direction of the connection.
type stream struct {
	dir     Direction
	offset  int64  // in this direction, of partial[0]
	partial []byte // a record that is not complete
	lent    bool   // a message or a record that waits has bytes of partial
	at      time.Time
	order   int64

	foreign string   // not TLS: why; partial then keeps the bytes
	waiting []record // protected, the key is not logged yet
	waits   int      // bytes in waiting

	guard   protection
	sealed  string // why the records from here on cannot be opened
	shut    int    // listed records that were not opened
	message reassembly
	traffic Traffic
}

func newStream(dir Direction) stream { return stream{dir: dir} }

// split cuts the bytes of one direction into records.
func (d *Decoder) split(s *stream, b []byte, at time.Time) {
	for len(b) > 0 {
		if len(s.partial) == 0 {
			s.at, s.order = at, d.seen
		}
		if n := s.wholeIn(b); n > 0 {
			d.seen += int64(n)
			d.whole(s, &record{raw: b[:n]})
			b = b[n:]
			continue
		}
		n := min(s.missing(d.limits.Foreign), len(b))
		if cap(s.partial) == 0 && len(b) >= recordHeaderLen && notRecord(b) == "" {
			s.partial = make([]byte, 0, min(recordLen(b), usualRecord))
		}
		s.partial = append(s.partial, b[:n]...)
		if s.foreign != "" && n == 0 {
			d.seen += int64(len(b))
			return
		}
		b = b[n:]
		d.seen += int64(n)
		s.foreign = cmp.Or(s.foreign, notRecord(s.partial))
		if len(s.partial) == recordHeaderLen && s.foreign == "" {
			s.partial = slices.Grow(s.partial, min(s.missing(0), usualRecord))
		}
		if s.foreign == "" && s.missing(0) == 0 {
			raw := s.partial
			s.partial, s.lent = nil, false
			d.whole(s, &record{raw: raw, own: true, partial: s})
			if !s.lent {
				s.partial = raw[:0]
			}
		}
	}
}

// wholeIn is the length of a record that b holds from its start to its end, 0
// if there is none. It need not be put together.
func (s *stream) wholeIn(b []byte) int {
	if len(s.partial) > 0 || len(b) < recordHeaderLen || notRecord(b) != "" {
		return 0
	}
	if n := recordLen(b); n <= len(b) {
		return n
	}
	return 0
}

// recordLen is how long a record says in its header that it is.
func recordLen(b []byte) int { return recordHeaderLen + int(binary.BigEndian.Uint16(b[3:])) }

// missing is how many bytes the record in partial still needs, first for its
// header and then for its fragment. A direction that is not TLS takes bytes up
// to the limit.
func (s *stream) missing(foreign int) int {
	switch {
	case s.foreign != "":
		return max(0, foreign-len(s.partial))
	case len(s.partial) < recordHeaderLen:
		return recordHeaderLen - len(s.partial)
	}
	return recordLen(s.partial) - len(s.partial)
}

// whole takes a record of which all bytes are there.
func (d *Decoder) whole(s *stream, r *record) {
	r.RecordInfo = RecordInfo{
		Offset:      s.offset,
		ContentType: r.raw[0],
		Version:     binary.BigEndian.Uint16(r.raw[1:]),
		Length:      len(r.raw) - recordHeaderLen,
	}
	r.body, r.at, r.order = r.raw[recordHeaderLen:], s.at, s.order
	s.offset += int64(len(r.raw))
	d.record(s, r)
	d.drain()
}

// notRecord says why the bytes cannot start a record, or nothing.
func notRecord(b []byte) string {
	if b[0] < contentChangeCipherSpec || b[0] > contentHeartbeat {
		return fmt.Sprintf("not a TLS record: it would start with a content type from 20 to 24, not 0x%02x", b[0])
	}
	if len(b) > 1 && b[1] != 3 {
		return fmt.Sprintf("not a TLS record: its version would start with 3, not %d", b[1])
	}
	if len(b) < recordHeaderLen {
		return ""
	}
	if n := int(binary.BigEndian.Uint16(b[3:])); n > maxFragment {
		return fmt.Sprintf("a record of %d bytes is longer than the %d that TLS allows (RFC 9846 §5.2)", n, maxFragment)
	}
	return ""
}

// record takes the next record: reads it, or keeps it until its key is there.
// Only protected records wait; what is in cleartext is never behind them in
// TLS 1.2, and stands for itself in TLS 1.3 (change_cipher_spec, alerts).
func (d *Decoder) record(s *stream, r *record) {
	switch {
	case !s.guard.covers(r):
		d.content(s, r, r.ContentType, r.body)
	case r.Length < minSealed:
		d.unopened(s, r, "too short to be a protected record")
	case len(s.waiting) > 0 || !d.open(s, r):
		d.wait(s, r)
	}
}

// wait keeps a record until its key is logged.
func (d *Decoder) wait(s *stream, r *record) {
	if s.waits+r.Length > d.limits.Waiting {
		s.sealed = fmt.Sprintf("no key was logged within %d bytes", d.limits.Waiting)
	}
	r.raw = r.keep(r.raw, &d.room)
	r.own, r.partial = true, nil
	r.body = r.raw[recordHeaderLen:]
	s.waits += r.Length
	s.waiting = append(s.waiting, *r)
}

// drain opens the records that waited, as far as their keys are there, in the
// order in which they came: what one side says may change how the other's
// records are opened.
func (d *Decoder) drain() {
	first, second := &d.client, &d.server
	for len(first.waiting)+len(second.waiting) > 0 {
		if first.oldest() > second.oldest() {
			first, second = second, first
		}
		if !d.retry(first) && !d.retry(second) {
			return
		}
	}
}

// oldest is the place of the record that has waited longest.
func (s *stream) oldest() int64 {
	if len(s.waiting) == 0 {
		return never
	}
	return s.waiting[0].order
}

// retry opens the record that has waited longest, if it can be opened now.
func (d *Decoder) retry(s *stream) bool {
	if len(s.waiting) == 0 {
		return false
	}
	r := &s.waiting[0]
	if !d.open(s, r) {
		return false
	}
	s.waits -= r.Length
	*r = record{}
	if s.waiting = s.waiting[1:]; len(s.waiting) == 0 {
		s.waiting = nil
	}
	return true
}

// flush turns everything unfinished into messages that say so.
func (d *Decoder) flush() {
	for _, s := range []*stream{&d.client, &d.server} {
		s.sealed = cmp.Or(s.sealed, keyNotLogged)
	}
	d.drain()
	for _, s := range []*stream{&d.client, &d.server} {
		d.abandon(s)
		d.leftover(s)
	}
}

// The names of bytes that are no record, and of the beginning of one; and why a record was not opened that our side did
// not come to.
const (
	notTLS           = "not TLS"
	incompleteRecord = "incomplete record"
	keyNotLogged     = "its key was not logged"
)

// leftover reports an incomplete record, or what is not TLS at all.
func (d *Decoder) leftover(s *stream) {
	if len(s.partial) == 0 {
		return
	}
	m := Message{Dir: s.dir, At: s.at, Kind: KindUnknown, Raw: bytes.Clone(s.partial), Type: s.partial[0], Partial: true}
	if m.Name, m.Reason = notTLS, s.foreign; s.foreign == "" {
		m.Name = incompleteRecord
		m.Reason = fmt.Sprintf("%s of it arrived, and %d more were announced", count(len(s.partial), "byte"), s.missing(0))
	}
	d.emit(&m, s.order)
}
