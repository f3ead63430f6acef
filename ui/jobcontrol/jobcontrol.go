//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package jobcontrol

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// moment is how long a stop may take to come.
const moment = 100 * time.Millisecond

// Stop stops the whole job, as the terminal does at Ctrl-Z, and returns when it goes on. Where no shell could continue it,
// as on a terminal that has nothing else in it, the system does not stop it, and Stop returns after a moment.
func Stop() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	_ = syscall.Kill(0, syscall.SIGTSTP)
	select { // the stop comes at any moment from here on
	case <-continued:
	case <-time.After(moment):
	}
}

// Ends reports, in a job that has gone on, whether it only did so to end, as one that a shell was told to kill: told is closed then. A job
// that has the terminal does not wait for that.
func Ends(terminal *os.File, told <-chan struct{}) bool {
	if group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP); err != nil || group == unix.Getpgrp() {
		return false
	}
	select { // the signals come at the same time, and in any order
	case <-told:
		return true
	case <-time.After(moment):
		return false
	}
}
