//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package askpass

import (
	"context"
	"os"

	"golang.org/x/term"
)

// read leaves a read behind when ctx ends: here a terminal cannot be waited for together with something else.
func read(ctx context.Context, terminal *os.File, ask func() error) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	if err := ask(); err != nil {
		return "", err
	}
	type answer struct {
		line []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		got <- answer{line, err}
	}()
	select {
	case a := <-got:
		return string(a.line), a.err
	case <-ctx.Done():
		term.Restore(fd, before)
		return "", ctx.Err()
	}
}
