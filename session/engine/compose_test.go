package engine

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// A dot at the beginning of a line is doubled on the wire, and the log says how often.
func TestContentIsStuffed(t *testing.T) {
	g := bob()
	g.Message = record.MessageOf([]byte("Subject: x\n\n.\n..two\nlast"))
	p := walkThrough(t, scene{goal: g, script: `
		S: 220 mail.lab
		C: EHLO …
		S: 250 mail.lab
		C: MAIL …
		S: 250 ok
		C: RCPT …
		S: 250 ok
		C: DATA
		S: 354 go on
		C: Subject: x
		C: 
		C: ..
		C: ...two
		C: last
		C: .
		S: 250 ok` + goodBye})
	p.ends(record.ExitOK)
	for _, e := range p.log {
		if e.Send != nil && e.Send.Content {
			if s := e.Send; s.Stuffed != 2 || s.Normalized != 5 || s.Size != len(s.Raw) {
				t.Errorf("%+v", s)
			}
			return
		}
	}
	t.Error("no content was sent")
}

// Of a long message the log keeps the beginning and the size.
func TestLongContent(t *testing.T) {
	g := bob()
	g.Message = record.MessageOf(bytes.Repeat([]byte("0123456789\r\n"), 10_000))
	p := walkThrough(t, scene{goal: g, script: wholeSession})
	p.ends(record.ExitOK)
	for _, e := range p.log {
		if e.Send != nil && e.Send.Content && (e.Send.Size != 120_003 || len(e.Send.Raw) != sendKept) {
			t.Errorf("%d bytes of %d are kept", len(e.Send.Raw), e.Send.Size)
		}
	}
}

// A person may send anything, in any order, and see what the server says; the state follows what it says.
func TestOutOfOrder(t *testing.T) {
	p := act(t, scene{script: `
		S: 220 mail.lab
		C: MAIL FROM:<ann@mail.lab>
		S: 503 5.5.1 say EHLO first
		C: EHLO me
		S: 250 mail.lab
		C: RCPT TO:<bob@mail.lab>
		S: 503 5.5.1 need MAIL
		C: XYZZY
		S: 500 5.5.1 what
		C: mail from:<ann@mail.lab> size=1
		S: 250 ok
		C: rcpt to:<bob@mail.lab>
		S: 250 ok
		C: HELO me
		S: 250 mail.lab
		C: VRFY bob
		S: 252 perhaps` + goodBye}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		for _, line := range []string{"MAIL FROM:<ann@mail.lab>", "EHLO me", "RCPT TO:<bob@mail.lab>", "XYZZY", "mail from:<ann@mail.lab> size=1", "rcpt to:<bob@mail.lab>"} {
			s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line})
		}
		if st := s.snap.State; st.Transaction != record.TransactionRcpt || st.Sender != "ann@mail.lab" || len(st.Recipients) != 1 || !st.ESMTP {
			t.Errorf("%+v", st)
		}
		s.Do(ctx, record.Step{Verb: record.VerbEHLO, Line: "HELO me", Edited: true})
		if st := s.snap.State; st.Transaction != record.TransactionNone || st.Recipients != nil || st.ESMTP || s.snap.Capabilities != nil {
			t.Errorf("%+v, %+v", st, s.snap.Capabilities)
		}
		return inOrder(record.Step{Verb: record.VerbVrfy, Line: "VRFY bob"}, record.Step{Verb: record.VerbQuit, Line: "QUIT"})(ctx, s)
	})
	p.ends(record.ExitOK)
	for _, e := range p.log {
		if e.Send != nil && strings.HasPrefix(string(e.Send.Raw), "XYZZY") && !e.Send.Edited {
			t.Error("a typed line is not marked")
		}
	}
}

// After 354 every line is content, whatever it was meant as, and only the dot is answered.
func TestCommandsInData(t *testing.T) {
	act(t, scene{script: `
		S: 220 mail.lab
		C: EHLO me
		S: 250 mail.lab
		C: MAIL FROM:<>
		S: 250 ok
		C: RCPT TO:<a>
		S: 250 ok
		C: DATA
		S: 354 go on
		C: NOOP
		C: RSET
		C: AUTH PLAIN
		C: .
		S: 250 queued` + goodBye}, inOrder(record.Step{Verb: record.VerbResolve}, record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting}, record.Step{Verb: record.VerbEHLO, Line: "EHLO me"},
		record.Step{Verb: record.VerbMail, Line: "MAIL FROM:<>"}, record.Step{Verb: record.VerbRcpt, Line: "RCPT TO:<a>"}, record.Step{Verb: record.VerbData, Line: "DATA"},
		record.Step{Verb: record.VerbNoop, Line: "NOOP"}, record.Step{Verb: record.VerbRset, Line: "RSET"}, record.Step{Verb: record.VerbRaw, Line: "AUTH PLAIN"}, record.Step{Verb: record.VerbRaw, Line: "."},
		record.Step{Verb: record.VerbQuit, Line: "QUIT"})).ends(record.ExitOK)
}

// A chunk that is longer or shorter than announced would make the server take commands for content, or content for
// commands.
func TestChunkSize(t *testing.T) {
	for _, st := range []record.Step{{Verb: record.VerbBdat, Line: "BDAT 5 LAST", Message: record.MessageOf([]byte("abc"))}, {Verb: record.VerbBdat, Line: "BDAT 1 LAST", Message: record.MessageOf([]byte("abc"))},
		{Verb: record.VerbRaw, Line: "bdat 5 last"}} {
		p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
			return s.Do(ctx, st)
		})
		p.unsent("announces")
	}
	act(t, scene{script: "S: 220 mail.lab\nC: BDAT\nS: 501 5.5.4 how much"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		return s.Do(ctx, record.Step{Verb: record.VerbBdat, Line: "BDAT", Message: record.MessageOf([]byte("abc"))})
	}).ends(record.ExitData)
}

// Lines that would be two to the server are not sent.
func TestOneLine(t *testing.T) {
	for _, line := range []string{"NOOP\r\nQUIT", "NOOP\n", "NOOP\r", "NO\x00OP"} {
		p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
			return s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line})
		})
		p.unsent("The line was not sent")
	}
}

// A step without a connection says so.
func TestNoConnection(t *testing.T) {
	act(t, scene{hasty: true}, func(ctx context.Context, s *Session) error {
		for _, st := range everyStep() {
			if st.Verb == record.VerbResolve || st.Verb == record.VerbConnect || st.Verb == record.VerbQuit || st.Verb == record.VerbRespond {
				continue
			}
			if err := s.Do(ctx, st); err == nil || !strings.Contains(err.Error(), "There is no connection") {
				t.Errorf("%s: %v", st.Verb, err)
			}
		}
		if err := s.Do(ctx, record.Step{Verb: "dance"}); err == nil || !strings.Contains(err.Error(), "There is no such step") {
			t.Error(err)
		}
		return nil
	})
}

// Connecting looks the name up if nobody has, and an address needs no lookup.
func TestConnectAlone(t *testing.T) {
	greeting := walk.Goal{Until: record.PhaseGreeting}
	act(t, scene{goal: greeting, script: "S: 220 x"}, inOrder(record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting})).ends(record.ExitOK)
	p := act(t, scene{goal: greeting, target: "192.0.2.77:25", script: "S: 220 x"}, inOrder(record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting}))
	if r := p.last(record.KindResolve).Resolve; !r.Literal || r.Addresses[0] != "192.0.2.77" {
		t.Errorf("%+v", r)
	}
	act(t, scene{target: "nowhere.lab:25", hasty: true}, inOrder(record.Step{Verb: record.VerbConnect})).ends(record.ExitName)
}

// After STARTTLS both sides forget all, also who authenticated (RFC 3207 §4.2).
func TestForget(t *testing.T) {
	act(t, scene{policy: "require", goal: walk.Goal{Until: record.PhaseHandshake}, script: `
		S: 220 mail.lab
		C: EHLO me
		S: 250-mail.lab
		S: 250-AUTH PLAIN
		S: 250 STARTTLS
		C: AUTH PLAIN …
		S: 235 ok
		C: MAIL FROM:<>
		S: 250 ok
		C: STARTTLS
		S: 220 go on
		TLS`}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		err := inOrder(record.Step{Verb: record.VerbEHLO, Line: "EHLO me"}, record.Step{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann(), Confirmed: []record.FindingCode{"cleartext-secret"}},
			record.Step{Verb: record.VerbMail, Line: "MAIL FROM:<>"}, record.Step{Verb: record.VerbSTARTTLS, Line: "STARTTLS"}, record.Step{Verb: record.VerbHandshake})(ctx, s)
		if st := s.snap.State; st.Auth != record.AuthNone || st.User != "" || st.Transaction != record.TransactionNone || st.ESMTP || st.Peer != "" || s.snap.Capabilities != nil {
			t.Errorf("%+v", st)
		}
		return err
	}).ends(record.ExitOK)
}

// A person who connects again after a failed handshake gets TLS again, unless the policy was to do without.
func TestConnectAgain(t *testing.T) {
	walkOnce := beforeTLS + "HELLO\nCLOSE\nNEXT" + beforeTLS + "HELLO\nCLOSE\n" // and the control goes the same way
	g := walk.Goal{Until: record.PhaseHandshake}
	act(t, scene{policy: "require", goal: g, script: walkOnce + "NEXT" + beforeTLS + "TLS" + goodBye}, func(ctx context.Context, s *Session) error {
		if Walk(ctx, s, g); !s.snap.State.FailedAt(record.PhaseHandshake) {
			t.Error("the handshake did not fail")
		}
		s.Do(ctx, record.Step{Verb: record.VerbConnect})
		return Walk(ctx, s, g)
	}).ends(record.ExitOK)
}

// Replies of 3yz in the wrong place leave a server that waits for something else than a command.
func TestMisplacedReplies(t *testing.T) {
	for _, test := range []struct {
		script string
		stage  record.Stage
	}{
		{"S: 354 hello", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 354 hello", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 334 hello", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 354 what", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 354 what", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 250 ok\nC: DATA\nS: 250 what", record.StageBroken},
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 250 ok\nC: DATA\nS: 354 ok\nMESSAGE\nS: 354 what", record.StageBroken},
	} {
		p := walkThrough(t, scene{goal: bob(), script: test.script})
		p.ends(record.ExitProtocol, "replies and commands no longer match")
		p.found("reply-unexpected")
		if p.state().Stage != test.stage {
			t.Errorf("%s: %+v", test.script, p.state())
		}
	}
}
