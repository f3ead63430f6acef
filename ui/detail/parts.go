package detail

import (
	"bytes"
	"fmt"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// HasTree reports whether the parts of a row have bytes to be shown beside them. What is masked has none: the bytes of a
// mask mean nothing.
func HasTree(s Subject) bool {
	e := s.settled().event()
	switch {
	case e.TLSMessage != nil:
		return len(e.TLSMessage.Raw) > 0
	case e.TLS != nil:
		own := e.TLS.Own()
		return own != nil && len(own.Raw) > 0
	case e.Reply != nil:
		return len(e.Reply.Raw) > 0 && e.Reply.Masked == ""
	case e.Send != nil:
		return len(e.Send.Raw) > 0 && len(e.Send.Masked) == 0 && !e.Send.Content
	}
	return false
}

// parts are the bytes of a row and the fields in them.
func parts(s Subject) ([]byte, []tlswire.Field) {
	e := s.event()
	switch {
	case e.TLSMessage != nil:
		return e.TLSMessage.Raw, e.TLSMessage.Fields(s.moment(e), explain.Meaning)
	case e.TLS != nil:
		return chainParts(s, e)
	case e.Reply != nil:
		return e.Reply.Raw, replyParts(e)
	}
	return e.Send.Raw, sendParts(e.Send)
}

// chainParts lays the certificates of a chain one after the other, at its end a trusted root that was not sent.
func chainParts(s Subject, e *record.Event) (raw []byte, fields []tlswire.Field) {
	add := func(name string, c record.Certificate) {
		list := tlswire.ParseCertificate(c.Raw, s.moment(e))
		if len(list) > 0 {
			list[0].Name = name
		}
		shift(list, len(raw))
		raw, fields = append(raw, c.Raw...), append(fields, list...)
	}
	chain := e.TLS.Chain.List()
	for i, c := range chain[:min(len(chain), maxLinks)] {
		add(fmt.Sprintf("certificate %d", i+1), c)
	}
	for _, c := range unsent(e.TLS) {
		add("trusted root, not sent", *c)
	}
	return raw, fields
}

// shift moves fields after the bytes of others.
func shift(fields []tlswire.Field, by int) {
	for i := range fields {
		fields[i].Off += by
		shift(fields[i].Children, by)
	}
}

// replyParts are the lines of a reply (RFC 5321 §4.2).
func replyParts(e *record.Event) []tlswire.Field {
	var out []tlswire.Field
	off := 0
	for i, l := range e.Reply.Lines {
		if i == most {
			break
		}
		out = append(out, lineParts(e, i, off))
		off += len(l.Raw)
	}
	if rest := len(e.Reply.Raw) - off; rest > 0 {
		out = append(out, tlswire.Field{Name: "rest", Off: off, Len: rest, Meaning: "bytes after the lines that are listed"})
	}
	return out
}

func lineParts(e *record.Event, i, off int) tlswire.Field {
	l := e.Reply.Lines[i]
	line := tlswire.Field{Name: fmt.Sprintf("line %d", i+1), Off: off, Len: len(l.Raw), Value: l.Text, Ref: "RFC 5321 §4.2"}
	c := cutter{raw: l.Raw, off: off}
	if l.Code != "" && bytes.HasPrefix(l.Raw, []byte(l.Code)) {
		entry, _ := explain.Code(e.Reply.Code)
		c.take("code", len(l.Code), entry.Short)
		c.take("separator", min(len(c.rest()), 1), separator(l))
	}
	if word := l.Enhanced.String(); !l.Enhanced.IsZero() && bytes.HasPrefix(c.rest(), []byte(word+" ")) {
		entry, _ := explain.Enhanced(l.Enhanced.Class, l.Enhanced.Subject, l.Enhanced.Detail)
		c.take("enhanced code", len(word), entry.Short)
		c.take("blank", 1, "")
	}
	c.take("text", len(bytes.TrimRight(c.rest(), "\r\n")), textMeaning(e, i))
	c.end()
	line.Children = c.out
	return line
}

func separator(l wire.Line) string {
	if l.Sep == '-' {
		return "more lines follow"
	}
	return "this is the last line"
}

// textMeaning explains a line of an EHLO reply; what other replies say in words is for people.
func textMeaning(e *record.Event, i int) string {
	if e.Step != record.VerbEHLO || i == 0 || e.Reply.Code != 250 {
		return "for people: a client uses only the code"
	}
	entry, _ := words.Keyword(e, i)
	return entry.Short
}

// sendParts are command and argument of a line (RFC 5321 §4.1.1).
func sendParts(s *record.Send) []tlswire.Field {
	c := cutter{raw: s.Raw}
	text := bytes.TrimRight(s.Raw, "\r\n")
	verb, argument, more := bytes.Cut(text, []byte(" "))
	entry, _ := explain.Command(string(verb))
	c.take("command", len(verb), entry.Short)
	if more {
		c.take("blank", 1, "")
		c.take("argument", len(argument), entry.Form)
	}
	c.end()
	for i := range c.out {
		c.out[i].Ref = "RFC 5321 §4.1.1"
	}
	return c.out
}

// cutter cuts a line into fields from its front.
type cutter struct {
	raw []byte
	pos int
	off int // of raw in the bytes of the row
	out []tlswire.Field
}

func (c *cutter) rest() []byte { return c.raw[c.pos:] }

func (c *cutter) take(name string, n int, meaning string) {
	if n == 0 {
		return
	}
	c.out = append(c.out, tlswire.Field{Name: name, Off: c.off + c.pos, Len: n, Value: string(c.raw[c.pos : c.pos+n]), Meaning: meaning})
	c.pos += n
}

// end takes the line ending (RFC 5321 §2.3.8).
func (c *cutter) end() {
	n, meaning := len(c.rest()), "CR and LF end a line"
	if string(c.rest()) != "\r\n" {
		meaning = "not CR and LF, which together end a line"
	}
	c.take("line ending", n, meaning)
}
