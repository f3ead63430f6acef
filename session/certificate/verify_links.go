package certificate

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"strconv"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
)

// links are the certificates of the path with what holds each to the one above. A path that does not lead to a trusted
// root is followed as far as it goes, also beyond the link that is broken.
func (v *Verification) Links() []record.Link {
	if len(v.Chain) == 0 {
		return nil
	}
	path, anchored := v.wholePath()
	list := make([]record.Link, len(path))
	for i, c := range path {
		list[i] = record.Link{Sent: v.placeOf(c), Checks: v.linkChecks(path, i, anchored)}
		if list[i].Sent == 0 {
			d := DescribeCertificate(c)
			list[i].Certificate = &d
		}
	}
	if anchored {
		list[len(list)-1].Trusted = cmp.Or(v.Trust, "among the given roots")
	}
	v.blameRules(list)
	return list
}

// placeOf is the place of a certificate in what was sent, counted from 1; 0 if it was not sent.
func (v *Verification) placeOf(c *x509.Certificate) int {
	for i, sent := range v.Chain {
		if sent.Equal(c) {
			return i + 1
		}
	}
	return 0
}

// wholePath is the path with what stands above it: a link may be broken although those above it hold.
func (v *Verification) wholePath() (path []*x509.Certificate, anchored bool) {
	if v.anchor != nil {
		return v.path, true
	}
	top := v.path[len(v.path)-1]
	for _, at := range []time.Time{v.Now, top.NotAfter, top.NotBefore} {
		opts := x509.VerifyOptions{Roots: v.Roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		if found, err := top.Verify(opts); err == nil && len(v.path) > 1 {
			return append(v.path[:len(v.path):len(v.path)], found[0][1:]...), true
		}
	}
	return v.path, false
}

// linkChecks are the questions about one certificate of a path: whether the key above made its signature, whether it may
// issue what is below it, its dates, and its key if that is weak. A trusted root is trusted by itself.
func (v *Verification) linkChecks(path []*x509.Certificate, i int, anchored bool) []record.Check {
	c, top := path[i], i == len(path)-1
	list := make([]record.Check, 0, 3)
	switch {
	case !top:
		list = append(list, v.signedBy(c, path[i+1]))
	case !anchored:
		list = append(list, v.unsupported(c))
	}
	if i > 0 {
		list = append(list, mayIssue(c, i-1))
	}
	list = append(list, v.inTime(c))
	if n := len(c.UnhandledCriticalExtensions); n > 0 {
		list = append(list, fails("rules", "", "has a critical extension that this program does not know: %s", c.UnhandledCriticalExtensions[0]))
	}
	if weak, bad := v.weakKey("key", c); bad && !(top && anchored) {
		list = append(list, fails("key", weak.Finding, "the key is too weak: %s", keyName(c)))
	}
	return list
}

// signedBy asks for the signature alone. Who may sign is a question to the one above. On the way to a trusted root
// crypto/x509 has checked it already.
func (v *Verification) signedBy(child, parent *x509.Certificate) record.Check {
	var err error
	if v.anchor == nil {
		err = parent.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature)
	}
	var insecure x509.InsecureAlgorithmError
	key, isRSA := parent.PublicKey.(*rsa.PublicKey)
	switch {
	case errors.As(err, &insecure), v.anchor == nil && weak(child.SignatureAlgorithm): // crypto/x509 lets SHA-1 pass here
		return fails("signature", record.FoundCertificateWeakSignature, "the signature can be forged: %s", child.SignatureAlgorithm)
	case err == nil:
		return holds("signature", "the signature is valid: made with the key of "+subjectName(parent)+" ("+child.SignatureAlgorithm.String()+")")
	case isRSA && key.N.BitLen() < 1024: // crypto/rsa does nothing with such a key
		return fails("signature", record.FoundCertificateWeakKey, "the signature proves nothing: the key of %s has %d bits", subjectName(parent), key.N.BitLen())
	case errors.Is(err, x509.ErrUnsupportedAlgorithm):
		return fails("signature", record.FoundCertificateChainInvalid, "the signature cannot be checked: this program does not know its algorithm (%s)", child.SignatureAlgorithm)
	}
	return fails("signature", record.FoundCertificateBadSignature, "the signature is wrong: the key of %s did not make it", subjectName(parent))
}

// unsupported says why a path ends at a certificate that nobody trusts.
func (v *Verification) unsupported(c *x509.Certificate) record.Check {
	var unknown x509.UnknownAuthorityError
	if errors.As(v.failure, &unknown) && c.Equal(unknown.Cert) {
		if _, why, named := strings.Cut(v.failure.Error(), "(possibly because of "); named && !selfSigned(c) {
			return fails("signature", "", "a trusted root has the name %s, but it did not sign this certificate: %s", issuerName(c), rootCause(why))
		}
	}
	if selfSigned(c) {
		return fails("signature", "", "self-signed, and not among the trusted roots")
	}
	return fails("signature", "", "the signature cannot be checked: %s is neither sent nor among the trusted roots", issuerName(c))
}

// mayIssue follows RFC 5280 §6.1.4 (k), (l) and (n); below is how many certificates that issue stand under this one.
func mayIssue(c *x509.Certificate, below int) record.Check {
	switch {
	case c.Version == 3 && !(c.BasicConstraintsValid && c.IsCA):
		return fails("issuer", record.FoundCertificateIssuerNotCA, "may not issue certificates: its basic constraints do not make it a CA")
	case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		return fails("issuer", record.FoundCertificateIssuerNotCA, "may not issue certificates: its key usage has no keyCertSign")
	case c.BasicConstraintsValid && c.MaxPathLen >= 0 && below > c.MaxPathLen:
		return fails("issuer", record.FoundCertificatePathTooLong, "may not issue at this depth: it allows %s below it, and this chain has %d",
			record.Plural(c.MaxPathLen, "CA certificate", "CA certificates"), below)
	case c.Version != 3:
		return holds("issuer", "may issue certificates: a version "+strconv.Itoa(c.Version)+" certificate has no field that forbids it")
	}
	return holds("issuer", "may issue certificates: a CA by its basic constraints")
}

func (v *Verification) inTime(c *x509.Certificate) record.Check {
	switch {
	case v.Now.After(c.NotAfter):
		return fails("time", record.FoundCertificateExpired, "expired on %s", day(c.NotAfter))
	case v.Now.Before(c.NotBefore):
		return fails("time", record.FoundCertificateNotYetValid, "is not valid before %s", day(c.NotBefore))
	}
	return holds("time", "valid from "+day(c.NotBefore)+" until "+day(c.NotAfter))
}

// blameRules gives a fault that no single link has to the certificate at the bottom: names that a CA above may not issue
// for, dates that never overlap. A path to a trusted root has none.
func (v *Verification) blameRules(list []record.Link) {
	if v.anchor != nil {
		return
	}
	for _, l := range list {
		if !l.Holds() {
			return
		}
	}
	if c := v.checkChain(); c.Failed() {
		entry, _ := explain.Finding(string(c.Finding))
		list[0].Checks = append(list[0].Checks, fails("rules", c.Finding, "%s", cmp.Or(entry.Short, c.Text)))
	}
}

// outOfOrder is the first certificate of the path that was not sent in its place, nil if all were.
func (v *Verification) outOfOrder() *x509.Certificate {
	place := 0
	for _, c := range v.path {
		sent := v.placeOf(c)
		if sent == 0 {
			continue
		}
		if place++; sent != place {
			return c
		}
	}
	return nil
}

// checkOrder looks at the order of what was sent. TLS 1.2 has each certificate follow the one that it issued (RFC 5246
// §7.4.2); RFC 9846 §4.5.1 only recommends it and has clients sort. So it does not count against the certificate. What
// was sent after the path does no harm, and is not remarked on here.
func (v *Verification) checkOrder() (check record.Check, asked bool) {
	wrong := v.outOfOrder()
	if wrong == nil {
		return record.Check{}, false
	}
	var order []string
	for _, c := range v.path {
		if sent := v.placeOf(c); sent > 0 {
			order = append(order, strconv.Itoa(sent))
		}
	}
	return leavesOpen("order", record.FoundCertificateChainOrder, "%s is out of order: each certificate has to follow the one that it issued, here %s",
		v.called(wrong), strings.Join(order, ", ")).
		Mend(record.WhoOperator, "send the certificates in the order %s, and leave out any other", strings.Join(order, ", ")), true
}
