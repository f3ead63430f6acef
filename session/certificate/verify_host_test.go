package certificate

import (
	"crypto/x509"
	"strings"
	"testing"

	"ehlo/session/record"
)

// A name that is not in the certificate is told with its reason: a wildcard stands for one label, and who connects to an
// address asks for no name.
func TestWrongHost(t *testing.T) {
	for _, test := range []struct {
		host, named, words string
		who                record.Who
	}{
		{"smtp.mail.example.org", "*.example.org", "but not smtp.mail.example.org. A wildcard covers exactly one label, so *.example.org does not cover smtp.mail.example.org", record.WhoOperator},
		{"mail.example.net", "*.example.org", "it names *.example.org, but not mail.example.net", record.WhoOperator},
		{"192.0.2.1", "hoster.example", "but not 192.0.2.1. That is an address, so this is probably the server's default certificate", record.WhoYou},
	} {
		leaf := &x509.Certificate{DNSNames: []string{test.named}}
		v := Verification{Chain: []*x509.Certificate{leaf}, Host: test.host}
		if c := v.checkHost(); !c.Failed() || !strings.Contains(c.Text, test.words) || c.Who != test.who {
			t.Errorf("%s: %s (%s)", test.host, c.Text, c.Who)
		}
	}
}
