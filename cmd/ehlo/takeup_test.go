package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// said is ran with something typed.
func said(t *testing.T, typed string, args ...string) (record.Exit, string) {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, []byte(typed), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	exit := execute(t.Context(), args, streams{f, out, out})
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return exit, string(text)
}

// On a server other than the practice server a transcript has neither the CA nor the password: the guards ask, the password is
// typed, and it reaches neither the screen nor a file.
func TestTakeUpWithAServer(t *testing.T) {
	savedAt(t)
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	server, ca := practiceServer(t)
	path := filepath.Join(t.TempDir(), "one.ehlo.ndjson")
	if exit, out := ran(t, "run", server, "--tls", "require", "--server-name", "mail.lab", "--ca", ca, "--user", "ann", "--until", "auth", "-o", path); exit != record.ExitOK {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	t.Setenv("EHLO_PASSWORD", "for-another-server") // which is not where a transcript sends it
	at := lastOf(t, path, record.VerbAuth)
	exit, out := said(t, "j "+strconv.Itoa(at)+"\nlive\nyes\nyes\ntulip-42\nyes\nq\nq\n", "open", path, "--plain")
	for _, want := range []string{"a live session with " + strings.Replace(server, ":", " port ", 1), "although the certificate failed verification?", "password of ann:", "authenticated as ann",
		"you continue from here: all steps were repeated", "back in the transcript"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q (exit %d) in\n%s", want, exit, out)
		}
	}
	kept, err := filepath.Glob(filepath.Join(state, "ehlo", "transcripts", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v, %v", kept, err)
	}
	text, _ := os.ReadFile(kept[0])
	if strings.Contains(out+string(text), "tulip") || !strings.Contains(out, "password of ann:") {
		t.Error("the password is shown or kept")
	}
}

// lastOf is the number of the last event of a step in a transcript.
func lastOf(t *testing.T, path string, v record.Verb) (seq int) {
	t.Helper()
	f, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range f.Len() {
		if e := f.At(i); e.Step == v {
			seq = e.Seq
		}
	}
	return seq
}
