// Package capture puts sessions into files of packets that other programs open: pcapng, with headers of IP and TCP made up
// around the bytes, and in the comments of the packets what this program understood of them.
//
// A [Recorder] writes while sessions happen, with all bytes as they crossed. Comments name steps, codes and findings, and no
// line that crossed inside TLS; the sentence of a finding may name what such a line was about, and never a secret.
package capture

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/pcap"
)

// about is the comment of a file that a session wrote.
const about = "Bytes, times, addresses and ports are those of the session. The IP and TCP headers are synthesized. The real segments " +
	"may have had other boundaries, and some may have been lost and retransmitted. Packet comments explain the SMTP session."

// delay is how long a packet waits for what is said about it, and for the secrets that open it. A program that is killed
// loses that much.
const delay = 100 * time.Millisecond

// Recorder writes the connections of sessions into one file as they happen. Its methods may be called from any goroutine.
type Recorder struct {
	path string
	mu   sync.Mutex
	file io.WriteCloser
	out  *pcap.Writer
	held []*packet // in the order in which they crossed
	said map[*record.Log]*said
	wait *time.Timer // runs while something is held
	err  error       // the first
}

// packet is one that is not written yet.
type packet struct {
	framed
	log      *record.Log
	comments []string
}

// Create makes a new file for its owner alone. It fails where there is one of that name: nobody else can have it open.
func Create(path, program string) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	r := &Recorder{path: path, file: f, said: map[*record.Log]*said{}}
	if r.out, err = pcap.NewWriter(f, pcap.Section{Link: pcap.LinkRaw, Name: "ehlo", Program: program, Comment: about}); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// Watch is told of a connection of a session, and gives the observer that writes it; nil for one that has no addresses.
func (r *Recorder) Watch(o wire.Opened, log *record.Log) wire.Observer {
	flow, truth, ok := newFlow(o)
	if !ok {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said[log] == nil {
		r.said[log] = &said{log: log}
	}
	r.said[log].flow = flow
	packets := flow.shake(o.Asked, o.At)
	r.hold(log, packets...)
	if truth != "" {
		first := r.held[len(r.held)-len(packets)]
		first.comments = append(first.comments, truth)
	}
	return &connection{r, flow, log}
}

// connection is the observer of one.
type connection struct {
	r    *Recorder
	flow *Flow
	log  *record.Log
}

// Bytes implements [wire.Observer].
func (c *connection) Bytes(dir wire.Direction, b []byte, at time.Time) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.hold(c.log, c.flow.data(dir, b, at)...)
}

// Ended implements [wire.Ender].
func (c *connection) Ended(dir wire.Direction, err error, at time.Time) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.hold(c.log, c.flow.end(dir, err != nil, at)...)
}

// hold keeps packets until they are written, which it sees to.
func (r *Recorder) hold(log *record.Log, list ...framed) {
	if r.out == nil { // closed
		return
	}
	for _, f := range list {
		r.held = append(r.held, &packet{framed: f, log: log})
	}
	if r.wait == nil {
		r.wait = time.AfterFunc(delay, r.due)
	}
}

// due writes what was held long enough.
func (r *Recorder) due() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out == nil {
		return
	}
	old := time.Now().Add(-delay)
	n := slices.IndexFunc(r.held, func(p *packet) bool { return p.at.After(old) })
	if n < 0 {
		n = len(r.held)
	}
	r.write(n)
	if r.wait = nil; len(r.held) > 0 {
		r.wait = time.AfterFunc(delay, r.due)
	}
}

// write puts out the first n of what is held, with what has been said about them.
func (r *Recorder) write(n int) {
	for _, s := range r.said {
		s.place(r.held)
	}
	for _, p := range r.held[:n] {
		if r.err == nil {
			r.failed(r.out.Packet(pcap.Packet{At: p.at, Data: p.raw, Comments: p.comments}))
		}
	}
	r.held = slices.Clone(r.held[n:])
}

// failed keeps the first error. What comes after it would leave a hole, and is not written.
func (r *Recorder) failed(err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("the capture %s is not complete: %w", wire.VisibleString(r.path), err)
	}
}

// Secrets is a key log for TLS that goes into the file, before the packets that it opens.
func (r *Recorder) Secrets() io.Writer { return secrets{r} }

type secrets struct{ r *Recorder }

// Write takes whole lines (RFC 9850).
func (s secrets) Write(lines []byte) (int, error) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.out == nil {
		return 0, os.ErrClosed
	}
	if s.r.err == nil {
		s.r.failed(s.r.out.Secrets(lines))
	}
	return len(lines), s.r.err
}

// Close writes what is held and closes the file. The error is the first that there was. Later calls give it again.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out == nil {
		return r.err
	}
	if r.wait != nil {
		r.wait.Stop()
	}
	for _, s := range r.said {
		r.held = append(r.held, s.rest(r.held)...)
	}
	r.write(len(r.held))
	r.failed(r.file.Close())
	r.out = nil
	return r.err
}
