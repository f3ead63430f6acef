package wire

import (
	"net"
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

// Conn is a connection of a client that shows every byte to an [Observer]. Under TLS
// put it below tls.Client: it then sees the records.
//
// On Linux it asks for immediate acknowledgement (TCP_QUICKACK) before each Read.
// Else the kernel may hold an ACK for 40 ms, a server with Nagle's algorithm waits
// for it, and the time is blamed on the server.
type Conn struct {
	net.Conn
	observer Observer
	now      func() time.Time
	quickAck func()
	mu       sync.Mutex // serializes observer
	read     atomic.Int64
	written  atomic.Int64
}

// Record wraps c. Times come from now, time.Now if nil.
func Record(c net.Conn, o Observer, now func() time.Time) *Conn {
	if now == nil {
		now = time.Now
	}
	return &Conn{Conn: c, observer: o, now: now, quickAck: quickAck(c)}
}

// Read reads from the connection; the observer sees the bytes even if an error
// comes with them.
func (c *Conn) Read(b []byte) (int, error) {
	c.quickAck()
	n, err := c.Conn.Read(b)
	c.observe(ServerToClient, b[:n], &c.read)
	return n, err
}

// Write writes to the connection; the observer sees the bytes that were sent, also
// if not all of them were.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.observe(ClientToServer, b[:n], &c.written)
	return n, err
}

func (c *Conn) observe(dir Direction, b []byte, count *atomic.Int64) {
	if len(b) == 0 {
		return
	}
	at := c.now()
	count.Add(int64(len(b)))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.observer.Bytes(dir, b, at)
}

// BytesRead is the number of bytes read so far.
func (c *Conn) BytesRead() int64 { return c.read.Load() }

// BytesWritten is the number of bytes written so far.
func (c *Conn) BytesWritten() int64 { return c.written.Load() }
