// Package tlstest lets other programs say what they see of a TLS connection, for tests that compare it with what ehlo
// sees: OpenSSL's s_client with -trace, and tshark with a key log over a recording.
//
// Everything happens on loopback, and nothing needs a privilege: a [Proxy] records the bytes, and the capture that
// tshark reads is written by hand.
package tlstest

import (
	"crypto/tls"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"ehlo/session/wire/keytest"
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

// NewPair makes a certificate for [Host] with a key of the kind rsa, ecdsa, ed448, rsa-pss or, since OpenSSL 3.5, mldsa; md5
// is an RSA key whose certificate is signed with MD5. All pairs of a kind that a process makes are the same.
func NewPair(t testing.TB, kind string) Pair {
	t.Helper()
	Need(t, OpenSSL())
	made.Lock()
	defer made.Unlock()
	dir := t.TempDir()
	p := Pair{filepath.Join(dir, kind+".crt"), filepath.Join(dir, kind+".key")}
	before, twice := made.pairs[kind]
	if !twice {
		p.generate(t, kind)
		made.pairs[kind] = [2][]byte{read(t, p.Cert), read(t, p.Key)}
		return p
	}
	for i, path := range []string{p.Cert, p.Key} {
		if err := os.WriteFile(path, before[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// made are the certificate and the key of each kind of which there is a pair: a key of RSA takes its time.
var made = struct {
	sync.Mutex
	pairs map[string][2][]byte
}{pairs: map[string][2][]byte{}}

func read(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (p Pair) generate(t testing.TB, kind string) {
	t.Helper()
	if err := os.WriteFile(p.Key, keytest.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	by := map[string][]string{"rsa": {"-key", p.Key}, "md5": {"-key", p.Key, "-md5"}, "ecdsa": {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"},
		"mldsa": {"-newkey", "ML-DSA-44"}, "ed448": {"-newkey", "ed448"}, "rsa-pss": {"-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"}}[kind]
	if by[0] == "-newkey" {
		by = append(by, "-keyout", p.Key)
	}
	args := append([]string{"req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=" + Host, "-addext", "subjectAltName=DNS:" + Host, "-out", p.Cert}, by...)
	if out, err := exec.Command(OpenSSL(), args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl req: %v\n%s", err, out)
	}
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
