package ui

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/ui/dialogue"
)

// send takes the step that is prepared.
func (w *explorer) send() tea.Cmd {
	o, _ := w.option()
	if o.Step.Verb == record.VerbRaw { // it has no line yet
		return w.raw()
	}
	if a, asks := w.owesSecret(); asks {
		return w.demand(a)
	}
	if o.Step.Verb == record.VerbAuth && o.Missing != "" {
		return w.lack(o)
	}
	return w.do(o.Step, showOption(o, w.snap))
}

// do hands a step to the engine. While it runs no other is taken.
func (w *explorer) do(st record.Step, label string) tea.Cmd {
	if !w.canSend() {
		return nil
	}
	ctx, cancel := context.WithCancelCause(w.bridge.ctx)
	w.verdict = nil
	w.busy = &busy{step: st, label: label, since: w.env.now(), first: w.pane.Len(), cancel: cancel}
	w.follow = true
	return tea.Batch(w.bridge.do(ctx, st, w.settled(st.Verb)), w.beat())
}

// settled is what a person has changed by hand and the log does not know yet, where a step is taken by it; nil where that is nothing.
func (w *explorer) settled(v record.Verb) *record.Change {
	c, changed := walk.Settled(w.snap, w.logged, w.goal)
	if !changed || !walk.Settles(v) {
		return nil
	}
	w.logged = w.goal
	return &c
}

// stopWaiting ends the wait of the step that runs: what the silence means is kept.
func (w *explorer) stopWaiting() tea.Cmd {
	w.busy.cancel(record.ErrGaveUp)
	w.busy.left = true
	w.notice = "no longer waiting"
	return nil
}

// dropStep gives up a step that began after the session was left: its engine is finished elsewhere, and asked nothing any more.
func (w *explorer) dropStep() {
	if w.busy != nil {
		w.busy.cancel(nil)
		w.busy = nil
	}
}

// done takes in that the engine has finished a step.
func (w *explorer) done(r result) tea.Cmd {
	if w.busy == nil { // closing the log is no step
		w.over = true
		w.read()
		w.toCause()
		return tea.Batch(w.observe(), w.sift()) // what is solved at the end may have come before it
	}
	w.busy.cancel(nil)
	w.busy.upto, w.busy.err = r.upto, r.err
	w.read()
	return tea.Batch(w.settle(), w.sift())
}

// settle ends a step once all its events are there.
func (w *explorer) settle() tea.Cmd {
	b := w.busy
	if b == nil || b.upto == 0 || w.pane.Len() < b.upto {
		return nil
	}
	w.busy, w.notice = nil, ""
	if b.goal != nil && b.err == nil {
		w.goal, w.logged = *b.goal, *b.goal
	}
	w.propose()
	if w.follow {
		w.spotlight(b.first)
	}
	cmd := w.ended(b)
	switch _, guarded := w.sheet.(*question); {
	case guarded && w.show != nil: // the step is not taken yet
		w.show.stage = atStep
	case w.show != nil && b.led && !walk.Halted(w.snap, w.goal):
		w.show.stage = atStep
	case w.show != nil:
		w.show.came(b.first, b.upto)
	case !guarded && !b.led:
		w.reveal(b.first, b.upto)
	}
	return tea.Batch(cmd, w.traced(b))
}

// ended says what came of a step: a question, the verdict, or what went wrong and what can be done about it.
func (w *explorer) ended(b *busy) tea.Cmd {
	if f, crashed := errors.AsType[*record.Fault](b.err); crashed {
		w.fault = f
	}
	var guard *walk.GuardError
	var asked *unconfirmed
	switch {
	case errors.As(b.err, &asked):
		w.askTrust(asked)
	case errors.As(b.err, &guard):
		w.askGuard(guard, b.label)
	case b.err != nil && w.failureSince(b.first) == nil: // nothing in the log tells of it
		w.sheet = newTrouble(w, b)
	case walk.Over(w.snap, w.goal):
		w.sumUp()
	case b.err != nil:
		w.sheet = newTrouble(w, b)
	}
	return nil
}

// failureSince is the failure that nothing has put right, if the log had first events before it.
func (w *explorer) failureSince(first int) *record.Failure {
	if f := w.snap.Failing(); f != nil && f.Seq > first {
		return f
	}
	return nil
}

// spotlight selects what matters most of a step: its worst finding, else the answer to it.
func (w *explorer) spotlight(first int) {
	best, worth := -1, 0
	for i := w.pane.Upto(first); i < w.pane.Upto(w.pos); i++ {
		r := w.pane.Row(i)
		if v := weight(w.pane.Event(r.Event)); r.Line == 0 && r.Kind != dialogue.RowMore && !r.Kind.Border() && v > worth {
			best, worth = i, v
		}
	}
	if best >= 0 {
		w.pane.Select(best, w.pane.Upto(w.pos))
	}
}

// weight says how much an event of a step is worth looking at first.
func weight(e *record.Event) int {
	switch e.Kind {
	case record.KindFinding:
		return map[record.Severity]int{record.SeverityWarn: 5, record.SeverityDanger: 6}[e.Finding.Severity]
	case record.KindTLS:
		return 4
	case record.KindReply, record.KindResolve, record.KindConnect:
		return 3
	case record.KindSend:
		return 1
	}
	return 0
}
