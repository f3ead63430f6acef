package tlswire

import (
	"cmp"
	"crypto/tls"
	"slices"
	"strings"
	"testing"
)

// TestNamesOfCryptoTLS: everything crypto/tls can negotiate has the same name
// here.
func TestNamesOfCryptoTLS(t *testing.T) {
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if got := CipherSuiteName(s.ID); got != s.Name {
			t.Errorf("suite 0x%04x is %s, crypto/tls says %s", s.ID, got, s.Name)
		}
	}
	for _, c := range []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024} {
		if _, ok := groupOf(uint16(c)); !ok {
			t.Errorf("group %s has no name", c)
		}
	}
	for _, s := range []tls.SignatureScheme{
		tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512, tls.PSSWithSHA256, tls.PSSWithSHA384, tls.PSSWithSHA512,
		tls.ECDSAWithP256AndSHA256, tls.ECDSAWithP384AndSHA384, tls.ECDSAWithP521AndSHA512, tls.Ed25519, tls.PKCS1WithSHA1, tls.ECDSAWithSHA1,
	} {
		if _, ok := SignatureScheme(uint16(s)); !ok {
			t.Errorf("signature scheme %s has no name", s)
		}
	}
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		if VersionName(v) != tls.VersionName(v) {
			t.Errorf("version %s, crypto/tls says %s", VersionName(v), tls.VersionName(v))
		}
	}
}

// TestTables: every code has a name, a reference and a meaning where it stands here, none twice,
// and the suites are sorted for the search.
func TestTables(t *testing.T) {
	for name, table := range map[string][]Code{
		"suites": cipherSuites(), "groups": groups, "signatures": signatureSchemes, "extensions": extensionTypes, "alerts": alerts,
		"handshake": handshakeTypes, "content": contentTypes, "versions": versions, "points": pointFormats, "psk": pskModes,
		"status": statusTypes, "client certificates": clientCertificateTypes, "certificates": certificateTypes,
	} {
		if len(table) == 0 {
			t.Errorf("%s: empty", name)
		}
		seen := map[uint16]bool{}
		for i, c := range table {
			if c.Name == "" || (c.Meaning == "") != slices.Contains([]string{"extensions", "alerts", "handshake"}, name) || !strings.HasPrefix(c.Ref, "RFC ") && !strings.HasPrefix(c.Ref, "draft-") || seen[c.Value] {
				t.Errorf("%s: %+v", name, c)
			}
			if i > 0 && c.Value < table[i-1].Value {
				t.Errorf("%s: %s is out of order", name, c.Name)
			}
			seen[c.Value] = true
		}
	}
	for _, table := range [][]Code{compressionMethods, certificateCompressions, maxFragmentLengths, curveTypes, nameTypes, heartbeatModes, keyUpdateRequests, echTypes,
		hpkeKDFs, hpkeAEADs, alertLevels} {
		if !slices.IsSortedFunc(table, func(a, b Code) int { return cmp.Compare(a.Value, b.Value) }) {
			t.Errorf("%+v is not sorted", table)
		}
	}
	for _, table := range [][]oidRow{oids, attributes} {
		if !slices.IsSortedFunc(table, func(a, b oidRow) int { return strings.Compare(a.oid, b.oid) }) {
			t.Error("object identifiers are not sorted")
		}
	}
	if cipherSuites()[0].Name = "changed"; CipherSuiteName(cipherSuites()[0].Value) == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestUnknownValues(t *testing.T) {
	for got, want := range map[string]string{
		CipherSuiteName(0x1399):          "0x1399 (unknown)",
		CipherSuiteName(0x3a3a):          "GREASE",
		GroupName(0xeeee):                "0xeeee (unknown)",
		GroupName(0xdada):                "GREASE",
		name16(signatureSchemes, 0x0a0a): "GREASE",
		name16(extensionTypes, 0xfafa):   "GREASE",
		name16(extensionTypes, 0xfa0a):   "0xfa0a (unknown)",
		VersionName(0x0399):              "0x0399 (unknown)",
		alertName(99):                    "99 (unknown)",
		handshakeTypeName(99):            "99 (unknown)",
		ContentTypeName(25):              "25 (unknown)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestVerdicts of suites, one of a kind.
func TestVerdicts(t *testing.T) {
	for suite, want := range map[uint16]string{
		tls.TLS_AES_128_GCM_SHA256:                "recommended",
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "recommended",
		0x009e:                                 "acceptable",
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: "discouraged: CBC",
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256:    "discouraged: no forward secrecy",
		tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA:      "weak",
		tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA:     "insecure: RC4",
		0x0000:                                 "insecure: nothing is encrypted",
		0x0003:                                 "insecure: the key can be found",
		0x006d:                                 "insecure: neither side",
	} {
		if c, _ := suiteOf(suite); !strings.HasPrefix(c.Verdict, want) {
			t.Errorf("%s: %q, want %q", c.Name, c.Verdict, want)
		}
	}
}

// TestRecommended: what is called recommended is so.
func TestRecommended(t *testing.T) {
	for name, want := range map[string]bool{
		"TLS_AES_128_GCM_SHA256": true, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": true, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": true,
		"TLS_AES_128_CCM_8_SHA256": false, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8": false, "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256": false,
	} {
		for _, c := range cipherSuites() {
			if c.Name == name && strings.HasPrefix(c.Verdict, "recommended") != want {
				t.Errorf("%s: %s", c.Name, c.Verdict)
			}
		}
	}
	for _, g := range groups {
		if strings.Contains(g.Verdict, "recommended") {
			t.Errorf("%s: %s", g.Name, g.Verdict)
		}
	}
}
