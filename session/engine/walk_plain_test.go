package engine

import (
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"strings"
	"testing"
)

// Under the opportunistic policy TLS that fails is done without, on a new connection where the old one is spoilt.
func TestWalkOpportunistic(t *testing.T) {
	plain := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued` + goodBye
	first := `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		`
	t.Run("handshake fails", func(t *testing.T) {
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), hasty: true, script: first + `
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"
			NEXT` + plain})
		p.ends(record.ExitOK)
		if st := p.state(); st.Delivered != 1 || st.Security != record.SecurityPlain {
			t.Errorf("%+v\n%s", st, p.trail())
		}
	})
	t.Run("no way back", func(t *testing.T) {
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), hasty: true, script: first + `
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"
			NEXT
			DIAL refused`})
		p.ends(record.ExitConnect, "refused")
	})
	t.Run("refused", func(t *testing.T) {
		_, rest, _ := strings.Cut(plain, "C: MAIL")
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", goal: bob(), script: first + `
			S: 454 4.7.0 not now
			C: MAIL` + rest})
		p.ends(record.ExitOK)
		p.found("starttls-refused")
	})
	t.Run("refused and nothing else to do", func(t *testing.T) {
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", script: first + `
			S: 454 4.7.0 not now` + goodBye})
		p.ends(record.ExitOK)
		p.found("starttls-refused")
	})
	t.Run("missing", func(t *testing.T) {
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(record.ExitOK)
		p.found("starttls-missing")
	})
	t.Run("unverified", func(t *testing.T) {
		p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", server: pkitest.Lab().Server("other.lab"), script: first + `
			S: 220 go on
			TLS
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye})
		p.ends(record.ExitOK)
		p.found("cert-wrong-host")
	})
}

// The name service may answer once and then no more. The way back to plain text must not be tried for ever.
func TestWalkLosesTheName(t *testing.T) {
	asked := 0
	p := walkThrough(t, scene{target: "mail.lab:25", policy: "opportunistic", hasty: true,
		config: func(c *Config) {
			c.Resolver = resolver(func() error { asked++; return map[bool]error{true: errNoName}[asked > 1] })
		},
		script: `
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250-mail.lab
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go on
			HELLO
			R: "\x15\x03\x01\x00\x02\x02\x28"`})
	p.ends(record.ExitName, "The host name mail.lab does not exist in DNS, or has no address.")
}
