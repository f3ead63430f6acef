package transcripts

import (
	"os"
	"sync"
	"time"
)

// Follow opens the transcript at path and returns once its first event is read. Its lines are read, and what others add to it, until
// it is closed; [File.Watch] tells when there are more. The error is that of [Open].
func Follow(path string) (*File, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	f, err := begin(file, path)
	if err != nil {
		file.Close()
		return nil, err
	}
	f.stop, f.done = make(chan struct{}), make(chan struct{})
	f.readSome()
	go f.follow()
	return f, nil
}

// readSome reads the first lines, so that there is something to show.
func (f *File) readSome() {
	f.read.Lock()
	defer f.read.Unlock()
	f.read.scan(f.file, locks && written(f.file), func() bool { return false })
	f.publish()
}

// Whole reports whether all that the file held when it was looked at last has been read.
func (f *File) Whole() bool { return f.whole.Load() }

// follower reads a file in the background; there is none where stop is nil.
type follower struct {
	once sync.Once
	stop chan struct{}
	done chan struct{}
}

// How long a file is left alone before it is looked at again: one whose session goes on, and one that others may add notes to.
const (
	pauseRunning = 150 * time.Millisecond
	pauseOver    = time.Second
)

func (f *File) follow() {
	defer close(f.done)
	f.readOn()
	for size := int64(-1); ; {
		pause := pauseOver
		if f.going.Load() {
			pause = pauseRunning
		}
		select {
		case <-f.stop:
			return
		case <-time.After(pause):
		}
		size = f.look(size)
	}
}

// look reads on if the file is no longer of the size that it had, or its session has stopped. It returns the size.
func (f *File) look(size int64) int64 {
	info, err := f.file.Stat()
	if err != nil || info.Size() == size && f.going.Load() == (locks && written(f.file)) {
		return size
	}
	f.readOn()
	return info.Size()
}

func (s *follower) stopped() bool {
	select {
	case <-s.stop: // nil where there is none: never
		return true
	default:
		return false
	}
}

// endFollowing waits until nothing is read any more.
func (s *follower) endFollowing() {
	if s.stop != nil {
		s.once.Do(func() { close(s.stop) })
		<-s.done
	}
}

// gone reports whether the file at a path is no longer the one that was opened.
func gone(path string, file *os.File) bool {
	now, err := os.Stat(path)
	if err != nil {
		return true
	}
	opened, err := file.Stat()
	return err != nil || !os.SameFile(now, opened)
}
