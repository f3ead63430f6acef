package certificate

import (
	"crypto/x509"
	"strings"
	"testing"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
)

// failure is the first check that failed for a leaf of an issuer that is neither sent nor trusted.
func failure(host string, leaf *x509.Certificate, issuer string) record.Check {
	p := pkitest.Lab()
	root := p.Sign(pkitest.Authority(issuer), nil, nil)
	v := &Verification{Chain: []*x509.Certificate{p.Sign(leaf, root, nil)}, Roots: p.Roots, Host: host, Now: pkitest.Time}
	for _, c := range v.Checks() {
		if c.Failed() {
			return c
		}
	}
	return record.Check{}
}

// Who issues certificates on the path is known by the name of the issuer, where the certificate is for the right host.
func TestIntercepted(t *testing.T) {
	for issuer, who := range map[string]record.Who{
		"Avast Web/Mail Shield Root": record.WhoYou, "avast! Web/Mail Shield Root": record.WhoYou, "AVG Web/Mail Shield Root": record.WhoYou,
		"Kaspersky Anti-Virus Personal Root Certificate": record.WhoYou, "ESET SSL Filter CA": record.WhoYou, "ESET, spol. s r. o.": record.WhoYou, "Bitdefender CA": record.WhoYou,
		"DO_NOT_TRUST_FiddlerRoot": record.WhoYou, "FortiGate CA": record.WhoNetwork, "Zscaler Intermediate Root CA (zscaler.net)": record.WhoNetwork,
		"Sophos SSL CA_C01001": record.WhoNetwork, "ACME TLS Inspection CA": record.WhoNetwork, "McAfee Web Gateway": record.WhoNetwork, "PaloAlto-Forward-Trust": record.WhoNetwork, "Comodo Internet Security": record.WhoYou, "Gateway CA - Cloudflare Managed G1": record.WhoNetwork,
	} {
		c := failure("mail.lab", pkitest.Host("mail.lab"), issuer)
		if c.Finding != record.FoundCertificateIntercepted || c.Who != who || !strings.Contains(c.Text, "intercepts TLS") {
			t.Errorf("%s: %s %s", issuer, c.Finding, c.Text)
		}
	}
	if c := failure("mail.lab", pkitest.Host("fortimail.example"), "Fortinet CA"); c.Finding != record.FoundCertificateWrongHost {
		t.Errorf("a device's own certificate: %s", c.Text)
	}
}

// A certificate of a CA's staging environment is for the operator to replace, and for no one to trust.
func TestStaged(t *testing.T) {
	for _, issuer := range []string{"(STAGING) Riddling Rhubarb R12", "Fake LE Intermediate X1"} {
		c := failure("mail.lab", pkitest.Host("mail.lab"), issuer)
		if c.Finding != record.FoundCertificateUnknownIssuer || c.Who != record.WhoOperator || c.Here != "" || !strings.Contains(c.Text, "test certificate") {
			t.Errorf("%s: %+v", issuer, c)
		}
	}
}

// Each line of the list is a whole one, and finds who it names.
func TestInterceptors(t *testing.T) {
	for line := range strings.SplitSeq(interceptors, "\n") {
		part, rest, whole := strings.Cut(line, "|")
		name, here, local := strings.Cut(rest, "|")
		if !whole || part == "" || part != strings.ToLower(part) || name == "" || local && here != "here" {
			t.Errorf("%q is no line of the list", line)
		}
	}
	for name, want := range map[string]interceptor{
		"avast root": {"Avast", true}, "superfish, inc.": {"Superfish", true}, "fortigate ca": {"FortiGate", false}, "proxysg": {"Blue Coat ProxySG", false},
		"squid": {"Squid", false}, "our tls intercept": {"a TLS inspection device", false},
	} {
		if by, found := interceptorAmong(name); !found || by != want {
			t.Errorf("%s is %+v", name, by)
		}
	}
}

// Where its root is trusted here that is a remark, and the certificate is as good as any.
func TestInspected(t *testing.T) {
	for issuer, remarked := range map[string]bool{"Avast Web/Mail Shield Root": true, "Zscaler Root CA": true, "Example Company Root CA": false} {
		p := pkitest.Lab()
		root := p.Sign(pkitest.Authority(issuer), nil, nil)
		roots := x509.NewCertPool()
		roots.AddCert(root)
		v := &Verification{Chain: []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), root, nil)}, Roots: roots, Host: "mail.lab", Now: pkitest.Time}
		checks := v.Checks()
		if found := checks[2].Finding == record.FoundCertificateInspected; !NoneFailed(checks) || found != remarked {
			t.Errorf("%s: %+v", issuer, checks)
		}
	}
}

// An issuer that is neither sent nor trusted is an intermediate where something shows a public CA, and may be a private root.
func TestIssuerNowhere(t *testing.T) {
	fetchable := pkitest.Host("mail.lab")
	fetchable.IssuingCertificateURL = []string{"http://ca.example/issuing.crt"}
	inDirectory := pkitest.Host("mail.lab")
	inDirectory.IssuingCertificateURL = []string{"ldap:///CN=Example"}
	for _, test := range []struct {
		leaf   *x509.Certificate
		issuer string
		want   record.FindingCode
		words  string
	}{
		{pkitest.Host("mail.lab"), "Example Company Root CA", record.FoundCertificateUnknownIssuer, "By its name it is a root"},
		{pkitest.Host("mail.lab"), "Example Mail", record.FoundCertificateUnknownIssuer, "Either an intermediate certificate is missing"},
		{inDirectory, "Example Mail", record.FoundCertificateUnknownIssuer, "Either an intermediate certificate is missing"},
		{pkitest.Host("mail.lab"), "Example Issuing CA 3", record.FoundCertificateMissingIntermediate, "lacks the certificate of its issuer"},
		{fetchable, "R11", record.FoundCertificateMissingIntermediate, "http://ca.example/issuing.crt"},
	} {
		if c := failure("mail.lab", test.leaf, test.issuer); c.Finding != test.want || !strings.Contains(c.Text, test.words) {
			t.Errorf("%s: %s %s", test.issuer, c.Finding, c.Text)
		}
	}
}

// A root that somebody added on this machine is remarked, and no other.
func TestAddedRoot(t *testing.T) {
	p := pkitest.Lab()
	ours, theirs := p.Sign(pkitest.Authority("Example Company Root CA"), nil, nil), p.Sign(pkitest.Authority("Public Root CA"), nil, nil)
	roots := x509.NewCertPool()
	roots.AddCert(ours)
	roots.AddCert(theirs)
	for root, want := range map[*x509.Certificate]record.FindingCode{ours: record.FoundCertificateAddedRoot, theirs: ""} {
		v := &Verification{Chain: []*x509.Certificate{p.Sign(pkitest.Host("mail.lab"), root, nil)}, Roots: roots, Host: "mail.lab", Now: pkitest.Time,
			Added: func() []*x509.Certificate { return []*x509.Certificate{ours} }}
		if checks := v.Checks(); !NoneFailed(checks) || checks[2].Finding != want {
			t.Errorf("%s: %+v", root.Subject, checks)
		}
	}
}

// An address among the DNS names of a certificate is not one of its addresses.
func TestAddressAsName(t *testing.T) {
	if c := failure("192.0.2.7", pkitest.Host("192.0.2.7"), "Example Root"); c.Finding != record.FoundCertificateWrongHost || c.Who != record.WhoOperator || !strings.Contains(c.Text, "only with the IP addresses") {
		t.Errorf("%s %s, %s", c.Finding, c.Text, c.Who)
	}
}

// A wildcard covers one label: no more, and not none.
func TestWildcardCoversOneLabel(t *testing.T) {
	for host, says := range map[string]bool{"smtp.mail.example.org": true, "example.org": true, "mail.example.net": false} {
		c := failure(host, pkitest.Host("*.example.org"), "Example Root")
		if c.Finding != record.FoundCertificateWrongHost || strings.Contains(c.Text, "exactly one label") != says {
			t.Errorf("%s: %s %s", host, c.Finding, c.Text)
		}
	}
}
