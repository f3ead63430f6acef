package ui

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropOutput discards what the terminal has not read, as much of it as the system holds. Who waits to write looks only then whether there
// is room again when the terminal is stopped and goes on.
func dropOutput() {
	terminal := int(os.Stdout.Fd())
	_ = unix.IoctlSetInt(terminal, unix.TCFLSH, unix.TCOFLUSH)
	_ = unix.IoctlSetInt(terminal, unix.TCXONC, unix.TCOOFF)
	_ = unix.IoctlSetInt(terminal, unix.TCXONC, unix.TCOON)
}
