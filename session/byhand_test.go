package session

import (
	"context"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

// typedAuth walks to AUTH over clear text and then does steps that a person typed.
func typedAuth(t *testing.T, script string, c sasl.Credentials, steps ...Step) played {
	t.Helper()
	g := Goal{Credentials: c, Mechanism: "PLAIN"}
	sc := scene{goal: g, script: noAuthTLS + script, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = true }}
	return act(t, sc, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, g, VerbAuth)
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
		S: 235 ok`, ann(), Step{Verb: VerbAuth, Line: "AUTH PLAIN", Edited: true, Credentials: ann()}, Step{Verb: VerbRespond})
	p.ends(ExitOK)
	if st := p.state(); st.Auth != AuthDone || st.User != theUser {
		t.Errorf("state %+v", st)
	}
	leaks(t, p, thePassword)
}

// A typed line that is what the mechanism would send is as good as its own: what it holds is recorded, and masked.
func TestTypedLineThatIsRight(t *testing.T) {
	line := sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	p := typedAuth(t, "\nC: AUTH PLAIN "+line+"\nS: 235 ok", ann(), Step{Verb: VerbAuth, Line: "AUTH PLAIN " + line, Edited: true, Credentials: ann()})
	p.ends(ExitOK)
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
		Step{Verb: VerbAuth, Line: "AUTH XOAUTH2 " + typed, Edited: true, Credentials: tokenOnly()}, Step{Verb: VerbRespond, Edited: true})
	p.ends(ExitAuth)
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
		S: 501 cancelled`, ann(), Step{Verb: VerbAuth, Line: "AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM=", Edited: true, Credentials: ann()}, Step{Verb: VerbCancel})
	leaks(t, p, proof)
	if r := p.last(KindReply); r == nil || p.state().Auth != AuthNone {
		t.Errorf("state %+v", p.state())
	}
}

// A refused token is not mended by another password.
func TestRefusedTokenRemedy(t *testing.T) {
	p := typedAuth(t, `
		C: AUTH XOAUTH2 …
		S: 535 5.7.8 authentication failed`, tokenOnly(), Step{Verb: VerbAuth, Mechanism: "XOAUTH2", Credentials: tokenOnly()})
	if e, ok := p.err.(*Error); !ok || !strings.Contains(e.Hint, "new access token") {
		t.Errorf("%#v", p.err)
	}
}

// After a failed log-in the next attempt is found among the options, and elsewhere the proposal stands.
func TestAttempt(t *testing.T) {
	s := NewState()
	s.Stage, s.ESMTP, s.Security = StageReady, true, SecurityVerified
	fresh := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	s.Failed = []Phase{PhaseAuth}
	failed := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	none := snapshotOf(s, listed("SIZE"))
	for name, test := range map[string]struct {
		snap Snapshot
		goal Goal
		want string
	}{
		"nothing has failed":    {fresh, Goal{Credentials: ann()}, "auth PLAIN"},
		"the best once more":    {failed, Goal{Credentials: ann()}, "auth PLAIN"},
		"another mechanism":     {failed, Goal{Credentials: ann(), Mechanism: "login"}, "auth LOGIN"},
		"not offered":           {fresh, Goal{Credentials: ann(), Mechanism: "CRAM-MD5"}, "auth CRAM-MD5"},
		"nothing can be used":   {failed, Goal{Credentials: sasl.Credentials{Username: "ann"}}, "quit "},
		"nobody wants to":       {failed, Goal{}, "quit "},
		"no AUTH at all":        {none, Goal{Credentials: ann()}, "quit "},
		"no AUTH, on purpose":   {none, Goal{Credentials: ann(), Mechanism: "LOGIN"}, "auth LOGIN"},
		"a mechanism not known": {fresh, Goal{Credentials: ann(), Mechanism: "X-ODD"}, "auth X-ODD"},
	} {
		options := Options(test.snap, test.goal)
		o := options[Attempt(options, test.goal)]
		if got := string(o.Step.Verb) + " " + o.Step.Mechanism; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if Attempt(nil, Goal{Credentials: ann()}) != 0 {
		t.Error("an attempt among no options")
	}
}

// A guard names what is at stake with the mechanism.
func TestGuardNamesTheMechanism(t *testing.T) {
	for _, test := range []struct {
		code, mechanism string
		gives           giving
		want            string
		not             string
	}{
		{"cleartext-secret", "PLAIN", givesSecret, "With AUTH PLAIN somebody who listens reads the password and logs in with it. The next line holds a password or token", "nothing yet"},
		{"cleartext-secret", "PLAIN", givesLater, "nothing away yet, and the password itself follows", "next line"},
		{"unverified-secret", "LOGIN", givesLater, "the password itself follows it. With AUTH LOGIN whoever answers here reads the password", "next line"},
		{"unverified-secret", "XOAUTH2", givesLater, "the token itself follows it", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", givesLater, "nothing away yet, and the password itself never goes out", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", givesProof, "holds something computed from the password", "holds a password"},
		{"cleartext-secret", "CRAM-MD5", givesProof, "can guess the password offline, at full speed", "holds a password"},
		{"tampered-secret", "LOGIN", givesLater, "whoever ends TLS here reads the password", "next line"},
		{"cleartext-secret", "X-ODD", givesTyped, "may hold a password", "next line"},
		{"cert-unverified", "PLAIN", givesSecret, "nobody checked with whom", "With AUTH"},
	} {
		g := newGuard(test.code, test.gives, test.mechanism)
		if !strings.Contains(g.Why, test.want) || strings.Contains(g.Why, test.not) {
			t.Errorf("%s %s: %s", test.code, test.mechanism, g.Why)
		}
	}
}

// Whether secrets are shown is known at each position of a log.
func TestRevealedIsASnapshot(t *testing.T) {
	s := New(Config{Target: Target{Host: "mail.lab", Port: 587}})
	s.Reveal(true)
	s.Reveal(true)
	s.Reveal(false)
	timeline := NewTimeline(s.Log())
	timeline.Extend()
	var got []bool
	for i := range s.Log().Len() {
		got = append(got, timeline.At(i+1).Revealed)
	}
	if n := len(got); n != 4 || got[1] || !got[2] || got[3] {
		t.Errorf("%v", got)
	}
}
