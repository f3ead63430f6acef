package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// forms are a secret as it stands and in every encoding in which it could leave a program.
func forms(secret string) []string {
	list := []string{secret, hex.EncodeToString([]byte(secret)), url.QueryEscape(secret)}
	for shift := range 3 { // base64 within a longer text, in each of its three alignments
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		from, to := (shift*8+5)/6, (shift+len(secret))*8/6
		list = append(list, encoded[from:to])
	}
	return list
}

// runProgram runs the real program and returns all it printed, its files in dir included.
func runProgram(t *testing.T, dir string, env []string, args ...string) (string, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+dir), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	return out.String(), cmd
}

// Whole sessions with every mechanism, the right secret and a wrong one, as text and as JSON, with a transcript: no
// form of the secret is in any of it.
func TestNoSecretInAnyOutput(t *testing.T) {
	for _, mechanism := range []string{"plain", "login", "cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256",
		"scram-sha-1-plus", "scram-sha-256-plus", "xoauth2", "oauthbearer"} {
		for _, mode := range []string{"--full", "--json"} {
			variable, right, wrong := "EHLO_PASSWORD", "tulip-42", "Tr0ub4dor&3 pass"
			if strings.Contains(mechanism, "oauth") {
				variable, right, wrong = "EHLO_TOKEN", "practice-token-ann", "Tr0ub4dor/3+token"
			}
			for secret, want := range map[string]string{right: "235", wrong: "535"} {
				name := fmt.Sprintf("%s %s %s", mechanism, mode, want)
				out, _ := runProgram(t, t.TempDir(), []string{variable + "=" + secret},
					"run", "lab:auth-"+mechanism, "--user", "ann", mode, "-o", "session.ehlo.ndjson")
				if !strings.Contains(out, want) {
					t.Errorf("%s: no %s in\n%s", name, want, out)
				}
				for _, form := range forms(secret) {
					if strings.Contains(out, form) {
						t.Errorf("%s: %q is in the output", name, form)
					}
				}
			}
		}
	}
}

// The encodings that are looked for are the right ones: with --reveal they are found.
func TestSecretFormsAreFound(t *testing.T) {
	out, _ := runProgram(t, t.TempDir(), []string{"EHLO_PASSWORD=tulip-42"}, "run", "lab:auth-plain", "--user", "ann", "--reveal")
	found := 0
	for _, form := range forms("tulip-42") {
		if strings.Contains(out, form) {
			found++
		}
	}
	if found < 2 { // as it stands, and in one alignment of base64
		t.Errorf("%d forms found in\n%s", found, out)
	}
}

// The command line and the title of the process, which every user of the machine can read, hold no secret.
func TestNoSecretInTheProcessList(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the process list is read from /proc")
	}
	cmd := exec.Command(os.Args[0], "run", "lab:stall", "--user", "ann")
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "EHLO_PASSWORD=tulip-42")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if _, err := out.Read(make([]byte, 1)); err != nil { // it runs, and has its secret
		t.Fatal(err)
	}
	for _, name := range []string{"cmdline", "comm"} {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", cmd.Process.Pid, name))
		if err != nil || bytes.Contains(data, []byte("tulip")) {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}
