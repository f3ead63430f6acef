package engine

import (
	"context"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"errors"
	"strings"
	"testing"
)

// guard wants a guard's question, and nothing sent.
func guard(t *testing.T, s *Session, err error, code record.FindingCode) *walk.GuardError {
	t.Helper()
	var g *walk.GuardError
	if !errors.As(err, &g) || g.Guard.Code != code {
		t.Fatalf("got %v, want the guard %s", err, code)
	}
	if g.Guard.Question == "" || g.Guard.Why == "" || !strings.HasPrefix(g.Error(), "Not done: ") {
		t.Errorf("the guard says %+v, %v", g.Guard, g)
	}
	return g
}

// upTo does the proposed steps until one of that verb is proposed.
func upTo(ctx context.Context, t *testing.T, s *Session, g walk.Goal, v record.Verb) walk.Option {
	t.Helper()
	for range 20 {
		o := walk.Options(s.snap, g)[0]
		if o.Step.Verb == v {
			return o
		}
		if err := s.Do(ctx, o.Step); err != nil {
			t.Fatalf("%s: %v", o.Step.Verb, err)
		}
	}
	t.Fatalf("%s was never proposed", v)
	return walk.Option{}
}

func TestGuardCleartext(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	act(t, scene{goal: g, script: noAuthTLS + `
		C: AUTH PLAIN …
		S: 235 ok`}, func(ctx context.Context, s *Session) error {
		o := upTo(ctx, t, s, g, record.VerbAuth)
		if o.Guard == nil || o.Guard.Code != "cleartext-secret" {
			t.Errorf("the option has the guard %+v", o.Guard)
		}
		n := s.Log().Len()
		asked := guard(t, s, s.Do(ctx, o.Step), "cleartext-secret")
		if s.Log().Len() != n || asked.Exit() != record.ExitNoAuth {
			t.Errorf("events were appended, or exit %d", asked.Exit())
		}
		guard(t, s, s.Do(ctx, o.Step.Confirm("unverified-secret")), "cleartext-secret")
		return s.Do(ctx, o.Step.Confirm(asked.Guard.Code))
	}).ends(record.ExitOK)
}

// The guards ask for what is sent, whatever the step is called and however it came to be.
func TestGuardTyped(t *testing.T) {
	for _, st := range []record.Step{
		{Verb: record.VerbAuth, Line: "AUTH PLAIN AGFubgBzZXNhbWU="},
		{Verb: record.VerbRaw, Line: "AUTH PLAIN AGFubgBzZXNhbWU="},
		{Verb: record.VerbRaw, Line: " auth\tplain\tAGFubgBzZXNhbWU="},
		{Verb: record.VerbNoop, Line: "AUTH PLAIN AGFubgBzZXNhbWU=", Edited: true},
		{Verb: record.VerbEHLO, Line: "auth xoauth2 AGFubgBzZXNhbWU=", Edited: true},
		{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann()},
		{Verb: record.VerbAuth, Mechanism: "LOGIN", Credentials: ann()},
		{Verb: record.VerbAuth, Mechanism: "WHATEVER", Credentials: ann()},
	} {
		act(t, scene{script: noAuthTLS}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
			guard(t, s, s.Do(ctx, st), "cleartext-secret")
			return nil
		})
	}
	for _, st := range []record.Step{
		{Verb: record.VerbData, Line: "DATA"},
		{Verb: record.VerbBdat, Line: "BDAT 0 LAST"},
		{Verb: record.VerbRaw, Line: " data "},
		{Verb: record.VerbNoop, Line: "DATA", Edited: true},
		{Verb: record.VerbRset, Line: "bdat 3 LAST", Message: record.MessageOf([]byte("abc")), Edited: true},
	} {
		act(t, scene{foreign: true, script: noAuthTLS}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
			g := guard(t, s, s.Do(ctx, st), "real-message")
			if g.Exit() != record.ExitStopped {
				t.Errorf("exit %d", g.Exit())
			}
			return nil
		})
	}
}

// In an exchange whatever is typed is a secret, but for the cancel and for nothing.
func TestGuardResponse(t *testing.T) {
	act(t, scene{script: noAuthTLS + `
		C: AUTH LOGIN
		S: 334 VXNlcm5hbWU6
		C: *
		S: 501 cancelled`}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		if err := s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: "AUTH LOGIN"}); err != nil {
			t.Fatal(err)
		}
		for _, st := range []record.Step{{Verb: record.VerbRaw, Line: "YW5u"}, {Verb: record.VerbRespond, Line: "YW5u"}, {Verb: record.VerbNoop, Line: "NOOP"}} {
			guard(t, s, s.Do(ctx, st), "cleartext-secret")
		}
		return s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: "*"})
	}).ends(record.ExitOK)
}

func TestGuardUnverified(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	inside := `
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN
		C: AUTH PLAIN …
		S: 235 ok`
	bad := pkitest.Lab().Server("other.lab")
	t.Run("required", func(t *testing.T) {
		act(t, scene{policy: "require", server: bad, goal: g, script: beforeTLS + "TLS" + inside},
			func(ctx context.Context, s *Session) error {
				upTo(ctx, t, s, g, record.VerbHandshake)
				if err := s.Do(ctx, record.Step{Verb: record.VerbHandshake}); err != nil {
					t.Fatal(err)
				}
				proposed := walk.Options(s.snap, g)[0]
				if proposed.Step.Verb != record.VerbQuit || proposed.Blocked == nil || proposed.Blocked.Code != record.FoundCertificateWrongHost {
					t.Errorf("proposed is %+v", proposed)
				}
				ehlo := record.Step{Verb: record.VerbEHLO, Line: "EHLO [192.0.2.1]"}
				asked := guard(t, s, s.Do(ctx, ehlo), "cert-unverified")
				if asked.Exit() != record.ExitCertificate {
					t.Errorf("exit %d", asked.Exit())
				}
				if err := s.Do(ctx, ehlo.Confirm("cert-unverified")); err != nil {
					t.Fatal(err)
				}
				if s.snap.State.Security != record.SecurityAccepted {
					t.Errorf("security is %s", s.snap.State.Security)
				}
				auth := walk.Options(s.snap, g)[0].Step
				guard(t, s, s.Do(ctx, auth), "unverified-secret") // one yes is not the other
				return s.Do(ctx, auth.Confirm("unverified-secret"))
			}).ends(record.ExitOK)
	})
	t.Run("opportunistic", func(t *testing.T) {
		walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", server: bad, goal: g,
			script: beforeTLS + "TLS" + strings.Split(inside, "C: AUTH")[0] + goodBye}).ends(record.ExitNoAuth, "accept-unverified-auth")
	})
	t.Run("allowed", func(t *testing.T) {
		walkThrough(t, scene{policy: "require", server: bad, goal: g,
			config: func(c *Config) { c.Policy.AllowUnverified, c.Policy.AllowUnverifiedAuth = true, true },
			script: beforeTLS + "TLS" + inside + goodBye}).ends(record.ExitOK)
	})
	t.Run("to go on is not to log in", func(t *testing.T) {
		for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"} {
			known := g
			known.Mechanism, known.Insist, known.Credentials.Token = mechanism, true, sasl.NewSecret("a token of ann")
			walkThrough(t, scene{policy: "require", server: bad, goal: known, config: func(c *Config) { c.Policy.AllowUnverified = true },
				script: beforeTLS + "TLS" + strings.Split(inside, "C: AUTH")[0] + goodBye}).ends(record.ExitNoAuth, "accept-unverified-auth")
		}
	})
	t.Run("allowed in clear text", func(t *testing.T) {
		walkThrough(t, scene{goal: g, config: func(c *Config) { c.Policy.AllowCleartextAuth = true },
			script: noAuthTLS + "C: AUTH PLAIN …\nS: 235 ok" + goodBye}).ends(record.ExitOK)
	})
	t.Run("one permission is not the other", func(t *testing.T) {
		walkThrough(t, scene{goal: g, config: func(c *Config) { c.Policy.AllowUnverifiedAuth = true },
			script: noAuthTLS + goodBye}).ends(record.ExitNoAuth)
		walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", server: bad, goal: g, config: func(c *Config) { c.Policy.AllowCleartextAuth = true },
			script: beforeTLS + "TLS" + strings.Split(inside, "C: AUTH")[0] + goodBye}).ends(record.ExitNoAuth)
	})
}

// Against a server that is not the lab the walk stops before the message, and asks before it is told to go on.
func TestGuardRealMessage(t *testing.T) {
	envelope := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok`
	message := `
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued`
	walkThrough(t, scene{foreign: true, goal: bob(), script: envelope + goodBye}).ends(record.ExitStopped, "bob@mail.lab", "was not confirmed")
	g := bob()
	g.SendMessage = true
	walkThrough(t, scene{foreign: true, goal: g, script: envelope + message + goodBye}).ends(record.ExitOK)
	act(t, scene{foreign: true, script: envelope + message + goodBye}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, bob(), record.VerbData)
		data := walk.Compose(s.snap, bob(), record.VerbData)
		guard(t, s, s.Do(ctx, data), "real-message")
		if err := s.Do(ctx, data.Confirm("real-message")); err != nil {
			t.Fatal(err)
		}
		return Walk(ctx, s, bob())
	}).ends(record.ExitOK)
}

// Opportunistic TLS that was refused or stripped leaves clear text, and a password stays at home.
func TestGuardOpportunistic(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: g, script: noAuthTLS + goodBye}).ends(record.ExitNoAuth, "accept-cleartext")
	walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: g, script: beforeTLS + `
		HELLO
		R: "\x15\x03\x01\x00\x02\x02\x28"
		NEXT` + noAuthTLS + goodBye}).ends(record.ExitNoAuth, "accept-cleartext")
}
