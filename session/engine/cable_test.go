package engine

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// cable is the server's end of a net.Pipe with room in it: a writer does not wait for its reader, as with TCP and a
// few kilobytes. What one Write gave arrives in one Read. After limit bytes from the server it stalls or breaks.
type cable struct {
	net.Conn
	mu    sync.Mutex
	news  *sync.Cond
	in    []byte
	out   [][]byte
	ended bool // the client closed
	over  bool // the server closed
	limit int  // bytes the server may still send; below 0 any number
	stall bool // at the limit nothing more comes, in place of the end
	count *traffic
}

// traffic counts what crossed the cables of a scene.
type traffic struct{ sent, received atomic.Int64 }

func newCable(pipe net.Conn, count *traffic, limit int, stall bool) *cable {
	c := &cable{Conn: pipe, count: count, limit: limit, stall: stall}
	c.news = sync.NewCond(&c.mu)
	go c.receive()
	go c.transmit()
	return c
}

func (c *cable) receive() {
	b := make([]byte, 16<<10)
	for {
		n, err := c.Conn.Read(b)
		c.mu.Lock()
		c.in = append(c.in, b[:n]...)
		c.count.received.Add(int64(n))
		c.ended = c.ended || err != nil
		c.mu.Unlock()
		c.news.Broadcast()
		if err != nil {
			return
		}
	}
}

func (c *cable) transmit() {
	defer c.Conn.Close()
	for {
		c.mu.Lock()
		for len(c.out) == 0 && !c.over {
			c.news.Wait()
		}
		if len(c.out) == 0 {
			c.mu.Unlock()
			return
		}
		b := c.out[0]
		c.out = c.out[1:]
		c.mu.Unlock()
		if _, err := c.Conn.Write(b); err != nil {
			return
		}
	}
}

// Read implements [net.Conn].
func (c *cable) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.in) == 0 && !c.ended && !c.over {
		c.news.Wait()
	}
	if len(c.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, c.in)
	c.in = c.in[n:]
	return n, nil
}

// Write implements [net.Conn].
func (c *cable) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return 0, io.ErrClosedPipe
	}
	if c.limit >= 0 && len(b) >= c.limit {
		b = b[:c.limit]
		c.over = !c.stall
	}
	if c.limit >= 0 {
		c.limit -= len(b)
	}
	c.count.sent.Add(int64(len(b)))
	if len(b) > 0 {
		c.out = append(c.out, append([]byte(nil), b...))
	}
	c.news.Broadcast()
	return len(b), nil
}

// Close implements [net.Conn]: what was written still arrives.
func (c *cable) Close() error {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	c.news.Broadcast()
	return nil
}

// SetDeadline and its like are not for the server, whose TLS would cut off what is still on its way.
func (c *cable) SetDeadline(time.Time) error { return nil }

func (c *cable) SetReadDeadline(time.Time) error { return nil }

func (c *cable) SetWriteDeadline(time.Time) error { return nil }

// endpoint gives a pipe the addresses of a TCP connection.
type endpoint struct {
	net.Conn
	local, remote net.Addr
}

func (e endpoint) LocalAddr() net.Addr { return e.local }

func (e endpoint) RemoteAddr() net.Addr { return e.remote }
