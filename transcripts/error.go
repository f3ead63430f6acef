package transcripts

import (
	"errors"
	"io/fs"

	"ehlo/session/wire"
)

// Sentinels. [Error] wraps them.
var (
	// errEmpty occurs when the file has no bytes.
	errEmpty = errors.New("the file is empty")
	// errNotRegular occurs when the path leads to a directory, a pipe or a device.
	errNotRegular = errors.New("not a regular file")
	// ErrNotTranscript occurs when the file does not begin with a start event.
	ErrNotTranscript = errors.New("not a transcript")
	// errChanged occurs when the file is a transcript that another program has written anew in another form, such as UTF-16.
	errChanged = errors.New("a transcript in another encoding")
	// errNewer occurs when the file has a version of the format that is not known here.
	errNewer = errors.New("a newer version of the transcript format")
	// errDamaged occurs when something is to be added to a file that does not end as a transcript should.
	errDamaged = errors.New("the transcript is damaged")
	// errInUse occurs when another process writes the file, or has written it since it was opened.
	errInUse = errors.New("the transcript is in use")
	// errRemoved occurs when the file of a session that is recorded is removed; it is [fs.ErrNotExist].
	errRemoved error = removed{}
	// errNote occurs when a note cannot be kept as it is.
	errNote = errors.New("not a note")
)

type removed struct{}

func (removed) Error() string        { return "the file was removed" }
func (removed) Is(target error) bool { return target == fs.ErrNotExist }

// Error says why a transcript cannot be opened or written.
type Error struct {
	Path string // untrusted: file names may hold anything
	Text string // what is the matter
	Hint string // what to try; may be empty
	Err  error  // a sentinel or the system's error
}

// Error gives path and text, fit for a terminal.
func (e *Error) Error() string { return wire.VisibleString(e.Path) + ": " + wire.VisibleString(e.Text) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// failure makes an [Error] whose text is the sentinel's.
func failure(path string, err error, hint string) *Error {
	return &Error{Path: path, Text: err.Error(), Hint: hint, Err: err}
}
