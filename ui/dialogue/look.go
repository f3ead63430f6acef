package dialogue

import (
	"math"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// Look is how a row is drawn: a mark of one cell, that of a fold, the rail, the text, and a few words in the margin if there is
// room. A border is a rule with the text as its title instead.
type Look struct {
	Mark   paint.Span
	Fold   string
	Rail   paint.Span
	Text   paint.Line
	Hang   int          // how far what does not fit into one line is set in below it
	Tail   []paint.Line // what stands behind the text, each part only where it fits
	Margin string
	Edge   *edge
}

// Whole is the text with all that stands behind it.
func (l Look) Whole() string { return l.text(math.MaxInt).String() }

// foldMark is the mark of the head of a fold.
func foldMark(open bool) string {
	if open {
		return "▾"
	}
	return "▸"
}

// foldKey opens a fold.
const foldKey = "space"

// marginOf says what opens a fold.
func marginOf(open bool) string {
	if open {
		return ""
	}
	return foldKey + " opens it"
}

// sign is how a mark is drawn.
type sign struct {
	ink  paint.Ink
	mark string
}

// looks are the mark and the ink of a line, by its sign.
var looks = lazy.Table[words.Sign, sign]{
	{words.Good, sign{paint.Good, "✓"}},
	{words.Info, sign{paint.Accent, "i"}},
	{words.Warn, sign{paint.Warn, "!"}},
	{words.Danger, sign{paint.Bad, "‼"}},
	{words.ToServer, sign{paint.Client, "C"}},
	{words.FromServer, sign{paint.Server, "S"}},
	{words.Opened, sign{paint.Dim, "↳"}},
	{words.Changed, sign{paint.Accent, "±"}},
	{words.Noted, sign{paint.Accent, "#"}},
	{words.Ended, sign{paint.Good, "■"}},
}

// signOf is the mark of a line. What failed has one of its own, but for findings and the verdict.
func signOf(l words.Line) sign {
	m := looks.Of(l.Mark.Sign)
	switch {
	case l.Mark.Sign == words.Ended && l.Doubt && !l.Mark.Bad:
		m.ink = paint.Warn
	case l.Mark.Sign == words.Ended:
		_, m.ink = Outcome(l.Mark.Came)
	case l.Mark.Sign == words.Warn && l.Mark.Bad && l.Lead == "":
		m = sign{paint.Bad, "✗"}
	}
	return m
}

func (s sign) span() paint.Span { return paint.Of(s.ink, s.mark) }

// Outcome is the mark and the ink of what a session came to: to be deferred or stopped is no failure.
func Outcome(o record.Outcome) (mark string, ink paint.Ink) {
	switch o {
	case record.OutcomeDone:
		return "✓", paint.Good
	case record.OutcomeDeferred:
		return "!", paint.Warn
	case record.OutcomeStopped:
		return "■", paint.Dim
	}
	return "✗", paint.Bad
}

// Severity is the mark and the ink of a finding.
func Severity(severity record.Severity) (mark string, ink paint.Ink) {
	s := looks.Of(words.Severity(severity))
	return s.mark, s.ink
}

// Look works out how the row shown at place i is drawn, as of the first n events.
func (x *Index) Look(i, n int) Look {
	out := x.look(i, n)
	if r := x.Row(i); out.Rail == (paint.Span{}) {
		out.Rail = r.zone.rail()
	} else if r.zone == zoneDoubt {
		out.Rail = out.Rail.In(paint.Bad)
	}
	return out
}

func (x *Index) look(i, n int) Look {
	r := x.Row(i)
	switch r.Kind {
	case RowHandshake:
		return x.lookHandshake(r, x.Open(i), n)
	case RowMore:
		return x.lookMore(r, x.Open(i))
	case RowList:
		return x.lookList(r, x.Open(i), n)
	case RowAgain:
		return x.lookAgain(r, x.Open(i), n)
	case RowChunks:
		return x.lookChunks(r, x.Open(i), n)
	case RowClear:
		return lookClear()
	case RowBare:
		return x.lookBare(r, x.Open(i), n)
	case RowAttempt:
		return x.lookAttempt(r, x.Open(i), n)
	case RowNote:
		return x.lookNote(r)
	case RowStep:
		return x.lookStep(r, x.Open(i), n)
	}
	return look(x.src.At(r.Event), r.Line)
}

// look draws an event, or one line of it.
func look(e *record.Event, line int) Look {
	l := words.Of(e)
	switch e.Kind {
	case record.KindSend:
		return lookSend(l, line)
	case record.KindReply:
		return lookReply(e, l, line)
	case record.KindTLSMessage:
		return lookMessage(e.TLSMessage, l)
	case record.KindCapabilities:
		return lookChanges(e.Capabilities.Changes)
	case record.KindTLS:
		if e.TLS.Error == "" {
			return lookTLS(e.TLS)
		}
	case record.KindAuth:
		if e.Auth.Outcome == "" {
			return lookRound(e.Auth, l)
		}
	}
	return lookAround(e, l)
}

// lookAround draws the events around the lines of SMTP: the topic in a column, or a mark, and the headline.
func lookAround(e *record.Event, l words.Line) Look {
	sign := signOf(l)
	if e.Kind == record.KindChange { // the topic says the rest
		l.Head = words.Change(e.Change)
	}
	out := Look{Mark: sign.span(), Text: headInk(l).Line(l.Head)}
	if l.Topic != "" && e.Kind != record.KindAuth {
		out.Text, out.Hang = paint.Dim.Line(l.Topic).Pad(topicWidth).Then(out.Text), topicWidth
	}
	if e.Kind == record.KindEnd {
		out.Text = sign.ink.Line("the end: ").And(paint.Strong, l.Lead) // the verdict says the rest
	}
	if !plainWords(e.Kind) {
		out.Margin = l.Remark
	}
	return out
}

// topicWidth is the column of topics.
const topicWidth = 11

// headInk is the ink of a headline.
func headInk(l words.Line) paint.Ink {
	switch {
	case l.Topic == "practice", l.Topic == "session":
		return paint.Strong
	case l.Lead == "" && l.Mark.Bad, l.Mark.Sign == words.Danger:
		return paint.Bad
	case l.Mark.Sign == words.Warn && l.Lead != "":
		return paint.Warn
	case l.Mark.Sign == words.Noted:
		return paint.Accent
	}
	return paint.Plain
}

// plainWords are the kinds whose row says in words what the annotation would say again.
func plainWords(k record.Kind) bool {
	switch k {
	case record.KindStart, record.KindLookup, record.KindResolve, record.KindConnect, record.KindTLS, record.KindForgot, record.KindAuth, record.KindFinding, record.KindEnd:
		return true
	}
	return false
}

// Rails stand beside what crossed the wire: dotted where anyone on the path could read it, solid inside TLS.
const (
	RailClear = "┊"
	RailTLS   = "│"
)

func rail(encrypted bool) paint.Span {
	if encrypted {
		return paint.Of(paint.Good, RailTLS)
	}
	return paint.Of(paint.Exposed, RailClear)
}
