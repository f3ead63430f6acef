//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package askpass

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// reading is one prompt on a terminal.
type reading struct {
	fd    int
	modes *term.State // of the terminal, before
	wake  *os.File    // has a byte to read when something else than a key happened
	again func()      // asks once more
	line  line
}

func read(ctx context.Context, terminal *os.File, again func()) (string, error) {
	wake, ring, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer wake.Close()
	defer ring.Close()
	r := &reading{fd: int(terminal.Fd()), wake: wake, again: again}
	if r.modes, err = term.MakeRaw(r.fd); err != nil {
		return "", err
	}
	defer term.Restore(r.fd, r.modes)
	defer onContinue(ring)()
	defer context.AfterFunc(ctx, func() { ring.Write([]byte{0}) })()
	return r.all(ctx)
}

// onContinue rings when the program goes on after a stop: whoever had the terminal in between changed its modes.
func onContinue(ring io.Writer) (stop func()) {
	continued, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(continued, syscall.SIGCONT)
	go func() {
		for {
			select {
			case <-continued:
				ring.Write([]byte{0})
			case <-ended:
				return
			}
		}
	}()
	return func() { signal.Stop(continued); close(ended) }
}

func (r *reading) all(ctx context.Context) (string, error) {
	for keys := make([]byte, 4096); ; {
		woken, err := r.wait()
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil:
			return "", err
		case woken:
			r.resume()
			continue
		}
		n, err := unix.Read(r.fd, keys)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err == nil && n == 0 {
			err = io.EOF
		}
		if err != nil {
			return "", err
		}
		if done, err := r.keys(keys[:n]); done {
			return string(r.line.typed), err
		}
	}
}

// wait waits for a key, or to be woken.
func (r *reading) wait() (woken bool, err error) {
	fds := []unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}, {Fd: int32(r.wake.Fd()), Events: unix.POLLIN}}
	if _, err = unix.Poll(fds, -1); errors.Is(err, unix.EINTR) {
		return r.wait()
	}
	if woken = fds[1].Revents != 0; woken {
		r.wake.Read(make([]byte, 8))
	}
	return woken, err
}

// resume takes the terminal again.
func (r *reading) resume() {
	term.MakeRaw(r.fd)
	r.again()
}

func (r *reading) keys(keys []byte) (done bool, err error) {
	for _, b := range keys {
		if b == ctrlZ {
			r.suspend()
			continue
		}
		if done, err = r.line.key(b); done {
			return done, err
		}
	}
	return false, nil
}

// moment is how long a stop may take to come. Where no shell could continue the program the system does not stop it.
const moment = 100 * time.Millisecond

// suspend stops the program, as the terminal does at Ctrl-Z when it edits lines.
func (r *reading) suspend() {
	term.Restore(r.fd, r.modes)
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	unix.Kill(0, syscall.SIGTSTP)
	select {
	case <-continued: // wait is woken, and resume asks again
	case <-time.After(moment):
		term.MakeRaw(r.fd)
	}
}
