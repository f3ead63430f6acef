package engine

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate"
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
		{&net.DNSError{IsTimeout: true}, "ip", "name-timeout", "no name server answered for mail.lab"},
		{&net.DNSError{Err: "server misbehaving\x1b"}, "ip", "name-failed", `server misbehaving\x1b`},
		{&net.DNSError{IsNotFound: true}, "ip6", "no-address", "has no IPv6 address"},
		{&net.DNSError{IsNotFound: true}, "ip4", "no-address", "has no IPv4 address"},
		{errors.New("broken\x1b"), "ip", "name-failed", `mail.lab failed: broken\x1b`},
	} {
		p := walkThrough(t, scene{hasty: true, config: func(c *Config) {
			c.Network, c.Resolver = test.network, resolver(func() error { return test.err })
		}})
		p.ends(record.ExitName, test.words)
		p.found(test.code)
		if r := p.last(record.KindResolve).Resolve; r.Error == "" || r.Network != test.network {
			t.Errorf("%+v", r)
		}
	}
	slow := walkThrough(t, scene{hasty: true, config: func(c *Config) {
		c.Resolver = slowResolver{}
	}})
	slow.ends(record.ExitTimeout, "the look-up of mail.lab took too long")
	slow = walkThrough(t, scene{hasty: true, cancel: time.Second, config: func(c *Config) { c.Resolver = slowResolver{} }})
	slow.ends(record.ExitInterrupted, "the look-up of mail.lab was cancelled")
}

// Why AUTH is missing depends on where.
func TestAuthMissing(t *testing.T) {
	g := walk.Goal{Credentials: ann()}
	list := "S: 220 x\nC: EHLO …\nS: 250 x" + goodBye
	walkThrough(t, scene{goal: g, script: list}).ends(record.ExitNoAuth, "only inside TLS")
	walkThrough(t, scene{goal: g, target: "mail.lab:25", policy: "implicit", script: "TLS\n" + list}).ends(record.ExitNoAuth, "port 25 is for relaying")
	walkThrough(t, scene{goal: g, target: "mail.lab:465", policy: "implicit", script: "TLS\n" + list}).ends(record.ExitNoAuth, "ask the operator which port")
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
		return s.Do(ctx, record.Step{Verb: record.VerbAuth, Mechanism: "X-ODD", Confirmed: []string{"cleartext-secret"}})
	}).ends(record.ExitNoAuth)
}

// A response and a cancel without a challenge.
func TestNoChallenge(t *testing.T) {
	act(t, scene{script: "S: 220 x\nC: EHLO …\nS: 250 x\nC: *\nS: 500 what"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbQuit)
		if err := s.Do(ctx, record.Step{Verb: record.VerbRespond, Confirmed: []string{"cleartext-secret"}}); err == nil || !strings.Contains(err.Error(), "no challenge") {
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
			s.Do(ctx, record.Step{Verb: v, Line: line, Content: []byte(content)})
			if s.state.Transaction != want {
				t.Errorf("after %s: %+v", line, s.state)
			}
		}
		do(record.VerbEHLO, "EHLO me", "", record.TransactionNone)
		do(record.VerbMail, "MAIL FROM:<>", "", record.TransactionMail)
		do(record.VerbRcpt, "RCPT TO:<a>", "", record.TransactionMail)
		if !s.state.FailedAt(record.PhaseRcpt) {
			t.Errorf("%+v", s.state)
		}
		do(record.VerbRcpt, "RCPT TO:<b>", "", record.TransactionRcpt)
		do(record.VerbBdat, "BDAT 3", "abc", record.TransactionBdat)
		do(record.VerbRset, "RSET", "", record.TransactionNone)
		if s.state.Failed != nil || s.state.Recipients != nil {
			t.Errorf("%+v", s.state)
		}
		do(record.VerbRset, "RSET", "", record.TransactionNone)
		do(record.VerbMail, "MAIL FROM:<c>", "", record.TransactionMail)
		do(record.VerbRcpt, "RCPT TO:d", "", record.TransactionRcpt)
		if s.state.Recipients[0] != "d" {
			t.Errorf("%+v", s.state)
		}
		do(record.VerbBdat, "BDAT 3 LAST", "abc", record.TransactionNone)
		if s.state.Delivered != 0 || !s.state.FailedAt(record.PhaseData) {
			t.Errorf("%+v", s.state)
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

func TestKeyNames(t *testing.T) {
	p := testPKI()
	for want, key := range map[string]any{"RSA 2048": rsaKey(2048), "Ed25519": ed25519.PublicKey(make([]byte, 32)), "ECDSA P-256": p.key.Public()} {
		if got := certificate.KeyName(p.sign(host("a"), p.middle, key)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What is said of a time agrees with the dates beside it, whatever the hour.
func TestApart(t *testing.T) {
	morning := time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC)
	for to, want := range map[time.Time]string{
		morning:                       "0 minutes",
		morning.Add(time.Minute):      "1 minute",
		morning.Add(90 * time.Minute): "90 minutes",
		time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC): "22 hours",
		time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC): "46 hours", // not 1 day: the date says the day after tomorrow
		time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC): "2 days",
		time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC): "3 days",
		time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC): "30 days",
	} {
		if got := certificate.Apart(morning, to); got != want {
			t.Errorf("%v: %s, want %s", to, got, want)
		}
	}
}
