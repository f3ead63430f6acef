package message

import (
	"errors"
	"io"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"ehlo/session/dkim"
	"ehlo/session/wire"
)

// mail is a message taken apart.
type mail struct {
	fields []field
	body   string
	cut    bool // there was more than is read
	broken int  // the first line of the header that belongs to no field, 0 for none
	more   bool // the text is an mbox file, and more messages follow

	asSigned *dkim.Message
}

// field is one header field.
type field struct {
	name  string
	value string // unfolded
	raw   string // as it is, with its name and line ends
	line  int    // from 1
}

// split takes a message apart at its first empty line. Each line may end with CRLF or LF.
func split(text string) *mail {
	m := &mail{}
	if len(text) > MostBytes {
		text, m.cut = text[:MostBytes], true
	}
	text = strings.TrimPrefix(text, "\ufeff")
	line := 1
	if strings.HasPrefix(text, "From ") { // the separator of an mbox file (RFC 4155)
		text = m.firstOf(text[endOfLine(text):])
		line++
	}
	m.body = m.fieldsOf(text, line)
	return m
}

// firstOf is the first message of an mbox file.
func (m *mail) firstOf(text string) string {
	end := strings.Index(text, "\n\nFrom ")
	if end < 0 {
		end = strings.Index(text, "\r\n\r\nFrom ")
	}
	if end < 0 {
		return text
	}
	m.more = true
	return text[:end+1]
}

func endOfLine(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

// fieldsOf reads the header, and gives the body.
func (m *mail) fieldsOf(text string, line int) (body string) {
	begun, open := 0, false // where the last field began, and whether a line may continue it
	for at := 0; at < len(text); line++ {
		end := at + endOfLine(text[at:])
		one := text[at:end]
		switch {
		case strings.Trim(one, "\r\n") == "":
			return text[end:]
		case end > mostHeader, len(m.fields) == mostFields && !isFolded(one):
			m.cut, open = true, false
		case isFolded(one) && open:
			m.fields[len(m.fields)-1].raw = text[begun:end]
		case isFolded(one):
			m.breaks(line)
		default:
			begun, open = at, m.begin(one, line)
		}
		at = end
	}
	return ""
}

// isFolded reports whether a line continues the field before it (RFC 5322 §2.2.3).
func isFolded(line string) bool { return line[0] == ' ' || line[0] == '\t' }

// begin takes the first line of a field, and reports whether it is one.
func (m *mail) begin(line string, number int) bool {
	name, _, ok := strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || !isFieldName(name) {
		m.breaks(number)
		return false
	}
	m.fields = append(m.fields, field{name: name, raw: line, line: number})
	return true
}

func (m *mail) breaks(line int) {
	if m.broken == 0 && !m.cut {
		m.broken = line
	}
}

// isFieldName follows field-name (RFC 5322 §3.6.8).
func isFieldName(name string) bool {
	return name != "" && len(name) <= 100 && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// unfolded is the value of a field without its line ends (RFC 5322 §2.2.3).
func (f *field) unfolded() string {
	if f.value == "" {
		_, value, _ := strings.Cut(f.raw, ":")
		f.value = strings.TrimSpace(strings.NewReplacer("\r\n", "", "\n", "").Replace(value))
	}
	return f.value
}

// structured is the beginning of a value that is taken apart.
func (f *field) structured() string { return bounded(f.unfolded(), mostStructured) }

// isMail reports whether the header has a field that only mail has, or several that mail has.
func (m *mail) isMail() bool {
	usual := 0
	for _, f := range m.fields {
		switch strings.ToLower(f.name) {
		case "received", "return-path", "message-id", "dkim-signature", "mime-version", "delivered-to", "authentication-results":
			return true
		case "from", "to", "subject", "date", "cc", "reply-to", "sender":
			usual++
		}
	}
	return usual >= 2
}

// all are the fields of a name, in their order.
func (m *mail) all(name string) (list []*field) {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].name, name) {
			list = append(list, &m.fields[i])
		}
	}
	return list
}

// first is the value of the first field of a name, empty where there is none.
func (m *mail) first(name string) string {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].name, name) {
			return m.fields[i].unfolded()
		}
	}
	return ""
}

func (m *mail) shown(name string) string { return decoded(m.first(name)) }

// errCharset leaves an encoded word as it is.
var errCharset = errors.New("not a character set that is read here")

// decoded is a value with its encoded words read (RFC 2047), made visible and bounded.
func decoded(value string) string {
	value = bounded(value, mostValue)
	if strings.Contains(value, "=?") {
		words := mime.WordDecoder{CharsetReader: func(charset string, _ io.Reader) (io.Reader, error) { return nil, errCharset }}
		if plain, err := words.DecodeHeader(value); err == nil {
			value = plain
		}
	}
	return shown(value)
}

// shown makes a value visible and bounds it. A tab between words is a space.
func shown(value string) string {
	return wire.VisibleString(bounded(strings.ReplaceAll(strings.TrimSpace(value), "\t", " "), mostValue))
}

// bounded is at most so many bytes of a text, not cut inside a character, with a sign that it was cut.
func bounded(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.TrimRightFunc(text[:most], unicode.IsSpace) + "…"
}
