package transcripts

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// Lines are read by the decoder here, in a small part of the time that encoding/json takes: a screen reads a million of them before a
// person is done looking. It reads what [WriteLine] writes. Whatever it is not sure about, such as spaces between the parts, null, a
// name that is written otherwise or stands there twice, or a type that does not fit, it leaves to encoding/json as a whole.

// quickly reads a line that was found valid into e. A light reading, with light, leaves out what neither a snapshot nor a row is made of: the
// explanation, and the bytes of messages of TLS. It is false where encoding/json has to decide, and e may then hold anything.
func quickly(line []byte, e *record.Event, light *lightly) bool {
	c := &cursor{b: bytes.TrimRight(line, "\r\n"), light: light}
	return decoderOf(reflect.TypeFor[record.Event]())(c, reflect.ValueOf(e).Elem()) && c.i == len(c.b)
}

// cursor walks over a line; i is the next byte.
type cursor struct {
	b     []byte
	i     int
	light *lightly // nil for all there is
}

// lightly is what a light reading of many lines keeps between them: short texts, of which a session has the same ones over and over.
type lightly struct{ texts [256]string }

// text is a text as a string, the one that was made before where there is one.
func (l *lightly) text(b []byte) string {
	const short = 32
	if l == nil || len(b) == 0 || len(b) > short {
		return string(b)
	}
	kept := &l.texts[(len(b)*31+int(b[0])*7+int(b[len(b)-1])*3+int(b[len(b)/2]))%len(l.texts)]
	if *kept != string(b) {
		*kept = string(b)
	}
	return *kept
}

func (c *cursor) take(b byte) bool {
	if c.i < len(c.b) && c.b[c.i] == b {
		c.i++
		return true
	}
	return false
}

// decoder reads a value into v, which can be set; false where it is not sure.
type decoder func(c *cursor, v reflect.Value) bool

// decoders holds the decoder of each [reflect.Type] that was met.
var decoders sync.Map

func decoderOf(t reflect.Type) decoder {
	if known, ok := decoders.Load(t); ok {
		return known.(decoder)
	}
	d := newDecoder(t)
	decoders.Store(t, d)
	return d
}

// byHand is the decoder of a type whose own methods are passed over: what these do is done here. nil for all others.
func byHand(t reflect.Type) decoder {
	switch t {
	case reflect.TypeFor[wire.Raw]():
		return readRaw
	case reflect.TypeFor[wire.Line](), reflect.TypeFor[record.Capabilities]():
		return structureOf(t)
	case reflect.TypeFor[record.Reply]():
		return readReply(structureOf(t))
	case reflect.TypeFor[wire.Capability]():
		return readCapability(structureOf(t))
	case reflect.TypeFor[record.Decided]():
		return readDecided(structureOf(reflect.TypeFor[tlswire.Summary]()))
	case reflect.TypeFor[record.Later[record.Certificate]]():
		return readListed[record.Certificate]()
	case reflect.TypeFor[record.Later[record.Check]]():
		return readListed[record.Check]()
	case reflect.TypeFor[record.Later[record.Link]]():
		return readListed[record.Link]()
	}
	return nil
}

func newDecoder(t reflect.Type) decoder {
	pointer := reflect.PointerTo(t)
	if d := byHand(t); d != nil {
		return d
	}
	switch {
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return readUnmarshaler
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return readText
	}
	switch t.Kind() {
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return readUint
	case reflect.String:
		return readString
	case reflect.Pointer:
		return readPointer
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return readBytes
		}
		return readSlice
	case reflect.Struct:
		return structureOf(t)
	}
	return readOther
}

// skip passes over a value.
func (c *cursor) skip() bool {
	for depth := 0; c.i < len(c.b); {
		switch c.b[c.i] {
		case '"':
			if _, _, ok := c.quoted(); !ok {
				return false
			}
		case '{', '[':
			depth++
			c.i++
			continue
		case '}', ']':
			depth--
			c.i++
		case ',', ':':
			c.i++
			continue
		default:
			c.word()
		}
		if depth <= 0 {
			return depth == 0
		}
	}
	return false
}

// word is a number or a literal.
func (c *cursor) word() []byte {
	from := c.i
	for c.i < len(c.b) && !strings.ContainsRune(`,:{}[]"`, rune(c.b[c.i])) {
		c.i++
	}
	return c.b[from:c.i]
}

// quoted is what stands between the quotation marks of a string; plain says that nothing in it is escaped.
func (c *cursor) quoted() (text []byte, plain, ok bool) {
	if !c.take('"') {
		return nil, false, false
	}
	rest := c.b[c.i:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false, false
	}
	at := bytes.IndexByte(rest[:end], '\\')
	if at < 0 {
		c.i += end + 1
		return rest[:end], true, true
	}
	for at < len(rest) && rest[at] != '"' {
		if rest[at] == '\\' {
			at++
		}
		at++
	}
	if at >= len(rest) {
		return nil, false, false
	}
	c.i += at + 1
	return rest[:at], false, true
}

// text is a string without its escapes. What it gives may be part of the line.
func (c *cursor) text() (text []byte, ok bool) {
	text, plain, ok := c.quoted()
	if !ok || plain {
		return text, ok
	}
	return unescaped(text)
}

func unescaped(s []byte) (out []byte, ok bool) {
	out = make([]byte, 0, len(s))
	for len(s) > 0 {
		at := bytes.IndexByte(s, '\\')
		if at < 0 {
			return append(out, s...), true
		}
		out, s = append(out, s[:at]...), s[at+1:]
		if len(s) == 0 {
			return nil, false
		}
		if s[0] != 'u' {
			plain := strings.IndexByte(`"\/bfnrt`, s[0])
			if plain < 0 {
				return nil, false
			}
			out, s = append(out, "\"\\/\b\f\n\r\t"[plain]), s[1:]
			continue
		}
		r, size := codePoint(s)
		if size == 0 {
			return nil, false
		}
		out, s = utf8.AppendRune(out, r), s[size:]
	}
	return out, true
}

// codePoint reads the u and the digits of an escape, both halves of a pair; size is 0 where it is half of one.
func codePoint(s []byte) (r rune, size int) {
	unit := func(s []byte) rune {
		if len(s) < 5 || s[0] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(s[1:5]), 16, 32)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	r = unit(s)
	switch {
	case r < 0:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 5
	case len(s) < 11 || s[5] != '\\':
		return 0, 0
	}
	if r = utf16.DecodeRune(r, unit(s[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 11
}

func readString(c *cursor, v reflect.Value) bool {
	text, ok := c.text()
	if ok {
		v.SetString(c.light.text(text))
	}
	return ok
}

func readBool(c *cursor, v reflect.Value) bool {
	word := string(c.word())
	v.SetBool(word == "true")
	return word == "true" || word == "false"
}

func readInt(c *cursor, v reflect.Value) bool {
	n, err := strconv.ParseInt(string(c.word()), 10, v.Type().Bits())
	v.SetInt(n)
	return err == nil
}

func readUint(c *cursor, v reflect.Value) bool {
	n, err := strconv.ParseUint(string(c.word()), 10, v.Type().Bits())
	v.SetUint(n)
	return err == nil
}

func readBytes(c *cursor, v reflect.Value) bool {
	text, plain, ok := c.quoted()
	if !ok || !plain {
		return false
	}
	b := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(b, text)
	v.SetBytes(b[:n])
	return err == nil
}

// readRaw leaves bytes that are no text to the method.
func readRaw(c *cursor, v reflect.Value) bool {
	if c.i < len(c.b) && c.b[c.i] == '{' {
		return readUnmarshaler(c, v)
	}
	text, ok := c.text()
	v.SetBytes(append([]byte{}, text...))
	return ok
}

func readPointer(c *cursor, v reflect.Value) bool {
	made := reflect.New(v.Type().Elem())
	v.Set(made)
	return decoderOf(v.Type().Elem())(c, made.Elem())
}

func readSlice(c *cursor, v reflect.Value) bool {
	if !c.take('[') {
		return false
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	each := decoderOf(v.Type().Elem())
	for n := 0; !c.take(']'); n++ {
		if n > 0 && !c.take(',') {
			return false
		}
		v.Grow(1)
		v.SetLen(n + 1)
		if v.Index(n).SetZero(); !each(c, v.Index(n)) {
			return false
		}
	}
	return c.b[c.i-2] != ','
}

func readUnmarshaler(c *cursor, v reflect.Value) bool {
	from := c.i
	return c.skip() && v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(c.b[from:c.i]) == nil
}

func readText(c *cursor, v reflect.Value) bool {
	text, ok := c.text()
	return ok && v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(text) == nil
}

func readOther(c *cursor, v reflect.Value) bool {
	from := c.i
	return c.skip() && json.Unmarshal(c.b[from:c.i], v.Addr().Interface()) == nil
}

// readReply gives each line its bytes, as the method of [wire.Reply] does.
func readReply(plain decoder) decoder {
	return func(c *cursor, v reflect.Value) bool {
		ok := plain(c, v)
		v.Addr().Interface().(*record.Reply).Divide()
		return ok
	}
}

// readCapability works the line out again, as the method of [wire.Capability] does.
func readCapability(plain decoder) decoder {
	return func(c *cursor, v reflect.Value) bool {
		ok := plain(c, v)
		k := v.Addr().Interface().(*wire.Capability)
		*k = wire.ParseCapability(string(k.Raw), k.Line)
		return ok
	}
}

func readDecided(summary decoder) decoder {
	return func(c *cursor, v reflect.Value) bool {
		d := record.Decided{Stored: new(tlswire.Summary)}
		ok := summary(c, reflect.ValueOf(d.Stored).Elem())
		*v.Addr().Interface().(*record.Decided) = d
		return ok
	}
}

func readListed[T any]() decoder {
	list := decoderOf(reflect.TypeFor[[]T]())
	return func(c *cursor, v reflect.Value) bool {
		var stored []T
		ok := list(c, reflect.ValueOf(&stored).Elem())
		v.Addr().Interface().(*record.Later[T]).Stored = stored
		return ok
	}
}

// slot is a field of a structure that is read.
type slot struct {
	index  []int
	name   string
	decode decoder
	heavy  bool // a light reading leaves it out
}

// heavy names what a light reading leaves out of a structure.
func heavy(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[record.Event]():
		return []string{"explain"}
	case reflect.TypeFor[tlswire.Message]():
		return []string{"raw", "records"}
	}
	return nil
}

func structureOf(t reflect.Type) decoder {
	var s slots
	for _, m := range fieldsOf(t, nil) {
		name := strings.TrimSuffix(strings.TrimPrefix(m.key, `"`), `":`)
		s = append(s, slot{m.index, name, decoderOf(t.FieldByIndex(m.index).Type), slices.Contains(heavy(t), name)})
	}
	return s.read
}

// slots are the fields of a structure, at most 64, in the order in which they are written.
type slots []slot

func (s slots) read(c *cursor, v reflect.Value) bool {
	if !c.take('{') {
		return false
	}
	var seen uint64
	for at := 0; !c.take('}'); {
		if seen != 0 && !c.take(',') {
			return false
		}
		name, plain, ok := c.quoted()
		if !ok || !plain || !c.take(':') {
			return false
		}
		if at, ok = s.find(name, at); !ok || seen>>at&1 == 1 {
			return false
		}
		seen |= 1 << at
		switch {
		case c.light != nil && s[at].heavy:
			ok = c.skip()
		default:
			ok = s[at].decode(c, v.FieldByIndex(s[at].index))
		}
		if !ok {
			return false
		}
	}
	return c.b[c.i-2] != ','
}

// find is the slot of a name. They stand in order, so that it is mostly one of the next.
func (s slots) find(name []byte, from int) (at int, ok bool) {
	for at = from; at < len(s); at++ {
		if s[at].name == string(name) {
			return at, true
		}
	}
	for at = range from {
		if s[at].name == string(name) {
			return at, true
		}
	}
	return 0, false
}
