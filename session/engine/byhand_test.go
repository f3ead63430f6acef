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

// After a failed log-in the next attempt is found among the options, and elsewhere the proposal stands.
func TestAttempt(t *testing.T) {
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	fresh := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	s.Failed = []record.Phase{record.PhaseAuth}
	failed := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	none := snapshotOf(s, listed("SIZE"))
	for name, test := range map[string]struct {
		snap record.Snapshot
		goal walk.Goal
		want string
	}{
		"nothing has failed":    {fresh, walk.Goal{Credentials: ann()}, "auth PLAIN"},
		"the best once more":    {failed, walk.Goal{Credentials: ann()}, "auth PLAIN"},
		"another mechanism":     {failed, walk.Goal{Credentials: ann(), Mechanism: "login"}, "auth LOGIN"},
		"not offered":           {fresh, walk.Goal{Credentials: ann(), Mechanism: "CRAM-MD5"}, "auth CRAM-MD5"},
		"nothing can be used":   {failed, walk.Goal{Credentials: sasl.Credentials{Username: "ann"}}, "quit "},
		"nobody wants to":       {failed, walk.Goal{}, "quit "},
		"no AUTH at all":        {none, walk.Goal{Credentials: ann()}, "quit "},
		"no AUTH, on purpose":   {none, walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}, "auth LOGIN"},
		"a mechanism not known": {fresh, walk.Goal{Credentials: ann(), Mechanism: "X-ODD"}, "auth X-ODD"},
	} {
		options := walk.Options(test.snap, test.goal)
		o := options[walk.Attempt(options, test.goal)]
		if got := string(o.Step.Verb) + " " + o.Step.Mechanism; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if walk.Attempt(nil, walk.Goal{Credentials: ann()}) != 0 {
		t.Error("an attempt among no options")
	}
}

// A guard names what is at stake with the mechanism.
func TestGuardNamesTheMechanism(t *testing.T) {
	for _, test := range []struct {
		code, mechanism string
		gives           walk.Giving
		want            string
		not             string
	}{
		{"cleartext-secret", "PLAIN", walk.GivesSecret, "With AUTH PLAIN somebody who listens reads the password and logs in with it. The next line holds a password or token", "nothing yet"},
		{"cleartext-secret", "PLAIN", walk.GivesLater, "nothing away yet, and the password itself follows", "next line"},
		{"unverified-secret", "LOGIN", walk.GivesLater, "the password itself follows it. With AUTH LOGIN whoever answers here reads the password", "next line"},
		{"unverified-secret", "XOAUTH2", walk.GivesLater, "the token itself follows it", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", walk.GivesLater, "nothing away yet, and the password itself never goes out", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", walk.GivesProof, "holds something computed from the password", "holds a password"},
		{"cleartext-secret", "CRAM-MD5", walk.GivesProof, "can guess the password offline, at full speed", "holds a password"},
		{"tampered-secret", "LOGIN", walk.GivesLater, "whoever ends TLS here reads the password", "next line"},
		{"cleartext-secret", "X-ODD", walk.GivesTyped, "may hold a password", "next line"},
		{"cert-unverified", "PLAIN", walk.GivesSecret, "nobody checked with whom", "With AUTH"},
	} {
		g := walk.NewGuard(test.code, test.gives, test.mechanism)
		if !strings.Contains(g.Why, test.want) || strings.Contains(g.Why, test.not) {
			t.Errorf("%s %s: %s", test.code, test.mechanism, g.Why)
		}
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
	if n := len(got); n != 4 || got[1] || !got[2] || got[3] {
		t.Errorf("%v", got)
	}
}
