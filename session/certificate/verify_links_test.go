package certificate

import (
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"fmt"
	"strings"
	"testing"
)

// drawn is a path as text: the place of each certificate, its name, whose root it is, and its checks, a link a line.
func drawn(list []record.Link, chain []*x509.Certificate) string {
	var out []string
	for _, l := range list {
		name := ""
		if l.Sent > 0 {
			name = subjectName(chain[l.Sent-1])
		} else {
			name = strings.TrimPrefix(strings.Split(l.Certificate.Subject, ",")[0], "CN=")
		}
		line := fmt.Sprintf("%d %s", l.Sent, name)
		if l.Trusted != "" {
			line += " (" + l.Trusted + ")"
		}
		for _, c := range l.Checks {
			line += map[bool]string{true: " +", false: " -"}[c.OK] + c.Name
			if !c.OK {
				line += ": " + c.Text + ";"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestLinks(t *testing.T) {
	p := pkitest.Lab()
	strange, stranger := pkitest.Strangers(p)
	leaf := p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)
	oldMiddle := p.Sign(pkitest.From(pkitest.Authority("Old Intermediate"), -2*pkitest.Year, -3*pkitest.Day), p.Root, nil)
	sha1 := p.Sign(pkitest.SignedWith(pkitest.Host("mail.lab"), x509.ECDSAWithSHA1), p.Middle, nil)
	other := pkitest.Other().Sign(pkitest.Host("mail.lab"), pkitest.Other().Middle, nil)
	www := pkitest.Host("www.lab")
	www.Subject.CommonName = "www"
	notCA := p.Sign(www, p.Middle, nil)
	bound := pkitest.Authority("Bound Intermediate")
	bound.PermittedDNSDomains = []string{"example.org"}
	bounded := p.Sign(bound, p.Root, nil)
	const whole = "1 mail +signature +time\n"

	for _, test := range []struct {
		name  string
		chain []*x509.Certificate
		want  string
	}{
		{"whole", []*x509.Certificate{leaf, p.Middle}, whole + "2 Lab Intermediate +signature +issuer +time\n0 Lab Root (the lab's) +issuer +time"},
		{"out of order, with the root and a stranger", []*x509.Certificate{leaf, p.Root, stranger, p.Middle},
			whole + "4 Lab Intermediate +signature +issuer +time\n2 Lab Root (the lab's) +issuer +time"},
		{"expired in the middle", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), oldMiddle, nil), oldMiddle},
			whole + "2 Old Intermediate +signature +issuer -time: expired on 1999-12-29;\n0 Lab Root (the lab's) +issuer +time"},
		{"self-signed", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), nil, nil)},
			"1 mail -signature: self-signed, and not among the trusted roots; +time"},
		{"missing intermediate", []*x509.Certificate{leaf},
			"1 mail -signature: the signature cannot be checked: Lab Intermediate is neither sent nor among the trusted roots; +time"},
		{"unknown root", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), stranger, nil), stranger, strange},
			whole + "2 Strange Intermediate +signature +issuer +time\n3 Strange Root -signature: self-signed, and not among the trusted roots; +issuer +time"},
		{"a signature that can be forged, below links that hold", []*x509.Certificate{sha1, p.Middle},
			"1 mail -signature: the signature can be forged: ECDSA-SHA1; +time\n2 Lab Intermediate +signature +issuer +time\n0 Lab Root (the lab's) +issuer +time"},
		{"another key of the same name", []*x509.Certificate{other, p.Middle},
			"1 mail -signature: the signature is wrong: the key of Lab Intermediate did not make it; +time\n2 Lab Intermediate +signature +issuer +time\n0 Lab Root (the lab's) +issuer +time"},
		{"a root that only has the name", []*x509.Certificate{other, pkitest.Other().Middle},
			whole + "2 Lab Intermediate -signature: a trusted root has the name Lab Root, but it did not sign this certificate: its key did not make the signature"},
		{"issued by a server", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), notCA, nil), notCA, p.Middle},
			whole + "2 www +signature -issuer: may not issue certificates: its basic constraints do not make it a CA; +time\n3 Lab Intermediate +signature"},
		{"outside of what the CA may issue", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), bounded, nil), bounded},
			"1 mail +signature +time -rules: "},
		{"a weak key", []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), p.Middle, pkitest.RSAKey(1024)), p.Middle},
			"1 mail +signature +time -key: the key is too weak: RSA 1024;\n2 Lab"},
		{"nothing", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := &Verification{Chain: test.chain, Roots: p.Roots, Trust: "the lab's", Host: "mail.lab", Now: pkitest.Time}
			verified := NoneFailed(v.Checks())
			links := v.Links()
			if got := drawn(links, test.chain); !strings.HasPrefix(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, l := range links {
				if verified && !l.Holds() {
					t.Errorf("the certificate is verified, and a link does not hold: %+v", l)
				}
			}
		})
	}
}

// What is out of its place does not count against the certificate, and is told.
func TestTheOrderOfTheChain(t *testing.T) {
	p := pkitest.Lab()
	_, stranger := pkitest.Strangers(p)
	leaf := p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)
	for _, test := range []struct {
		chain   []*x509.Certificate
		want    string
		surplus []int
	}{
		{[]*x509.Certificate{leaf, p.Middle}, "", nil},
		{[]*x509.Certificate{leaf, p.Middle, p.Root}, "", nil},
		{[]*x509.Certificate{leaf, p.Middle, stranger}, "", []int{3}},
		{[]*x509.Certificate{leaf, p.Middle, p.Middle}, "", []int{3}},
		{[]*x509.Certificate{leaf, p.Root, p.Middle}, "certificate 3 of the chain (Lab Intermediate) is out of order: each certificate has to follow the one that it issued, here 1, 3, 2", nil},
		{[]*x509.Certificate{leaf, stranger, p.Middle}, "certificate 3 of the chain (Lab Intermediate) is out of order", []int{2}},
	} {
		v := &Verification{Chain: test.chain, Roots: p.Roots, Host: "mail.lab", Now: pkitest.Time}
		checks := v.Checks()
		if !NoneFailed(checks) {
			t.Errorf("%+v", checks)
		}
		got := ""
		for _, c := range checks {
			if c.Name == "order" {
				whole(t, c)
				got = c.Text
			}
		}
		if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
		summary := &record.TLS{Chain: record.Listed(v.Described()), Path: record.Listed(v.Links())}
		if fmt.Sprint(summary.Surplus()) != fmt.Sprint(test.surplus) {
			t.Errorf("surplus %v, want %v", summary.Surplus(), test.surplus)
		}
	}
}
