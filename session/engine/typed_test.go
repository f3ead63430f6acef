package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// rawAuth is a session in cleartext in which ann's login is all typed, as lines that say nothing of what they are.
func rawAuth(t *testing.T, script string, lines ...string) played {
	t.Helper()
	return rawAuthBy(t, script, sasl.Credentials{}, lines...)
}

func rawAuthBy(t *testing.T, script string, c sasl.Credentials, lines ...string) played {
	t.Helper()
	sc := scene{script: noAuthTLS + script, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = true }}
	return act(t, sc, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		var err error
		for _, line := range lines {
			err = s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line, Credentials: c})
		}
		return err
	})
}

// The final reply to a response that was typed as a raw line ends the exchange, as it does after one that was built.
func TestRawResponses(t *testing.T) {
	const user, right = "YW5u", "VHIwdWI0ZG9yJjMrd3VlcmZlbA=="
	login := "\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + user + "\nS: 334 UGFzc3dvcmQ6\nC: "
	for name, test := range map[string]struct {
		script string
		lines  []string
		exit   record.Exit
		auth   record.AuthState
		next   record.Verb
	}{
		"235":           {login + right + "\nS: 235 ok", []string{"AUTH LOGIN", user, right}, record.ExitOK, record.AuthDone, record.VerbQuit},
		"535":           {login + "Ym9i\nS: 535 5.7.8 no", []string{"AUTH LOGIN", user, "Ym9i"}, record.ExitAuth, record.AuthNone, record.VerbQuit},
		"501":           {"\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ann\nS: 501 5.5.2 not base64", []string{"AUTH LOGIN", "ann"}, record.ExitAuth, record.AuthNone, record.VerbQuit},
		"454":           {login + right + "\nS: 454 4.7.0 later", []string{"AUTH LOGIN", user, right}, record.ExitDeferred, record.AuthNone, record.VerbQuit},
		"cancel":        {login + "*\nS: 501 cancelled", []string{"AUTH LOGIN", user, "*"}, record.ExitOK, record.AuthNone, record.VerbQuit},
		"another round": {login + right + "\nS: 334 UGFzc3dvcmQ6\nC: " + right + "\nS: 235 ok", []string{"AUTH LOGIN", user, right, right}, record.ExitOK, record.AuthDone, record.VerbQuit},
		"nothing":       {"\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: \nS: 501 no", []string{"AUTH LOGIN", ""}, record.ExitAuth, record.AuthNone, record.VerbQuit},
	} {
		t.Run(name, func(t *testing.T) {
			p := rawAuth(t, test.script, test.lines...)
			p.ends(test.exit)
			if st := p.state(); st.Auth != test.auth || st.Pending != nil {
				t.Errorf("state %+v", st)
			}
			if o := walk.Options(p.s.snap, walk.Goal{}); len(o) > 0 && o[0].Step.Verb != test.next {
				t.Errorf("next is %s", o[0].Step.Verb)
			}
			if end := p.last(record.KindEnd).End; test.exit != record.ExitOK && (end.Phase != record.PhaseAuth || !strings.Contains(end.Cause, " to AUTH LOGIN, “")) {
				t.Errorf("end at %q: %s", end.Phase, end.Cause)
			}
			leaks(t, p, thePassword)
		})
	}
}

// In an exchange that was built a raw line takes the place of what is ready.
func TestRawLineInABuiltExchange(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		reply string
		exit  record.Exit
		user  string
	}{
		"right":         {[]string{"YW5u", sasl.EncodeBase64([]byte(thePassword))}, "235 ok", record.ExitOK, theUser},
		"somebody else": {[]string{"Ym9i", "Ym9i"}, "235 ok", record.ExitOK, ""},
		"wrong":         {[]string{"Ym9i", "Ym9i"}, "535 5.7.8 no", record.ExitAuth, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}
			script := fmt.Sprintf("\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: %s\nS: 334 UGFzc3dvcmQ6\nC: %s\nS: %s", test.lines[0], test.lines[1], test.reply)
			p := act(t, scene{goal: g, policy: "require", script: submission + script}, func(ctx context.Context, s *Session) error {
				if err := s.Do(ctx, upTo(ctx, t, s, g, record.VerbAuth).Step); err != nil {
					t.Fatal(err)
				}
				s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: test.lines[0]})
				return s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: test.lines[1]})
			})
			p.ends(test.exit)
			if st := p.state(); st.User != test.user || st.Auth == record.AuthExchange {
				t.Errorf("state %+v", st)
			}
			leaks(t, p, thePassword)
		})
	}
}

// A 235 counts only for what the mechanism has shown by then, also where nobody here can compute it.
func TestTypedLogInIsNotBelievedForNothing(t *testing.T) {
	const first = "AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM="
	serverFirst := "S: 334 " + sasl.EncodeBase64([]byte("r=abcdef,s=c2FsdA==,i=4096"))
	serverFinal := "S: 334 " + sasl.EncodeBase64([]byte("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
	final := sasl.EncodeBase64([]byte("c=biws,r=abcdef,p=dHVsaXA="))
	digest := "\nC: AUTH DIGEST-MD5\nS: 334 " + sasl.EncodeBase64([]byte(`nonce="n",algorithm=md5-sess`)) + "\nC: Zm9v\n"
	for name, test := range map[string]struct {
		script  string
		lines   []string
		exit    record.Exit
		finding string
	}{
		"SCRAM at once":         {"\nC: " + first + "\nS: 235 ok", []string{first}, record.ExitProtocol, sasl.CodeTooEarly},
		"SCRAM without a proof": {"\nC: " + first + "\n" + serverFirst + "\nC: " + final + "\nS: 235 ok", []string{first, final}, record.ExitProtocol, sasl.CodeServerSilent},
		"SCRAM with a proof":    {"\nC: " + first + "\n" + serverFirst + "\nC: " + final + "\n" + serverFinal + "\nC: \nS: 235 ok", []string{first, final, ""}, record.ExitOK, sasl.CodeUnchecked},
		"DIGEST without":        {digest + "S: 235 ok", []string{"AUTH DIGEST-MD5", "Zm9v"}, record.ExitProtocol, sasl.CodeServerSilent},
		"DIGEST with":           {digest + "S: 334 " + sasl.EncodeBase64([]byte("rspauth=0123456789abcdef0123456789abcdef")) + "\nC: \nS: 235 ok", []string{"AUTH DIGEST-MD5", "Zm9v", ""}, record.ExitOK, sasl.CodeUnchecked},
		"PLAIN at once":         {"\nC: AUTH PLAIN\nS: 235 ok", []string{"AUTH PLAIN"}, record.ExitProtocol, sasl.CodeTooEarly},
		"LOGIN after the name":  {"\nC: AUTH LOGIN YW5u\nS: 235 ok", []string{"AUTH LOGIN YW5u"}, record.ExitProtocol, sasl.CodeTooEarly},
		"CRAM-MD5 at once":      {"\nC: AUTH CRAM-MD5\nS: 235 ok", []string{"AUTH CRAM-MD5"}, record.ExitProtocol, sasl.CodeTooEarly},
		"PLAIN":                 {"\nC: AUTH PLAIN AGFubgBi\nS: 235 ok", []string{"AUTH PLAIN AGFubgBi"}, record.ExitOK, sasl.CodeUnproven},
	} {
		t.Run(name, func(t *testing.T) {
			p := rawAuth(t, test.script, test.lines...)
			p.ends(test.exit)
			p.found(test.finding)
			if done := p.state().Auth == record.AuthDone; done != (test.exit == record.ExitOK) {
				t.Errorf("state %+v", p.state())
			}
			outcome := record.AuthOutcome("")
			for _, e := range p.log {
				if e.Auth != nil && e.Auth.Outcome != "" {
					outcome = e.Auth.Outcome
				}
			}
			if want := map[bool]record.AuthOutcome{true: record.AuthSucceeded, false: record.AuthUnproved}[test.exit == record.ExitOK]; outcome != want {
				t.Errorf("outcome %q, want %q", outcome, want)
			}
		})
	}
}

// A typed response that is not the one that was ready takes the server's proof out of reach, and accuses nobody.
func TestAnotherNameIsNoFalseServer(t *testing.T) {
	first := sasl.EncodeBase64([]byte("n,,n=zoe,r=abc"))
	serverFirst := sasl.EncodeBase64([]byte("r=abcdef,s=c2FsdA==,i=4096"))
	failed := sasl.EncodeBase64([]byte("e=unknown-user"))
	p := typedAuth(t, "\nC: AUTH SCRAM-SHA-256\nS: 334 \nC: "+first+"\nS: 334 "+serverFirst+"\nC: Zm9v\nS: 334 "+failed+"\nC: *\nS: 535 5.7.8 no", ann(),
		record.Step{Verb: record.VerbAuth, Line: "AUTH SCRAM-SHA-256", Edited: true, Credentials: ann()}, record.Step{Verb: record.VerbRaw, Line: first}, record.Step{Verb: record.VerbRaw, Line: "Zm9v"}, record.Step{Verb: record.VerbRaw, Line: "*"})
	p.found(sasl.CodeRefused)
	if slices.Contains(p.findings(), sasl.CodeServerProof) || slices.Contains(p.findings(), sasl.CodeNonce) {
		t.Errorf("findings %v", p.findings())
	}
}

// Lines that only just miss AUTH, and lines with what the session knows as its secret, are hidden, and asked about.
func TestSecretsInOtherLines(t *testing.T) {
	encoded, plain := sasl.EncodeBase64([]byte(thePassword)), sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	for line, shown := range map[string]string{
		"AUTHPLAIN " + plain:                      sasl.Mask,
		"AUTH=PLAIN " + plain:                     sasl.Mask,
		"authplain" + plain:                       sasl.Mask,
		"AUTH " + encoded:                         "AUTH " + sasl.Mask,
		"AUTH " + thePassword + " PLAIN":          "AUTH " + sasl.Mask,
		plain:                                     sasl.Mask,
		encoded:                                   sasl.Mask,
		thePassword:                               sasl.Mask,
		"NOOP " + thePassword:                     "NOOP " + sasl.Mask,
		"noop " + encoded:                         "noop " + sasl.Mask,
		"EHLO " + thePassword:                     "EHLO " + sasl.Mask,
		"MAIL FROM:<" + thePassword + "@lab>":     "MAIL " + sasl.Mask,
		"VRFY x" + fmt.Sprintf("%x", thePassword): "VRFY " + sasl.Mask,
		thePassword + " NOOP":                     sasl.Mask,
		"X-ODD " + thePassword:                    sasl.Mask,
	} {
		t.Run(shown+" "+line[:4], func(t *testing.T) {
			p := rawAuthBy(t, "\nC: …\nS: 500 5.5.1 what is "+line+"?", ann(), line)
			leaks(t, p, thePassword, encoded, plain)
			sent := p.last(record.KindSend).Send
			if strings.TrimSpace(string(sent.Raw)) != shown || len(sent.Masked) != 1 {
				t.Errorf("shown as %q", sent.Raw)
			}
			p.found("secret-exposed")
			act(t, scene{script: noAuthTLS}, func(ctx context.Context, s *Session) error {
				upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
				guard(t, s, s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line, Credentials: ann()}), "cleartext-secret")
				return nil
			})
		})
	}
}

// What was typed in AUTH is known from then on, and so is what an AUTH that was built had.
func TestSecretsAreKnownLater(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	leaks(t, rawAuth(t, "\nC: AUTH PLAIN …\nS: 535 no\nC: …\nS: 250 ok", "AUTH PLAIN "+plain, "NOOP "+thePassword), thePassword, plain)
	g := walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}
	p := act(t, scene{goal: g, policy: "require", hasty: true, script: submission + "C: …\nS: 250 ok"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, g, record.VerbAuth)
		return s.Do(ctx, record.Step{Verb: record.VerbNoop, Line: "NOOP " + thePassword, Edited: true})
	})
	leaks(t, p, thePassword)
}

// A line of a typed message is hidden where it holds the secret, and only there.
func TestSecretInATypedMessage(t *testing.T) {
	p := rawAuthBy(t, `
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		C: VGhpcyBpcyBhIGxvbmcgbGluZSBvZiBhIGZpbGU=
		C: …
		C: .
		S: 250 queued`, ann(), "MAIL FROM:<ann@mail.lab>", "RCPT TO:<bob@mail.lab>", "DATA", "VGhpcyBpcyBhIGxvbmcgbGluZSBvZiBhIGZpbGU=", "my password is "+thePassword, ".")
	p.ends(record.ExitOK)
	leaks(t, p, thePassword)
	if trail := p.trail(); !strings.Contains(trail, "C: VGhpcyBp") || !strings.Contains(trail, "C: "+sasl.Mask) {
		t.Error(trail)
	}
}

// A password that a person writes into a note is not kept, and what stands before it is.
func TestANoteKeepsNoSecret(t *testing.T) {
	p := act(t, scene{script: noAuthTLS + "\nC: NOOP\nS: 250 ok"}, func(ctx context.Context, s *Session) error {
		c := sasl.Credentials{Username: "ann", Password: sasl.NewSecret("Tr0ub4dor&3wuerfel")}
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		err := s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: "NOOP", Credentials: c})
		s.Note(record.Note{On: 2, Text: "ann typed Tr0ub4dor&3wuerfel here"})
		s.Note(record.Note{On: 2, Text: "ann typed nothing"})
		return err
	})
	var notes []string
	for _, e := range p.log {
		if e.Note != nil {
			notes = append(notes, e.Note.Text)
		}
	}
	if want := []string{"ann typed " + sasl.Mask, "ann typed nothing"}; !slices.Equal(notes, want) {
		t.Errorf("kept %q, want %q", notes, want)
	}
	leaks(t, p, "Tr0ub4dor&3wuerfel")
}
