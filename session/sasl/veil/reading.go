package veil

import (
	"bytes"
	"html"
	"iter"
	"strings"
	"unicode/utf8"
)

// reading is a text as one decoder gives it.
type reading struct {
	text    text
	quoted  bool // single characters were decoded, the rest is as it was
	encoded bool // all of it was taken for an encoding
}

// forms are those in which a reading is compared. What is no encoding gives bytes at random, of which some are letters.
func (r reading) forms() []form {
	if r.encoded {
		return []form{exact, joined}
	}
	return []form{exact, joined, letters}
}

// readings gives a text as it is, with each way of quoting undone, with all of them undone once and twice, and taken for
// base64, hexadecimal and decimal numbers.
func readings(b []byte) iter.Seq[reading] {
	plain := text{b: b}
	return func(yield func(reading) bool) {
		if !yield(reading{text: plain}) {
			return
		}
		if bytes.ContainsAny(b, quotes) {
			for _, q := range quotings {
				if t, ok := plain.unquote(q); ok && !yield(reading{text: t, quoted: true}) {
					return
				}
			}
			once, _ := plain.unquote(anyQuoting)
			if twice, ok := once.unquote(anyQuoting); ok && !yield(reading{text: twice, quoted: true}) {
				return
			}
		}
		for _, t := range encodings(plain) {
			if !yield(reading{text: t, encoded: true}) {
				return
			}
		}
	}
}

// quoting undoes one escape at the beginning of a text: what it stands for and how long it is; 0 where there is none.
type quoting func(b []byte) (out []byte, size int)

const quotes = `&\=+%`

var (
	escapes  = []quoting{entity, backslash, quotedPrintable, xtext, percent}
	quotings = []quoting{anyQuoting, queryForm, entity, backslash, quotedPrintable, xtext, percent}
)

// anyQuoting undoes whatever stands there.
func anyQuoting(b []byte) ([]byte, int) {
	for _, q := range escapes {
		if out, size := q(b); size > 0 {
			return out, size
		}
	}
	return nil, 0
}

// unquote undoes a way of quoting everywhere; ok is false where there is nothing to undo.
func (t text) unquote(q quoting) (out text, ok bool) {
	out = text{make([]byte, 0, len(t.b)), make([]int32, 0, len(t.b))}
	for i := 0; i < len(t.b); {
		if strings.IndexByte(quotes, t.b[i]) >= 0 {
			if b, size := q(t.b[i:]); size > 0 {
				out.append(t.origin(i), b...)
				i, ok = i+size, true
				continue
			}
		}
		out.b, out.at = append(out.b, t.b[i]), append(out.at, int32(t.origin(i)))
		i++
	}
	return out, ok
}

// longestEntity is a bound for the name of a character in HTML.
const longestEntity = 34

// entity is a character of HTML: by name, in decimal or in hexadecimal digits.
func entity(b []byte) ([]byte, int) {
	if b[0] != '&' {
		return nil, 0
	}
	if len(b) > 2 && b[1] == '#' {
		return numericEntity(b)
	}
	end := bytes.IndexByte(b[:min(len(b), longestEntity)], ';') + 1
	if end == 0 {
		return nil, 0
	}
	name := string(b[:end])
	out := html.UnescapeString(name)
	if out == name {
		out = html.UnescapeString(strings.ToLower(name))
	}
	if strings.HasPrefix(out, "&") && len(out) > 1 {
		return nil, 0
	}
	return []byte(out), end
}

func numericEntity(b []byte) ([]byte, int) {
	from, base := 2, 10
	if b[2] == 'x' || b[2] == 'X' {
		from, base = 3, 16
	}
	r, n := number(b[from:], base, 8)
	if n == 0 {
		return nil, 0
	}
	size := from + n
	if size < len(b) && b[size] == ';' {
		size++
	}
	return utf8.AppendRune(nil, r), size
}

// number reads up to most digits.
func number(b []byte, base, most int) (value rune, n int) {
	for n < len(b) && n < most {
		d := digit(b[n])
		if d < 0 || d >= base {
			break
		}
		value, n = value*rune(base)+rune(d), n+1
	}
	return value, n
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// backslash is an escape of JSON (RFC 8259 §7), C and their relatives.
func backslash(b []byte) ([]byte, int) {
	if b[0] != '\\' || len(b) < 2 {
		return nil, 0
	}
	switch c := b[1]; c {
	case 'u', 'U', 'x', 'X':
		return codePoint(b)
	case 'n', 'r', 't', 'b', 'f', 'v', 'a':
		return nil, 2 // white space and control characters are compared by nobody
	default:
		if r, n := number(b[1:], 8, 3); n == 3 && r <= 0xff {
			return []byte{byte(r)}, 1 + n
		}
		return b[1:2], 2
	}
}

// codePoint is \xHH, \uHHHH, two of these for what is above U+FFFF, \UHHHHHHHH, or \u{H…}.
func codePoint(b []byte) ([]byte, int) {
	if len(b) > 2 && b[2] == '{' {
		if r, n := number(b[3:], 16, 6); n > 0 && len(b) > 3+n && b[3+n] == '}' {
			return utf8.AppendRune(nil, r), 4 + n
		}
	}
	most := 4
	if b[1] == 'x' || b[1] == 'X' {
		most = 2
	}
	r, n := number(b[2:], 16, most)
	if long, m := number(b[2:], 16, 8); b[1] == 'U' && m == 8 && long <= utf8.MaxRune {
		r, n, most = long, m, 8
	}
	switch {
	case n != most:
		return nil, 0
	case most == 2:
		return []byte{byte(r)}, 4
	case r >= 0xd800 && r < 0xdc00 && len(b) >= 12 && b[6] == '\\':
		if low, n := number(b[8:], 16, 4); n == 4 {
			return utf8.AppendRune(nil, (r-0xd800)<<10|(low-0xdc00)+0x10000), 12
		}
	}
	return utf8.AppendRune(nil, r), 2 + n
}

// quotedPrintable is =HH, or = at the end of a line (RFC 2045 §6.7).
func quotedPrintable(b []byte) ([]byte, int) {
	if b[0] == '=' && len(b) > 1 && (b[1] == '\n' || b[1] == '\r') {
		return nil, 2
	}
	return hexPair('=', b)
}

// xtext is +HH (RFC 3461 §4).
func xtext(b []byte) ([]byte, int) { return hexPair('+', b) }

// queryForm is percent-encoding as browsers send forms: + is a space.
func queryForm(b []byte) ([]byte, int) {
	if b[0] == '+' {
		return []byte{' '}, 1
	}
	return percent(b)
}

// percent is %HH (RFC 3986 §2.1) or %uHHHH.
func percent(b []byte) ([]byte, int) {
	if b[0] == '%' && len(b) >= 6 && (b[1] == 'u' || b[1] == 'U') {
		if r, n := number(b[2:], 16, 4); n == 4 {
			return utf8.AppendRune(nil, r), 6
		}
	}
	return hexPair('%', b)
}

func hexPair(mark byte, b []byte) ([]byte, int) {
	if b[0] != mark || len(b) < 3 {
		return nil, 0
	}
	r, n := number(b[1:], 16, 2)
	if n != 2 {
		return nil, 0
	}
	return []byte{byte(r)}, 3
}

// encodings takes the whole text for base64 in both alphabets (RFC 4648 §4 and §5) where it has a character of the second,
// beginning at any of four characters, for hexadecimal digits, beginning at either of two, and for decimal numbers.
func encodings(t text) []text {
	list := t.digits(sextet).phases(4, 6)
	if bytes.ContainsAny(t.b, "-_") {
		list = append(list, t.digits(sextetOfURLs).phases(4, 6)...)
	}
	list = append(list, t.withoutHexMarks().digits(digit).phases(2, 4)...)
	return append(list, t.decimals())
}

// phases makes bytes of digits of some bits each, beginning at each of the first n digits.
func (t text) phases(n, bits int) (list []text) {
	for first := range n {
		list = append(list, t.group(first, bits))
	}
	return list
}

// digits keeps the characters that have a value, as that value.
func (t text) digits(value func(byte) int) text {
	out := text{make([]byte, 0, len(t.b)), make([]int32, 0, len(t.b))}
	for i, c := range t.b {
		if v := value(c); v >= 0 {
			out.b, out.at = append(out.b, byte(v)), append(out.at, int32(t.origin(i)))
		}
	}
	return out
}

func sextet(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

func sextetOfURLs(c byte) int {
	switch c {
	case '-':
		return 62
	case '_':
		return 63
	}
	return sextet(c)
}

// group makes bytes of digits of some bits each, beginning at the digit number phase.
func (t text) group(phase, bits int) text {
	out := text{make([]byte, 0, len(t.b)), make([]int32, 0, len(t.b))}
	value, have := 0, 0
	for i := phase; i < len(t.b); i++ {
		value, have = value<<bits|int(t.b[i]), have+bits
		if have >= 8 {
			have -= 8
			out.b, out.at = append(out.b, byte(value>>have)), append(out.at, t.at[i])
			value &= 1<<have - 1
		}
	}
	return out
}

// withoutHexMarks drops the 0 of 0x, which is no digit of the number.
func (t text) withoutHexMarks() text {
	if !bytes.Contains(t.b, []byte("0x")) && !bytes.Contains(t.b, []byte("0X")) {
		return t
	}
	var out text
	for i, c := range t.b {
		if c == '0' && i+1 < len(t.b) && t.b[i+1]|' ' == 'x' {
			continue
		}
		out.append(t.origin(i), c)
	}
	return out
}

// decimals takes each number up to 255 for a byte.
func (t text) decimals() (out text) {
	for i := 0; i < len(t.b); {
		value, n := number(t.b[i:], 10, 4)
		if n > 0 && n < 4 && value <= 0xff {
			out.append(t.origin(i), byte(value))
		}
		i += max(n, 1)
	}
	return out
}
