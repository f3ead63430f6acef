package lab

import (
	"sync"
	"time"
)

// clock is the lab's time: that of the options, and how far someone has moved it on.
type clock struct {
	base  func() time.Time
	after func(time.Duration) <-chan time.Time

	mu    sync.Mutex
	ahead time.Duration
	moved chan struct{} // closed when the clock is moved
}

func newClock(opts Options) *clock {
	return &clock{base: opts.Now, after: opts.After, moved: make(chan struct{})}
}

func (c *clock) now() time.Time {
	now, _ := c.read()
	return now
}

// read returns the time, and what is closed once it is moved.
func (c *clock) read() (time.Time, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.ahead), c.moved
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	close(c.moved)
	c.moved = make(chan struct{})
}

// wait returns true once d has passed or the clock was moved over it, and false as soon as stop is closed.
func (c *clock) wait(d time.Duration, stop <-chan struct{}) bool {
	now, moved := c.read()
	for until := now.Add(d); d > 0; d = until.Sub(now) {
		select {
		case <-c.after(d):
			return true
		case <-stop:
			return false
		case <-moved:
			now, moved = c.read()
		}
	}
	return true
}

// Advance moves the lab's clock on by d, as if that time had passed: greylisting and limits by the hour come to their end,
// delays and idle timeouts too. Certificates keep the dates that they were made with.
func (l *Lab) Advance(d time.Duration) {
	l.clock.advance(d)
	l.fronts.Range(func(f, _ any) bool {
		f.(*front).renewDeadline()
		return true
	})
}

// patience is how long one client may still take for what it sends next.
type patience struct {
	mu  sync.Mutex
	due time.Time // on the lab's clock; zero where nothing was waited for yet
}

// setDeadline allows the client the idle time for what it sends next.
func (f *front) setDeadline() {
	idle := f.lab.scenario.Knobs.Idle
	if idle == 0 {
		idle = f.lab.options.IdleTimeout
	}
	f.patience.mu.Lock()
	f.patience.due = f.lab.clock.now().Add(idle)
	f.patience.mu.Unlock()
	f.renewDeadline()
}

// renewDeadline puts the deadline of the socket, which has the real clock, where the lab's clock has it.
func (f *front) renewDeadline() {
	f.patience.mu.Lock()
	defer f.patience.mu.Unlock()
	if f.patience.due.IsZero() {
		return
	}
	due := time.Now().Add(f.patience.due.Sub(f.lab.clock.now()))
	switch {
	case f.lab.ends():
		due = longAgo()
	case !f.until.IsZero() && f.until.Before(due):
		due = f.until
	}
	f.socket.SetReadDeadline(due)
}

// longAgo is a deadline that ends a read at once.
func longAgo() time.Time { return time.Unix(1, 0) }

// interrupt ends the wait for what the client sends next, once the lab ends.
func (f *front) interrupt() {
	f.patience.mu.Lock() // a deadline that is being set was decided before the end
	defer f.patience.mu.Unlock()
	f.socket.SetReadDeadline(longAgo())
}
