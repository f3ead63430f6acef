package lab

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGreetingAndEHLO(t *testing.T) {
	c := dial(t, scenario(t, ""), 587)
	c.expect("220 mail.lab ESMTP")
	before := c.say("EHLO laptop", "250-mail.lab greets laptop\n")
	want := []string{"PIPELINING", "SIZE 10485760", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING", "HELP"}
	if got := offered(before); !slices.Equal(got, want) {
		t.Errorf("before TLS: %q, want %q", got, want)
	}
	c.say("STARTTLS", "220 2.0.0")
	check(t, c.upgrade())
	want[2] = "AUTH PLAIN LOGIN"
	if got := offered(c.say("EHLO laptop", "250-")); !slices.Equal(got, want) {
		t.Errorf("behind TLS: %q, want %q", got, want)
	}
}

// offered are the keywords of an EHLO reply, without the line of the name.
func offered(reply string) []string {
	lines := strings.Split(reply, "\n")[1:]
	for i := range lines {
		lines[i] = lines[i][4:]
	}
	return lines
}

func TestRelayOffersNoAUTH(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	for _, keyword := range offered(c.secure()) {
		if strings.HasPrefix(keyword, "AUTH") || keyword == "STARTTLS" {
			t.Errorf("relay offers %s behind TLS", keyword)
		}
	}
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "502 5.5.1")
}

func TestOrderOnRelay(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 mx.lab")
	c.play(`
		MAIL FROM:<a@example.org>      503 5.5.1 send EHLO first
		STARTTLS                       503 5.5.1 send EHLO first
		VRFY bob                       503 5.5.1 send EHLO first
		NOOP                           250 2.0.0
		EHLO                           501 5.5.4 syntax: EHLO domain
		HELO laptop                    250 mx.lab
		STARTTLS                       503 5.5.1 STARTTLS needs EHLO
		EHLO laptop                    250-mx.lab
		RCPT TO:<bob@lab.test>         503 5.5.1 need MAIL
		DATA                           503 5.5.1 need MAIL
		MAIL FROM:<a@example.org>      250 2.1.0
		MAIL FROM:<a@example.org>      503 5.5.1
		STARTTLS                       503 5.5.1
		DATA                           503 5.5.1 need RCPT
		RCPT TO:<x@example.net>        554 5.7.1 <x@example.net>: relay access denied
		DATA                           503 5.5.1 need RCPT
		RCPT TO:<nobody@lab.test>      550 5.1.1
		RCPT TO:<bob@lab.test>         250 2.1.5
		RSET                           250 2.0.0
		RSET now                       501 5.5.4
		RCPT TO:<bob@lab.test>         503 5.5.1 need MAIL
	`)
}

func TestOrderOnSubmission(t *testing.T) {
	c := dial(t, scenario(t, ""), 587)
	c.expect("220 ")
	c.play(`
		EHLO laptop                    250-mail.lab
		MAIL FROM:<ann@lab.test>       530 5.7.0 must issue a STARTTLS
		AUTH PLAIN                     530 5.7.0 must issue a STARTTLS
		RSET                           530 5.7.0 must issue a STARTTLS
		HELP                           214-2.0.0
		STARTTLS now                   501 5.5.4
		STARTTLS                       220 2.0.0
	`)
	check(t, c.upgrade())
	c.play(`
		MAIL FROM:<ann@lab.test>       503 5.5.1 send EHLO first
		EHLO laptop                    250-mail.lab
		STARTTLS                       503 5.5.1 TLS is already active
		MAIL FROM:<ann@lab.test>       530 5.7.0 authentication required
		AUTH                           501 5.5.4
	`)
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 2.7.0")
	c.play(`
		AUTH LOGIN                     503 5.5.1 already authenticated
		MAIL FROM:<bob@lab.test>       553 5.7.1
		MAIL FROM:<ann@lab.test>       250 2.1.0
		AUTH LOGIN                     503 5.5.1 already authenticated
		EHLO again                     250-mail.lab greets again
		RCPT TO:<x@example.net>        503 5.5.1 need MAIL
		MAIL FROM:<ann@lab.test>       250 2.1.0
		RCPT TO:<x@example.net>        250 2.1.5
		QUIT                           221 2.0.0
	`)
	c.gone()
}

func TestCourtesies(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.play(`
		EHLO laptop          250-mx.lab
		VRFY bob             252 2.5.2
		VRFY                 501 5.5.4
		EXPN staff           550 5.7.2
		HELP                 214-2.0.0
		TURN                 502 5.5.1
		SEND FROM:<a@b.org>  502 5.5.1
		HELLO there          500 5.5.2
		X                    500 5.5.2
		STARTTLSX            500 5.5.2
		noop                 250 2.0.0
	`)
}

func TestParametersAndSyntax(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.play(`
		EHLO laptop                                      250-mx.lab
		MAIL TO:<a@example.org>                          501 5.1.7
		MAIL FROM:<a@>                                   501 5.1.7
		MAIL FROM:<a@example.org> SIZE=99999999          552 5.3.4
		MAIL FROM:<a@example.org> REQUIRETLS             555 5.5.4
		MAIL FROM:<a@example.org> FOO=1                  555 5.5.4
		MAIL FROM:<ä@example.org>                        553 5.6.7
		MAIL FROM:<ä@example.org> SMTPUTF8               250 2.1.0
		RCPT TO:<bob@lab.test> FOO=1                     555 5.5.4
		RCPT FROM:<bob@lab.test>                         501 5.1.3
		RCPT TO:<BOB@LAB.TEST> NOTIFY=NEVER              550 5.1.1
		RCPT TO:<bob@LAB.TEST> NOTIFY=NEVER              250 2.1.5
		RCPT TO:<Postmaster>                             250 2.1.5
	`)
	for range 98 {
		c.say("RCPT TO:<bob@lab.test>", "250 ")
	}
	c.say("RCPT TO:<bob@lab.test>", "452 4.5.3")
}

func TestPipelining(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<bob@lab.test>\r\nRCPT TO:<x@example.net>\r\nDATA")
	for _, want := range []string{"250 2.1.0", "250 2.1.5", "554 5.7.1", "354 "} {
		c.expect(want)
	}
	c.send("text\r\n.\r\nNOOP\r\nQUIT")
	for _, want := range []string{"250 2.0.0 queued", "250 2.0.0", "221 "} {
		c.expect(want)
	}
	c.gone()
}

func TestNothingBehindSTARTTLS(t *testing.T) {
	c := dial(t, scenario(t, ""), 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("STARTTLS\r\nMAIL FROM:<evil@example.org>", "503 5.5.0")
	c.expect("530 5.7.0")
	c.say("STARTTLS", "220 ")
	check(t, c.upgrade())
}

func TestLineTooLong(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.say("NOOP "+strings.Repeat("x", 3*maxLine), "500 5.5.2 line too long")
	c.say("NOOP", "250 ")
}

// The engine repeats names in its replies, so a long one makes a long reply.
func TestLongNames(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.say("EHLO "+strings.Repeat("x", 256), "501 5.5.4")
	c.say("EHLO "+strings.Repeat("x", 255), "250-mx.lab greets xxx")
	c.say("MAIL FROM:<"+strings.Repeat("x", 9000)+"@example.org>", "250 2.1.0 sender ok")
	c.say("NOOP", "250 2.0.0 ok")
}

func TestTooManyErrors(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	for range maxErrors {
		c.say("BOGUS", "500 5.5.2")
	}
	c.expect("421 4.7.0 mx.lab too many errors")
	c.gone()
}

func TestWebClient(t *testing.T) {
	c := dial(t, scenario(t, ""), 25)
	c.expect("220 ")
	c.say("GET / HTTP/1.1", "421 4.7.0")
	c.gone()
}

func TestIdle(t *testing.T) {
	c := dial(t, start(t, find(t, ""), Options{IdleTimeout: time.Millisecond}), 25)
	c.expect("220 ")
	c.expect("421 4.4.2 mx.lab timeout exceeded")
	c.gone()
	if idle := find(t, "impatient").Knobs.Idle; idle < time.Second || idle > time.Minute {
		t.Errorf("the impatient server waits for %s", idle)
	}
}

func TestFailedHandshakeEndsTheConnection(t *testing.T) {
	c := dial(t, scenario(t, ""), 587)
	c.starttls()
	c.send("this is no ClientHello")
	c.drain()
}

func TestLog(t *testing.T) {
	var log strings.Builder
	l := start(t, find(t, ""), Options{Log: &log, Now: func() time.Time { return time.Unix(0, 0).UTC() }})
	c := dial(t, l, 25)
	c.expect("220 ")
	c.play(`
		EHLO laptop                  250-
		tulip-42                     500
		MAIL FROM:<a@example.org>    250
		RCPT TO:<x@example.net>      554
		QUIT                         221
	`)
	c.gone()
	c = dial(t, l, 587)
	c.secure()
	c.say("AUTH PLAIN "+plain("tulip-42", "tulip-41"), "535 5.7.8")
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
	c.say("QUIT", "221 ")
	c.gone()
	l.Close()
	want := `Jan  1 00:00:00 mx.lab lab/smtpd[1]: connect from localhost[127.0.0.1]
Jan  1 00:00:00 mx.lab lab/smtpd[1]: NOQUEUE: reject: unknown command from localhost[127.0.0.1]: 500 5.5.2 command not recognized; proto=ESMTP helo=<laptop>
Jan  1 00:00:00 mx.lab lab/smtpd[1]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 554 5.7.1 <x@example.net>: relay access denied; from=<a@example.org> to=<x@example.net> proto=ESMTP helo=<laptop>
Jan  1 00:00:00 mx.lab lab/smtpd[1]: disconnect from localhost[127.0.0.1] ehlo=1 unknown=0/1 mail=1 rcpt=0/1 quit=1 commands=3/5
Jan  1 00:00:00 mail.lab lab/submission/smtpd[2]: connect from localhost[127.0.0.1]
Jan  1 00:00:00 mail.lab lab/submission/smtpd[2]: Anonymous TLS connection established from localhost[127.0.0.1]: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits)
Jan  1 00:00:00 mail.lab lab/submission/smtpd[2]: warning: localhost[127.0.0.1]: SASL PLAIN authentication failed: login refused: username or password is wrong
Jan  1 00:00:00 mail.lab lab/submission/smtpd[2]: disconnect from localhost[127.0.0.1] ehlo=2 starttls=1 auth=1/2 quit=1 commands=5/6
`
	got := log.String()
	if suite := regexp.MustCompile(`cipher .*`); suite.ReplaceAllString(got, "") != suite.ReplaceAllString(want, "") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, secret := range []string{"tulip-42", "tulip-41", plain("ann", "tulip-42")} {
		if strings.Contains(got, secret) {
			t.Errorf("the log has the secret %q", secret)
		}
	}
}

// FuzzFront throws bytes at the server in cleartext: it must neither panic
// nor keep the connection after the end of input.
func FuzzFront(f *testing.F) {
	f.Add("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
	f.Add("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nBDAT 3\r\nabcBDAT 0 LAST\r\n")
	f.Add("EHLO a\r\nBDAT 99999999999999999999 LAST\r\nBDAT -1\r\nBDAT 2 FIRST\r\nxx")
	f.Add("EHLO a\r\nSTARTTLS\r\nEHLO b\r\n\x16\x03\x01")
	f.Add("HELO \x00\xff\r\n\r\n \r\nMAIL\r\nMAIL FROM:\r\nAUTH \t\r\nRCPT TO:<\"\\")
	f.Add("EHLO a\nMAIL FROM:<a@b>\nRCPT TO:<bob@lab.test>\nDATA\na\n.\n\r\n.\n\r\r\n.\r\n\r\n.\r\n")
	sc, _ := Find("")
	l, err := Start(sc, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	f.Fuzz(func(t *testing.T, input string) {
		c := dial(t, l, 25)
		go c.pour(input)
		c.drain()
	})
}

// What a client sends is repeated to nobody as it is: not in replies, trace
// lines or the log.
func TestClientBytesAreMadeVisible(t *testing.T) {
	var log strings.Builder
	l := start(t, find(t, ""), Options{Log: &log})
	c := dial(t, l, 25)
	c.expect("220 ")
	c.say("EHLO \x1b[31mred\xff", "250-mx.lab greets ?[31mred?\n")
	c.say("MAIL FROM:<\x1b\x07@example.org>", "250 ")
	c.say("RCPT TO:<\u202e\x1b@example.net>", "554 5.7.1 <??@example.net>")
	c.say("RCPT TO:<bob@lab.test>", "250 ")
	c.say("BDAT 0 LAST", "250 ")
	c.say("QUIT", "221 ")
	c.gone()
	l.Close()
	all := log.String() + string(l.Mailbox()[0].Data)
	for _, raw := range []string{"\x1b", "\x07", "\xff", "\u202e"} {
		if strings.Contains(all, raw) {
			t.Errorf("%q in %q", raw, all)
		}
	}
}
