package engine

import (
	"slices"
	"testing"

	"ehlo/session/record"
)

// breaks is a goal with an experiment in it, against a server of one's own.
func breaks(name, script string) scene {
	g := bob()
	g.Experiment, g.BreakRules = name, true
	return scene{target: "mail.lab:25", goal: g, script: script}
}

// What a server answers to a broken rule tells what it took for commands.
func TestExperiments(t *testing.T) {
	const greet, hello = "S: 220 mail.lab\n", "C: EHLO [192.0.2.1]\n"
	const inject = greet + hello + "S: 250-mail.lab\nS: 250 STARTTLS\nC: STARTTLS\nC: NOOP\n"
	const inside = "S: 220 go on\nTLS\nC: EHLO [192.0.2.1]\n"
	const bye = "C: QUIT\nS: 221 bye\n"
	const held, broke, open = record.FoundExperimentHeld, record.FoundExperimentBroke, record.FoundExperimentOpen
	for name, test := range map[string]struct {
		experiment, policy, script string
		exit                       record.Exit
		found                      record.FindingCode
	}{
		"rejected early":       {"early-talker", "", hello + "S: 554 5.5.1 you spoke first\nCLOSE", record.ExitOK, held},
		"hung up on":           {"early-talker", "", hello + "CLOSE", record.ExitOK, held},
		"discarded":            {"early-talker", "", hello + greet + bye, record.ExitOK, held},
		"answered late":        {"early-talker", "", hello + greet + "C: QUIT\nS: 250 mail.lab\nS: 221 bye", record.ExitOK, held},
		"no greeting":          {"early-talker", "", hello + "S: 250 mail.lab\nC: QUIT\nS: 220 mail.lab\nS: 221 bye", record.ExitProtocol, broke},
		"both":                 {"early-pipelining", "", greet + hello + "C: NOOP\nS: 250 mail.lab\nC: QUIT\nS: 250 ok\nS: 221 bye", record.ExitOK, held},
		"refused":              {"early-pipelining", "", greet + hello + "C: NOOP\nS: 503 5.5.0 too early\n" + bye, record.ExitOK, held},
		"lost":                 {"early-pipelining", "", greet + hello + "C: NOOP\nS: 250 mail.lab\n" + bye, record.ExitProtocol, broke},
		"STARTTLS refused":     {"starttls-injection", "require", inject + "S: 503 5.5.0 alone, please\nC: QUIT\nS: 250 ok\nS: 221 bye", record.ExitOK, held},
		"injection discarded":  {"starttls-injection", "require", inject + inside + "S: 250 mail.lab\n" + bye, record.ExitOK, held},
		"injection carried":    {"starttls-injection", "require", inject + inside + "S: 250 ok\nC: QUIT\nS: 250 mail.lab\nS: 221 bye", record.ExitProtocol, broke},
		"injection, refused":   {"starttls-injection", "require", inject + inside + "S: 503 EHLO first\nC: QUIT\nS: 250 mail.lab\nS: 221 bye", record.ExitProtocol, broke},
		"answered in the open": {"starttls-injection", "require", inject + "S: 220 go on\nS: 250 ok\n", record.ExitProtocol, broke},
		"no handshake":         {"starttls-injection", "require", inject + "S: 220 go on\nHELLO\nCUT", record.ExitHandshake, open},
		"no last reply":        {"early-talker", "", hello + greet + "C: QUIT\nS: 250 mail.lab", record.ExitTimeout, open},
		"LF ends a line":       {"bare-lf", "off", greet + hello + "S: 250 mail.lab\nBYTES 15\nS: 250 ok\nC: QUIT\nS: 250 ok\nS: 221 bye", record.ExitProtocol, broke},
		"LF alone refused":     {"bare-lf", "off", greet + hello + "S: 250 mail.lab\nBYTES 15\nS: 500 5.5.2 no\nC: QUIT\nS: 250 ok\nS: 221 bye", record.ExitOK, held},
	} {
		t.Run(name, func(t *testing.T) {
			sc := breaks(test.experiment, test.script)
			sc.policy = test.policy
			if test.experiment != "starttls-injection" {
				sc.goal.To = nil
			}
			p := walkThrough(t, sc)
			p.ends(test.exit)
			if !slices.ContainsFunc(p.log, func(e *record.Event) bool { return e.Finding != nil && e.Finding.Code == test.found }) {
				t.Errorf("no %s\n%s", test.found, p.trail())
			}
		})
	}
}

// On a server that is not on this machine a person agrees first.
func TestExperimentsAskFirst(t *testing.T) {
	sc := breaks("early-talker", "")
	sc.goal.BreakRules, sc.hasty, sc.foreign = false, true, true
	p := walkThrough(t, sc)
	p.ends(record.ExitStopped)
	if slices.ContainsFunc(p.log, func(e *record.Event) bool { return e.Send != nil }) {
		t.Errorf("something was sent\n%s", p.trail())
	}
}
