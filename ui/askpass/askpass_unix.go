//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package askpass

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"ehlo/ui/jobcontrol"
)

// reading is one prompt on a terminal.
type reading struct {
	fd    int
	modes *term.State // of the terminal, before
	wake  *os.File    // has a byte to read when something else than a key happened
	ask   func() error
	line  line
}

func read(ctx context.Context, terminal *os.File, ask func() error) (string, error) {
	wake, ring, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer wake.Close()
	defer ring.Close()
	told, forget := signal.NotifyContext(ctx, syscall.SIGQUIT) // which would end the program with the terminal as it is now
	defer forget()
	r := &reading{fd: int(terminal.Fd()), wake: wake, ask: ask}
	if r.modes, err = term.MakeRaw(r.fd); err != nil {
		return "", err
	}
	defer term.Restore(r.fd, r.modes)
	defer onContinue(ring)()
	defer context.AfterFunc(told, func() { ring.Write([]byte{0}) })()
	if err := ask(); err != nil { // once what is typed is not shown
		return "", err
	}
	text, err := r.all(told)
	if told.Err() != nil && ctx.Err() == nil {
		return "", ErrInterrupted
	}
	return text, err
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
	r.ask()
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

// suspend stops the program, as the terminal does at Ctrl-Z when it edits lines. When it goes on wait is woken as well, and
// the question asked again.
func (r *reading) suspend() {
	term.Restore(r.fd, r.modes)
	jobcontrol.Stop()
	term.MakeRaw(r.fd)
}
