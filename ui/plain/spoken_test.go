package plain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// A line says who spoke and who could listen; what was refused says so, and no line needs the one before it.
func TestSpokenDialogue(t *testing.T) {
	reply := func(text string, inTLS bool) *record.Event {
		r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
		return &record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: r, TLS: inTLS}}
	}
	send := func(line string, inTLS bool) *record.Event {
		return &record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line), TLS: inTLS}}
	}
	for _, test := range []struct {
		event *record.Event
		want  []string
	}{
		{send("NOOP\r\n", false), []string{"client in cleartext: NOOP"}},
		{send("NOOP\r\n", true), []string{"client inside TLS: NOOP"}},
		{send("\r\n", true), []string{"client inside TLS: an empty line"}},
		{send("half", true), []string{"client inside TLS: half"}},
		{send("a\nb\r\n", false), []string{"client in cleartext: a\nb"}},
		{reply("250-one\r\n250 two\r\n", true), []string{"server inside TLS: 250 one", "server inside TLS: 250 two"}},
		{reply("334 84 more\r\n", true), []string{"server inside TLS: 334, 84 more"}},
		{&record.Event{Kind: record.KindLookup, Lookup: &record.Lookup{Name: "lab.test", Type: "MX", Status: record.StatusNXDomain}}, []string{"DNS: MX lab.test: no such name (NXDOMAIN)"}},
		{&record.Event{Kind: record.KindLookup, Lookup: &record.Lookup{Name: "lab.test", Type: "MX", Answers: []record.Answer{{Type: "MX", TTL: 300, Data: "10 mx1.lab.test."}, {Type: "MX", TTL: 300, Data: "20 mx2.lab.test."}}}},
			[]string{"DNS: MX lab.test: preference 10 mx1.lab.test, preference 20 mx2.lab.test (TTL 300 seconds)"}},
		{reply("550 5.1.1 no\r\n", false), []string{"server refuses in cleartext: 550, 5.1.1, no"}},
		{&record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Name: "Finished", Encrypted: true}}, nil},
		{&record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "timeout", Severity: record.SeverityWarn, Text: "Nothing came.", Remedy: "wait"}},
			[]string{"warning: Nothing came."}},
		{&record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.1:25", Error: "connection refused"}},
			[]string{"warning: no connection to 192.0.2.1 port 25: connection refused"}},
		{&record.Event{Kind: record.KindAuth, Auth: &record.Auth{From: "C", Mechanism: "PLAIN"}}, nil},
		{&record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "PLAIN", Outcome: record.AuthSucceeded}}, []string{"AUTH PLAIN accepted"}},
	} {
		if got := (&spoken{}).event(test.event); !slices.Equal(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// A keyword is told with what it means and with its parameters once; where it means no more than that it is there, in a sentence.
func TestSpokenKeywords(t *testing.T) {
	for line, means := range map[string][2]string{
		"AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN": {"log in: SCRAM-SHA-256 SCRAM-SHA-1 +2", "the server offers AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN: you can log in"},
		"SIZE 1048576": {"messages up to 1 MiB", "the server offers SIZE: messages up to 1 mebibyte"},
		"HELP":         {"the server supports HELP", "the server supports HELP"},
		"HELP me":      {"the server supports HELP", "the server offers HELP me: the server supports HELP"},
		"X-OWN":        {"", "the server offers X-OWN"},
	} {
		if got := offered(line, means[0]); got != means[1] {
			t.Errorf("%s: %q, want %q", line, got, means[1])
		}
	}
}

// A finding is told by its headline where the reply that it quotes was told just now, to a command of its own; else it is told whole.
// Its code is not heard.
func TestSpokenFinding(t *testing.T) {
	const text = `The username or password is wrong: mail.test answered 535 to AUTH PLAIN as ann, "no".`
	found := &record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: record.FoundCredentialsWrong, Severity: record.SeverityWarn, Reply: 535, Text: text}}
	r, _ := wire.NewReader(strings.NewReader("535 no\r\n"), wire.Limits{}).ReadReply()
	reply := &record.Event{Kind: record.KindReply, Step: record.VerbAuth, Reply: &record.Reply{Reply: r}}
	send := &record.Event{Kind: record.KindSend, Step: record.VerbAuth, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN\r\n")}}
	for _, test := range []struct {
		name   string
		before []*record.Event
		want   string
	}{
		{"alone", nil, "warning: " + text},
		{"after its reply", []*record.Event{send, reply}, "warning: The username or password is wrong."},
		{"after another command", []*record.Event{send, reply, send}, "warning: " + text},
	} {
		s := &spoken{}
		for _, e := range test.before {
			s.event(e)
		}
		if got := s.event(found); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// A long message is told by its beginning, and so is a long line.
func TestSpokenIsBounded(t *testing.T) {
	e := &record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(strings.Repeat("line\r\n", 5000)), Content: true}}
	if got := (&spoken{}).event(e); len(got) != 1 || got[0] != "client in cleartext: the message, 30,000 bytes on the wire" {
		t.Errorf("%q", got)
	}
	if got := sentences(e); len(got) < mostContent+1 || got[mostContent] != "the command: and 4,980 more lines" {
		t.Errorf("%q", got)
	}
	e = &record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(strings.Repeat("x", 5000))}}
	if got := (&spoken{}).event(e); len(got) != 1 || !strings.HasSuffix(got[0], "x, and 4,000 more bytes") {
		t.Errorf("%q", got)
	}
}

// The EHLO reply before TLS is explained line by line; the one after it is told by what TLS has changed. Of a state only that is
// told which the next step does not tell.
func TestSpokenComparesAcrossTLS(t *testing.T) {
	p := &person{t: t}
	out, _, _ := p.sitting(t.Context(), "submission", nil)
	inOrder(t, out, "the server offers STARTTLS: TLS can start on this connection\n", "next in cleartext: STARTTLS", "server answers STARTTLS ", "next: start the TLS handshake", "TLS 1.3 starts, verified for mail.lab\n",
		"next inside TLS: EHLO", "server answers EHLO inside TLS: 250, STARTTLS is no longer offered, 8 extensions as before TLS\n", "the server offers AUTH PLAIN LOGIN, new inside TLS: you can log in\n",
		"next inside TLS: AUTH", "next inside TLS: QUIT", "TLS ends with the connection to mail.lab\n", "outcome: done")
	inside := out[strings.Index(out, "server answers EHLO inside TLS: "):]
	if strings.Contains(inside, "the server offers PIPELINING") || strings.Contains(out, "EHLO comes next") || strings.Contains(out, "ServerHello") {
		t.Errorf("too much is said:\n%s", out)
	}
}

// A handshake is a sentence; x tells its messages, a sentence each, and then the fields of one message after the other, each with
// the names it stands in.
func TestMoreOfAHandshake(t *testing.T) {
	out := heard(t, "submission", time.Minute, append(enter(6), "x", "x", "more", "X", "x spf", "", "q")...)
	inOrder(t, out, "TLS 1.3 starts, ", "next inside TLS: EHLO", ": x\n", ", ClientHello, client in cleartext: ", ", Certificate, server, encrypted: ", "agreed: TLS_AES_128_GCM_SHA256",
		"x again shows the fields of ClientHello\n", "enter sends EHLO: x\n", "\nClientHello, cipher_suites: 13 entries; the offered cipher suites, preferred ones first\n",
		"\nClientHello, cipher_suites, cipher_suite: TLS_AES_128_GCM_SHA256 (hex 1301); ", "x again shows the fields of ServerHello\n", "enter sends EHLO: x\n",
		"\nServerHello, random: 32 bytes, the first four ", "x again shows the fields of ChangeCipherSpec\n", "x again shows the fields of EncryptedExtensions\n", "SPF, topic")
	if n := strings.Count(out, "next inside TLS: EHLO"); n != 2 {
		t.Errorf("the next step is announced %d times, not once before and once after", n)
	}
}

// What is known of a step ends, and can be heard again.
func TestMoreEnds(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "x", "x", "x", "q")
	inOrder(t, out, ": x\n", ", meaning: ", "that was all about this step\n", ": x\n", "nothing more is known about this step", ": x\n", ", meaning: ", "that was all")
}

// What was announced is not told again where it is sent, and what was not is.
func TestAnnouncedIsNotToldAgain(t *testing.T) {
	s := &spoken{next: "NOOP"}
	send := func(line string) []string {
		return s.event(&record.Event{Kind: record.KindSend, Step: record.VerbNoop, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}})
	}
	if got := send("NOOP"); got != nil {
		t.Errorf("%q", got)
	}
	if got := send("NOOP x"); !slices.Equal(got, []string{"client in cleartext: NOOP x"}) {
		t.Errorf("%q", got)
	}
}
