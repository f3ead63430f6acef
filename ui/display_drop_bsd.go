//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package ui

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropOutput discards what the terminal has not read, and has it go on where it was stopped.
func dropOutput() {
	const write = 2 // FWRITE of sys/fcntl.h
	terminal := int(os.Stdout.Fd())
	_ = unix.IoctlSetPointerInt(terminal, unix.TIOCFLUSH, write)
	_ = unix.IoctlSetInt(terminal, unix.TIOCSTART, 0)
}
