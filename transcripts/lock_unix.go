//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package transcripts

import (
	"os"
	"syscall"
)

// locks says that it can be told whether a file is written.
const locks = true

// lock takes the right to append to file, which lasts until file is closed or the process dies. It keeps a note of
// one process out of the file that another one records: both would count on from the same event.
func lock(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != syscall.EWOULDBLOCK
}

// written reports whether someone has the right to append to file at this moment.
func written(file *os.File) bool {
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == syscall.EWOULDBLOCK {
		return true
	}
	syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	return false
}
