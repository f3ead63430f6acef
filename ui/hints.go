package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// hints are the enabled keys that are worth a place at the bottom. What is selected decides what comes first.
func (w *explorer) hints() []key.Help {
	var out, rest []key.Help
	for _, b := range w.bindings() {
		switch h := b.Help(); {
		case !b.Enabled():
		case w.bringsForward(b.intent):
			out = append(out, w.inContext(h))
		case b.intent.hint:
			rest = append(rest, w.inContext(h))
		}
	}
	if len(rest) > 0 && rest[0].Key == "enter" && !w.onFold() { // what sends comes first, but on a row that opens
		return append(append(rest[:1:1], out...), rest[1:]...)
	}
	return append(out, rest...)
}

// onFold reports whether the selected row is the head of rows that open and fold.
func (w *explorer) onFold() bool {
	return w.canFold() && w.pane.Row(w.pane.Sel).Kind != dialogue.RowEvent
}

// bringsForward reports whether the selected row asks for a key: a head of rows to be opened, TLS to be seen field by
// field, and where the view is away, a finding to be read with who has to put it right.
func (w *explorer) bringsForward(in intent) bool {
	switch in.show {
	case "space":
		return w.onFold()
	case "f":
		return w.hasRow() && (w.selected().TLSMessage != nil || w.selected().TLS != nil) && !w.onFold()
	case "v":
		_, ok := w.remedied()
		return ok && w.reader.compact && !w.zoomed
	}
	return false
}

// inContext says what a key does to the row that is selected.
func (w *explorer) inContext(h key.Help) key.Help {
	f, remedied := w.remedied()
	switch {
	case h.Key == "space" && w.pane.Open(w.pane.Sel):
		h.Desc = "fold"
	case h.Key == "space":
		h.Desc = "open"
	case h.Key != "v" || !remedied || !w.reader.compact || w.zoomed:
	case strings.HasPrefix(f.Code, "cert-"):
		h.Desc = "who must fix it"
	default:
		h.Desc = "what to do"
	}
	return h
}

// hintLine names as many keys as fit, and always the last: the way out.
func hintLine(hints []key.Help, width int) paint.Line {
	var out paint.Line
	for i, h := range hints {
		part := hint(h)
		room := width - 1
		if i < len(hints)-1 {
			room -= hint(hints[len(hints)-1]).Width() + 3
		}
		if out.Width()+3+part.Width() > room {
			continue
		}
		if len(out) > 0 {
			out = out.And(paint.Dim, " · ")
		}
		out = out.Then(part)
	}
	return paint.Text(" ").Then(out)
}

func hint(h key.Help) paint.Line {
	return paint.Accent.Line(h.Key).And(paint.Dim, " "+h.Desc)
}
