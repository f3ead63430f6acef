package transcripts

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"ehlo/session/record"
)

// Recorder writes a session to a file while it happens. It is a [session.Source] of what has been written: a screen
// that reads the recorder and not the log shows nothing that is not in the file.
//
// Every event is handed to the system before it is handed on, so that it survives the death of this process, kill -9
// included. It survives the death of the machine once Close has returned.
//
// When the file can no longer be written, or is removed, the session goes on: Err and Failed say so, the file keeps the whole lines
// it has, and from then on Len follows the log.
type Recorder struct {
	src  record.Source
	path string
	file journal
	record.Watchers

	n      atomic.Int64 // events handed on
	size   int64        // of the whole lines in the file
	buf    bytes.Buffer
	mu     sync.Mutex
	err    error
	spare  map[int]*record.Event // in place of events that no line can hold
	failed chan struct{}
	lost   func() bool // the path does not lead to the file any more; nil where nobody can tell

	once sync.Once
	stop chan struct{}
	done chan struct{}
}

// journal is what a Recorder needs of a file.
type journal interface {
	Write(b []byte) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Record creates the file at path, readable for its owner alone, and starts to write src to it. A file that is
// there already is never touched. Missing directories are made, for their owner alone. The error is an [*Error].
func Record(src record.Source, path string) (*Recorder, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &Error{Path: filepath.Dir(path), Text: cause(err).Error(), Hint: hintElsewhere, Err: err}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if os.IsExist(err) {
		return nil, &Error{Path: path, Text: "the file exists", Hint: "a transcript is never overwritten; choose another name", Err: err}
	}
	if err != nil {
		return nil, &Error{Path: path, Text: cause(err).Error(), Hint: hintElsewhere, Err: err}
	}
	lock(file)
	r := newRecorder(src, path, file)
	r.lost = func() bool { return gone(path, file) }
	go r.run()
	return r, nil
}

const hintElsewhere = "choose another file for the transcript"

func newRecorder(src record.Source, path string, file journal) *Recorder {
	return &Recorder{src: src, path: path, file: file, failed: make(chan struct{}),
		stop: make(chan struct{}), done: make(chan struct{})}
}

// Path is where the file is.
func (r *Recorder) Path() string { return r.path }

// Len implements [session.Source].
func (r *Recorder) Len() int { return int(r.n.Load()) }

// At implements [session.Source].
func (r *Recorder) At(i int) *record.Event {
	r.mu.Lock()
	e := r.spare[i]
	r.mu.Unlock()
	if e != nil {
		return e
	}
	return r.src.At(i)
}

// Err is why the file is not written any more, an [*Error]; nil while all is well.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Failed is closed when the file cannot be written any more.
func (r *Recorder) Failed() <-chan struct{} { return r.failed }

// Close writes what src holds, brings it to the disk, closes the file and ends the goroutine. Nothing may be
// appended to src any more. It returns what Err does, and may be called more than once.
func (r *Recorder) Close() error {
	r.once.Do(func() { close(r.stop) })
	<-r.done
	return r.Err()
}

func (r *Recorder) run() {
	defer close(r.done)
	wake, unwatch := r.src.Watch()
	defer unwatch()
	look := time.NewTicker(glance)
	defer look.Stop()
	for stopped := false; !stopped; {
		select {
		case <-wake:
		case <-look.C:
			r.look()
		case <-r.stop:
			stopped = true
			r.look()
		}
		if err := record.Try("the recorder", r.drain); err != nil {
			r.fail(err, r.Len())
		}
	}
	r.finish()
}

// glance is how often the recorder looks whether its file is still there. A system lets a program write to one that has no name any
// more, and tells it nothing.
const glance = 500 * time.Millisecond

func (r *Recorder) look() {
	if r.Err() == nil && r.lost != nil && r.lost() {
		r.fail(errRemoved, r.Len())
		r.Wake()
	}
}

// drain hands on what src has gained.
func (r *Recorder) drain() error {
	for r.Len() < r.src.Len() {
		next := r.src.Len()
		if r.Err() == nil {
			next = r.write(r.Len(), next)
		}
		r.n.Store(int64(next))
		r.Wake()
	}
	return nil
}

// batch is how many bytes of lines one write may have before more events are left to the next.
const batch = 64 << 10

// write writes events from up to but not including to with one call, and returns how far it came.
func (r *Recorder) write(from, to int) int {
	r.buf.Reset()
	i := from
	for ; i < to && r.buf.Len() < batch; i++ {
		r.encode(i)
	}
	if _, err := r.file.Write(r.buf.Bytes()); err != nil {
		r.fail(err, from)
		return to
	}
	r.size += int64(r.buf.Len())
	if r.buf.Cap() > 16*batch {
		r.buf = bytes.Buffer{} // one huge reply is no reason to keep its memory
	}
	return i
}

// encode adds event i to buf. A server can make an event larger than a line may be; that must not end the recording.
func (r *Recorder) encode(i int) {
	e := r.src.At(i)
	err := WriteLine(&r.buf, e)
	if err == nil {
		return
	}
	e = &record.Event{Seq: e.Seq, T: e.T, Kind: record.KindFinding, Step: e.Step, Finding: &record.Finding{
		Code: "event-not-recorded", Severity: "warn",
		Text: fmt.Sprintf("the transcript has no room for this event of kind %s: %v", e.Kind, err)}}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spare == nil {
		r.spare = map[int]*record.Event{}
	}
	r.spare[i] = e
	_ = WriteLine(&r.buf, e) // a finding of two lines of text is never too long
}

// fail ends the recording. Half a line at the end of the file would make it a damaged one.
func (r *Recorder) fail(err error, written int) {
	_ = r.file.Truncate(r.size)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	r.err = &Error{Path: r.path, Err: err,
		Text: fmt.Sprintf("%v: nothing after event %d is recorded", cause(err), written),
		Hint: "the session continues without a transcript; " + remedy(err) + " to have one"}
	close(r.failed)
}

// remedy is what helps after an error of recording.
func remedy(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "start again"
	}
	return "make room and start again"
}

func (r *Recorder) finish() {
	if err := r.file.Sync(); err != nil && r.Err() == nil {
		r.fail(err, r.Len())
	}
	if err := r.file.Close(); err != nil && r.Err() == nil {
		r.fail(err, r.Len())
	}
}
