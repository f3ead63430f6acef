package session

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/sasl"
)

// Every exit code has a session that ends with it.
func TestExits(t *testing.T) {
	noMail := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab
		`
	withAnn := Goal{Credentials: ann()}
	seen := map[Exit]bool{75: true} // greylist and rate-limit of the practice server end with it
	for _, test := range []struct {
		exit  Exit
		name  string
		words string // in the sentence or the hint of the end
		phase Phase
		scene scene
	}{
		{ExitOK, "all well", "", PhaseQuit, scene{script: noMail + goodBye}},
		{ExitInternal, "panic", "ehlo failed inside the step connect", PhaseConnect, scene{script: "DIAL panic"}},
		{ExitUsage, "two lines in one", "one line at a time", PhaseMail, scene{goal: Goal{From: "a>\r\nRSET", To: []string{"b"}},
			script: noMail + goodBye}},
		{ExitName, "no such name", "nowhere.lab has no address", PhaseResolve, scene{target: "nowhere.lab:25", hasty: true}},
		{ExitName, "no IPv6", "has no IPv6 address", PhaseResolve, scene{hasty: true, config: func(c *Config) {
			c.Network, c.Resolver = "ip6", resolver(func() error { return errNoName })
		}}},
		{ExitConnect, "refused", "nothing listens on port 587", PhaseConnect, scene{script: "DIAL refused"}},
		{ExitConnect, "no route", "unreachable", PhaseConnect, scene{script: "DIAL lost"}},
		{ExitGreeting, "greeted with 554", "554 5.3.2 to the connection: go away", PhaseGreeting, scene{script: "S: 554 5.3.2 go away" + goodBye}},
		{ExitGreeting, "greeted with 421", "421 to the connection: too busy", PhaseGreeting, scene{script: "S: 421 too busy\nCLOSE"}},
		{ExitGreeting, "closed at once", "instead of sending the greeting", PhaseGreeting, scene{script: "CLOSE"}},
		{ExitGreeting, "a web server", "looks like HTTP", PhaseGreeting, scene{script: "S: HTTP/1.1 400 Bad Request\nCLOSE"}},
		{ExitEHLO, "EHLO and HELO refused", "502 to HELO", PhaseEHLO, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 502 no
			C: HELO [192.0.2.1]
			S: 502 no` + goodBye}},
		{ExitSTARTTLS, "missing", "no STARTTLS stands in the list", PhaseSTARTTLS, scene{policy: "require", script: noMail + goodBye}},
		{ExitSTARTTLS, "refused", "454 4.7.0 to STARTTLS: not now", PhaseSTARTTLS, scene{policy: "require",
			script: strings.TrimSuffix(beforeTLS, "S: 220 go on\n\t\t") + "S: 454 4.7.0 not now" + goodBye}},
		{ExitHandshake, "alert", "handshake_failure", PhaseHandshake, scene{policy: "require", script: beforeTLS + `
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"`}},
		{ExitHandshake, "closed", "closed", PhaseHandshake, scene{policy: "require", script: beforeTLS + `
			HELLO
			CLOSE`}},
		{ExitHandshake, "implicit TLS on a port without", "speaks SMTP first", PhaseHandshake, scene{policy: "implicit", script: `
			S: 220 mail.lab
			HELLO`}},
		{ExitCertificate, "wrong host after STARTTLS", "it names other.lab; mail.lab was asked for", PhaseHandshake, scene{policy: "require",
			server: testPKI().server("other.lab"), script: beforeTLS + "TLS" + goodBye}},
		{ExitCertificate, "wrong host on 465", "it names other.lab; mail.lab was asked for", PhaseHandshake, scene{target: "mail.lab:465", policy: "implicit",
			server: testPKI().server("other.lab"), script: `
			TLS
			S: 220 mail.lab` + goodBye}},
		{ExitNoAuth, "not offered", "does not offer AUTH here", PhaseAuth, scene{goal: withAnn, script: noMail + goodBye}},
		{ExitNoAuth, "in clear text", "--allow-cleartext-auth", PhaseAuth, scene{goal: withAnn, script: noAuthTLS + goodBye}},
		{ExitNoAuth, "other mechanisms", "does not offer AUTH SCRAM-SHA-256; it offers PLAIN LOGIN", PhaseAuth,
			scene{goal: Goal{Credentials: ann(), Mechanism: "scram-sha-256"}, script: noAuthTLS + goodBye}},
		{ExitNoAuth, "no password", "password", PhaseAuth, scene{policy: "require", goal: Goal{Credentials: sasl.Credentials{Username: "ann"}},
			script: submission + goodBye}},
		{ExitAuth, "wrong password", "535 5.7.8 to AUTH: no", PhaseAuth, scene{policy: "require", goal: withAnn, script: submission + `
			C: AUTH PLAIN …
			S: 535 5.7.8 no` + goodBye}},
		{ExitEnvelope, "MAIL refused", "550 5.7.1 to MAIL: not you", PhaseMail, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 550 5.7.1 not you` + goodBye}},
		{ExitEnvelope, "RCPT refused", "554 5.7.1 to RCPT: relay access denied", PhaseRcpt, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 554 5.7.1 relay access denied` + goodBye}},
		{ExitData, "DATA refused", "554 to DATA: no", PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 554 no` + goodBye}},
		{ExitData, "message refused", "552 5.3.4 to the message: too big", PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 354 go on
			MESSAGE
			S: 552 5.3.4 too big` + goodBye}},
		{ExitProtocol, "injected", "behind the 220 of STARTTLS", PhaseSTARTTLS, scene{policy: "require", script: beforeTLS + "S: 250 fake"}},
		{ExitProtocol, "endless line", "does not end", PhaseGreeting, scene{config: func(c *Config) { c.Limits.Line = 100 },
			script: `R: "220 ` + strings.Repeat("x", 200) + `"`}},
		{ExitProtocol, "DATA answered with 250", "250 to DATA", PhaseData, scene{goal: bob(), script: noMail + `
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 250 what` + goodBye}},
		{ExitProtocol, "AUTH answered with 250", "250", PhaseAuth, scene{policy: "require", goal: withAnn, script: submission + `
			C: AUTH PLAIN …
			S: 250 fine` + goodBye}},
		{ExitTimeout, "no greeting", "waiting for the greeting took too long", PhaseGreeting, scene{hasty: true, script: "WAIT 1h"}},
		{ExitTimeout, "no TCP", "no answer from mail.lab:587", PhaseConnect, scene{script: "DIAL silence"}},
		{ExitTimeout, "the kernel gave up", "took too long", PhaseEHLO, scene{hasty: true, config: patience(time.Minute), script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			WAIT 1h`}},
		{ExitInterrupted, "a person stopped it", "waiting for the reply to EHLO was cancelled", PhaseEHLO, scene{cancel: time.Second, hasty: true, script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			WAIT 1h`}},
		{ExitInterrupted, "while connecting", "cancelled", PhaseConnect, scene{script: "DIAL cancel"}},
	} {
		seen[test.exit] = true
		t.Run(test.name, func(t *testing.T) {
			p := walk(t, test.scene)
			p.ends(test.exit, test.words)
			end := p.last(KindEnd).End
			if end.Phase != test.phase {
				t.Errorf("phase %s, want %s", end.Phase, test.phase)
			}
			if (end.Error == "") != (end.Exit == ExitOK) {
				t.Errorf("%q", end.Error)
			}
			if test.exit != ExitInterrupted && (end.Hint == "") != (end.Exit == ExitOK) {
				t.Errorf("%q has the hint %q", end.Error, end.Hint)
			}
		})
	}
	for _, e := range Exits {
		if !seen[e.Code] {
			t.Errorf("no session ends with %d, %s", e.Code, e.Meaning)
		}
	}
	if !slices.IsSortedFunc(Exits, func(a, b struct {
		Code    Exit
		Meaning string
	}) int {
		return int(a.Code - b.Code)
	}) {
		t.Error("the exit codes are not in order")
	}
}

// noAuthTLS offers AUTH in clear text.
const noAuthTLS = `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN
		`

// An end event is written once, whatever comes later.
func TestFinishOnce(t *testing.T) {
	p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
		if err := inOrder(Step{Verb: VerbResolve}, Step{Verb: VerbConnect}, Step{Verb: VerbGreeting})(ctx, s); err != nil {
			return err
		}
		err := errors.New("something else")
		if got := s.Finish(err); got != ExitInternal {
			t.Errorf("exit %d", got)
		}
		return nil
	})
	p.ends(ExitInternal, "internal error")
	if strings.Count(p.trail(), "end ") != 1 {
		t.Error(p.trail())
	}
}
