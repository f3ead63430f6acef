package dialogue

import (
	"slices"
	"sort"
	"strings"

	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// mostNotes is how many notes on one event have a row; all of them are told with the event.
const mostNotes = 6

// Notes are the notes on the event with that Seq, as they stand.
func (x *Index) Notes(seq int) []record.Remark { return x.notes.On(seq) }

// Remarked is how many notes, and changes of notes, have been read: a page with notes is made again when it grows.
func (x *Index) Remarked() int { return x.taken }

// Noted are the Seqs of the events that have notes, in order.
func (x *Index) Noted() []int { return x.notes.Noted() }

// Remark is the note that the row stands for; ok is false for every other row.
func (x *Index) Remark(r Row) (note record.Remark, ok bool) {
	if r.Kind != RowNote {
		return note, false
	}
	if list := x.notes.On(r.Event + 1); r.Line < len(list) {
		return list[r.Line], true
	}
	return note, false
}

// OfNote is the note that an event is a form of; ok is false where it is none, or was removed.
func (x *Index) OfNote(seq int) (record.Remark, bool) { return x.notes.Of(seq) }

// About is what was said last of the whole log; nil where nothing was.
func (x *Index) About() *record.About { return x.about }

// move is a place at which rows of notes have come and gone.
type move struct {
	event      int   // that the notes are on
	at         int32 // the first row that stood there, or would
	gone, come int32
}

// placeNotes puts the rows of notes below those of their events: for each that was touched as many as there are notes on it.
func (x *Index) placeNotes() {
	slices.Sort(x.touched)
	x.moves = x.moves[:0]
	for _, seq := range slices.Compact(x.touched) {
		end := int32(sort.Search(len(x.rows), func(id int) bool { return int(x.rows[id].event) >= seq }))
		c := move{event: seq - 1, at: end, come: int32(min(len(x.notes.On(seq)), mostNotes))}
		for c.at > 0 && x.rows[c.at-1].kind == RowNote && int(x.rows[c.at-1].event) == seq-1 {
			c.at, c.gone = c.at-1, c.gone+1
		}
		if c.gone != c.come {
			x.moves = append(x.moves, c)
		}
	}
	if x.touched = x.touched[:0]; len(x.moves) > 0 {
		x.renumber()
	}
}

// renumber makes the rows again with those of the notes, and everything that names a row.
func (x *Index) renumber() {
	rows := make([]cell, 0, len(x.rows)+len(x.moves)*mostNotes)
	from := int32(0)
	for _, c := range x.moves {
		rows = append(rows, x.rows[from:c.at]...)
		for line := range c.come {
			rows = append(rows, x.noteRow(c, int(line)).cell())
		}
		from = c.at + c.gone
	}
	x.rows = append(rows, x.rows[from:]...)
	for i := range x.folds[1:] {
		f := &x.folds[1+i]
		f.head, f.last = x.renumbered(f.head), x.end(f)
		f.first = f.head + 1
	}
	if x.began > 0 {
		x.began = x.renumbered(x.began)
	}
	x.showAll()
	x.resift()
}

// noteRow is a row of a note. It belongs to the fold that the row before it and the one behind it belong to, and opens it: what
// someone has noted is to be seen.
func (x *Index) noteRow(c move, line int) Row {
	before := x.rows[max(c.at-1, 0)]
	r := Row{Event: c.event, Line: line, Kind: RowNote, zone: before.zone}
	if c.at == 0 {
		return r
	}
	if f := &x.folds[before.fold]; before.fold != 0 && f.head < c.at && c.at+c.gone < f.last && before.kind != RowAttempt && before.kind != RowStep {
		r.fold, f.open = before.fold, true
	}
	return r
}

// renumbered is the row that row id has become; for one that is gone the last before its place.
func (x *Index) renumbered(id int32) int32 {
	by := int32(0)
	for _, c := range x.moves {
		if id < c.at {
			break
		}
		if id < c.at+c.gone {
			return c.at + by + c.come - 1
		}
		by += c.come - c.gone
	}
	return id + by
}

// end is where a fold ends now. An attempt and a step have the notes on their last event in them; below all others these stay in
// sight.
func (x *Index) end(f *fold) int32 {
	last := x.renumbered(f.last-1) + 1
	if !f.wide {
		return last
	}
	for _, c := range x.moves {
		if c.at <= f.last && f.last <= c.at+c.gone {
			return x.renumbered(c.at-1) + 1 + c.come
		}
	}
	return last
}

// showAll finds out again which rows are not folded away.
func (x *Index) showAll() {
	x.shown = x.shown[:0]
	for id := int32(0); int(id) < len(x.rows); id++ {
		x.shown = append(x.shown, id)
		if f := &x.folds[x.rows[id].fold]; x.rows[id].fold != 0 && f.head == id && !f.open {
			id = f.last - 1
		}
	}
}

// lookNote draws a note: who says what, in a line.
func (x *Index) lookNote(r Row) Look {
	out := Look{Mark: looks.Of(words.Noted).span()}
	note, ok := x.Remark(r)
	if !ok {
		return out
	}
	text, more, _ := strings.Cut(strings.TrimSpace(note.Text), "\n")
	out.Text = paint.Accent.Line(words.List(": ", note.Author, text))
	out.Margin = words.List(", ", words.Day(note.Time), map[bool]string{true: "edited"}[note.Edited])
	if more != "" {
		out.Text = out.Text.And(paint.Dim, " … "+Number(1+strings.Count(more, "\n"), "more line"))
	}
	if all := len(x.notes.On(r.Event + 1)); r.Line == mostNotes-1 && all > mostNotes {
		out.Text = out.Text.And(paint.Dim, " … "+Number(all-mostNotes, "more note"))
	}
	return out
}
