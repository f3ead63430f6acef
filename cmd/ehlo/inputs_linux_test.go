package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"ehlo/session/record"
	"ehlo/ui/ptytest"
)

// started is the real program while it runs.
type started struct {
	*exec.Cmd
	out    bytes.Buffer
	before [4]uint32 // the modes of its terminal
}

// start runs the program in a session of its own, so that no signal of it reaches the tests.
func start(t *testing.T, in *os.File, args ...string) *started {
	t.Helper()
	s := &started{Cmd: exec.Command(os.Args[0], args...)}
	s.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+t.TempDir())
	s.Stdout, s.Stderr = &s.out, &s.out
	if in != nil {
		s.Stdin = in
	}
	s.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	return s
}

// ends waits for the end, and wants an exit code and a text.
func (s *started) ends(t *testing.T, exit record.Exit, text string) {
	t.Helper()
	s.Wait()
	if got := record.Exit(s.ProcessState.ExitCode()); got != exit || !strings.Contains(s.out.String(), text) {
		t.Errorf("%v: exit %d, want %d and %q in\n%s", s.Args[1:], got, exit, text, s.out.String())
	}
}

func fifo(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// beRead waits until a program reads the pipe, and then writes nothing.
func beRead(t *testing.T, path string) {
	t.Helper()
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
}

// Nobody ever writes to a pipe that a flag names. An interrupt ends the wait, and what was waited for is said.
func TestAPipeThatStaysEmptyIsInterrupted(t *testing.T) {
	for _, flag := range []string{"--password-file", "--token-file", "--data", "--ca", "--cert"} {
		for _, command := range [][]string{{"run"}, {"connect", "--plain"}} {
			for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
				t.Run(strings.Join(append(command[:len(command):len(command)], flag, sig.String()), " "), func(t *testing.T) {
					t.Parallel()
					path := fifo(t, "pipe")
					args := append(command[:len(command):len(command)], "127.0.0.1", "--user", "ann@lab.test", "--to", "bob@lab.test", flag, path)
					if flag == "--cert" {
						args = append(args, "--key", path)
					}
					s := start(t, nil, args...)
					beRead(t, path)
					s.Process.Signal(sig)
					s.ends(t, record.ExitStopped, flag+": interrupted while waiting for ")
				})
			}
		}
	}
}

// Standard input stays open and silent.
func TestStandardInputIsInterrupted(t *testing.T) {
	for _, flag := range []string{"--password-file", "--token-file", "--data"} {
		in, err := os.OpenFile(fifo(t, "in"), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		keys := filepath.Join(t.TempDir(), "keys") // it is made before standard input is read
		s := start(t, in, "run", "127.0.0.1", "--user", "ann@lab.test", "--to", "bob@lab.test", flag, "-", "--keylog", keys)
		for _, err := os.Stat(keys); err != nil; _, err = os.Stat(keys) {
			runtime.Gosched()
		}
		s.Process.Signal(os.Interrupt)
		s.ends(t, record.ExitStopped, flag+": interrupted while waiting for standard input")
	}
}

// A command that asks for a password is ended with the program, and so is all that it started.
func TestAPasswordCommandIsInterrupted(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		path := fifo(t, "pids")
		s := start(t, nil, "run", "127.0.0.1", "--user", "ann@lab.test", "--password-command", "(sleep 600 & echo $!; exec sleep 600) >"+path)
		pipe, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer pipe.Close()
		lines := bufio.NewScanner(pipe)
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		s.Process.Signal(sig)
		s.ends(t, record.ExitStopped, "--password-command: interrupted while waiting for the command")
		if lines.Scan() { // else the pipe's last writer has gone
			t.Errorf("%q", lines.Text())
		}
	}
}

// onBareTerminal starts the program where a person can type. What it prints comes to the terminal.
func onBareTerminal(t *testing.T, args ...string) (person, terminal *os.File, s *started) {
	t.Helper()
	person, terminal = ptytest.Open(t)
	s = &started{Cmd: exec.Command(os.Args[0], args...)}
	s.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+t.TempDir(), "TERM=xterm")
	s.Stdin, s.Stdout, s.Stderr = terminal, terminal, terminal
	s.before = modes(t, terminal)
	s.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	return person, terminal, s
}

// shows reads the terminal until a text has come, and nothing after it.
func shows(t *testing.T, person *os.File, text string) {
	t.Helper()
	var all strings.Builder
	for buf := make([]byte, 1); !strings.Contains(all.String(), text); {
		n, err := person.Read(buf)
		if all.Write(buf[:n]); err != nil {
			t.Fatalf("%q never came: %q", text, all.String())
		}
	}
}

// Ctrl-C at the prompt for a password ends the program, and the terminal is as it was.
func TestCtrlCAtThePasswordPrompt(t *testing.T) {
	person, terminal, s := onBareTerminal(t, "run", "127.0.0.1", "--user", "ann")
	shows(t, person, "password of")
	for modes(t, terminal) == s.before {
		runtime.Gosched()
	}
	person.WriteString("tul\x03")
	shows(t, person, "interrupted while waiting for the password")
	if s.Wait(); record.Exit(s.ProcessState.ExitCode()) != record.ExitStopped || modes(t, terminal) != s.before {
		t.Errorf("%v, modes %v, were %v", s.ProcessState, modes(t, terminal), s.before)
	}
}

// Of several targets the first asks. Ctrl-C there is meant for all: the next one would take for a password what is typed for the shell.
func TestCtrlCAtThePasswordPromptOfMany(t *testing.T) {
	person, terminal, s := onBareTerminal(t, "run", "127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1", "--user", "ann")
	shows(t, person, "password of")
	for modes(t, terminal) == s.before {
		runtime.Gosched()
	}
	person.WriteString("\x03")
	for range 3 {
		shows(t, person, "127.0.0.1:1  stopped  130  interrupted")
	}
	if s.Wait(); record.Exit(s.ProcessState.ExitCode()) != record.ExitStopped || modes(t, terminal) != s.before {
		t.Errorf("%v, modes %v, were %v", s.ProcessState, modes(t, terminal), s.before)
	}
}

// A password command may ask on the terminal, ctrl-c there reaches it, and the program ends with it.
func TestAPasswordCommandHasTheTerminal(t *testing.T) {
	command := `printf 'PIN: ' >/dev/tty; read pin </dev/tty; echo "got $pin." >/dev/tty; echo tulip-42`
	person, _, s := onBareTerminal(t, "run", "lab:", "--user", "ann", "--password-command", command)
	shows(t, person, "PIN: ")
	person.WriteString("1234\n")
	shows(t, person, "got 1234.")
	shows(t, person, "235")
	go new(bytes.Buffer).ReadFrom(person) // this terminal, not the next one
	if s.Wait(); s.ProcessState.ExitCode() != 0 {
		t.Error(s.ProcessState)
	}
	person, _, s = onBareTerminal(t, "run", "lab:", "-q", "--user", "ann", "--password-command", command)
	shows(t, person, "PIN: ")
	person.WriteString("\x03")
	shows(t, person, "--password-command: interrupted while waiting for the command")
	if s.Wait(); record.Exit(s.ProcessState.ExitCode()) != record.ExitStopped {
		t.Error(s.ProcessState)
	}
}

// With a shell: ctrl-z while a command or a prompt has the terminal stops the program too, and fg brings back both.
func TestCtrlZWhileSomethingIsAsked(t *testing.T) {
	command := `printf 'PIN: ' >/dev/tty; read pin </dev/tty; echo "got $pin." >/dev/tty; echo tulip-42`
	for name, test := range map[string]struct{ line, asks, answer, then string }{
		"command": {"run lab: -q --user ann --password-command \"$COMMAND\"", "PIN: ", "1234\n", "got 1234."},
		"prompt":  {"run 127.0.0.1:1 -q --user ann", "password of", "tulip\r", "127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			person, terminal := ptytest.Open(t)
			shell := exec.Command("bash", "--norc", "--noprofile", "-i")
			shell.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+t.TempDir(), "TERM=dumb", "PS1=ready$ ", "EHLO="+os.Args[0], "COMMAND="+command)
			shell.Stdin, shell.Stdout, shell.Stderr = terminal, terminal, terminal
			shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := shell.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { shell.Process.Kill(); shell.Wait() })
			shows(t, person, "ready$ ")
			person.WriteString("$EHLO " + test.line + "\n")
			shows(t, person, test.asks)
			person.WriteString("\x1a")
			shows(t, person, "Stopped")
			shows(t, person, "ready$ ")
			person.WriteString("fg\n")
			if name == "prompt" {
				shows(t, person, test.asks)
			}
			person.WriteString(test.answer)
			shows(t, person, test.then)
			shows(t, person, "ready$ ")
		})
	}
}

// What a message is spooled to has no name while the program runs, and is gone when it was killed.
func TestAMessageLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	path := fifo(t, "in")
	in, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	keys := filepath.Join(t.TempDir(), "keys")
	s := start(t, in, "run", "127.0.0.1", "--data", "-", "--from", "a@lab.test", "--to", "b@lab.test", "--keylog", keys)
	in.WriteString("Subject: x\n\n" + strings.Repeat("hello\n", 1000))
	spooled(t, s.Process.Pid, dir)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	s.Process.Kill()
	s.Wait()
}

// spooled waits until a process has a file of a directory open.
func spooled(t *testing.T, pid int, dir string) {
	t.Helper()
	for {
		open, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
		for _, fd := range open {
			if file, _ := os.Readlink(fd); strings.HasPrefix(file, dir) && strings.HasSuffix(file, "(deleted)") {
				return
			}
		}
		runtime.Gosched()
	}
}
