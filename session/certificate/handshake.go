package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// DescribeCertificate is a certificate as the log has it.
func DescribeCertificate(c *x509.Certificate) record.Certificate { return naming{}.describe(c) }

// Described is the chain as it was sent.
func (v *Verification) Described() (list []record.Certificate) {
	list = slices.Grow(list, len(v.Chain))
	for _, c := range v.Chain {
		list = append(list, v.naming().describe(c))
	}
	return list
}

// naming has the names of a chain written out, each once, by their encoding: all but the first are those of a subject and of an issuer,
// and are asked for again by who looks for an interceptor.
type naming map[string]string

func (v *Verification) naming() naming {
	if v.names == nil {
		v.names = make(naming)
	}
	return v.names
}

func (n naming) subject(c *x509.Certificate) string { return n.of(c.RawSubject, &c.Subject) }
func (n naming) issuer(c *x509.Certificate) string  { return n.of(c.RawIssuer, &c.Issuer) }

func (n naming) of(raw []byte, name *pkix.Name) string {
	text, known := n[string(raw)]
	if !known {
		text = name.String()
		n[string(raw)] = text
	}
	return text
}

func (n naming) describe(c *x509.Certificate) record.Certificate {
	d := record.Certificate{Subject: short(n.subject(c)), Issuer: short(n.issuer(c)),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: keyName(c), Signature: signatureName(c),
		SHA256: fingerprint(c.Raw), CA: c.IsCA, Raw: c.Raw}
	for _, n := range c.DNSNames {
		d.Names = append(d.Names, short(n))
	}
	for _, ip := range c.IPAddresses {
		d.Names = append(d.Names, ip.String())
	}
	return d
}

// groupOf names the group of the key exchange; empty when there was none.
func GroupOf(cs tls.ConnectionState) string {
	if cs.CurveID == 0 {
		return ""
	}
	return tlswire.GroupName(uint16(cs.CurveID))
}

func FoundBefore(checks []record.Check, c record.Check) bool {
	return slices.ContainsFunc(checks, func(b record.Check) bool { return b.Finding == c.Finding })
}
