package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// A real server delivers, byte for byte, what was sent to it, in whichever way that was.
func TestWhatIsSentIsDelivered(t *testing.T) {
	p := newPostfix(t)
	lmtp, socket := onlyWith(t, "EHLO_TEST_DOVECOT_LMTP"), onlyWith(t, "EHLO_TEST_DOVECOT_LMTP_SOCKET")
	relay := "smtp://" + p.relay
	for name, test := range map[string]struct {
		args []string
		said string // by the client or the server
	}{
		"DATA":           {[]string{relay}, "->  DATA"},
		"one chunk":      {[]string{relay, "--bdat"}, "LAST"},
		"chunks":         {[]string{relay, "--chunk", "1000"}, "->  BDAT 1000\n"},
		"a group":        {[]string{relay, "--pipeline"}, "commands in one group"},
		"groups, chunks": {[]string{relay, "--pipeline", "--chunk", "4096", "--tls", "off"}, " ->  BDAT 4096\n"},
		"DSN":            {[]string{relay, "--notify", "success,failure", "--ret", "hdrs", "--envid", "a+b"}, "RET=HDRS ENVID=a+2Bb"},
		"SMTPUTF8":       {[]string{relay, "--from", "jürgen@far.example"}, "SMTPUTF8"},
		"LMTP":           {[]string{"lmtp://" + lmtp}, "->  LHLO"},
		"LMTP, chunks":   {[]string{"lmtp://" + lmtp, "--chunk", "1000", "--pipeline"}, "->  BDAT 1000\n"},
		"LMTP, a socket": {[]string{"lmtp://" + p.name, "--socket", socket}, "Saved"},
		"as a target":    {[]string{"lmtp+unix:" + socket, "--server-name", p.name}, "Saved"},
	} {
		t.Run(name, func(t *testing.T) {
			message, mark := marked()
			file := filepath.Join(t.TempDir(), "letter.eml")
			if err := os.WriteFile(file, message, 0o600); err != nil {
				t.Fatal(err)
			}
			args := p.trust(test.args...)
			if !strings.Contains(strings.Join(args, " "), "--from") {
				args = append(args, "--from", "stranger@far.example")
			}
			out, exit := p.run("", append(args, "--to", p.address, "--data", file)...)
			if exit != record.ExitOK || !strings.Contains(strings.ReplaceAll(out, "~>", "->"), test.said) {
				t.Fatalf("exit %d, want 0 and %q\n%s", exit, test.said, out)
			}
			if got := p.arrived(mark); !bytes.HasSuffix(got, append([]byte("\n"), message...)) {
				t.Errorf("%d bytes arrived, of %d that were sent\n%.2000q", len(got), len(message), got)
			}
		})
	}
}

// marked is a message with all that servers could stumble over, and what it is known by.
func marked() (message []byte, mark string) {
	mark = fmt.Sprintf("mark-%d@client.test", time.Now().UnixNano())
	var b bytes.Buffer
	fmt.Fprintf(&b, "Message-ID: <%s>\nFrom: <stranger@far.example>\nTo: <ann@mail.test>\nDate: Mon, 30 Nov 2026 05:36:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n", mark)
	b.WriteString(".\n..\n.dot\nFrom the beginning\n\n" + strings.Repeat("x", 900) + "\n")
	for i := range 300 {
		fmt.Fprintf(&b, "Zeile %d: Grüße aus der Küche.\n", i)
	}
	b.WriteString(".\n\nthe end\n")
	return b.Bytes(), mark
}

// arrived waits for the message with the mark and returns it as it lies in the mailbox, without the CR that LMTP may have left.
func (p *postfix) arrived(mark string) []byte {
	if !p.delivered(mark) {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(p.maildir, "new", "*"))
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil && bytes.Contains(data, []byte(mark)) {
			return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		}
	}
	return nil
}

// A mailbox store refuses a message for one recipient and takes it for another, after the message (RFC 2033 §4.2).
func TestDovecotAnswersEach(t *testing.T) {
	p := newPostfix(t)
	full := onlyWith(t, "EHLO_TEST_ADDRESS_FULL")
	out, exit := p.run("", p.trust("lmtp://"+onlyWith(t, "EHLO_TEST_DOVECOT_LMTP"), "--from", "stranger@far.example", "--to", full, "--to", p.address)...)
	text := flat(out)
	if exit != record.ExitDeferred || !strings.Contains(text, "552 5.2.2 to the message for "+full) || !strings.Contains(text, "accepted for "+p.address) || !strings.Contains(text, "refused "+full) {
		t.Errorf("exit %d, want %d, and both recipients named\n%s", exit, record.ExitDeferred, out)
	}
}

// Exim refuses a message for one recipient and takes it for another, where the client asked for PRDR. With CI=true there is an Exim.
func TestEximAnswersEach(t *testing.T) {
	p, exim := newPostfix(t), onlyWith(t, "EHLO_TEST_EXIM")
	p.maildir = filepath.Join(os.Getenv("EHLO_TEST_EXIM_MAIL"), p.user)
	for name, flags := range map[string][]string{"DATA": nil, "in chunks and groups": {"--chunk", "1000", "--pipeline"}} {
		t.Run(name, func(t *testing.T) {
			message, mark := marked()
			file := filepath.Join(t.TempDir(), "letter.eml")
			if err := os.WriteFile(file, message, 0o600); err != nil {
				t.Fatal(err)
			}
			args := p.trust(append(flags, "smtp://"+exim, "--prdr", "--from", "stranger@far.example", "--to", p.address, "--to", "full@"+p.name, "--data", file)...)
			out, exit := p.run("", args...)
			text := flat(out)
			if exit != record.ExitData || !strings.Contains(text, "353 PRDR") || !strings.Contains(text, "550 to the message for full@"+p.name) || !strings.Contains(text, "accepted for "+p.address) {
				t.Errorf("exit %d, want %d, and both recipients named\n%s", exit, record.ExitData, out)
			}
			if got := p.arrived(mark); !bytes.HasSuffix(got, append([]byte("\n"), message...)) {
				t.Errorf("%d bytes arrived, of %d that were sent\n%.2000q", len(got), len(message), got)
			}
		})
	}
}
