package tlswire

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
)

// keyName says kind and size of a public key: "RSA 2048 bit", "ECDSA P-256".
func keyName(key any) string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bit", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	kind := fmt.Sprintf("%T", key)
	if kind == "*dsa.PublicKey" { // crypto/dsa is deprecated, its keys still turn up
		return "DSA"
	}
	return "a key of a kind without a name here (" + kind + ")"
}

// keyLine says kind and size of a key in DER, or why that is not known.
func keyLine(spki []byte) string {
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return "not read: " + visible(err.Error())
	}
	return keyName(key)
}

// weakKey warns of RSA keys under 2048 bits and of DSA (RFC 9325 §4.5).
func weakKey(name string) string {
	var bits int
	if n, _ := fmt.Sscanf(name, "RSA %d bit", &bits); n == 1 && bits < 2048 {
		return "weak: RSA keys have 2048 bits at least (RFC 9325 §4.5)"
	}
	if strings.HasPrefix(name, "DSA") {
		return "weak: DSA is not used any more"
	}
	return ""
}
