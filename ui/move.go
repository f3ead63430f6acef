package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/places"
	"ehlo/transcripts/search"
	"ehlo/ui/dialogue"
)

// The intents that move: the selection among the rows, the position in time, the window onto the view.

func (w *explorer) up() tea.Cmd       { return w.selectBy(-1) }
func (w *explorer) down() tea.Cmd     { return w.selectBy(1) }
func (w *explorer) pageUp() tea.Cmd   { return w.page(-1) }
func (w *explorer) pageDown() tea.Cmd { return w.page(1) }

func (w *explorer) selectBy(n int) tea.Cmd {
	rows := w.pane.Upto(w.pos)
	w.pane.Tail = false
	w.pane.Select(w.pane.Sel+n, rows)
	w.follow = w.atEnd() && w.pane.Sel == rows-1
	return nil
}

// page turns a page of what is in front: the view where the compact layout shows it alone, else the dialogue.
func (w *explorer) page(n int) tea.Cmd {
	if w.zoomed {
		w.reader.scroll(n * w.reader.page())
		return nil
	}
	return w.selectBy(n * w.pane.Page())
}

func (w *explorer) scrollUp() tea.Cmd   { w.reader.scroll(-1); return nil }
func (w *explorer) scrollDown() tea.Cmd { w.reader.scroll(1); return nil }

// viewTop and viewEnd go to the ends of the view that stands in place of the dialogue.
func (w *explorer) viewTop() tea.Cmd { w.reader.scroll(-w.reader.last()); return nil }
func (w *explorer) viewEnd() tea.Cmd { w.reader.scroll(w.reader.last()); return nil }

// back goes one visible event into the past.
func (w *explorer) back() tea.Cmd {
	rows := w.pane.Upto(w.pos)
	if rows == 0 {
		return nil
	}
	w.follow = false
	w.moveTo(w.pane.Row(w.pane.First(rows - 1)).Event)
	return nil
}

// forward goes one visible event towards the end, and on to the next one: what changes silently belongs to the event
// before it.
func (w *explorer) forward() tea.Cmd {
	w.forwardTo(w.pane.Upto(w.pos) + 1)
	w.returned = w.atEnd()
	return nil
}

func (w *explorer) forwardTo(rows int) {
	w.follow = false
	all := w.pane.Upto(w.pane.Len())
	for rows < all && w.pane.Row(rows).Event == w.pane.Row(rows-1).Event {
		rows++
	}
	if rows >= all {
		w.end()
		return
	}
	w.moveTo(w.pane.Row(rows).Event)
}

// stepForward goes on to the end of the next step.
func (w *explorer) stepForward() tea.Cmd {
	first := w.pos
	n := places.StepEnd(w.src, w.pos)
	w.follow = n == w.pane.Len()
	w.moveTo(n)
	w.returned = w.atEnd()
	w.spotlight(first)
	w.toCause()
	return nil
}

// stepBack goes to the beginning of the step before the position.
func (w *explorer) stepBack() tea.Cmd {
	w.follow = false
	w.moveTo(max(places.StepStart(w.src, w.pos-1), w.firstStep()))
	return nil
}

func (w *explorer) verbAt(i int) record.Verb { return w.pane.Event(i).Step }

// resume shows the proposal again after a return to the present. It sends nothing.
func (w *explorer) resume() tea.Cmd { return nil }

// start goes to before the first step, end to the newest event.
func (w *explorer) start() tea.Cmd {
	w.follow = false
	w.moveTo(w.firstStep())
	return nil
}

// firstStep is the event with which the first step begins. Only what opens a log is before it.
func (w *explorer) firstStep() int {
	const most = 64
	n := min(w.pane.Len(), most)
	for i := range n {
		if w.verbAt(i) != "" {
			return i
		}
	}
	return n
}

func (w *explorer) end() tea.Cmd {
	w.follow = true
	w.moveTo(w.pane.Len())
	return nil
}

// jump shows everything up to and with event seq, and selects its row. A fold that hides it is opened, and a filter that leaves it
// out is taken off.
func (w *explorer) jump(seq int) {
	tells := w.pane.Tells(seq - 1)
	if tells && !w.pane.Lets(seq-1) {
		w.unfilter()
	}
	w.follow = seq >= w.pane.Len()
	w.moveTo(seq)
	if tells {
		w.pane.Select(w.unfolded(search.Hit{Event: seq - 1}), w.pane.Upto(w.pos))
	}
}

// showHit selects the row of an event that was found; that of a note stands with the event that it is about.
func (w *explorer) showHit(h search.Hit) {
	if e := w.pane.Event(h.Event); e.Kind == record.KindNote {
		w.showNote(e.Seq)
		return
	}
	w.showRow(h)
}

// showRow selects the row of an event. A filter that leaves it out is taken off.
func (w *explorer) showRow(h search.Hit) {
	if !w.pane.Lets(h.Event) {
		w.unfilter()
	}
	w.goToRow(h)
}

// goToRow selects the row of an event. One that lies ahead of a person who looks back is gone to.
func (w *explorer) goToRow(h search.Hit) {
	if w.sheetOver() {
		w.sheet = nil
	}
	w.zoomed, w.follow = false, false
	if h.Event >= w.pos {
		w.moveTo(h.Event + 1)
	}
	w.pane.Select(w.unfolded(h), w.pane.Upto(w.pos))
	w.pane.Tail = false
}

// showNote selects the row of a note.
func (w *explorer) showNote(seq int) {
	r, ok := w.pane.OfNote(seq)
	if !ok {
		w.notice = "this note was removed"
		return
	}
	if !w.showsNote(r) {
		w.unfilter()
	}
	w.goToRow(search.Hit{Event: r.On - 1})
	if at := w.pane.NoteAt(r); at >= 0 {
		w.pane.Select(at, w.pane.Upto(w.pos))
	}
}

// showsNote reports whether a filter lets a note through, or the event that it is about.
func (w *explorer) showsNote(r record.Remark) bool {
	return w.pane.Lets(r.On-1) || w.pane.NoteAt(r) >= 0
}

// unfolded is the row of a line of an event, opened if it is folded away; the row before it where it has none of its own.
func (w *explorer) unfolded(h search.Hit) int {
	if !w.pane.Tells(h.Event) {
		return max(w.pane.Upto(h.Event+1)-1, 0)
	}
	for range 4 { // folds may stand in folds
		at := w.pane.Upto(h.Event+1) - 1
		for at > 0 && w.pane.Row(at).Event == h.Event && (w.pane.Row(at).Line > h.Line || w.pane.Row(at).Kind == dialogue.RowNote) {
			at--
		}
		if at < 0 {
			return 0
		}
		switch r := w.pane.Row(at); {
		case r.Kind == dialogue.RowEvent, !w.pane.Folds(at), w.pane.Open(at):
			return at
		case r.Kind == dialogue.RowList && r.Event == h.Event && r.Line == h.Line: // the head is the line itself
			return at
		}
		w.pane.Toggle(at)
	}
	return max(w.pane.Upto(h.Event+1)-1, 0)
}

func (w *explorer) fold() tea.Cmd {
	w.follow = false
	w.pane.Fold()
	return nil
}

// nextView goes through the views, and viewBefore the other way; where one pane is shown at a time, the dialogue is one of them.
func (w *explorer) nextView() tea.Cmd   { return w.turnView(1) }
func (w *explorer) viewBefore() tea.Cmd { return w.turnView(-1) }

func (w *explorer) turnView(by int) tea.Cmd {
	views := w.views()
	n, at := len(views), slices.Index(views, w.view)
	if !w.reader.compact {
		w.view = views[(at+by+n)%n]
		return nil
	}
	if !w.zoomed { // the dialogue stands before the first view, and after the last
		at = -1
	}
	at = (at + 1 + by + n + 1) % (n + 1)
	if w.zoomed = at > 0; w.zoomed {
		w.view = views[at-1]
	}
	return nil
}

func (w *explorer) unzoom() tea.Cmd { w.zoomed = false; return nil }
