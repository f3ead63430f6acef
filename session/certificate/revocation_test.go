package certificate

import (
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"golang.org/x/crypto/ocsp"
	"strings"
	"testing"
	"time"
)

// Who may speak for a certificate, and when, is asked closely: a staple that says good is worth nothing otherwise.
func TestStaples(t *testing.T) {
	p := pkitest.Lab()
	leaf := p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)
	demanding := p.Sign(pkitest.Extended(pkitest.Host("mail.lab"), pkitest.MustStaple), p.Middle, nil)
	good := pkitest.Answer(ocsp.Response{Status: ocsp.Good})
	revoked := pkitest.Answer(ocsp.Response{Status: ocsp.Revoked, RevokedAt: pkitest.Time.Add(-9 * pkitest.Day), ThisUpdate: pkitest.Time.Add(-6 * pkitest.Day), NextUpdate: pkitest.Time.Add(-4 * pkitest.Day)})
	onHold := revoked
	onHold.RevocationReason = ocsp.CertificateHold
	responder := func(c *x509.Certificate) *x509.Certificate {
		return p.Sign(pkitest.UsedFor(c, x509.ExtKeyUsageOCSPSigning), p.Middle, nil)
	}
	q := pkitest.Other()
	for _, test := range []struct {
		name   string
		leaf   *x509.Certificate
		staple []byte
		code   record.FindingCode
		text   string
	}{
		{"the CA's own certificate comes with it", leaf, p.Staple(p.Middle, p.Middle, good), "", "not revoked"},
		{"no end, of today", leaf, p.Staple(p.Middle, nil, pkitest.Ending(good, -time.Hour, 0)), "", "not revoked"},
		{"no end, of last week", leaf, p.Staple(p.Middle, nil, pkitest.Ending(good, -7*pkitest.Day, 0)), "ocsp-stale", "out of date: it expired on 1999-12-26, 6 days ago"},
		{"a clock that is a minute behind", leaf, p.Staple(p.Middle, nil, pkitest.Ending(good, time.Minute, pkitest.Day)), "", "not revoked"},
		{"of tomorrow", leaf, p.Staple(p.Middle, nil, pkitest.Ending(good, pkitest.Day, 2*pkitest.Day)), "ocsp-stale", "from the future: it is valid from 2000-01-02, in 24 hours"},
		{"revoked, and stale by now", leaf, p.Staple(p.Middle, nil, revoked), "cert-revoked", "(no reason given)"},
		{"on hold, and stale by now", leaf, p.Staple(p.Middle, nil, onHold), "ocsp-stale", "out of date"},
		{"of a responder without the right", leaf, p.Staple(p.Middle, p.Sign(pkitest.Host("ocsp.lab"), p.Middle, nil), good), "ocsp-unproven", "mail signed it but may not sign OCSP responses"},
		{"of the server itself", leaf, p.Staple(p.Middle, leaf, good), "ocsp-unproven", "may not sign OCSP responses"},
		{"of a responder that is out of date", leaf, p.Staple(p.Middle, responder(pkitest.From(pkitest.Host("ocsp.lab"), -pkitest.Year, -pkitest.Day)), good), "ocsp-unproven", "has expired or is not yet valid"},
		{"of somebody else's responder", leaf, q.Staple(q.Middle, q.Sign(pkitest.UsedFor(pkitest.Host("ocsp.lab"), x509.ExtKeyUsageOCSPSigning), q.Middle, nil), good), "ocsp-unproven", "but Lab Intermediate did not authorize it as a responder"},
		{"of somebody else who says revoked", leaf, q.Staple(q.Middle, nil, revoked), "ocsp-unproven", "Lab Intermediate did not sign it"},
		{"demanded and stale", demanding, p.Staple(p.Middle, nil, pkitest.Ending(good, -3*pkitest.Day, -pkitest.Day)), "cert-must-staple", "(must-staple), and the stapled OCSP response is out of date"},
		{"nothing", leaf, []byte{0}, "ocsp-unreadable", "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := Verification{Chain: []*x509.Certificate{test.leaf, p.Middle}, Staple: test.staple, Roots: p.Roots, Host: "mail.lab", Now: pkitest.Time}
			checks := v.Checks()
			last := checks[len(checks)-1]
			whole(t, last)
			if last.Name != "revocation" || last.Finding != test.code || !strings.Contains(last.Text, test.text) || last.OK != (test.code == "") {
				t.Errorf("%+v, want %s %s", last, test.code, test.text)
			}
			if NoneFailed(checks) != (record.NewFinding(test.code, "").Severity != "danger") {
				t.Errorf("verified is %v", NoneFailed(checks))
			}
		})
	}
}

// A staple without the certificate of its signer is not believed; a certificate that names a responder says so.
func TestStapleWithoutIssuer(t *testing.T) {
	p := pkitest.Lab()
	template := pkitest.Host("mail.lab")
	template.OCSPServer = []string{"http://ocsp.lab/"}
	leaf := p.Sign(template, p.Middle, nil)
	v := Verification{Chain: []*x509.Certificate{leaf}, Staple: p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: ocsp.Good})), Roots: p.Roots, Host: "mail.lab", Now: pkitest.Time}
	if c := last(v.Checks()); c.Finding != "ocsp-unproven" || !strings.Contains(c.Text, "the certificate of Lab Intermediate") || !strings.Contains(c.Fix, "http://ocsp.lab/") {
		t.Errorf("%+v", c)
	}
	v.Staple = nil
	if c := last(v.Checks()); !c.Open || c.Finding != "" || !strings.Contains(c.Text, "not checked") {
		t.Errorf("%+v", c)
	}
}

// FuzzStaple: whatever is stapled is judged with a whole sentence, and without a panic.
func FuzzStaple(f *testing.F) {
	p := pkitest.Lab()
	leaf := p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)
	for _, status := range []int{ocsp.Good, ocsp.Revoked, ocsp.Unknown} {
		f.Add(p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: status})))
	}
	f.Add(ocsp.TryLaterErrorResponse)
	f.Fuzz(func(t *testing.T, staple []byte) {
		v := Verification{Chain: []*x509.Certificate{leaf, p.Middle}, Staple: staple, Roots: p.Roots, Host: "mail.lab", Now: pkitest.Time}
		for _, c := range v.Checks() {
			whole(t, c)
		}
	})
}

func last(checks []record.Check) record.Check { return checks[len(checks)-1] }
