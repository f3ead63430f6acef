package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
	"ehlo/ui/ptytest"
)

// onTerminal runs the program on a pseudo-terminal, presses Enter whenever a step is proposed, w where that logs in, and
// ctrl-c when it has failed and still runs. It gives what came out, and checks that the terminal is as it was.
func onTerminal(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	master, slave := ptytest.Open(t)
	before := modes(t, slave)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	stuck := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer stuck.Stop()
	person := typist{keys: keysFor(cmd), at: "AUTH"}
	if slices.ContainsFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, crashing+"=screen answer") }) {
		person.at = sasl.Mask
	}
	var all bytes.Buffer
	var screen ptytest.Screen
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		default:
		}
		out := readSome(master)
		all.Write(out)
		screen.Write(out)
		left := strings.Contains(all.String(), "\x1b[?1049l") // behind that ctrl-c would be a signal
		if keys := person.answer(screen.String(), len(out) == 0, left); keys != "" {
			master.WriteString(keys)
		}
	}
	if after := modes(t, slave); after != before {
		t.Errorf("the terminal is left in another state: %+v, was %+v", after, before)
	}
	text := all.String()
	for _, want := range []string{"\x1b[?1049l", "\x1b[?25h"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q never came: the terminal is not put right", want)
		}
	}
	return text
}

// keysFor are what leads to the failure once AUTH is next.
func keysFor(cmd *exec.Cmd) string {
	for _, v := range cmd.Env {
		switch {
		case strings.HasPrefix(v, crashing+"=screen check"):
			return "w"
		case strings.HasPrefix(v, crashing+"=screen note"):
			return "nx\r"
		}
	}
	return "\r"
}

// typist knows what to press at what is on the screen.
type typist struct {
	keys     string
	at       string // how the step begins that leads to the failure
	answered string // the proposal that a key was pressed for
	typed    bool
	stopped  bool
}

// answer gives the keys for a screen that rests. One that has left the alternate screen takes none.
func (p *typist) answer(screen string, rests, left bool) string {
	next := proposal(screen)
	switch {
	case left, !rests, p.stopped:
	case strings.Contains(screen, "hlo failed inside"), p.typed && strings.Contains(screen, "esc stop waiting"): // or the step runs
		p.stopped = true
		return "\x03"
	case p.typed, next == "", next == p.answered:
	case strings.HasPrefix(next, p.at):
		p.typed = true
		return p.keys
	default:
		p.answered = next
		return "\r"
	}
	return ""
}

// proposal is the step that is next.
func proposal(screen string) string {
	_, step, _ := strings.Cut(screen, "\n › ")
	step, _, _ = strings.Cut(step, "\n")
	return step
}

// readSome waits a moment for output.
func readSome(master *os.File) []byte {
	fds := []unix.PollFd{{Fd: int32(master.Fd()), Events: unix.POLLIN}}
	if n, err := unix.Poll(fds, 50); err != nil || n == 0 {
		return nil
	}
	buf := make([]byte, 64<<10)
	n, _ := master.Read(buf)
	return buf[:max(n, 0)]
}

func modes(t *testing.T, terminal *os.File) [4]uint32 {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return [4]uint32{s.Iflag, s.Oflag, s.Cflag, s.Lflag}
}

// The screen fails: in the engine's step, in the engine's own goroutine, while it draws, while it takes a key, while it
// reads the session. It says so in the same way, the terminal is put right, and the transcript is whole.
func TestCrashOnTheScreen(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor&3pass"
	for _, where := range []string{"read auth-plain", "write auth-scram-sha-256", "write auth-xoauth2", "step auth-login", "check auth-plain", "check auth-oauthbearer", "note auth-cram-md5", "source auth-digest-md5", "answer auth-scram-sha-256", "answer auth-digest-md5"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			out, code, needles := crashed(t, "screen "+where, secret)
			checkCrash(t, out, code, needles)
		})
	}
}

// Ctrl-C while the server is waited for in the middle of AUTH ends the screen as anywhere else, and leaves no secret.
func TestInterruptOnTheScreen(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor&3pass"
	for _, scenario := range []string{"auth-plain", "auth-scram-sha-256", "auth-oauthbearer"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			out, code, needles := crashed(t, "screen wait "+scenario, secret)
			if record.Exit(code) != record.ExitStopped {
				t.Errorf("exit %d", code)
			}
			if found := leaktest.Find(out, needles); found != "" {
				t.Error(found)
			}
		})
	}
}
