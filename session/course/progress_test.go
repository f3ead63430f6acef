package course

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	p := ProgressAt(filepath.Join(t.TempDir(), "ehlo", "progress.ndjson"))
	if got, err := p.Solved(); err != nil || len(got) != 0 {
		t.Fatalf("before: %v, %v", got, err)
	}
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, when := range []time.Time{first, first.Add(time.Hour)} {
		if err := p.Add("expired", when); err != nil {
			t.Fatal(err)
		}
	}
	got, err := p.Solved()
	if err != nil || !got["expired"].Equal(first) {
		t.Errorf("%v, %v: it was solved first at %v", got, err, first)
	}
	if info, err := os.Stat(p.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A damaged line costs itself alone, and programs that write at once lose nothing.
func TestProgressOfMany(t *testing.T) {
	p := ProgressAt(filepath.Join(t.TempDir(), "progress.ndjson"))
	if err := os.WriteFile(p.Path(), []byte("{\"solved\":\"stripped\",\"time\":\"2026-11-01T12:00:00Z\"}\n{half a\n\x00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for _, name := range []string{"expired", "greylist", "refused"} {
		writers.Go(func() {
			if err := p.Add(name, time.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if got, err := p.Solved(); err != nil || len(got) != 4 {
		t.Errorf("%v, %v", got, err)
	}
}

// What cannot be a file is named.
func TestProgressNowhere(t *testing.T) {
	dir := t.TempDir()
	if _, err := ProgressAt(dir).Solved(); err == nil {
		t.Error("a folder was read")
	}
	if err := ProgressAt(dir).Add("expired", time.Now()); err == nil {
		t.Error("a folder was written")
	}
}
