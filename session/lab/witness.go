package lab

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"

	"ehlo/session/record"
)

// witness keeps what the server logs and what a device does on the path, for a client in the same process that asks after each
// of its steps. It also knows whether everything that this client has sent was dealt with: else what a step has caused would
// turn up in one step this time and in the next one another time.
type witness struct {
	mu    sync.Mutex
	moved *sync.Cond
	links map[string]*link // by the client's address
	log   record.ServerLog
	path  record.OnPath
}

// link is a connection of the lab as seen from outside.
type link struct {
	of     *witness // nil on an end that nobody watches
	dialed bool     // by the client in this process
	left   bool     // the client has closed it
	served bool     // the other end has accepted it
	over   bool     // the other end is done with it
	// sent and taken count what the client wrote and what the other end has read of it; back is what that wrote, and fetched what a
	// device that carries everything has told of it.
	sent, taken   int64
	back, fetched int64
	waiting       bool  // the other end waits for more
	tunnel        bool  // what comes back is carried at once
	behind        *link // from the device to the server
}

func newWitness() *witness {
	w := &witness{links: map[string]*link{}}
	w.moved = sync.NewCond(&w.mu)
	return w
}

// Bounds of what is kept between two questions, and of the wait for a server that is still busy.
const (
	mostLogged = 100
	mostDeeds  = 100
	busiest    = 2 * time.Second
)

// Since returns what the server has logged and what was done on the path since it was asked last, once it has dealt with all that
// was sent by way of [Lab.DialContext]; after two seconds, or when ctx ends, what there is. Both are empty unless [Options.Watch]
// is set.
func (l *Lab) Since(ctx context.Context) (record.ServerLog, record.OnPath) {
	w := l.witness
	if w == nil {
		return record.ServerLog{}, record.OnPath{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.resting() {
		w.wait(ctx)
	}
	log, path := w.log, w.path
	w.log, w.path = record.ServerLog{}, record.OnPath{}
	return log, path
}

func (w *witness) wait(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, busiest)
	defer cancel()
	defer context.AfterFunc(ctx, w.wake)()
	for !w.resting() && ctx.Err() == nil {
		w.moved.Wait()
	}
}

func (w *witness) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved.Broadcast()
}

// resting reports whether nothing is under way, and forgets what is over.
func (w *witness) resting() bool {
	all := true
	for name, l := range w.links {
		switch {
		case !l.dialed:
		case !l.resting():
			all = false
		case l.over && l.left:
			delete(w.links, name)
		}
	}
	return all
}

func (l *link) resting() bool {
	switch {
	case l.behind != nil && !l.behind.resting():
		return false
	case l.over:
		return true
	case l.left, !l.served:
		return false
	}
	return l.waiting && l.taken == l.sent && (!l.tunnel || l.fetched == l.back)
}

// link is the connection of a client with that address.
func (w *witness) link(client net.Addr) *link {
	l, ok := w.links[client.String()]
	if !ok {
		l = &link{of: w}
		w.links[client.String()] = l
	}
	return l
}

// change does something to a link. A link that nobody watches is never looked at.
func (l *link) change(do func(*link)) {
	if l.of == nil {
		return
	}
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	do(l)
	l.of.moved.Broadcast()
}

// nearEnd is the end of a link that a client writes to: that of the client in this process, or of a device.
type nearEnd struct {
	net.Conn
	*link
}

// Write implements [net.Conn].
func (c nearEnd) Write(b []byte) (int, error) {
	c.change(func(l *link) { l.sent += int64(len(b)) })
	n, err := c.Conn.Write(b)
	if n < len(b) {
		c.change(func(l *link) { l.sent -= int64(len(b) - n) })
	}
	return n, err
}

// Close implements [net.Conn].
func (c nearEnd) Close() error {
	defer c.change(func(l *link) { l.left = true })
	return c.Conn.Close()
}

// SyscallConn implements [syscall.Conn].
func (c nearEnd) SyscallConn() (syscall.RawConn, error) { return c.Conn.(syscall.Conn).SyscallConn() }

// farEnd is the other end of a link.
type farEnd struct {
	net.Conn
	*link
}

// Read implements [net.Conn].
func (c farEnd) Read(b []byte) (int, error) {
	c.change(func(l *link) { l.waiting = true })
	n, err := c.Conn.Read(b)
	c.change(func(l *link) { l.waiting, l.taken = false, l.taken+int64(n) })
	return n, err
}

// Write implements [net.Conn].
func (c farEnd) Write(b []byte) (int, error) {
	c.change(func(l *link) { l.back += int64(len(b)) })
	return c.Conn.Write(b)
}

// Close implements [net.Conn].
func (c farEnd) Close() error {
	defer c.change(func(l *link) { l.over = true })
	return c.Conn.Close()
}

// SetLinger is that of [net.TCPConn].
func (c farEnd) SetLinger(seconds int) error { return c.Conn.(*net.TCPConn).SetLinger(seconds) }

// CloseWrite is that of [net.TCPConn].
func (c farEnd) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// dialed watches the client's end of a connection.
func (w *witness) dialed(c net.Conn) net.Conn {
	if w == nil {
		return c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.link(c.LocalAddr())
	l.dialed = true
	return nearEnd{c, l}
}

// accepted watches the other end of it.
func (w *witness) accepted(c net.Conn) net.Conn {
	if w == nil {
		return c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.link(c.RemoteAddr())
	l.served = true
	w.moved.Broadcast()
	return farEnd{c, l}
}

// behind watches a connection from a device to the server.
func (w *witness) behind(front, here, there net.Conn) (net.Conn, net.Conn) {
	f, ok := front.(farEnd)
	if !ok {
		return here, there
	}
	l := &link{of: w, served: true}
	f.change(func(first *link) { first.behind = l })
	return nearEnd{here, l}, farEnd{there, l}
}

// tunnel says that from here on the device whose client has that end carries what it cannot read; unread is what it has of it.
func tunnel(c net.Conn, unread int) {
	if f, ok := c.(farEnd); ok {
		f.change(func(first *link) { first.behind.tunnel, first.behind.fetched = true, first.behind.back-int64(unread) })
	}
}

// fetched says that n more bytes of the server have been told.
func fetched(c net.Conn, n int) {
	if f, ok := c.(farEnd); ok {
		f.change(func(first *link) { first.behind.fetched += int64(n) })
	}
}

// logged keeps a line of the server's log.
func (w *witness) logged(line record.LogLine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.log.Lines) == mostLogged {
		w.log.More++
		return
	}
	w.log.Lines = append(w.log.Lines, line)
}

// did keeps a deed. What is carried in one direction is one deed up to the next question.
func (w *witness) did(d record.Deed) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if d.Did == record.DeedCarried {
		for i := range w.path.Deeds {
			if before := &w.path.Deeds[i]; before.Did == d.Did && before.From == d.From {
				before.Bytes += d.Bytes
				return
			}
		}
	}
	if len(w.path.Deeds) == mostDeeds {
		w.path.More++
		return
	}
	w.path.Deeds = append(w.path.Deeds, d)
}
