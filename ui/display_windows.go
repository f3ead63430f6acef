package ui

import (
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// keyFile is the console of the process, whatever its standard input is.
const keyFile = "CONIN$"

// rawTerminal has keys come as they are pressed, and the console understand control sequences (Microsoft, "Console Virtual Terminal
// Sequences").
func rawTerminal(in, out *os.File) (restore func(), err error) {
	screen := windows.Handle(out.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(screen, &mode); err != nil {
		return nil, err
	}
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	if err := windows.SetConsoleMode(screen, mode|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING); err != nil {
		_ = term.Restore(int(in.Fd()), before)
		return nil, err
	}
	return func() {
		_ = term.Restore(int(in.Fd()), before)
		_ = windows.SetConsoleMode(screen, mode)
	}, nil
}

// watchSize does nothing: the console tells its size among the keys.
func (*display) watchSize() (stop func()) { return func() {} }
