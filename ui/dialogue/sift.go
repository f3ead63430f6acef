package dialogue

import (
	"slices"
	"sort"

	"ehlo/session/record"
)

// sift are the rows of the events that a filter lets through, in place of all others.
type sift struct {
	rows   []int32
	events []int // those that were let through and are no notes, in order
	notes  []int // the Seqs of the notes that were
}

// Sift shows no rows until [Pane.Let] lets some through.
func (x *Index) Sift() { x.sift = &sift{} }

// Unsift shows all rows again.
func (x *Index) Unsift() { x.sift = nil }

// Sifted reports whether a filter is on, and how many events it has let through.
func (x *Index) Sifted() (events int, on bool) {
	if x.sift == nil {
		return 0, false
	}
	return len(x.sift.events) + len(x.sift.notes), true
}

// Lets reports whether a filter lets event i through with a row of its own. Without one all are but those that were dropped.
func (x *Index) Lets(i int) bool {
	if x.sift == nil {
		return i >= x.Dropped()
	}
	at := x.firstShown(i)
	return at < len(x.sift.rows) && int(x.rows[x.sift.rows[at]].event) == i && x.rows[x.sift.rows[at]].kind != RowNote
}

// NoteAt is the place of the row of a note, -1 where it is not shown.
func (x *Index) NoteAt(r record.Remark) int {
	list := x.list()
	for at := x.firstShown(r.On - 1); at < len(list) && int(x.rows[list[at]].event) == r.On-1; at++ {
		if note, isNote := x.Remark(x.rows[list[at]].row()); isNote && note.Seq == r.Seq {
			return at
		}
	}
	return -1
}

// firstShown is the place of the first row shown of event i, or where it would be.
func (x *Index) firstShown(i int) int {
	list := x.list()
	return sort.Search(len(list), func(k int) bool { return int(x.rows[list[k]].event) >= i })
}

// let shows the rows of event i, all of them whether folded away or not, with its notes; events come in order. One that is told by
// others has none, and the row of a note stands with the event that it is about.
func (x *Index) let(i int) {
	if e := record.Skim(x.src, i); e.Kind == record.KindNote {
		x.sift.notes = append(x.sift.notes, e.Seq)
		x.letNote(e.Seq)
		return
	}
	if record.Skim(x.src, i).Kind.Beside() { // it has no row, and is told beside those of its step
		return
	}
	x.sift.events = append(x.sift.events, i)
	x.letRows(i)
}

// letRows shows the rows of an event that say something of it.
func (x *Index) letRows(i int) {
	for at := x.firstRow(i); at < len(x.rows) && int(x.rows[at].event) == i; at++ {
		if c := x.rows[at]; c.tells() || c.kind == RowNote {
			x.sift.rows = append(x.sift.rows, int32(at))
		}
	}
}

// letNote shows the row of a note, unless it is there with its event.
func (x *Index) letNote(seq int) {
	note, ok := x.notes.Of(seq)
	if !ok {
		return
	}
	for at := x.firstRow(note.On - 1); at < len(x.rows) && int(x.rows[at].event) == note.On-1; at++ {
		if r, isNote := x.Remark(x.rows[at].row()); !isNote || r.Seq != note.Seq {
			continue
		}
		if k, there := slices.BinarySearch(x.sift.rows, int32(at)); !there {
			x.sift.rows = slices.Insert(x.sift.rows, k, int32(at))
		}
	}
}

// firstRow is the first row of event i, or where it would be.
func (x *Index) firstRow(i int) int {
	return sort.Search(len(x.rows), func(k int) bool { return int(x.rows[k].event) >= i })
}

// Tells reports whether event i has a row of its own, shown or not.
func (x *Index) Tells(i int) bool {
	for at := x.firstRow(i); at < len(x.rows) && int(x.rows[at].event) == i; at++ {
		if x.rows[at].tells() {
			return true
		}
	}
	return false
}

// tells reports whether the row is of the event that it stands with, and not of others, or of a remark on it.
func (c cell) tells() bool {
	return c.kind == RowEvent || c.kind == RowList || c.kind == RowAttempt || c.kind == RowStep
}

// resift finds the rows again once notes have given them other numbers.
func (x *Index) resift() {
	if x.sift == nil {
		return
	}
	x.sift.rows = x.sift.rows[:0]
	for _, i := range x.sift.events {
		x.letRows(i)
	}
	for _, seq := range x.sift.notes {
		x.letNote(seq)
	}
}

// list is what is shown: rows in order.
func (x *Index) list() []int32 {
	if x.sift != nil {
		return x.sift.rows
	}
	return x.shown
}
