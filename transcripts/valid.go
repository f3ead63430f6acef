package transcripts

// valid reports whether line is one JSON text (RFC 8259 §2) that is nested at most maxDepth deep. bad is the
// offset of the first byte that is wrong, the length of the line if it ends too early.
//
// It does what json.Valid does, in a third of the time: a file is checked as a whole before its first event is
// shown. Whether the text is UTF-8 is another question.
func valid(line []byte) (bad int, ok bool) {
	p := parser{b: line}
	p.space()
	ok = p.value(0)
	p.space()
	return p.i, ok && p.i == len(line)
}

// parser walks over a JSON text; i is the next byte, and stays where something is wrong.
type parser struct {
	b []byte
	i int
}

func (p *parser) peek() byte {
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0 // NUL is legal nowhere, so it stands for the end as well
}

func (p *parser) space() {
	for c := p.peek(); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = p.peek() {
		p.i++
	}
}

func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.i++
	return true
}

func (p *parser) value(depth int) bool {
	switch c := p.peek(); {
	case c == '"':
		return p.text()
	case c == '{':
		return depth < maxDepth && p.list('}', depth)
	case c == '[':
		return depth < maxDepth && p.list(']', depth)
	case c == 't':
		return p.word("true")
	case c == 'f':
		return p.word("false")
	case c == 'n':
		return p.word("null")
	}
	return p.number()
}

// list reads an object or an array, by the byte that closes it.
func (p *parser) list(closing byte, depth int) bool {
	p.i++
	p.space()
	if p.take(closing) {
		return true
	}
	for {
		if closing == '}' && !p.name() || !p.value(depth+1) {
			return false
		}
		p.space()
		if p.take(closing) {
			return true
		}
		if !p.take(',') {
			return false
		}
		p.space()
	}
}

func (p *parser) name() bool {
	if p.peek() != '"' || !p.text() {
		return false
	}
	p.space()
	if !p.take(':') {
		return false
	}
	p.space()
	return true
}

// text reads a string (RFC 8259 §7).
func (p *parser) text() bool {
	for i := p.i + 1; i < len(p.b); i++ {
		switch c := p.b[i]; {
		case c == '"':
			p.i = i + 1
			return true
		case c < ' ':
			p.i = i
			return false
		case c == '\\':
			p.i = i + 1
			if !p.escape() {
				return false
			}
			i = p.i - 1
		}
	}
	p.i = len(p.b)
	return false
}

func (p *parser) escape() bool {
	switch p.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.i++
		return true
	case 'u':
		for range 4 {
			p.i++
			if !hexadecimal(p.peek()) {
				return false
			}
		}
		p.i++
		return true
	}
	return false
}

func hexadecimal(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// number reads a number (RFC 8259 §6).
func (p *parser) number() bool {
	p.take('-')
	if !p.take('0') && !p.digits() {
		return false
	}
	if p.take('.') && !p.digits() {
		return false
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		return p.digits()
	}
	return true
}

func (p *parser) digits() bool {
	from := p.i
	for digit(p.peek()) {
		p.i++
	}
	return p.i > from
}

func (p *parser) word(w string) bool {
	for i := range len(w) {
		if !p.take(w[i]) {
			return false
		}
	}
	return true
}
