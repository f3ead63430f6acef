package certificate

import (
	"bytes"
	"crypto/x509"
	"errors"
	"time"
)

// longestPath bounds what is followed by hand: a server may send hundreds of certificates.
const longestPath = 10

// findPath looks for a way from the server's certificate to a trusted root. One that holds at another time is one too:
// an expired certificate is not also untrusted.
func (v *Verification) findPath() {
	if v.leads(v.Now) {
		return
	}
	v.path = v.sentPath()
	if v.allInTime() {
		return
	}
	for _, c := range v.path {
		if v.leads(c.NotAfter) || v.leads(c.NotBefore) {
			return
		}
	}
}

// leads takes a way to a trusted root, if there is one at that time. What stands against the first is why there is none, unless that is the time.
func (v *Verification) leads(at time.Time) bool {
	found, err := v.lead(at)
	if err == nil {
		v.take(found)
		return true
	}
	if v.failure == nil || outOfTime(v.failure) {
		v.failure = err
	}
	return false
}

// sentPath follows the names of the issuers through what was sent, which may be in any order, and in circles.
func (v *Verification) sentPath() []*x509.Certificate {
	path := v.Chain[:1:1]
	for len(path) < longestPath {
		last := path[len(path)-1]
		next := v.issuerOf(last)
		if next == nil || selfSigned(last) {
			break
		}
		path = append(path, next)
	}
	return path
}

// issuerOf finds the certificate of a certificate's issuer among those that were sent: rather one whose signature fits.
func (v *Verification) issuerOf(c *x509.Certificate) *x509.Certificate {
	var named *x509.Certificate
	for _, other := range v.Chain[:min(len(v.Chain), longestPath)] {
		switch {
		case other == c || !bytes.Equal(other.RawSubject, c.RawIssuer):
		case named == nil:
			named = other
		case c.CheckSignatureFrom(named) != nil && c.CheckSignatureFrom(other) == nil:
			named = other
		}
	}
	return named
}

func (v *Verification) allInTime() bool {
	for _, c := range v.path {
		if v.Now.After(c.NotAfter) || v.Now.Before(c.NotBefore) {
			return false
		}
	}
	return true
}

// lead asks crypto/x509 for the ways to a trusted root. Usage is a question of its own.
func (v *Verification) lead(at time.Time) ([][]*x509.Certificate, error) {
	opts := x509.VerifyOptions{Roots: v.Roots, Intermediates: x509.NewCertPool(), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, c := range v.Chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	return v.Chain[0].Verify(opts)
}

// take chooses among the ways found: rather one that is meant for servers all along.
func (v *Verification) take(found [][]*x509.Certificate) {
	v.path, v.failure = found[0], nil
	for _, path := range found {
		if misused(path) == nil {
			v.path = path
			break
		}
	}
	v.anchor = v.path[len(v.path)-1]
}

// judged is the path without the trusted root: a root is trusted by itself.
func (v *Verification) judged() []*x509.Certificate {
	if v.anchor != nil && len(v.path) > 1 {
		return v.path[:len(v.path)-1]
	}
	return v.path
}

func outOfTime(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
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
