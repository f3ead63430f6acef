package session_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"ehlo/session"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// encounter is one way in which a session can meet a server.
type encounter struct {
	peer    string // openssl or go
	version uint16
	kind    string // of the server's certificate
	auth    string // whether the server asks for a client certificate: no, given or none
	group   string // where the exchange happens; whatever the two agree on if empty
}

func (e encounter) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%s,%s,%s,client=%s,%s", e.peer, tls.VersionName(e.version), e.kind, e.auth, e.group), ",")
}

// encounters is the matrix. OpenSSL 3.0 has no ML-KEM, so the hybrid group is met at crypto/tls only; a server that
// takes P-384 alone answers our hello with a HelloRetryRequest.
func encounters() []encounter {
	var all []encounter
	for _, peer := range []string{"openssl", "go"} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			groups := []string{""}
			if version == tls.VersionTLS13 {
				groups = map[string][]string{"openssl": {"X25519", "P-384"}, "go": {"X25519MLKEM768", "X25519", "P-384"}}[peer]
			}
			for _, kind := range []string{"rsa", "ecdsa"} {
				for _, auth := range []string{"no", "given", "none"} {
					for _, group := range groups {
						all = append(all, encounter{peer, version, kind, auth, group})
					}
				}
			}
		}
	}
	return all
}

// TestMatrix holds the list of messages that a session shows against what s_client -trace prints of the same server,
// and what tshark makes of the recorded bytes with the key log: names, order, lengths, suites and extensions.
func TestMatrix(t *testing.T) {
	tlstest.Need(t, "openssl", "stdbuf", "tshark")
	pairs := map[string]tlstest.Pair{"rsa": tlstest.NewPair(t, "rsa"), "ecdsa": tlstest.NewPair(t, "ecdsa")}
	var talks []talk
	var names []string
	for _, e := range encounters() {
		t.Run(e.String(), func(t *testing.T) {
			address := e.serve(t, pairs[e.kind])
			k := visit(t, address, e.config(t, pairs), greeted)
			if k.err != nil {
				t.Fatal(k.err)
			}
			e.check(t, k)
			tlstest.Alike(t, tlstest.Of(k.messages), tlstest.ReadTrace(e.client(k, pairs).Talk(t, address)), e.kind == "rsa")
			talks, names = append(talks, k), append(names, e.String())
		})
	}
	compareTshark(t, names, talks)
}

// compareTshark opens all recordings in one run of tshark.
func compareTshark(t *testing.T, names []string, talks []talk) {
	var flows []tlstest.Flow
	var keys []byte
	for _, k := range talks {
		flows, keys = append(flows, tlstest.Flow{Port: k.port(), Pieces: k.pieces}), append(keys, k.keys...)
	}
	t.Run("tshark", func(t *testing.T) {
		for i, seen := range tlstest.Dissect(t, flows, keys) {
			t.Run(names[i], func(t *testing.T) { tlstest.Compare(t, tlstest.Of(talks[i].messages), seen) })
		}
	})
}

// port makes tshark expect SMTP, or TLS at once.
func (k talk) port() uint16 {
	if len(k.pieces) > 0 && k.pieces[0].Dir == tlswire.ServerToClient {
		return session.PortSubmission
	}
	return session.PortSubmissions
}

func (e encounter) serve(t *testing.T, pair tlstest.Pair) (address string) {
	if e.peer == "go" {
		return serve(t, e.goServer(t, pair))
	}
	options := append(pair.Args(), "-num_tickets", "1", "-cipher", "ALL:@SECLEVEL=0")
	if e.group != "" {
		options = append(options, "-groups", e.group)
	}
	switch e.auth {
	case "given":
		options = append(options, "-Verify", "1")
	case "none":
		options = append(options, "-verify", "1")
	}
	return tlstest.Serve(t, options...)
}

func (e encounter) goServer(t *testing.T, pair tlstest.Pair) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{pair.Load(t)}, MinVersion: e.version}
	switch e.auth {
	case "given":
		c.ClientAuth = tls.RequireAnyClientCert
	case "none":
		c.ClientAuth = tls.RequestClientCert
	}
	if e.group != "" {
		c.CurvePreferences = map[string][]tls.CurveID{"X25519": {tls.X25519}, "P-384": {tls.CurveP384},
			"X25519MLKEM768": {tls.X25519MLKEM768, tls.X25519}}[e.group] // s_client gets X25519 there
	}
	return c
}

func (e encounter) config(t *testing.T, pairs map[string]tlstest.Pair) session.Config {
	c := session.TLSConfig{ServerName: tlstest.Host, MinVersion: e.version, MaxVersion: e.version, RootCAs: trusting(t, pairs[e.kind])}
	if e.auth == "given" {
		c.Certificates = []tls.Certificate{pairs["ecdsa"].Load(t)}
	}
	return session.Config{TLS: c}
}

// check makes sure that the encounter was the one it is called.
func (e encounter) check(t *testing.T, k talk) {
	t.Helper()
	sum := k.summary()
	if sum.Version.Chosen.Value != e.version || !sum.Complete || sum.Resumed || sum.ServerName != tlstest.Host {
		t.Errorf("%+v", sum)
	}
	if sum.CertificateRequested != (e.auth != "no") || sum.CertificateSent != (e.auth == "given") || sum.Retry != (e.group == "P-384") {
		t.Errorf("asked for a certificate %v, sent one %v, retry %v", sum.CertificateRequested, sum.CertificateSent, sum.Retry)
	}
	want := map[string]string{"P-384": "secp384r1", "X25519": "x25519", "": "x25519"}[e.group]
	if got := sum.Group.Chosen.Name; e.group == "X25519MLKEM768" && got != e.group || e.group != "X25519MLKEM768" && got != want {
		t.Errorf("the exchange was in %s", got)
	}
	if last := k.log.At(k.log.Len() - 1); last.End == nil || last.End.Exit != session.ExitOK {
		t.Errorf("%+v", last.End)
	}
}

// client is s_client with the same offer as far as it decides what the server says.
func (e encounter) client(k talk, pairs map[string]tlstest.Pair) tlstest.Client {
	options := []string{"-servername", tlstest.Host, "-cipher", "ALL:@SECLEVEL=0"}
	wait := "ESMTP" // TLS 1.0 may send the first byte of the greeting in a record of its own
	switch e.version {
	case tls.VersionTLS13:
		options = append(options, "-tls1_3", "-ciphersuites", k.summary().Suite.Chosen.Name)
	default:
		options = append(options, map[uint16]string{tls.VersionTLS10: "-tls1", tls.VersionTLS11: "-tls1_1", tls.VersionTLS12: "-tls1_2"}[e.version])
	}
	if e.auth == "given" {
		options = append(options, pairs["ecdsa"].Args()...)
	}
	return tlstest.Client{Options: options, Wait: []string{wait}}
}
