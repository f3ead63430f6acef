package certificate

import (
	"crypto/ed25519"
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	p := pkitest.Lab()
	strange, stranger := pkitest.Strangers(p)
	chain := func(template *x509.Certificate) []*x509.Certificate {
		return []*x509.Certificate{p.Sign(template, p.Middle, nil), p.Middle}
	}
	alone := func(template, issuer *x509.Certificate) []*x509.Certificate {
		return []*x509.Certificate{p.Sign(template, issuer, nil)}
	}
	pointing := pkitest.Host("mail.lab")
	pointing.IssuingCertificateURL = []string{"http://lab/\x1bmiddle.crt"}
	oldMiddle := p.Sign(pkitest.From(pkitest.Authority("Old Intermediate"), -2*pkitest.Year, -3*pkitest.Day), p.Root, nil)
	mail := p.Sign(pkitest.UsedFor(pkitest.Authority("Mail Intermediate"), x509.ExtKeyUsageEmailProtection), p.Root, nil)
	fakeLeaf := pkitest.Other().Sign(pkitest.Host("mail.lab"), pkitest.Other().Middle, nil)
	sha1Middle := p.Sign(pkitest.SignedWith(pkitest.Authority("SHA-1 Intermediate"), x509.ECDSAWithSHA1), p.Root, nil)
	sha1Root := p.Sign(pkitest.SignedWith(pkitest.Authority("SHA-1 Root"), x509.ECDSAWithSHA1), nil, nil)

	for _, test := range []struct {
		name  string
		chain []*x509.Certificate
		host  string
		want  string // codes and parts of their sentences, one a line
	}{
		{"good", chain(pkitest.Host("mail.lab")), "mail.lab", ""},
		{"wildcard", chain(pkitest.Host("*.lab")), "mail.lab", ""},
		{"final dot", chain(pkitest.Host("mail.lab")), "mail.lab.", ""},
		{"expired", chain(pkitest.From(pkitest.Host("mail.lab"), -pkitest.Year, -3*pkitest.Day)), "mail.lab",
			"cert-expired the server's certificate (mail) expired on 1999-12-29, 3 days ago"},
		{"expired an hour ago", chain(pkitest.From(pkitest.Host("mail.lab"), -pkitest.Year, -time.Hour)), "mail.lab",
			"cert-expired expired on 1999-12-31, 60 minutes ago"},
		{"expired intermediate", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), oldMiddle, nil), oldMiddle}, "mail.lab",
			"cert-expired certificate 2 of the chain (Old Intermediate) expired on 1999-12-29, 3 days ago"},
		{"an expired certificate that is not needed", append(chain(pkitest.Host("mail.lab")), oldMiddle), "mail.lab", ""},
		{"not yet valid", chain(pkitest.From(pkitest.Host("mail.lab"), pkitest.Day, pkitest.Year)), "mail.lab",
			"cert-not-yet-valid the server's certificate (mail) is not valid before 2000-01-02 00:00 UTC, which is 24 hours from now"},
		{"wrong host", chain(pkitest.Host("other.lab", "*.mail.lab")), "mail.lab",
			"cert-wrong-host the server's certificate (mail) is for another host: it names other.lab, *.mail.lab, but not mail.lab. A wildcard covers exactly one label"},
		{"common name only", chain(pkitest.Host()), "mail.lab",
			"cert-wrong-host has no host name in subjectAltName, and this client ignores the common name; it asked for mail.lab"},
		{"an address", chain(pkitest.Host("mail.lab")), "192.0.2.25",
			"cert-wrong-host it names mail.lab, but not 192.0.2.25. That is an address"},
		{"self-signed", alone(pkitest.Host("mail.lab"), nil), "mail.lab",
			"cert-self-signed the server's certificate (mail) is self-signed: no CA has signed it"},
		{"self-signed with SHA-1", []*x509.Certificate{p.Sign(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1), nil, nil)}, "mail.lab",
			"cert-self-signed no CA has signed it"},
		{"unknown issuer", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), stranger, nil), stranger}, "mail.lab",
			"cert-unknown-issuer the issuer of certificate 2 of the chain, Strange Root, is neither sent nor trusted"},
		{"unknown root", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), stranger, nil), stranger, strange}, "mail.lab",
			"cert-unknown-issuer the chain of the server's certificate (mail) ends in Strange Root, which is not a trusted root"},
		{"missing intermediate", alone(pkitest.Host("mail.lab"), p.Middle), "mail.lab",
			"cert-missing-intermediate the chain of the server's certificate (mail) lacks the certificate of its issuer, Lab Intermediate"},
		{"missing intermediate with a place to find it", alone(pointing, p.Middle), "mail.lab",
			`cert-missing-intermediate The issuer's certificate can be downloaded from http://lab/\x1bmiddle.crt`},
		{"weak key", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), p.Middle, pkitest.RSAKey(1024)), p.Middle}, "mail.lab",
			"cert-weak-key the server's certificate (mail) has a weak key: RSA with 1024 bits, where 2048 is the minimum today. No key of this length is known to have been broken"},
		{"weak key of an intermediate", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), stranger, nil), p.Sign(pkitest.Authority("Strange Intermediate"), strange, pkitest.RSAKey(1024))}, "mail.lab",
			"cert-bad-signature\ncert-weak-key certificate 2 of the chain (Strange Intermediate) has a weak key"},
		{"just strong enough", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), p.Middle, pkitest.RSAKey(2048)), p.Middle}, "mail.lab", ""},
		{"weak signature", chain(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1)), "mail.lab",
			"cert-weak-signature the server's certificate (mail) has a weak signature: ECDSA-SHA1 can be forged, so it does not count\ncert-weak-signature"},
		{"weak signature below a trusted root", alone(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1), p.Root), "mail.lab",
			"cert-weak-signature so it does not count\ncert-weak-signature the server's certificate (mail) has a weak signature"},
		{"weak signature further up", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), sha1Middle, nil), sha1Middle}, "mail.lab",
			"cert-weak-signature certificate 2 of the chain (SHA-1 Intermediate) has a weak signature\ncert-weak-signature"},
		{"a root's own weak signature does not matter", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), sha1Root, nil), sha1Root}, "mail.lab",
			"cert-unknown-issuer ends in SHA-1 Root"},
		{"wrong usage", chain(pkitest.UsedFor(pkitest.Host("mail.lab"), x509.ExtKeyUsageClientAuth)), "mail.lab",
			"cert-wrong-usage its extended key usage does not include serverAuth"},
		{"an intermediate for another use", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), mail, nil), mail}, "mail.lab",
			"cert-wrong-usage certificate 2 of the chain (Mail Intermediate) may not issue for servers"},
		{"a key for another use", chain(pkitest.KeyFor(pkitest.Host("mail.lab"), x509.KeyUsageCertSign)), "mail.lab",
			"cert-wrong-usage the server's certificate (mail) is not valid for TLS: its key usage does not include digitalSignature"},
		{"a chain out of order, with more than is needed", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), p.Middle, nil), stranger, p.Root, p.Middle}, "mail.lab", ""},
		{"a root that only has the name", []*x509.Certificate{fakeLeaf, pkitest.Other().Middle, pkitest.Other().Root}, "mail.lab",
			"cert-bad-signature certificate 3 of the chain (Lab Root) names a trusted root, Lab Root, as its issuer, but was not signed by the root that is trusted here: its key did not make the signature"},
		{"any usage", chain(pkitest.UsedFor(pkitest.Host("mail.lab"), x509.ExtKeyUsageAny)), "mail.lab", ""},

		{"expired and for another host", chain(pkitest.From(pkitest.Host("other.lab"), -pkitest.Year, -3*pkitest.Day)), "mail.lab",
			"cert-expired 3 days ago\ncert-wrong-host other.lab, but not mail.lab"},
		{"expired and self-signed", alone(pkitest.From(pkitest.Host("mail.lab"), -pkitest.Year, -3*pkitest.Day), nil), "mail.lab",
			"cert-expired 3 days ago\ncert-self-signed no CA has signed it"},
		{"not yet valid, alone, for clients, with a weak key", []*x509.Certificate{p.Sign(pkitest.UsedFor(pkitest.From(pkitest.Host("mail.lab"), pkitest.Day, pkitest.Year), x509.ExtKeyUsageClientAuth), p.Middle, pkitest.RSAKey(1024))}, "mail.lab",
			"cert-not-yet-valid 24 hours\ncert-missing-intermediate Lab Intermediate\ncert-wrong-usage serverAuth\ncert-weak-key 1024"},
		{"nothing", nil, "mail.lab", "cert-missing the server sent no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			checks := (&Verification{Chain: test.chain, Roots: p.Roots, Host: test.host, Now: pkitest.Time}).Checks()
			var failed []record.Check
			for _, c := range checks {
				if c.Failed() {
					failed = append(failed, c)
				}
				whole(t, c)
			}
			judgedAlike(t, &Verification{Chain: test.chain, Roots: p.Roots, Host: test.host, Now: pkitest.Time}, checks)
			if NoneFailed(checks) != (test.want == "") {
				t.Errorf("verified is %v", NoneFailed(checks))
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
				if string(failed[i].Finding) != code || !strings.Contains(failed[i].Text, text) {
					t.Errorf("%s %s, want %s", failed[i].Finding, failed[i].Text, w)
				}
			}
		})
	}
}

// judgedAlike wants the same of a chain whether or not its good answers wait for a reader, and all that is remarked to be at hand.
func judgedAlike(t *testing.T, v *Verification, checks []record.Check) {
	t.Helper()
	judged, verified := v.Judged()
	remarked := slices.ContainsFunc(checks, func(c record.Check) bool { return c.Failed() || c.Finding != "" })
	if remarked != (len(judged.AtHand()) > 0) || verified != NoneFailed(checks) {
		t.Errorf("verified is %v, with %d checks at hand", verified, len(judged.AtHand()))
	}
	if !slices.Equal(judged.List(), checks) {
		t.Errorf("judged is %+v, want %+v", judged.List(), checks)
	}
}

// whole wants a sentence of a check that did not hold: which certificate, what is wrong, what would put it right and who
// has to do that. What fails is dangerous, what stays open is not.
func whole(t *testing.T, c record.Check) {
	t.Helper()
	if c.Name == "" || c.Text == "" || c.OK && (c.Open || string(c.Finding)+c.Fix+string(c.Who) != "") {
		t.Errorf("%+v", c)
	}
	if c.Finding == "" {
		return
	}
	severity := record.NewFinding(c.Finding, "").Severity
	if c.Fix == "" || c.Who == "" || c.Failed() != (severity == "danger") {
		t.Errorf("%s is %s: %+v", c.Finding, severity, c)
	}
	if named := regexp.MustCompile(`certificate \(|certificate \d+ of the chain[ ,]|the server sent no certificate|stapled OCSP response`); !named.MatchString(c.Text) {
		t.Errorf("no certificate is named: %s", c.Text)
	}
}

// An address is a name too where the certificate has it.
func TestVerifyAddress(t *testing.T) {
	p := pkitest.Lab()
	c := pkitest.Host("mail.lab")
	c.IPAddresses = []net.IP{net.ParseIP("192.0.2.25"), net.ParseIP("2001:db8::25")}
	chain := []*x509.Certificate{p.Sign(c, p.Middle, nil), p.Middle}
	for _, addr := range []string{"192.0.2.25", "2001:db8::25"} {
		if checks := (&Verification{Chain: chain, Roots: p.Roots, Host: addr, Now: pkitest.Time}).Checks(); !NoneFailed(checks) {
			t.Errorf("%s: %+v", addr, checks)
		}
	}
}

// What a certificate says of itself is the server's to choose, and bounded.
func TestVerifyHostileNames(t *testing.T) {
	p := pkitest.Lab()
	names := make([]string, 50)
	for i := range names {
		names[i] = "evil\x1b[2J.lab"
	}
	v := Verification{Chain: []*x509.Certificate{p.Sign(pkitest.Host(names...), p.Middle, nil), p.Middle}, Roots: p.Roots, Host: "mail.lab", Now: pkitest.Time}
	checks := v.Checks()
	if got := checks[1].Text; strings.Contains(got, "\x1b") || !strings.Contains(got, "45 more") {
		t.Errorf("%q", got)
	}
}

// Nothing of the library's own words is said of a root that has the name and not the key.
func TestRootCause(t *testing.T) {
	for why, want := range map[string]string{
		`"x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey" while trying to verify candidate authority certificate "Root")`: "its key is of a different type than the key that signed",
		`"crypto/rsa: verification error" while trying to verify candidate authority certificate "Root")`:                                                                      "its key did not make the signature",
		`"x509: ECDSA verification failure" while trying to verify candidate authority certificate "Root")`:                                                                    "its key did not make the signature",
		`"x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying)`:                                                                     "it is not allowed to issue certificates",
		`"something new")`: "the signature does not match it",
	} {
		if got := rootCause(why); got != want {
			t.Errorf("%s: %s, want %s", why, got, want)
		}
	}
}

// A signature that nobody relies on is not called good.
func TestSelfSignature(t *testing.T) {
	p := pkitest.Lab()
	own := p.Sign(pkitest.Host("mail.lab"), nil, nil)
	v := Verification{Chain: []*x509.Certificate{own}, Roots: p.Roots, Host: "mail.lab", Now: own.NotBefore}
	for _, c := range v.Checks() {
		if c.Name == "signature" && !strings.HasPrefix(c.Text, "not relied on: ") {
			t.Errorf("%+v", c)
		}
	}
}

func TestKeyNames(t *testing.T) {
	p := pkitest.Lab()
	for want, key := range map[string]any{"RSA 2048": pkitest.RSAKey(2048), "Ed25519": ed25519.PublicKey(make([]byte, 32)), "ECDSA P-256": p.Key.Public()} {
		if got := keyName(p.Sign(pkitest.Host("a"), p.Middle, key)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	ed448 := &x509.Certificate{RawSubjectPublicKeyInfo: []byte("\x30\x07\x30\x05\x06\x03\x2b\x65\x71"), Raw: []byte("\x30\x09\x30\x00\x30\x05\x06\x03\x2b\x65\x71")}
	if key, signature := keyName(ed448), signatureName(ed448); key != "Ed448" || signature != "Ed448" {
		t.Errorf("a key that Go does not know is %q, its signature %q", key, signature)
	}
}

// What is said of a time agrees with the dates beside it, whatever the hour.
func TestApart(t *testing.T) {
	morning := time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC)
	for to, want := range map[time.Time]string{
		morning:                       "0 minutes",
		morning.Add(time.Minute):      "1 minute",
		morning.Add(90 * time.Minute): "90 minutes",
		time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC): "22 hours",
		time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC): "46 hours", // not 1 day: the date says the day after tomorrow
		time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC): "2 days",
		time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC): "3 days",
		time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC): "30 days",
	} {
		if got := apart(morning, to); got != want {
			t.Errorf("%v: %s, want %s", to, got, want)
		}
	}
}
