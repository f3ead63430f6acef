package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// postfix is a Postfix with Dovecot's SASL as .ci/servers starts it.
type postfix struct {
	t                                     *testing.T
	relay, submission, submissions, plain string
	ca, name, user, address, maildir      string
	password                              string
}

func newPostfix(t *testing.T) *postfix {
	get := func(name string) string { return onlyWith(t, "EHLO_TEST_"+name) }
	return &postfix{t: t, relay: get("POSTFIX_RELAY"), submission: get("POSTFIX_SUBMISSION"), submissions: get("POSTFIX_SUBMISSIONS"),
		plain: get("POSTFIX_PLAIN"), ca: get("CA"), name: get("SERVER_NAME"), user: get("USER"), address: get("ADDRESS"),
		maildir: get("MAILDIR"), password: get("PASSWORD")}
}

// run runs the real program with the password in its environment and returns its output and exit code.
func (p *postfix) run(password string, args ...string) (string, record.Exit) {
	p.t.Helper()
	return p.with("EHLO_PASSWORD", password, args...)
}

// with is run with a secret in the variable that takes it.
func (p *postfix) with(variable, secret string, args ...string) (string, record.Exit) {
	p.t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"run"}, args...)...)
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", variable+"="+secret)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		p.t.Fatal(err)
	}
	return out.String(), record.Exit(cmd.ProcessState.ExitCode())
}

func (p *postfix) trust(args ...string) []string {
	return append(args, "--ca", p.ca, "--server-name", p.name, "--ehlo-name", "client.test")
}

// delivered waits for a message with the mark in the mailbox.
func (p *postfix) delivered(mark string) bool {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		files, _ := filepath.Glob(filepath.Join(p.maildir, "new", "*"))
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil && bytes.Contains(data, []byte(mark)) {
				return true
			}
		}
		time.Sleep(50 * time.Millisecond) // a mail server delivers when it does: bounded polling
	}
	return false
}

func TestPostfixWalks(t *testing.T) {
	p := newPostfix(t)
	cases := []struct {
		name, target string
		auth         bool
		want         []string
	}{
		{"relay, opportunistic", "smtp://" + p.relay, false, []string{"STARTTLS", "TLS 1.3"}},
		{"submission, TLS required", "submission://" + p.submission, true, []string{"STARTTLS", "TLS 1.3", "235 2.7.0"}},
		{"submissions, implicit TLS", "submissions://" + p.submissions, true, []string{"TLS 1.3", "235 2.7.0"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			mark := fmt.Sprintf("mark-%d", time.Now().UnixNano())
			args := p.trust(c.target, "--from", p.address, "--to", p.address, "--subject", mark)
			if c.auth {
				args = append(args, "--user", p.user)
			}
			out, exit := p.run(p.password, args...)
			if exit != record.ExitOK {
				t.Fatalf("exit %d\n%s", exit, out)
			}
			for _, want := range append(c.want, "220 ", "354 ", "221 2.0.0") {
				if !strings.Contains(out, want) {
					t.Errorf("the output lacks %q\n%s", want, out)
				}
			}
			if !p.delivered(mark) {
				t.Errorf("the message did not reach the mailbox %s", p.maildir)
			}
		})
	}
}

func TestPostfixWrongPassword(t *testing.T) {
	p := newPostfix(t)
	const wrong = "not-the-password-1a2b"
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		out, exit := p.run(wrong, p.trust("submission://"+p.submission, "--user", p.user, "--auth", mechanism)...)
		if exit != record.ExitAuth {
			t.Errorf("%s: exit %d, want %d\n%s", mechanism, exit, record.ExitAuth, out)
		}
		if !strings.Contains(out, "535 5.7.8") || strings.Contains(out, wrong) {
			t.Errorf("%s: want a 535 and no password\n%s", mechanism, out)
		}
	}
}

// A port spoken to in the wrong way is named in one sentence, and not as a timeout (exit 124).
func TestPostfixMismatch(t *testing.T) {
	p := newPostfix(t)
	cases := []struct {
		name, target, tls, sentence, hint string
		exit                              record.Exit
	}{
		{"clear text to implicit TLS", "smtp://" + p.submissions, "off", "expects TLS from the first byte", "submissions://", record.ExitGreeting},
		{"implicit TLS to STARTTLS", "submissions://" + p.submission, "implicit", "like an SMTP server that expects STARTTLS", "--tls require", record.ExitHandshake},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, exit := p.run("", p.trust(c.target, "--tls", c.tls, "--timeout", "1m")...)
			if exit != c.exit || !strings.Contains(flat(out), c.sentence) || !strings.Contains(flat(out), c.hint) {
				t.Errorf("exit %d, want %d and %q and %q\n%s", exit, c.exit, c.sentence, c.hint, out)
			}
		})
	}
}

// flat undoes the wrapping of text.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestPostfixGuards(t *testing.T) {
	p := newPostfix(t)
	out, exit := p.run(p.password, p.trust("smtp://"+p.plain, "--tls", "off", "--user", p.user, "--auth", "PLAIN")...)
	if exit != record.ExitNoAuth || strings.Contains(out, "->  AUTH") {
		t.Errorf("a password in clear text: exit %d, want %d and no AUTH sent\n%s", exit, record.ExitNoAuth, out)
	}
	out, exit = p.run(p.password, p.trust("smtp://"+p.plain, "--tls", "off", "--user", p.user, "--auth", "PLAIN", "--allow-cleartext-auth")...)
	if exit != record.ExitOK {
		t.Errorf("with --allow-cleartext-auth: exit %d\n%s", exit, out)
	}
	out, exit = p.run(p.password, "submission://"+p.submission, "--user", p.user, "--timeout", "20s")
	if exit != record.ExitCertificate {
		t.Errorf("without --ca: exit %d, want %d\n%s", exit, record.ExitCertificate, out)
	}
	out, exit = p.run("", p.trust("smtp://"+p.relay, "--from", p.address, "--to", "stranger@example.org")...)
	if exit != record.ExitEnvelope || !strings.Contains(out, "554 5.7.1") {
		t.Errorf("relaying: exit %d, want %d\n%s", exit, record.ExitEnvelope, out)
	}
}

// Postfix believes another client's identity from those that it trusts, and its log has it.
func TestPostfixIdentity(t *testing.T) {
	p := newPostfix(t)
	get := func(name string) string { return onlyWith(t, "EHLO_TEST_POSTFIX_"+name) }
	trusting, balanced, log := "smtp://"+get("TRUSTING"), "smtp://"+get("BALANCED"), get("LOG")
	for _, c := range []struct {
		name string
		args []string
		exit record.Exit
		want string // in the output, or in the log
	}{
		{"XCLIENT", []string{trusting, "--xclient", "NAME=real.example ADDR=192.0.2.71"}, record.ExitOK, "client=real.example[192.0.2.71]"},
		{"XFORWARD", []string{trusting, "--xforward", "NAME=first.example ADDR=192.0.2.72"}, record.ExitOK, "orig_client=first.example[192.0.2.72]"},
		{"PROXY, version 1", []string{balanced, "--proxy-source", "192.0.2.73"}, record.ExitOK, "client=unknown[192.0.2.73]"},
		{"PROXY, version 2", []string{balanced, "--proxy-version", "2", "--proxy-source", "192.0.2.74"}, record.ExitOK, "client=unknown[192.0.2.74]"},
		{"a header that it cannot read", []string{balanced, "--proxy-header", "TCP4 nonsense"}, record.ExitDeferred, "PROXY header that was sent"},
		{"no header", []string{balanced}, record.ExitDeferred, "may expect a PROXY header"},
		{"a header in front of the greeting", []string{"smtp://" + p.relay, "--proxy-version", "1"}, record.ExitGreeting, "does not expect a PROXY header"},
		{"not trusted", []string{"smtp://" + p.relay, "--xclient", "ADDR=192.0.2.75"}, record.ExitEHLO, "does not offer XCLIENT"},
		{"not an address", []string{trusting, "--xclient", "ADDR=nowhere"}, record.ExitEHLO, "501 5.5.4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, exit := p.run("", append(p.trust(c.args...), "--from", "far@example.org", "--to", p.address, "--timeout", "1m")...)
			written, err := os.ReadFile(log)
			if err != nil || exit != c.exit {
				t.Fatalf("exit %d, want %d, %v\n%s", exit, c.exit, err, out)
			}
			if unwrapped := strings.Join(strings.Fields(out), " "); !strings.Contains(unwrapped, c.want) && !bytes.Contains(written, []byte(c.want)) {
				t.Errorf("neither the output nor the log has %q\n%s", c.want, out)
			}
		})
	}
}
