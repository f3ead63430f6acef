package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A list that is none is refused in words, whatever is in it.
func TestListOfOneLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte(strings.Repeat("a", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &runner{list: path}
	_, err := r.targetsOf(t.Context(), streams{}, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "a line has more than 65536 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestCertified(t *testing.T) {
	for want, names := range map[string]string{
		"without a name":           "",
		"a, b, c":                  "a b c",
		"a, b, c and 1 more name":  "a b c d",
		"a, b, c and 2 more names": "a b c d e",
	} {
		if got := certified(strings.Fields(names)); got != want {
			t.Errorf("%s: got %q, want %q", names, got, want)
		}
	}
}
