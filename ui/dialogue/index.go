// Package dialogue turns the events of a session into the rows of its dialogue.
//
// An [Index] reads a growing source once, event by event, and keeps a few bytes a row; what a row says is worked out
// only when it is drawn. Rows that belong together, such as the messages of a TLS handshake, fold to one.
package dialogue

import (
	"hash/maphash"
	"slices"
	"sort"

	"ehlo/session/record"
)

// Row is one row of the dialogue: a whole event, one line of one, or the head of a fold.
type Row struct {
	Event int // index of the event in its source
	Line  int // line of a reply or of message content, counted from 0
	Kind  RowKind
	fold  int32 // the fold it heads or belongs to, 0 for none
}

// RowKind says what a row stands for.
type RowKind uint8

// The kinds of row.
const (
	RowEvent     RowKind = iota // an event, or one line of it
	RowHandshake                // the head of a run of TLS messages
	RowMore                     // the head of the rest of a long event
)

// fold is a run of rows behind a head.
type fold struct {
	head        int32 // row of the head
	first, last int32 // rows of the members, last excluded
	open        bool
}

// Lines of one event that are shown before the rest folds.
const (
	replyLines   = 24
	contentLines = 6
)

// Index is the append-only list of rows of a source. It is not safe for concurrent use.
type Index struct {
	src   record.Source
	read  int     // events read
	rows  []Row   // all rows, folded ones included
	shown []int32 // the rows not folded away, in order
	folds []fold  // folds[0] is unused
	notes map[int][]int32

	findings []Finding
	seed     maphash.Seed
	told     map[uint64]struct{} // the texts of the findings, by hash
}

// Finding is where something was found that is more than worth knowing.
type Finding struct {
	Event    int // index of the event in its source
	Severity record.Severity
}

// NewIndex starts an index over src.
func NewIndex(src record.Source) *Index {
	return &Index{src: src, folds: make([]fold, 1), notes: map[int][]int32{}, seed: maphash.MakeSeed(), told: map[uint64]struct{}{}}
}

// Extend reads what the source has gained and returns how many events have been read in all.
func (x *Index) Extend() int {
	for n := x.src.Len(); x.read < n; x.read++ {
		x.add(x.read, x.src.At(x.read))
	}
	return x.read
}

// Len is how many events have been read.
func (x *Index) Len() int { return x.read }

// Event is the event at index i of the source.
func (x *Index) Event(i int) *record.Event { return x.src.At(i) }

// Upto is how many rows are shown for the first n events.
func (x *Index) Upto(n int) int {
	if n >= x.read {
		return len(x.shown)
	}
	return sort.Search(len(x.shown), func(i int) bool { return x.rows[x.shown[i]].Event >= n })
}

// Row is the row shown at place i.
func (x *Index) Row(i int) Row { return x.rows[x.shown[i]] }

// Notes are the events, by index, that are notes on the event with that Seq.
func (x *Index) Notes(seq int) []int32 { return x.notes[seq] }

// Findings are what was found in the first n events that is more than worth knowing, each text where it came first.
func (x *Index) Findings(n int) []Finding {
	upto := sort.Search(len(x.findings), func(i int) bool { return x.findings[i].Event >= n })
	return x.findings[:upto:upto]
}

// find keeps where a finding stands, so that a summary need not look for it.
func (x *Index) find(i int, f *record.Finding) {
	text := maphash.String(x.seed, f.Text)
	if _, told := x.told[text]; told || f.Severity == record.SeverityInfo {
		return
	}
	x.told[text] = struct{}{}
	x.findings = append(x.findings, Finding{i, f.Severity})
}

// Folds reports whether the row at place i heads a fold or belongs to one.
func (x *Index) Folds(i int) bool { return x.Row(i).fold != 0 }

// Open reports whether the row at place i heads a fold that is open.
func (x *Index) Open(i int) bool {
	r := x.Row(i)
	return r.Kind != RowEvent && x.folds[r.fold].open
}

// Toggle opens or closes the fold of the row at place i and returns the place of its head.
func (x *Index) Toggle(i int) int {
	id := x.Row(i).fold
	if id == 0 {
		return i
	}
	f := &x.folds[id]
	head, _ := slices.BinarySearch(x.shown, f.head)
	count := int(f.last - f.first)
	if f.open {
		x.shown = slices.Delete(x.shown, head+1, head+1+count)
	} else {
		members := make([]int32, count)
		for k := range members {
			members[k] = f.first + int32(k)
		}
		x.shown = slices.Insert(x.shown, head+1, members...)
	}
	f.open = !f.open
	return head
}

// add makes the rows of one event.
func (x *Index) add(i int, e *record.Event) {
	if e.Finding != nil {
		x.find(i, e.Finding)
	}
	switch {
	case e.Kind == record.KindTLSMessage && e.TLSMessage != nil:
		x.addMessage(i)
	case e.Kind == record.KindReply && e.Reply != nil:
		x.addLines(i, max(len(e.Reply.Lines), 1), replyLines)
	case e.Kind == record.KindSend && e.Send != nil:
		x.addLines(i, sentLines(e.Send), contentLines)
	case e.Kind == record.KindNote && e.Note != nil:
		x.notes[e.Note.On] = append(x.notes[e.Note.On], int32(i))
		x.show(Row{Event: i})
	case speaks(e):
		if e.Kind == record.KindTLS && e.TLS.Error != "" {
			x.unfold(i)
		}
		x.show(Row{Event: i})
	}
}

// unfold opens the handshake that has just died: its last messages are what matters.
func (x *Index) unfold(i int) {
	if i == 0 || x.src.At(i-1).Kind != record.KindTLSMessage {
		return
	}
	if f := x.folds[len(x.folds)-1]; !f.open && f.last-f.first <= replyLines {
		head, _ := slices.BinarySearch(x.shown, f.head)
		x.Toggle(head)
	}
}

// addLines makes a row a line. A few lines too many are shown all the same: a fold has to be worth its row.
func (x *Index) addLines(i, lines, limit int) {
	plain := lines
	if lines > limit+2 {
		plain = limit
	}
	for l := range plain {
		x.show(Row{Event: i, Line: l})
	}
	if plain == lines {
		return
	}
	x.openFold(Row{Event: i, Line: plain, Kind: RowMore})
	for l := plain; l < lines; l++ {
		x.hide(Row{Event: i, Line: l})
	}
}

// addMessage puts a TLS message below the head of its run.
func (x *Index) addMessage(i int) {
	if i == 0 || x.src.At(i-1).Kind != record.KindTLSMessage {
		x.openFold(Row{Event: i, Kind: RowHandshake})
	}
	x.hide(Row{Event: i})
}

func (x *Index) show(r Row) {
	x.shown = append(x.shown, int32(len(x.rows)))
	x.rows = append(x.rows, r)
}

func (x *Index) openFold(head Row) {
	head.fold = int32(len(x.folds))
	at := int32(len(x.rows))
	x.folds = append(x.folds, fold{head: at, first: at + 1, last: at + 1})
	x.show(head)
}

// hide adds a member to the last fold.
func (x *Index) hide(r Row) {
	r.fold = int32(len(x.folds) - 1)
	f := &x.folds[r.fold]
	f.last++
	if f.open {
		x.show(r)
		return
	}
	x.rows = append(x.rows, r)
}

// members are the events of a fold below n: first included, last excluded.
func (x *Index) members(r Row, n int) (first, last int) {
	f := x.folds[r.fold]
	first = x.rows[f.first].Event
	return first, min(x.rows[f.last-1].Event+1, n)
}
