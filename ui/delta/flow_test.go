package delta

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// heldTerminal is one that reads a piece when it is let, and keeps what it has read.
type heldTerminal struct {
	let chan struct{}

	mu  sync.Mutex
	got []string
}

func (h *heldTerminal) Write(p []byte) (int, error) {
	<-h.let
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, string(p))
	return len(p), nil
}

func (h *heldTerminal) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.got, "|")
}

// Nobody waits for a terminal that does not read. When it does it is shown the newest of the frames that were to be shown.
func TestATerminalThatDoesNotRead(t *testing.T) {
	held, ready := &heldTerminal{let: make(chan struct{})}, make(chan struct{}, 10)
	o := New(held, func() { ready <- struct{}{} })
	o.Resize(5, 1)
	for _, frame := range []string{"1", "2", "3"} {
		if wait := o.Show(frame); wait != 0 {
			t.Errorf("%s has to wait %v", frame, wait)
		}
	}
	held.let <- struct{}{}
	<-ready
	o.Flush()
	held.let <- struct{}{}
	o.flow.settles(time.Minute)
	if got, want := held.String(), "\x1b[1;1H1\x1b[K\x1b[1;1H|\x1b[1;1H3\x1b[1;1H"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(ready) != 0 {
		t.Error("it is said to be ready where nobody has asked")
	}
}

// One that never reads the last frame is told the end all the same, and nothing else.
func TestTheEndOfATerminalThatDoesNotRead(t *testing.T) {
	t.Parallel()
	held, drops := &heldTerminal{let: make(chan struct{})}, 0
	o := New(held, nil)
	o.Resize(5, 1)
	o.Show("1")
	o.next, o.waits = "2", true
	o.End("\x1b[end", func() {
		if drops++; drops == 3 {
			close(held.let)
		}
	})
	if _, end, _ := strings.Cut(held.String(), "|"); end != cancel+"\x1b[end" {
		t.Errorf("it is told %q", end)
	}
}

// busyTerminal takes one byte at a time, and says each time that there is no room for more.
type busyTerminal struct{ strings.Builder }

func (b *busyTerminal) Write(p []byte) (int, error) {
	b.Builder.Write(p[:1])
	if len(p) == 1 {
		return 1, nil
	}
	return 1, syscall.EAGAIN
}

func TestATerminalThatKeepsNobodyWaiting(t *testing.T) {
	busy := &busyTerminal{}
	o := New(busy, nil)
	o.Resize(5, 1)
	o.Show("12")
	o.flow.settles(time.Minute)
	if got, want := busy.String(), "\x1b[1;1H12\x1b[K\x1b[1;1H"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
