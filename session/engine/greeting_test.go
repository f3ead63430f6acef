package engine

import (
	"ehlo/session/record"
	"strings"
	"testing"
	"time"
)

// Whatever speaks first on the port, the sentence names it.
func TestForeignGreetings(t *testing.T) {
	for _, test := range []struct {
		script string
		words  []string
		code   string
	}{
		{`S: HTTP/1.1 400 Bad Request`, []string{"A web server answers on port 587 of mail.lab", "HTTP/1.1 400"}, "http-banner"},
		{`S: SSH-2.0-OpenSSH_9.2`, []string{"Port 587 of mail.lab does not speak SMTP", "SSH"}, "not-smtp"},
		{`S: * OK IMAP4rev1 ready`, []string{"Port 587 of mail.lab does not speak SMTP", "IMAP", "use-starttls 587", "use-tls 465"}, "not-smtp"},
		{`S: +OK POP3 ready`, []string{"Port 587 of mail.lab does not speak SMTP", "POP3"}, "not-smtp"},
		{`R: "\x15\x03\x01\x00\x02\x02\x28"`, []string{"Port 587 of mail.lab answers with TLS, not with SMTP.", "use-tls 587"}, "tls-not-smtp"},
		{`R: "\x16\x03\x01\x00\x02\x02\x28"`, []string{"Port 587 of mail.lab answers with TLS"}, "tls-not-smtp"},
		{`R: "\x1b]0;pwned\x07\r\n"`, []string{`\x1b`}, "not-smtp"},
		{`S: 199 too low`, []string{"199"}, "not-smtp"},
	} {
		p := walkThrough(t, scene{script: test.script})
		p.ends(record.ExitGreeting, test.words...)
		p.found(test.code)
		if strings.ContainsAny(p.last(record.KindEnd).End.Cause, "\x1b\x07") {
			t.Errorf("%q", p.last(record.KindEnd).End.Cause)
		}
	}
}

// In the middle of a session the same bytes mean something else: it is an SMTP server, and a broken one.
func TestForeignReplies(t *testing.T) {
	for _, reply := range []string{`S: hello`, `R: "\x15\x03\x01\x00\x02\x02\x28"`, `S: * OK`} {
		p := walkThrough(t, scene{script: "S: 220 mail.lab\nC: EHLO [192.0.2.1]\n" + reply})
		p.ends(record.ExitProtocol, "Instead of the reply to EHLO")
		p.found("reply-malformed")
		if strings.Contains(verdictWords(p.last(record.KindEnd).End), "implicit") || p.state().Stage != record.StageBroken {
			t.Errorf("%+v", p.last(record.KindEnd).End)
		}
	}
}

// 587 spoken to in TLS, and 465 in plain text: one sentence names the mismatch and what to use instead.
func TestMismatch(t *testing.T) {
	p := walkThrough(t, scene{policy: "implicit", script: "S: 220 mail.lab ESMTP\nHELLO"})
	p.ends(record.ExitHandshake, "Port 587", "like an SMTP server that expects STARTTLS", "use-starttls 587")
	p.found("implicit-tls-on-starttls-port")
	if n := strings.Count(p.trail(), "tls unverified failed"); n != 1 {
		t.Error(p.trail())
	}
	p = walkThrough(t, scene{policy: "implicit", target: "mail.lab:2525", script: "S: 220 mail.lab ESMTP\nHELLO"})
	p.ends(record.ExitHandshake, "Port 2525", "use-starttls 2525")

	silent := walkThrough(t, scene{target: "mail.lab:465", policy: "require", script: "WAIT 1h\nNEXT\nTLS", hasty: true})
	silent.ends(record.ExitGreeting, "Port 465 of mail.lab expects TLS from the first byte", "use-tls 465")
	silent.found("silence-on-implicit-port")
	if silent.took > 3*time.Second || silent.state().Stage != record.StageClosed || strings.Count(silent.trail(), "!") != 2 {
		t.Errorf("after %v\n%s", silent.took, silent.trail())
	}
	alert := walkThrough(t, scene{target: "mail.lab:465", policy: "require", script: "WAIT 1h\nNEXT\nHELLO\nR: \"\\x15\\x03\\x01\\x00\\x02\\x02\\x28\"", hasty: true})
	alert.ends(record.ExitGreeting, "expects TLS from the first byte")
}

// A server may take its time to greet. It is asked once, on a second connection, whether it speaks TLS, and left alone.
func TestSlowGreeting(t *testing.T) {
	for _, probe := range []string{
		"HELLO\nWAIT 6s\nS: 220 mail.lab", // just as slow there
		"HELLO\nS: 220 mail.lab",          // complains
		"CLOSE",
		"HELLO\nWAIT 1h",
		"DIAL refused",
		"DIAL silence",
		"HELLO\nS: 554 no\nCLOSE",
	} {
		p := walkThrough(t, scene{hasty: true, script: "WAIT 6s\nS: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab" + goodBye + "\nNEXT\n" + probe})
		p.ends(record.ExitOK)
		p.found("silence-probed")
		p.found("greeting-delayed")
		if len(p.findings()) != 2 || p.took != 6*time.Second {
			t.Errorf("%q: found %v after %v", probe, p.findings(), p.took)
		}
		if r := p.last(record.KindReply); r.Step != record.VerbQuit {
			t.Error(p.trail())
		}
	}
	relay := walkThrough(t, scene{target: "mail.lab:25", hasty: true, script: "WAIT 6s\nS: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab" + goodBye})
	relay.ends(record.ExitOK) // a relay's pause is how it catches robots: no second connection
	begun := walkThrough(t, scene{hasty: true, script: "R: \"220-ma\"\nWAIT 6s\nR: \"il.lab\\r\\n\"\nS: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab" + goodBye})
	begun.ends(record.ExitOK) // it speaks SMTP already
	quick := walkThrough(t, scene{script: "WAIT 1400ms\nS: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab" + goodBye})
	quick.ends(record.ExitOK)
}

// A greeting that names its software is a claim, and shown as one.
func TestBannerFinding(t *testing.T) {
	p := walkThrough(t, scene{script: "S: 220 mail.lab ESMTP Postfix (Debian/GNU)\nC: EHLO …\nS: 250 x" + goodBye})
	p.found("banner-software")
}
