package engine

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"time"
)

// pki is a root, an intermediate and what they sign. Its certificates hold at the time at which the clock of a bubble
// starts.
type pki struct {
	key          crypto.Signer // of everybody
	root, middle *x509.Certificate
	roots        *x509.CertPool
}

var theTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var testPKI = sync.OnceValue(func() *pki {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return newPKI(key)
})

func newPKI(key crypto.Signer) *pki {
	p := &pki{key: key, roots: x509.NewCertPool()}
	p.root = p.sign(authority("Lab Root"), nil, nil)
	p.middle = p.sign(authority("Lab Intermediate"), p.root, nil)
	p.roots.AddCert(p.root)
	return p
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		SubjectKeyId: []byte(name)}
}

// host is the template of a server's certificate.
func host(names ...string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "mail"}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// sign makes a certificate: by its own key if there is no issuer, for the common key if there is no other.
func (p *pki) sign(template, issuer *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	c := *template
	c.SerialNumber = big.NewInt(7)
	if c.NotBefore.IsZero() {
		c.NotBefore = theTime.AddDate(-1, 0, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = theTime.AddDate(1, 0, 0)
	}
	if issuer == nil {
		issuer = &c
	}
	if public == nil {
		public = p.key.Public()
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, issuer, public, p.key)
	if err != nil {
		panic(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return parsed
}

// server is the configuration of a good server of that name.
func (p *pki) server(name string) *tls.Config {
	return p.serve(p.sign(host(name), p.middle, nil), p.middle)
}

// serve is the configuration of a server with this chain.
func (p *pki) serve(chain ...*x509.Certificate) *tls.Config {
	cert := tls.Certificate{PrivateKey: p.key}
	for _, c := range chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}
