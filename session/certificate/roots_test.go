package certificate

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
)

// What is to be trusted is told with its fingerprint, and whether it is the CA that the chain leads to.
func TestRootsAreToldBeforeTheyAreTrusted(t *testing.T) {
	p, other := pkitest.Lab(), pkitest.Other()
	chain := &record.TLS{Chain: record.Listed([]record.Certificate{DescribeCertificate(p.Sign(pkitest.Host("mail.lab"), p.Middle, nil)), DescribeCertificate(p.Middle)})}
	sent := &record.TLS{Chain: record.Listed(append(chain.Chain.List()[:2:2], DescribeCertificate(p.Root)))}
	namesake := other.Sign(pkitest.Authority("Lab Root"), nil, other.Key.Public())
	for name, test := range map[string]struct {
		roots []*x509.Certificate
		tls   *record.TLS
		want  string
	}{
		"the issuer":   {[]*x509.Certificate{p.Root}, chain, "Certificate 2 of the chain was signed with the key of Lab Root. The certificate of Lab Root is in the given file, with the SHA-256 fingerprint " + fingerprint(p.Root.Raw) + "."},
		"it was sent":  {[]*x509.Certificate{p.Root}, sent, "Certificate 3 of the chain is Lab Root. The certificate of Lab Root is in the given file, with the SHA-256 fingerprint " + fingerprint(p.Root.Raw) + "."},
		"a namesake":   {[]*x509.Certificate{namesake}, chain, fingerprint(namesake.Raw) + ". It is another CA than the issuer of this chain, Lab Root."},
		"no handshake": {[]*x509.Certificate{p.Root}, nil, "The certificate of Lab Root is in the given file, with the SHA-256 fingerprint " + fingerprint(p.Root.Raw) + "."},
		"one of many":  {[]*x509.Certificate{other.Middle, p.Root}, chain, "Certificate 2 of the chain was signed with the key of Lab Root. "},
		"none of many": {[]*x509.Certificate{namesake, namesake}, chain, "None of them is the issuer of this chain, Lab Root."},
	} {
		t.Run(name, func(t *testing.T) {
			r := Roots{Pool: x509.NewCertPool(), From: "in the given file"}
			for _, c := range test.roots {
				r.Add(append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...))
			}
			if got := r.Told(test.tls); !strings.Contains(got, test.want) || len(r.New) != len(test.roots) || r.Pool.Equal(x509.NewCertPool()) {
				t.Errorf("%d: %s", len(r.New), got)
			}
			if want := map[bool]string{true: "CA", false: "Lab Root"}[len(test.roots) > 1]; !strings.Contains(r.Name(), want) {
				t.Errorf("called %s", r.Name())
			}
		})
	}
}
