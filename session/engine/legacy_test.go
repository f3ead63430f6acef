package engine

import (
	"crypto/tls"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/wire/keytest"
	"slices"
	"strings"
	"testing"
)

// An old server is met where a person asks for it, and the session says loudly what that is worth.
func TestLegacyTLS(t *testing.T) {
	p := pkitest.Lab()
	key := keytest.RSA()
	server := p.Serve(p.Sign(pkitest.Host("mail.lab"), p.Middle, key.Public()), p.Middle)
	server.Certificates[0].PrivateKey = key
	for _, test := range []struct {
		name     string
		version  uint16
		suite    uint16
		without  string // the finding where obsolete TLS is not offered
		obsolete bool
	}{
		{"TLS 1.0", tls.VersionTLS10, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "tls-no-common-version", true},
		{"TLS 1.1", tls.VersionTLS11, tls.TLS_RSA_WITH_AES_256_CBC_SHA, "tls-no-common-version", true},
		{"RSA key exchange", tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA, "tls-no-common-parameters", false},
		{"3DES", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, "tls-no-common-parameters", false},
	} {
		config := server.Clone()
		config.MinVersion, config.MaxVersion, config.CipherSuites = test.version, test.version, []uint16{test.suite}
		for _, legacy := range []bool{false, true} {
			w := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", hasty: true, server: config, script: implicit, config: func(c *Config) {
				c.TLS.RootCAs, c.TLS.Legacy = p.Roots, legacy
			}})
			codes := w.findings()
			switch {
			case !legacy && !slices.Contains(codes, test.without):
				t.Errorf("%s: %v, want %s", test.name, codes, test.without)
			case legacy && (!slices.Contains(codes, "tls-legacy-offer") || slices.Contains(codes, "tls-obsolete-version") != test.obsolete || !w.state().Security.Encrypted()):
				t.Errorf("%s, asked for: %v", test.name, codes)
			}
		}
	}
}

// What old servers insist on is named where it is not offered.
func TestSuspectsOfAnOldServer(t *testing.T) {
	for legacy, want := range map[bool]string{
		false: "not offered, and the most likely causes with an old server: finite-field DHE, RSA key exchange, 3DES; not offered, and rare: CCM suites, x448, finite-field groups, brainpool curves, keys of type RSA-PSS, Ed448, ML-DSA, DSA.",
		true:  "not offered, and the most likely causes with an old server: finite-field DHE; not offered, and rare: CCM",
	} {
		w := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", hasty: true, script: "HELLO\n" + `R: "\x15\x03\x01\x00\x02\x02\x28"`, config: func(c *Config) { c.TLS.Legacy = legacy }})
		end := w.last(record.KindEnd).End
		offers := slices.ContainsFunc(end.Advice, func(a record.Advice) bool { return a.Do == record.AllowLegacyTLS })
		if !strings.Contains(end.Cause, want) || offers == legacy {
			t.Errorf("%s\n%v", end.Cause, end.Advice)
		}
	}
}

// RC4 is never offered.
func TestLegacySuites(t *testing.T) {
	for _, id := range suites(TLSConfig{Legacy: true}) {
		if strings.Contains(tls.CipherSuiteName(id), "RC4") {
			t.Error(tls.CipherSuiteName(id))
		}
	}
	if suites(TLSConfig{}) != nil {
		t.Error("a choice of our own without being asked")
	}
}
