package engine

import (
	"context"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// typedAuth walks to AUTH over clear text and then does steps that a person typed.
func typedAuth(t *testing.T, script string, c sasl.Credentials, steps ...record.Step) played {
	t.Helper()
	g := walk.Goal{Credentials: c, Mechanism: "PLAIN"}
	sc := scene{goal: g, script: noAuthTLS + script, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = true }}
	return act(t, sc, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, g, record.VerbAuth)
		return inOrder(steps...)(ctx, s)
	})
}

func tokenOnly() sasl.Credentials {
	return sasl.Credentials{Username: theUser, Token: sasl.NewSecret("practice-token")}
}

// After a bare AUTH that a person typed the mechanism goes on: the challenge is opened, and the answer is ready.
func TestTypedAuthIsFollowed(t *testing.T) {
	p := typedAuth(t, `
		C: AUTH PLAIN
		S: 334 
		C: `+sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))+`
		S: 235 ok`, ann(), record.Step{Verb: record.VerbAuth, Line: "AUTH PLAIN", Edited: true, Credentials: ann()}, record.Step{Verb: record.VerbRespond})
	p.ends(record.ExitOK)
	if st := p.state(); st.Auth != record.AuthDone || st.User != theUser {
		t.Errorf("state %+v", st)
	}
	leaks(t, p, thePassword)
}

// A typed line that is what the mechanism would send is as good as its own: what it holds is recorded, and masked.
func TestTypedLineThatIsRight(t *testing.T) {
	line := sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	p := typedAuth(t, "\nC: AUTH PLAIN "+line+"\nS: 235 ok", ann(), record.Step{Verb: record.VerbAuth, Line: "AUTH PLAIN " + line, Edited: true, Credentials: ann()})
	p.ends(record.ExitOK)
	names := ""
	for _, e := range p.log {
		if e.Auth != nil && e.Auth.From == "C" {
			for _, v := range e.Auth.Values {
				names += v.Name + " "
			}
		}
	}
	if !strings.Contains(names, "authcid") || p.state().User != theUser {
		t.Errorf("values %q, state %+v", names, p.state())
	}
	leaks(t, p, thePassword, line)
}

// What follows another line is for a person to answer: nothing is ready, but challenges are opened all the same.
func TestTypedLineThatIsWrong(t *testing.T) {
	typed := sasl.EncodeBase64([]byte("user=zoe\x01auth=Bearer other\x01\x01"))
	p := typedAuth(t, `
		C: AUTH XOAUTH2 `+typed+`
		S: 334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
		C: 
		S: 535 5.7.8 no`, tokenOnly(),
		record.Step{Verb: record.VerbAuth, Line: "AUTH XOAUTH2 " + typed, Edited: true, Credentials: tokenOnly()}, record.Step{Verb: record.VerbRespond, Edited: true})
	p.ends(record.ExitAuth)
	p.found("auth-token-refused")
	leaks(t, p, typed)
}

// The proof of a SCRAM server is masked in an exchange that a person drives, too: the password could be guessed from it.
func TestTypedScramHidesTheServersProof(t *testing.T) {
	const proof = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
	p := typedAuth(t, `
		C: AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM=
		S: 334 `+sasl.EncodeBase64([]byte("v="+proof))+`
		C: *
		S: 501 cancelled`, ann(), record.Step{Verb: record.VerbAuth, Line: "AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM=", Edited: true, Credentials: ann()}, record.Step{Verb: record.VerbCancel})
	leaks(t, p, proof)
	if r := p.last(record.KindReply); r == nil || p.state().Auth != record.AuthNone {
		t.Errorf("state %+v", p.state())
	}
}

// A refused token is not mended by another password.
func TestRefusedTokenRemedy(t *testing.T) {
	p := typedAuth(t, `
		C: AUTH XOAUTH2 …
		S: 535 5.7.8 authentication failed`, tokenOnly(), record.Step{Verb: record.VerbAuth, Mechanism: "XOAUTH2", Credentials: tokenOnly()})
	if e, ok := p.err.(*record.Error); !ok || !strings.Contains(e.Hint, "new access token") {
		t.Errorf("%#v", p.err)
	}
}

// Whether secrets are shown is known at each position of a log.
func TestRevealedIsASnapshot(t *testing.T) {
	s := New(Config{Target: record.Target{Host: "mail.lab", Port: 587}})
	s.Reveal(true)
	s.Reveal(true)
	s.Reveal(false)
	timeline := record.NewTimeline(s.Log())
	timeline.Extend()
	var got []bool
	for i := range s.Log().Len() {
		got = append(got, timeline.At(i+1).Revealed)
	}
	if n := len(got); n != 6 || got[1] || !got[2] || !got[3] || got[4] || got[5] {
		t.Errorf("%v", got)
	}
}
