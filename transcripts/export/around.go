package export

import (
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// around tells what happens around the lines of SMTP. At the depth Brief that is the target, what the name server was asked for
// beside the address, a second connection, which nobody asked for, what TLS came to, and what failed: the verdict has the address.
func (p *page) around() {
	l := words.Of(p.event)
	switch p.event.Kind {
	case record.KindStart, record.KindLookup, record.KindProbe, record.KindTLS, record.KindFault:
	case record.KindForgot:
		p.compared = len(p.event.Forgot.Capabilities) > 0
		fallthrough
	default:
		if p.Depth == Brief && !l.Mark.Bad {
			return
		}
	}
	p.say(markOf(l.Mark), l.Whole())
	p.explained(func() {
		p.remark(l, words.Took(p.event))
		p.parts(words.Parts(p.event))
		p.sources()
	})
}

// auth opens half a round of AUTH: each part with its name, secrets masked.
func (p *page) auth(a *record.Auth) {
	l := words.Of(p.event)
	if a.Outcome != "" && l.Mark.Bad {
		p.say(markOf(l.Mark), l.Whole())
		return
	}
	p.explained(func() {
		p.say(markOf(l.Mark), l.Whole())
		for _, v := range words.Values(a) {
			p.add(v.Name + " = " + v.Value)
			if p.Depth == Full {
				p.addAt(1, words.List(", ", v.Note, v.Ref))
			}
		}
		if a.Outcome == "" {
			p.remark(l)
			p.sources()
		}
	})
}

// moved tells what is different from the state told last.
func (p *page) moved(s *record.State) {
	l := words.Moved(p.state, *s)
	p.state = *s
	if l.Head != "" && (l.Mark.Bad || p.Depth != Brief) {
		p.say(markOf(l.Mark), words.List(", ", l.Head, when(l.Doubt, "unverified")))
	}
}

func (p *page) finding(f *record.Finding) {
	l := words.Of(p.event)
	if p.Depth == Brief && l.Mark.Sign == words.Info {
		return
	}
	p.say(markOf(l.Mark), l.Whole())
	p.explained(func() { p.parts(words.Parts(p.event)) })
	if p.Depth == Full {
		p.add(words.Labelled("see ", explain.Cite(f.Refs)))
		p.sources()
	}
}

func (p *page) note() {
	l := words.Of(p.event)
	head, more, _ := strings.Cut(l.Whole(), "\n")
	p.say(markOf(l.Mark), head)
	if more != "" {
		for line := range strings.SplitSeq(more, "\n") {
			p.add(line)
		}
	}
}

// end is the verdict. What was seen stands above it, but for the depth Quiet: the last lines say what happened, who has to
// act, and what they can do.
func (p *page) end(v *record.Verdict) {
	s := words.Verdict(v)
	if p.Depth != Quiet {
		p.facts(s.Facts)
	}
	m := markOf(s.Mark)
	if s.Doubt {
		m = markWarn
	}
	p.say(m, s.Lead()+": "+s.Cause)
	p.add(words.Labelled("who has to act: ", s.Who))
	for i, a := range s.Advice {
		p.add(words.Label(a.Advice, i == 0) + ": " + a.Phrase)
		if p.How != nil {
			p.showAt(1, p.How(a.Advice))
		}
	}
}

// facts are a line each, the names in a column.
func (p *page) facts(list []words.Part) {
	const column = 13
	for _, part := range list {
		m := mark{padRight(markState.text, len(markState.text)) + padRight(part.Name, column), colorDim}
		p.say(m, part.Value)
	}
}

// remark adds what an event means: a line of it with its first source, and what is special about this one.
func (p *page) remark(l words.Line, special ...string) {
	source, vendor := "", ""
	if len(l.Refs) > 0 && p.Depth != Full {
		source = "(" + explain.Cited(l.Refs[0].String()) + ")"
	}
	if x := p.event.Explain; x != nil {
		vendor = x.Vendor
	}
	p.add(words.List("; ", words.List(" ", l.Remark, source), words.List(", ", special...), words.Labelled("wording of ", vendor)))
}

// sources adds the longer text with its cause, remedy and sources: cause and remedy only where no finding tells them.
func (p *page) sources() {
	x := p.event.Explain
	if x == nil {
		return
	}
	if p.Depth == Full {
		p.add(x.Text)
	}
	if p.event.Kind != record.KindTLS {
		p.add(words.Labelled("cause: ", x.Cause))
		p.add(words.Labelled("remedy: ", explain.Remedies(x.Remedy, x.Operator)))
	}
	if p.Depth == Full {
		p.add(words.Labelled("see ", explain.Cite(x.Refs)))
	}
}

// parts adds the values of an event, a line each.
func (p *page) parts(list []words.Part) {
	for _, part := range list {
		if part.Deep && p.Depth != Full {
			continue
		}
		p.addAt(part.In, part.Text())
		if p.Depth == Full {
			p.addAt(part.In+1, joinNote(part))
		}
	}
}

func joinNote(part words.Part) string { return words.List(", ", part.Note, part.Ref) }
