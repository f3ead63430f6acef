package session

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"ehlo/session/wire"
)

// verify asks every question about a server's chain and keeps every answer; it enforces nothing. Go's own verdict is
// one error, the first it meets, and the same for a self-signed certificate and a missing intermediate.
func verify(chain []*x509.Certificate, roots *x509.CertPool, host string, now time.Time) []Check {
	if len(chain) == 0 {
		return []Check{{Name: "chain", Finding: "cert-missing", Text: "the server sent no certificate"}}
	}
	return []Check{
		checkTime(chain, now), checkHost(chain[0], host), checkChain(chain, roots, now),
		checkUsage(chain[0]), checkKey(chain), checkSignature(chain),
	}
}

func allHold(checks []Check) bool {
	for _, c := range checks {
		if !c.OK {
			return false
		}
	}
	return len(checks) > 0
}

func holds(name, format string, args ...any) Check {
	return Check{Name: name, OK: true, Text: fmt.Sprintf(format, args...)}
}

func fails(name, finding, format string, args ...any) Check {
	return Check{Name: name, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// checkTime looks at every certificate: an intermediate that ended breaks the chain just as well.
func checkTime(chain []*x509.Certificate, now time.Time) Check {
	for i, c := range chain {
		switch {
		case now.After(c.NotAfter):
			return fails("time", "cert-expired", "%s ended %s (%s)", ordinal(i), span(now.Sub(c.NotAfter))+" ago", day(c.NotAfter))
		case now.Before(c.NotBefore):
			return fails("time", "cert-not-yet-valid", "%s begins in %s (%s); check both clocks", ordinal(i), span(c.NotBefore.Sub(now)), day(c.NotBefore))
		}
	}
	return holds("time", "valid for another %s, until %s", span(chain[0].NotAfter.Sub(now)), day(chain[0].NotAfter))
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

// span rounds a duration the way people say it.
func span(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case days > 1:
		return fmt.Sprintf("%d days", days)
	case days == 1:
		return "1 day"
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

func ordinal(i int) string {
	if i == 0 {
		return "the server's certificate"
	}
	return fmt.Sprintf("certificate %d of the chain", i+1)
}

// checkHost follows RFC 7817 §3 and RFC 9525: subjectAltName only. A common name alone no longer counts.
func checkHost(leaf *x509.Certificate, host string) Check {
	if leaf.VerifyHostname(host) == nil {
		return holds("host", "the certificate names %s", host)
	}
	names := certificateNames(leaf)
	if names == "" {
		return fails("host", "cert-wrong-host", "the certificate names no host at all (a common name does not count), %s was asked for", host)
	}
	return fails("host", "cert-wrong-host", "the certificate is for %s, not for %s", names, host)
}

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

// checkChain asks only whether the chain leads to a trusted root: it is judged at a time when its certificates were
// valid, so that an expired certificate is not also called untrusted.
func checkChain(chain []*x509.Certificate, roots *x509.CertPool, now time.Time) Check {
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	var failure error
	for _, opts.CurrentTime = range chainTimes(chain, now) {
		verified, err := chain[0].Verify(opts)
		if err == nil {
			root := verified[0][len(verified[0])-1]
			return holds("chain", "leads to the trusted root %s", commonName(root))
		}
		if failure == nil || outOfTime(failure) {
			failure = err
		}
	}
	if outOfTime(failure) && !(selfSigned(chain[0]) && len(chain) == 1) {
		return fails("chain", "cert-expired", "the certificates of the chain are never valid at the same time, so nobody can tell where it leads")
	}
	return untrustedChain(chain, failure)
}

// chainTimes are the moments at which a chain may hold: now, and the ends of each certificate's validity.
func chainTimes(chain []*x509.Certificate, now time.Time) []time.Time {
	times := []time.Time{now}
	for _, c := range chain {
		times = append(times, c.NotAfter, c.NotBefore)
	}
	return times
}

func outOfTime(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

func untrustedChain(chain []*x509.Certificate, err error) Check {
	leaf := chain[0]
	switch weak := checkSignature(chain); {
	case selfSigned(leaf) && len(chain) == 1:
		return fails("chain", "cert-self-signed", "the certificate is signed by its own key: nobody else vouches for it")
	case !weak.OK: // crypto/x509 does not follow it, and says no more than that the issuer is not known
		return fails("chain", weak.Finding, "%s: the chain cannot be followed over it", weak.Text)
	case !leadsTo(err):
		return fails("chain", "cert-unknown-issuer", "the chain does not hold: %s", wire.VisibleString(lastError(err).Error()))
	case issuerOf(leaf, chain) == nil:
		return fails("chain", "cert-missing-intermediate", "the certificate of the issuer, %s, is neither sent nor trusted: the server's operator has to send it%s",
			issuerName(leaf), whereToGet(leaf))
	}
	end := endOf(chain)
	if selfSigned(end) {
		return fails("chain", "cert-unknown-issuer", "the chain ends in %s, which is not among the trusted roots", commonName(end))
	}
	return fails("chain", "cert-unknown-issuer", "the issuer of %s, %s, is neither sent nor among the trusted roots%s", commonName(end), issuerName(end), whereToGet(end))
}

// issuerOf finds the certificate of a certificate's issuer among those that were sent.
func issuerOf(c *x509.Certificate, chain []*x509.Certificate) *x509.Certificate {
	for _, other := range chain {
		if other != c && bytes.Equal(other.RawSubject, c.RawIssuer) {
			return other
		}
	}
	return nil
}

// endOf is the last certificate that the first one leads to. A chain may come in any order, and in circles.
func endOf(chain []*x509.Certificate) *x509.Certificate {
	c := chain[0]
	for range chain {
		next := issuerOf(c, chain)
		if next == nil || selfSigned(c) {
			break
		}
		c = next
	}
	return c
}

// whereToGet is what the certificate itself says about its issuer's (authority information access, RFC 5280 §4.2.2.1).
func whereToGet(c *x509.Certificate) string {
	if len(c.IssuingCertificateURL) == 0 {
		return ""
	}
	return "; the certificate says where it is: " + short(c.IssuingCertificateURL[0])
}

// leadsTo reports whether the only trouble is that the issuer is not known.
func leadsTo(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown)
}

// selfSigned goes by the names alone where the signature is of a kind that is not checked any more.
func selfSigned(c *x509.Certificate) bool {
	if !bytes.Equal(c.RawSubject, c.RawIssuer) {
		return false
	}
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	var insecure x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &insecure)
}

func commonName(c *x509.Certificate) string {
	return short(orElse(c.Subject.CommonName, c.Subject.String()))
}

func issuerName(c *x509.Certificate) string {
	return short(orElse(c.Issuer.CommonName, c.Issuer.String()))
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

func checkUsage(leaf *x509.Certificate) Check {
	if len(leaf.ExtKeyUsage) == 0 && len(leaf.UnknownExtKeyUsage) == 0 {
		return holds("usage", "not limited to any use")
	}
	for _, u := range leaf.ExtKeyUsage {
		if u == x509.ExtKeyUsageServerAuth || u == x509.ExtKeyUsageAny {
			return holds("usage", "made for servers")
		}
	}
	return fails("usage", "cert-wrong-usage", "the certificate is not made for servers: serverAuth is not among its extended key usages")
}

// checkKey follows RFC 9325 §4.5: RSA keys have at least 2048 bits.
func checkKey(chain []*x509.Certificate) Check {
	for i, c := range chain {
		if key, ok := c.PublicKey.(*ecdsa.PublicKey); ok && key.Curve.Params().BitSize < 256 {
			return fails("key", "cert-weak-key", "%s has an ECDSA key of %d bits; less than 256 is too weak", ordinal(i), key.Curve.Params().BitSize)
		}
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
			return fails("key", "cert-weak-key", "%s has an RSA key of %d bits; less than 2048 is too weak", ordinal(i), key.N.BitLen())
		}
	}
	return holds("key", "%s", keyName(chain[0]))
}

func checkSignature(chain []*x509.Certificate) Check {
	for i, c := range chain {
		if selfSigned(c) {
			continue // a root is trusted by itself, not by its signature
		}
		switch c.SignatureAlgorithm {
		case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
			return fails("signature", "cert-weak-signature", "%s is signed with %s, which can be forged", ordinal(i), c.SignatureAlgorithm)
		}
	}
	return holds("signature", "%s", chain[0].SignatureAlgorithm)
}

func keyName(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}

func fingerprint(der []byte) string { return fmt.Sprintf("%X", sha256.Sum256(der)) }
