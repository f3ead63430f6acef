package tlswire

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"time"
)

// ParseCertificate opens an X.509 certificate in DER (RFC 5280 §4.1). at is
// the moment for which its validity is judged; a zero at judges nothing. What
// does not fit is kept as bytes with the reason; there is always at least one
// field.
func ParseCertificate(der []byte, at time.Time) []Field {
	p := newParser(der, at)
	p.certificate()
	p.end()
	return p.out
}

// fingerprints returns the SHA-256 and SHA-1 fingerprints of a certificate in
// DER, in upper case hexadecimal with colons, as administrators compare them.
func fingerprints(der []byte) (sha256Print, sha1Print string) {
	long, short := sha256.Sum256(der), sha1.Sum(der)
	return colons(long[:]), colons(short[:])
}

func colons(b []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 3*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15], ':')
	}
	return string(bytes.TrimSuffix(out, []byte{':'}))
}

// certificate parses the whole certificate.
func (p *parser) certificate() {
	der := p.peek(p.left())
	long, short := fingerprints(der)
	p.der("certificate", tagSequence, "SHA-256 fingerprint:\n"+long+"\nSHA-1 fingerprint:\n"+short, "RFC 5280 §4.1", func(p *parser) {
		p.der("tbsCertificate", tagSequence, "the data that the issuer signed", "RFC 5280 §4.1.1.1", (*parser).toBeSigned)
		p.algorithm("signatureAlgorithm", "RFC 5280 §4.1.1.2")
		p.leaf("signatureValue", tagBitString, "made with the issuer's key over tbsCertificate", "RFC 5280 §4.1.1.3")
	})
	if f := p.made(); f != nil {
		f.Value = subjectLine(der)
	}
}

// subjectLine says whose certificate it is in one line.
func subjectLine(der []byte) string {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return "crypto/x509 refuses it: " + visible(err.Error())
	}
	subject, _ := nameOf(cert.RawSubject)
	if subject == "" && len(cert.DNSNames) > 0 {
		subject = visible(cert.DNSNames[0])
	}
	return subject
}

// toBeSigned parses the signed part (RFC 5280 §4.1.2).
func (p *parser) toBeSigned() {
	if p.has(tagContext | tagConstructed) {
		p.der("version", tagContext|tagConstructed, "0 is version 1, 2 is version 3", "RFC 5280 §4.1.2.1", func(p *parser) {
			v := p.leaf("version", tagInteger, "", "")
			if f := p.made(); f != nil && len(v) == 1 {
				f.Value = fmt.Sprintf("v%d (%d)", v[0]+1, v[0])
			}
		})
	}
	p.leaf("serialNumber", tagInteger, "the issuer's number for the certificate", "RFC 5280 §4.1.2.2")
	p.algorithm("signature", "RFC 5280 §4.1.2.3")
	p.name("issuer", "who signed it", "RFC 5280 §4.1.2.4")
	p.validity()
	p.name("subject", "the owner; host names are in subjectAltName", "RFC 5280 §4.1.2.6")
	p.publicKey()
	p.optional("issuerUniqueID", tagContext|1)
	p.optional("subjectUniqueID", tagContext|2)
	if p.has(tagContext | tagConstructed | 3) {
		p.der("extensions", tagContext|tagConstructed|3, "", "RFC 5280 §4.1.2.9", func(p *parser) {
			p.der("extensions", tagSequence, "", "", func(p *parser) { p.each((*parser).certificateExtension) })
		})
	}
}

func (p *parser) optional(name string, tag byte) {
	if p.has(tag) {
		p.leaf(name, tag, "rarely used", "RFC 5280 §4.1.2.8")
	}
}

// algorithm parses an AlgorithmIdentifier; its value is the algorithm's name.
func (p *parser) algorithm(name, ref string) {
	p.der(name, tagSequence, "", ref, func(p *parser) {
		p.leaf("algorithm", tagOID, "", "")
		p.tree(0)
	})
	if f := p.made(); f != nil && len(f.Children) > 1 {
		f.Value = f.Children[1].Value
		f.Meaning = weakAlgorithm(f.Value)
	}
}

// made is the field made last, nil after a failure.
func (p *parser) made() *Field {
	if p.failed || len(p.out) == 0 {
		return nil
	}
	return p.last()
}

// weakAlgorithm warns of hashes that collide (RFC 9155).
func weakAlgorithm(name string) string {
	lower := strings.ToLower(name)
	for _, broken := range [...]string{"md2", "md5", "sha1"} {
		if strings.Contains(lower, broken) {
			return "weak: the hash has collisions; harmless only in the self-signature of a root"
		}
	}
	return ""
}

// name parses a distinguished name, one field an attribute set.
func (p *parser) name(name, meaning, ref string) {
	whole := p.peek(p.left())
	p.der(name, tagSequence, meaning, ref, func(p *parser) {
		p.each(func(p *parser) {
			set := p.leaf("relativeDistinguishedName", tagSet, "", "")
			if f := p.made(); f != nil {
				f.Value = relativeName(set)
			}
		})
	})
	if f := p.made(); f != nil {
		f.Value, _ = nameOf(whole[:f.Len])
	}
}

// validity parses the two times and judges them (RFC 5280 §4.1.2.5).
func (p *parser) validity() {
	var from, until time.Time
	p.der("validity", tagSequence, "", "RFC 5280 §4.1.2.5", func(p *parser) {
		from = p.time("notBefore", "not valid before")
		until = p.time("notAfter", "not valid after")
	})
	if f := p.made(); f != nil && !from.IsZero() && !until.IsZero() {
		f.Value = from.Format(time.DateOnly) + " to " + until.Format(time.DateOnly)
		f.Meaning = p.span(from, until)
	}
}

// span says in words where the moment is within a certificate's validity.
func (p *parser) span(from, until time.Time) string {
	switch {
	case p.at.IsZero():
		return ""
	case p.at.Before(from):
		return "not yet valid: becomes valid in " + days(from.Sub(p.at))
	case p.at.After(until):
		return "expired " + days(p.at.Sub(until)) + " ago"
	}
	return days(until.Sub(p.at)) + " left of " + days(until.Sub(from))
}

// days writes a duration in days, in hours under two days.
func days(d time.Duration) string {
	if d < 48*time.Hour {
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

func (p *parser) time(name, meaning string) time.Time {
	tag := byte(tagUTCTime)
	if p.has(tagTime) {
		tag = tagTime
	}
	content := p.leaf(name, tag, meaning, "")
	t, ok := derTime(tag, string(content))
	if f := p.made(); f != nil {
		if !ok {
			f.Bad = "not a time in the form that RFC 5280 §4.1.2.5 requires"
			return t
		}
		f.Value = t.Format(time.RFC3339)
	}
	return t
}

// derTime reads UTCTime (two digits of year, from 1950 on) or GeneralizedTime.
func derTime(tag byte, s string) (time.Time, bool) {
	layout := "20060102150405Z"
	if tag == tagUTCTime {
		layout = layout[2:]
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, false
	}
	if tag == tagUTCTime && t.Year() >= 2050 {
		t = t.AddDate(-100, 0, 0)
	}
	return t, true
}

// publicKey parses the subject's key and says its kind and size.
func (p *parser) publicKey() {
	var algorithm string
	whole := p.peek(p.left())
	p.der("subjectPublicKeyInfo", tagSequence, "the public key that the certificate certifies", "RFC 5280 §4.1.2.7", func(p *parser) {
		p.algorithm("algorithm", "RFC 5280 §4.1.1.2")
		if f := p.made(); f != nil {
			algorithm = f.Value
		}
		p.keyBits(strings.HasPrefix(algorithm, "rsaEncryption"))
	})
	if f := p.made(); f != nil {
		f.Value = keyLine(whole[:f.Len])
		f.Meaning = joined(f.Meaning, weakKey(f.Value))
	}
}

// keyBits parses the key itself: an RSA key is DER again (RFC 3279 §2.3.1).
func (p *parser) keyBits(rsa bool) {
	if !rsa {
		p.leaf("subjectPublicKey", tagBitString, "the public key", "")
		return
	}
	p.der("subjectPublicKey", tagBitString, "the public key", "RFC 3279 §2.3.1", func(p *parser) {
		p.number("unused bits", 1, "always 0 here", "")
		p.der("RSAPublicKey", tagSequence, "", "", func(p *parser) {
			p.leaf("modulus", tagInteger, "the product of two secret primes", "")
			p.leaf("publicExponent", tagInteger, "", "")
		})
	})
}
