package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/explain"
)

// The parts of the program need little at its start, and the knowledge nothing: each run pays for all of them. A table or a pattern that is
// made when the program starts shows here by the memory that it takes.
func TestLittleIsMadeAtStart(t *testing.T) {
	const most = 4 << 10 // bytes, of all rooms together
	command := exec.Command(os.Args[0], "--version")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1", "EHLO_AS_PROGRAM=1")
	trace, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(trace), "init runtime @") {
		t.Fatalf("no trace: %v\n%s", err, trace)
	}
	made := regexp.MustCompile(`^init (ehlo/\S+) @.* clock, (\d+) bytes`)
	sum, list := 0, ""
	for line := range strings.Lines(string(trace)) {
		if m := made.FindStringSubmatch(line); m != nil && !strings.HasSuffix(m[1], "test") && m[1] != "ehlo/cmd/ehlo" { // that is with its tests here
			bytes, _ := strconv.Atoi(m[2])
			sum, list = sum+bytes, list+line
		}
	}
	if sum > most || strings.Contains(list, "ehlo/session/explain ") {
		t.Errorf("%d bytes are made at the start, at most %d; tables and patterns of session/lazy make nothing:\n%s", sum, most, list)
	}
}

func TestWrapBreaksAtSpacesAlone(t *testing.T) {
	got := strings.Join(wrap("send AUTH PLAIN, or SCRAM-SHA-256 with --tls require", 25), "|")
	if want := "send AUTH PLAIN, or|SCRAM-SHA-256 with --tls|require"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A log that is too long is not passed over in silence: its end is where the error is.
func TestALongLogIsSaidToBeCut(t *testing.T) {
	for name, test := range map[string]struct {
		log   string
		notes int
		said  string
	}{
		"short":      {"550 5.7.1 relay access denied\n", 1, ""},
		"all of it":  {strings.Repeat("x\n", explain.MaxLogLines), 1, ""},
		"lines":      {strings.Repeat("x\n", explain.MaxLogLines+1), 0, "only the first 100000 lines"},
		"bytes":      {strings.Repeat("x", mostOfALog), 0, "of the first 16 MiB"},
		"many notes": {"550 5.7.1 relay access denied\n", explain.MaxNotes, "the first 50 lines that matter"},
	} {
		var said strings.Builder
		sayUnread(&said, []byte(test.log), test.notes)
		if (said.String() == "") != (test.said == "") || !strings.Contains(said.String(), test.said) {
			t.Errorf("%s: it says %q, want %q", name, said.String(), test.said)
		}
	}
}
