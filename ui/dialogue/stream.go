package dialogue

import (
	"slices"

	"ehlo/session/record"
)

// kept is how many rows above the last one an index that streams holds, at least: more than any window shows.
const kept = 2048

// stream is what an index holds of a source whose events it reads in parts, so that a long one takes no more memory than a short one.
type stream struct {
	read    int // how far events have been let in
	dropped int // rows that are shown above those that are held
	gap     int // of them those of the attempt that goes on
	first   int // the event from which on all rows are held
	folds   int // how many folds were left when those without rows were let go
}

// Stream has rows made only as far as [Pane.ReadTo] says, and those far above dropped. The source has to have all its events: the notes
// on them are read first, as they stand at the end.
func (x *Index) Stream() {
	x.stream = &stream{}
	kinds, known := x.src.(interface{ Kind(i int) record.Kind })
	for i := range x.src.Len() {
		if known && kinds.Kind(i) != record.KindNote && kinds.Kind(i) != record.KindAbout {
			continue
		}
		switch e := record.Skim(x.src, i); e.Kind {
		case record.KindNote:
			x.notes.Take(e)
		case record.KindAbout:
			x.about = e.About
		}
	}
}

// available is how many events have been let in: all that the source has, unless it is read in parts.
func (x *Index) available() int {
	if x.stream != nil {
		return min(x.stream.read, x.src.Len())
	}
	return x.src.Len()
}

// Above is how many rows are shown above those that are held.
func (x *Index) Above() int {
	if x.stream != nil {
		return x.stream.dropped
	}
	return 0
}

// Dropped is the first event of which rows may be shown: those before it were dropped.
func (x *Index) Dropped() int {
	if x.stream != nil {
		return x.stream.first
	}
	return 0
}

// ReadTo lets in the first n events of a source that streams, which end a step: a handshake comes whole. The position is behind those that were let in before.
func (p *Pane) ReadTo(n int) { p.readTo(n, kept) }

func (p *Pane) readTo(n, keep int) {
	p.Place(p.read)
	before := p.stream.dropped
	if p.forget(keep); p.stream.dropped > before {
		p.Drop(p.stream.dropped - before)
		p.redraw()
	}
	p.stream.read = max(p.stream.read, n)
	p.Extend()
}

// forget drops the rows above the last ones. An attempt that goes on keeps its head, and what stands above that: all of it is shown again
// when the attempt folds.
func (x *Index) forget(keep int) {
	if len(x.rows) < 4*keep {
		return
	}
	from := x.above(len(x.shown), keep)
	if x.began > 0 {
		before := x.stream.dropped
		x.drop(x.began+1, from)
		x.stream.gap += x.stream.dropped - before
		at, _ := slices.BinarySearch(x.shown, x.began)
		from = x.above(at, keep)
	}
	x.drop(0, from)
	if len(x.folds) > 2*x.stream.folds { // those that stay are moved, which costs less the less often it is done
		x.compact()
		x.stream.folds = len(x.folds)
	}
}

// above is the row that many places above the one at a place, or the head of the fold that it is in.
func (x *Index) above(place, by int) int32 {
	for at := place - by; at > 0; at-- {
		id := x.shown[at]
		if f := x.rows[id].fold; f == 0 || x.folds[f].head == id {
			return id
		}
	}
	return 0
}

// drop takes out the rows from lo up to hi.
func (x *Index) drop(lo, hi int32) {
	if lo >= hi {
		return
	}
	x.stream.first = max(x.stream.first, int(x.rows[hi].event))
	now := func(id int32) int32 { return id - max(min(id, hi)-lo, 0) }
	shown := len(x.shown)
	x.shown = slices.DeleteFunc(x.shown, func(id int32) bool { return lo <= id && id < hi })
	x.stream.dropped += shown - len(x.shown)
	for i, id := range x.shown {
		x.shown[i] = now(id)
	}
	for i := range x.folds {
		f := &x.folds[i]
		f.head, f.first, f.last = now(f.head), now(f.first), now(f.last)
	}
	x.rows, x.began = slices.Delete(x.rows, int(lo), int(hi)), now(x.began)
}

// compact lets go of the folds that have no rows any more, but for those of attempts, which are counted.
func (x *Index) compact() {
	folds, now := make([]fold, 1), map[int32]int32{0: 0}
	move := func(id int32) int32 {
		if _, moved := now[id]; !moved {
			now[id] = int32(len(folds))
			folds = append(folds, x.folds[id])
		}
		return now[id]
	}
	for i := range x.attempts {
		x.attempts[i] = move(x.attempts[i])
	}
	for i := range x.rows {
		x.rows[i].fold = move(x.rows[i].fold)
	}
	x.growing = move(x.growing)
	x.folds = folds
}
