package lab

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/ocsp"
)

// responder is where certificates say that their OCSP responder is. Nothing is
// there, and nobody has to ask: the server staples what it would say.
const responder = "http://ocsp.lab.test/"

// mustStapleExtension is the extension by which a certificate demands a stapled OCSP
// answer: the TLS feature 5, status_request (RFC 7633 §4).
var mustStapleExtension = pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}

// stapled adds the OCSP response of its issuer to a certificate, where the
// scenario is about one (RFC 6066 §8).
func (p *pki) stapled(kind certificate, c *tls.Certificate, leaf, issuer authority) (*tls.Certificate, error) {
	answer := ocsp.Response{SerialNumber: leaf.cert.SerialNumber, ThisUpdate: p.now.Add(-day), NextUpdate: p.now.Add(3 * day)}
	switch kind {
	case revoked:
		answer.Status, answer.RevokedAt, answer.RevocationReason = ocsp.Revoked, p.now.Add(-2*day), ocsp.KeyCompromise
	case staleStaple:
		answer.ThisUpdate, answer.NextUpdate = p.now.Add(-9*day), p.now.Add(-5*day)
	default:
		return c, nil
	}
	der, err := ocsp.CreateResponse(issuer.cert, issuer.cert, answer, issuer.key)
	if err != nil {
		return nil, fmt.Errorf("OCSP response: %w", err)
	}
	c.OCSPStaple = der
	return c, nil
}
