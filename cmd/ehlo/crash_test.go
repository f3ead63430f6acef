package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/record"
	"ehlo/session/sasl/leaktest"
	"ehlo/session/setup"
	"ehlo/transcripts"
	"ehlo/ui"
)

// crashing names, in the environment, what of the program is to fail while it logs in, and where: "run read auth-plain".
// The parts are the program's own; only the connection, or the engine that the screen sees, is wrapped by something that
// panics with the secret as its words, as no careful code would.
const crashing = "EHLO_TEST_CRASH"

// crash is main with such a part.
func crash(how string) record.Exit {
	words := strings.Fields(how)
	mode, where, scenario := words[0], words[1], words[2]
	std := streams{os.Stdin, os.Stdout, os.Stderr}
	o := options{asked: as("ann"), output: os.Getenv("EHLO_TEST_OUTPUT"), plain: mode == "plain"}
	return report(os.Stderr, record.Try("the command", func() error {
		ctx := context.Background()
		p, err := o.setUp(ctx, std, "lab:"+scenario, false)
		if err != nil {
			return err
		}
		secret := os.Getenv("EHLO_PASSWORD") + os.Getenv("EHLO_TOKEN")
		tap, leave := tapWire(p)
		defer leave()
		switch where {
		case "read":
			atAuth(p, "Read", func(net.Conn) { panic("read after " + secret) })
		case "write":
			atAuth(p, "Write", func(net.Conn) { panic(fmt.Errorf("write of %s", secret)) })
		case "answer": // the response is out, with a proof in it
			atStep(p, "(*Session).respond", "Read", func(net.Conn) { panic(fmt.Sprint(secret, tap.Lines())) })
		case "wait": // what comes is swallowed, until the step is canceled
			atAuth(p, "Read", func(c net.Conn) { io.Copy(io.Discard, c) })
		}
		if mode == "run" {
			return (&runner{printing: printing{full: true}, o: o}).walk(ctx, std, p)
		}
		live := launched(p, p.Session(), nil, &shared{end: p.Close, exercise: course.Of})
		switch where {
		case "check", "note", "step":
			live.Engine = &failingEngine{live.Engine, where, secret}
		case "source":
			live.Source = &failingSource{live.Source, secret}
		}
		return exploreLive(ctx, std, &o, live)
	}))
}

// as is what someone asks for who logs in.
func as(user string) (r setup.Request) {
	r.Goal.Credentials.Username = user
	return r
}

// failingEngine fails where the screen calls it: while it draws, while it handles a key, in the engine's goroutine.
type failingEngine struct {
	ui.Engine
	where, secret string
}

func (e *failingEngine) Check(st record.Step) []string {
	if e.where == "check" {
		panic(e.secret + " in a frame")
	}
	return e.Engine.Check(st)
}

func (e *failingEngine) Note(n record.Note) {
	if e.where == "note" {
		panic(struct{ error }{errors.New(e.secret + n.Text)})
	}
	e.Engine.Note(n)
}

func (e *failingEngine) Do(ctx context.Context, st record.Step) error {
	if e.where == "step" && st.Verb == record.VerbAuth {
		panic([]string{e.secret, st.Credentials.Password.Reveal()})
	}
	return e.Engine.Do(ctx, st)
}

// failingSource fails when it is asked for what came in AUTH.
type failingSource struct {
	record.Source
	secret string
}

func (s *failingSource) At(i int) *record.Event {
	e := s.Source.At(i)
	if e.Kind == record.KindAuth {
		panic(s.secret)
	}
	return e
}

// crashed runs the program until it has failed, and gives all that is left of it, and what must not be in it.
func crashed(t *testing.T, how, secret string) (out string, code int, needles []leaktest.Needle) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	variable := "EHLO_PASSWORD"
	if strings.Contains(how, "oauth") {
		variable = "EHLO_TOKEN"
	}
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir, "TERM=xterm-256color", "NO_COLOR=1", crashing+"="+how, variable+"="+secret, onTheWire+"="+filepath.Join(dir, "wire"), "EHLO_TEST_OUTPUT="+filepath.Join(dir, "session.ehlo.ndjson"))
	if strings.HasPrefix(how, "screen") {
		out = onTerminal(t, cmd)
	} else {
		cmd.Stdin = strings.NewReader(strings.Repeat("\n", 20) + "q\n")
		printed, _ := cmd.CombinedOutput()
		out = string(printed)
	}
	if !strings.HasPrefix(how, "run") {
		out += transcriptIn(t, filepath.Join(dir, "ehlo", "transcripts"))
	} else {
		out += transcriptIn(t, dir)
	}
	return untold(out), cmd.ProcessState.ExitCode(), leaktest.Needles(readWire(t, filepath.Join(dir, "wire")), secret)
}

// transcriptIn is the one transcript that is left. It is whole, and has an end.
func transcriptIn(t *testing.T, dir string) string {
	t.Helper()
	files := glob(t, dir, "*.ndjson")
	if len(files) != 1 {
		t.Errorf("transcripts: %v", files)
		return ""
	}
	f, err := transcripts.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Damage() != nil || f.End() == nil {
		t.Errorf("damage %v, end %+v", f.Damage(), f.End())
	}
	return read(t, files[0])
}

// checkCrash holds what a crash has left against what it must leave, and must not.
func checkCrash(t *testing.T, out string, code int, needles []leaktest.Needle) {
	t.Helper()
	if record.Exit(code) != record.ExitInternal {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"ehlo failed inside", "a bug in ehlo", "  at ", "  in ehlo "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	for _, never := range []string{"goroutine ", "Caught panic", "panic:", " +0x"} {
		if strings.Contains(out, never) {
			t.Errorf("%q is in\n%s", never, out)
		}
	}
	if found := leaktest.Find(out, needles); found != "" {
		t.Error(found)
	}
}

// The program fails in the middle of AUTH, with every mechanism, while it reads and while it writes: what it prints and
// keeps says where, and nothing of what it was about.
func TestCrashInsideAuth(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor&3pass"
	for _, m := range secretKeepers {
		for _, where := range []string{"read", "write"} {
			for _, mode := range []string{"run", "plain"} {
				t.Run(strings.Join([]string{mode, where, m.scenario}, " "), func(t *testing.T) {
					t.Parallel()
					out, code, needles := crashed(t, mode+" "+where+" "+m.scenario, secret)
					checkCrash(t, out, code, needles)
				})
			}
		}
	}
}

// The program fails when it has sent what the password can be guessed from: neither that nor what it was computed from
// is in what it leaves.
func TestCrashBehindAProof(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor&3pass"
	for scenario, derived := range map[string]string{
		"auth-cram-md5": "digest", "auth-digest-md5": "rspauth", "auth-scram-sha-1": "proof on the wire", "auth-scram-sha-256": "proof on the wire",
		"auth-scram-sha-1-plus": "SaltedPassword", "auth-scram-sha-256-plus": "ServerSignature", "auth-login": "secret",
	} {
		for _, mode := range []string{"run", "plain"} {
			t.Run(mode+" "+scenario, func(t *testing.T) {
				t.Parallel()
				out, code, needles := crashed(t, mode+" answer "+scenario, secret)
				checkCrash(t, out, code, needles)
				if !slices.ContainsFunc(needles, func(n leaktest.Needle) bool { return n.What == derived }) {
					t.Errorf("%s was not looked for", derived)
				}
			})
		}
	}
}
