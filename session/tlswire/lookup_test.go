package tlswire

import (
	"crypto/tls"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// only is the one code point of that name.
func only(t *testing.T, name string) Point {
	t.Helper()
	all := Named(name)
	if len(all) != 1 {
		t.Errorf("%q is %v", name, all)
		return Point{}
	}
	return all[0]
}

// TestNamed finds what people and programs call things.
func TestNamed(t *testing.T) {
	for name, want := range map[string]string{
		"P-256": "secp256r1", "p256": "secp256r1", "prime256v1": "secp256r1", "NIST P-384": "secp384r1", "X25519": "x25519", "Curve25519": "x25519",
		"x25519mlkem768": "X25519MLKEM768", "TLSv1.2": "TLS 1.2", "tls1.3": "TLS 1.3", "TLSv1": "TLS 1.0", "SSLv3": "SSL 3.0", "tls 1.1": "TLS 1.1",
		"VersionTLS13": "TLS 1.3", "SNI": "server_name", "ALPN": "application_layer_protocol_negotiation", "OCSP stapling": "status_request", "EMS": "extended_master_secret",
		"AES128-GCM-SHA256": "TLS_RSA_WITH_AES_128_GCM_SHA256", "DES-CBC3-SHA": "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "RC4-MD5": "TLS_RSA_WITH_RC4_128_MD5",
		"ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		"client_hello":                "ClientHello", "key share": "key_share", "handshake failure": "handshake_failure", "RSA-PSS": "rsa_pss_rsae_sha256", "CCS": "change_cipher_spec",
	} {
		if got := only(t, name); got.Name != want {
			t.Errorf("%q is %s, want %s", name, got.Name, want)
		}
	}
	for _, name := range []string{"", "-", "nothing", "aes", "TLS", "SSL", "256"} {
		if all := Named(name); len(all) > 0 {
			t.Errorf("%q is %v", name, all)
		}
	}
}

// TestNamedByGo finds everything that crypto/tls can negotiate, by its names there and by its number.
func TestNamedByGo(t *testing.T) {
	type entry struct {
		kind, name string
		value      uint16
	}
	var all []entry
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		all = append(all, entry{"tls-suite", s.Name, s.ID})
	}
	for _, g := range []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024} {
		all = append(all, entry{"tls-group", g.String(), uint16(g)})
	}
	for _, s := range []tls.SignatureScheme{tls.PKCS1WithSHA1, tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512, tls.PSSWithSHA256, tls.PSSWithSHA384, tls.PSSWithSHA512,
		tls.ECDSAWithP256AndSHA256, tls.ECDSAWithP384AndSHA384, tls.ECDSAWithP521AndSHA512, tls.Ed25519, tls.ECDSAWithSHA1} {
		all = append(all, entry{"tls-signature", s.String(), uint16(s)})
	}
	for v := uint16(versionSSL30); v <= tls.VersionTLS13; v++ {
		all = append(all, entry{"tls-version", tls.VersionName(v), v})
	}
	for _, e := range all {
		r, ok := RegistryOf(e.kind)
		if !ok {
			t.Fatal(e.kind)
		}
		if c, ok := r.Named(e.name); !ok || c.Value != e.value {
			t.Errorf("%s %q is %v", e.kind, e.name, c)
		}
		if c, ok := r.Find(e.value); !ok || c.Value != e.value {
			t.Errorf("%s 0x%04x is not known", e.kind, e.value)
		}
	}
}

// TestNamesOfOpenSSL holds OpenSSL's names of suites against its own list.
func TestNamesOfOpenSSL(t *testing.T) {
	list, err := exec.Command("openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0").Output()
	if err != nil {
		t.Skip("no openssl: ", err)
	}
	n := 0
	for line := range strings.Lines(string(list)) {
		words := strings.Fields(line) // 0xC0,0x2B - ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2 …
		value, err := strconv.ParseUint(strings.ReplaceAll(words[0], ",0x", ""), 0, 16)
		if err != nil {
			t.Fatal(line)
		}
		if _, known := suiteOf(uint16(value)); !known {
			t.Errorf("%s is not in the table", words[2])
			continue
		}
		if got := only(t, words[2]); got.Value != uint16(value) {
			t.Errorf("%s is 0x%04x, want 0x%04x", words[2], got.Value, value)
		}
		n++
	}
	if n < 50 {
		t.Errorf("only %d suites", n)
	}
}
