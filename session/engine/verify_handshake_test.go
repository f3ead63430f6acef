package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/walk"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ocsp"
)

// fault is something that can be wrong with a certificate, as a server shows it.
type fault struct {
	name   string
	code   record.FindingCode // of the finding, empty if there is none
	text   string             // how its sentence begins
	remedy string             // and what has to be done, in part
	server *tls.Config
	also   []string // what else is wrong then
}

// Every condition is generated and met in a real handshake, in both versions: each has a finding of its own, with a
// sentence that says which certificate, what about it, what would mend it and who has to do that.
func TestCertificateConditions(t *testing.T) {
	said := map[record.FindingCode]string{}
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
	for _, check := range sum.Checks.List() {
		failed = failed || check.Failed()
	}
	if sum.Error != "" || sum.Verified == failed || (w.exit == record.ExitCertificate) != failed {
		t.Fatalf("exit %d, %+v", w.exit, sum)
	}
	if c.code == "" {
		if last := sum.Checks.List()[len(sum.Checks.List())-1]; failed || !strings.HasPrefix(last.Text, c.text) || len(w.findings()) > 0 {
			t.Errorf("%+v, found %v", last, w.findings())
		}
		return
	}
	if got, want := strings.Join(w.findings(), " "), strings.Join(append([]string{string(c.code)}, c.also...), " "); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	f := w.first(c.code)
	if !strings.HasPrefix(strings.ToLower(f.Text), strings.ToLower(c.text)) || !strings.Contains(f.Remedies(), c.remedy) || (f.Severity == "danger") != failed {
		t.Errorf("%s: %s / %s\nwant %s / %s", f.Severity, f.Text, f.Remedies(), c.text, c.remedy)
	}
	if end := w.last(record.KindEnd).End; failed && (!strings.Contains(strings.ToLower(end.Cause), strings.ToLower(strings.TrimSuffix(f.Text, "."))) || !strings.Contains(verdictWords(end), f.Operator)) {
		t.Errorf("the end says %s / %s", end.Cause, verdictWords(end))
	}
}

// first is the first finding of a code.
func (p played) first(code record.FindingCode) *record.Finding {
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
	p := pkitest.Lab()
	strange, stranger := pkitest.Strangers(p)
	good := func(leaf *x509.Certificate) *tls.Config { return p.Serve(p.Sign(leaf, p.Middle, nil), p.Middle) }
	weak, public := pkitest.WeakPair()
	limited := p.Sign(pkitest.LastCA(pkitest.Authority("Lab Intermediate")), p.Root, nil)
	below := p.Sign(pkitest.Authority("Second Intermediate"), limited, nil)
	narrow := p.Sign(pkitest.Only(pkitest.Authority("Narrow Intermediate"), "other.lab"), p.Root, nil)
	notCA := pkitest.Host("www.lab")
	notCA.Subject.CommonName = "www"
	notCA = p.Sign(notCA, p.Middle, nil)
	pointing := pkitest.Host("mail.lab")
	pointing.IssuingCertificateURL = []string{"http://lab/middle.crt"}
	weakServer := p.Serve(p.Sign(pkitest.Host("mail.lab"), p.Middle, public), p.Middle)
	weakServer.Certificates[0].PrivateKey = weak

	const own = "the server's certificate (mail)"
	return []fault{
		{name: "expired", code: "cert-expired", text: own + " expired on 1999-12-29, 3 days ago",
			remedy: "the server's operator: renew the certificate", server: good(pkitest.From(pkitest.Host("mail.lab"), -pkitest.Year, -3*pkitest.Day))},
		{name: "not yet valid", code: "cert-not-yet-valid", text: own + " is not valid before 2000-01-02 00:00 UTC",
			remedy: "if today is not 2000-01-01, set the clock of this machine", server: good(pkitest.From(pkitest.Host("mail.lab"), pkitest.Day, pkitest.Year))},
		{name: "wrong host", code: "cert-wrong-host", text: own + " is for another host: it names other.lab, but not mail.lab",
			remedy: "get a certificate with mail.lab in subjectAltName", server: good(pkitest.Host("other.lab"))},
		{name: "self-signed", code: "cert-self-signed", text: own + " is self-signed",
			remedy: "get a certificate from a CA that clients trust", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), nil, nil))},
		{name: "unknown issuer", code: "cert-unknown-issuer", text: "the chain of " + own + " ends in Strange Root, which is not a trusted root",
			remedy: "trust Strange Root only after its operator has confirmed its fingerprint", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), stranger, nil), stranger, strange)},
		{name: "missing intermediate", code: "cert-missing-intermediate", text: "the chain of " + own + " lacks the certificate of its issuer, Lab Intermediate. The issuer's certificate can be downloaded from http://lab/middle.crt",
			remedy: "the server's operator: send the CA's full chain: the certificate of Lab Intermediate", server: p.Serve(p.Sign(pointing, p.Middle, nil))},
		{name: "weak key", code: "cert-weak-key", text: own + " has a weak key: RSA with 1024 bits",
			remedy: "the server's operator: generate a new key", server: weakServer},
		{name: "weak signature", code: "cert-weak-signature", text: own + " has a weak signature: ECDSA-SHA1 can be forged",
			remedy: "the server's operator: have the certificate issued again", server: good(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1))},
		{name: "wrong usage", code: "cert-wrong-usage", text: own + " is not valid for servers",
			remedy: "serverAuth in its extended key usage", server: good(pkitest.UsedFor(pkitest.Host("mail.lab"), x509.ExtKeyUsageClientAuth))},
		{name: "issuer is no CA", code: "cert-issuer-not-ca", text: "certificate 2 of the chain (www) is not a CA certificate",
			remedy: "get a certificate from a CA", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), notCA, nil), notCA, p.Middle)},
		{name: "path too long", code: "cert-path-too-long", text: "certificate 3 of the chain (Lab Intermediate) allows 0 CA certificates below it (path length in its basic constraints), and this chain has 1",
			remedy: "from a CA that may issue certificates for servers", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), below, nil), below, limited)},
		{name: "name constraint", code: "cert-name-constraint", text: own + " breaks a name constraint of Narrow Intermediate: only names in ",
			remedy: "from a CA that may issue for mail.lab", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), narrow, nil), narrow)},
		{name: "unknown critical extension", code: "cert-critical-extension", text: own + " has a critical extension that this program does not know: 1.2.3.4",
			remedy: "get a certificate without this extension", server: good(pkitest.Extended(pkitest.Host("mail.lab"), pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}))},
		{name: "wrong signature", code: "cert-bad-signature", text: "the signature of " + own + " is wrong: the key of certificate 2 of the chain (Lab Intermediate)",
			remedy: "send the certificate of the issuer that did sign it", server: p.Serve(p.Sign(pkitest.Host("mail.lab"), p.Middle, nil), pkitest.Other().Middle)},
	}
}

func stapleConditions() []fault {
	p := pkitest.Lab()
	leaf := p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)
	demanding := p.Sign(pkitest.Extended(pkitest.Host("mail.lab"), pkitest.MustStaple), p.Middle, nil)
	with := func(leaf *x509.Certificate, staple []byte) *tls.Config {
		c := p.Serve(leaf, p.Middle)
		c.Certificates[0].OCSPStaple = staple
		return c
	}
	good := pkitest.Answer(ocsp.Response{Status: ocsp.Good})
	delegate := p.Sign(pkitest.UsedFor(pkitest.Host("ocsp.lab"), x509.ExtKeyUsageOCSPSigning), p.Middle, nil)
	broken := p.Staple(p.Middle, nil, good)
	broken[len(broken)-1] ^= 1

	const open = ", so it is unknown whether the certificate is revoked"
	const own = "the server's certificate (mail)"
	return []fault{
		{name: "good staple", text: "not revoked, according to the stapled OCSP response of 1999-12-31, valid until 2000-01-03", server: with(leaf, p.Staple(p.Middle, nil, good))},
		{name: "good staple of a responder", text: "not revoked", server: with(leaf, p.Staple(p.Middle, delegate, good))},
		{name: "good staple that is demanded", text: "not revoked", server: with(demanding, p.Staple(p.Middle, nil, good))},
		{name: "revoked", code: "cert-revoked", text: own + " was revoked by Lab Intermediate on 1999-12-29, 3 days ago (keyCompromise). Its private key is known",
			remedy: "the server's operator: stop using the revoked certificate at once", server: with(leaf, p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: ocsp.Revoked,
				RevokedAt: pkitest.Time.Add(-3 * pkitest.Day), RevocationReason: ocsp.KeyCompromise})))},
		{name: "must staple", code: "cert-must-staple", text: own + " requires a stapled OCSP response (must-staple), and the server sent none",
			remedy: "the server's operator: enable OCSP stapling", server: with(demanding, nil)},
		{name: "stale staple", code: "ocsp-stale", text: "the stapled OCSP response is out of date: it expired on 1999-12-28, 4 days ago" + open,
			remedy: "have the server fetch a new response", server: with(leaf, p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: ocsp.Good,
				ThisUpdate: pkitest.Time.Add(-6 * pkitest.Day), NextUpdate: pkitest.Time.Add(-4 * pkitest.Day)})))},
		{name: "staple for another certificate", code: "ocsp-wrong-certificate", text: "the stapled OCSP response is not for the server's certificate" + open,
			remedy: "have the server fetch", server: with(leaf, p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: ocsp.Good, SerialNumber: big.NewInt(8)})))},
		{name: "staple of nobody", code: "ocsp-unproven", text: "the stapled OCSP response proves nothing: Lab Intermediate did not sign it" + open,
			remedy: "have the server fetch", server: with(leaf, broken)},
		{name: "unreadable staple", code: "ocsp-unreadable", text: "the stapled OCSP response cannot be read: ",
			remedy: "have the server fetch", server: with(leaf, []byte("\x30\x03\x02\x01\x00"))},
		{name: "no answer in the staple", code: "ocsp-no-answer", text: `the stapled OCSP response is an error of the responder: "try later"` + open,
			remedy: "have the server fetch", server: with(leaf, ocsp.TryLaterErrorResponse)},
		{name: "unknown to the responder", code: "ocsp-unknown", text: "the stapled OCSP response says that the responder does not know " + own + open,
			remedy: "have the server fetch", server: with(leaf, p.Staple(p.Middle, nil, pkitest.Answer(ocsp.Response{Status: ocsp.Unknown})))},
	}
}

// Each failed check is a finding of its own, and what the policy makes of them is another matter.
func TestHandshakeFindings(t *testing.T) {
	p := pkitest.Lab()
	bad := p.Sign(pkitest.From(pkitest.Host("other.lab"), -pkitest.Year, -3*pkitest.Day), p.Middle, nil)
	for _, test := range []struct {
		policy string
		exit   record.Exit
		words  string
	}{
		{"require", record.ExitCertificate, "Verification of mail.lab failed: the server's certificate (mail) expired on 1999-12-29, 3 days ago. The server's certificate (mail) is for another host: it names other.lab"},
		{"opportunistic", record.ExitOK, ""},
	} {
		script := beforeTLS + "TLS" + goodBye
		if test.policy == "opportunistic" {
			script = beforeTLS + "TLS" + `
				C: EHLO [192.0.2.1]
				S: 250 mail.lab` + goodBye
		}
		w := walkThrough(t, scene{policy: test.policy, server: p.Serve(bad, p.Middle), script: script})
		w.ends(test.exit, test.words)
		w.found("cert-expired", "cert-wrong-host")
		if tls := w.last(record.KindTLS).TLS; tls.Verified || tls.Error != "" || len(tls.Chain.List()) != 2 || w.state().Security != record.SecurityUnverified {
			t.Errorf("%+v", tls)
		}
	}
	w := walkThrough(t, scene{policy: "require", server: p.Serve(p.Sign(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1), p.Middle, nil), p.Middle),
		script: beforeTLS + "TLS" + goodBye})
	w.found("cert-weak-signature")
}

// Who goes on over TLS that proves nothing has that in the last event too.
func TestTheEndSaysUnverified(t *testing.T) {
	p := pkitest.Lab()
	bad := p.Sign(pkitest.From(pkitest.Host("mail.lab"), -pkitest.Year, -3*pkitest.Day), p.Middle, nil)
	for _, test := range []struct {
		server *x509.Certificate
		want   bool
	}{{bad, true}, {p.Sign(pkitest.Host("mail.lab"), p.Middle, nil), false}} {
		script := beforeTLS + "TLS" + goodBye
		if !test.want {
			script = beforeTLS + "TLS" + `
				C: EHLO [192.0.2.1]
				S: 250 mail.lab` + goodBye
		}
		w := walkThrough(t, scene{policy: "require", server: p.Serve(test.server, p.Middle), script: script})
		if got := w.last(record.KindEnd).End; got == nil || got.Unverified() != test.want {
			t.Errorf("%+v, want unverified %v", got, test.want)
		}
	}
}

// A chain that passes proves nothing where the handshake that it came in did not end well: anyone can send it.
func TestUnprovenChainIsNotVerified(t *testing.T) {
	p := pkitest.Lab()
	thief := p.Server("mail.lab")
	thief.Certificates[0].PrivateKey, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for version := uint16(tls.VersionTLS12); version <= tls.VersionTLS13; version++ {
		for name, server := range map[string]*tls.Config{
			"another key":          thief.Clone(),
			"client not convinced": secure(func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }),
		} {
			if server.MaxVersion == 0 {
				server.MaxVersion = version
			}
			w := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", hasty: true, script: "TLS", server: server, config: func(c *Config) { c.TLS.RootCAs = p.Roots }})
			tls := w.last(record.KindTLS).TLS
			if tls.Error == "" || len(tls.Checks.List()) == 0 || tls.Verified || w.state().Security.Encrypted() {
				t.Errorf("%s: verified %v, %s", name, tls.Verified, tls.Error)
			}
		}
	}
}
