package export

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
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
	l := words.Of(p.event)
	if together := words.InGroup(s); together != "" && p.Depth != Full { // where it is said of the lines
		p.say(markOwn, together)
	}
	p.wire(markOf(l.Mark), l.Raw, most)
	if p.Depth == Brief {
		p.add(words.Practice(s))
	}
	p.explained(func() {
		p.remark(l, words.Masked(s.Masked))
		p.parts(words.Parts(p.event))
		p.sources()
		p.onTheWire(s.Cipher)
	})
}

func (p *page) reply(r *record.Reply) {
	l := words.Of(p.event)
	most := maxReplyLines
	if p.Depth == Brief && p.compared && p.event.Step == record.VerbEHLO && r.Code == 250 {
		most = 1 // what TLS has changed is told with the list
	}
	p.wire(markOf(l.Mark), r.Raw, most)
	if r.Error != "" {
		p.say(markWarn, words.NoReply(r))
	}
	p.explained(func() {
		p.remark(l, words.Took(p.event), words.Masked(masks(r.Masked)))
		for _, d := range r.Defects {
			p.add(words.Defect(d))
		}
		p.sources()
		p.onTheWire(r.Cipher)
	})
}

func masks(hides string) []string {
	if hides == "" {
		return nil
	}
	return []string{hides}
}

// wire shows what crossed the wire line by line. Only a proper line end is left out; another one is part of what is
// to be seen.
func (p *page) wire(m mark, raw wire.Raw, most int) {
	lines := slices.Collect(strings.SplitAfterSeq(string(raw), "\n"))
	if n := len(lines) - 1; lines[n] == "" { // what was sent ends with a line end
		lines = lines[:n]
	}
	if p.Depth != Full && len(lines) > most {
		if most > 1 {
			defer p.add("… " + words.Number(len(lines)-most, "more line"))
		}
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
	return line[:maxShown] + " … " + words.Number(len(line)-maxShown, "more byte")
}

// onTheWire says what an eavesdropper saw.
func (p *page) onTheWire(c *record.Cipher) {
	if p.Depth == Full {
		p.add(words.Labelled("on the wire: ", words.Cipher(c)))
	}
}

// capabilities tells what TLS has changed; at the depth Full also each line by itself.
func (p *page) capabilities(c *record.Capabilities) {
	l := words.Of(p.event)
	if c.Changes != nil || p.Depth == Full {
		p.say(markOf(l.Mark), l.Whole())
	}
	p.compared = false
	if p.Depth == Full {
		p.parts(words.Parts(p.event))
	}
}
