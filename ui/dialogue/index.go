// Package dialogue turns the events of a session into the rows of its dialogue.
//
// An [Index] reads a growing source once, event by event, and keeps a few bytes a row; what a row says is worked out
// only when it is drawn. Rows that belong together, such as the messages of a TLS handshake, fold to one.
package dialogue

import (
	"hash/maphash"
	"math"
	"slices"
	"sort"

	"ehlo/session/record"
)

// Row is one row of the dialogue: a whole event, one line of one, or the head of a fold.
type Row struct {
	Event int // index of the event in its source
	Line  int // line of a reply or of message content, counted from 0
	Kind  RowKind
	zone  zone
	fold  int32 // the fold it heads or belongs to, 0 for none
}

// cell is a row as it is kept: of a long session there are millions.
type cell struct {
	event, line, fold int32
	kind              RowKind
	zone              zone
}

func (r Row) cell() cell { return cell{int32(r.Event), int32(r.Line), r.fold, r.Kind, r.zone} }
func (c cell) row() Row  { return Row{int(c.event), int(c.line), c.kind, c.zone, c.fold} }

// RowKind says what a row stands for.
type RowKind uint8

// The kinds of row.
const (
	RowEvent     RowKind = iota // an event, or one line of it
	RowHandshake                // the head of a run of TLS messages
	RowMore                     // the head of the rest of a long event
	RowList                     // the first line of a list that is told by its difference from the one before, and the head of the others
	RowAgain                    // the head of findings that say the same as the one before them
	RowClear                    // the border from which on anyone on the path can read
	RowBare                     // the border at which TLS ends; the head of the messages that end it, if there are any
	RowChunks                   // the head of the chunks of a message after the first
	RowAttempt                  // the head of an attempt that another one follows
	RowStep                     // the head of a step that a person has folded
	RowNote                     // a note on the event; Line says which
)

// heads reports whether rows fold behind one of that kind.
func (k RowKind) heads() bool { return k != RowEvent && k != RowClear && k != RowNote }

// Border reports whether the row is a rule across the dialogue that stands before its event.
func (k RowKind) Border() bool { return k == RowClear || k == RowBare }

// fold is a run of rows behind a head.
type fold struct {
	head        int32 // row of the head
	first, last int32 // rows of the members, last excluded
	open        bool
	why         int  // of an attempt: the event that says why it failed, -1 if none does
	wide        bool // an attempt, or a step: all rows of its events are in it
	until       int  // of an attempt: the event that another one begins with; up to it there is no fold
	chunks      int  // behind the head of chunks, and how many bytes of the message they have
	size        int
	byPlace     bool   // of an attempt: it is open because the position is in it
	title       string // of what was done before a person's own steps: what that is; empty for any other
}

// Lines of one event that are shown before the rest folds.
const (
	replyLines   = 24
	contentLines = 6
)

// Index is the append-only list of rows of a source. It is not safe for concurrent use.
type Index struct {
	// Attempts is how many were made before this log: its own are counted on from them.
	Attempts int

	src     record.Source
	read    int         // events read
	before  record.Kind // of the one that was read last
	rows    []cell      // all rows, folded ones included
	shown   []int32     // the rows not folded away, in order
	folds   []fold      // folds[0] is unused
	notes   record.Notes
	taken   int    // notes, and changes of notes, that have been read
	touched []int  // Seqs of events whose notes have changed since their rows were made
	moves   []move // what came of that last
	about   *record.About
	logs    []int // the events that have what the server logged, in order
	paths   []int // those that have what was seen and done on the path
	growing int32 // the fold that was begun last by what was read
	chunk   bool  // a chunk of a message was sent that is not the last
	place   int   // how many events there are at the position

	border border
	sift   *sift   // the rows that a filter lets through, nil without one
	stream *stream // nil where all rows are held

	began    int32   // the first row of the attempt that is read
	attempts []int32 // the folds of those before it, in order
	steps    []int32 // the folds of steps that a person has made, in order
	leads    []int32 // the folds of what was done before a person's own steps, in order
	failed   int     // the event of the last finding that says why this one failed, -1 if there is none

	findings []Finding
	seed     maphash.Seed
	told     map[uint64]struct{} // the texts of the findings, by hash
	last     uint64              // the text of the finding that the last row tells, by hash; 0 if it tells none
}

// Finding is where something was found that is more than worth knowing.
type Finding struct {
	Event    int // index of the event in its source
	Severity record.Severity
}

// NewIndex starts an index over src.
func NewIndex(src record.Source) *Index {
	return &Index{src: src, folds: make([]fold, 1), place: math.MaxInt, failed: -1, seed: maphash.MakeSeed(), told: map[uint64]struct{}{}}
}

// Extend reads what the source has gained and returns how many events have been read in all.
func (x *Index) Extend() int {
	for n := x.available(); x.read < n; x.read++ {
		e := record.Skim(x.src, x.read)
		x.add(x.read, e)
		x.before = e.Kind
	}
	if len(x.touched) > 0 {
		x.placeNotes()
	}
	return x.read
}

// Len is how many events have been read, or how many there are where they are read in parts.
func (x *Index) Len() int {
	if x.stream != nil {
		return x.src.Len()
	}
	return x.read
}

// Event is the event at index i of the source.
func (x *Index) Event(i int) *record.Event { return x.src.At(i) }

// Upto is how many rows are shown for the first n events.
func (x *Index) Upto(n int) int {
	if n >= x.read {
		return len(x.list())
	}
	return x.firstShown(n)
}

// Row is the row shown at place i.
func (x *Index) Row(i int) Row {
	r := x.rows[x.list()[i]].row()
	if x.sift != nil && r.Kind != RowNote { // nothing folds there
		r.Kind, r.fold = RowEvent, 0
	}
	return r
}

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

// Folds reports whether the row at place i heads a fold or belongs to one, or to a step that can be folded.
func (x *Index) Folds(i int) bool {
	if x.sift != nil {
		return false
	}
	if x.foldOf(x.shown[i]) != 0 {
		return true
	}
	first, last := x.stepOf(x.shown[i])
	return last-first > 1
}

// Open reports whether the row at place i heads a fold that is open.
func (x *Index) Open(i int) bool {
	r := x.Row(i)
	return r.Kind.heads() && r.fold != 0 && x.folds[r.fold].open
}

// First is the place of the first line of the event that the row at place i belongs to.
func (x *Index) First(i int) int {
	for i > 0 && x.Row(i-1).Event == x.Row(i).Event && x.Row(i-1).Kind != RowHandshake && !x.Row(i-1).Kind.Border() {
		i--
	}
	return i
}

// Toggle opens or closes the fold of the row at place i and returns the place of its head. Rows that are in none fold with the
// others of their step.
func (x *Index) Toggle(i int) int {
	id := x.foldOf(x.shown[i])
	if id == 0 {
		if id = x.step(x.shown[i]); id == 0 {
			return i
		}
	}
	x.folds[id].byPlace = false
	return x.flip(id)
}

// flip opens or closes a fold and returns the place of its head.
func (x *Index) flip(id int32) int {
	f := &x.folds[id]
	head, _ := slices.BinarySearch(x.shown, f.head)
	if f.open {
		end, _ := slices.BinarySearch(x.shown, f.last)
		x.shown = slices.Delete(x.shown, head+1, end)
	} else {
		x.shown = slices.Insert(x.shown, head+1, x.opened(f)...)
	}
	f.open = !f.open
	return head
}

// opened are the members of a fold that show when it opens: those of a fold in it that is closed stay away.
func (x *Index) opened(f *fold) []int32 {
	members := make([]int32, 0, f.last-f.first)
	for id := f.first; id < f.last; {
		members = append(members, id)
		if in := &x.folds[x.rows[id].fold]; x.rows[id].fold != 0 && in.head == id && !in.open {
			id = in.last
		} else {
			id++
		}
	}
	return members
}

// foldOf is the fold that a row heads or belongs to, the innermost one that is not an attempt unless the row is its head; 0 if
// there is none.
func (x *Index) foldOf(id int32) int32 {
	if in := x.rows[id].fold; in != 0 && x.place > x.folds[in].until {
		return in
	}
	return x.within(x.steps, id)
}

// within is the fold of a list in which a row is; 0 if it is in none.
func (x *Index) within(folds []int32, id int32) int32 {
	at := sort.Search(len(folds), func(k int) bool { return x.folds[folds[k]].last > id })
	if at < len(folds) && x.folds[folds[at]].head <= id {
		return folds[at]
	}
	return 0
}

// step makes a fold of the step that a row belongs to, open as it is; 0 where there is not enough of it to fold.
func (x *Index) step(id int32) int32 {
	first, last := x.stepOf(id)
	if last-first < 2 {
		return 0
	}
	fold := x.fold(first, last, RowStep)
	x.folds[fold].open = true
	at := sort.Search(len(x.steps), func(k int) bool { return x.folds[x.steps[k]].head > first })
	x.steps = slices.Insert(x.steps, at, fold)
	return fold
}

// longestStep is how many rows on each side of a row its step may have, to be one that can be folded. A server that never stops
// would otherwise have all it said read again for every frame.
const longestStep = 256

// stepOf are the rows of a step around one of them, from first up to last: those of one command and what came of it; the row alone
// where there are too many. Borders and what folds by itself at its beginning stay.
func (x *Index) stepOf(id int32) (first, last int32) {
	verb := x.src.At(int(x.rows[id].event)).Step
	belongs := func(k int32) bool {
		e := x.src.At(int(x.rows[k].event))
		return e.Step == verb && !x.rows[k].kind.Border() && e.Kind != record.KindTLS && e.Kind != record.KindTLSMessage && e.Kind != record.KindChange && x.rows[k].kind != RowAttempt
	}
	begins := func(k int32) bool {
		return x.src.At(int(x.rows[k].event)).Kind == record.KindSend && x.rows[k].line == 0 && x.rows[k].kind == RowEvent
	}
	if verb == "" || x.rows[id].kind != RowEvent || !belongs(id) {
		return id, id
	}
	for first = id; first > 0 && id-first <= longestStep && !begins(first) && belongs(first-1); first-- {
	}
	for last = id + 1; int(last) < len(x.rows) && last-id <= longestStep && belongs(last) && !begins(last); last++ {
	}
	if x.rows[first].fold != 0 || id-first > longestStep || last-id > longestStep {
		return id, id
	}
	return first, last
}

// add makes the rows of one event.
func (x *Index) add(i int, e *record.Event) {
	if x.stream != nil && len(x.notes.On(i+1)) > 0 {
		x.touched = append(x.touched, i+1)
	}
	switch {
	case e.Kind == record.KindNote && x.stream != nil:
		return
	case e.Kind == record.KindNote:
		if on := x.notes.Take(e); on > 0 {
			x.touched = append(x.touched, on)
			x.taken++
		}
		return
	case e.Kind == record.KindAbout:
		x.about = e.About
		return
	case e.Kind == record.KindServerLog:
		x.logs = append(x.logs, i)
		return
	case e.Kind == record.KindOnPath:
		x.paths = append(x.paths, i)
		return
	case e.Finding != nil:
		x.find(i, e.Finding)
	}
	x.cross(i, e)
	x.attempt(i, e)
	switch {
	case x.addChunk(i, e):
	case e.Kind == record.KindTLSMessage && e.TLSMessage != nil:
		x.addMessage(i)
	case e.Kind == record.KindReply && e.Reply != nil && x.border.lists(e):
		x.addList(i, len(e.Reply.Lines))
	case e.Kind == record.KindReply && e.Reply != nil:
		x.addLines(i, max(len(e.Reply.Lines), 1), replyLines)
	case e.Kind == record.KindSend && e.Send != nil:
		x.addLines(i, sentLines(e.Send), contentLines)
	case e.Kind == record.KindFinding && e.Finding != nil:
		x.addFinding(i, e.Finding)
	case e.Kind == record.KindCapabilities && x.border.told(): // by the head of the list
	case speaks(e):
		if e.Kind == record.KindTLS && e.TLS.Error != "" {
			x.unfold(i)
		}
		x.show(Row{Event: i})
	}
}

// unfold opens the handshake that has just died: its last messages are what matters.
func (x *Index) unfold(i int) {
	if x.before != record.KindTLSMessage {
		return
	}
	if f := x.folds[x.growing]; !f.open && f.last-f.first <= replyLines {
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

// addList folds all lines of a list behind the first.
func (x *Index) addList(i, lines int) {
	x.openFold(Row{Event: i, Kind: RowList})
	for l := 1; l < lines; l++ {
		x.hide(Row{Event: i, Line: l})
	}
}

// addFinding makes a row of a finding; those that say once more what the last row says fold behind a head.
func (x *Index) addFinding(i int, f *record.Finding) {
	text := maphash.String(x.seed, f.Text)
	if x.last != text {
		x.show(Row{Event: i})
		x.last = text
		return
	}
	last := len(x.rows) - 1
	for x.rows[last].kind == RowNote { // is no finding
		last--
	}
	if x.rows[last].fold == 0 {
		x.openFold(Row{Event: i, Kind: RowAgain})
	}
	x.hide(Row{Event: i})
	x.last = text
}

// addMessage puts a TLS message below the head of its run. Those that end TLS fold behind the border itself.
func (x *Index) addMessage(i int) {
	switch {
	case x.border.closing:
		x.openFold(Row{Event: i, Kind: RowBare})
		x.border.leave()
	case x.before != record.KindTLSMessage:
		x.openFold(Row{Event: i, Kind: RowHandshake})
	}
	x.hide(Row{Event: i})
}

// attempt folds what was tried before once an advice is followed: it begins with the lookup or the connection, and the row of
// that becomes its head.
func (x *Index) attempt(i int, e *record.Event) {
	switch {
	case e.Finding != nil && e.Finding.Phase != "":
		x.failed = i
	case (e.Kind == record.KindResolve || e.Kind == record.KindConnect) && x.began == 0:
		x.began = int32(len(x.rows))
	case e.Kind == record.KindChange && e.Change != nil && e.Change.Reconnect && x.began > 0:
		x.unlead(x.began)
		if last := int32(len(x.rows)); last-x.began > 2 && x.rows[x.began].fold == 0 {
			x.close(x.began, last, i)
		}
		x.began, x.failed = 0, -1
	}
}

// close folds an attempt away.
func (x *Index) close(first, last int32, until int) {
	id := x.fold(first, last, RowAttempt)
	x.folds[id].why, x.folds[id].until = x.failed, until
	x.attempts = append(x.attempts, id)
	if x.stream != nil { // what was dropped of it folds away with the others
		x.stream.dropped, x.stream.gap = x.stream.dropped-x.stream.gap, 0
	}
	if x.place <= until { // a person looks at it
		x.folds[id].open, x.folds[id].byPlace = true, true
		return
	}
	head, _ := slices.BinarySearch(x.shown, first)
	x.shown = x.shown[:head+1]
}

// fold makes a fold of the rows from first up to last, whose head is the first of them.
func (x *Index) fold(first, last int32, kind RowKind) int32 {
	id := int32(len(x.folds))
	x.folds = append(x.folds, fold{head: first, first: first + 1, last: last, why: -1, wide: true})
	x.rows[first].fold, x.rows[first].kind = id, kind
	return id
}

// Place has the rows as they were after the first n events: an attempt is folded once another one has begun, and not before. One
// that a person has opened stays open.
func (x *Index) Place(n int) {
	x.place = n
	for _, id := range slices.Concat(x.attempts, x.leads) {
		switch f := &x.folds[id]; {
		case n <= f.until && !f.open:
			x.flip(id)
			f.byPlace = true
		case n > f.until && f.byPlace:
			x.flip(id)
			f.byPlace = false
		}
	}
}

// Lead folds the events from first up to but not including n, which were taken before a person's own steps: behind a head that says what
// was done, at every position after them.
func (x *Index) Lead(first, n int, title string) {
	head := sort.Search(len(x.rows), func(i int) bool { return int(x.rows[i].event) >= first })
	last := sort.Search(len(x.rows), func(i int) bool { return int(x.rows[i].event) >= n })
	if last-head < 2 || x.rows[head].fold != 0 {
		return
	}
	id := x.fold(int32(head), int32(last), RowAttempt)
	x.folds[id].title, x.folds[id].until = title, n-1
	x.leads = append(x.leads, id)
	x.showAll()
}

// unlead gives up the fold that begins where an attempt does: the whole attempt folds in its place.
func (x *Index) unlead(began int32) {
	at := slices.IndexFunc(x.leads, func(id int32) bool { return x.folds[id].head == began })
	if at < 0 {
		return
	}
	x.rows[began].fold, x.rows[began].kind = 0, RowEvent
	x.leads = slices.Delete(x.leads, at, at+1)
	x.showAll()
}

func (x *Index) show(r Row) {
	x.shown = append(x.shown, int32(len(x.rows)))
	x.put(r)
}

// put appends a row, in the zone that was reached.
func (x *Index) put(r Row) {
	r.zone = x.border.zone
	x.rows, x.last = append(x.rows, r.cell()), 0
}

func (x *Index) openFold(head Row) {
	head.fold = int32(len(x.folds))
	x.growing = head.fold
	at := int32(len(x.rows))
	x.folds = append(x.folds, fold{head: at, first: at + 1, last: at + 1})
	x.show(head)
}

// hide adds a member to the fold that was begun last.
func (x *Index) hide(r Row) {
	r.fold = x.growing
	f := &x.folds[r.fold]
	if f.open {
		x.show(r)
	} else {
		x.put(r)
	}
	f.last = int32(len(x.rows))
}

// members are the events of a fold below n: first included, last excluded.
func (x *Index) members(r Row, n int) (first, last int) {
	f := x.folds[r.fold]
	first = int(x.rows[f.first].event)
	return first, min(int(x.rows[f.last-1].event)+1, n)
}
