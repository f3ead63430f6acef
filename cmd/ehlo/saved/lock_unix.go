//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package saved

import (
	"os"
	"syscall"
)

// lock waits for the right to change the file. What is locked is a file beside it, which stays: the file itself is replaced. The
// system takes the lock from a process that dies.
func (s Store) lock() (unlock func(), err error) {
	f, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
