//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package saved

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// abandoned is after what time a lock is one that was left behind.
const abandoned = time.Minute

// lock waits for the right to change the file: the one that makes the file beside it has that right, and takes it away again. One that
// was left behind by a process that died counts for a minute.
func (s Store) lock() (unlock func(), err error) {
	path := s.path + ".lock"
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			f.Close()
			return func() { os.Remove(path) }, nil
		}
		taken := errors.Is(err, fs.ErrExist)
		if !taken && !errors.Is(err, fs.ErrPermission) || time.Now().After(end) { // Windows denies a file that is being removed
			return nil, held(err, taken)
		}
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
			os.Remove(path)
		}
	}
}
