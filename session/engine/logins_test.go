package engine

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Each mechanism is tried once, on a connection of its own, and the verdict is about all of them.
func TestEveryMechanism(t *testing.T) {
	const offer = "S: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250-mail.lab\nS: 250 AUTH PLAIN LOGIN\n"
	const plain, login = "C: AUTH PLAIN …\n", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\n"
	const yes, no, bye = "S: 235 ok\n", "S: 535 5.7.8 no\n", "C: QUIT\nS: 221 bye\n"
	for name, test := range map[string]struct {
		script string
		exit   record.Exit
		says   string
	}{
		"both":          {offer + plain + yes + bye + "NEXT\n" + offer + login + yes + bye, record.ExitOK, "mail.lab accepts ann with PLAIN, LOGIN."},
		"one":           {offer + plain + no + bye + "NEXT\n" + offer + login + yes + bye, record.ExitAuth, "accepts ann with LOGIN; it rejects PLAIN"},
		"none":          {offer + plain + no + bye + "NEXT\n" + offer + login + no + bye, record.ExitAuth, "with no mechanism; it rejects PLAIN, LOGIN. The username or the password is wrong"},
		"not now":       {offer + plain + "S: 454 4.7.0 later\n" + bye, record.ExitDeferred, "454 4.7.0"},
		"hung up":       {offer + plain + "CLOSE", record.ExitNoAuth, ""},
		"not reachable": {offer + plain + no + bye + "NEXT\nDIAL refused", record.ExitConnect, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			g := walk.Goal{Credentials: ann(), EveryMechanism: true}
			p := walkThrough(t, scene{goal: g, script: test.script, config: func(c *Config) { c.Policy.AllowCleartextAuth = true }})
			p.ends(test.exit)
			if cause := p.log[len(p.log)-1].End.Cause; !strings.Contains(cause, test.says) {
				t.Errorf("%s\nwant %s\n%s", cause, test.says, p.trail())
			}
		})
	}
}

// On a real server each login is asked about.
func TestEveryMechanismAsks(t *testing.T) {
	g := walk.Goal{Credentials: ann(), EveryMechanism: true}
	p := walkThrough(t, scene{goal: g, foreign: true, config: func(c *Config) { c.Policy.AllowCleartextAuth = true },
		script: "S: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250-mail.lab\nS: 250 AUTH PLAIN\nC: QUIT\nS: 221 bye"})
	p.ends(record.ExitStopped)
	if end := p.log[len(p.log)-1].End; end.Finding != record.FoundManyLogins {
		t.Errorf("%+v", end)
	}
}
