package input

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if data, err := All(r, 5); err != nil || string(data) != "hello" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Open(t.Context(), t.TempDir()); !errors.Is(err, ErrDirectory) {
		t.Error(err)
	}
}

func TestFirstLine(t *testing.T) {
	for content, want := range map[string]string{"a": "a", "a\n": "a", "a\r\nb": "a", " a \nb": " a ", "a\rb\n": "a\rb", "12345": "12345"} {
		if got, err := FirstLine(strings.NewReader(content), 5); err != nil || got != want {
			t.Errorf("%q: %q, %v", content, got, err)
		}
	}
	for content, want := range map[string]string{"": "the first line is empty", "\nb": "the first line is empty", "\r\n": "the first line is empty",
		"123456": "the first line has more than 5 bytes"} {
		if got, err := FirstLine(strings.NewReader(content), 5); err == nil || err.Error() != want {
			t.Errorf("%q: %q, %v", content, got, err)
		}
	}
}

func TestAllIsBounded(t *testing.T) {
	if data, err := All(strings.NewReader("123456"), 5); err == nil || err.Error() != "more than 5 bytes" {
		t.Errorf("%q, %v", data, err)
	}
	if got := Bytes(4 << 20); got != "4 MiB" {
		t.Error(got)
	}
}
