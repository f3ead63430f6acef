package session

import (
	"slices"
	"strings"
	"testing"
)

func bob(more ...string) Goal {
	return Goal{From: "ann@mail.lab", To: append([]string{"bob@mail.lab"}, more...)}
}

func TestWalkPlain(t *testing.T) {
	p := walk(t, scene{goal: bob(), script: `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 SIZE 1000
		C: MAIL FROM:<ann@mail.lab> SIZE=198
		S: 250 2.1.0 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 2.1.5 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 2.0.0 queued
		C: QUIT
		S: 221 2.0.0 bye
		CLOSE`})
	p.shows(`
		resolve 192.0.2.25
		connect 192.0.2.25:587
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab\250 SIZE 1000
		C: MAIL FROM:<ann@mail.lab> SIZE=198
		S: 250 2.1.0 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 2.1.5 ok
		C: DATA
		S: 354 go on
		C: Date: Sat, 01 Jan 2000 00:00:00 +0000\From: <ann@mail.lab>\To: <bob@mail.lab>\Message-ID: <d234ccf52430000.ehlo@mail.lab>\Subject: a test from ehlo\\This message was sent one step at a time.\.
		S: 250 2.0.0 queued
		C: QUIT
		S: 221 2.0.0 bye
		end quit 0`)
	if st := p.state(); st.Delivered != 1 || st.Stage != StageClosed || st.Failed != nil {
		t.Errorf("%+v", st)
	}
}

// submission is a whole session as submission should be, before what comes inside TLS.
const submission = `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go on
		TLS
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN
		`

const goodBye = `
		C: QUIT
		S: 221 bye
		CLOSE`

func TestWalkSubmission(t *testing.T) {
	g := bob()
	g.Credentials = ann()
	p := walk(t, scene{policy: "require", goal: g, script: submission + `
		C: AUTH PLAIN …
		S: 235 2.7.0 ok
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued` + goodBye})
	p.ends(ExitOK)
	p.found()
	var order []string
	for _, e := range p.log {
		if k := string(e.Kind); e.Step == VerbHandshake && (len(order) == 0 || order[len(order)-1] != k) {
			order = append(order, k)
		}
	}
	if want := "tls-message tls forgot state"; strings.Join(order, " ") != want {
		t.Errorf("the handshake shows %v, want %s", order, want)
	}
	if st := p.state(); st.Security != SecurityVerified || st.User != theUser || !slices.Equal(st.Done, []Phase{PhaseResolve,
		PhaseConnect, PhaseGreeting, PhaseEHLO, PhaseSTARTTLS, PhaseHandshake, PhaseEHLOAgain, PhaseAuth, PhaseMail, PhaseRcpt, PhaseData, PhaseQuit}) {
		t.Errorf("%+v", st)
	}
	c := p.last(KindCapabilities).Capabilities
	if !c.TLS || c.Changes == nil || len(c.Changes.Added) != 1 || len(c.Changes.Removed) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestWalkImplicit(t *testing.T) {
	walk(t, scene{target: "mail.lab:465", policy: "implicit", goal: Goal{Credentials: ann()}, script: `
		TLS
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN
		C: AUTH PLAIN …
		S: 235 ok` + goodBye}).shows(`
		resolve 192.0.2.25
		connect 192.0.2.25:465
		tls verified
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab\250 AUTH PLAIN LOGIN
		C: AUTH PLAIN ••••••
		auth C PLAIN 0
		S: 235 ok
		auth S PLAIN 0 success
		C: QUIT
		S: 221 bye
		end quit 0`)
}

func TestWalkHELO(t *testing.T) {
	for _, refusal := range []string{"500 5.5.2 unknown", "502 5.5.1 not here", "501 what", "504 no", "550 no"} {
		p := walk(t, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: ` + refusal + `
			C: HELO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(ExitOK)
		if st := p.state(); st.ESMTP || !st.TriedHELO || st.Failed != nil {
			t.Errorf("%+v", st)
		}
	}
	t.Run("not for later", func(t *testing.T) {
		walk(t, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 451 4.3.0 later` + goodBye}).ends(ExitEHLO, "451 4.3.0", "EHLO")
	})
}

func TestWalkLogin(t *testing.T) {
	for _, test := range []struct{ name, script, findings string }{
		{"usual", `
			S: 334 VXNlcm5hbWU6
			C: YW5u
			S: 334 UGFzc3dvcmQ6
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, ""},
		{"password first", `
			S: 334 UGFzc3dvcmQ6
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 334 VXNlcm5hbWU6
			C: YW5u
			S: 235 ok`, "login-password-first"},
		{"odd prompts", `
			S: 334 Zm9v
			C: YW5u
			S: 334 YmFy
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, "login-odd-prompt login-odd-prompt"},
		{"empty prompts without the space", `
			S: 334
			C: YW5u
			S: 334
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, "login-odd-prompt login-odd-prompt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann(), Mechanism: "login"}, script: submission + `
				C: AUTH LOGIN` + test.script + goodBye})
			p.ends(ExitOK)
			if got := strings.Join(p.findings(), " "); !strings.Contains(got, test.findings) {
				t.Errorf("found %q, want %q", got, test.findings)
			}
		})
	}
}

// The rounds of AUTH are counted, and each half has its event.
func TestWalkLoginRounds(t *testing.T) {
	p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann(), Mechanism: "LOGIN"}, script: submission + `
		C: AUTH LOGIN
		S: 334 VXNlcm5hbWU6
		C: YW5u
		S: 334 UGFzc3dvcmQ6
		C: …
		S: 535 5.7.8 no` + goodBye})
	_, after, _ := strings.Cut(p.trail(), "AUTH PLAIN LOGIN\n")
	want := `C: AUTH LOGIN
auth C LOGIN 0
S: 334 VXNlcm5hbWU6
auth S LOGIN 1
C: YW5u
auth C LOGIN 1
S: 334 UGFzc3dvcmQ6
auth S LOGIN 2
C: ••••••
auth C LOGIN 2
S: 535 5.7.8 no
auth S LOGIN 2 failure
C: QUIT
S: 221 bye
end auth 11 the server answered 535 5.7.8 to AUTH: no
`
	if after != want {
		t.Errorf("got\n%swant\n%s", after, want)
	}
}

// An initial response that makes the command too long waits for an empty challenge (RFC 4954 §4).
func TestWalkLongInitialResponse(t *testing.T) {
	long := ann()
	long.Authzid = strings.Repeat("x", 400)
	p := walk(t, scene{policy: "require", goal: Goal{Credentials: long, Mechanism: "PLAIN"}, script: submission + `
		C: AUTH PLAIN
		S: 334 
		C: eHh4…
		S: 235 ok` + goodBye})
	p.ends(ExitOK)
	if strings.Contains(p.trail(), "C: AUTH PLAIN ••••••") {
		t.Errorf("the log shows a response that was not sent:\n%s", p.trail())
	}
}

// A challenge that cannot be answered is cancelled, and the walk tells the reason, not the cancel's 501.
func TestWalkUnanswerable(t *testing.T) {
	p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann()}, script: submission + `
		C: AUTH PLAIN …
		S: 334 ??
		C: *
		S: 501 5.7.0 cancelled` + goodBye})
	p.ends(ExitAuth, "base64")
	p.found("auth-challenge-not-base64")
}

// A server that answers "*" with another challenge breaks RFC 4954 §4, and would go on for ever.
func TestWalkEndlessChallenges(t *testing.T) {
	p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann()}, script: submission + `
		C: AUTH PLAIN …
		S: 334 eA==
		C: *
		S: 334 eA==`})
	p.ends(ExitAuth)
	if p.state().Stage != StageBroken {
		t.Errorf("%+v", p.state())
	}
}

func TestWalkRecipients(t *testing.T) {
	for _, test := range []struct{ name, first, second string }{
		{"second refused", "250 ok", "550 5.1.1 nobody"},
		{"first refused", "550 5.1.1 nobody", "250 ok"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := walk(t, scene{goal: bob("eve@mail.lab"), script: `
				S: 220 mail.lab
				C: EHLO [192.0.2.1]
				S: 250 mail.lab
				C: MAIL FROM:<ann@mail.lab>
				S: 250 ok
				C: RCPT TO:<bob@mail.lab>
				S: ` + test.first + `
				C: RCPT TO:<eve@mail.lab>
				S: ` + test.second + `
				C: DATA
				S: 354 go on
				MESSAGE
				S: 250 queued` + goodBye})
			p.ends(ExitEnvelope, "550 5.1.1 to RCPT: nobody")
			if p.state().Delivered != 1 {
				t.Errorf("%+v", p.state())
			}
		})
	}
	t.Run("all refused", func(t *testing.T) {
		walk(t, scene{goal: bob("eve@mail.lab"), script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 550 5.1.1 bob is nobody
			C: RCPT TO:<eve@mail.lab>
			S: 550 5.1.1 eve is nobody` + goodBye}).ends(ExitEnvelope, "bob is nobody")
	})
	t.Run("twice the same", func(t *testing.T) {
		walk(t, scene{goal: bob("bob@mail.lab"), script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab
			C: MAIL FROM:<ann@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 354 go on
			MESSAGE
			S: 250 queued` + goodBye}).ends(ExitOK)
	})
}

// Under the opportunistic policy TLS that fails is done without, on a new connection where the old one is spoilt.
func TestWalkOpportunistic(t *testing.T) {
	plain := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued` + goodBye
	first := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		`
	t.Run("handshake fails", func(t *testing.T) {
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), hasty: true, script: first + `
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"
			NEXT` + plain})
		p.ends(ExitOK)
		if st := p.state(); st.Delivered != 1 || st.Security != SecurityPlain {
			t.Errorf("%+v\n%s", st, p.trail())
		}
	})
	t.Run("no way back", func(t *testing.T) {
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), hasty: true, script: first + `
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"
			NEXT
			DIAL refused`})
		p.ends(ExitConnect, "refused")
	})
	t.Run("refused", func(t *testing.T) {
		_, rest, _ := strings.Cut(plain, "C: MAIL")
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), script: first + `
			S: 454 4.7.0 not now
			C: MAIL` + rest})
		p.ends(ExitOK)
		p.found("starttls-refused")
	})
	t.Run("refused and nothing else to do", func(t *testing.T) {
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", script: first + `
			S: 454 4.7.0 not now` + goodBye})
		p.ends(ExitOK)
		p.found("starttls-refused")
	})
	t.Run("missing", func(t *testing.T) {
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(ExitOK)
		p.found("starttls-missing")
	})
	t.Run("unverified", func(t *testing.T) {
		p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", server: testPKI().server("other.lab"), script: first + `
			S: 220 go on
			TLS
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(ExitOK)
		p.found("cert-wrong-host")
	})
}

// The name service may answer once and then no more. The way back to plain text must not be tried for ever.
func TestWalkLosesTheName(t *testing.T) {
	asked := 0
	p := walk(t, scene{target: "mail.lab:25", policy: "opportunistic", hasty: true,
		config: func(c *Config) {
			c.Resolver = resolver(func() error { asked++; return map[bool]error{true: errNoName}[asked > 1] })
		},
		script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250-mail.lab
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"`})
	p.ends(ExitName, "mail.lab has no address")
}

func TestWalkChunking(t *testing.T) {
	g := bob()
	g.Message = []byte(".one\ntwo")
	p := act(t, scene{script: `
		S: 220 mail.lab
		C: EHLO me
		S: 250-mail.lab
		S: 250 CHUNKING
		C: MAIL FROM:<>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: BDAT 9 LAST
		BYTES 9
		S: 250 queued` + goodBye}, steps_(Step{Verb: VerbResolve}, Step{Verb: VerbConnect}, Step{Verb: VerbGreeting},
		Step{Verb: VerbEHLO, Line: "EHLO me"}, Step{Verb: VerbMail, Line: "MAIL FROM:<>"},
		Step{Verb: VerbRcpt, Line: "RCPT TO:<bob@mail.lab>"}, compose(Snapshot{Start: &Start{}}, g, VerbBdat),
		Step{Verb: VerbQuit, Line: "QUIT"}))
	p.ends(ExitOK)
	if p.state().Delivered != 1 {
		t.Errorf("%+v", p.state())
	}
}

// beforeTLS is a session up to the handshake.
const beforeTLS = `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go on
		`
