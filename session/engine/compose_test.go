package engine

import (
	"bytes"
	"context"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// at is a snapshot of a session that is ready, with these capabilities.
func at(lines ...string) record.Snapshot {
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	snap := snapshotOf(s, nil)
	snap.Start.Time = theTime
	if len(lines) > 0 {
		snap.Capabilities = listed(lines...)
	}
	return snap
}

// MAIL has the parameters that the server takes and the message needs.
func TestMailLine(t *testing.T) {
	plain := walk.Goal{From: "ann@mail.lab", To: []string{"bob@mail.lab"}, Message: []byte("Subject: x\n\n.hello\n")}
	eight := plain
	eight.Message = []byte("Subject: x\r\n\r\ngr\xc3\xbcn\r\n")
	name := plain
	name.From = "j\u00f6rg@mail.lab"
	for _, test := range []struct {
		snap record.Snapshot
		goal walk.Goal
		want string
	}{
		{at(), plain, "MAIL FROM:<ann@mail.lab>"},
		{at("PIPELINING"), plain, "MAIL FROM:<ann@mail.lab>"},
		{at("SIZE"), plain, "MAIL FROM:<ann@mail.lab> SIZE=22"}, // with CRLF, without stuffing (RFC 1870 §3)
		{at("SIZE", "8BITMIME", "SMTPUTF8"), plain, "MAIL FROM:<ann@mail.lab> SIZE=22"},
		{at("SIZE 100", "8BITMIME"), eight, "MAIL FROM:<ann@mail.lab> SIZE=21 BODY=8BITMIME"},
		{at("8BITMIME", "SMTPUTF8"), name, "MAIL FROM:<j\u00f6rg@mail.lab> SMTPUTF8"},
		{at("SIZE", "8BITMIME"), walk.Goal{From: "ann@mail.lab"}, "MAIL FROM:<ann@mail.lab>"}, // no message is meant
		{at(), walk.Goal{Credentials: sasl.Credentials{Username: "ann@mail.lab"}}, "MAIL FROM:<ann@mail.lab>"},
		{at(), walk.Goal{Credentials: sasl.Credentials{Username: "ann"}}, "MAIL FROM:<>"},
	} {
		if got := walk.Compose(test.snap, test.goal, record.VerbMail).Line; got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// The composed message has the header fields that RFC 5322 §3.6 asks for, in ASCII, and is the same each time.
func TestComposedMessage(t *testing.T) {
	g := walk.Goal{From: "ann@mail.lab", To: []string{"bob@mail.lab", "eve@mail.lab"}, Subject: "gr\u00fcn\r\nBcc: everybody@mail.lab", Body: "sch\u00f6n\n.\n"}
	content := walk.Message(at(), g)
	if again := walk.Message(at(), g); !bytes.Equal(content, again) {
		t.Error("it differs the second time")
	}
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if to, err := m.Header.AddressList("To"); err != nil || len(to) != 2 {
		t.Errorf("%v, %v", to, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(theTime) {
		t.Errorf("%v, %v", date, err)
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != "gr\u00fcn  Bcc: everybody@mail.lab" {
		t.Errorf("%q, %v", got, err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("Message-Id") == "" || m.Header.Get("Content-Transfer-Encoding") != "8bit" {
		t.Errorf("%v", m.Header)
	}
	head, body, _ := strings.Cut(string(content), "\r\n\r\n")
	if walk.EightBit([]byte(head)) || body != "sch\u00f6n\r\n.\r\n" || strings.Contains(strings.ReplaceAll(string(content), "\r\n", ""), "\n") {
		t.Errorf("%q", content)
	}
}

// A dot at the beginning of a line is doubled on the wire, and the log says how often.
func TestContentIsStuffed(t *testing.T) {
	g := bob()
	g.Message = []byte("Subject: x\n\n.\n..two\nlast")
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
			if s := e.Send; s.Stuffed != 2 || s.Normalised != 5 || s.Size != len(s.Raw) {
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
	g.Message = bytes.Repeat([]byte("0123456789\r\n"), 10_000)
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
		if st := s.state; st.Transaction != record.TransactionRcpt || st.Sender != "ann@mail.lab" || len(st.Recipients) != 1 || !st.ESMTP {
			t.Errorf("%+v", st)
		}
		s.Do(ctx, record.Step{Verb: record.VerbEHLO, Line: "HELO me", Edited: true})
		if st := s.state; st.Transaction != record.TransactionNone || st.Recipients != nil || st.ESMTP || s.snap.Capabilities != nil {
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
	for _, st := range []record.Step{{Verb: record.VerbBdat, Line: "BDAT 5 LAST", Content: []byte("abc")}, {Verb: record.VerbBdat, Line: "BDAT 1 LAST", Content: []byte("abc")},
		{Verb: record.VerbRaw, Line: "bdat 5 last"}} {
		p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
			return s.Do(ctx, st)
		})
		p.ends(record.ExitUsage, "announces")
	}
	act(t, scene{script: "S: 220 mail.lab\nC: BDAT\nS: 501 5.5.4 how much"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		return s.Do(ctx, record.Step{Verb: record.VerbBdat, Line: "BDAT", Content: []byte("abc")})
	}).ends(record.ExitData)
}

// Lines that would be two to the server are not sent.
func TestOneLine(t *testing.T) {
	for _, line := range []string{"NOOP\r\nQUIT", "NOOP\n", "NOOP\r", "NO\x00OP"} {
		p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
			upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
			return s.Do(ctx, record.Step{Verb: record.VerbRaw, Line: line})
		})
		p.ends(record.ExitUsage, "the line was not sent")
	}
}

// A step without a connection says so.
func TestNoConnection(t *testing.T) {
	act(t, scene{hasty: true}, func(ctx context.Context, s *Session) error {
		for _, st := range everyStep() {
			if st.Verb == record.VerbResolve || st.Verb == record.VerbConnect || st.Verb == record.VerbQuit || st.Verb == record.VerbRespond {
				continue
			}
			if err := s.Do(ctx, st); err == nil || !strings.Contains(err.Error(), "there is no connection") {
				t.Errorf("%s: %v", st.Verb, err)
			}
		}
		if err := s.Do(ctx, record.Step{Verb: "dance"}); err == nil || !strings.Contains(err.Error(), "no such step") {
			t.Error(err)
		}
		return nil
	})
}

// Connecting looks the name up if nobody has, and an address needs no look-up.
func TestConnectAlone(t *testing.T) {
	act(t, scene{script: "S: 220 x"}, inOrder(record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting})).ends(record.ExitOK)
	p := act(t, scene{target: "192.0.2.77:25", script: "S: 220 x"}, inOrder(record.Step{Verb: record.VerbConnect}, record.Step{Verb: record.VerbGreeting}))
	if r := p.last(record.KindResolve).Resolve; !r.Literal || r.Addresses[0] != "192.0.2.77" {
		t.Errorf("%+v", r)
	}
	act(t, scene{target: "nowhere.lab:25", hasty: true}, inOrder(record.Step{Verb: record.VerbConnect})).ends(record.ExitName)
}

// After STARTTLS both sides forget all, also who authenticated (RFC 3207 §4.2).
func TestForget(t *testing.T) {
	act(t, scene{policy: "require", script: `
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
		err := inOrder(record.Step{Verb: record.VerbEHLO, Line: "EHLO me"}, record.Step{Verb: record.VerbAuth, Mechanism: "PLAIN", Credentials: ann(), Confirmed: []string{"cleartext-secret"}},
			record.Step{Verb: record.VerbMail, Line: "MAIL FROM:<>"}, record.Step{Verb: record.VerbSTARTTLS, Line: "STARTTLS"}, record.Step{Verb: record.VerbHandshake})(ctx, s)
		if st := s.state; st.Auth != record.AuthNone || st.User != "" || st.Transaction != record.TransactionNone || st.ESMTP || st.Peer != "" || s.snap.Capabilities != nil {
			t.Errorf("%+v", st)
		}
		return err
	}).ends(record.ExitOK)
}

// A person who connects again after a failed handshake gets TLS again, unless the policy was to do without.
func TestConnectAgain(t *testing.T) {
	walkOnce := beforeTLS + "HELLO\nCLOSE\n"
	act(t, scene{policy: "require", script: walkOnce + "NEXT" + beforeTLS + "TLS" + goodBye}, func(ctx context.Context, s *Session) error {
		if err := Walk(ctx, s, walk.Goal{Until: record.PhaseHandshake}); err == nil {
			t.Error("the handshake did not fail")
		}
		s.Do(ctx, record.Step{Verb: record.VerbConnect})
		return Walk(ctx, s, walk.Goal{Until: record.PhaseHandshake})
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
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 250 ok\nC: DATA\nS: 250 what" + goodBye, record.StageClosed},
		{"S: 220 x\nC: EHLO …\nS: 250 x\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 250 ok\nC: DATA\nS: 354 ok\nMESSAGE\nS: 354 what", record.StageBroken},
	} {
		p := walkThrough(t, scene{goal: bob(), script: test.script})
		p.ends(record.ExitProtocol, "which is no answer to it")
		p.found("reply-unexpected")
		if p.state().Stage != test.stage {
			t.Errorf("%s: %+v", test.script, p.state())
		}
	}
}
