package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/foreign"
)

// What real programs print about a session with the practice server is imported, and comes to the verdict of a live run.

// practiced is a practice server that programs meet, with how a run of ehlo meets it.
type practiced struct {
	t        *testing.T
	host     string // host:port
	port     string
	ca       string
	implicit bool
}

func practiceAt(t *testing.T, scenario, role string) *practiced {
	t.Helper()
	sc, err := lab.Find(scenario)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &practiced{t: t, ca: filepath.Join(t.TempDir(), "ca.pem"), implicit: role == "submissions"}
	for _, s := range l.Listeners() {
		if s.Role == role {
			_, p.port, _ = net.SplitHostPort(s.Addr)
		}
	}
	p.host = "127.0.0.1:" + p.port
	if err := os.WriteFile(p.ca, l.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// wanted is what a session is for.
type wanted struct {
	user, password, to string
	tls                string // starttls, implicit or off
	verify             bool
}

// live is the verdict of a run.
func (p *practiced) live(a wanted) record.Verdict {
	p.t.Helper()
	args := []string{"run", "--json", "--server-name", "mail.lab", "--ca", p.ca, "--timeout", "10s"}
	target := map[string]string{"implicit": "submissions://", "off": "smtp://"}[a.tls] + p.host
	if a.tls == "starttls" {
		args = append(args, "--tls", "require")
	}
	if a.tls == "off" {
		args = append(args, "--tls", "off")
	}
	if a.user != "" {
		args = append(args, "--user", a.user, "--auth", "PLAIN", "--allow-cleartext-auth")
	}
	if a.to != "" {
		args = append(args, "--from", "ann@lab.test", "--to", a.to)
	}
	if !a.verify {
		args = append(args, "--allow-unverified-auth")
	}
	cmd := exec.Command(os.Args[0], append(args, target)...)
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "EHLO_PASSWORD="+a.password)
	if a.user == "" {
		cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1")
	}
	out, err := cmd.Output()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		p.t.Fatal(err)
	}
	return p.verdictIn(out)
}

func (p *practiced) verdictIn(out []byte) (v record.Verdict) {
	p.t.Helper()
	for line := range bytes.Lines(out) {
		var e record.Event
		if json.Unmarshal(line, &e) == nil && e.End != nil {
			v = *e.End
		}
	}
	if v.Outcome == "" {
		p.t.Fatalf("no verdict in %s", out)
	}
	return v
}

// command runs a real program and gives all that it prints.
func (p *practiced) command(name string, args ...string) string {
	p.t.Helper()
	needsProgram(p.t, name)
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+p.t.TempDir())
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// needsProgram skips a test without a program, and fails it in CI.
func needsProgram(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func (p *practiced) swaks(a wanted) string {
	args := []string{"--server", p.host, "--timeout", "10", "--from", "ann@lab.test", "--to", "bob@lab.test"}
	if a.to != "" {
		args[len(args)-1] = a.to
	}
	switch {
	case a.tls == "implicit":
		args = append(args, "--tlsc")
	case a.tls == "starttls":
		args = append(args, "--tls")
	}
	if a.verify {
		args = append(args, "--tls-verify", "--tls-ca-path", p.ca)
	}
	if a.user != "" {
		args = append(args, "--auth", "PLAIN", "--auth-user", a.user, "--auth-password", a.password)
	}
	if a.to == "" {
		args = append(args, "--quit-after", "AUTH")
		if a.user == "" {
			args[len(args)-1] = "HELO"
		}
	}
	return p.command("swaks", args...)
}

func (p *practiced) curl(a wanted) string {
	args := []string{"-v", "--max-time", "15", "--cacert", p.ca, "--connect-to", "mail.lab:" + p.port + ":127.0.0.1:" + p.port}
	scheme := "smtp"
	switch a.tls {
	case "implicit":
		scheme = "smtps"
	case "starttls":
		args = append(args, "--ssl-reqd")
	}
	if !a.verify {
		args = append(args, "-k")
	}
	if a.user != "" {
		args = append(args, "--user", a.user+":"+a.password, "--login-options", "AUTH=PLAIN")
	}
	letter := filepath.Join(p.t.TempDir(), "letter")
	if err := os.WriteFile(letter, []byte("Subject: x\r\n\r\nQUIT\r\n.dot\r\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if a.to != "" {
		args = append(args, "--mail-from", "ann@lab.test", "--mail-rcpt", a.to, "--upload-file", letter)
	}
	return p.command("curl", append(args, scheme+"://mail.lab:"+p.port)...)
}

const smtplibScript = `
import smtplib, ssl, sys
port, ca, user, password, to, mode, verify = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
if verify == "no":
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
class Client(smtplib.SMTP_SSL if mode == "implicit" else smtplib.SMTP):
    def __init__(self):
        smtplib.SMTP.__init__(self, timeout=10) if mode != "implicit" else smtplib.SMTP_SSL.__init__(self, timeout=10, context=context)
        self.set_debuglevel(1)
s = Client()
s._host = "mail.lab"
s.connect("127.0.0.1", int(port))
s._host = "mail.lab"
if mode == "starttls":
    s.starttls(context=context)
if user:
    s.user, s.password = user, password
    s.ehlo_or_helo_if_needed()
    s.auth("PLAIN", s.auth_plain)
if to:
    s.sendmail("ann@lab.test", [to], "Subject: x\r\n\r\nQUIT\r\n.dot\r\n")
else:
    s.ehlo_or_helo_if_needed()
s.quit()
`

func (p *practiced) smtplib(a wanted) string {
	verify := "yes"
	if !a.verify {
		verify = "no"
	}
	said, _ := inPython(p.t, smtplibScript, p.port, p.ca, a.user, a.password, a.to, a.tls, verify)
	return said
}

// openssl is a session in which a person types: what a terminal shows is what is typed among what comes.
func (p *practiced) openssl(a wanted) string { return p.opensslWith(a) }

func (p *practiced) opensslWith(a wanted, more ...string) string {
	needsProgram(p.t, "openssl")
	args := []string{"s_client", "-connect", p.host, "-CAfile", p.ca, "-verify_hostname", "mail.lab", "-crlf", "-ign_eof"}
	if a.tls == "starttls" {
		args = append(args, "-starttls", "smtp")
	}
	args = append(args, more...)
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "openssl", args...)
	if strings.Contains(strings.Join(more, " "), "-debug") { // on a terminal its lines come whole, into a pipe in pieces of a buffer
		needsProgram(p.t, "stdbuf")
		cmd = exec.CommandContext(ctx, "stdbuf", append([]string{"-oL", "openssl"}, args...)...)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, typed := io.Pipe()
	cmd.Stdout, cmd.Stderr = typed, typed
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { cmd.Wait(); typed.Close() }()
	shown := &shownOnTerminal{lines: make(chan string)}
	go shown.read(out)
	fmt.Fprintf(&shown.all, "$ openssl %s\n", strings.Join(args, " "))
	lines := []string{"EHLO client.example"}
	if a.user != "" {
		lines = append(lines, "AUTH PLAIN "+plainResponse(a.user, a.password))
	}
	if a.to != "" {
		lines = append(lines, "MAIL FROM:<ann@lab.test>", "rcpt to:<"+a.to+">", "DATA", "Subject: x\n\nQUIT\n.")
	}
	shown.await(func(line string) bool { return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "depth=0") })
	for _, line := range append(lines, "QUIT") {
		shown.settle()
		shown.all.WriteString(line + "\n")
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			break
		}
		if !shown.await(func(line string) bool {
			return len(line) > 3 && line[0] >= '2' && line[0] <= '5' && line[3] == ' ' && line[1] <= '9' && line[1] >= '0'
		}) {
			break
		}
	}
	in.Close()
	shown.await(func(string) bool { return false })
	return shown.all.String()
}

// shownOnTerminal is what a terminal shows of a program.
type shownOnTerminal struct {
	all   strings.Builder
	lines chan string
}

func (s *shownOnTerminal) read(r io.Reader) {
	defer close(s.lines)
	buf, rest := make([]byte, 1<<12), ""
	for {
		n, err := r.Read(buf)
		rest += string(buf[:n])
		for {
			line, after, whole := strings.Cut(rest, "\n")
			if !whole {
				break
			}
			s.lines <- strings.TrimRight(line, "\r")
			rest = after
		}
		if err != nil {
			return
		}
	}
}

// await shows lines up to the first of a kind; false at the end.
func (s *shownOnTerminal) await(last func(string) bool) bool {
	for line := range s.lines {
		s.all.WriteString(line + "\n")
		if last(line) {
			return true
		}
	}
	return false
}

// settle shows what comes without being wanted for: session tickets and what openssl says of them.
func (s *shownOnTerminal) settle() {
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				return
			}
			s.all.WriteString(line + "\n")
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func plainResponse(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
}

// imported is the verdict of a text, and its log as a file has it.
func imported(t *testing.T, text string) (record.Verdict, string) {
	t.Helper()
	list, err := foreign.Read([]byte(text), "")
	if err != nil {
		t.Fatalf("%v, in\n%s", err, text)
	}
	if len(list) != 1 {
		t.Fatalf("%d sessions in\n%s", len(list), text)
	}
	got := list[0].Log("test")
	var file bytes.Buffer
	for i := range got.Log.Len() {
		if err := transcripts.WriteLine(&file, got.Log.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	return got.Verdict, file.String()
}

// unknown is what each program does not print of a session in which a message is delivered: a word of each sentence in which an import
// says so. The table in README.md has the same.
var unknown = map[string]map[string]string{
	"swaks":          {"starttls": "times handshake certificate verified", "implicit": "times handshake certificate verified"},
	"openssl":        {"starttls": "times handshake greeting", "implicit": "times handshake"},
	"curl":           {"starttls": "times message handshake certificate", "implicit": "times message handshake certificate"},
	"smtplib":        {"starttls": "times handshake suite certificate verified", "implicit": "times first"},
	"postfix server": {"starttls": "host port message handshake certificate verified server"},
	"postfix client": {"starttls": "handshake certificate verified"},
}

// lacks checks what an import says that a text does not hold.
func lacks(t *testing.T, text, program, tls string) {
	t.Helper()
	list, err := foreign.Read([]byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	said, want := list[0].Log("test").Lacks, strings.Fields(unknown[program][tls])
	same := len(said) == len(want)
	for i := range min(len(said), len(want)) {
		same = same && strings.Contains(strings.ToLower(said[i]), want[i])
	}
	if !same {
		t.Errorf("it is said to lack %q, want %q", said, want)
	}
}

// Each program's text comes to the verdict of the live run. What a text cannot tell is in its row: then the outcome and the exit code
// are the same, and the finding says less.
func TestImportedVerdicts(t *testing.T) {
	t.Parallel()
	wrong := wanted{user: "ann", password: "wrong-pass-1", tls: "starttls", verify: true}
	letter := wanted{user: "ann", password: "tulip-42", to: "bob@lab.test", tls: "starttls", verify: true}
	for _, row := range []struct {
		name, scenario, role string
		wanted               wanted
		less                 string // programs whose text says less than the finding, and why
	}{
		{"wrong password", "submission", "submission", wrong, ""},
		{"delivered", "submission", "submission", letter, ""},
		{"delivered with TLS from the first byte", "submission", "submissions", wanted{user: "ann", password: "tulip-42", to: "bob@lab.test", tls: "implicit", verify: true}, ""},
		{"greylisted", "greylist", "relay", wanted{to: "bob@lab.test", tls: "off"}, ""},
		{"no such recipient", "unknown-user", "relay", wanted{to: "nobody@lab.test", tls: "off"}, ""},
		{"too many words of refusal", "greeting-refused", "relay", wanted{to: "bob@lab.test", tls: "off"}, ""},
		{"TLS to a port that speaks first", "submission", "submission", wanted{user: "ann", password: "tulip-42", tls: "implicit", verify: true}, ""},
		{"expired", "expired", "submission", wanted{user: "ann", password: "tulip-42", tls: "starttls", verify: true},
			"swaks: its error says that verification failed, and not which check"},
		{"no STARTTLS", "stripped", "submission", wanted{tls: "starttls", verify: true}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := practiceAt(t, row.scenario, row.role)
			live := p.live(row.wanted)
			for _, program := range []struct {
				name string
				text func(wanted) string
			}{{"swaks", p.swaks}, {"curl", p.curl}, {"smtplib", p.smtplib}, {"openssl", p.openssl}} {
				if program.name == "openssl" && row.wanted.tls == "off" {
					continue // it speaks TLS only
				}
				t.Run(program.name, func(t *testing.T) {
					p.t = t
					text, live := program.text(row.wanted), live
					if program.name == "openssl" && live.Exit == record.ExitCertificate { // it tells what it thinks of a certificate, and goes on
						loose := row.wanted
						loose.verify = false
						live = p.live(loose)
					}
					got, file := imported(t, text)
					if strings.HasPrefix(row.name, "delivered") {
						lacks(t, text, program.name, row.wanted.tls)
					}
					same := got.Finding == live.Finding || strings.HasPrefix(row.less, program.name+":")
					if got.Outcome != live.Outcome || got.Exit != live.Exit || !same {
						t.Errorf("%s, exit %d, %s: %s\nand live\n%s, exit %d, %s: %s\nof\n%s", got.Outcome, got.Exit, got.Finding, got.Cause,
							live.Outcome, live.Exit, live.Finding, live.Cause, text)
					}
					if s := row.wanted.password; s != "" && (strings.Contains(file, s) || strings.Contains(file, plainResponse(row.wanted.user, s))) {
						t.Errorf("the password is in\n%s", file)
					}
				})
			}
		})
	}
}

// A verbose log of a real Postfix comes to the verdict of the run that it is about.
func TestImportedPostfix(t *testing.T) {
	p := newPostfix(t)
	verbose, log := onlyWith(t, "EHLO_TEST_POSTFIX_VERBOSE"), onlyWith(t, "EHLO_TEST_POSTFIX_LOG")
	for _, row := range []struct {
		name, password string
		more           []string
	}{
		{"wrong password", "not-the-password-7", nil},
		{"delivered", p.password, []string{"--to", p.address}},
		{"no such recipient", p.password, []string{"--to", "nobody@" + p.name}},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := sizeOf(t, log)
			args := append(p.trust("--json", "--tls", "require", "--user", p.user, "--auth", "PLAIN", "--from", p.address), row.more...)
			out, _ := p.with("EHLO_PASSWORD", row.password, append(args, "smtp://"+verbose)...)
			live := (&practiced{t: t}).verdictIn([]byte(out))
			text := written(t, log, before)
			got, file := imported(t, text)
			if row.name == "delivered" {
				lacks(t, text, "postfix server", "starttls")
			}
			if got.Outcome != live.Outcome || got.Exit != live.Exit || got.Finding != live.Finding {
				t.Errorf("%s, exit %d, %s: %s\nand live\n%s, exit %d, %s: %s", got.Outcome, got.Exit, got.Finding, got.Cause, live.Outcome, live.Exit, live.Finding, live.Cause)
			}
			if strings.Contains(file, plainResponse(p.user, row.password)) {
				t.Error("the password is in the transcript")
			}
		})
	}
}

// So does that of its client, about a session of two Postfixes.
func TestImportedPostfixClient(t *testing.T) {
	p := newPostfix(t)
	log := onlyWith(t, "EHLO_TEST_POSTFIX_LOG")
	before, to := sizeOf(t, log), "somebody@hop.test"
	out, exit := p.run(p.password, p.trust("submission://"+p.submission, "--user", p.user, "--from", p.address, "--to", to)...)
	if exit != record.ExitOK {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	out, _ = p.run("", p.trust("--json", "smtp://"+p.relay, "--allow-unverified", "--from", p.address, "--to", to)...)
	live := (&practiced{t: t}).verdictIn([]byte(out))
	text := logged(t, log, before, "/client/smtp[", " to=<"+to+">")
	got, _ := imported(t, text)
	lacks(t, text, "postfix client", "starttls")
	if got.Outcome != live.Outcome || got.Exit != live.Exit || got.Finding != live.Finding || got.Finding == "" {
		t.Errorf("%s, exit %d, %s: %s\nand live\n%s, exit %d, %s: %s", got.Outcome, got.Exit, got.Finding, got.Cause, live.Outcome, live.Exit, live.Finding, live.Cause)
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// written is what the verbose service has logged of a session, which Postfix does in its own time.
func written(t *testing.T, path string, from int64) string {
	t.Helper()
	return logged(t, path, from, "/verbose/smtpd[", ": disconnect from ")
}

// logged are the lines of a service, once one of them says that its work is over.
func logged(t *testing.T, path string, from int64, service, over string) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		all, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(string(all[from:])) {
			if strings.Contains(line, service) {
				lines = append(lines, line)
			}
		}
		if n := len(lines); n > 0 && strings.Contains(strings.Join(lines, ""), over) {
			return strings.Join(lines, "")
		}
	}
	t.Fatal("Postfix does not say that the session is over")
	return ""
}

// What openssl says of TLS among the lines of SMTP does not get in their way.
func TestImportedNoise(t *testing.T) {
	t.Parallel()
	letter := wanted{user: "ann", password: "tulip-42", to: "bob@lab.test", tls: "starttls", verify: true}
	for _, flag := range []string{"-quiet", "-msg", "-trace", "-debug", "-debug -msg", "-debug -quiet", "-state -debug"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			p := practiceAt(t, "submission", "submission")
			text := p.opensslWith(letter, strings.Fields(flag)...)
			if strings.Contains(text, "unknown option") || strings.Contains(text, "not compiled") {
				t.Skip("this openssl does not have it")
			}
			got, file := imported(t, text)
			if got.Outcome != record.OutcomeDone || got.Facts.Delivered != 1 || strings.Contains(file, plainResponse("ann", "tulip-42")) {
				t.Errorf("%s: %s\n%s", got.Outcome, got.Cause, text)
			}
		})
	}
}
