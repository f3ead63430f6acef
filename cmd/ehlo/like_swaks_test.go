package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// like is one thing that swaks and ehlo are both asked for.
type like struct {
	option string // of swaks, as the table in .github/SWAKS.md names it
	swaks  []string
	ehlo   []string
	offers string // what the server offers beside the usual
	long   bool   // only in the long form, .ci/swaks
}

// envelope is what both are told where the option is about something else.
var envelope = []string{"--from", "ann@example.org", "--to", "bob@example.net"}

// likes are the options that are held against swaks. SERVER and DIR stand for the recording server and for a folder with files.
var likes = []like{
	{option: "--from", swaks: []string{"--from", "ann@example.org", "--to", "bob@example.net"}, ehlo: []string{"--from", "ann@example.org", "--to", "bob@example.net"}},
	{option: "-f", swaks: []string{"-f", "<>", "-t", "bob@example.net"}, ehlo: []string{"--from", "<>", "--to", "bob@example.net"}},
	{option: "--to", swaks: []string{"--from", "ann@example.org", "--to", "bob@example.net,eve@example.net"}, ehlo: append(envelope, "--to", "eve@example.net"), long: true},
	{option: "--timeout", swaks: append(envelope, "--timeout", "20s"), ehlo: append(envelope, "--timeout", "20s"), long: true},
	{option: "--hide-all", swaks: append(envelope, "--hide-all"), ehlo: append(envelope, "-q"), long: true},
	{option: "--ehlo", swaks: append(envelope, "--ehlo", "other.example"), ehlo: append(envelope, "--ehlo-name", "other.example")},
	{option: "--protocol SMTP", swaks: append(envelope, "--protocol", "SMTP", "--helo", "client.example"), ehlo: append(envelope, "--helo-only"), long: true},
	{option: "-4", swaks: append(envelope, "-4"), ehlo: append(envelope, "-4"), long: true},
	{option: "--quit-after CONNECT", swaks: append(envelope, "--quit-after", "CONNECT"), ehlo: append(envelope, "--until", "greeting"), long: true},
	{option: "--quit-after EHLO", swaks: append(envelope, "--quit-after", "EHLO"), ehlo: append(envelope, "--until", "ehlo")},
	{option: "--quit-after MAIL", swaks: append(envelope, "--quit-after", "MAIL"), ehlo: append(envelope, "--until", "mail"), long: true},
	{option: "--quit-after RCPT", swaks: append(envelope, "--quit-after", "RCPT"), ehlo: append(envelope, "--until", "rcpt"), long: true},
	{option: "--body", swaks: append(envelope, "--body", "a text of one line"), ehlo: append(envelope, "--body", "a text of one line"), long: true},
	{option: "--header", swaks: append(envelope, "--header", "Subject: another"), ehlo: append(envelope, "--header", "Subject: another"), long: true},
	{option: "--h-NAME", swaks: append(envelope, "--h-Subject", "a third"), ehlo: append(envelope, "--subject", "a third"), long: true},
	{option: "--add-header", swaks: append(envelope, "--add-header", "X-Mark: one"), ehlo: append(envelope, "--add-header", "X-Mark: one"), long: true},
	{option: "--data", swaks: append(envelope, "--data", "@DIR/message.eml"), ehlo: append(envelope, "--data", "DIR/message.eml")},
	{option: "-d", swaks: append(envelope, "-d", "@DIR/dots.eml"), ehlo: append(envelope, "--data", "DIR/dots.eml"), long: true},
	{option: "--auth PLAIN", swaks: append(envelope, "--auth", "PLAIN", "--auth-user", "ann", "--auth-password", "tulip-42"), ehlo: append(envelope, "--auth", "PLAIN", "--user", "ann"), offers: "AUTH PLAIN LOGIN"},
	{option: "--auth LOGIN", swaks: append(envelope, "-a", "LOGIN", "-au", "ann", "-ap", "tulip-42"), ehlo: append(envelope, "--auth", "LOGIN", "--initial-response", "no", "--user", "ann"), offers: "AUTH PLAIN LOGIN", long: true},
	{option: "--auth CRAM-MD5", swaks: append(envelope, "--auth", "CRAM-MD5", "-au", "ann", "-ap", "tulip-42"), ehlo: append(envelope, "--auth", "CRAM-MD5", "--user", "ann"), offers: "AUTH CRAM-MD5", long: true},
	{option: "--xclient", swaks: append(envelope, "--xclient", "NAME=a.example ADDR=192.0.2.7"), ehlo: append(envelope, "--xclient", "NAME=a.example ADDR=192.0.2.7"), offers: "XCLIENT NAME ADDR HELO LOGIN"},
	{option: "--xclient-addr", swaks: append(envelope, "--xclient-addr", "192.0.2.7"), ehlo: append(envelope, "--xclient", "ADDR=192.0.2.7"), offers: "XCLIENT NAME ADDR HELO LOGIN", long: true},
	{option: "--xclient-helo", swaks: append(envelope, "--xclient-helo", "two words"), ehlo: append(envelope, "--xclient", "HELO=two+20words"), offers: "XCLIENT NAME ADDR HELO LOGIN", long: true},
	{option: "--proxy", swaks: append(envelope, "--proxy", "TCP4 anything"), ehlo: append(envelope, "--proxy-header", "TCP4 anything"), long: true},
	{option: "--proxy-source", swaks: append(envelope, inProxy("TCP4")...), ehlo: append(envelope, inProxy("TCP4")...)},
	{option: "--proxy-version", swaks: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2")...), ehlo: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2")...)},
	{option: "--proxy-command", swaks: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2", "--proxy-command", "PROXY")...),
		ehlo: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2", "--proxy-command", "PROXY")...), long: true},
	{option: "--proxy-protocol", swaks: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2", "--proxy-protocol", "DGRAM")...),
		ehlo: append(envelope, append(inProxy("AF_INET"), "--proxy-version", "2", "--proxy-protocol", "DGRAM")...), long: true},
	{option: "--proxy-family", swaks: append(envelope, "--proxy-family", "TCP6", "--proxy-source", "2001:1::7", "--proxy-source-port", "40000", "--proxy-dest", "2001:1::25", "--proxy-dest-port", "25"),
		ehlo: append(envelope, "--proxy-family", "TCP6", "--proxy-source", "2001:1::7", "--proxy-source-port", "40000", "--proxy-dest", "2001:1::25", "--proxy-dest-port", "25"), long: true},
}

func inProxy(family string) []string {
	return []string{"--proxy-family", family, "--proxy-source", "192.0.2.7", "--proxy-source-port", "40000", "--proxy-dest", "192.0.2.25", "--proxy-dest-port", "25"}
}

// What both send for the same request is the same, byte for byte, but for what is told in [normalized]. All of it is the long form, .ci/swaks.
func TestLikeSwaks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("swaks"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("swaks is not installed")
		}
		t.Skip("swaks is not installed")
	}
	if len(likes) != 30 {
		t.Errorf("%d options are compared", len(likes))
	}
	dir := t.TempDir()
	// without the end of the last line, which both add: swaks adds one to every file
	write(t, dir, "message.eml", "Date: Mon, 30 Nov 2026 00:00:00 +0000\nFrom: ann@example.org\nMessage-ID: <1@example.org>\nSubject: whole\n\nas it is")
	write(t, dir, "dots.eml", "Date: Mon, 30 Nov 2026 00:00:00 +0000\nFrom: ann@example.org\nMessage-ID: <2@example.org>\nSubject: dots\n\n.\n..\n.a")
	for _, l := range likes {
		if l.long && os.Getenv("EHLO_TEST_SWAKS") != "all" {
			continue
		}
		t.Run(l.option, func(t *testing.T) {
			theirs := heardFrom(t, l, func(host, port string) *exec.Cmd {
				return exec.Command("swaks", append([]string{"--server", host, "--port", port, "--ehlo", "client.example"}, in(dir, l.swaks)...)...)
			})
			ours := heardFrom(t, l, func(host, port string) *exec.Cmd {
				cmd := exec.Command(os.Args[0], append([]string{"run", "--tls", "off", "--allow-cleartext-auth", "--ehlo-name", "client.example", host, "--port", port}, in(dir, l.ehlo)...)...)
				cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "EHLO_PASSWORD=tulip-42")
				return cmd
			})
			if got, want := normalized(ours), normalized(theirs); got != want {
				t.Errorf("ehlo sent\n%q\nswaks sent\n%q", got, want)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// in puts the folder where DIR stands.
func in(dir string, args []string) (out []string) {
	for _, a := range args {
		out = append(out, strings.Replace(a, "DIR", dir, 1))
	}
	return out
}

// headerField is a line of the header that each program writes in its own way, and boundaries are of no interest.
var headerField = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i)(Date|Message-Id|X-Mailer|From|To|Cc|Subject):`)
})

// normalized is what was sent without what two programs may say otherwise: SIZE, which swaks does not send; the case of HELO; of the message
// that each of them composes the fields that both have, in no order, and of its body only what was asked for. A message that is given is
// compared whole.
func normalized(sent string) string {
	sent = regexp.MustCompile(`(?m)^(MAIL FROM:<[^>]*>) SIZE=\d+`).ReplaceAllString(sent, "$1")
	before, message, found := strings.Cut(sent, "DATA\r\n")
	if !found || strings.Contains(message, "Message-ID: <1@") || strings.Contains(message, "Message-ID: <2@") {
		return sent
	}
	header, rest, _ := strings.Cut(message, "\r\n\r\n")
	body, after, _ := strings.Cut(rest, "\r\n.\r\n")
	return before + "DATA\r\n" + strings.Join(askedFor(header), "\r\n") + "\r\n\r\n" + strings.TrimRight(ownBody(body), "\r\n") + "\r\n.\r\n" + after
}

// askedFor are the fields of a header that a person has asked for.
func askedFor(header string) (fields []string) {
	for line := range strings.SplitSeq(header, "\r\n") {
		if !headerField().MatchString(line) || regexp.MustCompile(`^Subject: (another|a third)$`).MatchString(line) {
			fields = append(fields, line)
		}
	}
	return fields
}

// ownBody leaves out the text that each program puts where none was asked for.
func ownBody(body string) string {
	if strings.HasPrefix(body, "This is a test mailing") || strings.HasPrefix(body, "This message was sent one step at a time.") {
		return ""
	}
	return body
}

// heardFrom is what a client sends to a server on loopback that agrees to everything.
func heardFrom(t *testing.T, l like, client func(host, port string) *exec.Cmd) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	sent := make(chan string, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			sent <- err.Error()
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		sent <- agree(c, l)
	}()
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	cmd := client(host, port)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	runErr := cmd.Run()
	ln.Close() // whoever has not come does not come any more
	got := <-sent
	if runErr != nil {
		t.Errorf("%v: %v\n%s", cmd.Args, runErr, out.String())
	}
	return got
}

// agree greets, after the PROXY header where the option is about it, and says yes to each command up to QUIT. It gives back all that it read.
func agree(c net.Conn, l like) string {
	var heard bytes.Buffer
	r := bufio.NewReader(io.TeeReader(c, &heard))
	say := func(lines ...string) { fmt.Fprint(c, strings.Join(lines, "\r\n")+"\r\n") }
	if strings.HasPrefix(l.option, "--proxy") {
		readHeader(r)
	}
	say("220 recorder.example ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return heard.String()
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO":
			lines := []string{"250-recorder.example"}
			if l.offers != "" {
				lines = append(lines, "250-"+l.offers)
			}
			say(append(lines, "250 HELP")...)
		case "XCLIENT":
			say("220 recorder.example ESMTP")
		case "AUTH":
			exchange(r, say, line)
		case "DATA":
			say("354 go on")
			for line != ".\r\n" && err == nil {
				line, err = r.ReadString('\n')
			}
			say("250 queued")
		case "QUIT":
			say("221 bye")
			return heard.String()
		default:
			say("250 ok")
		}
	}
}

// readHeader reads a line of version 1, or the signature of version 2 with two addresses of IPv4.
func readHeader(r *bufio.Reader) {
	if first, _ := r.Peek(1); string(first) == "P" {
		r.ReadString('\n')
		return
	}
	io.CopyN(io.Discard, r, 28)
}

// exchange asks for what a mechanism sends after its command.
func exchange(r *bufio.Reader, say func(...string), line string) {
	words := strings.Fields(line)
	switch mechanism := strings.ToUpper(words[1]); {
	case mechanism == "LOGIN":
		say("334 VXNlcm5hbWU6")
		r.ReadString('\n')
		say("334 UGFzc3dvcmQ6")
		r.ReadString('\n')
	case mechanism == "CRAM-MD5":
		say("334 PDEyMy40NTZAcmVjb3JkZXIuZXhhbXBsZT4=")
		r.ReadString('\n')
	case len(words) == 2:
		say("334 ")
		r.ReadString('\n')
	}
	say("235 ok")
}
