package engine

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// leaks looks for secrets in all that is left of a session.
func leaks(t *testing.T, p played, secrets ...string) {
	t.Helper()
	texts := map[string]string{"error": fmt.Sprintf("%+v %#v %v", p.err, p.err, p.err)}
	for _, e := range p.log {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		texts[fmt.Sprintf("event %d as JSON", e.Seq)] = string(data)
		texts[fmt.Sprintf("event %d as text", e.Seq)] = printed(e)
	}
	texts["session"] = fmt.Sprintf("%+v", p.s.snap)
	for where, text := range texts {
		for _, secret := range secrets {
			for _, form := range forms(secret) {
				if strings.Contains(text, form) {
					t.Errorf("%q is in the %s: %.300s", form, where, text)
				}
			}
		}
	}
}

// printed is an event with what its pointers point to.
func printed(e *record.Event) string {
	return fmt.Sprintf("%+v %+v %+v %+v %+v %+v %+v %+v %+v %+v %+v %#v %#v %s", *e, e.Start, e.Send, e.Reply, e.Capabilities, e.TLSMessage, e.Auth, e.State,
		e.Finding, e.End, e.Explain, e.Send, e.Auth, rawOf(e))
}

func rawOf(e *record.Event) string {
	switch {
	case e.Send != nil:
		return string(e.Send.Raw)
	case e.Reply != nil:
		return string(e.Reply.Raw)
	}
	return ""
}

// forms are the ways in which a secret may be written.
func forms(secret string) []string {
	b := []byte(secret)
	list := []string{secret, hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), url.QueryEscape(secret), url.PathEscape(secret),
		strings.Trim(strconv.Quote(secret), `"`), strings.Trim(fmt.Sprint(b), "[]")}
	if j, err := json.Marshal(secret); err == nil {
		list = append(list, strings.Trim(string(j), `"`))
	}
	return append(list, base64Forms(b)...)
}

// base64Forms are the parts of the base64 that stay the same whatever stands around the secret, in each of the three
// alignments.
func base64Forms(b []byte) []string {
	var list []string
	for shift := range 3 {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			s := enc.EncodeToString(append(make([]byte, shift), b...))
			from := (shift*8 + 5) / 6
			until := (shift + len(b)) * 8 / 6
			list = append(list, s[from:until])
		}
	}
	return list
}

func TestForms(t *testing.T) {
	for shift := range 3 {
		line := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + thePassword + "behind"))
		found := false
		for _, form := range base64Forms([]byte(thePassword)) {
			found = found || strings.Contains(line, form)
		}
		if !found {
			t.Errorf("%s is not recognized", line)
		}
	}
}

// typed does the steps that a person's lines stand for, and agrees to everything.
func typed(lines ...string) func(context.Context, *Session) error {
	return func(ctx context.Context, s *Session) error {
		for range 20 {
			o := walk.Options(s.snap, walk.Goal{})[0]
			if o.Step.Verb == record.VerbQuit {
				break
			}
			if err := s.Do(ctx, o.Step); err != nil {
				return err
			}
		}
		var last error
		for _, line := range lines {
			st := record.Step{Verb: record.VerbRaw, Line: line}
			if verb, text, ok := strings.Cut(line, ": "); ok {
				st = record.Step{Verb: record.Verb(verb), Line: text, Edited: true}
			}
			last = s.Do(ctx, st.Confirm("cleartext-secret").Confirm("unverified-secret").Confirm("real-message"))
		}
		return last
	}
}

// Whatever becomes of AUTH, the password is nowhere: neither in an event nor in an error, in no writing of it.
func TestSecretsStayAway(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(thePassword))
	plain := base64.StdEncoding.EncodeToString([]byte("\x00ann\x00" + thePassword))
	inside := submission
	for _, test := range []struct {
		name   string
		script string
		by     func(context.Context, *Session) error // a walk if nil
		mech   string
		sent   int // lines with a mask
	}{
		{"PLAIN", "C: AUTH PLAIN …\nS: 235 ok", nil, "PLAIN", 1},
		{"PLAIN, wrong", "C: AUTH PLAIN …\nS: 535 5.7.8 no", nil, "PLAIN", 1},
		{"PLAIN, echoed back", "C: AUTH PLAIN …\nS: 501 5.5.2 cannot read", nil, "PLAIN", 1},
		{"PLAIN, challenged", "C: AUTH PLAIN …\nS: 334 AAAA\nC: *\nS: 501 ok", nil, "PLAIN", 1},
		{"PLAIN, dropped", "C: AUTH PLAIN …\nCLOSE", nil, "PLAIN", 1},
		{"PLAIN, cut", "C: AUTH PLAIN …\nCUT", nil, "PLAIN", 1},
		{"PLAIN, garbled", "C: AUTH PLAIN …\nS: what?", nil, "PLAIN", 1},
		{"PLAIN, 421", "C: AUTH PLAIN …\nS: 421 enough\nCLOSE", nil, "PLAIN", 1},
		{"LOGIN", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 235 ok", nil, "LOGIN", 1},
		{"LOGIN, wrong", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 535 no", nil, "LOGIN", 1},
		{"LOGIN, left at the password", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\nCUT", nil, "LOGIN", 1},
		{"CRAM-MD5", "SASL CRAM-MD5", nil, "CRAM-MD5", 1},
		{"SCRAM-SHA-256", "SASL SCRAM-SHA-256", nil, "SCRAM-SHA-256", 1},
		{"PLAIN, quoted", "C: AUTH PLAIN …\nS: 500 5.5.1 Command unrecognized: \"AUTH PLAIN " + plain + "\"", nil, "PLAIN", 1},
		{"PLAIN, quoted in a list", "C: AUTH PLAIN …\nS: 500-what is\nS: 500 " + plain, nil, "PLAIN", 1},
		{"PLAIN, quoted alone", "C: AUTH PLAIN …\nS: AUTH PLAIN " + plain, nil, "PLAIN", 1},
		{"LOGIN, quoted", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 334 " + encoded + "\nC: *\nS: 501 no", nil, "LOGIN", 1},
		{"typed and quoted", "C: …\nS: 502 5.5.1 auth\tplain\t" + plain + "?", typed("auth\tplain\t" + plain), "", 1},
		{"typed AUTH", "C: AUTH PLAIN …\nS: 235 ok", typed("AUTH PLAIN " + plain), "", 1},
		{"typed with tabs", "C: …\nS: 235 ok", typed("\tauth\tplain\t" + plain), "", 1},
		{"typed into another command", "C: AUTH PLAIN …\nS: 535 no", typed("noop: AUTH PLAIN " + plain), "", 1},
		{"typed response", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: …\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 235 ok",
			typed("AUTH LOGIN", "YW5u", encoded), "", 2},
		{"typed response, as a step", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: …\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 535 no",
			typed("auth: AUTH LOGIN", "respond: YW5u", "respond: "+thePassword), "", 2},
		{"typed as another command inside the exchange", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: …\nS: 501 no",
			typed("AUTH LOGIN", "noop: "+encoded), "", 1},
		{"typed with a line break", "", typed("AUTH PLAIN " + plain + "\r\nNOOP"), "", 0},
		{"typed response with a NUL", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6", typed("AUTH LOGIN", thePassword+"\x00"), "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc := scene{policy: "require", script: inside + test.script, goal: walk.Goal{Credentials: ann(), Mechanism: test.mech}, hasty: true}
			by := test.by
			if by == nil {
				sc.script = strings.Replace(sc.script, "PLAIN LOGIN", "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256", 1) + goodBye
				by = func(ctx context.Context, s *Session) error { return Walk(ctx, s, sc.goal) }
			}
			p := act(t, sc, by)
			leaks(t, p, thePassword, plain, encoded)
			masks := 0
			for _, e := range p.log {
				if e.Send == nil || len(e.Send.Masked) == 0 {
					continue
				}
				masks++
				if c := e.Send.Cipher; strings.Count(string(e.Send.Raw), sasl.Mask) != len(e.Send.Masked) || c == nil || !c.Withheld || c.Bytes != nil || c.Total != 0 {
					t.Errorf("%s is sent as %+v", e.Send.Raw, c)
				}
			}
			if masks != test.sent {
				t.Errorf("%d lines are masked, want %d\n%s", masks, test.sent, p.trail())
			}
		})
	}
}

// A challenge from which the password can be guessed is masked as well: the server's signature in SCRAM.
func TestChallengeMasked(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", script: strings.Replace(submission, "PLAIN LOGIN", "SCRAM-SHA-256", 1) + "SASL SCRAM-SHA-256" + goodBye, goal: walk.Goal{Credentials: ann()}})
	p.ends(record.ExitOK)
	var masked *record.Reply
	for _, e := range p.log {
		if e.Reply != nil && e.Reply.Masked != "" {
			masked = e.Reply
		}
	}
	if masked == nil || string(masked.Raw) != "334 "+sasl.Mask+"\r\n" || masked.Text() != sasl.Mask {
		t.Fatalf("%+v\n%s", masked, p.trail())
	}
	for _, e := range p.log { // dj0 begins the base64 of v=; what is random may hold it by chance
		if e.Reply == nil {
			continue
		}
		r := *e.Reply
		r.Cipher = nil
		if data, _ := json.Marshal(r); strings.Contains(string(data), "dj0") {
			t.Errorf("%s", data)
		}
	}
}

// A server that says 235 without having proved itself is not believed.
func TestUnprovedServer(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", script: strings.Replace(submission, "PLAIN LOGIN", "SCRAM-SHA-256", 1) + "C: AUTH SCRAM-SHA-256 …\nS: 235 ok",
		goal: walk.Goal{Credentials: ann()}})
	p.ends(record.ExitProtocol)
	p.found("auth-server-proof-missing")
	if st := p.state(); st.Auth == record.AuthDone || st.Stage != record.StageBroken {
		t.Errorf("%+v", st)
	}
}

// Nothing in a log tells how long a password was, but that it is too short to be hidden well.
func TestLengthStaysAway(t *testing.T) {
	login := "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: …\nS: 235 ok" + goodBye
	for _, test := range []struct {
		name, script, mech string
		typed              bool
	}{
		{"PLAIN", "C: AUTH PLAIN …\nS: 235 ok" + goodBye, "PLAIN", false},
		{"PLAIN, wrong", "C: AUTH PLAIN …\nS: 535 no" + goodBye, "PLAIN", false},
		{"LOGIN", login, "LOGIN", false},
		{"typed", "C: AUTH PLAIN …\nS: 235 ok", "", true},
	} {
		for _, policy := range []string{"off", "require"} {
			t.Run(test.name+" "+policy, func(t *testing.T) {
				var logs []string
				for _, n := range []int{6, 19, 190} {
					password := strings.Repeat("p", n)
					c := sasl.Credentials{Username: theUser, Password: sasl.NewSecret(password)}
					sc := scene{policy: policy, goal: walk.Goal{Credentials: c, Mechanism: test.mech}, script: test.script,
						config: func(c *Config) { c.Policy.AllowCleartextAuth = true }}
					sc.script = map[string]string{"off": noAuthTLS, "require": submission}[policy] + sc.script
					by := func(ctx context.Context, s *Session) error { return Walk(ctx, s, sc.goal) }
					if test.typed {
						by = typed("AUTH PLAIN " + sasl.EncodeResponse(sasl.PlainString("", theUser, password), true))
					}
					logs = append(logs, blanked(t, act(t, sc, by)))
				}
				if logs[0] != logs[1] || logs[1] != logs[2] {
					t.Errorf("the logs differ:\n%s\n%s\n%s", logs[0], logs[1], logs[2])
				}
			})
		}
	}
}

// blanked is a log without what differs from one session to the next: random numbers and what was encrypted with them.
func blanked(t *testing.T, p played) string {
	var b strings.Builder
	for _, e := range p.log {
		c := *e
		c.T = 0
		switch {
		case c.TLSMessage != nil:
			continue
		case c.TLS != nil:
			c.TLS = &record.TLS{}
		case c.End != nil:
			end := *c.End
			end.Facts.SHA256 = ""
			c.End = &end
		case c.Send != nil && c.Send.Cipher != nil:
			send := *c.Send
			send.Cipher = &record.Cipher{Total: send.Cipher.Total, Withheld: send.Cipher.Withheld}
			c.Send = &send
		case c.Reply != nil && c.Reply.Cipher != nil:
			reply := *c.Reply
			reply.Cipher = &record.Cipher{Total: reply.Cipher.Total, Withheld: reply.Cipher.Withheld}
			c.Reply = &reply
		}
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(string(data) + "\n")
	}
	return b.String()
}

// A person may ask to see the secrets, and is told so in the log; until then and after that they are masked.
func TestReveal(t *testing.T) {
	p := act(t, scene{policy: "require", script: submission + "C: AUTH PLAIN …\nS: 535 no\nC: AUTH PLAIN …\nS: 535 no\nC: AUTH PLAIN …\nS: 535 no"},
		func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
			st := record.Step{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann()}
			s.Do(ctx, st)
			s.Reveal(true)
			s.Reveal(true)
			s.Do(ctx, st)
			s.Reveal(false)
			return s.Do(ctx, st)
		})
	var lines []string
	for _, e := range p.log {
		if e.Send != nil && e.Step == record.VerbAuth {
			lines = append(lines, string(e.Send.Raw))
		}
	}
	hidden, shown := "AUTH PLAIN "+sasl.Mask+"\r\n", "AUTH PLAIN AGFubgBUcjB1YjRkb3ImMyt3dWVyZmVs\r\n"
	if len(lines) != 3 || lines[0] != hidden || lines[1] != shown || lines[2] != hidden {
		t.Errorf("%q", lines)
	}
	p.found("secrets-revealed", "secrets-masked")
}
