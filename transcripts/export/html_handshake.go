package export

import (
	"encoding/hex"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
)

// handshakes is each message of TLS with its fields and its bytes.
func (p *webpage) handshakes(s *Session) {
	p.section("tls", "TLS, message by message", "Fields are on one side, bytes on the other. Point at either, or move to a field with the keyboard, to highlight both.")
	any := false
	for e := range s.told() {
		if e.TLSMessage != nil {
			p.message(e)
			any = true
		}
		if p.err != nil {
			return
		}
	}
	if !any {
		p.tags("<p>No TLS message was sent.</p>\n")
	}
	p.tags("</section>\n")
}

func (p *webpage) message(e *record.Event) {
	m, l := e.TLSMessage, words.Of(e)
	p.tags("<details class=\"m\">\n<summary><span class=\"who\">", speaker(l.Mark), "</span> ")
	p.in("<b>", l.Head, "</b> ")
	key := words.Key(m)
	if m.Key != "" {
		key = "decrypted with the " + key
	}
	p.in("<span class=\"dim\">", words.List(", ", words.Number(len(m.Raw), "byte"), key), "</span>")
	p.tags("</summary>\n<p id=\"m")
	p.number(e.Seq)
	p.tags("\">")
	p.text(l.Remark)
	p.tags("</p>\n")
	p.in("<p class=\"bad\">", m.Reason, "</p>\n")
	if x := e.Explain; x != nil {
		p.in("<p>", x.Text, "</p>\n")
	}
	o := &opened{webpage: p, seq: e.Seq, raw: m.Raw}
	fields := fieldsOf(m, p.began, e.T)
	p.tags("<div class=\"pair\">\n<div class=\"fields\">\n")
	o.fields(fields, nil)
	p.tags("</div>\n<pre class=\"bytes\" aria-label=\"bytes\">")
	o.bytes()
	p.tags("</pre>\n</div>\n</details>\n")
}

// opened is a message with its fields.
type opened struct {
	*webpage
	seq    int
	raw    []byte
	next   int // the number of the next field
	leaves []leaf
}

// leaf is a field without others in it.
type leaf struct {
	off, end int
	number   int
	around   []int
}

// fields writes a list of fields, and those in them below.
func (o *opened) fields(list []tlswire.Field, around []int) {
	if len(list) == 0 || len(around) > maxFieldDepth {
		return
	}
	o.tags("<ul>\n")
	for _, f := range list {
		number := o.next
		o.next++
		o.tags("<li>")
		o.field(f, number)
		if len(f.Children) == 0 {
			o.leaves = append(o.leaves, leaf{f.Off, f.Off + f.Len, number, around})
		}
		o.fields(f.Children, append(around[:len(around):len(around)], number))
		o.tags("</li>\n")
	}
	o.tags("</ul>\n")
}

func (o *opened) field(f tlswire.Field, number int) {
	o.tags("<span class=\"f")
	o.class(" k", number)
	o.tags("\"><a href=\"#b")
	o.number(o.seq)
	o.tags("-")
	o.number(number)
	o.tags("\">")
	o.text(f.Name)
	o.tags("</a>")
	o.in(" = <code>", cut(f.Value, 96), "</code>")
	o.in(" <span class=\"remark\">", strings.ReplaceAll(f.Meaning, "\n", " "), "</span>")
	o.in(" <small>", f.Ref, "</small>")
	o.in(" <strong class=\"bad\">", f.Bad, "</strong>")
	o.tags("</span>")
}

// class is that of a field that lights up.
func (o *opened) class(kind markup, number int) {
	if number < lit {
		o.tags(kind)
		o.number(number)
	}
}

// perRow is how many bytes stand in a row.
const perRow = 16

// bytes writes the message in hexadecimal, each field apart from the next.
func (o *opened) bytes() {
	at := 0
	for _, l := range o.leaves {
		if l.off < at || l.end > len(o.raw) || l.end <= l.off {
			continue // fields of a certificate that was taken apart by itself do not count bytes here
		}
		o.plain(at, l.off)
		o.tags("<span id=\"b")
		o.number(o.seq)
		o.tags("-")
		o.number(l.number)
		o.tags("\" class=\"b")
		o.class(" k", l.number)
		for _, number := range l.around {
			o.class(" a", number)
		}
		o.tags("\">")
		o.plain(l.off, l.end)
		o.tags("</span>")
		at = l.end
	}
	o.plain(at, len(o.raw))
}

// plain writes bytes in rows, each with the place where it begins.
func (o *opened) plain(from, to int) {
	for i := from; i < to; {
		end := min(to, i-i%perRow+perRow)
		if i%perRow == 0 && i > 0 {
			o.tags("\n")
		}
		var b strings.Builder
		for _, c := range o.raw[i:end] {
			b.WriteString(hex.EncodeToString([]byte{c}) + " ")
		}
		o.put(b.String())
		i = end
	}
}
