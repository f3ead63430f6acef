package tlswire

import (
	"cmp"
	"strings"
	"time"
)

// ocspResponse parses an OCSP response (RFC 6960 §4.2.1); its value is what it
// says about the certificate.
func (p *parser) ocspResponse() {
	says := ""
	p.der("OCSPResponse", tagSequence, "", "RFC 6960 §4.2.1", func(p *parser) {
		status := p.leaf("responseStatus", tagEnumerated, "shows whether the responder could answer", "")
		if f := p.made(); f != nil && len(status) == 1 {
			f.Value = ocspStatus(status[0])
			says = f.Value
		}
		if p.has(tagContext | tagConstructed) {
			p.der("responseBytes", tagContext|tagConstructed, "", "", func(p *parser) {
				p.der("ResponseBytes", tagSequence, "", "", func(p *parser) {
					p.leaf("responseType", tagOID, "", "")
					p.der("response", tagOctetString, "", "", func(p *parser) { says = p.basicResponse() })
				})
			})
		}
	})
	if f := p.made(); f != nil {
		f.Value = says
	}
}

func ocspStatus(b byte) string {
	names := [...]string{0: "successful", 1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}
	if int(b) < len(names) && names[b] != "" {
		return names[b]
	}
	return unknown8(b)
}

func (p *parser) basicResponse() (says string) {
	p.der("BasicOCSPResponse", tagSequence, "", "", func(p *parser) {
		p.der("tbsResponseData", tagSequence, "the data that the responder signed", "", func(p *parser) {
			if p.has(tagContext | tagConstructed) {
				p.der("version", tagContext|tagConstructed, "", "", func(p *parser) { p.tree(0) })
			}
			p.responder()
			p.time("producedAt", "when the responder signed the response")
			p.der("responses", tagSequence, "", "", func(p *parser) {
				p.each(func(p *parser) { says = cmp.Or(says, p.singleResponse()) })
			})
			p.tree(0)
		})
		p.algorithm("signatureAlgorithm", "")
		p.leaf("signature", tagBitString, "", "")
		p.tree(0)
	})
	return says
}

// responder parses who answers: a name or the hash of a key.
func (p *parser) responder() {
	switch {
	case p.has(tagContext | tagConstructed | 1):
		p.der("byName", tagContext|tagConstructed|1, "", "", func(p *parser) { p.name("Name", "", "") })
	case p.has(tagContext | tagConstructed | 2):
		p.der("byKey", tagContext|tagConstructed|2, "", "", func(p *parser) { p.leaf("KeyHash", tagOctetString, "", "") })
	default:
		p.fail("responderID", "neither a name nor a key")
	}
}

// singleResponse parses the answer for one certificate and says it in words.
func (p *parser) singleResponse() (says string) {
	var until time.Time
	p.der("SingleResponse", tagSequence, "", "", func(p *parser) {
		p.der("certID", tagSequence, "the certificate that the response is about", "", func(p *parser) {
			p.algorithm("hashAlgorithm", "")
			p.leaf("issuerNameHash", tagOctetString, "", "")
			p.leaf("issuerKeyHash", tagOctetString, "", "")
			p.leaf("serialNumber", tagInteger, "", "")
		})
		says = p.certStatus()
		p.time("thisUpdate", "the response is valid from this time")
		if p.has(tagContext | tagConstructed) {
			p.der("nextUpdate", tagContext|tagConstructed, "", "", func(p *parser) { until = p.time("nextUpdate", "the responder will have a newer response by then") })
		}
		p.tree(0)
	})
	if !until.IsZero() {
		if strings.HasPrefix(says, "revoked") {
			says += "; this response is valid"
		}
		says += " until " + until.Format(time.DateOnly)
		if p.at.After(until) {
			says += ", which has passed"
		}
	}
	if f := p.made(); f != nil {
		f.Value = strings.TrimSpace(says)
	}
	return says
}

func (p *parser) certStatus() string {
	switch {
	case p.has(tagContext):
		p.leaf("certStatus", tagContext, "not revoked", "")
		return p.status("good")
	case p.has(tagContext | tagConstructed | 1):
		says := "revoked"
		p.der("certStatus", tagContext|tagConstructed|1, "the issuer has revoked the certificate", "", func(p *parser) {
			says += " on " + p.time("revocationTime", "from this time the certificate must not be used").Format(time.DateOnly)
			if reason := p.revocationReason(); reason != "" {
				says += ", " + reason
			}
			p.tree(0)
		})
		return p.status(says)
	case p.has(tagContext | 2):
		p.leaf("certStatus", tagContext|2, "the responder does not know this certificate", "")
		return p.status("unknown")
	}
	p.fail("certStatus", "neither good, revoked nor unknown")
	return ""
}

// revocationReason parses a CRLReason, which may be left out (RFC 5280 §5.3.1).
func (p *parser) revocationReason() (name string) {
	if !p.has(tagContext | tagConstructed) {
		return ""
	}
	p.der("revocationReason", tagContext|tagConstructed, "", "RFC 5280 §5.3.1", func(p *parser) {
		code := p.leaf("CRLReason", tagEnumerated, "", "")
		if f := p.made(); f != nil && len(code) == 1 {
			name = crlReason(code[0])
			f.Value = name
		}
	})
	return name
}

func crlReason(b byte) string {
	names := [...]string{0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged", 4: "superseded",
		5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn", 10: "aACompromise"}
	if int(b) < len(names) && names[b] != "" {
		return names[b]
	}
	return unknown8(b)
}

func (p *parser) status(value string) string {
	if f := p.made(); f != nil {
		f.Value = value
	}
	return value
}
