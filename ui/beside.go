package ui

import (
	"ehlo/ui/detail"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// aligned reports whether the view stands beside the rows that it is about: what others logged or did in each step that can be seen.
func (w *explorer) aligned() bool {
	return w.view.KindOf() != "" && !w.reader.compact && w.hasRow()
}

// margin is what stands beside the rows of a step.
type margin struct {
	event    int // what is told
	top      int // the line of the dialogue that it belongs to
	selected bool
}

// alignedLines are the lines beside those of the dialogue. The step that is selected has all of its own; the others have as many as fit
// before the next.
func (w *explorer) alignedLines(width, height int) []paint.Line {
	w.reader.tops = scroll.List{}
	out := make([]paint.Line, height)
	margins := w.margins()
	for i, m := range margins {
		next := height
		if i+1 < len(margins) {
			next = margins[i+1].top
		}
		if !m.selected {
			w.put(out, m, next, width)
		}
	}
	for _, m := range margins {
		if m.selected {
			lines := detail.Beside(w.pane.Event(m.event), width, true)
			m.top = max(min(m.top, height-len(lines)), 0)
			copy(out[m.top:], lines)
		}
	}
	return out
}

// put writes what is told of a step, as far as there is room before the next.
func (w *explorer) put(out []paint.Line, m margin, next, width int) {
	lines := detail.Beside(w.pane.Event(m.event), width, true)
	room := max(next-m.top, 1)
	if len(lines) > room {
		lines = lines[:room]
		lines[room-1] = lines[room-1].Cut(width-2).And(paint.Dim, " …")
	}
	copy(out[m.top:], lines)
}

// margins are what is told beside the lines of the dialogue that can be seen.
func (w *explorer) margins() (list []margin) {
	kind, selected := w.view.KindOf(), -1
	if row, ok := w.row(); ok {
		selected = w.pane.Beside(kind, row.Event, w.pos)
	}
	for line, i := range w.pane.Drawn() {
		event := w.pane.Beside(kind, w.pane.Row(i).Event, w.pos)
		if event < 0 || len(list) > 0 && list[len(list)-1].event == event {
			continue
		}
		list = append(list, margin{event, line + w.above, event == selected})
	}
	return list
}
