package tlswire

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
)

// KeyName says kind and size of a public key in DER, a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): "RSA 2048 bit", "ECDSA P-256".
// A kind that Go does not read goes by its algorithm: "Ed448", "ECDSA secp256k1". It is empty where that cannot be read either.
func KeyName(spki []byte) string {
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return KeyKind(spki)
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bit", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	}
	return KeyKind(spki)
}

// KeyKind is the kind of a key by the algorithm that stands before it, with the curve if it has one, in a
// SubjectPublicKeyInfo or a private key of PKCS #8 (RFC 5958 §2). It is empty where none can be read.
func KeyKind(der []byte) string {
	d := elements{b: der}
	d.enter(tagSequence)
	if d.next() == tagInteger { // the version of PKCS #8
		d.take(tagInteger)
	}
	d.enter(tagSequence)
	algorithm := d.identifier()
	if algorithm == oidEC && d.next() == tagOID {
		return "ECDSA " + everyday(d.identifier())
	}
	return everyday(algorithm)
}

// CertificateKey is [KeyName] of the key in a certificate, which Go need not be able to parse (RFC 5280 §4.1).
func CertificateKey(der []byte) string {
	d := elements{b: der}
	d.enter(tagSequence)
	d.enter(tagSequence)
	if d.next() == tagContext|tagConstructed { // the version
		d.take(tagContext | tagConstructed)
	}
	for _, tag := range []byte{tagInteger, tagSequence, tagSequence, tagSequence, tagSequence} { // serial number, signature, issuer, validity, subject
		d.take(tag)
	}
	e, err := readElement(d.b)
	if err != nil {
		return ""
	}
	return KeyName(d.b[:e.size()])
}

// CertificateSignature names the algorithm by which a certificate is signed, also one that Go does not know (RFC 5280 §4.1.1.2).
func CertificateSignature(der []byte) string {
	d := elements{b: der}
	d.enter(tagSequence)
	d.take(tagSequence)
	d.enter(tagSequence)
	return named(d.identifier())
}

const oidEC = "1.2.840.10045.2.1"

// everyday is what people call a kind of key or a curve that has another name as an identifier (RFC 3279 §2.3, RFC 4055
// §1.2, FIPS 186-5).
func everyday(oid string) string {
	switch oid {
	case "1.2.840.113549.1.1.1":
		return "RSA"
	case "1.2.840.113549.1.1.10":
		return "RSA-PSS"
	case "1.2.840.10040.4.1":
		return "DSA"
	case oidEC:
		return "ECDSA"
	case "1.2.840.10045.3.1.7":
		return "P-256"
	case "1.3.132.0.34":
		return "P-384"
	case "1.3.132.0.35":
		return "P-521"
	}
	return named(oid)
}

// named is the name of an object identifier, or the identifier itself.
func named(oid string) string { return cmp.Or(oidName(oid), oid) }

// elements takes DER apart without making fields of it. Once bad, it stays so and yields nothing.
type elements struct {
	b   []byte
	bad bool
}

// next is the tag of what comes next, 0 if nothing does.
func (d *elements) next() byte {
	e, err := readElement(d.b)
	if err != nil {
		return 0
	}
	return e.tag
}

// take is the content of the next element, which has to have that tag.
func (d *elements) take(tag byte) []byte {
	e, err := readElement(d.b)
	if d.bad = d.bad || err != nil || e.tag != tag; d.bad {
		d.b = nil
		return nil
	}
	d.b = d.b[e.size():]
	return e.content
}

// enter goes on with the content of the next element.
func (d *elements) enter(tag byte) { d.b = d.take(tag) }

func (d *elements) identifier() string {
	text, ok := dotted(d.take(tagOID))
	if !ok {
		return ""
	}
	return text
}

// keyLine is [KeyName], or that it is not known.
func keyLine(spki []byte) string { return cmp.Or(KeyName(spki), "a key that cannot be read") }

// weakKey warns of RSA keys under 2048 bits and of DSA (RFC 9325 §4.5).
func weakKey(name string) string {
	var bits int
	if n, _ := fmt.Sscanf(name, "RSA %d bit", &bits); n == 1 && bits < 2048 {
		return "weak: an RSA key needs at least 2048 bits (RFC 9325 §4.5)"
	}
	if strings.HasPrefix(name, "DSA") {
		return "weak: DSA is no longer used"
	}
	return ""
}
