//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package tty

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"ehlo/session/lazy"
)

// open is the terminal of the process, whatever its output goes to.
func open() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }

// ambiguous is a character that East Asian fonts draw two cells wide (East Asian Width A in Unicode Standard Annex #11), and the screen
// of this program uses.
const ambiguous = "─"

// position asks where the cursor is (DSR 6 of ECMA-48), and answer is what comes: row and column.
const position = "\x1b[6n"

var answer = lazy.Pattern{Text: `\x1b\[(\d+);(\d+)R`}

// ask writes one character, and asks how far the cursor went. It is 0 where the terminal does not answer in time or with nonsense, or
// where another program has it: reading would stop this one.
func ask(file *os.File, patience time.Duration) (cells int) {
	if group, err := unix.IoctlGetInt(int(file.Fd()), unix.TIOCGPGRP); err != nil || group != unix.Getpgrp() {
		return 0
	}
	return measure(file, patience)
}

func measure(file *os.File, patience time.Duration) (cells int) {
	fd := int(file.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return 0
	}
	defer term.Restore(fd, before)
	if _, err := file.WriteString("\r" + ambiguous + position + "\r\x1b[K"); err != nil {
		return 0
	}
	if cells = column(fd, patience) - 1; cells != 1 && cells != 2 {
		return 0
	}
	return cells
}

// column reads until the answer has come, and is the first where none does. What was typed before it is dropped.
func column(fd int, patience time.Duration) int {
	const most = 256
	var got []byte
	for end := time.Now().Add(patience); len(got) < most && readable(fd, time.Until(end)); {
		b := make([]byte, most)
		n, err := unix.Read(fd, b)
		if err != nil || n <= 0 {
			break
		}
		got = append(got, b[:n]...)
		if m := answer.Get().FindSubmatch(got); m != nil {
			at, _ := strconv.Atoi(string(m[2]))
			return at
		}
	}
	return 1
}

// readable waits until there is something to read. It is select and not poll, which macOS does not have for terminals.
func readable(fd int, wait time.Duration) bool {
	for end := time.Now().Add(wait); ; {
		var ready unix.FdSet
		ready.Set(fd)
		left := unix.NsecToTimeval(max(time.Until(end), 0).Nanoseconds())
		if n, err := unix.Select(fd+1, &ready, nil, nil, &left); err != unix.EINTR {
			return err == nil && n > 0
		}
	}
}
