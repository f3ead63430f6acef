package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/detail"
	"ehlo/ui/paint"
)

// shownRow is one line of what came of a step.
type shownRow struct {
	event, line int // where it stands in the session
	who, text   string
	bad         bool
}

// rowsOf are the events of a step as a class sees them: what crossed the wire, and what was reached. What it means, and what follows from it, is told after.
func rowsOf(events []*record.Event, first int) (rows []shownRow) {
	for i, e := range events {
		at := first + i
		switch e.Kind {
		case record.KindSend:
			rows = append(rows, linesOf(at, "client", string(e.Send.Raw))...)
		case record.KindReply:
			if len(e.Reply.Raw) == 0 {
				rows = append(rows, shownRow{event: at, text: words.NoReply(e.Reply), bad: true})
			}
			rows = append(rows, linesOf(at, "server", string(e.Reply.Raw))...)
		case record.KindTLSMessage:
			text := words.MessageName(e.TLSMessage)
			if e.TLSMessage.Encrypted {
				text += ", encrypted"
			}
			rows = append(rows, shownRow{event: at, who: map[string]string{"C": "client", "S": "server"}[e.TLSMessage.Dir], text: text})
		case record.KindResolve, record.KindLookup, record.KindConnect, record.KindProbe, record.KindTLS, record.KindChange:
			l := words.Of(e)
			rows = append(rows, shownRow{event: at, text: wire.VisibleString(l.Whole()), bad: l.Mark.Bad})
		}
	}
	return rows
}

// linesOf are the lines that one side sent, each with its number, no more than a class reads.
func linesOf(event int, who, raw string) (rows []shownRow) {
	const most = 40
	for n, line := range strings.Split(strings.TrimRight(raw, "\r\n"), "\n") {
		if n == most {
			return append(rows, shownRow{event: event, line: n, who: who, text: "…"})
		}
		rows = append(rows, shownRow{event: event, line: n, who: who, text: wire.VisibleString(strings.TrimRight(line, "\r"))})
	}
	return rows
}

// The page of a class: how wide its lines are at most, and how far from the edge they begin at least.
const (
	classWidth  = 84
	classMargin = 4
)

// draw is what a class sees.
func (p *presenter) draw(width, height int) string {
	w := p.w
	page := classPage{where: joinParts([]paint.Line{w.target(), w.lock()}), since: w.env.now().Sub(p.talk.began), title: p.title, lines: p.page, hints: p.hints}
	if w.sheet != nil {
		page.title, page.lines, page.hints = w.sheet.title, w.sheet.lines, w.sheet.hints
	}
	return page.draw(w.theme, width, height)
}

// classPage is one thing that a class sees, with much space.
type classPage struct {
	where paint.Line // what is presented
	since time.Duration
	title func() string
	lines func(width, height int) []paint.Line
	hints func() []key.Help
}

func (p classPage) draw(theme *paint.Theme, width, height int) string {
	c := &canvas{theme: theme, width: width, height: height}
	c.line(paint.Text(" ").Then(p.where).Flush(paint.Dim.Line(stopwatch(p.since)).And(paint.Plain, " "), width))
	room := min(width-2*classMargin, classWidth)
	body := height - 2
	lines := p.lines(room, body-5) // the title may say which part of them is shown
	page := append([]paint.Line{{}, paint.Accent.Line(strings.ToUpper(p.title())), {}}, dense(lines, body-3)...)
	if above := (body - len(page)) / 3; above > 0 {
		page = append(make([]paint.Line, above), page...)
	}
	margin := paint.Text(paint.Blank((width - room) / 2))
	for i := range page {
		page[i] = margin.Then(page[i])
	}
	c.lines(page, body)
	c.line(hintLine(p.hints(), width))
	return c.String()
}

// dense are lines without those that are empty where they do not fit with them, and cut with a mark where they do not fit at all.
func dense(lines []paint.Line, height int) []paint.Line {
	if len(lines) <= height {
		return lines
	}
	return limit(slices.DeleteFunc(slices.Clone(lines), func(l paint.Line) bool { return l.Width() == 0 }), height)
}

// title says what is shown, and nothing of what comes of it.
func (p *presenter) title() string {
	switch p.stage {
	case atAsk:
		return "what will happen?"
	case atWork:
		return "waiting for the answer"
	case atCame:
		return "what came"
	case atAnswer:
		return "the answer"
	case atMeaning:
		return "what it means"
	case atWho:
		return "who can fix it?"
	case atVerdict:
		return "the result of the session"
	}
	if p.over() {
		return "the end of the session"
	}
	return "the next step"
}

// page is what is shown now.
func (p *presenter) page(width, height int) []paint.Line {
	w := p.w
	switch p.stage {
	case atAsk, atWho:
		return p.question.lines(width, height)
	case atAnswer:
		return p.answer.lines(width, height)
	case atWork:
		return w.busyPage(width)
	case atCame:
		return p.cameLines(width, height)
	case atMeaning:
		w.reader.open(w.subject(), detail.Explain, width)
		return w.reader.view(height)
	case atVerdict:
		return w.cameToPage(width)
	}
	return p.stepPage(width)
}

// busyPage says what is awaited; nothing while the step that has ended is taken in.
func (w *explorer) busyPage(width int) []paint.Line {
	if w.busy == nil {
		return nil
	}
	return w.busyLines(width)
}

// stepPage is the step that comes next, and what it is for.
func (p *presenter) stepPage(width int) []paint.Line {
	if p.over() {
		return paint.Wrap(paint.Strong, "No step is left. What is the result of the session?", width)
	}
	o, beside := p.step()
	if p.w.presentsFile() && p.w.atEnd() {
		return paint.Wrap(paint.Strong, "The session is still running, and nothing more has come yet.", width)
	}
	if beside != "" {
		return paint.Wrap(paint.Strong, sentence(beside), width)
	}
	why := o.Sourced(o.Why)
	if o.Blocked != nil {
		why = o.Why
	}
	out := paint.Wrap(paint.Strong, sentence(showOption(o, p.w.snap)), width)
	if o.Guard != nil && p.w.live != nil {
		out = append(out, paint.Warn.Line("! asks first"))
	}
	out = append(append(out, paint.Line{}), paint.Wrap(paint.Plain, sentence(why), width)...)
	if done := p.w.doneBefore(); done != "" {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Dim, "Already done: "+done+". ← shows it.", width)...)
	}
	return out
}

// cameToPage is the verdict for a class: what it came to, why, and who can do what about it.
func (w *explorer) cameToPage(width int) []paint.Line {
	v := w.cameTo()
	out := append([]paint.Line{verdictHead(v), {}}, paint.Wrap(paint.Strong, v.Cause, width)...)
	theirs, mine, weak := w.allAdvice(v)
	for _, does := range []struct {
		who  paint.Line
		what string
	}{{paint.Accent.Line(sentence(whose(v.Who)) + "  "), theirs}, {paint.Accent.Line("You  "), mine}, {notSafe(), weak}} {
		if does.what != "" {
			out = append(append(out, paint.Line{}), hung(does.who, does.what, width)...)
		}
	}
	return out
}

// allAdvice is what the operator of the server has to do, what a person here can, whether a key does it or not, and what gives up a
// protection.
func (w *explorer) allAdvice(v record.Verdict) (theirs, mine, weak string) {
	for _, a := range v.Advice {
		switch {
		case a.Do.Weakens():
			weak = joined(weak, w.adviceWords(a))
		case a.Do == record.AskOperator && v.Who == record.WhoOperator && a.Text != "":
			theirs = joined(theirs, a.Text)
		case a.Do != record.AskOperator && a.Text != "" && !w.follows(a):
			mine = joined(mine, a.Text)
		default:
			mine = joined(mine, w.adviceWords(a))
		}
	}
	return theirs, mine, weak
}

// cameLines are the rows of the step, with space between them where there is room, and the one that is pointed at in sight.
func (p *presenter) cameLines(width, height int) (out []paint.Line) {
	gap, from, to := p.spaced(width, height), 0, 0
	for i, r := range p.rows {
		if i > 0 && gap {
			out = append(out, paint.Line{})
		}
		if i == p.row {
			from = len(out)
		}
		out = append(out, p.rowLines(r, i == p.row, width)...)
		if i == p.row {
			to = len(out)
		}
	}
	if len(out) <= height {
		return out
	}
	first := min(max(to-height+1, 0), from)
	return limit(out[first:], height)
}

// spaced reports whether all rows fit with an empty line between them.
func (p *presenter) spaced(width, height int) bool {
	n := len(p.rows) - 1
	for _, r := range p.rows {
		n += len(p.rowLines(r, false, width))
	}
	return n <= height
}

// rowLines are one row; the one that is pointed at is a bar.
func (p *presenter) rowLines(r shownRow, pointed bool, width int) []paint.Line {
	const column = 10
	mark, ink := "  ", paint.Plain
	switch {
	case pointed:
		mark, ink = "▸ ", paint.Selected
	case r.bad:
		ink = paint.Bad
	}
	who := paint.Accent
	if pointed {
		who = paint.Selected
	}
	lead := who.Line(mark+r.who).And(ink, paint.Blank(column-2-paint.Width(r.who)))
	if r.who == "" {
		lead = who.Line(mark)
	}
	lines := paint.Hang(lead, paint.Wrap(ink, r.text, width-lead.Width()))
	for i, l := range lines {
		if pointed {
			lines[i] = l.And(paint.Selected, paint.Blank(width-l.Width()))
		}
	}
	return lines
}
