package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// What a person chooses about AUTH is in what goes over the wire, in the proposal before it, and in the log after it.
func TestAuthSettings(t *testing.T) {
	plain := func(authzid string) string { return sasl.EncodeBase64(sasl.PlainString(authzid, theUser, thePassword)) }
	as := func(authzid string) sasl.Credentials { c := ann(); c.Authzid = authzid; return c }
	for _, c := range []struct {
		name           string
		goal           walk.Goal
		script         string
		show, settings string
		user           string
	}{
		{"held back", walk.Goal{Mechanism: "PLAIN", Credentials: ann(), Auth: record.AuthSettings{Initial: record.InitialNo}}, `
			C: AUTH PLAIN
			S: 334 
			C: ` + plain("") + `
			S: 235 ok`, "AUTH PLAIN", "the initial response waits until the server asks", theUser},
		{"LOGIN with the name", walk.Goal{Mechanism: "LOGIN", Credentials: ann(), Auth: record.AuthSettings{Initial: record.InitialYes}}, `
			C: AUTH LOGIN YW5u
			S: 334 UGFzc3dvcmQ6
			C: ` + sasl.EncodeBase64([]byte(thePassword)) + `
			S: 235 ok`, "AUTH LOGIN YW5u", "the initial response is sent with the command", theUser},
		{"acting as zoe", walk.Goal{Mechanism: "PLAIN", Credentials: as("zoe")}, `
			C: AUTH PLAIN ` + plain("zoe") + `
			S: 235 ok`, "AUTH PLAIN " + sasl.Mask, "acting as zoe", "zoe"},
		{"nobody in particular", walk.Goal{Mechanism: "ANONYMOUS", Credentials: sasl.Credentials{Username: theUser, Trace: "sirhc"}}, `
			C: AUTH ANONYMOUS c2lyaGM=
			S: 235 ok`, "AUTH ANONYMOUS c2lyaGM=", "", "anonymous"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var proposed walk.Option
			p := act(t, scene{policy: "require", goal: c.goal, script: submissionOf("PLAIN LOGIN ANONYMOUS") + c.script}, func(ctx context.Context, s *Session) error {
				proposed = upTo(ctx, t, s, c.goal, record.VerbAuth)
				return errors.Join(s.Do(ctx, proposed.Step), respondAll(ctx, s))
			})
			if proposed.Show != c.show || !strings.Contains(proposed.Why, c.settings) {
				t.Errorf("proposed %q, %q; want %q and %q", proposed.Show, proposed.Why, c.show, c.settings)
			}
			if got := authCommand(p); !strings.Contains(got.Explain.Text, c.settings) || got.Auth.Settings != nil && *got.Auth.Settings != c.goal.Auth {
				t.Errorf("recorded %+v %q", got.Auth.Settings, got.Explain.Text)
			}
			if p.state().User != c.user {
				t.Errorf("logged in as %q", p.state().User)
			}
			leaks(t, p, thePassword)
		})
	}
}

// submissionOf is a session up to AUTH inside TLS, with this list.
func submissionOf(mechanisms string) string {
	return strings.Replace(submission, "AUTH PLAIN LOGIN", "AUTH "+mechanisms, 1)
}

func respondAll(ctx context.Context, s *Session) error {
	for s.snap.State.Auth == record.AuthExchange {
		if err := s.Do(ctx, record.Step{Verb: record.VerbRespond}); err != nil {
			return err
		}
	}
	return nil
}

func authCommand(p played) *record.Event {
	for _, e := range p.log {
		if e.Auth != nil && e.Auth.From == "C" && e.Auth.Round == 0 {
			return e
		}
	}
	return &record.Event{Auth: &record.Auth{}, Explain: &explain.Explanation{}}
}

// A typed command is compared, and followed, with the same settings.
func TestTypedAuthKeepsTheSettings(t *testing.T) {
	c := ann()
	c.Authzid = "zoe"
	typed := sasl.EncodeBase64(sasl.PlainString("zoe", theUser, thePassword))
	g := walk.Goal{Mechanism: "PLAIN", Credentials: c}
	p := act(t, scene{policy: "require", goal: g, script: submissionOf("PLAIN LOGIN") + `
		C: AUTH PLAIN ` + typed + `
		S: 535 5.7.8 no
		C: AUTH LOGIN YW5u
		S: 334 UGFzc3dvcmQ6
		C: ` + sasl.EncodeBase64([]byte(thePassword)) + `
		S: 235 ok`}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, g, record.VerbAuth)
		st := record.Step{Verb: record.VerbAuth, Line: "AUTH PLAIN " + typed, Edited: true, Credentials: c}
		if said := s.Check(st); said != nil {
			t.Errorf("the right line is said to differ: %q", said)
		}
		s.Do(ctx, st)
		login := record.Step{Verb: record.VerbAuth, Line: "AUTH LOGIN YW5u", Edited: true, Credentials: ann(), Auth: record.AuthSettings{Initial: record.InitialYes}}
		if said := s.Check(login); said != nil {
			t.Errorf("the right name is said to differ: %q", said)
		}
		return errors.Join(s.Do(ctx, login), respondAll(ctx, s))
	})
	p.ends(record.ExitOK)
	if p.state().User != theUser {
		t.Errorf("logged in as %q", p.state().User)
	}
}

// A mechanism that is not offered is tried on purpose where a person insists; the guard rails stay.
func TestInsist(t *testing.T) {
	goal := func(mechanism string, c sasl.Credentials) walk.Goal {
		return walk.Goal{Mechanism: mechanism, Insist: true, Credentials: c}
	}
	for _, c := range []struct {
		name, policy, before, script string
		goal                         walk.Goal
		exit                         record.Exit
		finding                      string
	}{
		{"504", "require", submission, "C: AUTH CRAM-MD5\nS: 504 5.5.4 no" + goodBye, goal("cram-md5", ann()), record.ExitAuth, ""},
		{"no AUTH at all", "require", strings.Replace(submission, "250 AUTH PLAIN LOGIN", "250 SIZE", 1), "C: AUTH PLAIN …\nS: 503 5.5.1 no" + goodBye, goal("PLAIN", ann()), record.ExitAuth, ""},
		{"one that is not supported here", "require", submission, "C: AUTH X-ODD\nS: 504 5.5.4 no" + goodBye, goal("X-ODD", ann()), record.ExitAuth, ""},
		{"and the server goes on", "require", submission, "C: AUTH GSSAPI\nS: 334 \nC: *\nS: 501 5.7.0 cancelled" + goodBye, goal("GSSAPI", ann()), record.ExitNoAuth, ""},
		{"without the password", "require", submission, "C: AUTH PLAIN\nS: 334 \nC: *\nS: 501 5.7.0 cancelled" + goodBye, goal("PLAIN", sasl.Credentials{Username: "ann"}), record.ExitNoAuth, ""},
		{"in clear text", "off", noAuthTLS, "C: QUIT\nS: 221 bye", goal("CRAM-MD5", ann()), record.ExitNoAuth, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := walkThrough(t, scene{policy: c.policy, goal: c.goal, script: c.before + "\n" + c.script})
			p.ends(c.exit)
			if e := authCommand(p); e.Auth.Mechanism != "" && c.name != "without the password" && !strings.Contains(e.Explain.Text, "on purpose") {
				t.Errorf("recorded %q", e.Explain.Text)
			}
			leaks(t, p, thePassword)
		})
	}
}

// The reply, the finding and the end say the same of a refused token, and none of them speaks of a password.
func TestRefusedTokenIsToldAlike(t *testing.T) {
	for status, want := range map[string]string{"invalid_token": "get a new access token", "insufficient_scope": "the scope that the server names", "403": "administrator"} {
		json := sasl.EncodeBase64([]byte(`{"status":"` + status + `"}`))
		p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: tokenOnly(), Mechanism: "OAUTHBEARER"}, script: submissionOf("OAUTHBEARER PLAIN") + `
			C: AUTH OAUTHBEARER …
			S: 334 ` + json + `
			C: AQ==
			S: 535 5.7.8 Error: authentication failed: ` + json + goodBye})
		p.ends(record.ExitAuth, want)
		var remedies []string
		for _, e := range p.log {
			switch {
			case e.Finding != nil && e.Finding.Code == "auth-token-refused":
				remedies = append(remedies, e.Finding.Remedy)
			case e.Reply != nil && e.Reply.Code == 535:
				remedies = append(remedies, e.Explain.Remedy)
				if !strings.Contains(e.Explain.Cause, status) || strings.Contains(e.Explain.Text+e.Explain.Cause+e.Explain.Short, "password") {
					t.Errorf("%s: %+v", status, e.Explain)
				}
			case e.End != nil:
				remedies = append(remedies, e.End.Advice[0].Text)
			}
		}
		if len(remedies) != 4 || len(slices.Compact(remedies)) != 1 {
			t.Errorf("%s: %q", status, remedies)
		}
	}
}
