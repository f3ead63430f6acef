package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Direction says who sent some bytes.
type Direction string

// The two directions, as in the dialogues of RFC 5321 appendix D.
const (
	ClientToServer Direction = "C"
	ServerToClient Direction = "S"
)

// Observer sees the bytes of a [Conn].
type Observer interface {
	// Bytes gets what one Read returned or one Write sent. b is only valid during
	// the call. Calls never overlap; they come before the Read or Write returns.
	// It must not use the connection.
	Bytes(dir Direction, b []byte, at time.Time)
}

// Ender is an [Observer] that is also told how a side ended.
type Ender interface {
	// Ended comes once for a side that ends: err is nil for an orderly end, else why nothing more comes. As with Bytes,
	// calls never overlap.
	Ended(dir Direction, err error, at time.Time)
}

// Opened is what there is to know of a connection that has just been made.
type Opened struct {
	// Dialed is the host:port that was asked for, an address and no name. Remote is where the connection leads: another
	// port where the practice server plays one that needs rights.
	Dialed        string
	Local, Remote net.Addr
	// Asked is when the connection was begun, At when it stood.
	Asked, At time.Time
}

// Conn is a connection of a client that shows every byte to its observers. Under TLS
// put it below tls.Client: they then see the records.
//
// On Linux it asks for immediate acknowledgement (TCP_QUICKACK) before the first Read
// after a Write, which is when the kernel takes it back. Else an ACK may be held for
// 40 ms, a server with Nagle's algorithm waits for it, and the time is blamed on the
// server.
type Conn struct {
	net.Conn
	now       func() time.Time
	quickAck  func()
	mu        sync.Mutex // serializes the observers
	observers []Observer
	enough    func() bool // nil: a Read waits
	ended     map[Direction]bool
	delays    atomic.Bool // the kernel may delay ACKs again
	read      atomic.Int64
	written   atomic.Int64
}

// Record wraps c for an observer; nil is none. Times come from now, time.Now if nil.
func Record(c net.Conn, o Observer, now func() time.Time) *Conn {
	if now == nil {
		now = time.Now
	}
	conn := &Conn{Conn: c, now: now, quickAck: quickAck(c), ended: map[Direction]bool{}}
	conn.delays.Store(true)
	conn.Watch(o)
	return conn
}

// Watch adds an observer, which sees what comes from now on; nil is none.
func (c *Conn) Watch(o Observer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o != nil {
		c.observers = append(c.observers, o)
	}
}

// Hurry runs do. Meanwhile a Read waits for bytes only where enough says that those before them are not complete: else, and where
// nothing has arrived, it fails with [os.ErrDeadlineExceeded]. Both are of the goroutine that reads.
func (c *Conn) Hurry(enough func() bool, do func()) {
	c.enough = enough
	defer func() { c.enough = nil }()
	do()
}

// Read reads from the connection; the observers see the bytes even if an error
// comes with them.
func (c *Conn) Read(b []byte) (int, error) {
	if c.enough != nil && c.enough() && !c.Pending() {
		return 0, os.ErrDeadlineExceeded
	}
	if c.delays.CompareAndSwap(true, false) {
		c.quickAck()
	}
	n, err := c.Conn.Read(b)
	c.observe(ServerToClient, b[:n], &c.read)
	c.endedBy(err)
	return n, err
}

// Write writes to the connection; the observers see the bytes that were sent, also
// if not all of them were.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.delays.Store(true)
	c.observe(ClientToServer, b[:n], &c.written)
	c.endedBy(err)
	return n, err
}

// Close ends the client's side.
func (c *Conn) Close() error {
	err := c.Conn.Close()
	c.end(ClientToServer, nil)
	return err
}

func (c *Conn) observe(dir Direction, b []byte, count *atomic.Int64) {
	if len(b) == 0 {
		return
	}
	at := c.now()
	count.Add(int64(len(b)))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.observers {
		o.Bytes(dir, b, at)
	}
}

// endedBy ends the server's side by an error, unless the deadline or this side made it.
func (c *Conn) endedBy(err error) {
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
	case errors.Is(err, io.EOF):
		c.end(ServerToClient, nil)
	default:
		c.end(ServerToClient, err)
	}
}

func (c *Conn) end(dir Direction, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended[dir] {
		return
	}
	c.ended[dir] = true
	for _, o := range c.observers {
		if e, ok := o.(Ender); ok {
			e.Ended(dir, err, c.now())
		}
	}
}

// BytesRead is the number of bytes read so far.
func (c *Conn) BytesRead() int64 { return c.read.Load() }

// BytesWritten is the number of bytes written so far.
func (c *Conn) BytesWritten() int64 { return c.written.Load() }
