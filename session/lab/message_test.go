package lab

import (
	"bufio"
	"context"
	"strings"
	"testing"
	"time"
)

func fixedClock() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func TestReceived(t *testing.T) {
	l := start(t, find(t, ""), Options{Now: fixedClock})
	c := dial(t, l, 587)
	c.login()
	c.play(`
		MAIL FROM:<ann@lab.test>  250
		RCPT TO:<bob@lab.test>    250
		DATA                      354
	`)
	c.say("Subject: hi\r\n\r\n..one dot\r\n.", "250 2.0.0 queued as LAB0001")
	want := "Return-Path: <ann@lab.test>\r\n" +
		"Received: from laptop (localhost [127.0.0.1])\r\n" +
		"\t(using TLS 1.3 with cipher TLS_AES_128_GCM_SHA256)\r\n" +
		"\tby mail.lab (practice server) with ESMTPSA id LAB0001\r\n" +
		"\tfor <bob@lab.test>;\r\n" +
		"\tMon, 23 Nov 2026 10:00:00 +0000\r\n" +
		"Subject: hi\r\n\r\n.one dot\r\n"
	m := l.Mailbox()[0]
	if string(m.Data) != want {
		t.Errorf("got\n%s\nwant\n%s", m.Data, want)
	}
	if m.User != "ann" || m.Role != "submission" || m.From != "ann@lab.test" || m.To[0] != "bob@lab.test" || !m.At.Equal(fixedClock()) {
		t.Errorf("got %+v", m)
	}
	if strings.ContainsAny(m.Received, "\r\n\t") {
		t.Errorf("not unfolded: %q", m.Received)
	}
}

func TestReceivedOverIPv6(t *testing.T) {
	l := scenario(t, "")
	if !l.hasIPv6() {
		t.Skip("this machine has no IPv6 loopback")
	}
	conn, err := l.DialContext(context.Background(), "tcp", "[::1]:25")
	check(t, err)
	defer conn.Close()
	c := &client{t: t, lab: l, conn: conn, in: bufio.NewReader(conn)}
	c.expect("220 ")
	c.play(`
		EHLO laptop             250
		MAIL FROM:<>            250
		RCPT TO:<bob@lab.test>  250
		BDAT 0 LAST             250
	`)
	if got := l.Mailbox()[0].Received; !strings.Contains(got, "(localhost [IPv6:::1])") {
		t.Errorf("got %q", got)
	}
}

// TestWith checks the protocol names of RFC 3848.
func TestWith(t *testing.T) {
	l := scenario(t, "clear-auth")
	const send = `
		MAIL FROM:<ann@lab.test>  250
		RCPT TO:<bob@lab.test>    250
		RCPT TO:<ann@lab.test>    250
		BDAT 0 LAST               250
	`
	for with, walk := range map[string]func() *client{
		"SMTP":   func() *client { c := dial(t, l, 25); c.expect("220"); c.say("HELO a", "250"); return c },
		"ESMTP":  func() *client { c := dial(t, l, 25); c.expect("220"); c.say("EHLO a", "250"); return c },
		"ESMTPS": func() *client { c := dial(t, l, 25); c.secure(); return c },
		"ESMTPA": func() *client {
			c := dial(t, l, 587)
			c.expect("220")
			c.say("EHLO a", "250")
			c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235")
			return c
		},
		"ESMTPSA": func() *client { c := dial(t, l, 2525); c.login(); return c },
	} {
		walk().play(send)
		box := l.Mailbox()
		m := box[len(box)-1]
		if m.With != with || !strings.Contains(m.Received, " with "+with+" id ") {
			t.Errorf("got %s in %q, want %s", m.With, m.Received, with)
		}
		if strings.Contains(m.Received, " for ") {
			t.Errorf("two recipients, and %q names one", m.Received)
		}
	}
}

func TestChunks(t *testing.T) {
	l := scenario(t, "")
	c := dial(t, l, 25)
	c.expect("220 ")
	c.play(`
		EHLO laptop                250-
		BDAT 4                     503 5.5.1 need MAIL
	`)
	c.conn.Write([]byte("QUIT")) // the chunk: never a command
	c.play(`
		NOOP                       250
		MAIL FROM:<a@example.org>  250
		RCPT TO:<bob@lab.test>     250
		BDAT                       501 5.5.4
		BDAT x                     501 5.5.4
		BDAT 0 FIRST               501 5.5.4
	`)
	c.conn.Write([]byte("BDAT 7\r\na\r\n.\r\nb"))
	c.expect("250 2.0.0 chunk received")
	c.say("DATA", "503 5.5.1 DATA not allowed after BDAT")
	c.say("MAIL FROM:<a@example.org>", "503 5.5.1")
	c.say("RCPT TO:<bob@lab.test>", "503 5.5.1")
	c.conn.Write([]byte("BDAT 3 last\r\nc\r\nNOOP\r\n"))
	c.expect("250 2.0.0 queued as LAB0001")
	c.expect("250 2.0.0 ok")
	if m := l.Mailbox()[0]; !strings.HasSuffix(string(m.Data), "\r\na\r\n.\r\nbc\r\n") {
		t.Errorf("got %q", m.Data)
	}
	c.play(`
		MAIL FROM:<a@example.org>  250
		RCPT TO:<bob@lab.test>     250
		BDAT 0                     250
		RSET                       250
		BDAT 0 LAST                503
	`)
}

// TestBareLF: only CR LF ends a line, so a dot between bare LFs is text. A
// server that sees it otherwise lets a second message in.
func TestBareLF(t *testing.T) {
	l := scenario(t, "")
	c := dial(t, l, 25)
	c.expect("220 ")
	c.play(`
		EHLO laptop                250-
		MAIL FROM:<a@example.org>  250
		RCPT TO:<bob@lab.test>     250
		DATA                       354
	`)
	c.say("a\n.\nMAIL FROM:<evil@example.org>\n.\r\nb\r\n.", "250 2.0.0")
	c.say("NOOP", "250")
	if m := l.Mailbox(); len(m) != 1 || !strings.HasSuffix(string(m[0].Data), "\r\na\n.\nMAIL FROM:<evil@example.org>\n.\r\nb\r\n") {
		t.Errorf("got %q", m)
	}
}

func TestSizeLimit(t *testing.T) {
	c := dial(t, scenario(t, "size-limit"), 25)
	c.expect("220 ")
	if ehlo := c.say("EHLO laptop", "250-"); !strings.Contains(ehlo, "\n250-SIZE 20000\n") {
		t.Errorf("got %q", ehlo)
	}
	c.play(`
		MAIL FROM:<a@example.org> SIZE=20001  552 5.3.4
		MAIL FROM:<a@example.org>           250
		RCPT TO:<bob@lab.test>              250
		DATA                                354
	`)
	c.say(strings.Repeat("0123456789\r\n", 10_000)+".", "552 5.3.4")
	c.play(`
		MAIL FROM:<a@example.org>           250
		RCPT TO:<bob@lab.test>              250
	`)
	c.conn.Write([]byte("BDAT 20001\r\n" + strings.Repeat("x", 20001) + "NOOP\r\n"))
	c.expect("552 5.3.4")
	c.expect("250 2.0.0")
	if n := len(c.lab.Mailbox()); n != 0 {
		t.Errorf("%d messages accepted", n)
	}
}

func TestMailboxIsBounded(t *testing.T) {
	l := scenario(t, "")
	c := dial(t, l, 25)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	for range maxStored + 1 {
		c.send("MAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nBDAT 0 LAST")
		for range 3 {
			c.expect("250 ")
		}
	}
	if box := l.Mailbox(); len(box) != maxStored || box[0].ID != "LAB0002" {
		t.Errorf("%d messages, the oldest is %s", len(box), box[0].ID)
	}
}
