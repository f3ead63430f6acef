package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/lab"
	"ehlo/session/record"
)

// practiceServer serves the practice server on loopback until the test ends, and gives its submission address and its CA's file.
func practiceServer(t *testing.T) (server, ca string) {
	t.Helper()
	sc, err := lab.Find("")
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, l.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, at := range l.Listeners() {
		if at.Role == "submission" {
			server = at.Addr
		}
	}
	return server, ca
}

// ran is a command line without a screen: its exit code, and all that it printed.
func ran(t *testing.T, args ...string) (record.Exit, string) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	exit := execute(t.Context(), args, streams{os.Stdin, out, out})
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return exit, string(text)
}

// savedAt is the store of a test, which the program finds where this user's would be.
func savedAt(t *testing.T) saved.Store {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("EHLO_PASSWORD", "tulip-42")
	store, err := saved.Open()
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// A target is saved with what was asked for and no secret, and met by its name. Another certificate than the one it showed is
// pointed at once, and is the known one from then on.
func TestSavedTarget(t *testing.T) {
	store := savedAt(t)
	server, ca := practiceServer(t)
	exit, out := ran(t, "run", server, "--tls", "require", "--server-name", "mail.lab", "--ca", ca, "--user", "ann", "--ehlo-name", "laptop.example", "--until", "auth", "--save", "work")
	if exit != record.ExitOK || !strings.Contains(out, "saved as @work") {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	got, err := store.Find("work")
	if err != nil || got.Known == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	known := got.Known
	got.Known = nil
	if want := (saved.Target{Name: "work", Server: server, TLS: "require", User: "ann", EHLOName: "laptop.example", ServerName: "mail.lab", CA: ca}); got != want {
		t.Errorf("saved %+v", got)
	}
	if text, _ := os.ReadFile(store.Path()); bytes.Contains(text, []byte("tulip")) {
		t.Errorf("a secret is in the file: %s", text)
	}
	exit, out = ran(t, "run", "@Work", "--until", "auth")
	if exit != record.ExitOK || strings.Contains(out, "cert-changed") || !strings.Contains(out, "EHLO laptop.example") || !strings.Contains(out, "logged in ann") {
		t.Errorf("met again: exit %d\n%s", exit, out)
	}
	moved, otherCA := practiceServer(t)
	got.Server, got.CA, known.Server = moved, otherCA, moved
	got.Known = known
	if err := store.Save(got); err != nil {
		t.Fatal(err)
	}
	for _, changed := range []bool{true, false} {
		exit, out = ran(t, "run", "@work", "--until", "auth")
		if exit != record.ExitOK || strings.Contains(out, "cert-changed") != changed {
			t.Errorf("changed %v: exit %d\n%s", changed, exit, out)
		}
	}
}

// A certificate that failed verification is remembered where someone accepted it, and not where the session ended for it.
func TestUnverifiedRemembered(t *testing.T) {
	store := savedAt(t)
	server, _ := practiceServer(t)
	if exit, out := ran(t, "run", server, "--tls", "require", "--until", "ehlo-again", "--save", "odd"); exit != record.ExitCertificate {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	if got, err := store.Find("odd"); err != nil || got.Known != nil {
		t.Errorf("not accepted: %+v, %v", got, err)
	}
	if exit, out := ran(t, "run", "@odd", "--until", "ehlo-again", "--allow-unverified"); exit != record.ExitOK {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	if got, err := store.Find("odd"); err != nil || got.Known == nil {
		t.Errorf("accepted: %+v, %v", got, err)
	}
}

// What cannot be saved or found ends with a usage error that says so, before anything is sent.
func TestNotSaved(t *testing.T) {
	store := savedAt(t)
	if err := store.Save(saved.Target{Name: "work", Server: "127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"run @wrok":                            "no saved target has this name",
		"run @wo":                              "did you mean @work?",
		"run @":                                "no saved target has this name",
		"run lab: --save x":                    "the practice server is not saved",
		"run 127.0.0.1:1 --save a/b":           "a name has 1 to 40",
		"run 127.0.0.1:1 --save \x1b[2J":       "a name has 1 to 40",
		"connect ann@127.0.0.1 --save a":       "use --user",
		"connect 127.0.0.1:x --plain --save a": "not a number",
	} {
		exit, out := ran(t, strings.Fields(line)...)
		if exit != record.ExitUsage || !strings.Contains(out, want) || strings.Contains(out, "\x1b") {
			t.Errorf("%q: exit %d\n%s", line, exit, out)
		}
	}
	if err := os.WriteFile(store.Path(), []byte(`{"format":"ehlo-targets/9"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"run @work", "run 127.0.0.1:1 --save work"} {
		if exit, out := ran(t, strings.Fields(line)...); exit != record.ExitUsage || !strings.Contains(out, "newer version") {
			t.Errorf("%q: exit %d\n%s", line, exit, out)
		}
	}
}

// The certificate that is known stands in the transcript: what is found of it can be worked out again.
func TestKnownIsRecorded(t *testing.T) {
	store := savedAt(t)
	known := record.KnownCertificate{Server: "127.0.0.1:1", SHA256: "AA"}
	if err := store.Save(saved.Target{Name: "work", Server: "127.0.0.1:1", Known: &known}); err != nil {
		t.Fatal(err)
	}
	_, out := ran(t, "run", "@work", "--json")
	var start record.Event
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &start); err != nil || start.Start.Known == nil || start.Start.Known.SHA256 != "AA" {
		t.Errorf("%v\n%s", err, out)
	}
}
