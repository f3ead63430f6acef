package explain

import (
	"slices"
	"strings"
	"testing"
)

func TestCommandsAreExplainedWithTheirArguments(t *testing.T) {
	for _, c := range []struct {
		line  string
		short string
		says  string
	}{
		{"EHLO laptop.example.org\r\n", "greet and ask what the server can do", "own fully qualified domain name"},
		{"EHLO [192.0.2.1]", "greet and ask what the server can do", "address literal"},
		{"EHLO [IPv6:2001:db8::1]", "greet and ask what the server can do", "address literal"},
		{"mail from:<ann@example.org>", "start a message, name its sender", "envelope sender"},
		{"MAIL FROM:<>", "null sender, for notifications", "no bounce is wanted"},
		{"MAIL FROM:<ann@example.org> SIZE=10240000", "start a message, name its sender", "Here: 9.77 MiB."},
		{"MAIL FROM:<ann@example.org> BODY=8BITMIME SMTPUTF8", "start a message, name its sender", "bytes above 127, in lines"},
		{"MAIL FROM:<ann@example.org> RET=HDRS ENVID=q1", "start a message, name its sender", "send only the headers back"},
		{"MAIL FROM:<ann@example.org> AUTH=<>", "start a message, name its sender", "unknown or not sufficiently authenticated"},
		{"RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@example.net", "name one recipient", "when it is delivered, and when it is late"},
		{"RCPT TO:<Postmaster>", "name one recipient", "needs no domain"},
		{`RCPT TO:<"a > b"@example.net>`, "name one recipient", "one recipient"},
		{"RCPT TO:<jürgen@example.net>", "name one recipient", "needs SMTPUTF8"},
		{"BDAT 1024 LAST", "send a chunk of the message", "1 KiB and is the last one"},
		{"BDAT 1024", "send a chunk of the message", "more will follow"},
		{"AUTH EXTERNAL =", "log in", "empty initial response"},
		{"QUIT", "end the session", "221"},
	} {
		x := Send(c.line, SendContext{TLS: true})
		if x.Short != c.short || !strings.Contains(x.Text, c.says) || x.Cause != "" || x.Remedy != "" {
			t.Errorf("%s\nshort %q\ntext %q\ncause %q", c.line, x.Short, x.Text, x.Cause)
		}
	}
}

func TestMistakesArePointedOut(t *testing.T) {
	for _, c := range []struct {
		line   string
		cause  string
		remedy string
		ref    Ref
	}{
		{"MAIL FROM: <ann@example.org>", "No space is allowed after the colon", "MAIL FROM:<address>", Ref{"RFC 5321", "3.3"}},
		{"MAIL FROM:ann@example.org", "angle brackets", "FROM:<address>", Ref{"RFC 5321", "4.1.2"}},
		{"MAIL FROM:<ann@example.org", "angle brackets", "FROM:<address>", Ref{"RFC 5321", "4.1.2"}},
		{"MAIL <ann@example.org>", "comes FROM:", "FROM:<address>", Ref{"RFC 5321", "4.1.2"}},
		{"RCPT TO:<>", "must not be empty", "name a mailbox", Ref{"RFC 5321", "4.1.1.3"}},
		{"RCPT TO:<bob>", "domain is missing", "whole address", Ref{"RFC 5321", "4.1.2"}},
		{"RCPT TO:<@relay.example:bob@example.net>", "source route", "address alone", Ref{"RFC 5321", "4.1.1.3"}},
		{"RCPT TO:<" + strings.Repeat("a", 65) + "@example.net>", "longer than", "64 bytes", Ref{"RFC 5321", "4.5.3.1"}},
		{"RCPT TO:<bob@example.net> SIZE=1", "RCPT has no such parameter", "leave out", Ref{"RFC 5321", "4.1.1.11"}},
		{"EHLO laptop", "single word", "name that resolves", Ref{"RFC 5321", "2.3.5"}},
		{"HELO", "name is missing", "fully qualified", Ref{"RFC 5321", "4.1.1.1"}},
		{"EHLO 192.0.2.1", "IP address without brackets", "brackets", Ref{"RFC 5321", "4.1.3"}},
		{"EHLO [192.0.2]", "not a well-formed", "[192.0.2.1]", Ref{"RFC 5321", "4.1.3"}},
		{"EHLO [2001:db8::1]", "begins with the tag", "[IPv6:2001:db8::1]", Ref{"RFC 5321", "4.1.3"}},
		{"EHLO laptop.example.org\n", "ends with CR LF", "CRLF", Ref{"RFC 5321", "2.3.8"}},
		{"NOOP\r\nRSET", "ends with CR LF", "CRLF", Ref{"RFC 5321", "2.3.8"}},
		{"DATA now", "takes no argument", "send DATA alone", Ref{"RFC 5321", "4.1.1"}},
		{"VRFY", "needs an argument", "", Ref{"RFC 5321", "4.1.2"}},
		{"STARTTLS now", "takes no argument", "send STARTTLS without an argument", Ref{"RFC 3207", "4"}},
		{"AUTH", "mechanism is missing", "EHLO listed", Ref{"RFC 4954", "4"}},
		{"AUTH PLAIN secret!", "not base64", "with padding", Ref{"RFC 4954", "4"}},
		{"BDAT lots", "size of the chunk is missing", "", Ref{"RFC 3030", "2"}},
		{"GET / HTTP/1.1", "HTTP request", "host and port", Ref{"RFC 5321", "4.2.4"}},
		{" NOOP", "first column", "space in front", Ref{"RFC 5321", "2.4"}},
		{"MIAL FROM:<a@example.org>", "Perhaps MAIL was meant", "send MAIL", Ref{"RFC 5321", "4.2.4"}},
		{"RC-PT TO:<a@example.org>", "Perhaps RCPT was meant", "send RCPT", Ref{"RFC 5321", "4.2.4"}},
	} {
		x := Send(c.line, SendContext{})
		if !strings.Contains(x.Cause, c.cause) || !strings.Contains(x.Remedy, c.remedy) || !slices.Contains(x.Refs, c.ref) {
			t.Errorf("%q\ncause %q\nremedy %q\nrefs %v", c.line, x.Cause, x.Remedy, x.Refs)
		}
	}
}

func TestWhatTheServerDoesNotOfferIsPointedOut(t *testing.T) {
	bare := SendContext{TLS: true, Keywords: []string{"SIZE", "8BITMIME"}}
	for _, c := range []struct{ line, cause string }{
		{"MAIL FROM:<a@example.org> SIZE=1 BODY=8BITMIME", ""},
		{"MAIL FROM:<a@example.org> SMTPUTF8", "SMTPUTF8 needs the extension SMTPUTF8"},
		{"MAIL FROM:<a@example.org> BODY=BINARYMIME", "BODY needs the extension BINARYMIME"},
		{"RCPT TO:<a@example.org> NOTIFY=NEVER", "NOTIFY needs the extension DSN"},
		{"BDAT 5 LAST", "did not offer CHUNKING"},
		{"AUTH PLAIN", "did not offer AUTH"},
		{"STARTTLS", "cannot start twice"},
	} {
		if x := Send(c.line, bare); !strings.Contains(x.Cause, c.cause) || c.cause == "" && x.Cause != "" {
			t.Errorf("%s: %q", c.line, x.Cause)
		}
	}
	if x := Send("STARTTLS", SendContext{Keywords: []string{"SIZE"}}); !strings.Contains(x.Cause, "did not offer STARTTLS") {
		t.Errorf("%q", x.Cause)
	}
}

func TestSecretsOutsideTLS(t *testing.T) {
	for _, c := range []struct {
		line  string
		ctx   SendContext
		warns bool
	}{
		{"AUTH PLAIN AGFubgBwdw==", SendContext{}, true},
		{"AUTH PLAIN AGFubgBwdw==", SendContext{TLS: true}, false},
		{"AUTH SCRAM-SHA-256", SendContext{}, false},
		{"cHc=", SendContext{Mechanism: "LOGIN"}, true},
		{"cHc=", SendContext{Mechanism: "LOGIN", TLS: true}, false},
	} {
		x := Send(c.line, c.ctx)
		if warns := strings.Contains(x.Cause, "can read the secret"); warns != c.warns {
			t.Errorf("%s %+v: %q", c.line, c.ctx, x.Cause)
		}
	}
}

func TestSendRepeatsNoSecret(t *testing.T) {
	const blob = "AGFubgBoZWxsbw=="
	for _, ctx := range []SendContext{{}, {TLS: true}, {Mechanism: "PLAIN"}, {Data: true}} {
		for _, line := range []string{"AUTH PLAIN " + blob, blob, "AUTH " + blob, blob + " FROM:<a@b>", "AUTH PLAIN hello"} {
			x := Send(line, ctx)
			said := x.Short + x.Text + x.Cause + x.Remedy
			if strings.Contains(said, blob) || strings.Contains(said, "hello") {
				t.Errorf("%s %+v: %q", line, ctx, said)
			}
		}
	}
}

func TestAnswersInsideAuth(t *testing.T) {
	for line, short := range map[string]string{
		"*":    "cancel this AUTH exchange",
		"cHc=": "answer of LOGIN",
		"":     "answer of LOGIN",
	} {
		if x := Send(line, SendContext{Mechanism: "login", TLS: true}); x.Short != short || x.Cause != "" {
			t.Errorf("%q: %q, %q", line, x.Short, x.Cause)
		}
	}
	if x := Send("cHc=", SendContext{Mechanism: "X-OWN", TLS: true}); x.Short != "answer to the challenge" {
		t.Errorf("%q", x.Short)
	}
}

func TestLinesOfAMessage(t *testing.T) {
	for line, short := range map[string]string{
		".\r\n":      "end of the message",
		"..\r\n":     "line with a doubled dot",
		"Subject: x": "a line of the message",
		"QUIT":       "a line of the message",
	} {
		if x := Send(line, SendContext{Data: true}); x.Short != short || x.Cause != "" {
			t.Errorf("%q: %q, %q", line, x.Short, x.Cause)
		}
	}
	if x := Send(".profile", SendContext{Data: true}); !strings.Contains(x.Remedy, "double a dot that begins a line") {
		t.Errorf("%q", x.Remedy)
	}
}

func TestParameterBelongsToItsCommand(t *testing.T) {
	if e, ok := Parameter("mail", "size=1024"); !ok || e.Short != "about 1 KiB will come" {
		t.Errorf("%v %q", ok, e.Short)
	}
	if _, ok := Parameter("RCPT", "SIZE=1024"); ok {
		t.Error("RCPT has no SIZE")
	}
}
