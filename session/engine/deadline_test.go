package engine

import (
	"ehlo/session/record"
	"ehlo/session/walk"
	"strings"
	"testing"
	"time"
)

// The deadlines are those of RFC 5321 §4.5.3.2 unless a shorter one is asked for.
func TestDeadlines(t *testing.T) {
	ready := "S: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab\n"
	rcpt := ready + "C: MAIL FROM:<ann@mail.lab>\nS: 250 ok\nC: RCPT TO:<bob@mail.lab>\n"
	for _, test := range []struct {
		script  string
		timeout time.Duration
		took    time.Duration
	}{
		{"WAIT 1h", 0, 5 * time.Minute},
		{"S: 220 mail.lab\nC: EHLO …\nWAIT 1h", 0, 5 * time.Minute},
		{rcpt + "WAIT 1h", 0, 5 * time.Minute},
		{rcpt + "S: 250 ok\nC: DATA\nWAIT 1h", 0, 2 * time.Minute},
		{rcpt + "S: 250 ok\nC: DATA\nS: 354 go on\nMESSAGE\nWAIT 1h", 0, 10 * time.Minute},
		{"S: 220 mail.lab\nC: EHLO …\nWAIT 1h", 7 * time.Second, 7 * time.Second},
		{"S: 220 mail.lab\nC: EHLO …\nR: \"250-half\"\nWAIT 1h", 7 * time.Second, 7 * time.Second},
		{beforeTLS + "HELLO\nWAIT 1h", 7 * time.Second, 7 * time.Second},
	} {
		policy, finding := "off", "timeout"
		if strings.Contains(test.script, "HELLO") {
			policy, finding = "require", "tls-no-answer"
		}
		p := walkThrough(t, scene{policy: policy, goal: bob(), hasty: true, script: test.script, config: func(c *Config) { c.Timeout = test.timeout }})
		words, hint := "timed out", "ask-operator"
		if strings.Contains(test.script, "MESSAGE") {
			hint = "before you send it again"
		}
		if policy == "require" {
			words, hint = "The server did not answer", "retry-after 1m"
		}
		p.ends(record.ExitTimeout, words, hint)
		p.found(finding)
		if p.took != test.took {
			t.Errorf("%s: %v, want %v", test.script, p.took, test.took)
		}
	}
	for v, want := range map[record.Verb]time.Duration{record.VerbNoop: 5 * time.Minute, record.VerbContent: 10 * time.Minute, record.VerbQuit: 30 * time.Second} {
		if walk.Deadline(v) != want {
			t.Errorf("%s: %v", v, walk.Deadline(v))
		}
	}
}

// Every address gets its share of the time, and the order is that of the resolver.
func TestSeveralAddresses(t *testing.T) {
	three := func(c *Config) { c.Resolver = addresses{"2001:db8::1", "192.0.2.1", "192.0.2.2"} }
	p := walkThrough(t, scene{config: three, hasty: true, script: "DIAL silence\nNEXT\nDIAL refused\nNEXT\nS: 220 mail.lab\nC: EHLO …\nS: 250 x" + goodBye})
	p.ends(record.ExitOK)
	if got := p.trail(); !strings.HasPrefix(got, `resolve 2001:db8::1 192.0.2.1 192.0.2.2
connect [2001:db8::1]:587 no answer
connect 192.0.2.1:587 refused
connect 192.0.2.2:587
S: 220`) {
		t.Error(got)
	}
	if p.took != 40*time.Second {
		t.Errorf("took %v", p.took)
	}
	walkThrough(t, scene{config: three, hasty: true, script: "DIAL silence\nNEXT\nDIAL silence\nNEXT\nDIAL silence"}).ends(record.ExitTimeout)
}
