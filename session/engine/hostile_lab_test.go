package engine_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// hostile are the servers and the path that are after the password in AUTH, each with the finding that is its own.
var hostile = []struct{ scenario, mechanism, finding string }{
	{"challenge-not-base64", "", "auth-challenge-not-base64"},
	{"challenge-huge", "", "auth-challenge-too-long"},
	{"challenge-endless", "", "auth-challenge-unexpected"},
	{"server-signature-wrong", "", "auth-server-proof-wrong"},
	{"server-nonce-changed", "", "auth-nonce-changed"},
	{"server-iterations-huge", "", "auth-iterations-high"},
	{"downgraded-list", "PLAIN", "auth-downgraded"},
}

const annsPassword = "tulip-42"

// Each ends in a finding that no other has, and of all that the client sent nothing holds the password.
func TestHostileServersGetNothing(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.scenario, func(t *testing.T) {
			v := visitLab(t, h.scenario, h.mechanism, record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic})
			for _, other := range hostile {
				if got := slices.Contains(v.findings, other.finding); got != (other == h) {
					t.Errorf("%s found: %v\n%v", other.finding, got, v.findings)
				}
			}
			if v.exit == record.ExitOK {
				t.Error("the walk ended well")
			}
			v.hasNot(t, annsPassword)
		})
	}
}

// After a login that showed someone in between, the password does not go out by PLAIN either: a guard asks first.
func TestTamperedPathGuardsThePassword(t *testing.T) {
	for scenario, finding := range map[string]string{
		"downgraded-binding": "auth-binding-stripped", "tls-inspection": "auth-binding-mismatch", "server-signature-wrong": "auth-server-proof-wrong",
	} {
		v := visitLab(t, scenario, "", record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}, "PLAIN", "LOGIN")
		if !slices.Contains(v.findings, finding) || len(v.guards) != 2 || v.guards[0] != "tampered-secret" || v.guards[1] != "tampered-secret" {
			t.Errorf("%s: guards %v, findings %v", scenario, v.guards, v.findings)
		}
		v.hasNot(t, annsPassword)
	}
}

// An attacker who plays the server in SCRAM, or sits inside TLS, has a proof to guess the password from once it went out, whatever
// the certificate says (RFC 5802 §9).
func TestImpostorHasTheProof(t *testing.T) {
	for scenario, exposed := range map[string]bool{
		"server-signature-wrong": true, "server-proof-missing": true, "tls-inspection": true,
		"server-nonce-changed": false, "downgraded-binding": false, "auth-all": false, // nothing computed from the password had gone out; the server is the one meant
	} {
		v := visitLab(t, scenario, "", record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire})
		if got := strings.Count(strings.Join(v.findings, " "), "proof-exposed"); got != map[bool]int{true: 1}[exposed] {
			t.Errorf("%s: proof-exposed found %d times in %v", scenario, got, v.findings)
		}
	}
}

// PLAIN where SCRAM is offered is pointed at, and a list that grows inside TLS is.
func TestListsAreJudged(t *testing.T) {
	for _, c := range []struct{ scenario, mechanism, finding string }{
		{"downgraded-binding", "PLAIN", "auth-stronger-offered"},
		{"auth-all", "LOGIN", "auth-stronger-offered"},
		{"shortened-list", "", "auth-list-shortened"},
	} {
		v := visitLab(t, c.scenario, c.mechanism, record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire})
		if n := strings.Count(strings.Join(v.findings, " "), c.finding); n != 1 {
			t.Errorf("%s: %s found %d times in %v", c.scenario, c.finding, n, v.findings)
		}
	}
	for _, scenario := range []string{"", "auth-all", "auth-scram-sha-256"} {
		v := visitLab(t, scenario, "", record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire})
		for _, f := range []string{"auth-stronger-offered", "auth-list-shortened", "auth-downgraded"} {
			if slices.Contains(v.findings, f) {
				t.Errorf("%s: %s", scenario, f)
			}
		}
	}
}

// labVisit is what a walk through a scenario left.
type labVisit struct {
	exit     record.Exit
	findings []string
	guards   []string // codes of the guards that stopped the attempts after the walk's own
	sent     []byte   // inside TLS, nothing masked, and what crossed the wire
}

// visitLab walks through a scenario with all secrets revealed, so that the log has what was sent as it was. Further
// attempts to log in follow by hand where AUTH is given up.
func visitLab(t *testing.T, scenario, mechanism string, policy record.Policy, then ...string) labVisit {
	t.Helper()
	sc, err := lab.Find(scenario)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wire := &tapped{}
	target, err := record.ParseTarget(sc.Target, true)
	if err != nil {
		t.Fatal(err)
	}
	target.Lab = true
	if mechanism == "" {
		mechanism = sc.Mechanism
	}
	g := walk.Goal{Mechanism: mechanism, Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret(annsPassword)}}
	s := engine.New(engine.Config{Target: target, Policy: policy, Plan: g.Plan(), Resolver: l, TLS: engine.TLSConfig{RootCAs: l.RootCAs()}, Timeout: 10 * time.Second,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := l.DialContext(ctx, network, address)
			return tappedConn{conn, wire}, err
		}})
	s.Reveal(true)
	v := labVisit{}
	if len(then) == 0 {
		engine.Walk(t.Context(), s, g)
	} else {
		v.attempts(t, s, g, then)
	}
	v.exit = s.Finish().Exit
	v.read(s.Log(), wire)
	return v
}

// attempts goes on by hand until AUTH is over, and then tries other mechanisms.
func (v *labVisit) attempts(t *testing.T, s *engine.Session, g walk.Goal, then []string) {
	t.Helper()
	timeline := record.NewTimeline(s.Log())
	for range 30 {
		timeline.Extend()
		o := walk.Options(timeline.At(s.Log().Len()), g)[0]
		if o.Step.Verb == record.VerbQuit {
			break
		}
		s.Do(t.Context(), o.Step)
	}
	for _, mechanism := range then {
		err := s.Do(t.Context(), record.Step{Verb: record.VerbAuth, Mechanism: mechanism, Credentials: g.Credentials})
		if guard, ok := err.(*walk.GuardError); ok {
			v.guards = append(v.guards, string(guard.Guard.Code))
		}
	}
	s.Do(t.Context(), record.Step{Verb: record.VerbQuit, Line: "QUIT"})
}

func (v *labVisit) read(log *record.Log, wire *tapped) {
	for i := range log.Len() {
		switch e := log.At(i); e.Kind {
		case record.KindFinding:
			v.findings = append(v.findings, string(e.Finding.Code))
		case record.KindSend:
			v.sent = append(v.sent, e.Send.Raw...)
		}
	}
	wire.Lock()
	defer wire.Unlock()
	v.sent = append(v.sent, wire.Bytes()...)
}

// hasNot looks for a secret in what was sent: as it is, inside longer base64 in each alignment, and decoded.
func (v labVisit) hasNot(t *testing.T, secret string) {
	t.Helper()
	if len(v.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		if form := encoded[(shift*8+5)/6 : (shift+len(secret))*8/6]; bytes.Contains(v.sent, []byte(form)) {
			t.Errorf("the base64 %q of the secret was sent", form)
		}
	}
	for word := range strings.FieldsSeq(string(v.sent)) {
		if data, err := base64.StdEncoding.DecodeString(word); err == nil && bytes.Contains(data, []byte(secret)) {
			t.Errorf("the secret was sent inside %q", word)
		}
	}
	if bytes.Contains(v.sent, []byte(secret)) {
		t.Error("the secret was sent as it is")
	}
}

// tapped is what a client wrote to the network.
type tapped struct {
	sync.Mutex
	bytes.Buffer
}

type tappedConn struct {
	net.Conn
	to *tapped
}

func (c tappedConn) Write(p []byte) (int, error) {
	c.to.Lock()
	c.to.Write(p)
	c.to.Unlock()
	return c.Conn.Write(p)
}
