package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"slices"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// Described is the chain as it was sent.
func (v *Verification) Described() []record.Certificate {
	list := make([]record.Certificate, len(v.Chain))
	for i, c := range v.Chain {
		list[i] = DescribeCertificate(c)
	}
	return list
}

// DescribeCertificate is a certificate as the log has it.
func DescribeCertificate(c *x509.Certificate) record.Certificate {
	d := record.Certificate{Subject: short(c.Subject.String()), Issuer: short(c.Issuer.String()),
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
