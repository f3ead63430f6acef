package dialogue

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// zone is who could read a row.
type zone uint8

// The zones.
const (
	zoneNone  zone = iota // nothing crosses the wire
	zoneClear             // anyone on the path
	zoneTLS               // the server that was meant
	zoneDoubt             // whoever is at the other end: nothing proves who it is
)

func (z zone) inside() bool { return z == zoneTLS || z == zoneDoubt }

// border keeps in which zone a dialogue has come.
type border struct {
	zone    zone
	closing bool // the connection is closed; what ends TLS may still come
	compare bool // the next list is told by how it differs from the one before TLS
	listed  bool // it was
}

// leave is the end of a connection.
func (b *border) leave() { b.zone, b.closing = zoneNone, false }

// lists reports whether a reply is a list to be told by its difference.
func (b *border) lists(e *record.Event) bool {
	b.listed = b.compare && e.Step == record.VerbEHLO && e.Reply.Code == 250 && len(e.Reply.Lines) > 2
	if b.listed {
		b.compare = false
	}
	return b.listed
}

// told reports whether the difference of the lists that comes now was told by the list.
func (b *border) told() bool {
	listed := b.listed
	b.listed = false
	return listed
}

// cross moves from zone to zone as an event tells it, and draws the borders that the event itself does not.
func (x *Index) cross(i int, e *record.Event) {
	b := &x.border
	if b.closing && e.Kind != record.KindTLSMessage && e.Kind != record.KindState {
		x.show(Row{Event: i, Kind: RowBare})
		x.border.leave()
	}
	switch {
	case e.Kind == record.KindTLS && e.TLS != nil && e.TLS.Error == "":
		b.zone = zoneDoubt
		if e.TLS.Verified {
			b.zone = zoneTLS
		}
	case e.Kind == record.KindState && e.State != nil && e.State.Stage == record.StageClosed:
		if b.closing = b.zone.inside(); !b.closing {
			b.zone = zoneNone
		}
	case e.Kind == record.KindConnect, e.Kind == record.KindChange && e.Change != nil && e.Change.Reconnect:
		b.zone, b.compare = zoneNone, false
	case e.Kind == record.KindForgot && e.Forgot != nil:
		b.compare = len(e.Forgot.Capabilities) > 0
	case b.zone == zoneNone && readable(e):
		b.zone = zoneClear
		x.show(Row{Event: i, Kind: RowClear})
	}
}

// readable reports whether an event shows a line that crossed the wire as it is.
func readable(e *record.Event) bool {
	return e.Kind == record.KindSend && e.Send != nil && !e.Send.TLS || e.Kind == record.KindReply && e.Reply != nil && !e.Reply.TLS && len(e.Reply.Raw) > 0
}

// edge is a rule across the dialogue with a title in it, joined to the rail below or above it.
type edge struct {
	ink          paint.Ink
	shaft, joint string
	short        []paint.Line // the title where there is no room for the whole, ever shorter
}

// lookClear is the border from which on anyone can read.
func lookClear() Look {
	return Look{Edge: &edge{ink: paint.Exposed, shaft: "┄", joint: "┬", short: []paint.Line{paint.Exposed.Line(words.Protection(false))}}, Text: paint.Exposed.Line(words.InCleartext)}
}

// lookBare is the border at which TLS ends: well where the server was the one that was meant, and neither side broke it off.
func (x *Index) lookBare(r Row, open bool, n int) Look {
	ink := r.zone.ink()
	how := x.brokenOff(r, n)
	if how != "" {
		ink = paint.Bad
	}
	look := Look{Edge: &edge{ink: ink, shaft: "─", joint: "┴"}, Text: ink.Line(words.List(": ", words.TLSEnds, how))}
	if r.fold == 0 {
		return look
	}
	first, last := x.members(r, n)
	look.Edge.joint = foldMark(open)
	look.Text = look.Text.And(paint.Dim, " · "+Number(last-first, "message"))
	return look
}

// brokenOff says how TLS was broken off, as far as is known in the first n events: by an alert, or without the close_notify of the
// server (RFC 9846 §6.1); nothing where it came to an orderly end.
func (x *Index) brokenOff(r Row, n int) string {
	const most = 16 // what lies between the last reply and the end is little
	last := r.Event
	if r.fold != 0 {
		_, last = x.members(r, n)
	}
	lost, notified := false, false
	for k := max(r.Event-most, 0); k < min(last, n); k++ {
		switch e := x.src.At(k); {
		case e.Kind == record.KindConnect:
			lost, notified = false, false
		case e.TLSMessage != nil && e.TLSMessage.Kind == tlswire.KindAlert && words.Of(e).Mark.Bad:
			return words.MessageName(e.TLSMessage)
		case e.TLSMessage != nil:
			notified = notified || e.TLSMessage.Kind == tlswire.KindAlert && e.TLSMessage.Dir == tlswire.ServerToClient
		case e.Reply != nil:
			lost = e.Reply.Trouble.Lost()
		}
	}
	if lost && !notified {
		return words.Unnotified
	}
	return ""
}

// lookTLS is the border at which TLS begins: its version, its suite, and what is known about the other end.
func lookTLS(t *record.TLS) Look {
	s := words.OfChannel(t)
	ink, mark := paint.Good, looks.Of(words.Good).mark
	if s.Sign != words.Good {
		ink, mark = paint.Bad, looks.Of(s.Sign).mark
	}
	title := func(what, trust string) paint.Line {
		return ink.Line(what).And(paint.Dim, " · ").And(ink, mark+" "+trust)
	}
	whether, _, _ := strings.Cut(s.Trust, ": ") // why not is the finding below
	short := []paint.Line{title(s.Version, s.Trust+s.Why), title(s.Version, s.Trust), title(s.Version, whether)}
	return Look{Edge: &edge{ink: ink, shaft: "─", joint: "┬", short: short}, Text: title(words.List(" · ", s.Version, s.Suite), s.Trust+s.Why)}
}

// line draws the rule.
func (e *edge) line(sel string, title paint.Line, width int) paint.Line {
	const room = 4 // for the shaft left of the joint
	for _, short := range e.short {
		if title.Width()+room+3 > width {
			title = short
		}
	}
	out := paint.Line{paint.Of(paint.Accent, sel)}.And(e.ink, e.shaft+e.shaft+e.joint+e.shaft+" ").Then(title.Cut(width-room-3)).And(e.ink, " ")
	return out.And(e.ink, paint.Repeated(e.shaft, width-out.Width()))
}

// rail stands beside what crossed the wire, and beside all rows that belong to it: dotted where anyone on the path could
// read, a line inside TLS.
func (z zone) rail() paint.Span {
	switch z {
	case zoneClear:
		return paint.Of(z.ink(), RailClear)
	case zoneTLS, zoneDoubt:
		return paint.Of(z.ink(), RailTLS)
	}
	return paint.Span{}
}

// ink is how a zone is drawn.
func (z zone) ink() paint.Ink {
	return [...]paint.Ink{zoneNone: paint.Plain, zoneClear: paint.Exposed, zoneTLS: paint.Good, zoneDoubt: paint.Bad}[z]
}

// changes finds how the list of a reply differs from the one before TLS, as far as is known in the first n events; nil if it
// does not tell.
func (x *Index) changes(i, n int) *wire.Changes {
	const most = 16 // what lies between a reply and its list is little
	for k := i + 1; k < min(i+most, n); k++ {
		if e := x.src.At(k); e.Kind == record.KindCapabilities && e.Capabilities != nil {
			return e.Capabilities.Changes
		}
	}
	return nil
}

// lookList draws a list by its difference, or, when it is open, by its first line.
func (x *Index) lookList(r Row, open bool, n int) Look {
	e := x.src.At(r.Event)
	look := Look{Mark: looks.Of(words.FromServer).span(), Fold: foldMark(open), Rail: rail(e.Reply.TLS), Hang: codeWidth}
	c := x.changes(r.Event, n)
	if open {
		look.Text = replyLine(e.Reply.Lines[0])
		if c != nil {
			look.Margin = differences(c).String()
		}
		return look
	}
	first := e.Reply.Lines[0]
	look.Text = codeInk(first.Code).Line(first.Code + " ")
	if c == nil {
		look.Text = look.Text.And(paint.Dim, Number(len(e.Reply.Lines), "line"))
	} else {
		look.Text = look.Text.Then(differences(c))
	}
	look.Margin = marginOf(open)
	return look
}

// lookAgain draws the head of findings that say the same.
func (x *Index) lookAgain(r Row, open bool, n int) Look {
	f := x.folds[r.fold]
	told := sort.Search(int(f.last-f.first), func(i int) bool { return int(x.rows[int(f.first)+i].event) >= n })
	text := "the same again"
	if told > 1 {
		text += ", " + Count(told) + " times"
	}
	return Look{Mark: signOf(words.Of(x.src.At(r.Event))).span(), Fold: foldMark(open), Text: paint.Dim.Line(text), Margin: marginOf(open)}
}

// lookAttempt draws the head of an attempt: its number and why it failed, or, when it is open, the row that it begins with. Of what was done
// before a person's own steps it is what that was.
func (x *Index) lookAttempt(r Row, open bool, n int) Look {
	f := x.folds[r.fold]
	if open || n <= f.until {
		out := look(x.src.At(r.Event), 0)
		if n > f.until {
			out.Fold = foldMark(true)
		}
		return out
	}
	if f.title != "" {
		return Look{Fold: foldMark(false), Text: paint.Dim.Line("already done: ").And(paint.Plain, f.title), Margin: marginOf(false)}
	}
	number, _ := slices.BinarySearch(x.attempts, r.fold)
	out := Look{Fold: foldMark(false), Text: paint.Strong.Line("attempt " + Count(x.Attempts+number+1)), Margin: marginOf(false)}
	why := x.whyLeft(f)
	if why == nil {
		return out
	}
	out.Mark = signOf(words.Of(&record.Event{Kind: record.KindFinding, Finding: why})).span()
	out.Text = out.Text.And(paint.Dim, ": ").And(paint.Plain, words.Sentences(why.Text)[0])
	return out
}

// whyLeft is what an attempt failed by, or where no step of it failed, what it had come to; nil where that is not known.
func (x *Index) whyLeft(f fold) *record.Finding {
	if f.why >= 0 {
		return x.src.At(f.why).Finding
	}
	c := x.src.At(f.until).Change
	if c == nil || c.Left == nil {
		return nil
	}
	return record.NewFinding(c.Left.Finding, c.Left.Cause)
}

// lookStep draws the head of a step: the row that it begins with, and how many lines are folded behind it.
func (x *Index) lookStep(r Row, open bool, n int) Look {
	out, f := look(x.src.At(r.Event), r.Line), x.folds[r.fold]
	out.Fold = foldMark(open)
	if open || int(x.rows[f.last-1].event) >= n {
		return out
	}
	out.Margin = Number(int(f.last-f.first), "line") + " folded"
	for id := f.first; id < f.last; id++ {
		if e := x.src.At(int(x.rows[id].event)); e.Kind == record.KindReply && e.Reply.Code != 0 {
			out.Margin = strconv.Itoa(e.Reply.Code) + ", " + out.Margin
			break
		}
	}
	return out
}
