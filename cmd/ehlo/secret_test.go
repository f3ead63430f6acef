package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/record"
	"ehlo/session/sasl/leaktest"
	"ehlo/session/setup"
	"ehlo/transcripts"
	"ehlo/transcripts/export"
)

// secretKeepers are the mechanisms in which there is something to hide, with what the practice server takes for right.
var secretKeepers = []struct{ scenario, right, wrong string }{
	{"auth-plain", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-login", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-cram-md5", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-digest-md5", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-scram-sha-1", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-scram-sha-256", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-scram-sha-1-plus", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-scram-sha-256-plus", "tulip-42", "Tr0ub4dor&3 pass"},
	{"auth-xoauth2", "practice-token-ann", "Tr0ub4dor/3+token"},
	{"auth-oauthbearer", "practice-token-ann", "Tr0ub4dor/3+token"},
}

// writers are the ways in which a session is printed while it runs.
var writers = []string{"text", "quiet", "full", "json", "plain"}

// sitting is one session of the program in this process, with a tap on its connection.
type sitting struct {
	t        *testing.T
	scenario string
	secret   string
	writer   string
	reveal   bool
	stranger bool                                   // the server is like any other, whose secrets nobody is told
	mischief func(context.CancelFunc, *setup.Setup) // changes the plan; may be nil
}

// outputs is all that came of a sitting: what it printed, its transcript, and the transcript printed again in every
// way there is.
func (s sitting) outputs() (texts map[string]string, lines []leaktest.Line) {
	s.t.Helper()
	dir := s.t.TempDir()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	o := options{asked: as("ann"), output: filepath.Join(dir, "session.ehlo.ndjson"), passwordFile: secretInFile(s.t, dir, s.secret)}
	o.asked.Reveal = s.reveal
	if strings.Contains(s.scenario, "oauth") {
		o.tokenFile, o.passwordFile = o.passwordFile, ""
	}
	in, out := typedFile(s.t, dir, "in", strings.Repeat("\n", 20)+"q\n"), typedFile(s.t, dir, "out", "")
	std := streams{in, out, out}
	p, err := o.setUp(ctx, std, "lab:"+s.scenario, false)
	if err != nil {
		s.t.Fatal(err)
	}
	defer p.Close()
	tap := &leaktest.Tap{}
	p.Config.Dial, p.Config.TLS.KeyLog = tap.Dial(p.Config.Dial), tap.KeyLog()
	if s.stranger {
		p.Config.Public, p.Goal.Public = nil, nil
	}
	if s.mischief != nil {
		s.mischief(cancel, p)
	}
	report(out, s.walk(ctx, std, &o, p))
	texts = map[string]string{s.writer: untold(read(s.t, out.Name()))}
	for _, file := range glob(s.t, dir, "*.ndjson") {
		texts["transcript"] = read(s.t, file)
		for name, text := range again(s.t, dir, file) {
			texts[name] = text
		}
	}
	if texts["transcript"] == "" {
		s.t.Error("there is no transcript")
	}
	return texts, tap.Lines()
}

func (s sitting) walk(ctx context.Context, std streams, o *options, p *setup.Setup) error {
	if s.writer != "plain" {
		r := &runner{printing: printing{json: s.writer == "json", quiet: s.writer == "quiet", full: s.writer == "full"}, o: *o}
		return r.walk(ctx, std, p)
	}
	live := launched(p, p.Session(), nil, &shared{end: p.Close, exercise: course.Of})
	err := explorePlain(ctx, std, &options{}, live)
	if moved := os.Rename(live.Path, o.output); moved != nil {
		s.t.Error(moved)
	}
	return err
}

// again prints a transcript once more: replayed, and in each depth of the annotated text.
func again(t *testing.T, dir, path string) map[string]string {
	t.Helper()
	in, out := typedFile(t, dir, "in-again", strings.Repeat("\n", 200)+"q\n"), typedFile(t, dir, "out-again", "")
	if err := openPlain(t.Context(), streams{in, out, out}, path, opening{}); err != nil {
		t.Error(err)
	}
	texts := map[string]string{"replay": read(t, out.Name())}
	f, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for depth, name := range map[export.Depth]string{export.Quiet: "export, quiet", export.Normal: "export", export.Full: "export, full"} {
		text := export.Text{Width: 4000, Depth: depth}
		for i := range f.Len() {
			texts[name] += strings.Join(text.Event(f.At(i)), "\n") + "\n"
		}
	}
	return texts
}

// untold takes out what the practice server tells everyone: its accounts are no secrets.
func untold(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "practice ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func secretInFile(t *testing.T, dir, secret string) string {
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func typedFile(t *testing.T, dir, name, text string) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err == nil {
		_, err = f.Seek(0, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
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
	for _, f := range glob(t, dir, "*.ndjson") {
		out.WriteString(read(t, f))
	}
	return out.String(), cmd
}

// forms are the ways in which a secret can be written.
func forms(secret string) []string {
	var out []string
	for _, n := range leaktest.Forms("secret", []byte(secret)) {
		out = append(out, n.Text)
	}
	return out
}

// Whole sessions with every mechanism, the right secret of a server that is anyone's and a person's own in the lab, in everything that is written about them: no
// form of the secret is in any of it, nor of a key, a proof, a signature or a digest. What would be one is computed from
// what went over the wire.
func TestNoSecretInAnyOutput(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, m := range secretKeepers {
		for _, writer := range writers {
			for secret, code := range map[string]string{m.right: "235", m.wrong: "535"} {
				t.Run(fmt.Sprintf("%s %s %s", m.scenario, writer, code), func(t *testing.T) {
					t.Parallel()
					texts, lines := sitting{t: t, scenario: m.scenario, secret: secret, writer: writer, stranger: secret == m.right}.outputs()
					x := leaktest.Exchanges(lines)
					if len(x) != 1 || x[0].Code != code || writer != "quiet" && !strings.Contains(texts[writer], code) {
						t.Fatalf("the wire shows %d exchanges, want one that ends with %s: %+v\n%s", len(x), code, x, texts[writer])
					}
					needles := leaktest.Needles(lines, secret)
					for name, text := range texts {
						if found := leaktest.Find(text, needles); found != "" {
							t.Errorf("%s: %s", name, found)
						}
					}
				})
			}
		}
	}
}

// In the lab the secrets of its own accounts are written as they are, and marked; a person's own is not, as the test above holds.
func TestPracticeSecretsAreWritten(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for scenario, kind := range map[string]string{"auth-plain": "password", "auth-scram-sha-256": "proof", "auth-xoauth2": "token"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			m := secretKeepers[slices.IndexFunc(secretKeepers, func(m struct{ scenario, right, wrong string }) bool { return m.scenario == scenario })]
			texts, lines := sitting{t: t, scenario: scenario, secret: m.right, writer: "text"}.outputs()
			for _, name := range []string{"text", "transcript", "export", "replay"} {
				if !strings.Contains(texts[name], "practice") || name != "replay" && len(leaktest.Found(texts[name], leaktest.Needles(lines, m.right))) == 0 {
					t.Errorf("%s has no marked secret:\n%s", name, texts[name])
				}
			}
			for _, mark := range []string{`"practice":"` + kind + `"`, `"practice":true`} {
				if !strings.Contains(texts["transcript"], mark) {
					t.Errorf("the transcript has no %s", mark)
				}
			}
		})
	}
}

// The search finds what it looks for: with --reveal all of it is in what is written.
func TestRevealedSecretsAreFound(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	scram := []string{"secret", "line", "SaltedPassword", "ClientKey", "StoredKey", "ClientSignature", "ClientProof", "ServerKey", "ServerSignature", "proof on the wire"}
	for scenario, want := range map[string][]string{
		"auth-plain": {"secret", "secret behind NUL", "line"}, "auth-login": {"secret", "line"}, "auth-cram-md5": {"secret", "line", "digest"},
		"auth-digest-md5":  {"secret", "line", "H(username:realm:passwd)", "A1", "HEX(H(A1))", "response", "rspauth", "response on the wire"},
		"auth-scram-sha-1": scram, "auth-scram-sha-256": scram, "auth-scram-sha-1-plus": scram, "auth-scram-sha-256-plus": scram,
		"auth-xoauth2": {"secret", "line"}, "auth-oauthbearer": {"secret", "line"},
	} {
		m := secretKeepers[slices.IndexFunc(secretKeepers, func(m struct{ scenario, right, wrong string }) bool { return m.scenario == scenario })]
		for _, writer := range []string{"full", "json"} {
			t.Run(scenario+" "+writer, func(t *testing.T) {
				t.Parallel()
				texts, lines := sitting{t: t, scenario: scenario, secret: m.right, writer: writer, reveal: true}.outputs()
				for _, name := range []string{writer, "transcript", "export, full"} {
					found := leaktest.Found(texts[name], leaktest.Needles(lines, m.right))
					for _, what := range want {
						if !slices.Contains(found, what) {
							t.Errorf("%s: %s is not found, only %v", name, what, found)
						}
					}
				}
			})
		}
	}
}

// Ends that nobody planned: the server is gone in the middle of AUTH, or a person pressed ctrl-c there.
func TestNoSecretWhenItBreaksOff(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, m := range secretKeepers {
		for how, mischief := range map[string]func(context.CancelFunc, *setup.Setup){
			"gone before the answer": func(_ context.CancelFunc, p *setup.Setup) { atAuth(p, "Read", func(c net.Conn) { c.Close() }) },
			"gone before the line":   func(_ context.CancelFunc, p *setup.Setup) { atAuth(p, "Write", func(c net.Conn) { c.Close() }) },
			"ctrl-c": func(stop context.CancelFunc, p *setup.Setup) {
				atAuth(p, "Read", func(c net.Conn) { stop(); c.Close() })
			},
		} {
			for _, writer := range []string{"full", "json"} {
				t.Run(m.scenario+" "+how+" "+writer, func(t *testing.T) {
					t.Parallel()
					texts, lines := sitting{t: t, scenario: m.scenario, secret: m.wrong, writer: writer, mischief: mischief}.outputs()
					if x := leaktest.Exchanges(lines); len(x) > 0 && x[0].Code != "" {
						t.Errorf("it did not break off: %+v", x)
					}
					needles := leaktest.Needles(lines, m.wrong)
					for name, text := range texts {
						if found := leaktest.Find(text, needles); found != "" {
							t.Errorf("%s: %s", name, found)
						}
					}
				})
			}
		}
	}
}

// atAuth has something done at the first read or write inside the step that logs in.
func atAuth(p *setup.Setup, call string, do func(net.Conn)) {
	atStep(p, "", call, do)
}

// atStep has it done inside one function of the engine; an empty name stands for each that sends a line of AUTH.
func atStep(p *setup.Setup, step, call string, do func(net.Conn)) {
	dial := p.Config.Dial
	p.Config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		return &touchyConn{Conn: c, step: step, call: call, do: do}, err
	}
}

type touchyConn struct {
	net.Conn
	step string
	call string
	do   func(net.Conn)
}

func (c *touchyConn) Read(b []byte) (int, error) {
	if c.call == "Read" && insideAuth(c.step) {
		c.do(c.Conn)
	}
	return c.Conn.Read(b)
}

func (c *touchyConn) Write(b []byte) (int, error) {
	if c.call == "Write" && insideAuth(c.step) {
		c.do(c.Conn)
	}
	return c.Conn.Write(b)
}

// insideAuth reports whether the caller works for a step of AUTH.
func insideAuth(step string) bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		for _, name := range []string{"(*Session).authenticate", "(*Session).respond"} {
			if strings.HasSuffix(frame.Function, name) && (step == "" || step == name) {
				return true
			}
		}
	}
	return false
}

// A server that repeats what it was told, in whatever form, at once or later, does not get it into anything that is
// written.
func TestEchoedSecrets(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	const secret = "Tr0ub4dor&3pass"
	for name, echo := range echoes() {
		for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5"} {
			for _, later := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s later=%t", name, mechanism, later), func(t *testing.T) {
					t.Parallel()
					text, lines := againstParrot(t, mechanism, secret, parrot{echo, later})
					needles := leaktest.Needles(lines, secret)
					for _, word := range strings.Fields(strings.ReplaceAll(echo(sentBy(lines)), "535-", " ")) {
						if len(word) >= 8 {
							needles = append(needles, leaktest.Needle{What: "echo", Text: word})
						}
					}
					if found := leaktest.Find(text, needles); found != "" {
						t.Error(found)
					}
					if !strings.Contains(text, "535") {
						t.Errorf("there is no refusal in\n%s", text)
					}
				})
			}
		}
	}
}

// echoes write the last line of a client back into the text of a reply of one or more lines.
func echoes() map[string]func(line string) string {
	decoded := func(line string) string {
		data, _ := base64.StdEncoding.DecodeString(line)
		return string(data)
	}
	return map[string]func(string) string{
		"the line":        func(line string) string { return "535 5.7.8 " + line },
		"the line, split": func(line string) string { return "535-" + line[:len(line)/2] + "\r\n535 " + line[len(line)/2:] },
		"the line, in three": func(line string) string {
			return "535-5.7.8 " + line[:9] + "\r\n535-5.7.8 " + line[9:13] + "\r\n535 5.7.8 " + line[13:]
		},
		"the message":     func(line string) string { return "535 5.7.8 " + strings.ReplaceAll(decoded(line), "\x00", "?") },
		"hexadecimal":     func(line string) string { return fmt.Sprintf("535 5.7.8 %x", decoded(line)) },
		"HEXADECIMAL":     func(line string) string { return fmt.Sprintf("535 5.7.8 %X", decoded(line)) },
		"spaced":          func(line string) string { return fmt.Sprintf("535 5.7.8 % x", decoded(line)) },
		"twice in base64": func(line string) string { return "535 5.7.8 " + base64.StdEncoding.EncodeToString([]byte(line)) },
		"URL":             func(line string) string { return "535 5.7.8 " + url.QueryEscape(decoded(line)) },
	}
}

// sentBy is the last line of the client inside the exchange.
func sentBy(lines []leaktest.Line) string {
	x := leaktest.Exchanges(lines)
	last := x[len(x)-1]
	return last.Client[len(last.Client)-1]
}

// parrot is a server that repeats the last line of AUTH, at once or with its good-bye.
type parrot struct {
	echo  func(string) string
	later bool
}

// againstParrot runs a session against it over clear text, and gives all that was written.
func againstParrot(t *testing.T, mechanism, secret string, p parrot) (string, []leaktest.Line) {
	t.Helper()
	dir := t.TempDir()
	out := typedFile(t, dir, "out", "")
	o := options{asked: as("ann"), output: filepath.Join(dir, "session.ehlo.ndjson"), passwordFile: secretInFile(t, dir, secret)}
	o.asked.TLS, o.asked.AllowCleartextAuth, o.asked.Goal.Mechanism, o.asked.Goal.EHLOName = "off", true, mechanism, "laptop.lab.test"
	plan, err := o.setUp(t.Context(), streams{out, out, out}, "submission://127.0.0.1:2587", false)
	if err != nil {
		t.Fatal(err)
	}
	tap := &leaktest.Tap{}
	plan.Config.Dial = tap.Dial(func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go p.serve(server)
		return client, nil
	})
	report(out, (&runner{printing: printing{full: true}, o: o}).walk(t.Context(), streams{out, out, out}, plan))
	text := read(t, out.Name()) + read(t, o.output)
	for _, printed := range again(t, dir, o.output) {
		text += printed
	}
	return text, tap.Lines()
}

// The command line and the title of the process, which every user of the machine can read, hold no secret; nor does
// anything that the program prints when the secret comes by the environment.
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

// A session of the real program with the secret in its environment.
func TestNoSecretFromTheEnvironment(t *testing.T) {
	for _, variable := range []string{"EHLO_PASSWORD", "EHLO_TOKEN"} {
		scenario := map[string]string{"EHLO_PASSWORD": "auth-scram-sha-256", "EHLO_TOKEN": "auth-xoauth2"}[variable]
		out, cmd := runProgram(t, t.TempDir(), []string{variable + "=Tr0ub4dor&3pass"}, "run", "lab:"+scenario, "--user", "ann", "--full", "-o", "session.ehlo.ndjson")
		if code := cmd.ProcessState.ExitCode(); record.Exit(code) != record.ExitAuth {
			t.Errorf("exit %d\n%s", code, out)
		}
		if found := leaktest.Find(out, leaktest.Forms(variable, []byte("Tr0ub4dor&3pass"))); found != "" {
			t.Error(found)
		}
	}
}
