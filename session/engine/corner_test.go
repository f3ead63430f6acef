package engine

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// The sentence tells a name that is not there from a name server that is not.
func TestNameErrors(t *testing.T) {
	for _, test := range []struct {
		err     error
		network string
		code    string
		words   string
	}{
		{&net.DNSError{IsNotFound: true}, "ip", "name-not-found", "has no address"},
		{&net.DNSError{IsTimeout: true}, "ip", "name-timeout", "the lookup of mail.lab timed out"},
		{&net.DNSError{Err: "server misbehaving\x1b"}, "ip", "name-failed", `server misbehaving\x1b`},
		{&net.DNSError{IsNotFound: true}, "ip6", "no-address", "has no IPv6 address"},
		{&net.DNSError{IsNotFound: true}, "ip4", "no-address", "has no IPv4 address"},
		{errors.New("broken\x1b"), "ip", "name-failed", `mail.lab failed: broken\x1b`},
	} {
		p := walkThrough(t, scene{hasty: true, config: func(c *Config) {
			c.Network, c.Resolver = test.network, resolver(func() error { return test.err })
		}})
		p.ends(map[bool]record.Exit{true: record.ExitTimeout, false: record.ExitName}[test.code == "name-timeout"], test.words)
		p.found(test.code)
		if r := p.last(record.KindResolve).Resolve; r.Error == "" || r.Network != test.network {
			t.Errorf("%+v", r)
		}
	}
	slow := walkThrough(t, scene{hasty: true, config: func(c *Config) {
		c.Resolver = slowResolver{}
	}})
	slow.ends(record.ExitTimeout, "No name server answered")
	slow = walkThrough(t, scene{hasty: true, cancel: time.Second, config: func(c *Config) { c.Resolver = slowResolver{} }})
	slow.ends(record.ExitStopped, "stopped during the name lookup")
}

// Why AUTH is missing depends on where.
func TestAuthMissing(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	list := "S: 220 x\nC: EHLO …\nS: 250 x" + goodBye
	walkThrough(t, scene{goal: g, script: list}).ends(record.ExitNoAuth, "only inside TLS")
	walkThrough(t, scene{goal: g, target: "mail.lab:25", policy: "implicit", script: "TLS\n" + list}).ends(record.ExitNoAuth, "port 25 is for relaying")
	walkThrough(t, scene{goal: g, target: "mail.lab:465", policy: "implicit", script: "TLS\n" + list}).ends(record.ExitNoAuth, "say which port accepts")
}

// Credentials that a mechanism cannot carry never reach the server.
func TestAuthNotBuilt(t *testing.T) {
	for _, c := range []sasl.Credentials{{Username: "ann\x00", Password: sasl.NewSecret("x")}, {Username: "ann", Password: sasl.NewSecret("x\x00y")}} {
		p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: c, Mechanism: "PLAIN"}, script: submission + goodBye})
		p.ends(record.ExitNoAuth, "NUL")
		p.found("auth-credential-invalid")
	}
	act(t, scene{script: "S: 220 x\nC: EHLO …\nS: 250-x\nS: 250 AUTH X-ODD"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		return s.Do(ctx, record.Step{Verb: record.VerbAuth, Mechanism: "X-ODD", Confirmed: []record.FindingCode{"cleartext-secret"}})
	}).ends(record.ExitNoAuth)
}

// A response and a cancel without a challenge.
func TestNoChallenge(t *testing.T) {
	act(t, scene{script: "S: 220 x\nC: EHLO …\nS: 250 x\nC: *\nS: 500 what"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		if err := s.Do(ctx, record.Step{Verb: record.VerbRespond, Confirmed: []record.FindingCode{"cleartext-secret"}}); err == nil || !strings.Contains(err.Error(), "no challenge") {
			t.Error(err)
		}
		return s.Do(ctx, record.Step{Verb: record.VerbCancel, Line: "*"})
	}).ends(record.ExitOK)
}

// A chunk that is not the last keeps the transaction open, RSET ends it, and what went wrong before does not count.
func TestChunksAndReset(t *testing.T) {
	act(t, scene{script: `
		S: 220 x
		C: EHLO me
		S: 250-x
		S: 250 CHUNKING
		C: MAIL FROM:<>
		S: 250 ok
		C: RCPT TO:<a>
		S: 550 no
		C: RCPT TO:<b>
		S: 250 ok
		C: BDAT 3
		BYTES 3
		S: 250 ok
		C: RSET
		S: 250 ok
		C: RSET
		S: 500 no
		C: MAIL FROM:<c>
		S: 250 ok
		C: RCPT TO:d
		S: 250 ok
		C: BDAT 3 LAST
		BYTES 3
		S: 554 no`}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		do := func(v record.Verb, line, content string, want record.Transaction) {
			t.Helper()
			s.Do(ctx, record.Step{Verb: v, Line: line, Message: record.MessageOf([]byte(content))})
			if s.snap.State.Transaction != want {
				t.Errorf("after %s: %+v", line, s.snap.State)
			}
		}
		do(record.VerbEHLO, "EHLO me", "", record.TransactionNone)
		do(record.VerbMail, "MAIL FROM:<>", "", record.TransactionMail)
		do(record.VerbRcpt, "RCPT TO:<a>", "", record.TransactionMail)
		if !s.snap.State.FailedAt(record.PhaseRcpt) {
			t.Errorf("%+v", s.snap.State)
		}
		do(record.VerbRcpt, "RCPT TO:<b>", "", record.TransactionRcpt)
		do(record.VerbBdat, "BDAT 3", "abc", record.TransactionBdat)
		do(record.VerbRset, "RSET", "", record.TransactionNone)
		if s.snap.State.Failed != nil || s.snap.State.Recipients != nil {
			t.Errorf("%+v", s.snap.State)
		}
		do(record.VerbRset, "RSET", "", record.TransactionNone)
		do(record.VerbMail, "MAIL FROM:<c>", "", record.TransactionMail)
		do(record.VerbRcpt, "RCPT TO:d", "", record.TransactionRcpt)
		if s.snap.State.Recipients[0] != "d" {
			t.Errorf("%+v", s.snap.State)
		}
		do(record.VerbBdat, "BDAT 3 LAST", "abc", record.TransactionNone)
		if s.snap.State.Delivered != 0 || !s.snap.State.FailedAt(record.PhaseData) {
			t.Errorf("%+v", s.snap.State)
		}
		return nil
	})
}

// The server may close in place of its good-bye; nothing is lost, and it is said.
func TestQuitUnanswered(t *testing.T) {
	p := walkThrough(t, scene{script: "S: 220 x\nC: EHLO …\nS: 250 x\nC: QUIT\nCLOSE"})
	p.ends(record.ExitOK)
	p.found("server-closed")
	if st := p.state(); st.Stage != record.StageClosed || !st.Has(record.PhaseQuit) || st.FailedAt(record.PhaseQuit) {
		t.Errorf("%+v", st)
	}
}

// What a person typed is compared with what would be sent, in words that give nothing away.
func TestCheck(t *testing.T) {
	right := "AGFubgBUcjB1YjRkb3ImMyt3dWVyZmVs"
	act(t, scene{policy: "require", script: submission + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		check := func(line string, wrong bool) {
			t.Helper()
			said := s.Check(record.Step{Verb: record.VerbRaw, Line: line, Credentials: ann()})
			if (said != nil) != wrong || strings.Contains(strings.Join(said, " "), thePassword) {
				t.Errorf("%s: %q", line, said)
			}
		}
		check("AUTH PLAIN "+right, false)
		check("AUTH PLAIN", false)
		check("NOOP", false)
		check("AUTH PLAIN "+right[:20], true)
		check("AUTH PLAIN YW5u", true)
		check("AUTH X-ODD YW5u", true)
		if err := s.Do(ctx, record.Step{Verb: record.VerbAuth, Mechanism: "LOGIN", Credentials: ann()}); err != nil {
			return err
		}
		check("YW5u", false)
		check("Ym9i", true)
		return nil
	}).ends(record.ExitOK)
}
