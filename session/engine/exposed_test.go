package engine

import (
	"context"
	"ehlo/session/certificate/pkitest"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// What is said to have been given away is what went out, and it is said once: the secret itself, something to guess it
// from, or nothing.
func TestExposed(t *testing.T) {
	const prompts = "\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: "
	password := sasl.EncodeBase64([]byte(thePassword))
	cram := "\nC: AUTH CRAM-MD5\nS: 334 "
	withToken := sasl.Credentials{Username: theUser, Token: sasl.NewSecret("practice-token")}
	for name, test := range map[string]struct {
		mechanism string
		script    string
		want      string // the codes, in order
	}{
		"PLAIN":                       {"PLAIN", "\nC: AUTH PLAIN …\nS: 235 ok", "secret-exposed"},
		"PLAIN, refused":              {"PLAIN", "\nC: AUTH PLAIN …\nS: 538 5.7.11 no", "secret-exposed"},
		"PLAIN, dropped":              {"PLAIN", "\nC: AUTH PLAIN …\nCUT", "secret-exposed"},
		"LOGIN":                       {"LOGIN", prompts + "YW5u\nS: 334 UGFzc3dvcmQ6\nC: " + password + "\nS: 235 ok", "secret-exposed"},
		"LOGIN, refused at once":      {"LOGIN", "\nC: AUTH LOGIN\nS: 504 no", ""},
		"LOGIN, refused at the name":  {"LOGIN", prompts + "YW5u\nS: 535 no", ""},
		"LOGIN, asked twice":          {"LOGIN", prompts + "YW5u\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 ok", ""},
		"XOAUTH2":                     {"XOAUTH2", "\nC: AUTH XOAUTH2 …\nS: 334 e30=\nC: \nS: 535 no", "secret-exposed"},
		"OAUTHBEARER":                 {"OAUTHBEARER", "\nC: AUTH OAUTHBEARER …\nS: 334 e30=\nC: AQ==\nS: 535 no", "secret-exposed"},
		"CRAM-MD5":                    {"CRAM-MD5", cram + "PDFAYT4=\nC: …\nS: 235 ok", "proof-exposed"},
		"CRAM-MD5, accepted at once":  {"CRAM-MD5", "\nC: AUTH CRAM-MD5\nS: 235 ok", ""},
		"CRAM-MD5, empty challenge":   {"CRAM-MD5", cram + "\nC: *\nS: 501 ok", ""},
		"DIGEST-MD5":                  {"DIGEST-MD5", "SASL DIGEST-MD5", "proof-exposed"},
		"DIGEST-MD5, malformed":       {"DIGEST-MD5", "\nC: AUTH DIGEST-MD5\nS: 334 Zm9v\nC: *\nS: 501 ok", ""},
		"SCRAM-SHA-1":                 {"SCRAM-SHA-1", "SASL SCRAM-SHA-1", "proof-exposed"},
		"SCRAM-SHA-256":               {"SCRAM-SHA-256", "SASL SCRAM-SHA-256", "proof-exposed"},
		"SCRAM-SHA-256, first alone":  {"SCRAM-SHA-256", "\nC: AUTH SCRAM-SHA-256 …\nS: 535 no", ""},
		"SCRAM-SHA-256, nonsense":     {"SCRAM-SHA-256", "\nC: AUTH SCRAM-SHA-256 …\nS: 334 Zm9v\nC: *\nS: 501 ok", ""},
		"ANONYMOUS":                   {"ANONYMOUS", "\nC: AUTH ANONYMOUS …\nS: 235 ok", ""},
		"EXTERNAL":                    {"EXTERNAL", "\nC: AUTH EXTERNAL =\nS: 235 ok", ""},
		"SCRAM-SHA-256-PLUS, no TLS":  {"SCRAM-SHA-256-PLUS", "", ""},
		"a mechanism that nobody has": {"X-ODD", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := ann()
			if strings.Contains(test.mechanism, "OAUTH") {
				c = withToken
			}
			for _, reveal := range []bool{false, true} {
				sc := scene{hasty: true, script: noAuthTLS + "\n" + test.script, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = true }}
				p := act(t, sc, func(ctx context.Context, s *Session) error {
					upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
					s.Reveal(reveal)
					err := s.Do(ctx, record.Step{Verb: record.VerbAuth, Mechanism: test.mechanism, Credentials: c})
					for s.snap.State.Auth == record.AuthExchange && s.snap.State.Stage == record.StageReady {
						err = s.Do(ctx, walk.Options(s.snap, walk.Goal{})[0].Step)
					}
					return err
				})
				var got []string
				for _, code := range p.findings() {
					if strings.HasSuffix(code, "-exposed") {
						got = append(got, code)
					}
				}
				if strings.Join(got, " ") != test.want {
					t.Errorf("revealed %v: found %q, want %q\n%s", reveal, got, test.want, p.trail())
				}
			}
		})
	}
}

// What a person types is judged by what is in it and by the prompt that it answers.
func TestExposedByHand(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		lines  []string
		want   string
	}{
		"a cancel":             {"\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 ok", []string{"AUTH LOGIN", "*"}, ""},
		"a name":               {"\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Ym9i\nS: 535 no", []string{"AUTH LOGIN", "Ym9i"}, ""},
		"a name with AUTH":     {"\nC: AUTH LOGIN Ym9i\nS: 535 no", []string{"AUTH LOGIN Ym9i"}, ""},
		"a password":           {"\nC: AUTH LOGIN\nS: 334 UGFzc3dvcmQ6\nC: Ym9i\nS: 535 no", []string{"AUTH LOGIN", "Ym9i"}, "secret-exposed"},
		"PLAIN":                {"\nC: AUTH PLAIN AGFubgBi\nS: 535 no", []string{"AUTH PLAIN AGFubgBi"}, "secret-exposed"},
		"nothing":              {"\nC: AUTH PLAIN =\nS: 535 no", []string{"AUTH PLAIN ="}, ""},
		"what cannot be read":  {"\nC: AUTH PLAIN secret\nS: 501 no", []string{"AUTH PLAIN secret"}, "secret-exposed"},
		"a first SCRAM":        {"\nC: AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM=\nS: 535 no", []string{"AUTH SCRAM-SHA-256 biwsbj16b2Uscj1hYmM="}, ""},
		"the bare base64":      {"\nC: AGFubgBi\nS: 500 no", []string{"AGFubgBi"}, "secret-exposed"},
		"a command":            {"\nC: NOOP\nS: 250 ok", []string{"NOOP"}, ""},
		"AUTH with nothing":    {"\nC: AUTH\nS: 501 no", []string{"AUTH"}, ""},
		"AUTHPLAIN for itself": {"\nC: AUTHPLAIN\nS: 500 no", []string{"AUTHPLAIN"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := rawAuth(t, test.script, test.lines...)
			found := strings.Join(slices.DeleteFunc(p.findings(), func(code string) bool { return !strings.HasSuffix(code, "-exposed") }), " ")
			if found != test.want {
				t.Errorf("found %q, want %q\n%s", found, test.want, p.trail())
			}
		})
	}
}

// What is bound to TLS cannot be done without it: there is nothing to ask, and nothing is sent.
func TestBoundWithoutTLS(t *testing.T) {
	for _, allow := range []bool{false, true} {
		g := walk.Goal{Credentials: ann(), Mechanism: "SCRAM-SHA-256-PLUS", Insist: true}
		p := walkThrough(t, scene{goal: g, script: noAuthTLS + goodBye, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = allow }})
		p.ends(record.ExitNoAuth, "not possible without TLS")
		if end := p.last(record.KindEnd).End; strings.Contains(verdictWords(end), "accept-cleartext") {
			t.Errorf("hint %q", verdictWords(end))
		}
	}
	p := act(t, scene{script: noAuthTLS}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		return s.Do(ctx, record.Step{Verb: record.VerbAuth, Mechanism: "SCRAM-SHA-1-PLUS", Credentials: ann()})
	})
	p.ends(record.ExitNoAuth)
	p.found(sasl.CodeNoBinding)
}

// AUTH that ends without a verdict is not a rejection: scripts find another code. Each end has a finding that says why.
func TestUndecided(t *testing.T) {
	const auth = "\nC: AUTH PLAIN …\n"
	for name, test := range map[string]struct {
		reply string
		exit  record.Exit
		code  string
	}{
		"421":     {"S: 421 4.3.2 shutting down\nCLOSE", record.ExitDeferred, "service-unavailable"},
		"432":     {"S: 432 4.7.12 transition" + goodBye, record.ExitAuth, "password-transition"},
		"454":     {"S: 454 4.7.0 later" + goodBye, record.ExitDeferred, "login-unavailable"},
		"dropped": {"CLOSE", record.ExitNoAuth, "server-closed"},
		"cut":     {"CUT", record.ExitNoAuth, "server-closed"},
		"535":     {"S: 535 5.7.8 no" + goodBye, record.ExitAuth, "credentials-wrong"},
		"504":     {"S: 504 5.5.4 no" + goodBye, record.ExitAuth, "mechanism-refused"},
		"odd":     {"S: 250 ok", record.ExitProtocol, "auth-odd-reply"},
		"garbage": {"S: what?", record.ExitProtocol, "reply-malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := walkThrough(t, scene{policy: "require", hasty: true, goal: walk.Goal{Credentials: ann()}, script: submission + auth + test.reply})
			p.ends(test.exit)
			p.found(test.code)
		})
	}
}

// What an exchange leaves open is said as it stands: with a certificate that failed verification, and without any.
func TestUnprovenServer(t *testing.T) {
	const auth = "\nC: AUTH PLAIN …\nS: 235 ok"
	clear := walkThrough(t, scene{goal: walk.Goal{Credentials: ann()}, script: noAuthTLS + auth + goodBye, config: func(cfg *Config) { cfg.Policy.AllowCleartextAuth = true }})
	accepted := walkThrough(t, scene{policy: "require", server: pkitest.Lab().Server("other.lab"), goal: walk.Goal{Credentials: ann()}, script: submission + auth + goodBye,
		config: func(cfg *Config) { cfg.Policy.AllowUnverified, cfg.Policy.AllowUnverifiedAuth = true, true }})
	for want, p := range map[string]played{"without TLS nothing else does": clear, "its certificate does not either": accepted} {
		text := ""
		for _, e := range p.log {
			if e.Finding != nil && e.Finding.Code == sasl.CodeUnproven {
				text = e.Finding.Text
			}
		}
		if !strings.Contains(text, want) {
			t.Errorf("%q, want %q", text, want)
		}
	}
}

// More than one line is not base64 for that reason, and the person is told.
func TestChallengeOfTwoLines(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}, script: submission + `
		C: AUTH LOGIN
		S: 334-VXNlcm5h
		S: 334 bWU6
		C: *
		S: 501 ok` + goodBye})
	p.ends(record.ExitProtocol, "The challenge has 2 lines")
	p.found(sasl.CodeNotBase64)
}
