//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package job

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"ehlo/cmd/ehlo/input"
)

func TestOutput(t *testing.T) {
	for line, want := range map[string]string{"echo one; echo two": "one\ntwo\n", "true": "", "printf 12345678": "12345678"} {
		if out, err := (Command{Line: line}).Output(t.Context(), 8); err != nil || string(out) != want {
			t.Errorf("%s: %q, %v", line, out, err)
		}
	}
	for line, want := range map[string]string{"exit 3": "exit status 3", "kill -9 $$": "signal: killed", "kill -2 $$": "interrupted", "exit 130": "interrupted",
		"printf 123456789": "more than 8 bytes", "yes": "more than 8 bytes"} {
		if out, err := (Command{Line: line}).Output(t.Context(), 8); err == nil || err.Error() != want {
			t.Errorf("%s: %q, error %v, want %s", line, out, err, want)
		}
	}
}

// What a command leaves running, as an agent, may hold its output open, and goes on.
func TestWhatIsLeftRunning(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	out, err := (Command{Line: "echo secret; sleep 600 & echo $! >&2", Stderr: write}).Output(t.Context(), 100)
	if err != nil || string(out) != "secret\n" {
		t.Errorf("%q, %v", out, err)
	}
	agent := numbers(t, read, 1)[0]
	if !runs(agent) {
		t.Error("it was ended too")
	}
	syscall.Kill(agent, syscall.SIGKILL)
}

func TestEnvironment(t *testing.T) {
	t.Setenv("EHLO_PASSWORD", "tulip-42")
	t.Setenv("EHLO_OTHER", "kept")
	out, err := (Command{Line: "env", Without: []string{"EHLO_PASSWORD"}}).Output(t.Context(), 1<<20)
	if err != nil || strings.Contains(string(out), "EHLO_PASSWORD") || strings.Contains(string(out), "tulip-42") || !strings.Contains(string(out), "EHLO_OTHER=kept") {
		t.Errorf("%v in\n%s", err, out)
	}
}

// A wait that ends takes the command with it, and all that it started, also what does not listen to a kind word.
func TestCancelEndsAll(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"children": "sleep 600 & echo $! >&2; sleep 600 & echo $! >&2; echo $$ >&2; wait",
		"deaf":     "trap '' TERM; (echo $(exec sh -c 'echo $PPID') >&2; while :; do sleep 600; done) & echo $! >&2; echo $$ >&2; wait",
	} {
		t.Run(name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := (Command{Line: line, Stderr: write}).Output(ctx, 100)
				failed <- err
			}()
			pids := numbers(t, read, 3)
			cancel()
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			for _, pid := range pids {
				gone(pid)
			}
		})
	}
}

func numbers(t *testing.T, f *os.File, count int) (list []int) {
	t.Helper()
	for lines := bufio.NewScanner(f); len(list) < count && lines.Scan(); {
		n, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// gone waits for the end of a process that was killed.
func gone(pid int) {
	for runs(pid) {
		runtime.Gosched()
	}
}

// runs reports whether a process is there and no zombie, which only waits to be counted.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestTooMuchEndsTheCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	_, err := (Command{Line: "echo $$ >" + path + "; yes; sleep 600"}).Output(t.Context(), 64<<10)
	if _, ok := errors.AsType[*input.LargeError](err); !ok {
		t.Error(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || runs(pid) {
		t.Errorf("process %d is still there, %v", pid, err)
	}
}
