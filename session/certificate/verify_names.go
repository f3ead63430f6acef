package certificate

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strconv"
	"strings"

	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// called is what a certificate is called in a sentence: its place in what was sent, and its name.
func (v *Verification) called(c *x509.Certificate) string {
	return fmt.Sprintf("%s (%s)", v.inChain(c), subjectName(c))
}

// inChain is where in the chain a certificate stands, for sentences that name another one: two names after each other run together.
func (v *Verification) inChain(c *x509.Certificate) string {
	for i, sent := range v.Chain {
		switch {
		case !sent.Equal(c):
		case i == 0:
			return "the server's certificate"
		default:
			return fmt.Sprintf("certificate %d of the chain", i+1)
		}
	}
	return "the trusted root"
}

// subjectName is the name that people know a certificate by.
func subjectName(c *x509.Certificate) string {
	name := nameOf(&c.Subject)
	if name == "" && len(c.DNSNames) > 0 { // the subject may be empty where the names are (RFC 5280 §4.1.2.6)
		name = c.DNSNames[0]
	}
	return short(cmp.Or(name, "without a name"))
}

func issuerName(c *x509.Certificate) string {
	return short(cmp.Or(nameOf(&c.Issuer), "without a name"))
}

// nameOf is the common name, or all of a name that has none.
func nameOf(n *pkix.Name) string {
	if n.CommonName != "" {
		return n.CommonName
	}
	return n.String()
}

// certificateNames are the hosts that a certificate is for.
func certificateNames(c *x509.Certificate) string {
	var names []string
	for _, n := range c.DNSNames {
		names = append(names, short(n))
	}
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > 5 {
		names = append(names[:5], fmt.Sprintf("%d more", len(names)-5))
	}
	return wire.VisibleString(strings.Join(names, ", "))
}

// longName is how much of a name is told; the certificate itself is kept whole.
const longName = 200

// short makes a name out of a certificate visible, and bounds it.
func short(name string) string {
	if len(name) <= longName {
		return wire.VisibleString(name)
	}
	return fmt.Sprintf("%s… (%d bytes)", wire.VisibleString(strings.ToValidUTF8(name[:longName], "")), len(name))
}

func keyName(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return cmp.Or(tlswire.KeyKind(c.RawSubjectPublicKeyInfo), "unknown")
}

// signatureName is the algorithm of its signature, which Go need not know.
func signatureName(c *x509.Certificate) string {
	if c.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		return c.SignatureAlgorithm.String()
	}
	return cmp.Or(tlswire.CertificateSignature(c.Raw), "unknown")
}

func fingerprint(der []byte) string {
	const digits = "0123456789ABCDEF"
	var out [2 * sha256.Size]byte
	for i, b := range sha256.Sum256(der) {
		out[2*i], out[2*i+1] = digits[b>>4], digits[b&15]
	}
	return string(out[:])
}
