package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/places"
)

// Places of a file at which its replay can begin, beside the number of an event.
const (
	AtStart = 0
	AtEnd   = -1
)

// beginAt has a replay begin at a place, once it has been read so far.
func (w *explorer) beginAt(at int) {
	if at == AtEnd {
		w.end()
		return
	}
	w.follow, w.begins = false, &at
	w.begin()
}

// begin goes to where a replay begins.
func (w *explorer) begin() {
	if w.begins == nil || w.pane.Len() <= max(*w.begins, w.firstStep()) && w.reading() {
		return
	}
	at := *w.begins
	if w.begins = nil; at == AtStart {
		w.start()
		return
	}
	w.jump(at)
}

func (w *explorer) stateAt(n int) record.State { return w.timeline.At(n).State }

// phaseForward goes on to before the next phase, phaseBack to before the one that began last.
func (w *explorer) phaseForward() tea.Cmd {
	w.goTo(places.NextPhase(w.src, w.pos, w.stateAt))
	return nil
}

func (w *explorer) phaseBack() tea.Cmd {
	w.goTo(max(places.PhaseBefore(w.src, w.pos, w.stateAt), w.firstStep()))
	return nil
}

// goTo shows the first n events.
func (w *explorer) goTo(n int) {
	w.follow = n == w.pane.Len()
	w.moveTo(n)
	w.returned = w.atEnd()
}

func (w *explorer) hasFindings() bool { return len(w.pane.Findings(w.pane.Len())) > 0 }
func (w *explorer) hasNotes() bool    { return len(w.pane.Noted()) > 0 }

// findings are the events in which something was found that is more than worth knowing, of those that a filter shows.
func (w *explorer) findings() (at []int) {
	for _, f := range w.pane.Findings(w.pane.Len()) {
		if w.pane.Lets(f.Event) {
			at = append(at, f.Event+1)
		}
	}
	return at
}

// noted are the events that have notes, of those that a filter shows.
func (w *explorer) noted() (at []int) {
	for _, seq := range w.pane.Noted() {
		if slices.ContainsFunc(w.pane.Notes(seq), w.showsNote) {
			at = append(at, seq)
		}
	}
	return at
}

func (w *explorer) findingForward() tea.Cmd { return w.toFinding(1) }
func (w *explorer) findingBack() tea.Cmd    { return w.toFinding(-1) }
func (w *explorer) noteForward() tea.Cmd    { return w.toNote(1) }
func (w *explorer) noteBack() tea.Cmd       { return w.toNote(-1) }

func (w *explorer) toFinding(by int) tea.Cmd {
	if seq, ok := w.nextOf(w.findings(), by); ok {
		w.jump(seq)
	} else {
		w.notice = "there is no other finding in this direction"
	}
	return nil
}

// toNote goes to the next event that has notes, or the one before, and selects the first of them.
func (w *explorer) toNote(by int) tea.Cmd {
	if seq, ok := w.nextOf(w.noted(), by); ok {
		w.jump(seq)
		notes := w.pane.Notes(seq)
		w.showNote(notes[slices.IndexFunc(notes, w.showsNote)].Seq)
	} else {
		w.notice = "there is no other note in this direction"
	}
	return nil
}

// nextOf is the next of a list of events, or the one before, seen from the one that is selected.
func (w *explorer) nextOf(list []int, by int) (seq int, ok bool) {
	next, selected := slices.BinarySearch(list, w.selectedSeq())
	switch {
	case by < 0:
		next--
	case selected:
		next++
	}
	if next < 0 || next >= len(list) {
		return 0, false
	}
	return list[next], true
}

// selectedSeq is the number of the event that is selected, or that of the last one where no row is.
func (w *explorer) selectedSeq() int {
	if !w.hasRow() {
		return w.pos
	}
	return w.selected().Seq
}

// numbers shows the numbers of the events, or hides them.
func (w *explorer) numbers() tea.Cmd {
	w.pane.Number(!w.pane.Numbered)
	return nil
}
