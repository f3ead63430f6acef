package ui

import (
	"github.com/charmbracelet/bubbles/key"

	"ehlo/ui/paint"
)

// hints are the enabled keys that are worth a place at the bottom.
func (w *walk) hints() []key.Help {
	var out []key.Help
	for _, b := range w.bindings() {
		if b.Enabled() && b.intent.hint {
			out = append(out, b.Help())
		}
	}
	return out
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
