// Package tlstest lets other programs say what they see of a TLS connection, for tests that compare it with what ehlo
// sees: OpenSSL's s_client with -trace, and tshark with a key log over a recording.
//
// Everything happens on loopback, and nothing needs a privilege: a [Proxy] records the bytes, and the capture that
// tshark reads is written by hand.
package tlstest

import (
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// Need skips a test without these programs; where CI=true they have to be there.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing: .ci/install installs it", program)
		}
		t.Skipf("%s is missing", program)
	}
}

// Host is the name in the certificates of [NewPair].
const Host = "mail.lab"

// Pair is a self-signed certificate and its key, in files.
type Pair struct{ Cert, Key string }

// NewPair makes a certificate for [Host] with a key of the kind rsa or ecdsa.
func NewPair(t testing.TB, kind string) Pair {
	t.Helper()
	Need(t, "openssl")
	dir := t.TempDir()
	p := Pair{filepath.Join(dir, kind+".crt"), filepath.Join(dir, kind+".key")}
	key := []string{"rsa:2048"}
	if kind == "ecdsa" {
		key = []string{"ec", "-pkeyopt", "ec_paramgen_curve:P-256"}
	}
	args := append([]string{"req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=" + Host, "-addext", "subjectAltName=DNS:" + Host,
		"-out", p.Cert, "-keyout", p.Key, "-newkey"}, key...)
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl req: %v\n%s", err, out)
	}
	return p
}

// Args are the options with which s_client and s_server take the pair.
func (p Pair) Args() []string { return []string{"-cert", p.Cert, "-key", p.Key} }

// Load is the pair for crypto/tls.
func (p Pair) Load(t testing.TB) tls.Certificate {
	t.Helper()
	c, err := tls.LoadX509KeyPair(p.Cert, p.Key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Seen is one message in the words that all programs share.
type Seen struct {
	Dir        string   // C from the client, S from the server
	Name       string   // ClientHello, ChangeCipherSpec, "Alert 40"; a HelloRetryRequest is a ServerHello
	Length     int      // of a handshake message's body, or of the whole message
	Suites     []string // offered or chosen, as in 1302
	Extensions []string // number and length, as in 43:2
}

// String is all of it in one line.
func (s Seen) String() string {
	return fmt.Sprintf("%s %s %d %s %s", s.Dir, s.Name, s.Length, s.Suites, s.Extensions)
}

// Of describes our messages in these words, suites and extensions by their field trees.
func Of(messages []tlswire.Message) []Seen {
	var out []Seen
	for _, m := range messages {
		s := Seen{Dir: m.Dir, Name: m.Name, Length: len(m.Raw)}
		switch m.Kind {
		case tlswire.KindHandshake:
			s.Length -= handshakeHeader
			if s.Name == "HelloRetryRequest" {
				s.Name = "ServerHello"
			}
		case tlswire.KindAlert:
			s.Name = fmt.Sprintf("Alert %d", m.Type)
		}
		for _, f := range m.Fields(m.At) {
			s.collect(m.Raw, f)
		}
		out = append(out, s)
	}
	return out
}

// handshakeHeader is type and length of a handshake message.
const handshakeHeader = 4

func (s *Seen) collect(raw []byte, f tlswire.Field) {
	switch f.Name {
	case "cipher_suite":
		s.Suites = append(s.Suites, fmt.Sprintf("%x", raw[f.Off:f.Off+f.Len]))
	case "extension_type":
		if f.Len == 2 && strings.HasSuffix(f.Value, ")") && f.Off+4 <= len(raw) {
			s.Extensions = append(s.Extensions, fmt.Sprintf("%d:%d", number(raw[f.Off:]), number(raw[f.Off+2:])))
		}
	}
	for _, c := range f.Children {
		s.collect(raw, c)
	}
}

func number(b []byte) int { return int(b[0])<<8 | int(b[1]) }

// From is what one side sent.
func From(dir string, list []Seen) []Seen {
	var out []Seen
	for _, s := range list {
		if s.Dir == dir {
			out = append(out, s)
		}
	}
	return out
}

// Compare reports where two programs differ about one connection, each direction by itself. The server's last alert
// may be missing: a client may leave before it has read that.
func Compare(t testing.TB, got, want []Seen) {
	t.Helper()
	if len(want) == 0 {
		t.Error("nothing to compare with")
	}
	for _, dir := range []string{tlswire.ClientToServer, tlswire.ServerToClient} {
		ours, theirs := From(dir, got), From(dir, want)
		if dir == tlswire.ServerToClient {
			ours, theirs = withoutAlert(ours, len(theirs)), withoutAlert(theirs, len(ours))
		}
		if !slices.EqualFunc(ours, theirs, func(a, b Seen) bool { return a.String() == b.String() }) {
			t.Errorf("from %s\n got %s\nwant %s", dir, list(ours), list(theirs))
		}
	}
}

// withoutAlert takes a last alert away that is one message more than the other list has.
func withoutAlert(list []Seen, other int) []Seen {
	if n := len(list); n == other+1 && strings.HasPrefix(list[n-1].Name, "Alert ") {
		return list[:n-1]
	}
	return list
}

// Alike compares two handshakes of different clients with the same server: names and order, and the lengths that are
// the same in every handshake. An ECDSA signature has one of several lengths, an RSA one only one; rsa says which the
// server makes.
func Alike(t testing.TB, got, want []Seen, rsa bool) {
	t.Helper()
	for _, dir := range []string{tlswire.ClientToServer, tlswire.ServerToClient} {
		ours, theirs := steady(From(dir, got), rsa), steady(From(dir, want), rsa)
		if !slices.Equal(ours, theirs) || len(theirs) < 3 {
			t.Errorf("from %s\n got %q\nwant %q", dir, ours, theirs)
		}
	}
}

// steady is a message a line, with its length where that says something.
func steady(all []Seen, rsa bool) []string {
	var out []string
	for _, s := range all {
		line := fmt.Sprintf("%s %d", s.Name, s.Length)
		switch s.Name {
		case "Alert 0":
			continue // who says good-bye first is not about the handshake
		case "ClientHello", "ServerHello", "NewSessionTicket":
			line = s.Name
		case "ServerKeyExchange", "CertificateVerify":
			if !rsa || s.Dir == tlswire.ClientToServer {
				line = s.Name
			}
		}
		out = append(out, line)
	}
	return out
}

func list(all []Seen) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString("\n  " + s.String())
	}
	return b.String()
}
