// Package visits keeps what the practice server saw of its visitors: who is connected and at which step, what each session came to, and
// a transcript of each, of the server's side.
package visits

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts"
)

// Limits of a book.
const (
	maxRows  = 2000  // that are shown; the oldest that are over make room
	maxFiles = 20000 // that are written
	maxQueue = 1000  // of visits that wait for their transcript; of more none is made
	writers  = 2     // that make them at once
)

// Row is a visit as a list shows it.
type Row struct {
	Number   int
	Scenario string
	Client   string // address and port
	Listener lab.Listener
	Began    time.Time
	Step     record.Verb // of the last command; connect before the first
	Over     bool
	Lesson   Standing
	// Verdict, Goal and Path are known once it is over. Path is the transcript's, empty where none was written.
	Verdict record.Verdict
	Goal    Goal
	Path    string
}

// Counts are the sums over all visits.
type Counts struct {
	All, Here         int
	Solved, Delivered int                    // see [Goal]
	Outcomes          map[record.Outcome]int // of those that are over
	Unwritten         int                    // transcripts
}

// Event is something that happened to a visit: it began, came to another step, a device on the path changed something, or it is over.
type Event struct {
	What string // connected, step, on-path or left
	At   time.Time
	Row
	Deed *record.Deed // what the device did; nil of all other events
}

// Book keeps the visits of some practice servers.
type Book struct {
	// Folder is where transcripts go. It is there.
	Folder string
	// Program is what is named as their writer.
	Program string
	// Exercise is what a scenario asks of a person; nil where there is nothing.
	Exercise func(scenario string) *course.Exercise
	// Class is the lesson that the visitors take; nil where there is none.
	Class *Class
	// Tell is told what happens, one event at a time and in order for each visit; it may be nil.
	Tell func(Event)

	mu      sync.Mutex
	rows    []*entry
	counts  Counts
	last    int // number given
	files   int
	changed chan struct{}
	closing sync.WaitGroup
	telling sync.Mutex
	waiting atomic.Int32 // visits whose transcript is not made yet
	once    sync.Once
	room    chan struct{} // has one for each that is being made
}

// entry is a visit with what is shown of it.
type entry struct {
	Row
	visit *visit // nil once it is over
	place *place // in the lesson; nil where it has none
}

// Watch is what a practice server of a scenario tells its visits to.
func (b *Book) Watch(sc lab.Scenario) func(lab.Visit) func(lab.Sight) {
	return func(at lab.Visit) func(lab.Sight) {
		e := b.enter(at, sc)
		return func(s lab.Sight) { b.see(e, s) }
	}
}

func (b *Book) enter(at lab.Visit, sc lab.Scenario) *entry {
	b.mu.Lock()
	b.last++
	v := newVisit(b.last, at, sc)
	e := &entry{Row{Number: v.number, Scenario: sc.Name, Client: v.address(), Listener: at.Listener, Began: at.Began, Step: v.step}, v, nil}
	b.rows = append(b.rows, e)
	b.counts.All++
	b.counts.Here++
	b.makeRoom()
	b.settle(e, v)
	b.mu.Unlock()
	b.tell("connected", at.Began, e, nil)
	return e
}

// settle finds the place of a visit in the lesson, and another one once its client calls itself something else.
func (b *Book) settle(e *entry, v *visit) {
	if b.Class == nil {
		return
	}
	name := v.called()
	if e.place != nil && b.Class.byName && name != e.place.name {
		b.Class.renamed(e.place)
		e.place = nil
	}
	if e.place == nil {
		e.place = b.Class.begins(v, name)
	}
	e.Lesson = b.Class.standing(e.place)
}

// makeRoom drops the oldest row that is over where there are too many.
func (b *Book) makeRoom() {
	if len(b.rows) <= maxRows {
		return
	}
	if i := slices.IndexFunc(b.rows, func(e *entry) bool { return e.Over }); i >= 0 {
		b.rows = slices.Delete(b.rows, i, i+1)
	}
}

func (b *Book) see(e *entry, s lab.Sight) {
	if s.Deed != nil {
		if changes(s.Deed) {
			b.tell("on-path", s.At, e, s.Deed)
		}
		return
	}
	v := e.visit // only the last sight takes it away
	moved := v.see(s)
	if s.Left {
		b.closing.Go(func() { b.left(e, v, s.At) })
		return
	}
	if moved {
		b.mu.Lock()
		e.Step = v.step
		b.settle(e, v)
		b.mu.Unlock()
		b.tell("step", s.At, e, nil)
	}
}

// left judges a visit that is over, and writes its transcript. That takes longer than many visits, so that it waits its turn, and where too
// many wait already a visit ends without: those who come only to fill the memory get nowhere.
func (b *Book) left(e *entry, v *visit, at time.Time) {
	defer b.waiting.Add(-1)
	if b.waiting.Add(1) > maxQueue {
		b.over(e, Row{}, at)
		return
	}
	b.once.Do(func() { b.room = make(chan struct{}, writers) })
	b.room <- struct{}{}
	kept := v.log(b.Program)
	came := Row{Verdict: kept.Verdict, Goal: goalOf(b.exercise(v.scenario.Name), v.scenario, kept.Log, true), Path: b.write(v, kept.Log)}
	<-b.room
	b.over(e, came, at)
}

// over counts a visit that has ended, with what it came to where that is known.
func (b *Book) over(e *entry, came Row, at time.Time) {
	b.mu.Lock()
	e.Over, e.Verdict, e.Goal, e.Path, e.visit = true, came.Verdict, came.Goal, came.Path, nil
	b.counts.Here--
	if e.place != nil {
		b.Class.ends(e.place, e.Row)
		e.Lesson = b.Class.standing(e.place)
	}
	switch came.Goal {
	case Solved:
		b.counts.Solved++
	case Delivered:
		b.counts.Delivered++
	}
	if b.counts.Outcomes == nil {
		b.counts.Outcomes = make(map[record.Outcome]int)
	}
	if came.Verdict.Outcome != "" {
		b.counts.Outcomes[came.Verdict.Outcome]++
	}
	if came.Path == "" {
		b.counts.Unwritten++
	}
	b.mu.Unlock()
	b.tell("left", at, e, nil)
}

func (b *Book) exercise(scenario string) *course.Exercise {
	if b.Exercise == nil {
		return nil
	}
	return b.Exercise(scenario)
}

// write writes a transcript and gives its path; empty where that failed, or where there are too many. A session goes on without.
func (b *Book) write(v *visit, log *record.Log) string {
	b.mu.Lock()
	b.files++
	room := b.files <= maxFiles
	b.mu.Unlock()
	path := filepath.Join(b.Folder, fmt.Sprintf("%04d-%s%s", v.number, v.scenario.Name, transcripts.Extension))
	if !room || writeNew(path, log) != nil {
		return ""
	}
	return path
}

func writeNew(path string, log *record.Log) error {
	var text bytes.Buffer
	for i := range log.Len() {
		if err := transcripts.WriteLine(&text, log.At(i)); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// changes reports whether a deed is more than a look. The transcript of the server's side has none of either.
func changes(d *record.Deed) bool { return d.Did != record.DeedSaw && d.Did != record.DeedCarried }

func (b *Book) tell(what string, at time.Time, e *entry, deed *record.Deed) {
	b.mu.Lock()
	row, changed := e.Row, b.changed
	b.mu.Unlock()
	select {
	case changed <- struct{}{}:
	default:
	}
	if b.Tell == nil {
		return
	}
	b.telling.Lock()
	defer b.telling.Unlock()
	b.Tell(Event{what, at, row, deed})
}

// Changed has a token whenever something has happened since the last receive. It is for one receiver.
func (b *Book) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{}, 1)
	}
	return b.changed
}

// Rows are the visits, the first one first, and the sums.
func (b *Book) Rows() ([]Row, Counts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make([]Row, len(b.rows))
	for i, e := range b.rows {
		rows[i] = e.Row
	}
	counts := b.counts
	counts.Outcomes = make(map[record.Outcome]int, len(b.counts.Outcomes))
	for o, n := range b.counts.Outcomes {
		counts.Outcomes[o] = n
	}
	return rows, counts
}

// Log is what was seen so far of a visit that is not over; nil where it is, or where there is none of that number.
func (b *Book) Log(number int) *record.Log {
	b.mu.Lock()
	i := slices.IndexFunc(b.rows, func(e *entry) bool { return e.Number == number })
	var v *visit
	if i >= 0 {
		v = b.rows[i].visit
	}
	b.mu.Unlock()
	if v == nil {
		return nil
	}
	return v.log(b.Program).Log
}

// Close waits until every transcript is written. The servers have ended before.
func (b *Book) Close() { b.closing.Wait() }
