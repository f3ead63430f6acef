package scripttest

import (
	"bufio"
	"crypto/tls"
	"io"
	"strings"
	"testing"
)

// A client that follows the transcript meets it, one that does not is told so, and a later line is found.
func TestTranscript(t *testing.T) {
	a, err := For("mail.example")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(`S: 220 hello
		C: EHLO …
		S: 250-mail.example
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go
		TLS
		C: DATA
		S: 354 go
		MESSAGE
		R: "250 taken\r\n"
		NEXT
		S: 421 busy
		CLOSE`, a.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := s.DialContext(t.Context(), "tcp", "mail.example:25")
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	say := func(w io.Writer, line string, want ...string) {
		t.Helper()
		if line != "" {
			io.WriteString(w, line+"\r\n")
		}
		for _, begin := range want {
			if got, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(got, begin) {
				t.Fatalf("%q was answered with %q, %v; want %q", line, got, err, begin)
			}
		}
	}
	say(conn, "", "220 ")
	say(conn, "VRFY ann", "500 5.5.1")
	say(conn, "ehlo me", "250-mail", "250 START")
	say(conn, "STARTTLS", "220 go")
	secure := tls.Client(conn, &tls.Config{RootCAs: a.Roots, ServerName: "mail.example"})
	r = bufio.NewReader(secure)
	say(secure, "DATA", "354 ")
	say(secure, "Subject: x\r\n\r\n..\r\n.", "250 taken")
	say(secure, "QUIT", "221 ")

	second, err := s.DialContext(t.Context(), "tcp", "mail.example:25")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(second); err != nil || string(all) != "421 busy\r\n" {
		t.Errorf("the second connection got %q, %v", all, err)
	}
}

// A client that strays does so on its own connection: the next one meets the same transcript.
func TestTranscriptStays(t *testing.T) {
	s, err := Start("S: 220 hello\nC: EHLO …\nS: 250 a\nC: MAIL …\nS: 250 ok\nC: RCPT …\nS: 550 no", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		conn, err := s.DialContext(t.Context(), "tcp", "mail.example:25")
		if err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(conn)
		io.WriteString(conn, "EHLO me\r\nSTARTTLS\r\nMAIL FROM:<>\r\nQUIT\r\n")
		for _, begin := range []string{"220 hello", "250 a", "500 ", "250 ok", "221 "} {
			if got, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(got, begin) {
				t.Fatalf("%q, %v; want %q", got, err, begin)
			}
		}
	}
}

// Nobody waits for a server that waits once it is closed.
func TestWaitEndsWithTheServer(t *testing.T) {
	s, err := Start("S: 220 hello\nWAIT 24h\nS: 250 late", nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.DialContext(t.Context(), "tcp", "mail.example:25")
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "220 hello\r\n" {
		t.Errorf("%q, %v", line, err)
	}
	for range 2 {
		s.Close()
	}
}
