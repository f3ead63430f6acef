package tlswire_test

import (
	"encoding/pem"
	"os"
	"testing"

	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// The key and the signature of a certificate have their names, also of kinds that Go does not read.
func TestNamesOfKeys(t *testing.T) {
	tlstest.Need(t, tlstest.OpenSSL())
	kinds := map[string][2]string{"rsa": {"RSA 2048 bit", "sha256WithRSAEncryption"}, "ecdsa": {"ECDSA P-256", "ecdsa-with-SHA256"},
		"ed448": {"Ed448", "Ed448"}, "rsa-pss": {"RSA-PSS", "rsassa-pss"}, "md5": {"RSA 2048 bit", "md5WithRSAEncryption"}}
	if tlstest.Hybrid() {
		kinds["mldsa"] = [2]string{"ML-DSA-44", "ML-DSA-44"}
	}
	for kind, want := range kinds {
		text, err := os.ReadFile(tlstest.NewPair(t, kind).Cert)
		block, _ := pem.Decode(text)
		if err != nil || block == nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if got := [2]string{tlswire.CertificateKey(block.Bytes), tlswire.CertificateSignature(block.Bytes)}; got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
		for n := range block.Bytes[:80] { // cut anywhere it is no key, and no panic
			if got := tlswire.CertificateKey(block.Bytes[:n]); got != "" {
				t.Errorf("%s: %d bytes have the key %q", kind, n, got)
			}
		}
	}
}
