package tlswire

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Field is one field of a message. The children of a field cover exactly its
// bytes, in order and without gaps; so do the fields of a message.
type Field struct {
	Name     string  `json:"name"` // as in the defining document
	Off      int     `json:"off"`  // in Message.Raw, or in the DER of ParseCertificate
	Len      int     `json:"len"`
	Value    string  `json:"value,omitempty"`
	Meaning  string  `json:"meaning,omitempty"`
	Ref      string  `json:"ref,omitempty"` // empty: that of the field around it
	Children []Field `json:"children,omitempty"`
	Bad      string  `json:"bad,omitempty"` // why it could not be parsed; its bytes then stand for themselves
}

// Fields opens a message. at is the moment for which certificates and OCSP
// answers in it are judged, as a rule when the message came; a zero at judges
// none. means has the texts about messages, extensions and alerts. What does not fit its structure is kept as bytes with the reason in Bad.
func (m Message) Fields(at time.Time, means Means) []Field {
	p := newParser(m.Raw, at)
	p.msg, p.means = m, means
	p.message()
	p.end()
	return p.out
}

// A tree may have this many fields, and one more for every bytesPerField
// bytes: a list of a thousand point formats is not worth a thousand fields.
const (
	baseFields    = 1024
	bytesPerField = 16
)

// parser makes fields of the bytes from pos to limit. After the first error it
// turns what is left into one bad field and does nothing more.
type parser struct {
	raw    []byte // of the whole message: offsets count from its start
	pos    int
	limit  int
	msg    Message // the context: kind, version, suite, sender
	at     time.Time
	means  Means
	budget *int // fields that may still be made
	out    []Field
	failed bool
}

func newParser(raw []byte, at time.Time) *parser {
	budget := baseFields + len(raw)/bytesPerField
	return &parser{raw: raw, limit: len(raw), at: at, budget: &budget}
}

// left is how many bytes are not parsed yet.
func (p *parser) left() int { return p.limit - p.pos }

// more reports whether a list goes on.
func (p *parser) more() bool { return !p.failed && p.pos < p.limit }

// peek returns the next n bytes without taking them, fewer if there are not
// so many.
func (p *parser) peek(n int) []byte {
	return p.raw[p.pos : p.pos+min(n, p.left())]
}

// fail turns the rest into one field that says why.
func (p *parser) fail(name, why string) {
	if p.failed {
		return
	}
	p.failed = true
	p.out = append(p.out, Field{Name: name, Off: p.pos, Len: p.left(), Value: hexValue(p.peek(p.left())), Bad: why})
	p.pos = p.limit
}

// add makes a field of the next n bytes and reports whether they were there.
func (p *parser) add(f Field, n int) bool {
	switch {
	case p.failed:
		return false
	case n > p.left():
		p.fail(f.Name, fmt.Sprintf("needs %s, %d left", count(n, "byte"), p.left()))
		return false
	case *p.budget == 0:
		p.fail("more fields", "too many fields to list one by one")
		return false
	}
	*p.budget--
	f.Off, f.Len = p.pos, n
	p.pos += n
	p.out = append(p.out, f)
	return true
}

// last is the field made last.
func (p *parser) last() *Field { return &p.out[len(p.out)-1] }

// bytes makes a field of n opaque bytes and returns them.
func (p *parser) bytes(name string, n int, meaning, ref string) []byte {
	b := p.peek(n)
	if !p.add(Field{Name: name, Value: hexValue(b), Meaning: meaning, Ref: ref}, n) {
		return nil
	}
	return b
}

// rest makes a field of everything that is left, if anything is.
func (p *parser) rest(name, meaning, ref string) []byte {
	if !p.more() {
		return nil
	}
	return p.bytes(name, p.left(), meaning, ref)
}

// number makes a field of a big-endian number of n bytes.
func (p *parser) number(name string, n int, meaning, ref string) int {
	v := 0
	for _, b := range p.peek(n) {
		v = v<<8 | int(b)
	}
	if !p.add(Field{Name: name, Value: strconv.Itoa(v), Meaning: meaning, Ref: ref}, n) {
		return 0
	}
	return v
}

// code8 and code16 make a field of a code point.
func (p *parser) code8(name string, table []Code) uint8 {
	b := p.peek(1)
	if len(b) < 1 {
		p.add(Field{Name: name}, 1)
		return 0
	}
	c, ok := lookup(table, uint16(b[0]))
	p.code(name, 1, c, ok, fmt.Sprintf("%d", b[0]))
	return b[0]
}

// point8 makes the field of a code point whose meaning stands elsewhere.
func (p *parser) point8(name, kind string, table []Code) {
	value := uint16(p.code8(name, table))
	if _, known := lookup(table, value); known && !p.failed {
		p.last().Meaning = p.means(kind, value, "")
	}
}

func (p *parser) code16(name string, find func(uint16) (Code, bool)) uint16 {
	b := p.peek(2)
	if len(b) < 2 {
		p.add(Field{Name: name}, 2)
		return 0
	}
	v := uint16(b[0])<<8 | uint16(b[1])
	c, ok := find(v)
	p.code(name, 2, c, ok, fmt.Sprintf("0x%04x", v))
	return v
}

// code makes the field of a code point: "name (number)" and its meaning with
// the verdict, or "number (unknown)".
func (p *parser) code(name string, n int, c Code, known bool, number string) {
	f := Field{Name: name, Value: number + " (unknown)", Meaning: "a value that this program does not know"}
	if known {
		f = Field{Name: name, Value: c.Name + " (" + number + ")", Meaning: joined(c.Meaning, c.Verdict), Ref: c.Ref}
	}
	p.add(f, n)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// vector makes a field of a length of n bytes and what it counts; body parses
// that.
func (p *parser) vector(name string, n int, meaning, ref string, body func(*parser)) {
	length := 0
	for _, b := range p.peek(n) {
		length = length<<8 | int(b)
	}
	switch {
	case p.failed:
	case n > p.left():
		p.fail(name, fmt.Sprintf("needs a length of %s, %d left", count(n, "byte"), p.left()))
	case length > p.left()-n:
		p.fail(name, fmt.Sprintf("declares %s, %d left", count(length, "byte"), p.left()-n))
	default:
		p.group(name, n+length, meaning, ref, func(p *parser) {
			p.number("length", n, "bytes that follow", "")
			body(p)
		})
	}
}

// group makes a field of n bytes whose children body makes.
func (p *parser) group(name string, n int, meaning, ref string, body func(*parser)) {
	start := p.pos
	if !p.add(Field{Name: name, Meaning: meaning, Ref: ref}, n) {
		return
	}
	inner := *p
	inner.pos, inner.limit, inner.out = start, start+n, nil
	body(&inner)
	inner.end()
	p.last().Children = inner.out
}

// opaque makes a field of a length of n bytes and as many opaque bytes, and
// returns them. Its value is that of the bytes.
func (p *parser) opaque(name string, n int, content, meaning, ref string) (b []byte) {
	p.vector(name, n, meaning, ref, func(p *parser) { b = p.rest(content, "", "") })
	if !p.failed {
		p.last().Value = hexValue(b)
	}
	return b
}

// list makes a field of a length of n bytes and elements until it is full.
func (p *parser) list(name string, n int, meaning, ref string, element func(*parser)) {
	items := 0
	p.vector(name, n, meaning, ref, func(p *parser) {
		for p.more() {
			before := p.pos
			element(p)
			if items++; p.pos == before && !p.failed {
				p.fail("element", "an empty element would repeat endlessly")
			}
		}
	})
	if !p.failed {
		p.last().Value = count(items, "entry")
	}
}

// end says what to think of bytes that nothing has claimed.
func (p *parser) end() {
	if p.more() {
		p.fail("trailing bytes", count(p.left(), "byte")+" more than the structure has room for")
	}
}

// shown is how many bytes a value shows in hexadecimal; the range has the rest.
const shown = 64

func hexValue(b []byte) string {
	if len(b) <= shown {
		return hex.EncodeToString(b)
	}
	return fmt.Sprintf("%s… (%d bytes)", hex.EncodeToString(b[:shown]), len(b))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "ry"); ok {
		return fmt.Sprintf("%d %sries", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
