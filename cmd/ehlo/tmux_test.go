//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
	"ehlo/transcripts"
)

// terminal is the real program on a real terminal, driven as a person does.
type terminal struct {
	t      *testing.T
	socket string
	state  string // where its transcripts are
}

// newTerminal starts the program in tmux at the size of a small projector. Without tmux the test is skipped, in CI it
// fails.
func newTerminal(t *testing.T, env []string, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("tmux is missing: .ci/install installs it")
		}
		t.Skip("tmux is missing: the walk on a real terminal is left out")
	}
	s := &terminal{t, filepath.Join(t.TempDir(), "tmux"), t.TempDir()}
	line := "exec env EHLO_AS_PROGRAM=1 XDG_STATE_HOME=" + s.state + " " + shellWords(append(append(env, os.Args[0]), args...))
	s.tmux("new-session", "-d", "-x", "80", "-y", "24", line)
	t.Cleanup(func() { exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	return s
}

func shellWords(words []string) string {
	for i, w := range words {
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

func (s *terminal) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket, "-f", os.DevNull}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (s *terminal) screen() string { return s.tmux("capture-pane", "-p") }

// transcripts are what the program has kept so far.
func (s *terminal) transcripts() (text string) {
	files, _ := filepath.Glob(filepath.Join(s.state, "ehlo", "transcripts", "*"))
	for _, f := range files {
		text += read(s.t, f)
	}
	return text
}

// await waits, within a bound, until the screen shows one of the texts, and says which.
func (s *terminal) await(texts ...string) string {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		screen := s.screen()
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return text
			}
		}
		time.Sleep(20 * time.Millisecond) // another program's screen: bounded polling
	}
	s.t.Fatalf("none of %q on the screen:\n%s", texts, s.screen())
	return ""
}

// enterUntil presses Enter until a text is there; every press waits for the screen to change.
func (s *terminal) enterUntil(texts ...string) string {
	s.t.Helper()
	for range 40 {
		before := s.screen()
		for _, text := range texts {
			if strings.Contains(before, text) {
				return text
			}
		}
		s.tmux("send-keys", "Enter")
		for deadline := time.Now().Add(10 * time.Second); s.screen() == before; {
			if time.Now().After(deadline) {
				s.t.Fatalf("Enter changes nothing, and there is not one of %q:\n%s", texts, before)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	s.t.Fatalf("Enter never leads to any of %q:\n%s", texts, s.screen())
	return ""
}

// Enter alone walks the whole session; resizing in the middle of it does no harm.
func TestTerminalWalk(t *testing.T) {
	t.Parallel()
	s := newTerminal(t, nil, "lab")
	s.await("look up mail.lab")
	s.enterUntil("EHLO laptop.lab.test")
	s.tmux("resize-window", "-x", "120", "-y", "40")
	s.enterUntil("authenticated as ann")
	s.tmux("resize-window", "-x", "60", "-y", "16")
	s.enterUntil("✓ done") // an Enter may come while the step before it is drawn
	if screen := s.screen(); strings.Contains(screen, "tulip") {
		t.Errorf("a password is on the screen\n%s", screen)
	}
	s.tmux("send-keys", "C-c")
}

// Who gives no password at the prompt goes on without one: the credentials can be given later.
func TestTerminalWithoutAPassword(t *testing.T) {
	s := newTerminal(t, []string{"env", "-u", "EHLO_PASSWORD"}, "connect", "submission://127.0.0.1:2587", "--user", "zoe")
	s.await("empty continues without")
	s.tmux("send-keys", "Enter")
	s.await("enter do it")
	s.tmux("send-keys", "c")
	s.await("credentials")
	if screen := s.screen(); !strings.Contains(screen, "zoe") || !strings.Contains(screen, "none") {
		t.Errorf("the form is not that of zoe without a password\n%s", screen)
	}
	s.tmux("send-keys", "C-c")
}

// A process that is killed leaves a transcript with all that the screen had shown, and it opens.
func TestTerminalKilled(t *testing.T) {
	t.Parallel()
	s := newTerminal(t, nil, "lab")
	s.await("look up mail.lab")
	s.enterUntil("authenticated as ann")
	shown := s.screen()
	s.tmux("set-option", "remain-on-exit", "on")
	pid, err := strconv.Atoi(strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}")))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(s.state, "ehlo", "transcripts", "*"))
	if len(files) != 1 {
		t.Fatalf("transcripts: %v", files)
	}
	f, err := transcripts.Open(files[0])
	if err != nil || f.Damage() != nil {
		t.Fatal(err, f.Damage())
	}
	defer f.Close()
	if last := f.At(f.Len() - 1); last.State == nil || last.State.User != "ann" {
		t.Errorf("the file ends with %+v, the screen with\n%s", last, shown)
	}
}

// Every mechanism that a real Dovecot offers, in the explorer, with the right secret and a wrong one.
func TestTerminalMechanisms(t *testing.T) {
	p := newPostfix(t)
	for _, way := range p.dovecots() {
		for _, mechanism := range way.offered {
			info, _ := sasl.Lookup(mechanism)
			if way.name != "Postfix" && info.Needs != sasl.NeedsCertificate { // the others have been seen there
				continue
			}
			for name, a := range p.attempts(mechanism) {
				wire := newWiretap(t, way.address)
				s := newTerminal(t, []string{"env", a.environment + "=" + a.secret},
					append(append([]string{"connect"}, p.trust("submission://"+wire.address, "--keylog", wire.keys)...), a.args...)...)
				s.await("next")
				if got := s.enterUntil("· logged in", "535 5.7.8"); !strings.HasPrefix(a.shown, got) {
					t.Errorf("%s %s: %q, want %q\n%s", mechanism, name, got, a.shown, s.screen())
				}
				screen := s.screen()
				s.tmux("send-keys", "C-c")
				if a.secret == "" {
					continue
				}
				if found := leaktest.Find(screen+s.transcripts(), wire.needles(t, a.secret)); found != "" {
					t.Errorf("%s %s: %s", mechanism, name, found)
				}
			}
		}
	}
}
