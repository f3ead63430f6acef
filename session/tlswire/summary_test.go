package tlswire

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"
)

func noteCodes(s Summary) []string {
	var out []string
	for _, n := range s.Notes {
		out = append(out, n.Code)
	}
	return out
}

func wantNotes(t *testing.T, s Summary, want ...string) {
	t.Helper()
	got := noteCodes(s)
	for _, code := range want {
		if !slices.Contains(got, code) {
			t.Errorf("note %s is missing: %v", code, got)
		}
	}
}

// wantState compares the summary with what crypto/tls says of the session.
func wantState(t *testing.T, s liveSession) Summary {
	t.Helper()
	sum := Describe(s.messages)
	cs := s.state
	switch {
	case sum.Version.Chosen.Value != cs.Version:
		t.Errorf("version %s, want %s", sum.Version.Chosen.Name, VersionName(cs.Version))
	case sum.Suite.Chosen.Value != cs.CipherSuite:
		t.Errorf("suite %s, want %s", sum.Suite.Chosen.Name, tls.CipherSuiteName(cs.CipherSuite))
	case sum.Group.Chosen.Value != uint16(cs.CurveID) && !cs.DidResume:
		t.Errorf("group %s, want %s", sum.Group.Chosen.Name, cs.CurveID)
	case sum.Resumed != cs.DidResume:
		t.Errorf("resumed %v, want %v", sum.Resumed, cs.DidResume)
	case sum.Retry != cs.HelloRetryRequest:
		t.Errorf("retry %v, want %v", sum.Retry, cs.HelloRetryRequest)
	case sum.Protocol.Chosen != cs.NegotiatedProtocol:
		t.Errorf("ALPN %q, want %q", sum.Protocol.Chosen, cs.NegotiatedProtocol)
	case sum.ServerName != "mail.lab":
		t.Errorf("server name %q", sum.ServerName)
	case !sum.Complete:
		t.Error("not complete")
	}
	if secure, complete := SecureRenegotiation(s.messages); secure != sum.SecureRenegotiation || !complete {
		t.Errorf("secure renegotiation %v, complete %v", secure, complete)
	}
	return sum
}

func TestDescribe13(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	client.MinVersion = tls.VersionTLS12
	client.NextProtos, server.NextProtos = []string{"smtp"}, []string{"smtp"}
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	s := converse(t, Limits{}, client, server)
	sum := wantState(t, s)
	if sum.RoundTrips != 1 || sum.Tickets != 1 || sum.CertificatesVisible || sum.CertificateRequested {
		t.Errorf("%+v", sum)
	}
	if len(sum.Version.Offered) != 2 || len(sum.Group.Offered) < 4 || len(sum.Suite.Offered) < 3 {
		t.Errorf("offers %+v %+v %+v", sum.Version.Offered, sum.Group.Offered, sum.Suite.Offered)
	}
	if sum.Signature.Chosen.Name != "ecdsa_secp256r1_sha256" {
		t.Errorf("signed with %s", sum.Signature.Chosen.Name)
	}
	first := slices.IndexFunc(s.messages, func(m Message) bool { return m.Encrypted && m.Dir == ServerToClient })
	if want := (Start{"EncryptedExtensions", s.messages[first].Records[0].Offset}); sum.ServerEncrypted != want || want.Offset == 0 || sum.ClientEncrypted.Message != "Finished" {
		t.Errorf("encrypted from %v and %v", sum.ClientEncrypted, sum.ServerEncrypted)
	}
	wantNotes(t, sum, "tls-version-current", "tls-cipher-good", "tls-forward-secrecy", "tls-post-quantum", "tls-certificate-hidden", "tls-name-visible")

	resumed := wantState(t, converse(t, Limits{}, client, server))
	wantNotes(t, resumed, "tls-resumed", "tls-forward-secrecy")
}

func TestDescribeRetryAndClientCertificate(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, true)
	server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	sum := wantState(t, converse(t, Limits{}, client, server))
	if sum.RoundTrips != 2 || !sum.CertificateRequested || !sum.CertificateSent || sum.ClientSignature.Name == "" {
		t.Errorf("%+v", sum)
	}
	wantNotes(t, sum, "tls-retry", "tls-not-post-quantum", "tls-client-certificate")
}

func TestDescribe12(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, false)
	client.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	server.CipherSuites = client.CipherSuites
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	limits := Limits{Sessions: new(Sessions)}
	sum := wantState(t, converse(t, limits, client, server))
	if sum.RoundTrips != 2 || !sum.CertificatesVisible || !sum.ExtendedMasterSecret || !sum.SecureRenegotiation || sum.Group.Chosen.Name != "" {
		t.Errorf("%+v", sum)
	}
	wantNotes(t, sum, "tls-version-12", "tls-cipher-discouraged", "tls-no-forward-secrecy", "tls-certificate-visible")

	resumed := wantState(t, converse(t, limits, client, server))
	if resumed.RoundTrips != 1 {
		t.Errorf("%d round trips", resumed.RoundTrips)
	}
}

func TestDescribeOldAndWeak(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS10, false)
	client.CipherSuites = []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
	server.CipherSuites = client.CipherSuites
	wantNotes(t, wantState(t, converse(t, Limits{}, client, server)), "tls-version-obsolete", "tls-cipher-weak", "tls-no-forward-secrecy")
}

// TestSignatureBeforeTLS12: the kind of key fixes the hash, and with static RSA
// nobody signs.
func TestSignatureBeforeTLS12(t *testing.T) {
	for _, test := range []struct {
		kind, name string
		suite      uint16
	}{
		{"rsa", "RSA with MD5 and SHA-1", tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
		{"ecdsa", "ECDSA with SHA-1", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
		{"rsa", "", tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS11; version++ {
			client, server := configs(t, test.kind, version, false)
			client.CipherSuites, server.CipherSuites = []uint16{test.suite}, []uint16{test.suite}
			sum := wantState(t, converse(t, Limits{}, client, server))
			said := ""
			for _, n := range sum.Notes {
				if n.Code == "tls-signature-weak" {
					said = n.Text
				}
			}
			if sum.Signature.Chosen.Name != test.name || strings.Contains(said, "MD5") != strings.Contains(test.name, "MD5") || (said == "") != (test.name == "") {
				t.Errorf("%s: %+v, %q", test.kind, sum.Signature.Chosen, said)
			}
		}
	}
}

// TestReasons: what was offered counts as far as the version chosen has it, and
// each choice has its reason.
func TestReasons(t *testing.T) {
	for _, test := range []struct {
		lowest, highest, server uint16 // versions
		usable                  [4]int // versions, suites, groups, schemes
		why                     [4]string
	}{
		{tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS13, [4]int{2, 3, 7, 7}, [4]string{"the highest version; both sides support it", "the client's first choice", "had sent a key share", "of type RSA; of the 3 schemes offered for it, the client's first"}},
		{tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS12, [4]int{2, 10, 4, 10}, [4]string{"the server stopped here", "the server's key", "the client's first choice", "of type RSA; "}},
		{tls.VersionTLS12, tls.VersionTLS12, tls.VersionTLS13, [4]int{1, 10, 4, 10}, [4]string{"the server's random value says that it supports a higher one", "", "", ""}},
		{tls.VersionTLS12, tls.VersionTLS12, tls.VersionTLS12, [4]int{1, 10, 4, 10}, [4]string{"it is unknown whether the server supports a higher one", "", "", ""}},
	} {
		client, server := configs(t, "rsa", tls.VersionTLS13, false)
		client.MinVersion, client.MaxVersion, client.CurvePreferences = test.lowest, test.highest, nil
		server.MinVersion, server.MaxVersion, server.CurvePreferences = tls.VersionTLS12, test.server, nil
		sum := wantState(t, converse(t, Limits{}, client, server))
		for i, c := range []Choice{sum.Version, sum.Suite, sum.Group, sum.Signature} {
			if c.Usable != test.usable[i] || c.Why == "" || !strings.Contains(c.Why, test.why[i]) {
				t.Errorf("%s: %s of %d usable of %d: %s", sum.Version.Chosen.Name, c.Chosen.Name, c.Usable, len(c.Offered), c.Why)
			}
		}
	}
}

// TestCurveDecides: an ECDSA key has one scheme in TLS 1.3.
func TestCurveDecides(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	if s := wantState(t, converse(t, Limits{}, client, server)).Signature; s.Usable != 7 || !strings.HasPrefix(s.Why, "the server's key is of type ECDSA; in TLS 1.3 only this") {
		t.Errorf("%d usable, %s", s.Usable, s.Why)
	}
}

// TestNoQuantumSafety: what TLS 1.2 does not have is told.
func TestNoQuantumSafety(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS12, false)
	wantNotes(t, wantState(t, converse(t, Limits{}, client, server)), "tls-not-post-quantum")
}

// TestDescribeDowngrade: a server of TLS 1.3 made to speak 1.2 marks its random.
func TestDescribeDowngrade(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, false)
	server.MaxVersion = tls.VersionTLS13
	s := converse(t, Limits{}, client, server)
	if Describe(s.messages).Downgrade {
		t.Error("the client did not offer TLS 1.3: that is no downgrade")
	}
	other, _ := configs(t, "rsa", tls.VersionTLS13, false)
	other.MinVersion = tls.VersionTLS12
	_, both := configs(t, "rsa", tls.VersionTLS13, false)
	hello := converse(t, Limits{}, other, both).messages[0]
	sum := Describe([]Message{hello, s.messages[1]})
	if !sum.Downgrade {
		t.Error("not noticed")
	}
	wantNotes(t, sum, "tls-downgrade")
}

func TestDescribeNothing(t *testing.T) {
	sum := Describe(nil)
	if sum.Complete || sum.Notes != nil || sum.ClientEncrypted != (Start{}) || sum.ServerEncrypted != (Start{}) {
		t.Errorf("%+v", sum)
	}
}
