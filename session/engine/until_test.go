package engine

import (
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/walk"
	"strings"
	"testing"
)

func TestUntil(t *testing.T) {
	whole := bob()
	whole.Credentials = ann()
	inside := `
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN`
	auth := inside + "\nC: AUTH PLAIN …\nS: 235 ok"
	greeted := "S: 220 mail.lab"
	ehlo := greeted + `
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS`
	mail := auth + "\nC: MAIL FROM:<ann@mail.lab>\nS: 250 ok"
	rcpt := mail + "\nC: RCPT TO:<bob@mail.lab>\nS: 250 ok"
	data := rcpt + "\nC: DATA\nS: 354 go on\nMESSAGE\nS: 250 queued"
	for _, test := range []struct {
		until  record.Phase
		policy string
		script string
		end    record.Phase
	}{
		{record.PhaseResolve, "require", "", record.PhaseResolve},
		{record.PhaseConnect, "require", "WAIT 1ms", record.PhaseConnect},
		{record.PhaseGreeting, "require", greeted + goodBye, record.PhaseQuit},
		{record.PhaseEHLO, "require", ehlo + goodBye, record.PhaseQuit},
		{record.PhaseSTARTTLS, "require", beforeTLS, record.PhaseSTARTTLS},
		{record.PhaseHandshake, "require", beforeTLS + "TLS" + goodBye, record.PhaseQuit},
		{record.PhaseEHLOAgain, "require", beforeTLS + "TLS" + inside + goodBye, record.PhaseQuit},
		{record.PhaseAuth, "require", beforeTLS + "TLS" + auth + goodBye, record.PhaseQuit},
		{record.PhaseMail, "require", beforeTLS + "TLS" + mail + goodBye, record.PhaseQuit},
		{record.PhaseRcpt, "require", beforeTLS + "TLS" + rcpt + goodBye, record.PhaseQuit},
		{record.PhaseData, "require", beforeTLS + "TLS" + data + goodBye, record.PhaseQuit},
		{record.PhaseQuit, "require", beforeTLS + "TLS" + data + goodBye, record.PhaseQuit},

		{record.PhaseConnect, "implicit", "WAIT 1ms", record.PhaseConnect},
		{record.PhaseHandshake, "implicit", "TLS\n" + greeted + goodBye, record.PhaseQuit}, // a refusal of TLS 1.3 may come only with the first read
		{record.PhaseGreeting, "implicit", "TLS\n" + greeted + goodBye, record.PhaseQuit},
		{record.PhaseEHLO, "implicit", "TLS\n" + greeted + inside + goodBye, record.PhaseQuit},
		// phases that this route does not have are not gone past
		{record.PhaseEHLOAgain, "implicit", "TLS\n" + greeted + inside + goodBye, record.PhaseQuit},
		{record.PhaseSTARTTLS, "implicit", "TLS\n" + greeted + inside + goodBye, record.PhaseQuit},
		{record.PhaseHandshake, "off", greeted + inside + goodBye, record.PhaseQuit},
	} {
		t.Run(test.policy+" "+string(test.until), func(t *testing.T) {
			g := whole
			g.Until = test.until
			p := walkThrough(t, scene{policy: test.policy, goal: g, script: test.script, hasty: test.until == record.PhaseResolve || test.until == record.PhaseConnect})
			p.ends(record.ExitOK)
			if end := p.last(record.KindEnd).End; end.Phase != test.end {
				t.Errorf("the last phase is %s, want %s", end.Phase, test.end)
			}
		})
	}
}

// A certificate that failed verification is no success, also for a walk that was to go no further than the handshake.
func TestUntilHandshakeUnverified(t *testing.T) {
	bad := pkitest.Lab().Server("other.lab")
	g := walk.Goal{Until: record.PhaseHandshake}
	walkThrough(t, scene{policy: "require", server: bad, goal: g, script: beforeTLS + "TLS" + goodBye}).ends(record.ExitCertificate)
	walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", server: bad, goal: g, script: "TLS"}).ends(record.ExitCertificate)
}

// TLS that was asked for and cannot be is no success either.
func TestUntilWithoutSTARTTLS(t *testing.T) {
	for _, until := range []record.Phase{record.PhaseSTARTTLS, record.PhaseHandshake, record.PhaseEHLOAgain} {
		walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: walk.Goal{Until: until}, script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye}).ends(record.ExitSTARTTLS)
	}
}

// The route is the order in which a good walk does the phases.
func TestRoute(t *testing.T) {
	whole := bob()
	whole.Credentials = ann()
	tail := "\nC: EHLO [192.0.2.1]\nS: 250-mail.lab\nS: 250 AUTH PLAIN\nC: AUTH PLAIN …\nS: 235 ok" +
		"\nC: MAIL FROM:<ann@mail.lab>\nS: 250 ok\nC: RCPT TO:<bob@mail.lab>\nS: 250 ok\nC: DATA\nS: 354 go on\nMESSAGE\nS: 250 queued" + goodBye
	for policy, script := range map[string]string{
		"off": "S: 220 mail.lab" + tail, "implicit": "TLS\nS: 220 mail.lab" + tail, "require": beforeTLS + "TLS" + tail,
	} {
		p := walkThrough(t, scene{policy: policy, goal: whole, script: script, config: func(c *Config) { c.Policy.AllowCleartextAuth = true }})
		var want, got []string
		for _, ph := range walk.Route(p.s.cfg.Policy, whole) {
			want = append(want, string(ph))
		}
		for _, ph := range p.state().Done {
			got = append(got, string(ph))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: done %v, route %v", policy, got, want)
		}
	}
}
