package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ehlo/cmd/ehlo/processors"
	"ehlo/session/lab/waitingtest"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(crashing) != "": // the program with something in it that fails
		os.Exit(int(crash(os.Getenv(crashing))))
	case os.Getenv("EHLO_AS_PROGRAM") != "": // the test binary stands for the program
		main()
	}
	testscript.Main(suite{m}, map[string]func(){"ehlo": main})
}

// suite runs the tests, where the binary is not the program. They have a home of their own, and none of a person's secrets.
type suite struct{ *testing.M }

func (s suite) Run() int {
	processors.All()
	waitingtest.Beside()
	waitingtest.InMemory()
	home, err := os.MkdirTemp("", "ehlo-state-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	os.Setenv("XDG_STATE_HOME", home)
	for _, name := range []string{"EHLO_PASSWORD", "EHLO_TOKEN"} { // a practice account has its own, and so has a scene
		os.Unsetenv(name)
	}
	return s.M.Run()
}

// TestScripts runs the real program under scripts that read like a shell session.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command and wants exactly one exit code: exits CODE COMMAND ARGS...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v exited with %d, want %d", args[1:], got, want)
	}
}

// onlyWith skips a test whose real server is missing, and fails it in CI: there a missing server is a fault.
func onlyWith(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	switch {
	case value != "":
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not set: the servers of .ci/servers are not running", name)
	default:
		t.Skipf("%s is not set: start the servers with .ci/servers", name)
	}
	return value
}
