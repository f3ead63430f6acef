package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
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

// A question on the terminal is neither written over nor taken away while it waits for its answer.
func TestCountingLeavesQuestions(t *testing.T) {
	var screen bytes.Buffer
	c := &counting{w: &screen, all: 2}
	c.print()
	asked, answered, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		c.aside(func() error {
			screen.WriteString("Password: ")
			close(asked)
			<-answered
			screen.WriteString("\n")
			return nil
		})
		close(done)
	}()
	<-asked
	if c.lock.TryLock() {
		t.Error("a result could be printed into the question")
	}
	close(answered)
	<-done
	for range 2 {
		c.aside(func() error {
			c.step(record.ExitConnect)
			screen.WriteString("result\n")
			return nil
		})
	}
	const clear = "\r\x1b[K"
	if want := "0 of 2" + clear + "Password: \n0 of 2" + clear + "result\n1 of 2, 1 failed" + clear + "result\n"; screen.String() != want {
		t.Errorf("got %q, want %q", screen.String(), want)
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
