// Package input reads what a command line names: files, pipes and standard input. No wait for one outlasts its context.
package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// InterruptedError occurs when the context of a wait has ended.
type InterruptedError struct {
	Waiting string // for what
}

func (e *InterruptedError) Error() string { return "interrupted while waiting for " + e.Waiting }

// LargeError occurs when there is more to read than was allowed.
type LargeError struct {
	Limit int64 // in bytes
}

func (e *LargeError) Error() string { return "more than " + Bytes(e.Limit) }

// Bytes writes a limit as people do: 64 KiB, 4 MiB.
func Bytes(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// ErrDirectory occurs when a directory is to be read.
var ErrDirectory = errors.New("is a directory")

// ErrEmptyLine occurs when the first line of an input has nothing in it.
var ErrEmptyLine = errors.New("the first line is empty")

// Open opens a file. A named pipe is opened once a program writes to it, which may be never: then the error is an
// [InterruptedError] when ctx ends. Reads end with ctx too.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrDirectory}
	case info.Mode().IsRegular():
		return os.Open(path)
	}
	file, err := within(ctx, "a program to write to "+kind(info, path), func() (*os.File, error) { return os.Open(path) }, closeLate)
	if err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, file: file, waiting: "more from " + kind(info, path)}, nil
}

// Standard reads standard input, until ctx ends. Closing it leaves the file open.
func Standard(ctx context.Context, file *os.File) io.ReadCloser {
	return &reader{ctx: ctx, file: file, waiting: "standard input", keep: true}
}

func kind(info fs.FileInfo, path string) string {
	if info.Mode()&fs.ModeNamedPipe != 0 {
		return "the pipe " + strconv.Quote(path)
	}
	return strconv.Quote(path)
}

// closeLate is for a file that nobody waits for any more.
func closeLate(f *os.File, err error) {
	if err == nil {
		f.Close()
	}
}

// within calls something that cannot be canceled. When ctx ends first it is left behind, and late gets what it returns.
func within[T any](ctx context.Context, waiting string, call func() (T, error), late func(T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done, end := make(chan result, 1), ctx.Done() // from here on: what asks to end may come as soon as the call shows
	go func() {
		value, err := call()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-end:
		go func() { r := <-done; late(r.value, r.err) }()
		var none T
		return none, &InterruptedError{waiting}
	}
}

// reader reads a file that may keep its reader waiting.
type reader struct {
	ctx     context.Context
	file    *os.File
	waiting string
	keep    bool // the file is not the reader's to close
}

// Read implements [io.Reader]. It never reads more than is asked for: what follows in standard input is for others.
func (r *reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, &InterruptedError{r.waiting}
	}
	got, err := within(r.ctx, r.waiting, func() ([]byte, error) {
		own := make([]byte, len(p)) // p is its owner's again once the wait has ended
		n, err := r.file.Read(own)
		return own[:n], err
	}, func([]byte, error) {})
	return copy(p, got), err
}

// Close implements [io.Closer]. A read that was left behind ends.
func (r *reader) Close() error {
	if r.keep {
		return nil
	}
	r.file.SetReadDeadline(time.Unix(1, 0)) // not every kind of file has one
	return r.file.Close()
}

// All reads up to limit bytes, and fails with a [LargeError] when there are more.
func All(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, &LargeError{limit}
	}
	return data, err
}

// FirstLine reads a line of up to limit bytes, and nothing after it. Its end is not part of it.
func FirstLine(r io.Reader, limit int64) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := r.Read(one)
		switch {
		case n > 0 && one[0] != '\n':
			if line = append(line, one[0]); int64(len(line)) > limit {
				return "", fmt.Errorf("the first line has %w", &LargeError{limit})
			}
		case n > 0 || errors.Is(err, io.EOF):
			return firstLine(line)
		case err != nil:
			return "", err
		}
	}
}

func firstLine(line []byte) (string, error) {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if len(line) == 0 {
		return "", ErrEmptyLine
	}
	return string(line), nil
}
