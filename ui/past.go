package ui

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// nextStep is the first event of the step that was taken next, and the line of it that was sent; both nil where none was.
func (w *explorer) nextStep() (first, sent *record.Event) {
	const most = 64 // what lies between two steps is little
	for i := w.pos; i < min(w.pos+most, w.pane.Len()); i++ {
		switch e := w.pane.Event(i); {
		case first == nil && (e.Kind == record.KindChange || e.Kind == record.KindEnd):
			return e, nil
		case first == nil && e.Step != "":
			first = e
		}
		if first == nil {
			continue
		}
		if e := w.pane.Event(i); e.Step != first.Step {
			break
		} else if e.Kind == record.KindSend {
			return first, e
		}
	}
	return first, nil
}

// doneNext is what was done next, as it went out; empty where nothing was.
func (w *explorer) doneNext() string {
	first, sent := w.nextStep()
	switch {
	case first == nil:
		return ""
	case first.Kind == record.KindChange && first.Change != nil:
		return words.Advice(first.Change.Advice)
	case first.Kind == record.KindEnd:
		return "the end of the session"
	case sent != nil && sent.Send != nil && (!sent.Send.Content || sent.Send.Edited):
		line, _, _ := strings.Cut(string(sent.Send.Raw), "\n")
		return strings.TrimRight(line, "\r")
	}
	if i := slices.IndexFunc(w.options, func(o walk.Option) bool { return o.Step.Verb == first.Step }); i >= 0 {
		return showOption(w.options[i], w.snap)
	}
	return showOption(walk.Option{Step: record.Step{Verb: first.Step}}, w.snap)
}

// strayed reports whether another step was taken than the one that was proposed.
func (w *explorer) strayed(proposed walk.Option) bool {
	first, sent := w.nextStep()
	switch {
	case first == nil || first.Kind == record.KindEnd:
		return false
	case first.Step != proposed.Step.Verb:
		return true
	case sent == nil || sent.Send == nil || sent.Send.Content:
		return false
	case first.Step == record.VerbAuth:
		words := strings.Fields(string(sent.Send.Raw))
		return len(words) > 1 && !strings.EqualFold(words[1], proposed.Step.Mechanism)
	case first.Step == record.VerbRespond:
		return false
	}
	return strings.TrimRight(string(sent.Send.Raw), "\r\n") != proposed.Show
}
