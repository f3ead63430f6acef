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
	ctx, cancel := context.WithCancel(w.bridge.ctx)
	w.busy = &busy{step: st, label: label, since: w.env.now(), first: w.pane.Len(), cancel: cancel}
	w.follow = true
	if o := w.options[0]; o.Blocked != nil && st.Verb == record.VerbQuit {
		w.failed = o.Blocked
	}
	return tea.Batch(w.bridge.do(ctx, st), w.beat())
}

// cancel ends the step that runs.
func (w *explorer) cancel() tea.Cmd {
	w.busy.cancel()
	w.notice = "cancelling"
	return nil
}

// done takes in that the engine has finished a step.
func (w *explorer) done(r result) tea.Cmd {
	if w.busy == nil { // closing the log is no step
		w.over = true
		w.read()
		return nil
	}
	w.busy.cancel()
	w.busy.upto, w.busy.err = r.upto, r.err
	w.read()
	return w.settle()
}

// settle ends a step once all its events are there.
func (w *explorer) settle() tea.Cmd {
	b := w.busy
	if b == nil || b.upto == 0 || w.pane.Len() < b.upto {
		return nil
	}
	w.busy, w.notice = nil, ""
	w.propose()
	if w.follow {
		w.spotlight(b.first)
	}
	return w.judge(b)
}

// judge decides what a step's end asks of the person.
func (w *explorer) judge(b *busy) tea.Cmd {
	var guard *walk.GuardError
	switch {
	case errors.As(b.err, &guard):
		w.askGuard(guard, b.label)
	case b.err != nil:
		w.failed = b.err
		w.sheet = newTrouble(w, b)
	case b.step.Verb == record.VerbQuit && w.snap.State.Stage == record.StageClosed:
		w.parted = true
	}
	return nil
}

// spotlight selects what matters most of a step: its worst finding, else the answer to it.
func (w *explorer) spotlight(first int) {
	best, worth := -1, 0
	for i := w.pane.Upto(first); i < w.pane.Upto(w.pos); i++ {
		r := w.pane.Row(i)
		if v := weight(w.pane.Event(r.Event)); r.Line == 0 && r.Kind != dialogue.RowMore && v > worth {
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
		return map[string]int{"warn": 5, "danger": 6}[e.Finding.Severity]
	case record.KindTLS:
		return 4
	case record.KindReply, record.KindResolve, record.KindConnect:
		return 3
	case record.KindSend:
		return 1
	}
	return 0
}
