package export

import (
	"slices"
	"strings"
	"unicode/utf8"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
)

// message is one rung of the ladder that a handshake makes: direction, name, size, whether it was protected.
func (p *page) message(m *tlswire.Message) {
	p.explained(func() {
		l := words.Of(p.event)
		size := words.Count(len(m.Raw))
		rung := "TLS  " + padRight(l.Head, 22) + padLeft(size, 6) + padRight(strings.TrimPrefix(words.Number(len(m.Raw), "byte"), size), 8) +
			padRight(words.Protection(m.Encrypted), 14) + l.Remark
		p.show(markOf(l.Mark), strings.TrimRight(rung, " "))
		p.add(m.Reason)
		if p.Depth == Full {
			p.sources()
			p.records(m)
			fields := m.Fields(p.moment(), explain.Meaning)
			p.fields(fields, 0)
			p.replaced(sourcesOf(fields))
		}
	})
}

// records shows what an eavesdropper saw of a message that was encrypted.
func (p *page) records(m *tlswire.Message) {
	if m.Kind == tlswire.KindHandshake && !m.Encrypted {
		p.add("on the wire: " + words.InCleartext)
	}
	for _, r := range m.Records {
		switch {
		case len(r.Bytes) > 0:
			p.add("on the wire: " + words.Beginning(r.Bytes, len(r.Header())+r.Length) + " (" + tlswire.ContentTypeName(r.ContentType) + ")")
		case m.Encrypted && m.Key != "":
			p.add("on the wire: in a record that is shown with an earlier message")
		}
	}
}

const maxFieldDepth = 12

// fields adds the tree of a message, a field a line.
func (p *page) fields(fields []tlswire.Field, depth int) {
	if depth > maxFieldDepth {
		return
	}
	for _, f := range fields {
		line := words.List(" = ", f.Name, p.shortened(f.Value))
		p.addAt(depth, words.List(" ", words.List(": ", line, strings.ReplaceAll(f.Meaning, "\n", " ")), words.Labelled("· ", f.Ref), words.Labelled("! ", f.Bad)))
		p.fields(f.Children, depth+1)
	}
}

func sourcesOf(fields []tlswire.Field) (out []string) {
	for _, f := range fields {
		out = append(append(out, f.Ref), sourcesOf(f.Children)...)
	}
	return out
}

// replaced says once for all fields which of their sources are not in force any more.
func (p *page) replaced(sources []string) {
	var said []string
	for _, source := range sources {
		doc, _, _ := strings.Cut(source, " §")
		if by := explain.ObsoletedBy(doc); by != "" && !slices.Contains(said, doc) {
			said = append(said, doc)
			p.add("· " + doc + " was obsoleted by " + by)
		}
	}
}

// shortened cuts the hexadecimal of long fields: all bytes are in the transcript.
func (p *page) shortened(value string) string {
	const most = 96
	if len(value) <= most {
		return value
	}
	return value[:most] + "…"
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))) + s
}

func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
