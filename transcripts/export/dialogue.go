package export

import (
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// What is shown of long things at the depths before Full.
const (
	maxReplyLines   = 100
	maxContentLines = 20
	maxShown        = 1000 // characters of a line
)

func (p *page) send(s *record.Send) {
	most := maxReplyLines
	if s.Content {
		most = maxContentLines
	}
	p.wire(arrow(false, s.TLS, false), s.Raw, most)
	p.quietly(func() {
		p.explain(labelled("masked: ", strings.Join(s.Masked, ", ")), edited(s), contentNumbers(s))
		p.onTheWire(s.Cipher)
	})
}

func edited(s *record.Send) string {
	if s.Edited {
		return "typed by hand"
	}
	return ""
}

func contentNumbers(s *record.Send) string {
	if !s.Content {
		return ""
	}
	stuffed, normalised := "", ""
	if s.Stuffed > 0 {
		stuffed = count(s.Stuffed, "line") + " got a second dot in front (RFC 5321 §4.5.2)"
	}
	if s.Normalised > 0 {
		normalised = count(s.Normalised, "line end") + " made CRLF (RFC 5321 §2.3.8)"
	}
	return list(", ", count(s.Size, "byte"), stuffed, normalised)
}

func (p *page) reply(r *record.Reply) {
	bad := r.Error != "" || r.Unasked || r.Code >= 400 || r.Code == 0
	p.wire(arrow(true, r.TLS, bad), r.Raw, maxReplyLines)
	if r.Error != "" {
		p.say(markWarn, r.Error)
	}
	unasked := ""
	if r.Unasked {
		unasked = "it was not the server's turn"
	}
	p.quietly(func() {
		p.explain(unasked, answered(r.Wait, r.Took), labelled("masked: ", r.Masked))
		p.defects(r.Defects)
		p.onTheWire(r.Cipher)
	})
}

// wire shows what crossed the wire line by line. Only a proper line end is left out; another one is part of what is
// to be seen.
func (p *page) wire(m mark, raw wire.Raw, most int) {
	lines := slices.Collect(strings.SplitAfterSeq(string(raw), "\n"))
	if n := len(lines) - 1; lines[n] == "" { // what was sent ends with a line end
		lines = lines[:n]
	}
	if p.Depth != Full && len(lines) > most {
		defer p.add("… " + count(len(lines)-most, "more line"))
		lines = lines[:most]
	}
	for _, line := range lines {
		p.show(m, p.shorten(strings.TrimSuffix(line, "\r\n")))
	}
}

func (p *page) shorten(line string) string {
	if p.Depth == Full || len(line) <= maxShown {
		return line
	}
	return line[:maxShown] + " … " + count(len(line)-maxShown, "more byte")
}

// explain adds the annotation: a line of it, and what is special about this event; at the depth Full a paragraph
// with its sources. What went wrong gets its cause and remedy at any depth that is not Quiet.
func (p *page) explain(special ...string) {
	x := p.event.Explain
	if x == nil {
		x = &explain.Explanation{}
	}
	source := ""
	if len(x.Refs) > 0 && p.Depth != Full {
		source = "(" + x.Refs[0].String() + ")"
	}
	p.add(list("; ", list(" ", x.Short, source), list(", ", special...), labelled("wording of ", x.Vendor)))
	if p.Depth == Full {
		p.add(x.Text)
	}
	if t := p.event.TLS; t == nil || t.Error == "" && len(t.Checks) == 0 { // those are told with the findings
		p.add(labelled("cause: ", x.Cause))
		p.add(labelled("remedy: ", x.Remedy))
	}
	if p.Depth == Full {
		p.add(labelled("see ", refs(x.Refs)))
	}
}

func (p *page) defects(defects []wire.Defect) {
	for _, d := range defects {
		more := ""
		if d.More > 0 {
			more = "and " + count(d.More, "more line")
		}
		p.add(list(" ", "line "+itoa(d.Line)+": "+d.Text, more, labelled("(", labelled(d.Ref, ")"))))
	}
}

// onTheWire says what an eavesdropper saw.
func (p *page) onTheWire(c *record.Cipher) {
	switch {
	case p.Depth != Full || c == nil:
	case c.Withheld:
		p.add("on the wire: TLS records, withheld because their length tells the length of a secret")
	default:
		p.add("on the wire: " + beginning(c.Bytes, c.Total))
	}
}

func (p *page) capabilities(c *record.Capabilities) {
	p.quietly(func() {
		if c.Changes != nil {
			p.changes(c.Changes)
		}
		if p.Depth == Full {
			p.keywords(c.Keywords)
		}
	})
}

func (p *page) changes(c *wire.Changes) {
	var changed []string
	for _, pair := range c.Changed {
		changed = append(changed, capability(pair.Before)+" → "+capability(pair.After))
	}
	same := ""
	if len(c.Same) > 0 {
		same = count(len(c.Same), "line") + " as before"
	}
	p.say(markOwn, "against the list before TLS: "+list("; ", labelled("new ", capabilities(c.Added)),
		labelled("gone ", capabilities(c.Removed)), labelled("changed ", strings.Join(changed, ", ")), same))
}

func (p *page) keywords(keywords []wire.Capability) {
	p.say(markOwn, count(len(keywords), "capability line"))
	for _, k := range keywords {
		entry, _ := explain.Keyword(k.Keyword, k.Params)
		p.add(list(": ", capability(k), entry.Short))
	}
}

func capabilities(all []wire.Capability) string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = capability(c)
	}
	return strings.Join(texts, ", ")
}

func capability(c wire.Capability) string { return list(" ", c.Keyword, strings.Join(c.Params, " ")) }
