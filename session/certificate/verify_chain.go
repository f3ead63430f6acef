package certificate

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// checkChain asks only whether the path leads to a trusted root.
func (v *Verification) checkChain() record.Check {
	if v.anchor != nil {
		for _, remark := range []func() (record.Check, bool){v.inspected, v.added} {
			if c, found := remark(); found {
				return c
			}
		}
		return v.well("chain", func() string { return "leads to the trusted root " + subjectName(v.anchor) })
	}
	for _, judge := range []func() (record.Check, bool){v.notUnderstood, v.intercepted, v.staged, v.selfSigned, v.brokenLink, v.brokenRule, v.noRoots, v.missingLink} {
		if c, found := judge(); found {
			return c
		}
	}
	return v.unknownEnd()
}

// notUnderstood is a critical extension that this program does not know: who does not know it has to refuse (RFC 5280 §4.2).
func (v *Verification) notUnderstood() (record.Check, bool) {
	for _, c := range v.path {
		if n := len(c.UnhandledCriticalExtensions); n > 0 {
			return fails("chain", record.FoundCertificateCriticalExtension, "%s has a critical extension that this program does not know: %s", v.called(c), c.UnhandledCriticalExtensions[0]).
				Mend(record.WhoOperator, "get a certificate without this extension, or with it not marked critical"), true
		}
	}
	return record.Check{}, false
}

// staged is a certificate of an environment for tests, in which anyone gets one: such a CA is for no one to trust.
func (v *Verification) staged() (record.Check, bool) {
	leaf := v.Chain[0]
	if issuer := strings.ToLower(leaf.Issuer.CommonName); !strings.Contains(issuer, "(staging)") && !strings.HasPrefix(issuer, "fake le ") {
		return record.Check{}, false
	}
	return fails("chain", record.FoundCertificateUnknownIssuer, "%s is a test certificate: its issuer, %s, is a CA's staging environment, which no client trusts", v.called(leaf), issuerName(leaf)).
		Mend(record.WhoOperator, "get the certificate from the production environment of the CA (in the ACME client, without its option for staging or tests)"), true
}

func (v *Verification) selfSigned() (record.Check, bool) {
	leaf := v.Chain[0]
	if !selfSigned(leaf) {
		return record.Check{}, false
	}
	return fails("chain", record.FoundCertificateSelfSigned, "%s is self-signed: no CA has signed it, so it proves nothing about its owner", v.called(leaf)).
		Mend(record.WhoOperator, "get a certificate from a CA that clients trust").
		Or("trust the server's certificate only after its operator has confirmed the fingerprint through another channel"), true
}

// brokenLink is a certificate of the path that the one above it did not, or may not, sign.
func (v *Verification) brokenLink() (record.Check, bool) {
	for i, parent := range v.path[1:] {
		child := v.path[i]
		if c, broken := v.link(child, parent); broken {
			return c, true
		}
		if parent.BasicConstraintsValid && parent.MaxPathLen >= 0 && i > parent.MaxPathLen {
			return fails("chain", record.FoundCertificatePathTooLong, "%s allows %s below it (path length in its basic constraints), and this chain has %d",
				v.called(parent), record.Plural(parent.MaxPathLen, "CA certificate", "CA certificates"), i).
				Mend(record.WhoOperator, "get a certificate from a CA that may issue certificates for servers"), true
		}
	}
	if weakest := v.checkSignature(); weakest.Failed() { // towards a root that was not sent
		weakest.Name = "chain"
		return notFollowed(weakest), true
	}
	return record.Check{}, false
}

func notFollowed(c record.Check) record.Check {
	c.Text += ", so it does not count"
	return c
}

// link judges one signature. RFC 5280 §6.1.4 (k) and (n) say who may sign.
func (v *Verification) link(child, parent *x509.Certificate) (check record.Check, broken bool) {
	err := child.CheckSignatureFrom(parent)
	if key, ok := parent.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 1024 { // crypto/rsa does nothing with such a key
		return v.weakKey("chain", parent)
	}
	var insecure x509.InsecureAlgorithmError
	var may x509.ConstraintViolationError
	switch {
	case err == nil:
		return record.Check{}, false
	case errors.As(err, &insecure):
		return notFollowed(v.weaklySigned("chain", child)), true
	case errors.As(err, &may):
		return fails("chain", record.FoundCertificateIssuerNotCA, "%s is not a CA certificate, by its basic constraints or its key usage. It may not issue %s", v.called(parent), v.called(child)).
			Mend(record.WhoOperator, "get a certificate from a CA; a server certificate may not issue others"), true
	case errors.Is(err, x509.ErrUnsupportedAlgorithm):
		return v.brokenOtherwise(child, fmt.Sprintf("this program does not know its signature algorithm (%s) or the type of its issuer's key", signatureName(child))), true
	}
	return fails("chain", record.FoundCertificateBadSignature, "the signature of %s is wrong: the key of %s, which has the name of its issuer, did not make it", v.called(child), v.called(parent)).
		Mend(record.WhoOperator, "send the certificate of the issuer that did sign it: a CA may have several keys under one name"), true
}

// brokenRule is what crypto/x509 says against a path that does lead to a root.
func (v *Verification) brokenRule() (record.Check, bool) {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var none x509.SystemRootsError
	switch {
	case errors.As(v.failure, &invalid) && (invalid.Reason == x509.CANotAuthorizedForThisName || invalid.Reason == x509.UnconstrainedName):
		return v.forbiddenName(invalid), true
	case outOfTime(v.failure):
		return fails("chain", record.FoundCertificateExpired, "the chain of %s cannot be verified: its certificates are never valid at the same time", v.called(v.Chain[0])).
			Mend(record.WhoOperator, "put the CA's current certificates into the chain"), true
	case errors.As(v.failure, &none):
		return v.rootless("cannot be read"), true
	case !errors.As(v.failure, &unknown):
		return v.brokenOtherwise(v.Chain[0], plainError(v.failure)), true
	}
	return v.brokenRoot()
}

// brokenRoot is a trusted root that has the right name and does not do. crypto/x509 tells why only in words.
func (v *Verification) brokenRoot() (record.Check, bool) {
	_, why, named := strings.Cut(v.failure.Error(), "(possibly because of ")
	end := v.path[len(v.path)-1]
	switch {
	case !named:
		return record.Check{}, false
	case strings.Contains(why, "has expired or is not yet valid"):
		return fails("chain", record.FoundCertificateExpired, "the trusted root that %s leads to, %s, has expired", v.called(end), issuerName(end)).
			Mend(record.WhoYou, "update the trusted roots of this machine, or the given CA file"), true
	case strings.Contains(why, "too many intermediates"):
		return fails("chain", record.FoundCertificatePathTooLong, "the trusted root that %s leads to, %s, allows fewer CA certificates below it (path length in its basic constraints)", v.called(end), issuerName(end)).
			Mend(record.WhoOperator, "get a certificate from a CA that may issue certificates for servers"), true
	}
	return fails("chain", record.FoundCertificateBadSignature, "%s names a trusted root, %s, as its issuer, but was not signed by the root that is trusted here: %s", v.called(end), issuerName(end), rootCause(why)).
		Mend(record.WhoOperator, "send the chain that belongs to the certificate: a CA may have several keys under one name").
		Or("if that CA has a new root, update the trusted roots of this machine from a source you trust"), true
}

// rootCause says in words of people what crypto/x509 puts in brackets after an error about a root.
func rootCause(why string) string {
	switch {
	case strings.Contains(why, "but have public key of type"):
		return "its key is of a different type than the key that signed"
	case strings.Contains(why, "cannot sign this kind"):
		return "it is not allowed to issue certificates"
	case strings.Contains(why, "insecure algorithm"):
		return "the signature algorithm is no longer accepted"
	case strings.Contains(why, "verification"):
		return "its key did not make the signature"
	}
	return "the signature does not match it"
}

func (v *Verification) brokenOtherwise(c *x509.Certificate, why string) record.Check {
	return fails("chain", record.FoundCertificateChainInvalid, "the chain of %s is not valid: %s", v.called(c), why).
		Mend(record.WhoOperator, "get a certificate that conforms to RFC 5280")
}

func plainError(err error) string {
	return wire.VisibleString(strings.TrimPrefix(wire.LastError(err).Error(), "x509: "))
}

// forbiddenName: a CA may be bound to some names (RFC 5280 §4.2.1.10).
func (v *Verification) forbiddenName(err x509.CertificateInvalidError) record.Check {
	bound, why := "a trusted root", wire.VisibleString(err.Detail)
	if i := slices.IndexFunc(v.path[1:], constrained); i >= 0 {
		c := v.path[1+i]
		if bound = subjectName(c); strings.HasPrefix(why, "DNS name") && strings.Contains(why, "not permitted") {
			why = cmp.Or(permitted(c), why)
		}
	}
	return fails("chain", record.FoundCertificateNameConstraint, "%s breaks a name constraint of %s: %s", v.called(v.Chain[0]), bound, why).
		Mend(record.WhoOperator, "get a certificate from a CA that may issue for %s", short(v.Host))
}

// permitted says for which host names a CA may issue; empty where its constraint is another.
func permitted(c *x509.Certificate) string {
	if len(c.PermittedDNSDomains) == 0 {
		return ""
	}
	const most = 4
	names := make([]string, 0, most)
	for _, d := range c.PermittedDNSDomains[:min(len(c.PermittedDNSDomains), most)] {
		names = append(names, short(d))
	}
	if more := len(c.PermittedDNSDomains) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return "only names in " + strings.Join(names, ", ")
}

func constrained(c *x509.Certificate) bool {
	return len(c.PermittedDNSDomains)+len(c.ExcludedDNSDomains)+len(c.PermittedIPRanges)+len(c.ExcludedIPRanges)+
		len(c.PermittedEmailAddresses)+len(c.ExcludedEmailAddresses)+len(c.PermittedURIDomains)+len(c.ExcludedURIDomains) > 0
}

// noRoots is a machine that trusts nobody, as a container without the system's certificates does.
func (v *Verification) noRoots() (record.Check, bool) {
	if v.Roots != nil {
		return record.Check{}, false
	}
	pool, err := x509.SystemCertPool()
	if err != nil || !pool.Equal(x509.NewCertPool()) {
		return record.Check{}, false
	}
	return v.rootless("are missing"), true
}

func (v *Verification) rootless(how string) record.Check {
	return fails("chain", record.FoundCertificateNoRoots, "nothing can be verified about %s: the trusted roots of this machine %s", v.called(v.Chain[0]), how).
		Mend(record.WhoYou, "install the system's root certificates (often the package ca-certificates), or give the CA's certificate")
}

// missingLink is a server's certificate whose issuer is nowhere: an intermediate that was not sent (RFC 9846 §4.5.1, RFC 5246
// §7.4.2), or the root of a private CA, which need not be.
func (v *Verification) missingLink() (record.Check, bool) {
	leaf := v.Chain[0]
	if len(v.path) > 1 {
		return record.Check{}, false
	}
	root, intermediate := isCalled(leaf.Issuer, "root"), isCalled(leaf.Issuer, "intermediate", "issuing", "subordinate")
	if root || !intermediate && !publiclyIssued(leaf) {
		return v.perhapsRoot(leaf, root), true
	}
	return fails("chain", record.FoundCertificateMissingIntermediate, "the chain of %s lacks the certificate of its issuer, %s%s", v.called(leaf), issuerName(leaf), whereToGet(leaf)).
		Mend(record.WhoOperator, "send the CA's full chain: the certificate of %s after the server's own", issuerName(leaf)), true
}

// isCalled reports whether a CA calls itself one of these words.
func isCalled(n pkix.Name, words ...string) bool {
	called := strings.FieldsFunc(strings.ToLower(n.CommonName), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(called, word) })
}

// publiclyIssued reports whether a certificate has what those of public CAs have: the place of its issuer's certificate, a
// timestamp of Certificate Transparency (RFC 6962 §3.3) or a policy of the CA/Browser Forum.
func publiclyIssued(c *x509.Certificate) bool {
	transparent := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "1.3.6.1.4.1.11129.2.4.2" })
	agreed := slices.ContainsFunc(c.Policies, func(p x509.OID) bool { return strings.HasPrefix(p.String(), "2.23.140.1.") })
	fetchable := slices.ContainsFunc(c.IssuingCertificateURL, func(u string) bool { return strings.HasPrefix(strings.ToLower(u), "http") })
	return transparent || agreed || fetchable
}

// perhapsRoot is a certificate of an issuer that is neither sent nor trusted, and that may be a root. Its name does not prove that it is one.
func (v *Verification) perhapsRoot(end *x509.Certificate, named bool) record.Check {
	why := "Either an intermediate certificate is missing, or it is the root of a private CA"
	if named {
		why = "By its name it is a root, which a server need not send"
	}
	return fails("chain", record.FoundCertificateUnknownIssuer, "the issuer of %s, %s, is neither sent nor trusted. %s", v.inChain(end), issuerName(end), why).
		Mend(record.WhoOperator, "give the certificate of %s to the clients that have to trust it, and send every intermediate", issuerName(end)).
		Or(onceConfirmed, issuerName(end))
}

// whereToGet is what the certificate itself says about its issuer's (authority information access, RFC 5280 §4.2.2.1).
func whereToGet(c *x509.Certificate) string {
	if len(c.IssuingCertificateURL) == 0 {
		return ""
	}
	return ". The issuer's certificate can be downloaded from " + short(c.IssuingCertificateURL[0])
}

// onceConfirmed is what a person here can do about a CA that is not known: nothing that the server sends tells whose it is.
const onceConfirmed = "trust %s only after its operator has confirmed its fingerprint through another channel"

// unknownEnd is a path that is whole as far as it goes and ends outside of what is trusted.
func (v *Verification) unknownEnd() record.Check {
	end := v.path[len(v.path)-1]
	const fix = "get a certificate from a CA that clients trust"
	if selfSigned(end) {
		return fails("chain", record.FoundCertificateUnknownIssuer, "the chain of %s ends in %s, which is not a trusted root", v.called(v.Chain[0]), subjectName(end)).
			Mend(record.WhoOperator, fix).Or(onceConfirmed, subjectName(end))
	}
	if isCalled(end.Issuer, "root") {
		return v.perhapsRoot(end, true)
	}
	return fails("chain", record.FoundCertificateUnknownIssuer, "the issuer of %s, %s, is neither sent nor trusted%s", v.inChain(end), issuerName(end), whereToGet(end)).
		Mend(record.WhoOperator, "send the complete chain, or "+fix).Or(onceConfirmed, issuerName(end))
}
