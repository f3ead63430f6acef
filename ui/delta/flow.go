package delta

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"time"
)

// flow carries what is written to a terminal, one piece after the other. Nobody has to wait until the terminal has read a piece.
type flow struct {
	terminal io.Writer
	ready    func() // a piece has been read, after someone has asked whether it was

	mu    sync.Mutex
	on    chan struct{} // closed when the piece that is on its way has been read; nil before the first one
	asked bool
}

// carry hands a piece over. No other may be on its way.
func (f *flow) carry(piece string) {
	on := make(chan struct{})
	f.mu.Lock()
	f.on = on
	f.mu.Unlock()
	go func() {
		f.write(piece)
		if f.arrived(on) {
			f.ready()
		}
	}()
}

// write leaves it to who reads from a terminal that is gone to notice that. A terminal that was told by another program not to keep
// writers waiting is asked again.
func (f *flow) write(piece string) {
	for {
		n, err := io.WriteString(f.terminal, piece)
		if piece = piece[n:]; !errors.Is(err, syscall.EAGAIN) {
			return
		}
		time.Sleep(interval)
	}
}

// arrived says that a piece has been read, and whether that was asked for.
func (f *flow) arrived(on chan struct{}) (asked bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(on)
	asked, f.asked = f.asked, false
	return asked
}

// busy reports whether a piece is on its way: then ready is called when it no longer is.
func (f *flow) busy() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = !read(f.on)
	return f.asked
}

// settles waits until no piece is on its way, and reports whether that came to be within a time.
func (f *flow) settles(within time.Duration) bool {
	f.mu.Lock()
	on := f.on
	f.mu.Unlock()
	if read(on) {
		return true
	}
	select {
	case <-on:
		return true
	case <-time.After(within):
		return read(on)
	}
}

// read reports whether a piece has been read.
func read(on chan struct{}) bool {
	select {
	case <-on:
		return true
	default:
		return on == nil
	}
}
