package engine_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire/tlstest"
)

// TestRefusedByOpenSSL is the other half of TestHandshakeFailures: how a real server says no, and that tshark saw the
// same messages. What the server lacks is never told by its alert alone, so nothing is named as the cause.
func TestRefusedByOpenSSL(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, "openssl", "tshark")
	pairs := map[string]tlstest.Pair{}
	for _, kind := range []string{"ecdsa", "rsa", "ed448", "rsa-pss", "md5"} {
		pairs[kind] = tlstest.NewPair(t, kind)
	}
	const nothing = "the server ended the handshake with handshake_failure (40): it accepts nothing in the offer and does not say what is missing; the offer was "
	const kinds = "signatures for a key and certificate of type RSA, ECDSA, Ed25519"
	const from13, upTo12 = tls.VersionTLS13, tls.VersionTLS12
	weak := []string{"-cipher", "ALL:@SECLEVEL=0"}
	other := []string{"-servername", "other.lab", "-servername_fatal", "-cert2", pairs["rsa"].Cert, "-key2", pairs["rsa"].Key}
	// where its security level leaves no suite for TLS 1.0, OpenSSL 3.0 gives up on itself, and 3.5 says what it is
	tooOld, tooOldText := "tls-server-broken", "internal_error (80): the server had an internal error, or it supports none of the old versions offered, TLS 1.0"
	if tlstest.Hybrid() {
		tooOld, tooOldText = "tls-no-common-version", "protocol_version (70): it accepts none of the offered versions, TLS 1.0"
	}
	var seen recordings
	codes := map[string]bool{}
	for _, test := range []struct {
		name, finding, sentence, hint string
		kind                          string // of the server's key
		options                       []string
		min, max                      uint16 // of the client
		own                           string // kind of the client's certificate
		alpn                          string
	}{
		{"no common version", "tls-no-common-version", "protocol_version (70): it accepts none of the offered versions, TLS 1.3, TLS 1.2",
			"the server's operator: enable TLS 1.2 and 1.3", "ecdsa", append([]string{"-tls1_1"}, weak...), 0, 0, "", ""},
		{"narrowed to 1.2", "tls-no-common-version", "protocol_version (70): it accepts none of the offered versions, TLS 1.2",
			"offer more TLS versions first: the offer was limited to TLS 1.2 by the highest version", "ecdsa", []string{"-tls1_3"}, 0, upTo12, "", ""},
		{"narrowed to 1.0", "tls-no-common-version", "it accepts none of the offered versions, TLS 1.0",
			"offer more TLS versions first: the offer was limited to TLS 1.0 by the highest version", "ecdsa", []string{"-tls1_2"}, tls.VersionTLS10, tls.VersionTLS10, "", ""},
		{"nothing left for 1.0", tooOld, tooOldText,
			"offer more TLS versions first: the offer was limited to TLS 1.0 by the highest version", "ecdsa", []string{"-cipher", "DEFAULT:@SECLEVEL=2"}, tls.VersionTLS10, tls.VersionTLS10, "", ""},
		{"another suite in TLS 1.2", "tls-no-common-parameters", nothing + "TLS 1.2 with ", "offer more TLS versions first", "ecdsa",
			[]string{"-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"}, 0, upTo12, "", ""},
		{"another suite in TLS 1.3", "tls-no-common-parameters", nothing + "TLS 1.3 with 3 cipher suites", "offer more TLS versions first", "ecdsa",
			[]string{"-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"}, from13, 0, "", ""},
		{"another group in TLS 1.2", "tls-no-common-parameters", nothing + "TLS 1.2 with ", "offer more TLS versions first", "ecdsa",
			[]string{"-tls1_2", "-groups", "X448"}, 0, upTo12, "", ""},
		{"another group in TLS 1.3", "tls-no-common-parameters", nothing + "TLS 1.3 with 3 cipher suites; the groups X25519MLKEM768, ", "offer more TLS versions first", "ecdsa",
			[]string{"-tls1_3", "-groups", "X448"}, from13, 0, "", ""},
		{"another group", "tls-no-common-parameters", nothing + "TLS 1.3, TLS 1.2 with ", "offer TLS 1.2 alone, then TLS 1.3 alone", "ecdsa",
			[]string{"-tls1_3", "-groups", "X448"}, 0, 0, "", ""},
		{"another kind of key in TLS 1.3", "tls-no-common-parameters", kinds, "offer more TLS versions first", "ed448", nil, from13, 0, "", ""},
		{"another kind of key", "tls-no-common-parameters", kinds, "Ed448", "ed448", nil, 0, 0, "", ""},
		{"a key for RSA-PSS alone", "tls-no-common-parameters", kinds, "RSA-PSS", "rsa-pss", nil, 0, 0, "", ""},
		{"a certificate signed with MD5", "tls-no-common-parameters", kinds, "signed with SHA-256", "md5", []string{"-cipher", "ALL:@SECLEVEL=0"}, 0, 0, "", ""},
		{"signatures of another kind", "tls-no-common-parameters", kinds, "an RSA or ECDSA key", "rsa", []string{"-sigalgs", "ECDSA+SHA256"}, 0, 0, "", ""},
		{"certificate required in TLS 1.2", "tls-certificate-required", "the server ended the handshake with handshake_failure (40): it requires a client certificate and got none",
			"give a client certificate and its key", "ecdsa", []string{"-tls1_2", "-Verify", "1"}, 0, 0, "", ""},
		{"certificate required in TLS 1.3", "tls-certificate-required", "after the handshake the server ended the connection with certificate_required (116): it requires a client certificate and got none",
			"give a client certificate and its key", "ecdsa", []string{"-tls1_3", "-Verify", "1"}, 0, 0, "", ""},
		{"certificate refused in TLS 1.2", "tls-client-certificate-refused", "the server ended the handshake with unknown_ca (48): it refuses the client's certificate",
			"of a CA that the server trusts", "ecdsa", []string{"-tls1_2", "-Verify", "1", "-verify_return_error"}, 0, 0, "rsa", ""},
		{"certificate refused in TLS 1.3", "tls-client-certificate-refused", "after the handshake the server ended the connection with unknown_ca (48): it refuses the client's certificate",
			"of a CA that the server trusts", "ecdsa", []string{"-tls1_3", "-Verify", "1", "-verify_return_error"}, 0, 0, "rsa", ""},
		{"unknown name", "tls-unknown-name", "unrecognized_name (112): it does not know the requested host name, " + tlstest.Host, "use a host name that the server knows", "ecdsa", other, 0, 0, "", ""},
		{"unknown protocol", "tls-no-common-protocol", "no_application_protocol (120): it supports none of the protocols offered by ALPN, h2", "offer no ALPN", "ecdsa", []string{"-alpn", "smtp"}, 0, 0, "", "h2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := tlstest.Serve(t, append(pairs[test.kind].Args(), test.options...)...).Address
			cfg := engine.TLSConfig{ServerName: tlstest.Host, MinVersion: test.min, MaxVersion: test.max}
			if test.own != "" {
				cfg.Certificates = []tls.Certificate{pairs[test.own].Load(t)}
			}
			if test.alpn != "" {
				cfg.ALPN = []string{test.alpn}
			}
			k := visit(t, address, engine.Config{TLS: cfg}, greeted)
			v, remedy := k.verdict(), k.remedy(test.finding)
			exit := record.ExitHandshake
			if v.Advice[0].Do == record.GiveClientCertificate {
				exit = record.ExitCertificate
			}
			if string(v.Finding) != test.finding || !strings.Contains(strings.ToLower(v.Cause), strings.ToLower(test.sentence)) || !strings.Contains(strings.ToLower(remedy), strings.ToLower(test.hint)) || v.Exit != exit {
				t.Errorf("exit %d, %s: %s / %s, want %s: %s / %s", v.Exit, v.Finding, v.Cause, remedy, test.finding, test.sentence, test.hint)
			}
			codes[test.finding] = true
			seen.add(test.name, k)
		})
	}
	if !t.Failed() && len(codes) < 6 {
		t.Errorf("the failures have only the findings %v", codes)
	}
	seen.compare(t)
}
