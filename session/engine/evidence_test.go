package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Bytes after the 220 to STARTTLS end the session: they are shown, and nothing is sent after them, not even a
// ClientHello. That nothing is sent is the script's to see.
func TestInjection(t *testing.T) {
	for _, behind := range []string{`S: 250 fake`, `R: "2"`, `R: "\r\n"`, `R: "\x16\x03\x03\x00\x40"`, `R: "\x1b[2J250 x\r\n"`} {
		p := act(t, scene{policy: "opportunistic", target: "mail.lab:25", goal: bob(), script: beforeTLS + behind},
			func(ctx context.Context, s *Session) error { return stumble(ctx, s, bob()) })
		p.ends(record.ExitProtocol, "in cleartext arrived from mail.lab after the 220 to STARTTLS")
		p.found("starttls-injection")
		if st := p.state(); st.Stage != record.StageBroken || !st.FailedAt(record.PhaseSTARTTLS) {
			t.Errorf("%+v", st)
		}
		if !errors.Is(p.err, record.ErrInjected) {
			t.Errorf("%v", p.err)
		}
		r := p.last(record.KindReply).Reply
		if want := replyBytes(behind); string(r.Raw) != want || !r.Unasked {
			t.Errorf("the log has %q, want %q", r.Raw, want)
		}
		if strings.Contains(p.last(record.KindEnd).End.Cause, "\x1b") {
			t.Error("the sentence moves the cursor")
		}
	}
}

func replyBytes(line string) string {
	if text, ok := strings.CutPrefix(line, "S: "); ok {
		return text + "\r\n"
	}
	var text string
	fmt.Sscanf(line, "R: %q", &text)
	return text
}

// What arrives after the 220 but later, where TLS is due, is no handshake, and nothing of it is believed.
func TestClearTextInPlaceOfTLS(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", script: beforeTLS + `
		HELLO
		S: 454 4.3.0 no certificate`})
	p.ends(record.ExitHandshake, "454 4.3.0 no certificate")
	if strings.Contains(verdictWords(p.last(record.KindEnd).End), "submission") {
		t.Errorf("STARTTLS was used, and the hint is %q", verdictWords(p.last(record.KindEnd).End))
	}
}

func TestStripped(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", script: `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab` + goodBye})
	p.ends(record.ExitSTARTTLS)
	p.found("starttls-missing")
	for _, word := range []string{"XXXXXXXA", "XXXXXXXX", "xxxxxxxa"} {
		p := walkThrough(t, scene{policy: "require", script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250-mail.lab
			S: 250-SIZE
			S: 250 ` + word + goodBye})
		p.found("starttls-stripped-garbled", "starttls-missing")
	}
	quiet := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: "TLS" + `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 XA` + goodBye})
	if quiet.findings() != nil {
		t.Errorf("found %v inside TLS", quiet.findings())
	}
	inside := walkThrough(t, scene{policy: "require", script: beforeTLS + "TLS" + `
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS` + goodBye})
	inside.found("starttls-inside-tls")
}

// After bytes that nobody asked for no reply can be matched to a command.
func TestUnasked(t *testing.T) {
	for _, more := range []string{"S: 250 once more", `R: "250 half a li"`, `R: "250-several\r\n"`, `R: "\xff\x00"`} {
		p := act(t, scene{goal: bob(), script: "S: 220 mail.lab\n" + more}, func(ctx context.Context, s *Session) error { return stumble(ctx, s, bob()) })
		p.ends(record.ExitProtocol, "before EHLO was sent, and no command had asked for it")
		p.found("out-of-sync")
		r := p.last(record.KindReply).Reply
		if !r.Unasked || string(r.Raw) != replyBytes(more) {
			t.Errorf("%q: the log has %+v", more, r)
		}
		if p.state().Stage != record.StageBroken || !errors.Is(p.err, record.ErrOutOfSync) || p.took != 0 {
			t.Errorf("%+v, %v, after %v", p.state(), p.err, p.took)
		}
	}
}

// Once out of sync nothing is sent, not even QUIT.
func TestBrokenSendsNothing(t *testing.T) {
	act(t, scene{script: "S: 220 mail.lab\nS: 250 once more"}, func(ctx context.Context, s *Session) error {
		Walk(ctx, s, walk.Goal{})
		for _, st := range everyStep() {
			if st.Verb == record.VerbResolve || st.Verb == record.VerbConnect {
				continue
			}
			if err := s.Do(ctx, st); !errors.Is(err, record.ErrOutOfSync) && st.Verb != record.VerbRespond {
				t.Errorf("%s: %v", st.Verb, err)
			}
		}
		return nil
	})
}

// everyStep is one step of each verb, confirmed.
func everyStep() []record.Step {
	list := []record.Step{{Verb: record.VerbResolve}, {Verb: record.VerbConnect}, {Verb: record.VerbGreeting}, {Verb: record.VerbHandshake},
		{Verb: record.VerbEHLO, Line: "EHLO me"}, {Verb: record.VerbHELO, Line: "HELO me"}, {Verb: record.VerbSTARTTLS, Line: "STARTTLS"},
		{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann()}, {Verb: record.VerbRespond}, {Verb: record.VerbCancel, Line: "*"},
		{Verb: record.VerbMail, Line: "MAIL FROM:<>"}, {Verb: record.VerbRcpt, Line: "RCPT TO:<a>"}, {Verb: record.VerbData, Line: "DATA"},
		{Verb: record.VerbContent, Message: record.MessageOf([]byte("x"))}, {Verb: record.VerbBdat, Line: "BDAT 1 LAST", Message: record.MessageOf([]byte("x"))},
		{Verb: record.VerbRset, Line: "RSET"}, {Verb: record.VerbNoop, Line: "NOOP"}, {Verb: record.VerbVrfy, Line: "VRFY a"}, {Verb: record.VerbExpn, Line: "EXPN a"},
		{Verb: record.VerbHelp, Line: "HELP"}, {Verb: record.VerbQuit, Line: "QUIT"}, {Verb: record.VerbRaw, Line: "XYZZY"}}
	for i := range list {
		list[i].Confirmed = []record.FindingCode{"cleartext-secret", "unverified-secret", "cert-unverified", "real-message"}
	}
	return list
}

func TestDefects(t *testing.T) {
	for _, test := range []struct{ reply, finding string }{
		{`R: "250-mail.lab\r\n250 SIZE\n"`, "bare-lf"},
		{`R: "250-mail.lab\r\n299 SIZE\r\n"`, "reply-code-mismatch reply-malformed"},
		{`S: 250 5.0.0 mail.lab`, "enhanced-class-mismatch"},
		{`R: "250-mail.lab\x00\r\n250 SIZE\r\n"`, "reply-malformed"},
		{`R: "250-mail.lab\r\n250_SIZE\r\n"`, "reply-malformed"},
		{`R: "250-gr\xc3\xbcn\r\n250 SIZE\r\n"`, ""},
	} {
		p := walkThrough(t, scene{script: "S: 220 mail.lab\nC: EHLO [192.0.2.1]\n" + test.reply + goodBye})
		p.ends(record.ExitOK)
		if got := strings.Join(p.findings(), " "); got != test.finding {
			t.Errorf("%s: found %q, want %q", test.reply, got, test.finding)
		}
	}
}

func TestBounds(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name   string
		limits wire.Limits
		reply  string
		fails  bool
	}{
		{"line below", wire.Limits{Line: 100}, `R: "250 ` + long(94) + `\r\n"`, false},
		{"line above", wire.Limits{Line: 100}, `R: "250 ` + long(95) + `\r\n"`, true},
		{"line above, in a list", wire.Limits{Line: 100}, `R: "250-a\r\n250 ` + long(95) + `\r\n"`, true},
		{"reply above", wire.Limits{Reply: 100}, `R: "250-` + long(60) + `\r\n250 ` + long(60) + `\r\n"`, true},
		{"lines below", wire.Limits{Lines: 3}, `R: "250-a\r\n250-b\r\n250 c\r\n"`, false},
		{"lines above", wire.Limits{Lines: 3}, `R: "250-a\r\n250-b\r\n250-c\r\n250 d\r\n"`, true},
		{"the default line", wire.Limits{}, `R: "250 ` + long(64<<10) + `\r\n"`, true},
		{"the default number of lines", wire.Limits{}, `R: "` + strings.Repeat(`250-a\r\n`, 10_001) + `"`, true},
		{"the default reply", wire.Limits{Lines: 1 << 20}, `R: "` + strings.Repeat(`250-`+long(60_000)+`\r\n`, 18) + `"`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			script := "S: 220 mail.lab\nC: EHLO [192.0.2.1]\n" + test.reply
			if !test.fails {
				walkThrough(t, scene{config: func(c *Config) { c.Limits = test.limits }, script: script + goodBye}).ends(record.ExitOK)
				return
			}
			p := walkThrough(t, scene{config: func(c *Config) { c.Limits = test.limits }, script: script})
			p.ends(record.ExitProtocol, "The reply to EHLO from mail.lab is too long")
			p.found("reply-too-long")
			if r := p.last(record.KindReply).Reply; len(r.Raw) == 0 || r.Error == "" {
				t.Error("the evidence is gone")
			}
		})
	}
}

// A panic inside a step is an event, and what was thrown is not told: it may hold anything.
func TestPanic(t *testing.T) {
	for name, sc := range map[string]scene{
		"resolver": {config: func(c *Config) {
			c.Resolver = resolver(func() error { panic("password " + thePassword) })
		}, hasty: true},
		"dial":  {script: "DIAL panic"},
		"probe": {script: "WAIT 3s\nS: 220 late\nNEXT\nDIAL panic"},
	} {
		t.Run(name, func(t *testing.T) {
			p := walkThrough(t, sc)
			p.ends(record.ExitInternal, "ehlo failed inside the step")
			p.found("internal")
			if st := p.state(); st.Stage != record.StageClosed || len(st.Failed) != 1 {
				t.Errorf("%+v", st)
			}
			leaks(t, p, thePassword)
		})
	}
}

// After a panic the session can be started again.
func TestPanicOnce(t *testing.T) {
	act(t, scene{script: "DIAL panic\nNEXT\nS: 220 mail.lab" + goodBye}, func(ctx context.Context, s *Session) error {
		s.Do(ctx, record.Step{Verb: record.VerbResolve})
		s.Do(ctx, record.Step{Verb: record.VerbConnect})
		return inOrder(record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting}, record.Step{Verb: record.VerbQuit, Line: "QUIT"})(ctx, s)
	}).ends(record.ExitStopped, "stopped after QUIT")
}

// 421 may come at any moment (RFC 5321 §3.8): the session is closed, and the same may work later.
func TestServerShutsDown(t *testing.T) {
	at := func(before string) string { return before + "\nS: 421 4.3.2 shutting down\nCLOSE" }
	greeted := "S: 220 mail.lab\nC: EHLO [192.0.2.1]"
	ready := greeted + "\nS: 250 mail.lab\nC: MAIL FROM:<ann@mail.lab>"
	for _, test := range []struct {
		script string
		policy string
		goal   walk.Goal
		exit   record.Exit
	}{
		{at(""), "", bob(), record.ExitDeferred},
		{at(greeted), "", bob(), record.ExitDeferred},
		{at(ready), "", bob(), record.ExitDeferred},
		{at(ready + "\nS: 250 ok\nC: RCPT TO:<bob@mail.lab>"), "", bob(), record.ExitDeferred},
		{at(ready + "\nS: 250 ok\nC: RCPT TO:<bob@mail.lab>\nS: 250 ok\nC: DATA"), "", bob(), record.ExitDeferred},
		{at(ready + "\nS: 250 ok\nC: RCPT TO:<bob@mail.lab>\nS: 250 ok\nC: DATA\nS: 354 go on\nMESSAGE"), "", bob(), record.ExitDeferred},
		{at(greeted + "\nS: 250 mail.lab\nC: QUIT"), "", walk.Goal{}, record.ExitOK},
		{at(strings.TrimSuffix(beforeTLS, "S: 220 go on\n\t\t")), "require", walk.Goal{}, record.ExitSTARTTLS},
		{at(strings.TrimSuffix(beforeTLS, "S: 220 go on\n\t\t")), "opportunistic", walk.Goal{}, record.ExitSTARTTLS},
		{at(submission + "C: AUTH PLAIN …"), "require", walk.Goal{Credentials: ann()}, record.ExitDeferred},
	} {
		p := walkThrough(t, scene{policy: test.policy, goal: test.goal, script: test.script})
		p.ends(test.exit)
		if p.state().Stage != record.StageClosed {
			t.Errorf("%s\n%+v", test.script, p.state())
		}
	}
	t.Run("unasked", func(t *testing.T) {
		p := walkThrough(t, scene{goal: bob(), script: "S: 220 mail.lab\nC: EHLO [192.0.2.1]\nS: 250 mail.lab\nS: 421 4.4.2 idle too long\nCLOSE"})
		p.ends(record.ExitDeferred, "mail.lab said 421 4.4.2 before MAIL was sent, “idle too long”.")
		if p.state().Stage != record.StageClosed || len(p.findings()) != 1 {
			t.Errorf("%+v\n%s", p.state(), p.trail())
		}
	})
	t.Run("while a person thinks", func(t *testing.T) {
		p := act(t, scene{hasty: true, script: "S: 220 mail.lab\nWAIT 5m\nS: 421 4.4.2 idle too long\nCLOSE"}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
			time.Sleep(10 * time.Minute)
			return s.Do(ctx, record.Step{Verb: record.VerbEHLO, Line: "EHLO me"})
		})
		if p.state().Stage != record.StageClosed {
			t.Errorf("%+v\n%s", p.state(), p.trail())
		}
	})
}
