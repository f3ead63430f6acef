package certificate

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"ehlo/session/record"
	"slices"
)

// checkUsage asks whether every certificate of the path is meant for servers. RFC 5280 §4.2.1.12 speaks of the key in
// the certificate alone; clients hold what a CA may issue to the same list, and so do we.
func (v *Verification) checkUsage() record.Check {
	if v.Chain[0].KeyUsage != 0 && v.Chain[0].KeyUsage&serverKeyUsage == 0 {
		return fails("usage", record.FoundCertificateWrongUsage, "%s is not valid for TLS: its key usage does not include digitalSignature", v.called(v.Chain[0])).
			Mend(record.WhoOperator, "get a certificate whose key usage includes digitalSignature")
	}
	switch c := misused(v.path); {
	case c == nil && len(v.Chain[0].ExtKeyUsage)+len(v.Chain[0].UnknownExtKeyUsage) == 0:
		return holds("usage", "not limited to certain uses")
	case c == nil:
		return holds("usage", "issued for servers")
	case c == v.path[0]:
		return fails("usage", record.FoundCertificateWrongUsage, "%s is not valid for servers: its extended key usage does not include serverAuth", v.called(c)).
			Mend(record.WhoOperator, "get a certificate with serverAuth in its extended key usage")
	default:
		return fails("usage", record.FoundCertificateWrongUsage, "%s may not issue for servers: its extended key usage does not include serverAuth", v.called(c)).
			Mend(record.WhoOperator, "get a certificate from an issuing CA that may issue for servers")
	}
}

// serverKeyUsage is what a server needs its key for: signatures, and with the static key exchanges of TLS 1.2 one of the
// other two (RFC 9846 §4.5.1.2, RFC 5246 §7.4.2).
const serverKeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement

// misused is the first certificate of a path that is limited to other uses than a server's, nil if none is.
func misused(path []*x509.Certificate) *x509.Certificate {
	for _, c := range path {
		limited := len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
		if limited && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
			return c
		}
	}
	return nil
}

// checkKey follows RFC 9325 §4.5: RSA keys have at least 2048 bits. crypto/x509 accepts 1024; OpenSSL at the level that
// distributions set and the browsers do not, and anyone who can compute the key can be the server. So it proves nothing.
func (v *Verification) checkKey() record.Check {
	for _, c := range v.judged() {
		if check, bad := v.weakKey("key", c); bad {
			return check
		}
	}
	return v.well("key", func() string { return keyName(v.Chain[0]) })
}

func (v *Verification) weakKey(name string, c *x509.Certificate) (check record.Check, bad bool) {
	bits, kind, least := 0, "", 0
	switch key := c.PublicKey.(type) {
	case *ecdsa.PublicKey:
		bits, kind, least = key.Curve.Params().BitSize, "ECDSA", 256
	case *rsa.PublicKey:
		bits, kind, least = key.N.BitLen(), "RSA", 2048
	}
	if bits >= least {
		return record.Check{}, false
	}
	check = fails(name, record.FoundCertificateWeakKey, "%s has a weak key: %s with %d bits, where %d is the minimum today%s", v.called(c), kind, bits, least, whoBreaks(kind, bits))
	if c != v.Chain[0] {
		return check.Mend(record.WhoOperator, "get a certificate from an issuing CA with a strong key"), true
	}
	return check.Mend(record.WhoOperator, "generate a new key, ECDSA or RSA of 2048 bits or more, and get a certificate for it"), true
}

// brokenInPublic is the longest RSA key that was ever factored in public: RSA-250, in February 2020.
const brokenInPublic = 829

// whoBreaks says how far it is to breaking an RSA key.
func whoBreaks(kind string, bits int) string {
	switch {
	case kind != "RSA" || bits > 1024:
		return ""
	case bits > brokenInPublic:
		return ". No key of this length is known to have been broken, but a state may be able to do it"
	}
	return ". Keys of that length have been broken in public"
}

// checkSignature follows RFC 9155 §5 and RFC 9325 §4.5.
func (v *Verification) checkSignature() record.Check {
	for _, c := range v.judged() {
		if weak(c.SignatureAlgorithm) && !selfSigned(c) { // a root is trusted by itself, not by its signature
			return v.weaklySigned("signature", c)
		}
	}
	if selfSigned(v.Chain[0]) {
		return holds("signature", "not relied on: its own key made it ("+v.Chain[0].SignatureAlgorithm.String()+"), so it proves nothing")
	}
	return v.well("signature", v.Chain[0].SignatureAlgorithm.String)
}

func (v *Verification) weaklySigned(name string, c *x509.Certificate) record.Check {
	return fails(name, record.FoundCertificateWeakSignature, "%s has a weak signature: %s can be forged", v.called(c), c.SignatureAlgorithm).
		Mend(record.WhoOperator, "have the certificate issued again with SHA-256 or better")
}

func weak(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}
