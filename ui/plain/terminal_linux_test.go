package plain

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"ehlo/ui/ptytest"
)

func echoes(f *os.File) bool {
	state, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil && state.Lflag&unix.ECHO != 0
}

// unseen waits until what is typed is not echoed: the prompt comes first, then the echo goes.
func unseen(f *os.File) {
	for echoes(f) {
		runtime.Gosched()
	}
}

// reading is the output of a terminal so far; has waits for a text in it.
type reading struct {
	mu   sync.Mutex
	more *sync.Cond
	text strings.Builder
}

func read(person *os.File) *reading {
	r := &reading{}
	r.more = sync.NewCond(&r.mu)
	go func() {
		buf := make([]byte, 1024)
		for {
			n, err := person.Read(buf)
			r.mu.Lock()
			r.text.Write(buf[:n])
			r.mu.Unlock()
			r.more.Broadcast()
			if err != nil {
				return
			}
		}
	}()
	return r
}

func (r *reading) has(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !strings.Contains(r.text.String(), text) {
		r.more.Wait()
	}
}

func (r *reading) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// On a terminal other answers are seen as they are typed, a password is not, and the echo is back afterwards.
func TestPasswordIsNotEchoed(t *testing.T) {
	person, program := ptytest.Open(t)
	seen := read(person)
	d := newDialog(Console{In: program, Out: program})
	if !d.terminal || !term.IsTerminal(int(program.Fd())) {
		t.Fatal("not taken for a terminal")
	}
	beside(t, func() {
		seen.has("username:")
		person.WriteString("ann\n")
		seen.has("password:")
		unseen(program)
		person.WriteString(password + "\n")
	})
	name, err1 := d.ask(context.Background(), "username:")
	secret, err2 := d.secret(context.Background(), "password:")
	if err := errors.Join(err1, err2); err != nil || name != "ann" || secret.Reveal() != password {
		t.Fatalf("%q, %v, error %v", name, secret, err)
	}
	d.print("done")
	seen.has("done")
	if out := seen.String(); !strings.Contains(out, "ann") || strings.Contains(out, password) || !echoes(program) {
		t.Errorf("terminal shows %q, echo %v", out, echoes(program))
	}
}

// A terminal that edits lines would keep 4095 bytes of this one.
func TestALongPasswordIsWhole(t *testing.T) {
	person, program := ptytest.Open(t)
	seen, long := read(person), strings.Repeat("tulip-42", 1000)
	beside(t, func() {
		seen.has("password:")
		unseen(program)
		person.WriteString(long + "\r")
	})
	d := newDialog(Console{In: program, Out: program})
	if secret, err := d.secret(context.Background(), "password:"); err != nil || secret.Reveal() != long {
		t.Errorf("%d of %d bytes, %v", len(secret.Reveal()), len(long), err)
	}
}

// Ctrl-C is a key while nothing is echoed.
func TestCtrlCEndsThePasswordPrompt(t *testing.T) {
	person, program := ptytest.Open(t)
	seen := read(person)
	beside(t, func() {
		seen.has("password:")
		unseen(program)
		person.WriteString("tul\x03")
	})
	d := newDialog(Console{In: program, Out: program})
	if _, err := d.secret(context.Background(), "password:"); !errors.Is(err, errInterrupted) || !echoes(program) {
		t.Errorf("error %v, echo %v", err, echoes(program))
	}
}

// An interrupted password prompt leaves the terminal as it was.
func TestInterruptedPasswordRestoresEcho(t *testing.T) {
	person, program := ptytest.Open(t)
	seen := read(person)
	interrupt := make(chan os.Signal)
	d := newDialog(Console{In: program, Out: program, Interrupt: interrupt})
	beside(t, func() {
		seen.has("password:")
		unseen(program)
		interrupt <- os.Interrupt
	})
	if _, err := d.secret(context.Background(), "password:"); !errors.Is(err, errInterrupted) {
		t.Errorf("error %v", err)
	}
	if !echoes(program) {
		t.Error("the terminal does not echo any more")
	}
}

// beside does something while the test goes on, and ends before the terminal is closed.
func beside(t *testing.T, do func()) {
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	t.Cleanup(func() { <-done })
}
