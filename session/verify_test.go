package session

import (
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// rsaKey is a public key of that many bits. Nobody has its private half, and nobody needs it to be judged.
func rsaKey(bits int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func from(c *x509.Certificate, begin, end time.Duration) *x509.Certificate {
	c.NotBefore, c.NotAfter = theTime.Add(begin), theTime.Add(end)
	return c
}

func signedWith(c *x509.Certificate, a x509.SignatureAlgorithm) *x509.Certificate {
	c.SignatureAlgorithm = a
	return c
}

func usedFor(c *x509.Certificate, u x509.ExtKeyUsage) *x509.Certificate {
	c.ExtKeyUsage = []x509.ExtKeyUsage{u}
	return c
}

const (
	aDay  = 24 * time.Hour
	aYear = 365 * aDay
)

// strangers are a root and an intermediate that nobody trusts.
func strangers(p *pki) (root, middle *x509.Certificate) {
	root = p.sign(authority("Strange Root"), nil, nil)
	return root, p.sign(authority("Strange Intermediate"), root, nil)
}

func TestVerify(t *testing.T) {
	p := testPKI()
	strange, stranger := strangers(p)
	chain := func(template *x509.Certificate) []*x509.Certificate {
		return []*x509.Certificate{p.sign(template, p.middle, nil), p.middle}
	}
	alone := func(template, issuer *x509.Certificate) []*x509.Certificate {
		return []*x509.Certificate{p.sign(template, issuer, nil)}
	}
	pointing := host("mail.lab")
	pointing.IssuingCertificateURL = []string{"http://lab/\x1bmiddle.crt"}
	oldMiddle := p.sign(from(authority("Old Intermediate"), -2*aYear, -3*aDay), p.root, nil)
	sha1Middle := p.sign(signedWith(authority("SHA-1 Intermediate"), x509.ECDSAWithSHA1), p.root, nil)
	sha1Root := p.sign(signedWith(authority("SHA-1 Root"), x509.ECDSAWithSHA1), nil, nil)

	for _, test := range []struct {
		name  string
		chain []*x509.Certificate
		host  string
		want  string // codes and parts of their sentences, one a line
	}{
		{"good", chain(host("mail.lab")), "mail.lab", ""},
		{"wildcard", chain(host("*.lab")), "mail.lab", ""},
		{"final dot", chain(host("mail.lab")), "mail.lab.", ""},
		{"expired", chain(from(host("mail.lab"), -aYear, -3*aDay)), "mail.lab",
			"cert-expired the server's certificate ended 3 days ago (1999-12-29)"},
		{"expired an hour ago", chain(from(host("mail.lab"), -aYear, -time.Hour)), "mail.lab",
			"cert-expired ended 60 minutes ago"},
		{"expired intermediate", []*x509.Certificate{p.sign(host("mail.lab"), oldMiddle, nil), oldMiddle}, "mail.lab",
			"cert-expired certificate 2 of the chain ended 3 days ago"},
		{"not yet valid", chain(from(host("mail.lab"), aDay, aYear)), "mail.lab",
			"cert-not-yet-valid the server's certificate begins in 1 day (2000-01-02); check both clocks"},
		{"wrong host", chain(host("other.lab", "*.mail.lab")), "mail.lab",
			"cert-wrong-host the certificate is for other.lab, *.mail.lab, not for mail.lab"},
		{"common name only", chain(host()), "mail.lab",
			"cert-wrong-host names no host at all (a common name does not count)"},
		{"an address", chain(host("mail.lab")), "192.0.2.25",
			"cert-wrong-host for mail.lab, not for 192.0.2.25"},
		{"self-signed", alone(host("mail.lab"), nil), "mail.lab",
			"cert-self-signed the certificate is signed by its own key"},
		{"self-signed with SHA-1", []*x509.Certificate{p.sign(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), nil, nil)}, "mail.lab",
			"cert-self-signed signed by its own key"},
		{"unknown issuer", []*x509.Certificate{p.sign(host("mail.lab"), stranger, nil), stranger}, "mail.lab",
			"cert-unknown-issuer the issuer of Strange Intermediate, Strange Root, is neither sent nor among the trusted roots"},
		{"unknown root", []*x509.Certificate{p.sign(host("mail.lab"), stranger, nil), stranger, strange}, "mail.lab",
			"cert-unknown-issuer the chain ends in Strange Root, which is not among the trusted roots"},
		{"missing intermediate", alone(host("mail.lab"), p.middle), "mail.lab",
			"cert-missing-intermediate the certificate of the issuer, Lab Intermediate, is neither sent nor trusted: the server's operator has to send it"},
		{"missing intermediate with a place to find it", alone(pointing, p.middle), "mail.lab",
			`cert-missing-intermediate the certificate says where it is: http://lab/\x1bmiddle.crt`},
		{"weak key", []*x509.Certificate{p.sign(host("mail.lab"), p.middle, rsaKey(1024)), p.middle}, "mail.lab",
			"cert-weak-key the server's certificate has an RSA key of 1024 bits"},
		{"just strong enough", []*x509.Certificate{p.sign(host("mail.lab"), p.middle, rsaKey(2048)), p.middle}, "mail.lab", ""},
		{"weak signature", chain(signedWith(host("mail.lab"), x509.ECDSAWithSHA1)), "mail.lab",
			"cert-weak-signature the server's certificate is signed with ECDSA-SHA1, which can be forged\ncert-weak-signature"},
		{"weak signature below a trusted root", alone(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), p.root), "mail.lab",
			"cert-weak-signature the server's certificate is signed with ECDSA-SHA1\ncert-weak-signature"},
		{"weak signature further up", []*x509.Certificate{p.sign(host("mail.lab"), sha1Middle, nil), sha1Middle}, "mail.lab",
			"cert-weak-signature certificate 2 of the chain is signed with ECDSA-SHA1\ncert-weak-signature"},
		{"a root's own weak signature does not matter", []*x509.Certificate{p.sign(host("mail.lab"), sha1Root, nil), sha1Root}, "mail.lab",
			"cert-unknown-issuer the chain ends in SHA-1 Root"},
		{"wrong usage", chain(usedFor(host("mail.lab"), x509.ExtKeyUsageClientAuth)), "mail.lab",
			"cert-wrong-usage serverAuth is not among its extended key usages"},
		{"any usage", chain(usedFor(host("mail.lab"), x509.ExtKeyUsageAny)), "mail.lab", ""},

		{"expired and for another host", chain(from(host("other.lab"), -aYear, -3*aDay)), "mail.lab",
			"cert-expired 3 days ago\ncert-wrong-host other.lab, not for mail.lab"},
		{"expired and self-signed", alone(from(host("mail.lab"), -aYear, -3*aDay), nil), "mail.lab",
			"cert-expired 3 days ago\ncert-self-signed by its own key"},
		{"not yet valid, alone, for clients, with a weak key", []*x509.Certificate{p.sign(usedFor(from(host("mail.lab"), aDay, aYear), x509.ExtKeyUsageClientAuth), p.middle, rsaKey(1024))}, "mail.lab",
			"cert-not-yet-valid 1 day\ncert-missing-intermediate Lab Intermediate\ncert-wrong-usage serverAuth\ncert-weak-key 1024"},
		{"nothing", nil, "mail.lab", "cert-missing the server sent no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			checks := verify(test.chain, p.roots, test.host, theTime)
			var failed []Check
			for _, c := range checks {
				if !c.OK {
					failed = append(failed, c)
				}
				if c.OK != (c.Finding == "") || c.Name == "" || c.Text == "" {
					t.Errorf("%+v", c)
				}
			}
			if allHold(checks) != (test.want == "") {
				t.Errorf("verified is %v", allHold(checks))
			}
			want := strings.Split(test.want, "\n")
			if test.want == "" {
				want = nil
			}
			if len(failed) != len(want) {
				t.Fatalf("failed: %+v, want %q", failed, want)
			}
			for i, w := range want {
				code, text, _ := strings.Cut(w, " ")
				if failed[i].Finding != code || !strings.Contains(failed[i].Text, text) {
					t.Errorf("%s %s, want %s", failed[i].Finding, failed[i].Text, w)
				}
			}
		})
	}
}

// An address is a name too where the certificate has it.
func TestVerifyAddress(t *testing.T) {
	p := testPKI()
	c := host("mail.lab")
	c.IPAddresses = []net.IP{net.ParseIP("192.0.2.25"), net.ParseIP("2001:db8::25")}
	chain := []*x509.Certificate{p.sign(c, p.middle, nil), p.middle}
	for _, addr := range []string{"192.0.2.25", "2001:db8::25"} {
		if checks := verify(chain, p.roots, addr, theTime); !allHold(checks) {
			t.Errorf("%s: %+v", addr, checks)
		}
	}
}

// What a certificate says of itself is the server's to choose, and bounded.
func TestVerifyHostileNames(t *testing.T) {
	p := testPKI()
	names := make([]string, 50)
	for i := range names {
		names[i] = "evil\x1b[2J.lab"
	}
	checks := verify([]*x509.Certificate{p.sign(host(names...), p.middle, nil), p.middle}, p.roots, "mail.lab", theTime)
	if got := checks[1].Text; strings.Contains(got, "\x1b") || !strings.Contains(got, "45 more") {
		t.Errorf("%q", got)
	}
}

// Each failed check is a finding of its own, and what the policy makes of them is another matter.
func TestHandshakeFindings(t *testing.T) {
	p := testPKI()
	bad := p.sign(from(host("other.lab"), -aYear, -3*aDay), p.middle, nil)
	for _, test := range []struct {
		policy string
		exit   Exit
		words  string
	}{
		{"require", ExitCertificate, "the certificate does not hold: the server's certificate ended 3 days ago (1999-12-29); the certificate is for other.lab"},
		{"opportunistic", ExitOK, ""},
	} {
		script := beforeTLS + "TLS" + goodBye
		if test.policy == "opportunistic" {
			script = beforeTLS + "TLS" + `
				C: EHLO [192.0.2.1]
				S: 250 mail.lab` + goodBye
		}
		w := walk(t, scene{policy: test.policy, server: p.serve(bad, p.middle), script: script})
		w.ends(test.exit, test.words)
		w.found("cert-expired", "cert-wrong-host")
		if tls := w.last(KindTLS).TLS; tls.Verified || tls.Error != "" || len(tls.Chain) != 2 || w.state().Security != SecurityUnverified {
			t.Errorf("%+v", tls)
		}
	}
	w := walk(t, scene{policy: "require", server: p.serve(p.sign(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), p.middle, nil), p.middle),
		script: beforeTLS + "TLS" + goodBye})
	w.found("cert-weak-signature")
}
