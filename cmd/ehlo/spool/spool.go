// Package spool keeps what can be read only once, so that it can be read again.
package spool

import (
	"errors"
	"io"
	"os"

	"ehlo/cmd/ehlo/input"
)

// Source is content in a temporary file that nobody else can open. Where a system allows it the file has no name from the
// start, so that nothing is left behind, however the program ends.
type Source struct {
	file *os.File
	size int64
	name string // while it has one
}

// Copy reads all of r. More than limit bytes are an [input.LargeError].
func Copy(r io.Reader, limit int64) (Source, error) {
	return Write(func(to io.Writer) error { _, err := io.Copy(to, r); return err }, limit)
}

// Of is a regular file that can be read again where it is, as large as it is now. It is closed with the source.
func Of(file *os.File) (Source, error) {
	info, err := file.Stat()
	if err != nil {
		return Source{}, errors.Join(err, file.Close())
	}
	return Source{file: file, size: info.Size()}, nil
}

// limited writes so many bytes; more are an [input.LargeError].
type limited struct {
	to          io.Writer
	left, limit int64
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, &input.LargeError{Limit: l.limit}
	}
	return l.to.Write(b)
}

// Write keeps what is written. More than limit bytes are an [input.LargeError].
func Write(write func(io.Writer) error, limit int64) (Source, error) {
	file, err := os.CreateTemp("", "ehlo-message-") // for its owner alone
	if err != nil {
		return Source{}, err
	}
	s := Source{file: file}
	if os.Remove(file.Name()) != nil {
		s.name = file.Name()
	}
	if err = write(&limited{file, limit, limit}); err == nil {
		s.size, err = file.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		return Source{}, errors.Join(err, s.Close())
	}
	return s, nil
}

// Open begins to read from the start. It may be called more than once, and what it gives be read side by side.
func (s Source) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(s.file, 0, s.size)), nil
}

// File is the content as a file, which is closed with the source.
func (s Source) File() *os.File { return s.file }

// Close frees the content. Nothing can be read after that.
func (s Source) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}
