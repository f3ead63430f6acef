package engine

import (
	"ehlo/session/record"
	"ehlo/session/walk"
	"slices"
	"strings"
	"testing"
)

func bob(more ...string) walk.Goal {
	return walk.Goal{From: "ann@mail.lab", To: append([]string{"bob@mail.lab"}, more...)}
}

func TestWalkPlain(t *testing.T) {
	p := walkThrough(t, scene{goal: bob(), script: `
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
		end quit 0 done`)
	if st := p.state(); st.Delivered != 1 || st.Stage != record.StageClosed || st.Failed != nil {
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
	p := walkThrough(t, scene{policy: "require", goal: g, script: submission + `
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
	p.ends(record.ExitOK)
	p.found()
	var order []string
	for _, e := range p.log {
		if k := string(e.Kind); e.Step == record.VerbHandshake && (len(order) == 0 || order[len(order)-1] != k) {
			order = append(order, k)
		}
	}
	if want := "tls-message tls forgot state"; strings.Join(order, " ") != want {
		t.Errorf("the handshake shows %v, want %s", order, want)
	}
	if st := p.state(); st.Security != record.SecurityVerified || st.User != theUser || !slices.Equal(st.Done, []record.Phase{record.PhaseResolve,
		record.PhaseConnect, record.PhaseGreeting, record.PhaseEHLO, record.PhaseSTARTTLS, record.PhaseHandshake, record.PhaseEHLOAgain, record.PhaseAuth, record.PhaseMail, record.PhaseRcpt, record.PhaseData, record.PhaseQuit}) {
		t.Errorf("%+v", st)
	}
	c := p.last(record.KindCapabilities).Capabilities
	if !c.TLS || c.Changes == nil || len(c.Changes.Added) != 1 || len(c.Changes.Removed) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestWalkImplicit(t *testing.T) {
	walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", goal: walk.Goal{Credentials: ann()}, script: `
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
		end quit 0 done`)
}

func TestWalkHELO(t *testing.T) {
	for _, refusal := range []string{"500 5.5.2 unknown", "502 5.5.1 not here", "504 no"} {
		p := walkThrough(t, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: ` + refusal + `
			C: HELO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(record.ExitOK)
		if st := p.state(); st.ESMTP || !st.TriedHELO || st.Failed != nil {
			t.Errorf("%+v", st)
		}
	}
	t.Run("not for another name", func(t *testing.T) {
		for _, refusal := range []string{"501 5.5.4 no such name", "550 5.7.1 I do not like your name"} {
			p := walkThrough(t, scene{script: "S: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: " + refusal + goodBye})
			p.ends(record.ExitEHLO, "give-ehlo-name")
			p.found("ehlo-name-refused")
		}
	})
	t.Run("not for later", func(t *testing.T) {
		walkThrough(t, scene{script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 451 4.3.0 later` + goodBye}).ends(record.ExitDeferred, "451 4.3.0", "EHLO")
	})
}

func TestWalkRecipients(t *testing.T) {
	for _, test := range []struct{ name, first, second string }{
		{"second refused", "250 ok", "550 5.1.1 nobody"},
		{"first refused", "550 5.1.1 nobody", "250 ok"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := walkThrough(t, scene{goal: bob("eve@mail.lab"), script: mailAccepted + `
				C: RCPT TO:<bob@mail.lab>
				S: ` + test.first + `
				C: RCPT TO:<eve@mail.lab>
				S: ` + test.second + `
				C: DATA
				S: 354 go on
				MESSAGE
				S: 250 queued` + goodBye})
			p.ends(record.ExitEnvelope, "550 5.1.1 to the recipient <"+map[bool]string{true: "bob", false: "eve"}[test.first[0] == '5']+"@mail.lab>, “nobody”")
			if p.state().Delivered != 1 {
				t.Errorf("%+v", p.state())
			}
		})
	}
	t.Run("all refused", func(t *testing.T) {
		walkThrough(t, scene{goal: bob("eve@mail.lab"), script: mailAccepted + `
			C: RCPT TO:<bob@mail.lab>
			S: 550 5.1.1 bob is nobody
			C: RCPT TO:<eve@mail.lab>
			S: 550 5.1.1 eve is nobody` + goodBye}).ends(record.ExitEnvelope, "eve is nobody", "No one receives the message: <bob@mail.lab> was refused as well.")
	})
	t.Run("twice the same", func(t *testing.T) {
		walkThrough(t, scene{goal: bob("bob@mail.lab"), script: mailAccepted + `
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: RCPT TO:<bob@mail.lab>
			S: 250 ok
			C: DATA
			S: 354 go on
			MESSAGE
			S: 250 queued` + goodBye}).ends(record.ExitOK)
	})
}

func TestWalkChunking(t *testing.T) {
	g := bob()
	g.Message = record.MessageOf([]byte(".one\ntwo"))
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
		S: 250 queued` + goodBye}, inOrder(record.Step{Verb: record.VerbResolve}, record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting},
		record.Step{Verb: record.VerbEHLO, Line: "EHLO me"}, record.Step{Verb: record.VerbMail, Line: "MAIL FROM:<>"},
		record.Step{Verb: record.VerbRcpt, Line: "RCPT TO:<bob@mail.lab>"}, walk.Compose(record.Snapshot{Start: &record.Start{}}, g, record.VerbBdat),
		record.Step{Verb: record.VerbQuit, Line: "QUIT"}))
	p.ends(record.ExitOK)
	if p.state().Delivered != 1 {
		t.Errorf("%+v", p.state())
	}
}

// mailAccepted is a transaction up to its recipients.
const mailAccepted = `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		`

// beforeTLS is a session up to the handshake.
const beforeTLS = `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go on
		`
