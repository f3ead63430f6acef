package certificate

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// checkRevocation judges the OCSP response that came with the certificate (RFC 6066 §8, RFC 9846 §4.5.1.1). Nobody is
// asked over the network: that would tell the responder who is visited. An answer that is no good counts as none, and
// counts against the certificate only where that demands one. asked is false where the question does not arise.
func (v *Verification) checkRevocation() (c record.Check, asked bool) {
	leaf := v.Chain[0]
	must := mustStaple(leaf)
	switch {
	case len(v.Staple) > 0:
		c = v.judgeStaple()
	case must:
		c = leavesOpen("revocation", "", "the server sent none")
	case len(leaf.OCSPServer) > 0:
		return v.notAsked(leaf.OCSPServer[0]), true
	default:
		return record.Check{}, false
	}
	if must && c.Open {
		return fails("revocation", record.FoundCertificateMustStaple, "%s requires a stapled OCSP response (must-staple), and %s", v.called(leaf), c.Text).
			Mend(record.WhoOperator, "enable OCSP stapling, and check that the server can reach %s; or get a certificate without must-staple", v.responder()), true
	}
	return c, true
}

// notAsked is the usual answer: nearly every certificate names a responder.
func (v *Verification) notAsked(responder string) record.Check {
	c := v.well("revocation", func() string {
		return "not checked: the server stapled no OCSP response, and this program does not query its CA's responder (" + short(responder) + ")"
	})
	c.OK, c.Open = false, true
	return c
}

// judgeStaple checks what it says only after who says it, for which certificate, and when.
func (v *Verification) judgeStaple() record.Check {
	issuer := v.issuer()
	answer, err := ocsp.ParseResponseForCert(v.Staple, v.Chain[0], nil)
	var refused ocsp.ResponseError
	switch {
	case errors.As(err, &refused):
		return v.noAnswer(record.FoundOCSPNoAnswer, "the stapled OCSP response is an error of the responder: %q", refused.Status.String())
	case err != nil && v.answersForOther():
		return v.noAnswer(record.FoundOCSPWrongCertificate, "the stapled OCSP response is not for the server's certificate")
	case err != nil && strings.Contains(err.Error(), "bad signature"): // of the responder's certificate that came with it
		return v.noAnswer(record.FoundOCSPUnproven, "the stapled OCSP response proves nothing: the responder that it names did not sign it")
	case err != nil:
		return v.noAnswer(record.FoundOCSPUnreadable, "the stapled OCSP response cannot be read: %s", wire.VisibleString(wire.LastError(err).Error()))
	case issuer == nil:
		return v.noAnswer(record.FoundOCSPUnproven, "the stapled OCSP response cannot be checked: the certificate of %s, who has to sign it, is missing", issuerName(v.Chain[0]))
	}
	if why := v.unproven(answer, issuer); why != "" {
		return v.noAnswer(record.FoundOCSPUnproven, "the stapled OCSP response proves nothing: %s", why)
	}
	return v.judgeAnswer(answer)
}

// judgeAnswer takes a revocation for true whenever it was said: only one on hold is ever taken back (RFC 5280 §5.3.1).
func (v *Verification) judgeAnswer(a *ocsp.Response) record.Check {
	stale := v.stale(a)
	switch {
	case a.Status == ocsp.Revoked && (stale == "" || a.RevocationReason != ocsp.CertificateHold):
		return v.revoked(a)
	case stale != "":
		return v.noAnswer(record.FoundOCSPStale, "the stapled OCSP response is %s", stale)
	case a.Status == ocsp.Good:
		return holds("revocation", "not revoked, according to the stapled OCSP response of "+day(a.ThisUpdate)+until(a))
	}
	return v.noAnswer(record.FoundOCSPUnknown, "the stapled OCSP response says that the responder does not know %s", v.called(v.Chain[0]))
}

func (v *Verification) revoked(a *ocsp.Response) record.Check {
	reason, meaning := revocationReason(a.RevocationReason)
	return fails("revocation", record.FoundCertificateRevoked, "%s was revoked by %s on %s, %s ago (%s)%s", v.called(v.Chain[0]), issuerName(v.Chain[0]),
		day(a.RevokedAt), apart(a.RevokedAt, v.Now), reason, meaning).
		Mend(record.WhoOperator, "stop using the revoked certificate at once, generate a new key, and get a new certificate for it")
}

// revocationReason is a CRLReason, and what it means as one more sentence (RFC 5280 §5.3.1).
func revocationReason(code int) (reason, meaning string) {
	switch code {
	case ocsp.Unspecified:
		return "no reason given", ""
	case ocsp.KeyCompromise:
		return "keyCompromise", ". Its private key is known to someone else"
	case ocsp.CACompromise:
		return "cACompromise", ". The CA's private key is known to someone else"
	case ocsp.AffiliationChanged:
		return "affiliationChanged", ". Its holder's name or organization changed"
	case ocsp.Superseded:
		return "superseded", ". Another certificate replaces it"
	case ocsp.CessationOfOperation:
		return "cessationOfOperation", ". It is no longer needed"
	case ocsp.CertificateHold:
		return "certificateHold", ". It is on hold"
	case ocsp.PrivilegeWithdrawn:
		return "privilegeWithdrawn", ". Its holder lost the right to it"
	case ocsp.AACompromise:
		return "aACompromise", ". The attribute authority is compromised"
	}
	return fmt.Sprintf("reason %d", code), ""
}

// noAnswer is a staple that leaves the question open.
func (v *Verification) noAnswer(finding record.FindingCode, format string, args ...any) record.Check {
	c := leavesOpen("revocation", finding, format, args...)
	c.Text += ", so it is unknown whether the certificate is revoked"
	return c.Mend(record.WhoOperator, "have the server fetch a new response from %s, and read in its log why it did not", v.responder())
}

func (v *Verification) responder() string {
	if servers := v.Chain[0].OCSPServer; len(servers) > 0 {
		return short(servers[0])
	}
	return "its CA's OCSP responder"
}

// issuer is the certificate of the one who may speak for the server's certificate, nil if it is not there.
func (v *Verification) issuer() *x509.Certificate {
	switch {
	case len(v.path) > 1:
		return v.path[1]
	case selfSigned(v.Chain[0]):
		return v.Chain[0]
	}
	return nil
}

// unproven says why nobody stands behind an answer, empty if it is signed by the issuer or by a responder to whom the
// issuer gave that right (RFC 6960 §3.2, §4.2.2.2).
func (v *Verification) unproven(a *ocsp.Response, issuer *x509.Certificate) string {
	signer := issuer
	if a.Certificate != nil && !a.Certificate.Equal(issuer) {
		signer = a.Certificate
		if why := v.notAllowed(signer, issuer); why != "" {
			return why
		}
	}
	switch {
	case weak(a.SignatureAlgorithm):
		return fmt.Sprintf("its signature (%s) can be forged", a.SignatureAlgorithm)
	case !saysFrom(a, signer):
		return fmt.Sprintf("it does not name %s, who signed it, as the responder", subjectName(signer))
	case a.Certificate == nil && a.CheckSignatureFrom(signer) != nil: // with one, it was checked when the answer was parsed
		return fmt.Sprintf("%s did not sign it", subjectName(signer))
	}
	return ""
}

// notAllowed says why a responder may not answer for an issuer.
func (v *Verification) notAllowed(responder, issuer *x509.Certificate) string {
	name := subjectName(responder)
	switch {
	case !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return name + " signed it but may not sign OCSP responses"
	case responder.CheckSignatureFrom(issuer) != nil:
		return fmt.Sprintf("%s signed it, but %s did not authorize it as a responder", name, subjectName(issuer))
	case v.Now.After(responder.NotAfter) || v.Now.Before(responder.NotBefore):
		return "the certificate of its responder, " + name + ", has expired or is not yet valid"
	}
	return ""
}

// saysFrom reports whether an answer says that it is from that signer (RFC 6960 §4.2.1, ResponderID).
func saysFrom(a *ocsp.Response, signer *x509.Certificate) bool {
	if len(a.ResponderKeyHash) == 0 {
		return bytes.Equal(a.RawResponderName, signer.RawSubject)
	}
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(signer.RawSubjectPublicKeyInfo, &info); err != nil {
		return false
	}
	hash := sha1.Sum(info.Key.RightAlign())
	return bytes.Equal(a.ResponderKeyHash, hash[:])
}

// Clocks differ a little, and an answer without an end is taken for a day: newer ones are to be had at any time (RFC 6960
// §4.2.2.1).
const (
	clockSkew = 5 * time.Minute
	noEnd     = 24 * time.Hour
)

// stale says why an answer does not hold now, empty if it does.
func (v *Verification) stale(a *ocsp.Response) string {
	end := a.NextUpdate
	if end.IsZero() {
		end = a.ThisUpdate.Add(noEnd)
	}
	switch {
	case v.Now.After(end.Add(clockSkew)):
		return fmt.Sprintf("out of date: it expired on %s, %s ago", day(end), apart(end, v.Now))
	case v.Now.Before(a.ThisUpdate.Add(-clockSkew)):
		return fmt.Sprintf("from the future: it is valid from %s, in %s", day(a.ThisUpdate), apart(v.Now, a.ThisUpdate))
	}
	return ""
}

func until(a *ocsp.Response) string {
	if a.NextUpdate.IsZero() {
		return ""
	}
	return ", valid until " + day(a.NextUpdate)
}

// answersForOther reports whether a staple is an answer, for certificates of other numbers.
func (v *Verification) answersForOther() bool {
	other, err := ocsp.ParseResponse(v.Staple, nil)
	return err == nil && other.SerialNumber.Cmp(v.Chain[0].SerialNumber) != 0
}

var tlsFeature = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}

// statusRequest is the number of the TLS extension that asks for a staple.
const statusRequest = 5

// mustStaple reports whether a certificate demands a stapled answer (RFC 7633 §4): its holder asked for that, so that
// someone with a stolen key cannot leave the revocation out.
func mustStaple(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if !e.Id.Equal(tlsFeature) {
			continue
		}
		var features []int
		_, err := asn1.Unmarshal(e.Value, &features)
		return err == nil && slices.Contains(features, statusRequest)
	}
	return false
}
