//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package tty

import (
	"errors"
	"os"
	"time"

	"golang.org/x/term"
)

// open is the terminal that standard output goes to.
func open() (*os.File, error) {
	if !term.IsTerminal(int(os.Stdout.Fd())) {
		return nil, errors.New("no terminal")
	}
	return os.OpenFile("CONOUT$", os.O_RDWR, 0)
}

// ask does not ask here.
func ask(*os.File, time.Duration) int { return 0 }
