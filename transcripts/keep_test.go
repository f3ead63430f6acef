package transcripts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
)

// A file gets another name in its folder and keeps what it has; no other file is lost by that.
func TestRename(t *testing.T) {
	path := fileOf(t, strings.Join(session5(t), ""))
	taken := filepath.Join(filepath.Dir(path), "taken"+Extension)
	if err := os.WriteFile(taken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Rename(path, "taken"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("taken: %v", err)
	}
	for _, name := range []string{"", " ", ".", "..", ".hidden", "a/b", `a\b`, "a\x1bb", "a\u202eb", Extension, strings.Repeat("x", 300), "\xff"} {
		if err := Rename(path, name); !errors.Is(err, errName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"lesson 1", "übung" + Extension} {
		if err := Rename(path, name); err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(filepath.Dir(path), strings.TrimSuffix(name, Extension)+Extension)
		if f := openPath(t, path); f.Len() != 5 {
			t.Errorf("%s: %d events", name, f.Len())
		}
	}
	if b, _ := os.ReadFile(taken); string(b) != "x" {
		t.Errorf("the other file is %q", b)
	}
	if err := Rename(filepath.Join(t.TempDir(), "none"), "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

// What a session writes stays where it is.
func TestARunningSessionKeepsItsFile(t *testing.T) {
	if !locks {
		t.Skip("nobody can tell who writes a file here")
	}
	rec, err := Record(logOf(startEvent()), filepath.Join(t.TempDir(), "a"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	await(rec, 1)
	if s := List(filepath.Dir(rec.Path())); len(s) != 1 || !s[0].Running || s[0].End != nil {
		t.Errorf("the list is %+v", s)
	}
	if a, b := Rename(rec.Path(), "x"), Remove(rec.Path()); !errors.Is(a, errInUse) || !errors.Is(b, errInUse) {
		t.Errorf("renamed: %v, removed: %v", a, b)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if s := List(filepath.Dir(rec.Path())); len(s) != 1 || s[0].Running || s[0].End == nil {
		t.Errorf("the list is %+v", s)
	}
	if err := Remove(rec.Path()); err != nil || exists(rec.Path()) {
		t.Errorf("removed: %v", err)
	}
}

// An end behind many notes, and a first line that is long, are found.
func TestListReadsWhatItNeeds(t *testing.T) {
	dir := t.TempDir()
	start := startEvent()
	start.Start.Story = strings.Repeat("x", 10<<10)
	events := []record.Event{start, endEvent()}
	for range 20 {
		events = append(events, noteEvent(1, strings.Repeat("y", 1000)))
	}
	if err := os.WriteFile(filepath.Join(dir, "a"+Extension), []byte(strings.Join(linesOf(t, events...), "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if list := List(dir); len(list) != 1 || list[0].End == nil {
		t.Errorf("the list is %+v", list)
	}
}

// BenchmarkList is a folder of 5,000 sessions.
func BenchmarkList(b *testing.B) {
	dir, text := b.TempDir(), strings.Join(session5(b), "")
	for i := range 5000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d%s", i, Extension)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if n := len(List(dir)); n != 5000 {
			b.Fatal(n)
		}
	}
}
