//go:build !windows

package ui

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// keyFile is the terminal of the process, whatever its standard input is.
const keyFile = "/dev/tty"

// rawTerminal has keys come as they are pressed.
func rawTerminal(in, _ *os.File) (restore func(), err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(int(in.Fd()), before) }, nil
}

// watchSize tells the program the size of the terminal whenever it has changed, until the function it returns is called.
func (d *display) watchSize() (stop func()) {
	changes, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(changes, syscall.SIGWINCH)
	go func() {
		for {
			select {
			case <-changes:
				if size, err := terminalSize(); err == nil {
					d.program.Send(size)
				}
			case <-ended:
				return
			}
		}
	}()
	return func() { signal.Stop(changes); close(ended) }
}
