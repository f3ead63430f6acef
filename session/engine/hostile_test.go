package engine

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

const (
	plausibleFirst = "r={nonce}Qk7pZ2xvYmJlcg,s=cHJhY3RpY2Ugc2FsdA==,i=4096"
	forgedFinal    = "v=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// hostileServers are after the password in AUTH, each with the finding that is its own.
var hostileServers = []struct{ name, mechanism, script, finding string }{
	{"not base64", "LOGIN", "ASK RAW Username:", sasl.CodeNotBase64},
	{"ten megabytes", "CRAM-MD5", "ASK RAW " + strings.Repeat("QUFB", 10<<20/4), sasl.CodeTooLong},
	{"the same for ever", "LOGIN", "ASKALWAYS Username:", sasl.CodeUnexpected},
	{"wrong signature", "SCRAM-SHA-256", "ASK " + plausibleFirst + " | " + forgedFinal, sasl.CodeServerProof},
	{"changed nonce", "SCRAM-SHA-256", "ASK r=bm90IHlvdXJz,s=cHJhY3RpY2Ugc2FsdA==,i=4096", sasl.CodeNonce},
	{"2^31 iterations", "SCRAM-SHA-256", "ASK r={nonce}Qk7pZ2xvYmJlcg,s=cHJhY3RpY2Ugc2FsdA==,i=2147483648", sasl.CodeIterationsHigh},
	{"PLAIN out of a list that was shortened", "PLAIN", "", "auth-downgraded"},
}

// Each hostile server ends in its own finding at once: by the clock of the bubble, which goes on only where someone
// waits for a timer, less than a second is gone. Of all lines that went out none holds the password.
func TestHostileServersAtOnce(t *testing.T) {
	for _, h := range hostileServers {
		t.Run(h.name, func(t *testing.T) {
			sc := scene{policy: "require", goal: walk.Goal{Credentials: ann(), Mechanism: h.mechanism}, hasty: true,
				script: submissionOf("SCRAM-SHA-256 CRAM-MD5 LOGIN PLAIN") + h.script + goodBye}
			if h.finding == "auth-downgraded" {
				sc.policy, sc.script = "off", noAuthTLS+goodBye
			}
			p := act(t, sc, func(ctx context.Context, s *Session) error {
				s.Reveal(true)
				return Walk(ctx, s, sc.goal)
			})
			for _, other := range hostileServers {
				if got := slices.Contains(p.findings(), other.finding); got != (other.finding == h.finding) {
					t.Errorf("%s found: %v\n%v", other.finding, got, p.findings())
				}
			}
			if p.exit == record.ExitOK || p.took >= time.Second {
				t.Errorf("exit %d after %v", p.exit, p.took)
			}
			p.sentNoPassword()
		})
	}
}

// sentNoPassword looks through all lines of a session whose secrets were revealed.
func (p played) sentNoPassword() {
	p.t.Helper()
	for _, e := range p.log {
		if e.Send == nil {
			continue
		}
		for word := range strings.FieldsSeq(string(e.Send.Raw)) {
			data, _ := base64.StdEncoding.DecodeString(word)
			if strings.Contains(word+" "+string(data), thePassword) {
				p.t.Errorf("the password was sent: %s", e.Send.Raw)
			}
		}
	}
}

// A server that answers every response with another plausible challenge, the cancel too, is left, with every mechanism
// and at once.
func TestEndlessChallenges(t *testing.T) {
	t.Parallel()
	endless := map[string][]string{
		"PLAIN":         {"", "password:"},
		"LOGIN":         {"Username: | Password:", "Password:", "Username:", " | ", "name? | secret?"},
		"CRAM-MD5":      {"<1@mail.lab> | <2@mail.lab> | <3@mail.lab>"},
		"DIGEST-MD5":    {`realm="lab",nonce="n",algorithm=md5-sess,qop="auth"`},
		"SCRAM-SHA-1":   {plausibleFirst, plausibleFirst + " | " + forgedFinal},
		"SCRAM-SHA-256": {plausibleFirst, plausibleFirst + " | " + forgedFinal, " | "},
		"XOAUTH2":       {`{"status":"401"}`},
		"OAUTHBEARER":   {`{"status":"invalid_token"}`},
		"EXTERNAL":      {""},
		"ANONYMOUS":     {"who? | and now?"},
	}
	for _, info := range sasl.Mechanisms() {
		switch {
		case !info.Supported || info.Bound || endless[info.Name] != nil:
		case info.Iterated:
			endless[info.Name] = endless["SCRAM-SHA-1"]
		default:
			t.Errorf("%s is not tried", info.Name)
		}
	}
	for mechanism, challenges := range endless {
		for _, challenge := range challenges {
			for _, initial := range []string{"", record.InitialNo} {
				t.Run(mechanism+" "+challenge+" "+initial, func(t *testing.T) {
					c := ann()
					c.Token = sasl.NewSecret("practice-token")
					g := walk.Goal{Credentials: c, Mechanism: mechanism, Insist: true, Auth: record.AuthSettings{Initial: initial}}
					p := walkThrough(t, scene{policy: "require", goal: g, hasty: true, script: submission + "ASKALWAYS " + challenge})
					sent := 0
					for _, e := range p.log {
						if e.Send != nil && (e.Step == record.VerbAuth || e.Step == record.VerbRespond || e.Step == record.VerbCancel) {
							sent++
						}
					}
					if p.exit == record.ExitOK || p.took >= time.Second || sent < 2 || sent > 5 || p.state().Stage != record.StageBroken {
						t.Errorf("exit %d after %v and %d lines\n%s", p.exit, p.took, sent, p.trail())
					}
					p.found("auth-odd-reply")
					leaks(t, p, thePassword, "practice-token")
				})
			}
		}
	}
}
