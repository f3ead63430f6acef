package session_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"ehlo/session"
	"ehlo/session/tlswire/tlstest"
)

// TestRefusedByOpenSSL is the other half of TestHandshakeFailures: how a real server says no, and that tshark saw the
// same messages.
func TestRefusedByOpenSSL(t *testing.T) {
	tlstest.Need(t, "openssl", "tshark")
	pair, other := tlstest.NewPair(t, "ecdsa"), tlstest.NewPair(t, "rsa")
	var seen recordings
	for _, test := range []struct {
		name, finding, sentence string
		options                 []string
		min, max                uint16 // of the client
	}{
		{"no common version", "tls-no-common-version", "protocol_version (70): it speaks none of the versions offered, TLS 1.3, TLS 1.2",
			[]string{"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}, 0, 0},
		{"no common suite", "tls-no-common-suite", "handshake_failure (40): it can use nothing of what was offered for TLS 1.2: ",
			[]string{"-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"}, 0, tls.VersionTLS12},
		{"no common group", "tls-no-common-group", "handshake_failure (40): most likely it knows none of the groups offered, X25519MLKEM768,",
			[]string{"-tls1_3", "-groups", "X448"}, tls.VersionTLS13, 0},
		{"nothing in common, old or new", "tls-no-common-parameters", "handshake_failure (40): it can use nothing of the offer, and does not say what it lacks: TLS 1.3, TLS 1.2, ",
			[]string{"-tls1_3", "-groups", "X448"}, 0, 0},
		{"certificate required in TLS 1.2", "tls-certificate-required", "handshake_failure (40): it wants a client certificate and got none",
			[]string{"-tls1_2", "-Verify", "1"}, 0, 0},
		{"certificate required in TLS 1.3", "tls-refused-late", "after the handshake the server refused it with certificate_required (116): it wants a client certificate and got none",
			[]string{"-tls1_3", "-Verify", "1"}, 0, 0},
		{"unknown name", "tls-unknown-name", "unrecognized_name (112): it does not know the host name asked for, " + tlstest.Host,
			[]string{"-servername", "other.lab", "-servername_fatal", "-cert2", other.Cert, "-key2", other.Key}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := tlstest.Serve(t, append(pair.Args(), test.options...)...).Address
			k := visit(t, address, session.Config{TLS: session.TLSConfig{ServerName: tlstest.Host, MinVersion: test.min, MaxVersion: test.max}}, greeted)
			var e *session.Error
			if !errors.As(k.err, &e) || e.Finding != test.finding || !strings.Contains(e.Text, test.sentence) || e.Exit != session.ExitHandshake {
				t.Errorf("%+v, want %s: %s", e, test.finding, test.sentence)
			}
			seen.add(test.name, k)
		})
	}
	seen.compare(t)
}
