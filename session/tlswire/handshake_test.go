package tlswire

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// script lists messages as "C ClientHello", one that was protected in braces.
func script(messages []Message) []string {
	var out []string
	for _, m := range messages {
		name := m.Name
		if _, description, ok := m.Alert(); ok {
			name += " " + alertName(description)
		}
		if m.Encrypted {
			name = "{" + name + "}"
		}
		out = append(out, m.Dir+" "+name)
	}
	return out
}

// wantScript compares a session with lines like those of script.
func wantScript(t *testing.T, s liveSession, want ...string) {
	t.Helper()
	want = slices.DeleteFunc(want, func(line string) bool { return line == "" })
	if got := script(s.messages); !slices.Equal(got, want) {
		t.Fatalf("client error %v, server error %v\ngot\n  %s\nwant\n  %s", s.clientErr, s.serverErr,
			strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	wantWhole(t, s.messages)
	wantTrees(t, s.messages)
}

// wantWhole checks what holds for every message of a good session.
func wantWhole(t *testing.T, messages []Message) {
	t.Helper()
	for i, m := range messages {
		switch {
		case m.Seq != i:
			t.Errorf("message %d has Seq %d", i, m.Seq)
		case m.Partial || m.Reason != "":
			t.Errorf("%s %s is not whole: %s", m.Dir, m.Name, m.Reason)
		case m.Encrypted != (m.Key != ""):
			t.Errorf("%s %s: encrypted %v, key %q", m.Dir, m.Name, m.Encrypted, m.Key)
		case len(m.Records) == 0 || m.At.IsZero():
			t.Errorf("%s %s has no record or no time", m.Dir, m.Name)
		}
	}
}

// TestHandshakes13 goes through everything that shapes a handshake of TLS 1.3.
func TestHandshakes13(t *testing.T) {
	for _, kind := range []string{"rsa", "ecdsa"} {
		for _, auth := range []bool{false, true} {
			for _, retry := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s,client=%v,retry=%v", kind, auth, retry), func(t *testing.T) {
					client, server := configs(t, kind, tls.VersionTLS13, auth)
					client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
					if retry {
						server.CurvePreferences = []tls.CurveID{tls.CurveP384}
					}
					wantScript13(t, retry, converse(t, Limits{}, client, server), full13(auth, retry)...)
					wantScript13(t, retry, converse(t, Limits{}, client, server), resumed13(retry)...)
				})
			}
		}
	}
}

func full13(auth, retry bool) []string {
	return slices.Concat(
		hellos13(retry),
		[]string{"S {EncryptedExtensions}", when(auth, "S {CertificateRequest}"), "S {Certificate}", "S {CertificateVerify}", "S {Finished}"},
		[]string{when(!auth, "S {NewSessionTicket}"), when(!retry, "C ChangeCipherSpec"), when(auth, "C {Certificate}"), when(auth, "C {CertificateVerify}"), "C {Finished}"},
		[]string{when(auth, "S {NewSessionTicket}"), "S {Alert close_notify}", "C {Alert close_notify}"},
	)
}

// resumed13: without the client's certificate to wait for, the ticket comes
// with the server's Finished.
func resumed13(retry bool) []string {
	return slices.Concat(
		hellos13(retry),
		[]string{"S {EncryptedExtensions}", "S {Finished}", "S {NewSessionTicket}", when(!retry, "C ChangeCipherSpec"), "C {Finished}"},
		[]string{"S {Alert close_notify}", "C {Alert close_notify}"},
	)
}

// hellos13: after a HelloRetryRequest both dummies cross each other, so the
// order of theirs is left open and wantScript13 looks at them apart.
func hellos13(retry bool) []string {
	if retry {
		return []string{"C ClientHello", "S HelloRetryRequest", "C ClientHello", "S ServerHello"}
	}
	return []string{"C ClientHello", "S ServerHello", "S ChangeCipherSpec"}
}

func wantScript13(t *testing.T, retry bool, s liveSession, want ...string) {
	t.Helper()
	if !retry {
		wantScript(t, s, want...)
		return
	}
	var dummies string
	rest := s
	rest.messages = nil
	for _, m := range s.messages {
		if m.Kind == KindChangeCipherSpec {
			dummies += m.Dir
			continue
		}
		m.Seq = len(rest.messages)
		rest.messages = append(rest.messages, m)
	}
	if dummies != "CS" && dummies != "SC" {
		t.Errorf("dummies of %q, want one each", dummies)
	}
	wantScript(t, rest, want...)
}

func when(cond bool, line string) string {
	if cond {
		return line
	}
	return ""
}

func TestCiphers13(t *testing.T) {
	// crypto/tls picks the suite by the hardware; a client of its own that
	// offers one suite is in openssl_test.go. Here: whatever it picks opens.
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	s := converse(t, Limits{}, client, server)
	if s.state.CipherSuite != s.messages[len(s.messages)-1].Suite {
		t.Errorf("suite %s, crypto/tls says %s", CipherSuiteName(s.messages[0].Suite), tls.CipherSuiteName(s.state.CipherSuite))
	}
	if s.traffic[0] != (Traffic{1, 5}) || s.traffic[1] != (Traffic{1, 5}) {
		t.Errorf("application data %v, want one record of five bytes each way", s.traffic)
	}
}

// Application data is opened for those who ask for it, in every version, and counted as where nobody does.
func TestApplicationData(t *testing.T) {
	for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
		client, server := configs(t, "rsa", version, false)
		said := map[Direction]string{}
		s := converse(t, Limits{Application: func(dir Direction, b []byte, _ time.Time) { said[dir] += string(b) }}, client, server)
		if len(said[ClientToServer]) != 5 || len(said[ServerToClient]) != 5 || s.traffic[0].Bytes != 5 || s.traffic[1].Bytes != 5 {
			t.Errorf("%s: %q, %v", tls.VersionName(version), said, s.traffic)
		}
	}
}

// TestHandshakes12 goes through versions, suites, certificates, client
// certificates and resumption of TLS 1.0 to 1.2.
func TestHandshakes12(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		for _, suite := range suites12(version) {
			for _, auth := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s,%s,client=%v", VersionName(version), suite.Name, auth), func(t *testing.T) {
					client, server := configs(t, certificateFor(suite.Name), version, auth)
					client.CipherSuites = []uint16{suite.ID}
					server.CipherSuites = client.CipherSuites
					client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
					limits := Limits{Sessions: new(Sessions)}
					rsa := strings.HasPrefix(suite.Name, "TLS_RSA_")
					wantScript(t, converse(t, limits, client, server), full12(auth, rsa, false)...)
					resumed := converse(t, limits, client, server)
					if !resumed.state.DidResume {
						t.Fatal("crypto/tls did not resume")
					}
					wantScript(t, resumed, "C ClientHello", "S ServerHello", "S NewSessionTicket", "S ChangeCipherSpec", "S {Finished}",
						"C ChangeCipherSpec", "C {Finished}", "S {Alert close_notify}", "C {Alert close_notify}")
				})
			}
		}
	}
}

func full12(auth, rsa, staple bool) []string {
	return []string{
		"C ClientHello", "S ServerHello", "S Certificate", when(staple, "S CertificateStatus"), when(!rsa, "S ServerKeyExchange"),
		when(auth, "S CertificateRequest"), "S ServerHelloDone",
		when(auth, "C Certificate"), "C ClientKeyExchange", when(auth, "C CertificateVerify"), "C ChangeCipherSpec", "C {Finished}",
		"S NewSessionTicket", "S ChangeCipherSpec", "S {Finished}", "S {Alert close_notify}", "C {Alert close_notify}",
	}
}

// suites12 are the suites crypto/tls can speak in that version.
func suites12(version uint16) []*tls.CipherSuite {
	all := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	return slices.DeleteFunc(all, func(s *tls.CipherSuite) bool { return !slices.Contains(s.SupportedVersions, version) })
}

func certificateFor(suite string) string {
	if strings.Contains(suite, "ECDSA") {
		return "ecdsa"
	}
	return "rsa"
}

// TestKeysAbsent: without a key log nothing protected opens, and that is said.
func TestKeysAbsent(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	s := converse(t, Limits{}, client, server)
	blind := NewDecoder(Limits{})
	replay(t, s, blind)
	for _, m := range blind.Take() {
		if m.Encrypted {
			t.Errorf("%s came out although nothing opens it", m.Name)
		}
	}
	left := blind.Finish()
	if len(left) == 0 {
		t.Fatal("the protected records are gone")
	}
	for _, m := range left {
		if m.Kind == KindChangeCipherSpec {
			continue
		}
		if m.Name != "encrypted record" || !m.Encrypted || !m.Partial || m.Reason != "its key was not logged" {
			t.Errorf("%s %q: %q", m.Name, m.Kind, m.Reason)
		}
	}
}

// TestEveryCut feeds a session in pieces of every small size: the messages
// stay the same.
func TestEveryCut(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, true)
	s := converse(t, Limits{}, client, server)
	want := script(s.messages)
	for _, size := range []int{1, 2, 3, 5, 7, 64, 1000} {
		d := NewDecoder(Limits{})
		d.KeyLog().Write([]byte(s.keys))
		for _, w := range s.wire {
			for b := range slices.Chunk(w.bytes, size) {
				d.Bytes(w.dir, b, w.at)
			}
		}
		if got := script(append(d.Take(), d.Finish()...)); !slices.Equal(got, want) {
			t.Errorf("pieces of %d: %v", size, got)
		}
	}
}

// replay feeds what crossed the wire to another Decoder.
func replay(t *testing.T, s liveSession, d *Decoder) {
	t.Helper()
	for _, w := range s.wire {
		d.Bytes(w.dir, w.bytes, w.at)
	}
}
