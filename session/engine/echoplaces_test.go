package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// Wherever a server puts what it was told, it is nowhere in what is left of the session: in replies, lists of capabilities, bytes
// that are no reply, bytes in the place of TLS, and in what is said of all these.
func TestEchoesAtEveryPlace(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	for dress, echo := range map[string]string{
		"as it is": thePassword, "the line": plain, "hexadecimal": fmt.Sprintf("%X", thePassword), "its base64": sasl.EncodeBase64([]byte(thePassword)),
		"cut short": thePassword[:9], "upper case": strings.ToUpper(thePassword),
	} {
		for place, script := range map[string]string{
			"a refusal":          "C: NOOP\nS: 500 what is " + echo + "\nC: NOOP\nS: 250 ok",
			"a name":             "C: EHLO [192.0.2.1]\nS: 250-" + echo + "\nS: 250 HELP",
			"a capability":       "C: EHLO [192.0.2.1]\nS: 250-mail.lab\nS: 250-X-" + echo + "\nS: 250 SIZE " + echo,
			"no reply":           "C: NOOP\nS: what is " + echo + "?",
			"half a reply":       "C: NOOP\nR: " + strconv.Quote("500-what\r\n500 is "+echo) + "\nCLOSE",
			"an unasked reply":   "C: NOOP\nS: 250 ok\nS: 250 " + echo,
			"behind STARTTLS":    "C: STARTTLS\nS: 220 go on\nS: 250 " + echo,
			"in place of TLS":    "C: STARTTLS\nS: 220 go on\nHELLO\nS: 454 " + echo,
			"the next greeting":  "C: NOOP\nCLOSE\nNEXT\nS: 220 " + echo + " ESMTP",
			"a refused greeting": "C: NOOP\nCLOSE\nNEXT\nS: 554 not you, " + echo,
		} {
			t.Run(place+", "+dress, func(t *testing.T) {
				sc := scene{hasty: true, script: noAuthTLS + "C: AUTH PLAIN …\nS: 535 5.7.8 no\n" + script, config: func(c *Config) { c.Policy.AllowCleartextAuth = true }}
				p := act(t, sc, func(ctx context.Context, s *Session) error {
					upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
					steps := []record.Step{{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann()}}
					switch {
					case strings.Contains(script, "STARTTLS"):
						steps = append(steps, record.Step{Verb: record.VerbSTARTTLS, Line: "STARTTLS"}, record.Step{Verb: record.VerbHandshake})
					case strings.Contains(script, "EHLO"):
						steps = append(steps, record.Step{Verb: record.VerbEHLO, Line: "EHLO [192.0.2.1]"})
					default:
						steps = append(steps, record.Step{Verb: record.VerbNoop, Line: "NOOP"}, record.Step{Verb: record.VerbNoop, Line: "NOOP"})
					}
					if strings.Contains(script, "NEXT") {
						steps = append(steps, record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting})
					}
					var err error
					for _, st := range steps {
						err = s.Do(ctx, st)
					}
					return err
				})
				leaks(t, p, thePassword)
				if all := strings.ToLower(p.trail() + fmt.Sprintf("%+v %v", p.err, p.log[len(p.log)-1].End)); strings.Contains(all, strings.ToLower(echo)) {
					t.Errorf("%q is in\n%s", echo, all)
				}
				for _, e := range p.log {
					if strings.Contains(strings.ToLower(printed(e)), strings.ToLower(echo)) {
						t.Errorf("%q is in %s", echo, printed(e))
					}
					if e.TLS != nil && strings.Contains(string(e.TLS.Foreign), echo) || e.TLSMessage != nil && strings.Contains(string(e.TLSMessage.Raw), echo) {
						t.Errorf("%q is among the bytes in place of TLS", echo)
					}
				}
			})
		}
	}
}

// A password that cannot be hidden well is said to be one, once.
func TestWeakPasswordIsTold(t *testing.T) {
	for password, weak := range map[string]bool{"abc": true, "Password": true, "login": true, thePassword: false} {
		g := walk.Goal{Credentials: sasl.Credentials{Username: theUser, Password: sasl.NewSecret(password)}, Mechanism: "PLAIN"}
		p := act(t, scene{policy: "require", goal: g, hasty: true, script: submission + "C: AUTH PLAIN …\nS: 535 no '" + password + "'\nC: AUTH PLAIN …\nS: 535 no"}, func(ctx context.Context, s *Session) error {
			st := upTo(ctx, t, s, g, record.VerbAuth).Step
			s.Do(ctx, st)
			return s.Do(ctx, st)
		})
		told := 0
		for _, code := range p.findings() {
			if code == string(record.FoundSecretHardToHide) {
				told++
			}
		}
		if told > 1 || (told == 1) != weak {
			t.Errorf("%s: told %d times\n%s", password, told, p.trail())
		}
		if hidden := !strings.Contains(p.trail(), password); hidden == (password == "login") {
			t.Errorf("%s: %s", password, p.trail())
		}
	}
}

// Lines that people type where they mean to log in are asked about before they go out, and are masked if they go.
func TestMistypedLogins(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", theUser, thePassword))
	for _, line := range []string{
		"ATUH PLAIN " + plain, "AUTH=PLAIN " + plain, "AUTHPLAIN " + plain, "C: AUTH PLAIN " + plain, "> AUTH PLAIN " + plain, "auth\tplain\t" + plain, plain,
		"PASS " + thePassword, "USER ann " + thePassword, "Bearer " + thePassword, "user=ann^Aauth=Bearer " + thePassword + "^A^A", `{"user":"ann","password":"` + thePassword + `"}`,
		"a1 LOGIN ann " + thePassword, "NOOP " + plain, "XAUTH PLAIN " + plain,
	} {
		act(t, scene{script: noAuthTLS}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
			guard(t, s, s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line}), "cleartext-secret")
			return nil
		})
		p := rawAuth(t, "\nC: …\nS: 500 5.5.1 what is "+line+"?\nC: NOOP\nS: 500 and "+thePassword+"?", line, "NOOP")
		leaks(t, p, thePassword, plain)
		if !slices.ContainsFunc(p.log, func(e *record.Event) bool { return e.Send != nil && len(e.Send.Masked) == 1 }) {
			t.Errorf("%s is not masked\n%s", line, p.trail())
		}
	}
}
