package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A package with something to run at start-up has a line in the trace of the
// runtime; the knowledge is embedded, and would cost every start of the program.
func TestTheKnowledgeNeedsNoCodeAtStart(t *testing.T) {
	command := exec.Command(os.Args[0], "--version")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1", "EHLO_AS_PROGRAM=1")
	trace, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(trace), "init runtime @") {
		t.Fatalf("no trace: %v\n%s", err, trace)
	}
	for line := range strings.Lines(string(trace)) {
		if strings.HasPrefix(line, "init ehlo/session/explain ") {
			t.Error(line)
		}
	}
}

func TestWrapBreaksAtSpacesAlone(t *testing.T) {
	got := strings.Join(wrap("send AUTH PLAIN, or SCRAM-SHA-256 with --tls require", 25), "|")
	if want := "send AUTH PLAIN, or|SCRAM-SHA-256 with --tls|require"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
