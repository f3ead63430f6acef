package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxReplyLine is the length of a reply line with its CRLF, in octets, that a
// server must not exceed (RFC 5321 §4.5.3.1.5).
const maxReplyLine = 512

// parseReply reads the first n lines of raw; each begins with a valid code. What
// follows them is evidence of an error and stays in Raw.
func parseReply(raw Raw, n int) Reply {
	if n == 0 {
		return Reply{Raw: raw}
	}
	p := parser{reply: Reply{Raw: raw, Lines: make([]Line, 0, n)}, all: string(raw)}
	rest := raw
	for range n {
		var line Raw
		line, rest = cutLine(rest)
		p.line(line)
	}
	p.finish()
	return p.reply
}

type parser struct {
	reply   Reply
	all     string // the whole reply; codes and texts are parts of it
	at      int    // offset in all of the line to come
	hasText bool
	defects defectSet
}

func (p *parser) line(raw Raw) {
	number := len(p.reply.Lines) + 1
	body := p.all[p.at : p.at+p.body(raw, number)]
	p.at += len(raw)
	p.characters(body, number)
	l := Line{Raw: raw, Code: body[:3], Text: body[3:]}
	switch {
	case l.Text == "":
	case l.Text[0] == ' ' || l.Text[0] == '-':
		l.Sep, l.Text = Separator(l.Text[0]), l.Text[1:]
	default:
		p.defects.add(badSeparator, number)
	}
	p.hasText = p.hasText || l.Text != ""
	l.Enhanced, l.Text = cutEnhanced(l.Text)
	p.reply.Lines = append(p.reply.Lines, l)
}

// body is the length of the line without its line end. A line end other than CRLF
// is noted and accepted (RFC 5321 §2.3.8 forbids it): only the evidence counts here.
func (p *parser) body(raw Raw, number int) int {
	p.defects.addIf(len(raw) > maxReplyLine, longLine, number)
	text, ended := bytes.CutSuffix(raw, []byte{'\n'})
	text, cr := bytes.CutSuffix(text, []byte{'\r'})
	p.defects.addIf(!ended, missingLineEnd, number)
	p.defects.addIf(ended && !cr, bareLF, number)
	return len(text)
}

// characters notes what RFC 5321 §4.2 does not allow in a text: it is tab and
// printable ASCII only.
func (p *parser) characters(body string, number int) {
	var seen struct{ nul, cr, control, high bool }
	for i := range len(body) {
		switch c := body[i]; {
		case c == 0:
			seen.nul = true
		case c == '\r':
			seen.cr = true
		case c < ' ' && c != '\t', c == 0x7f:
			seen.control = true
		case c >= utf8.RuneSelf:
			seen.high = true
		}
	}
	p.defects.addIf(seen.nul, nul, number)
	p.defects.addIf(seen.cr, bareCR, number)
	p.defects.addIf(seen.control, control, number)
	if seen.high {
		valid := utf8.ValidString(body)
		p.defects.addIf(valid, utf8Text, number)
		p.defects.addIf(!valid, invalidUTF8, number)
	}
}

// cutEnhanced divides an enhanced code at the start of a text from the rest. It
// must be followed by a space or by nothing (RFC 2034 §4).
func cutEnhanced(text string) (Enhanced, string) {
	word, rest, _ := strings.Cut(text, " ")
	e, ok := parseEnhanced(word)
	if !ok {
		return Enhanced{}, text
	}
	return e, strings.TrimLeft(rest, " ")
}

// finish looks at the lines together.
func (p *parser) finish() {
	r := &p.reply
	for _, l := range r.Lines {
		r.Code = codeNumber(l.Code)
		if !l.Enhanced.IsZero() {
			r.Enhanced = l.Enhanced
		}
	}
	for i, l := range r.Lines {
		p.compare(l, i+1)
	}
	p.defects.addIf(!p.hasText, missingText, 1)
	r.Defects = p.defects.list()
}

func (p *parser) compare(l Line, number int) {
	p.defects.addIf(codeNumber(l.Code) != p.reply.Code, mismatchedCode, number)
	p.defects.addIf(l.Code[1] > '5', unknownGroup, number)
	if p.reply.Enhanced.IsZero() {
		return
	}
	if l.Enhanced.IsZero() {
		p.defects.add(enhancedMissing, number)
		return
	}
	p.defects.addIf(l.Enhanced != p.reply.Enhanced, enhancedMismatch, number)
	p.defects.addIf(l.Enhanced.Class != int(l.Code[0]-'0'), enhancedClass, number)
}

func codeNumber(code string) int {
	return int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')
}
