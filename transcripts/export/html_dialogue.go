package export

import (
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// dialogue is every event but the end as a row, under a heading for each step.
func (p *webpage) dialogue(s *Session) {
	p.section("dialogue", "Dialogue", "Each row shows the sender, whether the line was encrypted, and its meaning; unfold a row for more.")
	tries := s.counted()
	for e := range s.told() {
		if n := tries.begun(e); n > 0 {
			p.attempt(n)
		}
		if e.Kind != record.KindEnd && !e.Kind.Beside() { // the verdict has been told, and what others saw has a section of its own
			p.heading(e)
			p.row(e)
		}
		if p.err != nil {
			return
		}
	}
	p.closeRows()
	p.tags("</section>\n")
}

// attempt is the heading of an attempt, above those of its steps.
func (p *webpage) attempt(n int) {
	p.closeRows()
	p.step = ""
	p.tags("<h3 class=\"attempt\">Attempt ")
	p.number(n)
	p.tags("</h3>\n")
}

func (p *webpage) heading(e *record.Event) {
	if e.Step == "" || e.Step == p.step {
		if !p.open {
			p.tags("<ol class=\"rows\">\n")
			p.open = true
		}
		return
	}
	p.closeRows()
	p.step, p.open = e.Step, true
	p.tags("<h3>")
	p.text(upper(stepName(e)))
	p.tags("</h3>\n<ol class=\"rows\">\n")
}

func stepName(e *record.Event) string {
	if name := stepNames.Of(e.Step); name != "" {
		return name
	}
	return strings.ToUpper(string(e.Step))
}

func (p *webpage) closeRows() {
	if p.open {
		p.tags("</ol>\n")
		p.open = false
	}
}

// row is one event, if there is anything to say of it.
func (p *webpage) row(e *record.Event) {
	l := words.Of(e)
	if e.State != nil {
		l = words.Moved(p.state, *e.State)
		p.state = *e.State
	}
	nothing := l.Head == "" && len(l.Raw) == 0 && e.Reply == nil && e.Send == nil && e.TLSMessage == nil
	if nothing || e.Capabilities != nil && e.Capabilities.Changes == nil { // the reply has told what each line of a first list means
		return
	}
	p.tags("<li class=\"", kindOf(l.Mark), " ", mood(l.Mark), "\" id=\"e")
	p.number(e.Seq)
	p.tags("\"><span class=\"who\">", speaker(l.Mark), "</span>")
	p.tags("<div class=\"what\">")
	p.said(e, l)
	p.more(e)
	p.tags("</div></li>\n")
}

// kinds are the classes of rows, speakers say in words what the color of a row says.
var (
	kinds = [words.Ended + 1]markup{words.Own: "own", words.Good: "own", words.Info: "own", words.Warn: "warn", words.Danger: "danger", words.State: "state",
		words.ToServer: "c", words.FromServer: "s", words.Opened: "own", words.Changed: "own", words.Noted: "note", words.Ended: "end"}
	speakers = [words.Ended + 1]markup{words.Good: "result", words.Info: "finding", words.Warn: "warning", words.Danger: "danger", words.State: "state",
		words.ToServer: "client →", words.FromServer: "← server", words.Noted: "note", words.Ended: "verdict"}
)

// kindOf is the class of a row.
func kindOf(m words.Mark) markup {
	if m.TLS && crossed(m) {
		return kinds[m.Sign] + " tls"
	}
	return kinds[m.Sign]
}

// speaker says who spoke, and whether anyone on the path could read it.
func speaker(m words.Mark) markup {
	switch {
	case !crossed(m):
		return speakers[m.Sign]
	case m.TLS:
		return speakers[m.Sign] + " <small>encrypted</small>"
	}
	return speakers[m.Sign] + " <small>in cleartext</small>"
}

// crossed reports whether a row is something that crossed the wire.
func crossed(m words.Mark) bool { return m.Sign == words.ToServer || m.Sign == words.FromServer }

// said is the line itself, or each line of it.
func (p *webpage) said(e *record.Event, l words.Line) {
	switch {
	case e.TLSMessage != nil:
		p.tags("<a href=\"#m")
		p.number(e.Seq)
		p.tags("\">TLS ")
		p.text(l.Head)
		p.tags("</a>")
		p.in(" <span class=\"dim\">", words.Number(len(e.TLSMessage.Raw), "byte"), "</span>")
	case len(l.Raw) > 0:
		p.lines(e, string(l.Raw))
	case e.Note != nil:
		p.in("<p class=\"dim\">", l.Lead, "</p>")
		p.noted(e.Note.Text)
	default:
		p.in("<span class=\"head\">", l.Whole(), "</span>")
	}
	if e.Reply != nil {
		p.in("<p class=\"bad\">", words.NoReply(e.Reply), "</p>")
	}
	p.in("<span class=\"remark\">", words.List(", ", l.Remark, words.Took(e), masked(e)), "</span>")
}

// noted is the text of a note, a paragraph for each line.
func (p *webpage) noted(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		p.in("<p>", line, "</p>")
	}
}

func masked(e *record.Event) string {
	switch {
	case e.Send != nil:
		return words.Masked(e.Send.Masked)
	case e.Reply != nil:
		return words.Masked(masks(e.Reply.Masked))
	}
	return ""
}

// lines are what crossed the wire; a keyword of EHLO with what it means.
func (p *webpage) lines(e *record.Event, raw string) {
	n := 0
	for line := range strings.SplitAfterSeq(raw, "\n") {
		if line == "" {
			continue
		}
		p.tags("<div class=\"l\"><code>")
		p.text(strings.TrimSuffix(line, "\r\n"))
		p.tags("</code>")
		if e.Reply != nil {
			if keyword, ok := words.Keyword(e, n); ok {
				p.in(" <span class=\"remark\">", keyword.Short, "</span>")
			}
		}
		p.tags("</div>")
		n++
	}
}

// more is what unfolds: the longer text, the values, the sources.
func (p *webpage) more(e *record.Event) {
	parts := words.Parts(e)
	if e.TLSMessage != nil || len(parts) == 0 && e.Explain == nil && e.Reply == nil {
		return
	}
	p.tags("<details><summary>more <span class=\"unseen\">about event ")
	p.number(e.Seq)
	p.tags("</span></summary>\n")
	if x := e.Explain; x != nil {
		p.in("<p>", x.Text, "</p>\n")
		p.in("<p>Cause: ", x.Cause, "</p>\n")
		p.in("<p>Remedy: ", explain.Remedies(x.Remedy, x.Operator), "</p>\n")
		p.in("<p>Wording of ", x.Vendor, "</p>\n")
	}
	if e.Reply != nil {
		for _, d := range e.Reply.Defects {
			p.in("<p>", words.Defect(d), "</p>\n")
		}
	}
	p.parts(parts)
	if x := e.Explain; x != nil {
		p.in("<p class=\"dim\">See ", explain.Cite(x.Refs), "</p>\n")
	}
	p.in("<p class=\"dim\">", words.Duration(e.T)+" after the session began, event "+words.Count(e.Seq), "</p>\n")
	p.tags("</details>")
}

func (p *webpage) parts(list []words.Part) {
	if len(list) == 0 {
		return
	}
	p.tags("<ul class=\"parts\">\n")
	for _, part := range list {
		p.tags("<li class=\"", mood(words.Mark{Bad: part.Bad}), " in", indent(part.In), "\">")
		p.in("<b>", part.Name, "</b> ")
		p.text(part.Value)
		p.in(" <span class=\"dim\">", joinNote(part), "</span>")
		p.tags("</li>\n")
	}
	p.tags("</ul>\n")
}

// indent is how far a part stands in, in steps.
func indent(n int) markup {
	steps := [...]markup{"0", "1", "2", "3"}
	return steps[max(0, min(n, len(steps)-1))]
}
