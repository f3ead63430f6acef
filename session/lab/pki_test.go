package lab

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"testing"
	"time"
)

// TestCertificates lets crypto/x509 judge each chain as it comes off the wire.
func TestCertificates(t *testing.T) {
	for _, tc := range []struct {
		scenario string
		sent     int // certificates
		holds    func(error) bool
	}{
		{"submission", 2, func(err error) bool { return err == nil }},
		{"expired", 2, invalid(x509.Expired)},
		{"not-yet-valid", 2, invalid(x509.Expired)}, // crypto/x509 has one reason for both
		{"wrong-host", 2, wrong[x509.HostnameError]},
		{"self-signed", 1, wrong[x509.UnknownAuthorityError]},
		{"missing-intermediate", 1, wrong[x509.UnknownAuthorityError]},
		{"unknown-issuer", 2, wrong[x509.UnknownAuthorityError]},
		{"man-in-the-middle", 2, wrong[x509.UnknownAuthorityError]},
		{"weak-key", 2, func(err error) bool { return err == nil }},
		{"weak-signature", 2, wrong[x509.UnknownAuthorityError]}, // it looks for an issuer no further
		{"wrong-usage", 2, invalid(x509.IncompatibleUsage)},
		{"name-constraint", 2, invalid(x509.CANotAuthorizedForThisName)},
		{"issuer-not-ca", 2, wrong[x509.UnknownAuthorityError]},
		{"revoked", 2, func(err error) bool { return err == nil }}, // it does not look at staples
		{"must-staple", 2, func(err error) bool { return err == nil }},
		{"stale-staple", 2, func(err error) bool { return err == nil }},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			l := scenario(t, tc.scenario)
			chain, err := presented(t, l, 587)
			if !tc.holds(err) || len(chain) != tc.sent {
				t.Errorf("%d certificates, %v", len(chain), err)
			}
			checkLeaf(t, tc.scenario, chain)
			if implicit, _ := presented(t, l, 465); len(implicit) != tc.sent {
				t.Errorf("port 465 presents %d certificates, 587 %d", len(implicit), tc.sent)
			}
		})
	}
}

func checkLeaf(t *testing.T, scenario string, chain []*x509.Certificate) {
	t.Helper()
	leaf, now := chain[0], time.Now()
	switch scenario {
	case "expired":
		if now.Before(leaf.NotAfter.Add(2*day)) || now.Before(leaf.NotBefore) {
			t.Errorf("valid from %s to %s", leaf.NotBefore, leaf.NotAfter)
		}
	case "not-yet-valid":
		if now.After(leaf.NotBefore) {
			t.Errorf("valid from %s", leaf.NotBefore)
		}
	case "self-signed":
		check(t, leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature))
	case "missing-intermediate":
		if bytes.Equal(leaf.RawIssuer, leaf.RawSubject) || leaf.Issuer.CommonName != "Practice Issuing CA" {
			t.Errorf("issued by %s", leaf.Issuer)
		}
	case "weak-key":
		if key, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() != 1024 {
			t.Errorf("a %T", leaf.PublicKey)
		}
	}
	if scenario != "wrong-host" {
		check(t, leaf.VerifyHostname("mx.lab"))
	}
}

// presented returns the chain sent on a port, and what its check says.
func presented(t *testing.T, l *Lab, port int) ([]*x509.Certificate, error) {
	t.Helper()
	var chain []*x509.Certificate
	c := dial(t, l, port)
	if port != 465 {
		c.starttls()
	}
	err := c.upgradeWith(&tls.Config{InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error {
		chain = s.PeerCertificates
		return nil
	}})
	check(t, err)
	below := x509.NewCertPool()
	for _, cert := range chain[1:] {
		below.AddCert(cert)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{DNSName: "mail.lab", Roots: l.RootCAs(), Intermediates: below})
	return chain, err
}

func invalid(reason x509.InvalidReason) func(error) bool {
	return func(err error) bool {
		bad, ok := errors.AsType[x509.CertificateInvalidError](err)
		return ok && bad.Reason == reason
	}
}

func wrong[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestCAPEM(t *testing.T) {
	l := scenario(t, "")
	block, rest := pem.Decode(l.CAPEM())
	if block == nil || len(rest) != 0 {
		t.Fatalf("not one PEM block: %s", l.CAPEM())
	}
	root, err := x509.ParseCertificate(block.Bytes)
	check(t, err)
	if !root.IsCA || time.Until(root.NotAfter) > rootLifetime {
		t.Errorf("CA %v, valid until %s", root.IsCA, root.NotAfter)
	}
}

func TestSeed(t *testing.T) {
	chain := func(seed string) []byte {
		p, err := newPKI(seed, fixedClock())
		check(t, err)
		c, err := p.chain(good)
		check(t, err)
		return append(p.root.cert.Raw, bytes.Join(c.Certificate, nil)...)
	}
	if !bytes.Equal(chain("a"), chain("a")) {
		t.Error("the same seed gives other certificates")
	}
	if bytes.Equal(chain("a"), chain("b")) || bytes.Equal(chain(""), chain("")) {
		t.Error("another seed, or none, gives the same certificates")
	}
}

func TestClientCertificate(t *testing.T) {
	l := scenario(t, "client-certificate")
	own, err := l.ClientCertificate("ann")
	check(t, err)
	c := dial(t, l, 587)
	c.starttls()
	asked := false
	check(t, c.upgradeWith(&tls.Config{ServerName: "mail.lab", RootCAs: l.RootCAs(),
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return own, nil
		}}))
	c.say("EHLO laptop", "250-") // in TLS 1.3 a refusal shows at the first read
	if !asked {
		t.Error("the server sent no CertificateRequest")
	}
	c = dial(t, l, 587) // and without one
	c.secure()
}
