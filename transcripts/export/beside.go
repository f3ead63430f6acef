package export

import (
	"cmp"
	"iter"

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
func (s *Session) logLines() iter.Seq[string] {
	return func(yield func(string) bool) {
		for e := range s.Events {
			if e.ServerLog != nil && !logged(e.ServerLog, yield) {
				return
			}
		}
	}
}

// logged gives the lines of one step, and reports whether more are wanted.
func logged(l *record.ServerLog, yield func(string) bool) bool {
	for _, line := range l.Lines {
		if !yield(wire.VisibleString(line.Syslog())) {
			return false
		}
	}
	return l.More == 0 || yield("and "+words.Number(l.More, "more line"))
}

// passing is what a device on the path saw and did in a step.
type passing struct {
	step  string
	deeds []words.Part
}

func (s *Session) passings() iter.Seq[passing] {
	return func(yield func(passing) bool) {
		for e := range s.Events {
			if e.OnPath != nil && !yield(passing{cmp.Or(stepName(e), "after the session"), words.Beside(e)}) {
				return
			}
		}
	}
}

// headed writes a list one by one, since it may be as long as the session, with a head where it has any and a foot.
func headed[T any](list iter.Seq[T], head func(), each func(T), foot func()) {
	begun := false
	for one := range list {
		if !begun {
			head()
		}
		begun = true
		each(one)
	}
	if begun {
		foot()
	}
}

// has reports whether a list has anything in it.
func has[T any](list iter.Seq[T]) bool {
	for range list {
		return true
	}
	return false
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
	title := func(text string) func() { return func() { p.say(markOwn, text) } }
	written := func() { out.lines(p.lines); p.lines = p.lines[:0] }
	headed(s.logLines(), title(logTitle), func(line string) { p.showAt(0, line); written() }, written)
	headed(s.passings(), title(pathTitle), func(at passing) {
		p.showAt(0, at.step)
		for _, d := range at.deeds {
			p.showAt(1, d.Text())
		}
		written()
	}, written)
}

// beside writes both as parts of their own.
func (m *markdown) beside(s *Session) {
	title := func(name, about string) func() { return func() { m.put("\n## ", name, "\n\n", about, "\n\n", fence) } }
	foot := func() { m.put(fenceEnd) }
	headed(s.logLines(), title(logTitle, logAbout), func(line string) { m.put("    ", line, "\n") }, foot)
	headed(s.passings(), title(pathTitle, pathAbout), func(at passing) {
		m.put("    ", wire.VisibleString(at.step), "\n")
		for _, d := range at.deeds {
			m.put("       ", wire.VisibleString(d.Text()), "\n")
		}
	}, foot)
}

// linksBeside leads to the sections of both.
func (p *webpage) linksBeside(s *Session) {
	if has(s.logLines()) {
		p.tags("<li><a href=\"#log\">", logTitle, "</a></li>\n")
	}
	if has(s.passings()) {
		p.tags("<li><a href=\"#path\">", pathTitle, "</a></li>\n")
	}
}

// beside writes both as sections of the page.
func (p *webpage) beside(s *Session) {
	headed(s.logLines(), func() { p.section("log", logTitle, logAbout); p.tags("<pre class=\"log\">") }, func(line string) {
		p.text(line)
		p.tags("\n")
	}, func() { p.tags("</pre>\n</section>\n") })
	headed(s.passings(), func() { p.section("path", pathTitle, pathAbout) }, p.passing, func() { p.tags("</section>\n") })
}

func (p *webpage) passing(at passing) {
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
