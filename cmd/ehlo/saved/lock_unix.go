//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package saved

import (
	"os"
	"syscall"
	"time"
)

// lock waits for the right to change the file. What is locked is a file beside it, which stays: the file itself is replaced. The
// system takes the lock from a process that dies; one that hangs is not waited for without end.
func (s Store) lock() (unlock func(), err error) {
	f, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if err != syscall.EINTR && err != syscall.EWOULDBLOCK || time.Now().After(end) {
			f.Close()
			return nil, held(err, err == syscall.EWOULDBLOCK)
		}
	}
}
