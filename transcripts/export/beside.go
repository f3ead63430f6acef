package export

import (
	"cmp"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// The marks of what others wrote down and did.
var (
	markLog  = mark{"log  ", colorDim}
	markPath = mark{"path ", colorDim}
)

// beside tells what the server logged in a step, or what a device on the path saw and did, where that is asked for.
func (p *page) beside(e *record.Event) {
	m, asked := markLog, p.ServerLog
	if e.Kind == record.KindOnPath {
		m, asked = markPath, p.OnPath
	}
	if !asked {
		return
	}
	for _, part := range words.Beside(e) {
		if m.color = colorDim; part.Bad {
			m.color = colorWarn
		}
		p.show(m, part.Text())
	}
}

// logLines are the lines of the server's log as a file of the system has them: what reads such files reads these.
func (s *Session) logLines() (lines []string) {
	for e := range s.Events {
		if e.ServerLog == nil {
			continue
		}
		for _, l := range e.ServerLog.Lines {
			lines = append(lines, wire.VisibleString(l.Syslog()))
		}
		if e.ServerLog.More > 0 {
			lines = append(lines, "and "+words.Number(e.ServerLog.More, "more line"))
		}
	}
	return lines
}

// passing is what a device on the path saw and did in a step.
type passing struct {
	step  string
	deeds []words.Part
}

func (s *Session) passings() (list []passing) {
	for e := range s.Events {
		if e.OnPath != nil {
			list = append(list, passing{cmp.Or(stepName(e), "after the session"), words.Beside(e)})
		}
	}
	return list
}

// Titles of the parts for what others saw, and what is said of them.
const (
	logTitle  = "The server's log"
	pathTitle = "On the path"
	logAbout  = "What the practice server logged, in the wording of Postfix."
	pathAbout = "What a device between client and server could read, and what it changed."
)

// apart writes both as parts of their own, below the dialogue.
func (t *Text) apart(out *output, s *Session) {
	p := &page{Text: t}
	if lines := s.logLines(); len(lines) > 0 {
		p.say(markOwn, logTitle)
		for _, line := range lines {
			p.showAt(0, line)
		}
	}
	if list := s.passings(); len(list) > 0 {
		p.say(markOwn, pathTitle)
		for _, at := range list {
			p.showAt(0, at.step)
			for _, d := range at.deeds {
				p.showAt(1, d.Text())
			}
		}
	}
	out.lines(p.lines)
}

// beside writes both as parts of their own.
func (m *markdown) beside(s *Session) {
	if lines := s.logLines(); len(lines) > 0 {
		m.put("\n## ", logTitle, "\n\n", logAbout, "\n\n", fence)
		for _, line := range lines {
			m.put("    ", line, "\n")
		}
		m.put(fenceEnd)
	}
	list := s.passings()
	if len(list) == 0 {
		return
	}
	m.put("\n## ", pathTitle, "\n\n", pathAbout, "\n\n", fence)
	for _, at := range list {
		m.put("    ", wire.VisibleString(at.step), "\n")
		for _, d := range at.deeds {
			m.put("       ", wire.VisibleString(d.Text()), "\n")
		}
	}
	m.put(fenceEnd)
}

// linksBeside leads to the sections of both.
func (p *webpage) linksBeside(s *Session) {
	if len(s.logLines()) > 0 {
		p.tags("<li><a href=\"#log\">", logTitle, "</a></li>\n")
	}
	if len(s.passings()) > 0 {
		p.tags("<li><a href=\"#path\">", pathTitle, "</a></li>\n")
	}
}

// beside writes both as sections of the page.
func (p *webpage) beside(s *Session) {
	if lines := s.logLines(); len(lines) > 0 {
		p.section("log", logTitle, logAbout)
		p.tags("<pre class=\"log\">")
		for _, line := range lines {
			p.text(line)
			p.tags("\n")
		}
		p.tags("</pre>\n</section>\n")
	}
	list := s.passings()
	if len(list) == 0 {
		return
	}
	p.section("path", pathTitle, pathAbout)
	for _, at := range list {
		p.in("<h3>", upper(at.step), "</h3>\n")
		p.tags("<ul class=\"path\">\n")
		for _, d := range at.deeds {
			p.tags("<li class=\"", mood(words.Mark{Bad: d.Bad}), "\"><strong>")
			p.text(d.Name)
			p.tags("</strong> ")
			p.text(d.Value)
			p.tags("</li>\n")
		}
		p.tags("</ul>\n")
	}
	p.tags("</section>\n")
}
