package engine

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"ehlo/session/certificate"
	"ehlo/session/record"
	"ehlo/session/walk"
	"encoding/asn1"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// fault is something that can be wrong with a certificate, as a server shows it.
type fault struct {
	name   string
	code   string // of the finding, empty if there is none
	text   string // how its sentence begins
	remedy string // and what has to be done, in part
	server *tls.Config
	also   []string // what else is wrong then
}

// Every condition is generated and met in a real handshake, in both versions: each has a finding of its own, with a
// sentence that says which certificate, what about it, what would mend it and who has to do that.
func TestCertificateConditions(t *testing.T) {
	said := map[string]string{}
	for _, c := range conditions() {
		for version, words := range map[uint16]string{tls.VersionTLS12: "TLS 1.2", tls.VersionTLS13: "TLS 1.3"} {
			t.Run(c.name+" in "+words, func(t *testing.T) { meet(t, c, version) })
		}
		if other, twice := said[c.code]; twice && c.code != "" {
			t.Errorf("%s and %s have the same code", c.name, other)
		}
		said[c.code] = c.name
	}
	if len(said) < 20 {
		t.Errorf("only %d kinds", len(said))
	}
}

func meet(t *testing.T, c fault, version uint16) {
	c.server.MaxVersion = version
	w := walkThrough(t, scene{policy: "require", server: c.server, goal: walk.Goal{Until: record.PhaseHandshake}, script: beforeTLS + "TLS" + goodBye})
	sum := w.last(record.KindTLS).TLS
	var failed bool
	for _, check := range sum.Checks {
		whole(t, check)
		failed = failed || check.Failed()
	}
	if sum.Error != "" || sum.Verified == failed || (w.exit == record.ExitCertificate) != failed {
		t.Fatalf("exit %d, %+v", w.exit, sum)
	}
	if c.code == "" {
		if last := sum.Checks[len(sum.Checks)-1]; failed || !strings.HasPrefix(last.Text, c.text) || len(w.findings()) > 0 {
			t.Errorf("%+v, found %v", last, w.findings())
		}
		return
	}
	if got, want := strings.Join(w.findings(), " "), strings.Join(append([]string{c.code}, c.also...), " "); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	f := w.first(c.code)
	if !strings.HasPrefix(f.Text, c.text) || !strings.Contains(f.Remedy, c.remedy) || (f.Severity == "danger") != failed {
		t.Errorf("%s: %s / %s\nwant %s / %s", f.Severity, f.Text, f.Remedy, c.text, c.remedy)
	}
	if end := w.last(record.KindEnd).End; failed && (!strings.Contains(end.Error, f.Text) || !strings.Contains(end.Hint, f.Remedy)) {
		t.Errorf("the end says %s / %s", end.Error, end.Hint)
	}
}

// first is the first finding of a code.
func (p played) first(code string) *record.Finding {
	for _, e := range p.log {
		if e.Kind == record.KindFinding && e.Finding.Code == code {
			return e.Finding
		}
	}
	p.t.Fatalf("%s was not found:\n%s", code, p.trail())
	return nil
}

func conditions() []fault {
	return append(chainConditions(), stapleConditions()...)
}

func chainConditions() []fault {
	p := testPKI()
	strange, stranger := strangers(p)
	good := func(leaf *x509.Certificate) *tls.Config { return p.serve(p.sign(leaf, p.middle, nil), p.middle) }
	weak, public := weakPair()
	limited := p.sign(lastCA(authority("Lab Intermediate")), p.root, nil)
	below := p.sign(authority("Second Intermediate"), limited, nil)
	narrow := p.sign(only(authority("Narrow Intermediate"), "other.lab"), p.root, nil)
	notCA := host("www.lab")
	notCA.Subject.CommonName = "www"
	notCA = p.sign(notCA, p.middle, nil)
	pointing := host("mail.lab")
	pointing.IssuingCertificateURL = []string{"http://lab/middle.crt"}
	weakServer := p.serve(p.sign(host("mail.lab"), p.middle, public), p.middle)
	weakServer.Certificates[0].PrivateKey = weak

	const own = "the server's certificate (mail)"
	return []fault{
		{name: "expired", code: "cert-expired", text: own + " is out of date: it ended 3 days ago (1999-12-29)",
			remedy: "the server's operator, or you: renew it", server: good(from(host("mail.lab"), -aYear, -3*aDay))},
		{name: "not yet valid", code: "cert-not-yet-valid", text: own + " is not valid yet: it begins in 24 hours (2000-01-02)",
			remedy: "set the clock here if today is not 2000-01-01", server: good(from(host("mail.lab"), aDay, aYear))},
		{name: "wrong host", code: "cert-wrong-host", text: own + " is for another host: it names other.lab; mail.lab was asked for",
			remedy: "get a certificate with mail.lab as a subjectAltName", server: good(host("other.lab"))},
		{name: "self-signed", code: "cert-self-signed", text: own + " is self-signed",
			remedy: "get one from a CA that clients trust", server: p.serve(p.sign(host("mail.lab"), nil, nil))},
		{name: "unknown issuer", code: "cert-unknown-issuer", text: "the issuer of " + own + " is not known: the chain ends in Strange Root",
			remedy: "trust it with --ca", server: p.serve(p.sign(host("mail.lab"), stranger, nil), stranger, strange)},
		{name: "missing intermediate", code: "cert-missing-intermediate", text: "the chain of " + own + " is not whole: its issuer, Lab Intermediate, is neither sent nor trusted; the certificate says where it is (AIA): http://lab/middle.crt",
			remedy: "the server's operator: send the certificate of Lab Intermediate", server: p.serve(p.sign(pointing, p.middle, nil))},
		{name: "weak key", code: "cert-weak-key", text: own + " has too weak a key: RSA with 1024 bits",
			remedy: "the server's operator: make a new key", server: weakServer},
		{name: "weak signature", code: "cert-weak-signature", text: own + " has too weak a signature: ECDSA-SHA1 can be forged",
			remedy: "the server's operator and the CA: have it issued anew", server: good(signedWith(host("mail.lab"), x509.ECDSAWithSHA1))},
		{name: "wrong usage", code: "cert-wrong-usage", text: own + " is not made for servers",
			remedy: "get one with serverAuth", server: good(usedFor(host("mail.lab"), x509.ExtKeyUsageClientAuth))},
		{name: "issuer is no CA", code: "cert-issuer-not-ca", text: "certificate 2 of the chain (www) is no CA",
			remedy: "get a certificate from a CA", server: p.serve(p.sign(host("mail.lab"), notCA, nil), notCA, p.middle)},
		{name: "path too long", code: "cert-path-too-long", text: "certificate 3 of the chain (Lab Intermediate) allows 0 certificates below it that may issue, and here there are 1",
			remedy: "from an issuing CA that may issue", server: p.serve(p.sign(host("mail.lab"), below, nil), below, limited)},
		{name: "name constraint", code: "cert-name-constraint", text: own + " breaks a name constraint: certificate 2 of the chain (Narrow Intermediate) may not issue for its names",
			remedy: "from a CA that may issue for mail.lab", server: p.serve(p.sign(host("mail.lab"), narrow, nil), narrow)},
		{name: "unknown critical extension", code: "cert-critical-extension", text: own + " has an extension that is marked critical and not known here: 1.2.3.4",
			remedy: "get a certificate without it", server: good(extended(host("mail.lab"), pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}))},
		{name: "wrong signature", code: "cert-bad-signature", text: "the signature of " + own + " is wrong: the key of certificate 2 of the chain (Lab Intermediate)",
			remedy: "send the certificate of the issuer that did sign it", server: p.serve(p.sign(host("mail.lab"), p.middle, nil), otherPKI().middle)},
	}
}

func stapleConditions() []fault {
	p := testPKI()
	leaf := p.sign(host("mail.lab"), p.middle, nil)
	demanding := p.sign(extended(host("mail.lab"), mustStapleExtension), p.middle, nil)
	with := func(leaf *x509.Certificate, staple []byte) *tls.Config {
		c := p.serve(leaf, p.middle)
		c.Certificates[0].OCSPStaple = staple
		return c
	}
	good := answer(ocsp.Response{Status: ocsp.Good})
	delegate := p.sign(usedFor(host("ocsp.lab"), x509.ExtKeyUsageOCSPSigning), p.middle, nil)
	broken := p.staple(p.middle, nil, good)
	broken[len(broken)-1] ^= 1

	const open = "; whether the certificate was revoked stays open"
	const own = "the server's certificate (mail)"
	return []fault{
		{name: "good staple", text: "not revoked, says the stapled OCSP answer of 1999-12-31, which holds until 2000-01-03", server: with(leaf, p.staple(p.middle, nil, good))},
		{name: "good staple of a responder", text: "not revoked", server: with(leaf, p.staple(p.middle, delegate, good))},
		{name: "good staple that is demanded", text: "not revoked", server: with(demanding, p.staple(p.middle, nil, good))},
		{name: "revoked", code: "cert-revoked", text: own + " is revoked: Lab Intermediate withdrew it 3 days ago (1999-12-29 00:00 UTC), reason: keyCompromise",
			remedy: "the server's operator: take it out of use at once", server: with(leaf, p.staple(p.middle, nil, answer(ocsp.Response{Status: ocsp.Revoked,
				RevokedAt: theTime.Add(-3 * aDay), RevocationReason: ocsp.KeyCompromise})))},
		{name: "must staple", code: "cert-must-staple", text: own + " demands that a good OCSP answer is stapled to it (must-staple): there is none",
			remedy: "the server's operator: switch OCSP stapling on", server: with(demanding, nil)},
		{name: "stale staple", code: "ocsp-stale", text: "the stapled OCSP answer is out of date: it ended 4 days ago (1999-12-28)" + open,
			remedy: "have the server fetch a new answer", server: with(leaf, p.staple(p.middle, nil, answer(ocsp.Response{Status: ocsp.Good,
				ThisUpdate: theTime.Add(-6 * aDay), NextUpdate: theTime.Add(-4 * aDay)})))},
		{name: "staple for another certificate", code: "ocsp-wrong-certificate", text: "the stapled OCSP answer is for another certificate than the server's" + open,
			remedy: "have the server fetch", server: with(leaf, p.staple(p.middle, nil, answer(ocsp.Response{Status: ocsp.Good, SerialNumber: big.NewInt(8)})))},
		{name: "staple of nobody", code: "ocsp-unproven", text: "the stapled OCSP answer proves nothing: Lab Intermediate did not sign it" + open,
			remedy: "have the server fetch", server: with(leaf, broken)},
		{name: "unreadable staple", code: "ocsp-unreadable", text: "the stapled OCSP answer cannot be read: ",
			remedy: "have the server fetch", server: with(leaf, []byte("\x30\x03\x02\x01\x00"))},
		{name: "no answer in the staple", code: "ocsp-no-answer", text: `the stapled OCSP answer is no answer: the responder said "try later"` + open,
			remedy: "have the server fetch", server: with(leaf, ocsp.TryLaterErrorResponse)},
		{name: "unknown to the responder", code: "ocsp-unknown", text: "the stapled OCSP answer says that the responder does not know " + own + open,
			remedy: "have the server fetch", server: with(leaf, p.staple(p.middle, nil, answer(ocsp.Response{Status: ocsp.Unknown})))},
	}
}

// Who may speak for a certificate, and when, is asked closely: a staple that says good is worth nothing otherwise.
func TestStaples(t *testing.T) {
	p := testPKI()
	leaf := p.sign(host("mail.lab"), p.middle, nil)
	demanding := p.sign(extended(host("mail.lab"), mustStapleExtension), p.middle, nil)
	good := answer(ocsp.Response{Status: ocsp.Good})
	revoked := answer(ocsp.Response{Status: ocsp.Revoked, RevokedAt: theTime.Add(-9 * aDay), ThisUpdate: theTime.Add(-6 * aDay), NextUpdate: theTime.Add(-4 * aDay)})
	onHold := revoked
	onHold.RevocationReason = ocsp.CertificateHold
	responder := func(c *x509.Certificate) *x509.Certificate {
		return p.sign(usedFor(c, x509.ExtKeyUsageOCSPSigning), p.middle, nil)
	}
	q := otherPKI()
	for _, test := range []struct {
		name   string
		leaf   *x509.Certificate
		staple []byte
		code   string
		text   string
	}{
		{"the CA's own certificate comes with it", leaf, p.staple(p.middle, p.middle, good), "", "not revoked"},
		{"no end, of today", leaf, p.staple(p.middle, nil, ending(good, -time.Hour, 0)), "", "not revoked"},
		{"no end, of last week", leaf, p.staple(p.middle, nil, ending(good, -7*aDay, 0)), "ocsp-stale", "out of date: it ended 6 days ago"},
		{"a clock that is a minute behind", leaf, p.staple(p.middle, nil, ending(good, time.Minute, aDay)), "", "not revoked"},
		{"of tomorrow", leaf, p.staple(p.middle, nil, ending(good, aDay, 2*aDay)), "ocsp-stale", "from the future: it begins in 24 hours"},
		{"revoked, and stale by now", leaf, p.staple(p.middle, nil, revoked), "cert-revoked", "reason: none given"},
		{"on hold, and stale by now", leaf, p.staple(p.middle, nil, onHold), "ocsp-stale", "out of date"},
		{"of a responder without the right", leaf, p.staple(p.middle, p.sign(host("ocsp.lab"), p.middle, nil), good), "ocsp-unproven", "mail signed it and may not sign OCSP answers"},
		{"of the server itself", leaf, p.staple(p.middle, leaf, good), "ocsp-unproven", "may not sign OCSP answers"},
		{"of a responder that is out of date", leaf, p.staple(p.middle, responder(from(host("ocsp.lab"), -aYear, -aDay)), good), "ocsp-unproven", "is out of date"},
		{"of somebody else's responder", leaf, q.staple(q.middle, q.sign(usedFor(host("ocsp.lab"), x509.ExtKeyUsageOCSPSigning), q.middle, nil), good), "ocsp-unproven", "whom Lab Intermediate did not appoint"},
		{"of somebody else who says revoked", leaf, q.staple(q.middle, nil, revoked), "ocsp-unproven", "Lab Intermediate did not sign it"},
		{"demanded and stale", demanding, p.staple(p.middle, nil, ending(good, -3*aDay, -aDay)), "cert-must-staple", "is stapled to it (must-staple): the stapled OCSP answer is out of date"},
		{"nothing", leaf, []byte{0}, "ocsp-unreadable", "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := certificate.Verification{Chain: []*x509.Certificate{test.leaf, p.middle}, Staple: test.staple, Roots: p.roots, Host: "mail.lab", Now: theTime}
			checks := v.Checks()
			last := checks[len(checks)-1]
			whole(t, last)
			if last.Name != "revocation" || last.Finding != test.code || !strings.Contains(last.Text, test.text) || last.OK != (test.code == "") {
				t.Errorf("%+v, want %s %s", last, test.code, test.text)
			}
			if certificate.NoneFailed(checks) != (record.NewFinding(test.code, "").Severity != "danger") {
				t.Errorf("verified is %v", certificate.NoneFailed(checks))
			}
		})
	}
}

// A staple without the certificate of its signer is not believed; a certificate that names a responder says so.
func TestStapleWithoutIssuer(t *testing.T) {
	p := testPKI()
	template := host("mail.lab")
	template.OCSPServer = []string{"http://ocsp.lab/"}
	leaf := p.sign(template, p.middle, nil)
	v := certificate.Verification{Chain: []*x509.Certificate{leaf}, Staple: p.staple(p.middle, nil, answer(ocsp.Response{Status: ocsp.Good})), Roots: p.roots, Host: "mail.lab", Now: theTime}
	if c := last(v.Checks()); c.Finding != "ocsp-unproven" || !strings.Contains(c.Text, "the certificate of Lab Intermediate") || !strings.Contains(c.Fix, "http://ocsp.lab/") {
		t.Errorf("%+v", c)
	}
	v.Staple = nil
	if c := last(v.Checks()); !c.Open || c.Finding != "" || !strings.Contains(c.Text, "not asked") {
		t.Errorf("%+v", c)
	}
}

// FuzzStaple: whatever is stapled is judged with a whole sentence, and without a panic.
func FuzzStaple(f *testing.F) {
	p := testPKI()
	leaf := p.sign(host("mail.lab"), p.middle, nil)
	for _, status := range []int{ocsp.Good, ocsp.Revoked, ocsp.Unknown} {
		f.Add(p.staple(p.middle, nil, answer(ocsp.Response{Status: status})))
	}
	f.Add(ocsp.TryLaterErrorResponse)
	f.Fuzz(func(t *testing.T, staple []byte) {
		v := certificate.Verification{Chain: []*x509.Certificate{leaf, p.middle}, Staple: staple, Roots: p.roots, Host: "mail.lab", Now: theTime}
		for _, c := range v.Checks() {
			whole(t, c)
		}
	})
}

func last(checks []record.Check) record.Check { return checks[len(checks)-1] }

// answer is an OCSP answer about the certificates of these tests, which all have the number 7.
func answer(r ocsp.Response) ocsp.Response {
	if r.SerialNumber == nil {
		r.SerialNumber = big.NewInt(7)
	}
	if r.ThisUpdate.IsZero() {
		r.ThisUpdate, r.NextUpdate = theTime.Add(-aDay), theTime.Add(2*aDay)
	}
	return r
}

// ending changes from when and until when an answer holds; it has no end if that is 0.
func ending(r ocsp.Response, begin, end time.Duration) ocsp.Response {
	r.ThisUpdate, r.NextUpdate = theTime.Add(begin), time.Time{}
	if end != 0 {
		r.NextUpdate = theTime.Add(end)
	}
	return r
}

// staple signs an answer, as the issuer or as a responder whose certificate goes with it.
func (p *pki) staple(issuer, responder *x509.Certificate, r ocsp.Response) []byte {
	r.Certificate = responder
	if responder == nil {
		responder = issuer
	}
	der, err := ocsp.CreateResponse(issuer, responder, r, p.key)
	if err != nil {
		panic(err)
	}
	return der
}

// otherPKI has the names of [testPKI] and another key.
var otherPKI = sync.OnceValue(func() *pki {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return newPKI(key)
})

func weakPair() (crypto.Signer, crypto.PublicKey) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key, &key.PublicKey
}

var mustStapleExtension = pkix.Extension{Id: certificate.TlsFeature, Value: []byte{0x30, 3, 2, 1, certificate.StatusRequest}}

func extended(c *x509.Certificate, e pkix.Extension) *x509.Certificate {
	c.ExtraExtensions = append(c.ExtraExtensions, e)
	return c
}

// lastCA allows no further CA below c.
func lastCA(c *x509.Certificate) *x509.Certificate {
	c.MaxPathLenZero = true
	return c
}

// only binds c to the names of one domain.
func only(c *x509.Certificate, domain string) *x509.Certificate {
	c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{domain}
	return c
}
