package engine

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// speaksFor is a goal with another client's identity in it.
func speaksFor(header *record.ProxyHeader, xclient, xforward []string) scene {
	g := bob()
	g.Proxy, g.XCLIENT, g.XFORWARD = header, xclient, xforward
	return scene{target: "mail.lab:25", goal: g}
}

// XCLIENT starts the session over: EHLO comes again, and TLS stays. XFORWARD comes before the message.
func TestWalkStatesAnIdentity(t *testing.T) {
	sc := speaksFor(nil, []string{"NAME=client.example ADDR=192.0.2.7", "LOGIN=ann"}, []string{"ADDR=192.0.2.8"})
	sc.policy, sc.script = "require", `
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go on
		TLS
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 XCLIENT NAME ADDR LOGIN
		C: XCLIENT NAME=client.example ADDR=192.0.2.7
		S: 220 mail.lab again
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 XCLIENT NAME ADDR LOGIN
		C: XCLIENT LOGIN=ann
		S: 220 mail.lab again
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 XFORWARD NAME ADDR
		C: XFORWARD ADDR=192.0.2.8
		S: 250 ok
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued`+goodBye
	p := walkThrough(t, sc)
	p.ends(record.ExitOK)
	p.found()
	if st, want := p.state(), []record.Verb{record.VerbXCLIENT, record.VerbXCLIENT, record.VerbXFORWARD}; !slices.Equal(st.Stated, want) || st.Security != record.SecurityVerified {
		t.Errorf("%+v", st)
	}
}

// The header goes out before the server has said a word, and before TLS.
func TestWalkSendsAProxyHeader(t *testing.T) {
	header := &record.ProxyHeader{Version: 1, Source: "203.0.113.7", SourcePort: 40000, Dest: "192.0.2.25", DestPort: 25}
	sc := speaksFor(header, nil, nil)
	sc.script = `
		C: PROXY TCP4 203.0.113.7 192.0.2.25 40000 25
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab
		C: MAIL FROM:<ann@mail.lab>
		S: 550 5.7.1 not you
		` + goodBye
	p := walkThrough(t, sc)
	p.ends(record.ExitEnvelope)
	i := slices.IndexFunc(p.log, func(e *record.Event) bool { return e.Step == record.VerbProxy && e.Kind == record.KindSend })
	if i < 0 || !strings.Contains(p.log[i].Explain.Text, "client 203.0.113.7:40000, connected to 192.0.2.25:25 (version 1)") {
		t.Errorf("the header is not explained\n%s", p.trail())
	}

	implicit := speaksFor(&record.ProxyHeader{Version: 2, Unknown: true}, nil, nil)
	implicit.target, implicit.policy, implicit.goal.Until = "mail.lab:465", "implicit", record.PhaseEHLO
	implicit.script = `
		BYTES 16
		TLS
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 250 mail.lab` + goodBye
	walkThrough(t, implicit).ends(record.ExitOK)
}

// Two servers that do not want the header: one takes it for a command, the other hangs up.
func TestWalkProxyHeaderRefused(t *testing.T) {
	for _, script := range []string{`
		S: 220 mail.lab
		C: PROXY UNKNOWN
		S: 502 5.5.2 what
		CLOSE`, `
		C: PROXY UNKNOWN
		S: 220 mail.lab
		C: EHLO [192.0.2.1]
		S: 500 5.5.1 unrecognized
		`, `
		C: PROXY UNKNOWN
		CLOSE`} {
		sc := speaksFor(&record.ProxyHeader{Version: 1, Unknown: true}, nil, nil)
		sc.script, sc.hasty = script, true
		p := walkThrough(t, sc)
		p.ends(record.ExitGreeting, "header")
		p.found("proxy-header-refused")
	}
}

// What is not stated is that of the connection, and of one family.
func TestProxyHeaderOfAConnection(t *testing.T) {
	for _, c := range []struct {
		header record.ProxyHeader
		want   string
	}{
		{record.ProxyHeader{Version: 1}, "PROXY TCP4 192.0.2.1 192.0.2.25 5000 25\r\n"},
		{record.ProxyHeader{Version: 1, Source: "2001:db8::7"}, "PROXY TCP6 2001:db8::7 ::1 5000 25\r\n"},
		{record.ProxyHeader{Version: 1, Dest: "2001:db8::7", DestPort: 587}, "PROXY TCP6 ::1 2001:db8::7 5000 587\r\n"},
		{record.ProxyHeader{Version: 1, Raw: []byte("TCP4 x")}, "PROXY TCP4 x\r\n"},
		{record.ProxyHeader{Version: 1, Unknown: true}, "PROXY UNKNOWN\r\n"},
	} {
		local, remote := netip.MustParseAddrPort("192.0.2.1:5000"), netip.MustParseAddrPort("192.0.2.25:25")
		if got := string(c.header.Bytes(local.String(), remote.String())); got != c.want {
			t.Errorf("%+v: %q, want %q", c.header, got, c.want)
		}
	}
}
