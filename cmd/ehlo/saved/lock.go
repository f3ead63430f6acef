package saved

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// How long another program is waited for, and how often it is asked.
const (
	patience = 5 * time.Second
	pause    = 10 * time.Millisecond
)

// lock waits for the right to change the file. What is locked is a file beside it, which stays: the file itself is replaced. The
// system takes the lock from a process that dies; one that hangs is not waited for without end, and neither is a pipe of that name.
func (s Store) lock() (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	beside := flock.New(s.path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NONBLOCK), flock.SetPermissions(0o600))
	switch _, err = beside.TryLockContext(ctx, pause); {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errors.New("another program keeps the file locked")
	case err != nil:
		return nil, err
	}
	return func() { _ = beside.Unlock() }, nil
}
