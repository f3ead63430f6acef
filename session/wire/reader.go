package wire

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// Limits bounds what a [Reader] reads. A field of 0 or less means its default.
type Limits struct {
	Line  int // octets in a line, line end included
	Reply int // octets in a reply
	Lines int // lines in a reply
}

// defaultLimits are far above RFC 5321 §4.5.3.1.5, so that a server that exceeds
// it is still shown, and far below what hurts.
var defaultLimits = Limits{Line: 64 << 10, Reply: 1 << 20, Lines: 10_000}

func (l Limits) withDefaults() Limits {
	or := func(n, fallback int) int {
		if n > 0 {
			return n
		}
		return fallback
	}
	return Limits{or(l.Line, defaultLimits.Line), or(l.Reply, defaultLimits.Reply), or(l.Lines, defaultLimits.Lines)}
}

// Reader reads replies and keeps their bytes. It is for one goroutine.
type Reader struct {
	src    io.Reader
	limits Limits
	now    func() time.Time
	buf    []byte // read from src, not consumed
	store  []byte // what buf is a part of
	total  int64  // bytes read from src
	err    error  // came with the last bytes of src, to be reported after them
	filled time.Time
	first  time.Time
	last   time.Time
	raw    []byte // the reply being read
	start  int    // offset in raw of the line being read
	lines  int    // complete lines in raw
}

const bufferSize = 4 << 10

// NewReader reads replies from r within the limits.
func NewReader(r io.Reader, lim Limits) *Reader {
	return &Reader{src: r, limits: lim.withDefaults(), now: time.Now, store: make([]byte, bufferSize)}
}

// Reset makes it a reader of another source. Nothing is left of the one before, not even what is buffered.
func (r *Reader) Reset(src io.Reader) {
	*r = Reader{src: src, limits: r.limits, now: r.now, store: r.store}
}

// SetClock replaces time.Now as the source of FirstByte and LastByte.
func (r *Reader) SetClock(now func() time.Time) { r.now = now }

// FirstByte is the time at which the first byte of the last reply had arrived,
// zero if none did. Until then the server was waited for; from then on the reply
// was being transferred. A pipelined reply may have arrived before ReadReply was
// called.
func (r *Reader) FirstByte() time.Time { return r.first }

// LastByte is the time at which the last byte of the last reply had arrived, zero
// if none did.
func (r *Reader) LastByte() time.Time { return r.last }

// Buffered is a copy of the bytes that were read from the connection and belong to
// no reply so far. Bytes after the 220 to STARTTLS were sent before TLS and must
// not be believed under it (RFC 3207 §4.2).
func (r *Reader) Buffered() []byte { return bytes.Clone(r.buf) }

// Consumed is how many bytes of its source were taken so far, for a reply or skipped.
func (r *Reader) Consumed() int64 { return r.total - int64(len(r.buf)) }

// ReadReply reads one reply. On an error, an [*Error], the reply holds everything
// that was read of it.
func (r *Reader) ReadReply() (Reply, error) {
	r.raw, r.start, r.lines = nil, 0, 0
	r.first, r.last = time.Time{}, time.Time{}
	err := r.readLines()
	if len(r.raw) > 0 {
		r.last = r.filled
	}
	return parseReply(r.raw, r.lines), err
}

func (r *Reader) readLines() error {
	for {
		if err := r.readLine(); err != nil {
			return err
		}
		more := len(r.raw) > r.start+3 && r.raw[r.start+3] == '-'
		r.start = len(r.raw)
		r.lines++
		if !more {
			return nil
		}
		if r.lines >= r.limits.Lines {
			return &Error{Err: ErrTooManyLines, Line: r.lines + 1, Hint: hintFlood}
		}
	}
}

// readLine moves one line with a valid code, line end included, to raw.
func (r *Reader) readLine() error {
	for {
		if err := r.bound(); err != nil {
			return err
		}
		if len(r.buf) == 0 {
			if err := r.fill(); err != nil {
				return r.ended(err)
			}
		}
		r.take()
		if err := r.checkCode(); err != nil {
			return err
		}
		if r.raw[len(r.raw)-1] == '\n' {
			return nil
		}
	}
}

// bound reports a limit that leaves no room for one more byte of this line.
func (r *Reader) bound() error {
	number := r.lines + 1
	switch {
	case len(r.raw)-r.start >= r.limits.Line:
		return &Error{Err: ErrLineTooLong, Line: number, Detail: "begins with " + excerpt(r.raw[r.start:]), Hint: hintFlood}
	case len(r.raw) >= r.limits.Reply:
		return &Error{Err: ErrReplyTooLong, Line: number, Hint: hintFlood}
	}
	return nil
}

// take moves buffered bytes to raw: up to the next line feed, within the limits.
func (r *Reader) take() {
	n := bytes.IndexByte(r.buf, '\n') + 1
	if n == 0 {
		n = len(r.buf)
	}
	r.move(n)
}

func (r *Reader) move(n int) {
	if r.first.IsZero() {
		r.first = r.filled
	}
	n = min(n, len(r.buf), r.limits.Line-(len(r.raw)-r.start), r.limits.Reply-len(r.raw))
	r.raw = append(r.raw, r.buf[:n]...)
	r.buf = r.buf[n:]
}

// checkCode reports a line that cannot become a reply line, and keeps of it what
// has arrived. Only a possible TLS record is worth the wait for three bytes.
func (r *Reader) checkCode() error {
	seen := r.raw[r.start:]
	if couldBeCode(seen) {
		return nil
	}
	if !couldBeTLS(seen) {
		return notSMTP(r.lines+1, seen)
	}
	if len(seen) < 3 {
		return nil
	}
	r.move(len(r.buf)) // a record does not end at a line feed
	return tlsBytes(r.lines+1, seen[0])
}

// couldBeCode reports whether line begins like a code. The first digit is 2 to 5
// (RFC 5321 §4.2); the second one is left to the defects.
func couldBeCode(line []byte) bool {
	for i, c := range line[:min(3, len(line))] {
		if !isDigit(c) || (i == 0 && (c < '2' || c > '5')) {
			return false
		}
	}
	return true
}

// TLS record types and the major version that follows them (RFC 9846 §5.1).
const (
	recordAlert     = 0x15
	recordHandshake = 0x16
	recordMajor     = 0x03
)

func couldBeTLS(line []byte) bool {
	return (line[0] == recordAlert || line[0] == recordHandshake) &&
		(len(line) < 2 || line[1] == recordMajor) &&
		(len(line) < 3 || line[2] <= 0x04)
}

// ended says what the end of the source means at this place. The last line may lack
// its line end (a server that closes early), once the space after its code shows
// that it is the last one.
func (r *Reader) ended(err error) error {
	seen := r.raw[r.start:]
	number := r.lines + 1
	switch {
	case !couldBeCode(seen):
		return notSMTP(number, seen)
	case !errors.Is(err, io.EOF):
		return &Error{Err: err, Line: number}
	case len(r.raw) == 0:
		return &Error{Err: ErrClosed, Line: number, Hint: hintHungUp}
	case len(seen) > 3 && seen[3] == ' ':
		return nil
	}
	return &Error{Err: ErrUnexpectedEOF, Line: number, Hint: hintHungUp}
}

const (
	hintFlood  = "no honest server sends this much; close the connection"
	hintHungUp = "the server, or a device on the path, closed the connection; the log may say why"
)

const maxEmptyReads = 100

// fill waits for at least one byte.
func (r *Reader) fill() error {
	for range maxEmptyReads {
		if err := r.err; err != nil {
			r.err = nil
			return err
		}
		var n int
		n, r.err = r.src.Read(r.store)
		if n > 0 {
			r.buf, r.filled = r.store[:n], r.now()
			r.total += int64(n)
			return nil
		}
	}
	return io.ErrNoProgress
}

// Skip takes n buffered bytes for read.
func (r *Reader) Skip(n int) { r.buf = r.buf[min(n, len(r.buf)):] }

// Fill reads once from the source if nothing is buffered, so that [Reader.Buffered] shows what has arrived.
func (r *Reader) Fill() error {
	if len(r.buf) > 0 {
		return nil
	}
	return r.fill()
}
