package record

import (
	"sync"
	"sync/atomic"
	"time"
)

// Source is a sequence of events that may still grow: a live [Log], a recorder's view of one, or a file. A screen
// needs nothing else to show a session.
type Source interface {
	// Len is how many events there are now. It never shrinks.
	Len() int
	// At returns event i, counted from 0; i must be below Len. The event must not be changed.
	At(i int) *Event
	// Watch returns a channel of capacity 1 that holds a token whenever Len has grown since the last receive.
	// stop closes it, which ends a waiting receiver.
	Watch() (wake <-chan struct{}, stop func())
}

// Skimmer is a source that gives an event in less time to whoever goes through all of them, without what neither a [Snapshot] nor a
// row of a dialogue is made of: its explanation, and the bytes of a message of TLS.
type Skimmer interface{ Skim(i int) *Event }

// Skim is event i of a source, as little of it as a [Skimmer] gives.
func Skim(src Source, i int) *Event {
	if s, ok := src.(Skimmer); ok {
		return s.Skim(i)
	}
	return src.At(i)
}

// chunk is how many events share one allocation; a log grows without copying what it holds.
const chunk = 256

// Log is the append-only record of a session. One goroutine appends; any number read, each at its own pace. An
// append never waits for a reader.
type Log struct {
	mu     sync.RWMutex
	chunks []*[chunk]*Event
	n      atomic.Int64
	latest time.Duration // of the events whose time goes on
	Watchers
}

// Append gives e the next Seq and adds it. Time does not go back: an event that says it was before the last one gets the time of
// that. A message of TLS alone keeps its own, which is when it crossed the wire: it is read only later.
func (l *Log) Append(e Event) *Event {
	l.Keep(&e)
	return &e
}

// Keep is Append for an event that is the log's from now on: who made it changes it no more.
func (l *Log) Keep(e *Event) {
	l.mu.Lock()
	l.keep(e)
	l.mu.Unlock()
	l.Wake()
}

// KeepAll is Keep for events that a reader finds together.
func (l *Log) KeepAll(events []Event) {
	l.mu.Lock()
	for i := range events {
		l.keep(&events[i])
	}
	l.mu.Unlock()
	l.Wake()
}

func (l *Log) keep(e *Event) {
	n := int(l.n.Load())
	e.Seq = n + 1
	if e.Kind != KindTLSMessage {
		e.T = max(e.T, l.latest)
		l.latest = e.T
	}
	if n%chunk == 0 {
		l.chunks = append(l.chunks, new([chunk]*Event))
	}
	l.chunks[n/chunk][n%chunk] = e
	l.n.Store(int64(n + 1))
}

// Len implements [Source].
func (l *Log) Len() int { return int(l.n.Load()) }

// At implements [Source].
func (l *Log) At(i int) *Event {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.chunks[i/chunk][i%chunk]
}

// Watchers wakes the readers of something that grows. The zero value is ready.
type Watchers struct {
	mu    sync.Mutex
	chans map[chan struct{}]bool
}

// Watch implements [Source].
func (w *Watchers) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	c <- struct{}{} // what is there already counts as news
	w.mu.Lock()
	if w.chans == nil {
		w.chans = map[chan struct{}]bool{}
	}
	w.chans[c] = true
	w.mu.Unlock()
	return c, func() { w.drop(c) }
}

func (w *Watchers) drop(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.chans[c] {
		delete(w.chans, c)
		close(c)
	}
}

// Wake leaves a token for every watcher that has none.
func (w *Watchers) Wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.chans {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
