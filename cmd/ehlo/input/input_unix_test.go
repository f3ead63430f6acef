//go:build unix

package input

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func interruptedFor(t *testing.T, err error, what string) {
	t.Helper()
	if i, ok := errors.AsType[*InterruptedError](err); !ok || !strings.Contains(i.Error(), what) {
		t.Errorf("error %v, want one about %s", err, what)
	}
}

// Nobody writes to the pipe: the wait for it ends with the context.
func TestOpeningAPipeIsInterrupted(t *testing.T) {
	path := pipe(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(ctx, path)
	interruptedFor(t, err, "a program to write to the pipe ")
	release(t, path)
}

// release lets an abandoned wait end.
func release(t *testing.T, path string) {
	t.Helper()
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
}

// Someone has the pipe open and is silent.
func TestReadingAPipeIsInterrupted(t *testing.T) {
	path := pipe(t)
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.WriteString("one")
	three := make([]byte, 3)
	if _, err := io.ReadFull(r, three); err != nil || string(three) != "one" {
		t.Fatalf("%q, %v", three, err)
	}
	failed := make(chan error)
	go func() {
		_, err := r.Read(three)
		failed <- err
	}()
	cancel()
	interruptedFor(t, <-failed, "more from the pipe ")
	_, err = r.Read(three)
	interruptedFor(t, err, "more from the pipe ")
}

func TestStandardInputIsInterruptedAndStaysOpen(t *testing.T) {
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Standard(ctx, in)
	_, err = r.Read(make([]byte, 1))
	interruptedFor(t, err, "standard input")
	r.Close()
	w.WriteString("first\nsecond\n")
	w.Close()
	line, err := FirstLine(Standard(t.Context(), in), 100)
	rest, _ := io.ReadAll(in)
	if err != nil || line != "first" || string(rest) != "second\n" {
		t.Errorf("%q, %v, and %q", line, err, rest)
	}
}

func TestADevice(t *testing.T) {
	r, err := Open(t.Context(), "/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = All(r, 64<<10)
	if err == nil || err.Error() != "more than 64 KiB" {
		t.Error(err)
	}
}
