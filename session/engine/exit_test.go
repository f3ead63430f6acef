package engine

import (
	"context"
	"ehlo/session/certificate/pkitest"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// Every exit code has a session that ends with it.
func TestExits(t *testing.T) {
	noMail := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab
		`
	withAnn := walk.Goal{Credentials: ann()}
	seen := map[record.Exit]bool{record.ExitDeferred: true} // lab scenarios end with it
	for _, test := range []struct {
		exit  record.Exit
		name  string
		words string // in the sentence or the hint of the end
		phase record.Phase
		scene scene
	}{
		{record.ExitOK, "all well", "", record.PhaseQuit, scene{script: noMail + goodBye}},
		{record.ExitInternal, "panic", "ehlo failed inside the step connect", record.PhaseConnect, scene{script: "DIAL panic"}},
		{record.ExitName, "no such name", "The host name nowhere.lab does not exist in DNS, or has no address.", record.PhaseResolve, scene{target: "nowhere.lab:25", hasty: true}},
		{record.ExitName, "no IPv6", "has no IPv6 address", record.PhaseResolve, scene{hasty: true, config: func(c *Config) {
			c.Network, c.Resolver = "ip6", resolver(func() error { return errNoName })
		}}},
		{record.ExitConnect, "refused", "nothing listens at 192.0.2.25:587", record.PhaseConnect, scene{script: "DIAL refused"}},
		{record.ExitConnect, "no route", "no route to the host", record.PhaseConnect, scene{script: "DIAL lost"}},
		{record.ExitGreeting, "greeted with 554", "mail.lab answered 554 5.3.2 to the connection, “go away”.", record.PhaseGreeting, scene{script: "S: 554 5.3.2 go away" + goodBye}},
		{record.ExitDeferred, "greeted with 421", "mail.lab answered 421 to the connection, “too busy”.", record.PhaseGreeting, scene{script: "S: 421 too busy\nCLOSE"}},
		{record.ExitGreeting, "closed at once", "closed at once, without a greeting", record.PhaseGreeting, scene{script: "CLOSE"}},
		{record.ExitGreeting, "a web server", "A web server answers on port", record.PhaseGreeting, scene{script: "S: HTTP/1.1 400 Bad Request\nCLOSE"}},
		{record.ExitEHLO, "EHLO and HELO refused", "mail.lab answered 502 to HELO [192.0.2.1], “no”.", record.PhaseEHLO, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 502 no
			C: HELO [192.0.2.1]
			S: 502 no` + goodBye}},
		{record.ExitSTARTTLS, "missing", "The EHLO reply of mail.lab does not offer STARTTLS", record.PhaseSTARTTLS, scene{policy: "require", script: noMail + goodBye}},
		{record.ExitSTARTTLS, "refused", "mail.lab answered 454 4.7.0 to STARTTLS, “not now”.", record.PhaseSTARTTLS, scene{policy: "require",
			script: strings.TrimSuffix(beforeTLS, "S: 220 go on\n\t\t") + "S: 454 4.7.0 not now" + goodBye}},
		{record.ExitHandshake, "alert", "handshake_failure", record.PhaseHandshake, scene{policy: "require", script: beforeTLS + `
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"`}},
		{record.ExitHandshake, "closed", "closed", record.PhaseHandshake, scene{policy: "require", script: beforeTLS + `
			HELLO
			CLOSE`}},
		{record.ExitHandshake, "implicit TLS on a port without", "like an SMTP server that expects STARTTLS", record.PhaseHandshake, scene{policy: "implicit", script: `
			S: 220 mail.lab
			HELLO`}},
		{record.ExitCertificate, "wrong host after STARTTLS", "it names other.lab, but not mail.lab", record.PhaseHandshake, scene{policy: "require",
			server: pkitest.Lab().Server("other.lab"), script: beforeTLS + "TLS" + goodBye}},
		{record.ExitCertificate, "wrong host on 465", "it names other.lab, but not mail.lab", record.PhaseHandshake, scene{target: "mail.lab:465", policy: "implicit",
			server: pkitest.Lab().Server("other.lab"), script: `
			TLS
			S: 220 mail.lab` + goodBye}},
		{record.ExitNoAuth, "not offered", "does not offer AUTH here", record.PhaseAuth, scene{goal: withAnn, script: noMail + goodBye}},
		{record.ExitNoAuth, "in cleartext", "accept-cleartext", record.PhaseAuth, scene{goal: withAnn, script: noAuthTLS + goodBye}},
		{record.ExitNoAuth, "other mechanisms", "does not offer AUTH SCRAM-SHA-256; it offers PLAIN LOGIN", record.PhaseAuth,
			scene{goal: walk.Goal{Credentials: ann(), Mechanism: "scram-sha-256"}, script: noAuthTLS + goodBye}},
		{record.ExitNoAuth, "no password", "password", record.PhaseAuth, scene{policy: "require", goal: walk.Goal{Credentials: sasl.Credentials{Username: "ann"}},
			script: submission + goodBye}},
		{record.ExitAuth, "wrong password", "mail.lab answered 535 5.7.8 to AUTH PLAIN as ann, “no”.", record.PhaseAuth, scene{policy: "require", goal: withAnn, script: submission + `
			C: AUTH PLAIN …
			S: 535 5.7.8 no` + goodBye}},
		{record.ExitEnvelope, "MAIL refused", "mail.lab answered 550 5.7.1 to the sender <ann@mail.lab>, “not you”.", record.PhaseMail, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 550 5.7.1 not you` + goodBye}},
		{record.ExitEnvelope, "RCPT refused", "mail.lab answered 554 5.7.1 to the recipient <bob@mail.lab>, “relay access denied”.", record.PhaseRcpt, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 554 5.7.1 relay access denied` + goodBye}},
		{record.ExitData, "DATA refused", "mail.lab answered 554 to DATA, “no”.", record.PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 554 no` + goodBye}},
		{record.ExitData, "message refused", "mail.lab answered 552 5.3.4 to the message for bob@mail.lab, “too big”.", record.PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 354 go on
			MESSAGE
			S: 552 5.3.4 too big` + goodBye}},
		{record.ExitProtocol, "injected", "after the 220 to STARTTLS", record.PhaseSTARTTLS, scene{policy: "require", script: beforeTLS + "S: 250 fake"}},
		{record.ExitProtocol, "endless line", "is too long", record.PhaseGreeting, scene{config: func(c *Config) { c.Limits.Line = 100 },
			script: `R: "220 ` + strings.Repeat("x", 200) + `"`}},
		{record.ExitProtocol, "DATA answered with 250", "mail.lab answered 250 to DATA", record.PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 250 what`}},
		{record.ExitProtocol, "AUTH answered with 250", "250", record.PhaseAuth, scene{policy: "require", goal: withAnn, script: submission + `
			C: AUTH PLAIN …
			S: 250 fine`}},
		{record.ExitTimeout, "no greeting", "waiting for the greeting timed out", record.PhaseGreeting, scene{hasty: true, script: "WAIT 1h"}},
		{record.ExitTimeout, "no TCP", "Connecting to mail.lab:587", record.PhaseConnect, scene{script: "DIAL silence"}},
		{record.ExitTimeout, "the kernel gave up", "timed out", record.PhaseEHLO, scene{hasty: true, config: patience(time.Minute), script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			WAIT 1h`}},
		{record.ExitStopped, "a person stopped it", "stopped after the greeting", record.PhaseGreeting, scene{cancel: time.Second, hasty: true, script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			WAIT 1h`}},
		{record.ExitStopped, "while connecting", "stopped after the name lookup", record.PhaseResolve, scene{script: "DIAL cancel"}},
	} {
		seen[test.exit] = true
		t.Run(test.name, func(t *testing.T) {
			p := walkThrough(t, test.scene)
			p.ends(test.exit, test.words)
			end := p.last(record.KindEnd).End
			if end.Phase != test.phase {
				t.Errorf("phase %s, want %s", end.Phase, test.phase)
			}
			if end.Cause == "" || !strings.HasSuffix(end.Cause, ".") || end.Failed() != (end.Exit != record.ExitOK) || end.Failed() && end.Who == "" {
				t.Errorf("%+v", end)
			}
		})
	}
	for _, e := range record.Exits {
		if !seen[e.Code] && e.Code != record.ExitUsage { // which no session comes to
			t.Errorf("no session ends with %d, %s", e.Code, e.Meaning)
		}
	}
	if !slices.IsSortedFunc(record.Exits, func(a, b struct {
		Code    record.Exit
		Meaning string
	}) int {
		return int(a.Code - b.Code)
	}) {
		t.Error("the exit codes are not in order")
	}
}

// noAuthTLS offers AUTH in cleartext.
const noAuthTLS = `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN
		`

// An end event is written once, whatever comes later.
func TestFinishOnce(t *testing.T) {
	p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
		if err := inOrder(record.Step{Verb: record.VerbResolve}, record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting})(ctx, s); err != nil {
			return err
		}
		if got := s.Finish(); got.Exit != record.ExitStopped {
			t.Errorf("%+v", got)
		}
		s.Finish()
		return nil
	})
	p.ends(record.ExitStopped, "stopped after the greeting")
	if strings.Count(p.trail(), "end ") != 1 {
		t.Error(p.trail())
	}
}
