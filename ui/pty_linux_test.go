package ui

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ehlo/session/lab/waitingtest"
	"ehlo/ui/ptytest"
)

// The tests here run this test binary again as a program on a pseudo-terminal that never answers, as TERM=xterm-256color
// without a terminal emulator behind it.

// inside names what the program on the pseudo-terminal is to do.
const inside = "EHLO_UI_TEST_INSIDE"

func TestMain(m *testing.M) {
	switch os.Getenv(inside) {
	case "nothing":
		return
	case "home":
		fmt.Println("result:", App{}.Home(context.Background()))
		return
	case "live":
		_, err := App{}.Live(context.Background(), newScene().live())
		fmt.Println("result:", err)
		return
	case "shell":
		shell()
		return
	}
	waitingtest.Beside()
	os.Exit(apart(m))
}

// apart runs the tests with a folder of their own for what is copied to files: a test that runs beside others has no environment of its own.
func apart(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ehlo-ui-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("TMPDIR", dir)
	return m.Run()
}

// shell runs the program as a job, and brings it back to the foreground when a person has pressed Enter, or kills it where it is after a k.
func shell() {
	job := exec.Command(os.Args[0])
	job.Env = append(os.Environ(), inside+"=live")
	job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
	job.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true}
	if err := job.Start(); err != nil {
		fmt.Println(err)
		return
	}
	signal.Ignore(syscall.SIGTTOU) // it takes the terminal back; the job would inherit that
	for {
		var status syscall.WaitStatus
		syscall.Wait4(job.Process.Pid, &status, syscall.WUNTRACED, nil)
		unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, os.Getpid())
		if !status.Stopped() {
			fmt.Println("ended")
			return
		}
		fmt.Println("stopped", job.Process.Pid)
		line := make([]byte, 100)
		if os.Stdin.Read(line); line[0] == 'k' {
			syscall.Kill(-job.Process.Pid, syscall.SIGTERM)
		} else {
			unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, job.Process.Pid)
		}
		syscall.Kill(-job.Process.Pid, syscall.SIGCONT)
	}
}

// onPty starts the program. The returned file is the terminal: what the program writes, and what a person types.
func onPty(t *testing.T, what string) (master *os.File, child *exec.Cmd) {
	t.Helper()
	return onPtyOf(t, what, 80, 24)
}

// onPtyOf starts it on a terminal of that size.
func onPtyOf(t *testing.T, what string, width, height uint16) (master *os.File, child *exec.Cmd) {
	t.Helper()
	master, slave := ptytest.Open(t)
	defer slave.Close()
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height}); err != nil {
		t.Fatal(err)
	}
	child = exec.Command(os.Args[0])
	child.Env = []string{"TERM=xterm-256color", inside + "=" + what}
	child.Stdin, child.Stdout, child.Stderr = slave, slave, slave
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill(); child.Wait() })
	return master, child
}

// awaits reads until a text has come.
func awaits(t *testing.T, master *os.File, text string) string {
	t.Helper()
	var got bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(got.String(), text) {
		n, err := master.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			t.Fatalf("%q never came (%v): %q", text, err, got.String())
		}
	}
	return got.String()
}

// drained is all that is left, up to the end of the program.
func drained(master *os.File) string {
	var got bytes.Buffer
	got.ReadFrom(master) // ends with EIO when the last writer has gone
	return got.String()
}

// Importing Bubble Tea asks the terminal for its colors unless package background comes first. A program that only
// starts and ends has to write nothing at all.
func TestStartingAsksTheTerminalNothing(t *testing.T) {
	began := time.Now()
	master, child := onPty(t, "nothing")
	if got := drained(master); got != "" {
		t.Errorf("the program wrote %q", got)
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("started and ended within %v", time.Since(began))
}

func TestTheScreenOnAPty(t *testing.T) {
	master, child := onPty(t, "live")
	got := awaits(t, master, "mail.lab")
	for _, query := range []string{"\x1b]10;", "\x1b]11;", "\x1b[6n", "\x1b[c"} {
		if strings.Contains(got, query) {
			t.Errorf("the terminal was asked %q", query)
		}
	}
	master.WriteString("\r")
	awaits(t, master, "127.0.0.1")
	master.WriteString("\x03")
	rest := drained(master)
	for _, want := range []string{"\x1b[?1049l", "\x1b[?25h", "\x1b[?7h", "transcript: /state/ehlo/one.ehlo.ndjson", "result: interrupted"} {
		if !strings.Contains(rest, want) {
			t.Errorf("%q is not in %q", want, rest)
		}
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

// written is all that the program writes until nothing has come for a while.
func written(t *testing.T, master *os.File, quiet time.Duration) string {
	t.Helper()
	var got bytes.Buffer
	buf := make([]byte, 64<<10)
	for {
		ready := []unix.PollFd{{Fd: int32(master.Fd()), Events: unix.POLLIN}}
		if n, err := unix.Poll(ready, int(quiet.Milliseconds())); err == unix.EINTR {
			continue
		} else if err != nil || n == 0 {
			return got.String()
		}
		n, err := master.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			return got.String()
		}
	}
}

// A key costs what it changes: a row of the selection and its explanation at most 4 KB at 120×40, two rows of the same
// explanation 600 bytes. While the program waits for a person it writes nothing.
func TestAKeyWritesLittle(t *testing.T) {
	t.Parallel()
	master, _ := onPtyOf(t, "live", 120, 40)
	screen := ptytest.NewScreen(120, 40)
	until(t, master, screen, func() bool { return strings.HasPrefix(proposed(screen), "look up") })
	for range 12 {
		before := proposed(screen)
		master.WriteString("\r")
		until(t, master, screen, func() bool { now := proposed(screen); return now != "" && now != before })
	}
	least, most := 1<<20, 0
	for range 10 {
		at := selected(screen)
		master.WriteString("k")
		n := until(t, master, screen, func() bool { return selected(screen) == at-1 }) // the row below is written last
		least, most = min(least, n), max(most, n)
	}
	if t.Logf("between %d and %d bytes", least, most); least > 600 || most > 4096 {
		t.Errorf("a row up wrote between %d and %d bytes", least, most)
	}
	written(t, master, 300*time.Millisecond)
	if idle := written(t, master, 1500*time.Millisecond); idle != "" {
		t.Errorf("while it waits the program writes %q", idle)
	}
	master.WriteString("\x03")
	drained(master)
}

// until reads until the screen is as it is awaited, and says how many bytes that took. A step that is not done yet, or a frame that
// is written late, is waited for.
func until(t *testing.T, master *os.File, screen *ptytest.Screen, holds func() bool) (n int) {
	t.Helper()
	buf := make([]byte, 64<<10)
	for !holds() {
		got, err := master.Read(buf)
		if n += got; err != nil {
			t.Fatalf("%v, and the screen is\n%s", err, screen)
		}
		screen.Write(buf[:got])
	}
	return n
}

// proposed is the step that the bar proposes; empty while one runs.
func proposed(screen *ptytest.Screen) string {
	_, bar, _ := strings.Cut(screen.String(), "\n─ next")
	_, bar, _ = strings.Cut(bar, "\n")
	step, _, _ := strings.Cut(bar, "\n")
	step, ok := strings.CutPrefix(step, " › ")
	if !ok {
		return ""
	}
	return step
}

// selected is the line of the row that is selected, -1 while none or more than one is.
func selected(screen *ptytest.Screen) int {
	at := -1
	for i, line := range strings.Split(screen.String(), "\n") {
		switch {
		case strings.HasPrefix(line, "›") && at >= 0:
			return -1
		case strings.HasPrefix(line, "›"):
			at = i
		}
	}
	return at
}

func TestSignalsEndTheScreenCleanly(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		master, child := onPty(t, "live")
		awaits(t, master, "mail.lab")
		child.Process.Signal(sig)
		if rest := drained(master); !strings.Contains(rest, "\x1b[?1049l") || !strings.Contains(rest, "result: interrupted") {
			t.Errorf("%v: %q", sig, rest)
		}
		if err := child.Wait(); err != nil {
			t.Error(sig, err)
		}
	}
}

// Where standard input is something else the keys come from the terminal all the same.
func TestKeysBesideAnotherInput(t *testing.T) {
	master, slave := ptytest.Open(t)
	child := exec.Command(os.Args[0])
	child.Env = []string{"TERM=xterm-256color", inside + "=live"}
	child.Stdout, child.Stderr = slave, slave
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill(); child.Wait() })
	slave.Close()
	awaits(t, master, "mail.lab")
	master.WriteString("\x03")
	if rest := drained(master); !strings.Contains(rest, "\x1b[?1049l") || !strings.Contains(rest, "result: interrupted") {
		t.Errorf("%q", rest)
	}
}

// A terminal that does not read keeps the program neither from ending nor from putting it back.
func TestTheEndOnATerminalThatDoesNotRead(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "ctrl-c": 0} {
		master, child := onPty(t, "live")
		awaits(t, master, "mail.lab")
		for i := range 40 { // many large frames that nobody reads
			unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 300, Row: uint16(100 + i%2)})
			time.Sleep(20 * time.Millisecond)
		}
		if sig != 0 {
			child.Process.Signal(sig)
		} else {
			master.WriteString("\x03")
		}
		if err := child.Wait(); err != nil {
			t.Error(name, err)
		}
		if rest := drained(master); !strings.Contains(rest, "\x1b[?1049l") || !strings.Contains(rest, "result: interrupted") {
			t.Errorf("%s: %q", name, rest)
		}
	}
}

// A job that is stopped leaves the terminal to the shell, and its screen is there again when it goes on, however it was
// stopped.
func TestAStoppedJobComesBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stop func(t *testing.T, master *os.File, job int)
		left string // the screen is left before the stop
	}{
		"ctrl-z":  {func(_ *testing.T, master *os.File, _ int) { master.WriteString("\x1a") }, "\x1b[?1049l"},
		"SIGTSTP": {func(_ *testing.T, _ *os.File, job int) { syscall.Kill(job, syscall.SIGTSTP) }, ""},
		"SIGSTOP": {func(_ *testing.T, _ *os.File, job int) { syscall.Kill(job, syscall.SIGSTOP) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			master, child := onPty(t, "shell")
			awaits(t, master, "enter")
			for range 2 {
				test.stop(t, master, foreground(t, master))
				if out := awaits(t, master, "stopped"); !strings.Contains(out, test.left) {
					t.Errorf("the screen was not left: %q", out)
				}
				master.WriteString("\n")
				redrawn(t, master)
			}
			master.WriteString("\x03")
			if out := awaits(t, master, "ended"); !strings.Contains(out, "result: interrupted") {
				t.Errorf("%q", out)
			}
			child.Wait()
		})
	}
}

// A stopped job that is killed ends at once, however it was stopped: it does not ask for a terminal that is the shell's. One that was stopped
// without a warning has left the terminal as a program on it has it.
func TestAStoppedJobIsKilled(t *testing.T) {
	for name, stop := range map[string]func(master *os.File, job int){
		"ctrl-z":  func(master *os.File, _ int) { master.WriteString("\x1a") },
		"SIGTSTP": func(_ *os.File, job int) { syscall.Kill(job, syscall.SIGTSTP) },
		"SIGSTOP": func(_ *os.File, job int) { syscall.Kill(job, syscall.SIGSTOP) },
	} {
		t.Run(name, func(t *testing.T) {
			master, child := onPty(t, "shell")
			awaits(t, master, "enter")
			stop(master, foreground(t, master))
			awaits(t, master, "stopped")
			master.WriteString("k\n")
			rest := drained(master)
			if strings.Contains(rest, "\x1b[?1049h") || !strings.Contains(rest, "result: interrupted") || strings.Contains(rest, "stopped") {
				t.Errorf("%q", rest)
			}
			child.Wait()
		})
	}
}

// redrawn waits until the screen is there again.
func redrawn(t *testing.T, master *os.File) {
	t.Helper()
	_, screen, _ := strings.Cut(awaits(t, master, "\x1b[?1049h"), "\x1b[?1049h")
	if !strings.Contains(screen, "mail.lab") {
		awaits(t, master, "mail.lab")
	}
}

// foreground is the job that has the terminal.
func foreground(t *testing.T, master *os.File) int {
	t.Helper()
	group, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPGRP)
	if err != nil {
		t.Fatal(err)
	}
	return group
}

// Where no shell could continue the program Ctrl-Z does not take it away.
func TestCtrlZWithoutAShell(t *testing.T) {
	master, _ := onPty(t, "live")
	awaits(t, master, "enter")
	for range 2 {
		master.WriteString("\x1a")
		redrawn(t, master)
	}
	master.WriteString("\x03")
	if rest := drained(master); !strings.Contains(rest, "result: interrupted") {
		t.Errorf("%q", rest)
	}
}

func TestATerminalThatGoesAwayEndsTheProgram(t *testing.T) {
	master, child := onPty(t, "live")
	awaits(t, master, "mail.lab")
	master.Close()
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

// So does one that nobody tells it about: it has no signals to send to a program that it does not control.
func TestATerminalThatGoesAwaySilentlyEndsTheProgram(t *testing.T) {
	master, slave := ptytest.Open(t)
	child := exec.Command(os.Args[0])
	child.Env = []string{"TERM=xterm-256color", inside + "=live"}
	child.Stdin, child.Stdout, child.Stderr = slave, slave, slave
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	slave.Close()
	awaits(t, master, "mail.lab")
	master.Close()
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

func TestNoTerminalIsAnError(t *testing.T) {
	child := exec.Command(os.Args[0])
	child.Env = []string{"TERM=xterm-256color", inside + "=live"}
	out, err := child.Output()
	if err != nil || !strings.Contains(string(out), "the screen needs a terminal") || strings.Contains(string(out), "\x1b") {
		t.Errorf("%v: %q", err, out)
	}
}
