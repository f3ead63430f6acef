package dialogue

import (
	"ehlo/session/record"
	"ehlo/ui/paint"
)

// Look is how a row is drawn: a mark of one cell, the rail, the text, and a few words in the margin if there is room.
type Look struct {
	Mark   paint.Span
	Rail   paint.Span
	Text   paint.Line
	Margin string
}

// The marks of rows that are neither C nor S.
const (
	markOpen   = "▾"
	markClosed = "▸"
	markGood   = "✓"
	markBad    = "✗"
	markNote   = "#"
	markEnd    = "■"
	markAuth   = "↳"
	markDiff   = "±"
)

// mark makes a look with a mark and a text of one ink.
func mark(ink paint.Ink, mark, text string) Look {
	return Look{Mark: paint.Of(ink, mark), Text: ink.Line(text)}
}

// labelled makes a look for what is not a line of SMTP: a word that says what it is about, then what came of it.
func labelled(label string, text paint.Line) Look {
	return Look{Text: paint.Dim.Line(label).Pad(11).Then(text)}
}

// Look works out how the row shown at place i is drawn, as of the first n events.
func (x *Index) Look(i, n int) Look {
	r := x.Row(i)
	e := x.src.At(r.Event)
	switch r.Kind {
	case RowHandshake:
		return x.lookHandshake(r, x.Open(i), n)
	case RowMore:
		return x.lookMore(r, x.Open(i))
	}
	look := lookEvent(e, r.Line)
	if look.Margin == "" && e.Explain != nil && r.Line == 0 && !plainWords(e.Kind) {
		look.Margin = e.Explain.Short
	}
	return look
}

// plainWords are the kinds whose row says in words what the annotation would say again.
func plainWords(k record.Kind) bool {
	switch k {
	case record.KindResolve, record.KindConnect, record.KindTLSMessage, record.KindTLS, record.KindForgot,
		record.KindCapabilities, record.KindAuth, record.KindFinding:
		return true
	}
	return false
}

func lookEvent(e *record.Event, line int) Look {
	switch e.Kind {
	case record.KindSend:
		return lookSend(e.Send, line)
	case record.KindReply:
		return lookReply(e, line)
	case record.KindTLSMessage:
		return lookMessage(e.TLSMessage)
	case record.KindFinding:
		return lookFinding(e.Finding)
	case record.KindAuth:
		return lookAuth(e.Auth)
	}
	return lookAround(e)
}

// lookAround draws the events around the lines of SMTP.
func lookAround(e *record.Event) Look {
	switch e.Kind {
	case record.KindStart:
		return lookStart(e.Start)
	case record.KindResolve:
		return lookResolve(e.Resolve)
	case record.KindConnect:
		return lookConnect(e.Connect)
	case record.KindTLS:
		return lookTLS(e.TLS)
	case record.KindForgot:
		return lookForgot(e.Forgot)
	case record.KindCapabilities:
		return lookChanges(e.Capabilities.Changes)
	case record.KindNote:
		return mark(paint.Accent, markNote, e.Note.Text)
	case record.KindState:
		return mark(paint.Bad, markBad, "out of sync: nothing more is sent on this connection")
	}
	return lookEnd(e.End)
}

// Rails stand beside what crossed the wire: dotted where everybody on the path could read it, solid inside TLS.
const (
	RailClear = "┊"
	RailTLS   = "│"
)

func rail(encrypted bool) paint.Span {
	if encrypted {
		return paint.Of(paint.Good, RailTLS)
	}
	return paint.Of(paint.Dim, RailClear)
}
