package ui

import (
	"fmt"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// progress draws the phases of the walk with a mark each: done, in doubt, now, failed, to come. Where the width does not do for
// all, those that are done become a number.
func (w *explorer) progress(width int) paint.Line {
	legs := w.legs()
	for _, sep := range []string{" ─ ", "  ", " "} {
		if cellsOf(legs, sep)+2 <= width {
			return joinLegs(paint.Text(" "), legs, sep)
		}
	}
	return paint.Text(" ").Then(shortLegs(legs, width-2))
}

// leg is one phase with how it stands.
type leg struct {
	name string
	mark string
	ink  paint.Ink
}

// after puts the leg behind a line.
func (l leg) after(line paint.Line) paint.Line {
	ink := paint.Dim
	if l.mark == "●" || l.mark == "✗" || l.mark == "!" {
		ink = paint.Strong
	}
	return append(line, paint.Of(l.ink, l.mark+" "), paint.Of(ink, l.name))
}

// cells is how many it takes.
func (l leg) cells() int { return paint.Width(l.mark) + 1 + paint.Width(l.name) }

func (w *explorer) legs() []leg {
	route := w.route()
	now := w.current(route)
	out := make([]leg, len(route))
	for i, p := range route {
		out[i] = leg{phaseNames.Get()[p], "○", paint.Dim}
		switch {
		case w.wentWrong(p):
			out[i].mark, out[i].ink = dialogue.Outcome(w.wrongAs(p))
		case p == record.PhaseHandshake && w.snap.State.Has(p) && w.snap.State.Security.Unverified():
			out[i].name, out[i].mark, out[i].ink = "tls "+w.doubt(), "!", paint.Warn
		case w.snap.State.Has(p):
			out[i].mark, out[i].ink = "✓", paint.Good
		case p == now:
			out[i].mark, out[i].ink = "●", paint.Accent
		}
	}
	return out
}

var phaseNames = lazy.Value[map[record.Phase]string]{Make: func() map[record.Phase]string {
	return map[record.Phase]string{
		record.PhaseResolve: "name", record.PhaseConnect: "tcp", record.PhaseGreeting: "greeting", record.PhaseEHLO: "ehlo",
		record.PhaseSTARTTLS: "starttls", record.PhaseHandshake: "tls", record.PhaseEHLOAgain: "ehlo", record.PhaseAuth: "auth",
		record.PhaseMail: "mail", record.PhaseRcpt: "rcpt", record.PhaseData: "data", record.PhaseQuit: "quit",
	}
}}

// route is the way the walk goes: what was wanted, and what was done beyond that.
func (w *explorer) route() []record.Phase {
	if w.snap.Start == nil {
		return nil
	}
	goal, end := w.goal, w.timeline.At(w.pane.Len())
	tried := func(p record.Phase) bool { return end.State.Has(p) || end.State.FailedAt(p) }
	if goal.Mechanism == "" && (tried(record.PhaseAuth) || end.Auth != nil) {
		goal.Mechanism = "any"
	}
	if len(goal.To) == 0 && (tried(record.PhaseMail) || tried(record.PhaseRcpt)) {
		goal.To = []string{"anybody"}
	}
	return walk.Route(w.snap.Start.Policy, goal)
}

// current is the phase that comes now: the one after the last that is done. None is marked where that one has failed,
// or when nothing more can come.
func (w *explorer) current(route []record.Phase) record.Phase {
	st := w.snap.State
	if st.Stage == record.StageBroken || st.Stage == record.StageClosed {
		return ""
	}
	if w.nextVerb() == record.VerbQuit {
		return record.PhaseQuit
	}
	next := 0
	for i, p := range route {
		if st.Has(p) {
			next = i + 1
		}
	}
	if next == len(route) || st.FailedAt(route[next]) {
		return ""
	}
	return route[next]
}

// wrongAs is what went wrong in a phase came to: a deferral is no failure.
func (w *explorer) wrongAs(p record.Phase) record.Outcome {
	if v := w.cameTo(); v.Phase == p && v.Outcome == record.OutcomeDeferred {
		return v.Outcome
	}
	return record.OutcomeFailed
}

// wentWrong reports whether a phase failed, or came to something the walk cannot go on from.
func (w *explorer) wentWrong(p record.Phase) bool {
	st := w.snap.State
	if st.FailedAt(p) {
		return true
	}
	if blocked := w.blocked(); blocked != nil {
		return blocked.Phase == p
	}
	if p == record.PhaseHandshake && st.Security == record.SecurityAccepted { // someone has gone on all the same
		return false
	}
	if (w.hasVerdict() || w.summed()) && !st.Has(p) { // what the walk could not go on from has failed no step
		v := w.cameTo()
		return v.Failed() && v.Outcome != record.OutcomeStopped && v.Phase == p
	}
	f := w.snap.Failing()
	return st.Stage == record.StageClosed && f != nil && f.Finding.Phase == p
}

// nextVerb is the step that comes next: the proposal, or what came in the past.
func (w *explorer) nextVerb() record.Verb {
	if w.live != nil && w.atEnd() && len(w.options()) > 0 {
		return w.leading().Verb
	}
	for i := w.pos; i < min(w.pos+64, w.pane.Len()); i++ {
		if v := w.verbAt(i); v != "" {
			return v
		}
	}
	return ""
}

// leading is the step that is proposed, or, where that is to stop, the one that a person has chosen instead.
func (w *explorer) leading() record.Step {
	if o, ok := w.option(); ok && w.options()[0].Blocked != nil {
		return o.Step
	}
	return w.options()[0].Step
}

// joinLegs puts legs behind a line, with something between them.
func joinLegs(line paint.Line, legs []leg, sep string) paint.Line {
	out := append(make(paint.Line, 0, len(line)+3*len(legs)), line...)
	for i, l := range legs {
		if i > 0 {
			out = append(out, paint.Of(paint.Dim, sep))
		}
		out = l.after(out)
	}
	return out
}

// cellsOf is how many cells legs take with something between them.
func cellsOf(legs []leg, sep string) int {
	n := max(len(legs)-1, 0) * paint.Width(sep)
	for _, l := range legs {
		n += l.cells()
	}
	return n
}

// shortLegs counts what is done at the left and what is to come at the right of the phases round the current one.
func shortLegs(legs []leg, width int) paint.Line {
	done, doubts := 0, []leg(nil)
	for done < len(legs) && (legs[done].mark == "✓" || legs[done].mark == "!") {
		if legs[done].mark == "!" {
			doubts = append(doubts, legs[done])
		}
		done++
	}
	before := doneLegs(done-len(doubts), doubts)
	for last := len(legs); last > done; last-- {
		var more paint.Line
		if last < len(legs) {
			more = paint.Dim.Line(fmt.Sprintf(" +%d", len(legs)-last))
		}
		if before.Width()+cellsOf(legs[done:last], " ")+more.Width() <= width {
			return joinLegs(before, legs[done:last], " ").Then(more)
		}
	}
	line := paint.Good.Line(fmt.Sprintf("✓ %d of %d done", done-len(doubts), len(legs)))
	for _, l := range doubts {
		line = l.after(line.And(paint.Dim, " ─ "))
	}
	return line
}

// doneLegs counts what went well, and names what came to something that is in doubt.
func doneLegs(n int, doubts []leg) paint.Line {
	var out paint.Line
	if n > 0 {
		out = paint.Good.Line(fmt.Sprintf("✓ %d done", n)).And(paint.Dim, " ─ ")
	}
	for _, l := range doubts {
		out = l.after(out).And(paint.Dim, " ─ ")
	}
	return out
}
