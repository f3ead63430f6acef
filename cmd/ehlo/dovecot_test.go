package main

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
)

// attempt is a login at a Dovecot: what the environment and the command line need for it, and how it ends.
type attempt struct {
	environment string
	secret      string // that must not be seen
	args        []string
	exit        record.Exit
	shown       string // on the screen
}

// dovecot is a way to Dovecot's mechanisms: by a Postfix that asks it, or by its own submission service.
type dovecot struct {
	name, address string
	offered       []string // what it says inside TLS
}

// dovecots are both ways, asked for their lists: a mechanism that one of them has cannot be missed.
func (p *postfix) dovecots() []dovecot {
	p.t.Helper()
	ways := []dovecot{{name: "Postfix", address: p.submission}}
	if address := os.Getenv("EHLO_TEST_DOVECOT_SUBMISSION"); address != "" { // only where its package is installed
		ways = append(ways, dovecot{name: "submission", address: address})
	}
	for i := range ways {
		out, _ := p.run("", p.trust("submission://"+ways[i].address, "--until", "ehlo-again", "--json")...)
		ways[i].offered = offeredIn(p.t, out)
	}
	return ways
}

// offeredIn reads the last list of mechanisms of a transcript.
func offeredIn(t *testing.T, transcript string) (offered []string) {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(transcript)); lines.Scan(); {
		var e record.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if e.Kind == record.KindCapabilities {
			offered = e.Capabilities.AuthMechanisms()
		}
	}
	if len(offered) == 0 {
		t.Fatalf("no AUTH in\n%s", transcript)
	}
	return offered
}

// attempts are a login that is right and one that is wrong. Nothing can be wrong with ANONYMOUS.
func (p *postfix) attempts(mechanism string) map[string]attempt {
	info, _ := sasl.Lookup(mechanism)
	right := attempt{exit: record.ExitOK, shown: "· logged in", args: []string{"--user", p.user, "--auth", mechanism}}
	wrong := right
	wrong.exit, wrong.shown = record.ExitAuth, "535 5.7.8"
	switch info.Needs {
	case sasl.NeedsToken:
		right.environment, right.secret = "EHLO_TOKEN", onlyWith(p.t, "EHLO_TEST_TOKEN")
	case sasl.NeedsPassword:
		right.environment, right.secret = "EHLO_PASSWORD", p.password
	case sasl.NeedsCertificate: // without one the server does not know who it is
		right.environment, wrong.environment = "EHLO_NONE", "EHLO_NONE"
		right.args = append(right.args, "--cert", onlyWith(p.t, "EHLO_TEST_CLIENT_CERT"), "--key", onlyWith(p.t, "EHLO_TEST_CLIENT_KEY"))
		return map[string]attempt{"right": right, "wrong": wrong}
	default:
		right.environment, right.shown = "EHLO_NONE", "· logged in"
		return map[string]attempt{"right": right}
	}
	wrong.environment, wrong.secret = right.environment, "wrong-"+right.secret
	return map[string]attempt{"right": right, "wrong": wrong}
}

// Every mechanism that Dovecot offers, by Postfix and by its own service, with the right secret and a wrong one.
func TestDovecotMechanisms(t *testing.T) {
	p := newPostfix(t)
	var all []string
	for _, way := range p.dovecots() {
		all = append(all, way.offered...)
		for _, mechanism := range way.offered {
			for name, a := range p.attempts(mechanism) {
				t.Run(way.name+" "+mechanism+" "+name, func(t *testing.T) {
					wire := newWiretap(t, way.address)
					out, exit := p.with(a.environment, a.secret, append(p.trust("submission://"+wire.address, "--full", "--keylog", wire.keys), a.args...)...)
					if exit != a.exit {
						t.Errorf("exit %d, want %d\n%s", exit, a.exit, out)
					}
					if a.secret == "" {
						return
					}
					if found := leaktest.Find(out, wire.needles(t, a.secret)); found != "" {
						t.Error(found)
					}
				})
			}
		}
	}
	for _, m := range sasl.Mechanisms() { // what Dovecot 2.3 has; its -PLUS came with 2.4
		has := m.Supported && !m.Rare && !m.Bound
		if os.Getenv("EHLO_TEST_DOVECOT_SUBMISSION") == "" && m.Name == "EXTERNAL" {
			continue
		}
		if has != slices.Contains(all, m.Name) {
			t.Errorf("%s: offered %v, expected %v", m.Name, !has, has)
		}
	}
}

// A mechanism that is not offered is tried on purpose, and the server says what it thinks of it.
func TestDovecotInsisted(t *testing.T) {
	p := newPostfix(t)
	for _, mechanism := range []string{"SCRAM-SHA-256-PLUS", "GSSAPI", "X-ODD"} {
		args := p.trust("submission://"+p.submission, "--user", p.user, "--auth", mechanism)
		out, exit := p.run(p.password, append(args, "--insist")...)
		if exit != record.ExitAuth || !strings.Contains(flat(out), "Invalid authentication mechanism") {
			t.Errorf("%s: exit %d\n%s", mechanism, exit, out)
		}
		if out, exit = p.run(p.password, args...); exit == record.ExitAuth || strings.Contains(out, "->  AUTH "+mechanism) {
			t.Errorf("%s without --insist: exit %d\n%s", mechanism, exit, out)
		}
	}
}
