package engine

import (
	"crypto/tls"
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"strings"
	"testing"
)

// shorts are the short explanations of the TLS messages of a name, in order.
func (p played) shorts(name string) (list []string) {
	for _, e := range p.log {
		if m := e.TLSMessage; m != nil && m.Dir+" "+m.Name == name {
			list = append(list, e.Explain.Short)
		}
	}
	return list
}

// A message is explained by its place and what it holds: the hello after a HelloRetryRequest does not save a round trip,
// an empty Certificate is none, and ChangeCipherSpec is one thing or the other.
func TestMessagesInTheirPlace(t *testing.T) {
	pki := pkitest.Lab()
	for version, ccs := range map[uint16]string{tls.VersionTLS12: "encryption starts", tls.VersionTLS13: "dummy that means nothing"} {
		p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: secure(func(c *tls.Config) {
			c.MaxVersion, c.ClientAuth, c.ClientCAs = version, tls.VerifyClientCertIfGiven, x509.NewCertPool()
			c.CurvePreferences = []tls.CurveID{tls.CurveP384}
		}), config: func(c *Config) { c.TLS.RootCAs = pki.Roots }})
		hellos := []string{"what the client can do"}
		if version == tls.VersionTLS13 {
			hellos = append(hellos, "the hello again, as it was asked for")
		}
		for name, want := range map[string]string{
			"C ClientHello": strings.Join(hellos, ", "), "C Certificate": "no certificate", "S Certificate": "the certificate and its chain", "C ChangeCipherSpec": ccs, "S ChangeCipherSpec": ccs,
		} {
			if got := strings.Join(p.shorts(name), ", "); got != want {
				t.Errorf("%s, %s: %s, want %s", tls.VersionName(version), name, got, want)
			}
		}
	}
}
