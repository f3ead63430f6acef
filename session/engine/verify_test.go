package engine

import (
	"crypto/rsa"
	"crypto/x509"
	"ehlo/session/certificate"
	"ehlo/session/record"
	"math/big"
	"net"
	"regexp"
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

func keyFor(c *x509.Certificate, u x509.KeyUsage) *x509.Certificate {
	c.KeyUsage = u
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
	mail := p.sign(usedFor(authority("Mail Intermediate"), x509.ExtKeyUsageEmailProtection), p.root, nil)
	fakeLeaf := otherPKI().sign(host("mail.lab"), otherPKI().middle, nil)
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
			"cert-expired the server's certificate (mail) is out of date: it ended 3 days ago (1999-12-29)"},
		{"expired an hour ago", chain(from(host("mail.lab"), -aYear, -time.Hour)), "mail.lab",
			"cert-expired ended 60 minutes ago"},
		{"expired intermediate", []*x509.Certificate{p.sign(host("mail.lab"), oldMiddle, nil), oldMiddle}, "mail.lab",
			"cert-expired certificate 2 of the chain (Old Intermediate) is out of date: it ended 3 days ago"},
		{"an expired certificate that is not needed", append(chain(host("mail.lab")), oldMiddle), "mail.lab", ""},
		{"not yet valid", chain(from(host("mail.lab"), aDay, aYear)), "mail.lab",
			"cert-not-yet-valid the server's certificate (mail) is not valid yet: it begins in 24 hours (2000-01-02)"},
		{"wrong host", chain(host("other.lab", "*.mail.lab")), "mail.lab",
			"cert-wrong-host the server's certificate (mail) is for another host: it names other.lab, *.mail.lab; mail.lab was asked for"},
		{"common name only", chain(host()), "mail.lab",
			"cert-wrong-host names no host at all (a common name does not count); mail.lab was asked for"},
		{"an address", chain(host("mail.lab")), "192.0.2.25",
			"cert-wrong-host it names mail.lab; 192.0.2.25 was asked for"},
		{"self-signed", alone(host("mail.lab"), nil), "mail.lab",
			"cert-self-signed the server's certificate (mail) is self-signed: it is signed by its own key"},
		{"self-signed with SHA-1", []*x509.Certificate{p.sign(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), nil, nil)}, "mail.lab",
			"cert-self-signed signed by its own key"},
		{"unknown issuer", []*x509.Certificate{p.sign(host("mail.lab"), stranger, nil), stranger}, "mail.lab",
			"cert-unknown-issuer the issuer of certificate 2 of the chain (Strange Intermediate) is not known: Strange Root is neither sent nor among the trusted roots"},
		{"unknown root", []*x509.Certificate{p.sign(host("mail.lab"), stranger, nil), stranger, strange}, "mail.lab",
			"cert-unknown-issuer the chain ends in Strange Root, which is not among the trusted roots"},
		{"missing intermediate", alone(host("mail.lab"), p.middle), "mail.lab",
			"cert-missing-intermediate the chain of the server's certificate (mail) is not whole: its issuer, Lab Intermediate, is neither sent nor trusted; the certificate does not say where to find it (no caIssuers in its AIA)"},
		{"missing intermediate with a place to find it", alone(pointing, p.middle), "mail.lab",
			`cert-missing-intermediate the certificate says where it is (AIA): http://lab/\x1bmiddle.crt`},
		{"weak key", []*x509.Certificate{p.sign(host("mail.lab"), p.middle, rsaKey(1024)), p.middle}, "mail.lab",
			"cert-weak-key the server's certificate (mail) has too weak a key: RSA with 1024 bits, where 2048 are the least today; nobody has broken one of that length in public"},
		{"weak key of an intermediate", []*x509.Certificate{p.sign(host("mail.lab"), stranger, nil), p.sign(authority("Strange Intermediate"), strange, rsaKey(1024))}, "mail.lab",
			"cert-bad-signature\ncert-weak-key certificate 2 of the chain (Strange Intermediate) has too weak a key"},
		{"just strong enough", []*x509.Certificate{p.sign(host("mail.lab"), p.middle, rsaKey(2048)), p.middle}, "mail.lab", ""},
		{"weak signature", chain(signedWith(host("mail.lab"), x509.ECDSAWithSHA1)), "mail.lab",
			"cert-weak-signature the server's certificate (mail) has too weak a signature: ECDSA-SHA1 can be forged, so the chain is not followed over it\ncert-weak-signature"},
		{"weak signature below a trusted root", alone(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), p.root), "mail.lab",
			"cert-weak-signature so the chain is not followed\ncert-weak-signature the server's certificate (mail) has too weak a signature"},
		{"weak signature further up", []*x509.Certificate{p.sign(host("mail.lab"), sha1Middle, nil), sha1Middle}, "mail.lab",
			"cert-weak-signature certificate 2 of the chain (SHA-1 Intermediate) has too weak a signature\ncert-weak-signature"},
		{"a root's own weak signature does not matter", []*x509.Certificate{p.sign(host("mail.lab"), sha1Root, nil), sha1Root}, "mail.lab",
			"cert-unknown-issuer the chain ends in SHA-1 Root"},
		{"wrong usage", chain(usedFor(host("mail.lab"), x509.ExtKeyUsageClientAuth)), "mail.lab",
			"cert-wrong-usage serverAuth is not among its extended key usages"},
		{"an intermediate for another use", []*x509.Certificate{p.sign(host("mail.lab"), mail, nil), mail}, "mail.lab",
			"cert-wrong-usage certificate 2 of the chain (Mail Intermediate) may not issue for servers"},
		{"a key for another use", chain(keyFor(host("mail.lab"), x509.KeyUsageCertSign)), "mail.lab",
			"cert-wrong-usage the server's certificate (mail) is not made for TLS: its key usage has no digitalSignature"},
		{"a chain out of order, with more than is needed", []*x509.Certificate{p.sign(host("mail.lab"), p.middle, nil), stranger, p.root, p.middle}, "mail.lab", ""},
		{"a root that only has the name", []*x509.Certificate{fakeLeaf, otherPKI().middle, otherPKI().root}, "mail.lab",
			"cert-bad-signature certificate 3 of the chain (Lab Root) names a trusted root, Lab Root, as its issuer, and was not signed by the one that is trusted here: its key did not make the signature"},
		{"any usage", chain(usedFor(host("mail.lab"), x509.ExtKeyUsageAny)), "mail.lab", ""},

		{"expired and for another host", chain(from(host("other.lab"), -aYear, -3*aDay)), "mail.lab",
			"cert-expired 3 days ago\ncert-wrong-host other.lab; mail.lab was asked for"},
		{"expired and self-signed", alone(from(host("mail.lab"), -aYear, -3*aDay), nil), "mail.lab",
			"cert-expired 3 days ago\ncert-self-signed by its own key"},
		{"not yet valid, alone, for clients, with a weak key", []*x509.Certificate{p.sign(usedFor(from(host("mail.lab"), aDay, aYear), x509.ExtKeyUsageClientAuth), p.middle, rsaKey(1024))}, "mail.lab",
			"cert-not-yet-valid 24 hours\ncert-missing-intermediate Lab Intermediate\ncert-wrong-usage serverAuth\ncert-weak-key 1024"},
		{"nothing", nil, "mail.lab", "cert-missing the server sent no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			checks := (&certificate.Verification{Chain: test.chain, Roots: p.roots, Host: test.host, Now: theTime}).Checks()
			var failed []record.Check
			for _, c := range checks {
				if c.Failed() {
					failed = append(failed, c)
				}
				whole(t, c)
			}
			if certificate.NoneFailed(checks) != (test.want == "") {
				t.Errorf("verified is %v", certificate.NoneFailed(checks))
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

// whole wants a sentence of a check that did not hold: which certificate, what is wrong, what would put it right and who
// has to do that. What fails is dangerous, what stays open is not.
func whole(t *testing.T, c record.Check) {
	t.Helper()
	if c.Name == "" || c.Text == "" || c.OK && (c.Open || c.Finding+c.Fix+c.Who != "") {
		t.Errorf("%+v", c)
	}
	if c.Finding == "" {
		return
	}
	severity := record.NewFinding(c.Finding, "").Severity
	if c.Fix == "" || c.Who == "" || c.Failed() != (severity == "danger") {
		t.Errorf("%s is %s: %+v", c.Finding, severity, c)
	}
	if named := regexp.MustCompile(`certificate \(|certificate \d+ of the chain \(|the server sent no certificate|stapled OCSP answer`); !named.MatchString(c.Text) {
		t.Errorf("no certificate is named: %s", c.Text)
	}
}

// An address is a name too where the certificate has it.
func TestVerifyAddress(t *testing.T) {
	p := testPKI()
	c := host("mail.lab")
	c.IPAddresses = []net.IP{net.ParseIP("192.0.2.25"), net.ParseIP("2001:db8::25")}
	chain := []*x509.Certificate{p.sign(c, p.middle, nil), p.middle}
	for _, addr := range []string{"192.0.2.25", "2001:db8::25"} {
		if checks := (&certificate.Verification{Chain: chain, Roots: p.roots, Host: addr, Now: theTime}).Checks(); !certificate.NoneFailed(checks) {
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
	v := certificate.Verification{Chain: []*x509.Certificate{p.sign(host(names...), p.middle, nil), p.middle}, Roots: p.roots, Host: "mail.lab", Now: theTime}
	checks := v.Checks()
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
		exit   record.Exit
		words  string
	}{
		{"require", record.ExitCertificate, "the certificate does not hold: the server's certificate (mail) is out of date: it ended 3 days ago (1999-12-29); the server's certificate (mail) is for another host: it names other.lab"},
		{"opportunistic", record.ExitOK, ""},
	} {
		script := beforeTLS + "TLS" + goodBye
		if test.policy == "opportunistic" {
			script = beforeTLS + "TLS" + `
				C: EHLO [192.0.2.1]
				S: 250 mail.lab` + goodBye
		}
		w := walkThrough(t, scene{policy: test.policy, server: p.serve(bad, p.middle), script: script})
		w.ends(test.exit, test.words)
		w.found("cert-expired", "cert-wrong-host")
		if tls := w.last(record.KindTLS).TLS; tls.Verified || tls.Error != "" || len(tls.Chain) != 2 || w.state().Security != record.SecurityUnverified {
			t.Errorf("%+v", tls)
		}
	}
	w := walkThrough(t, scene{policy: "require", server: p.serve(p.sign(signedWith(host("mail.lab"), x509.ECDSAWithSHA1), p.middle, nil), p.middle),
		script: beforeTLS + "TLS" + goodBye})
	w.found("cert-weak-signature")
}

// Nothing of the library's own words is said of a root that has the name and not the key.
func TestRootCause(t *testing.T) {
	for why, want := range map[string]string{
		`"x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey" while trying to verify candidate authority certificate "Root")`: "its key is of another kind than the one that signed",
		`"crypto/rsa: verification error" while trying to verify candidate authority certificate "Root")`:                                                                      "its key did not make the signature",
		`"x509: ECDSA verification failure" while trying to verify candidate authority certificate "Root")`:                                                                    "its key did not make the signature",
		`"x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying)`:                                                                     "it may not issue certificates",
		`"something new")`: "the signature does not go with it",
	} {
		if got := certificate.RootCause(why); got != want {
			t.Errorf("%s: %s, want %s", why, got, want)
		}
	}
}

// A signature that nobody relies on is not called good.
func TestSelfSignature(t *testing.T) {
	p := testPKI()
	own := p.sign(host("mail.lab"), nil, nil)
	v := certificate.Verification{Chain: []*x509.Certificate{own}, Roots: p.roots, Host: "mail.lab", Now: own.NotBefore}
	for _, c := range v.Checks() {
		if c.Name == "signature" && !strings.HasPrefix(c.Text, "not relied on: ") {
			t.Errorf("%+v", c)
		}
	}
}
