package spool

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"ehlo/cmd/ehlo/input"
)

func text(t *testing.T, s Source) string {
	t.Helper()
	r, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestASpoolIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s, err := Copy(strings.NewReader("hello"), 5)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := text(t, s); got != "hello" {
			t.Errorf("%q", got)
		}
	}
	if info, err := s.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestASpoolIsBounded(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	_, err := Copy(strings.NewReader("hello!"), 5)
	if large, ok := errors.AsType[*input.LargeError](err); !ok || large.Limit != 5 {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestClosingNothing(t *testing.T) {
	if err := (Source{}).Close(); err != nil {
		t.Error(err)
	}
}
