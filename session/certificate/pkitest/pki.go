// Package pkitest makes certificates for tests, good ones and bad ones.
package pkitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"
)

// PKI is a root, an intermediate and what they sign. Its certificates hold at [Time].
type PKI struct {
	Key          crypto.Signer // of everyone
	Root, Middle *x509.Certificate
	Roots        *x509.CertPool
}

// Time is when the certificates hold: the time at which the clock of a bubble starts.
var Time = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Lab is the authority of the practice server, whose roots are trusted.
var Lab = sync.OnceValue(func() *PKI {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return New(key)
})

// New makes an authority with a key.
func New(key crypto.Signer) *PKI {
	p := &PKI{Key: key, Roots: x509.NewCertPool()}
	p.Root = p.Sign(Authority("Lab Root"), nil, nil)
	p.Middle = p.Sign(Authority("Lab Intermediate"), p.Root, nil)
	p.Roots.AddCert(p.Root)
	return p
}

// Authority is the template of a CA's certificate.
func Authority(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		SubjectKeyId: []byte(name)}
}

// Host is the template of a server's certificate.
func Host(names ...string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "mail"}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// Sign makes a certificate: by its own key if there is no issuer, for the common key if there is no other.
func (p *PKI) Sign(template, issuer *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	c := *template
	c.SerialNumber = big.NewInt(7)
	if c.NotBefore.IsZero() {
		c.NotBefore = Time.AddDate(-1, 0, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = Time.AddDate(1, 0, 0)
	}
	if issuer == nil {
		issuer = &c
	}
	if public == nil {
		public = p.Key.Public()
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, issuer, public, p.Key)
	if err != nil {
		panic(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return parsed
}

// Server is the configuration of a good server of that name.
func (p *PKI) Server(name string) *tls.Config {
	return p.Serve(p.Sign(Host(name), p.Middle, nil), p.Middle)
}

// Serve is the configuration of a server with this chain.
func (p *PKI) Serve(chain ...*x509.Certificate) *tls.Config {
	cert := tls.Certificate{PrivateKey: p.Key}
	for _, c := range chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

// Lengths of time.
const (
	Day  = 24 * time.Hour
	Year = 365 * Day
)

// RSAKey is a public key of that many bits. Nobody has its private half, and nobody needs it to be judged.
func RSAKey(bits int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

// From changes when a certificate holds, counted from [Time].
func From(c *x509.Certificate, begin, end time.Duration) *x509.Certificate {
	c.NotBefore, c.NotAfter = Time.Add(begin), Time.Add(end)
	return c
}

// SignedWith changes the algorithm of the signature.
func SignedWith(c *x509.Certificate, a x509.SignatureAlgorithm) *x509.Certificate {
	c.SignatureAlgorithm = a
	return c
}

// UsedFor changes the extended key usage.
func UsedFor(c *x509.Certificate, u x509.ExtKeyUsage) *x509.Certificate {
	c.ExtKeyUsage = []x509.ExtKeyUsage{u}
	return c
}

// KeyFor changes the key usage.
func KeyFor(c *x509.Certificate, u x509.KeyUsage) *x509.Certificate {
	c.KeyUsage = u
	return c
}

// Strangers are a root and an intermediate that nobody trusts.
func Strangers(p *PKI) (root, middle *x509.Certificate) {
	root = p.Sign(Authority("Strange Root"), nil, nil)
	return root, p.Sign(Authority("Strange Intermediate"), root, nil)
}

// Answer is an OCSP response about the certificates of these tests, which all have the number 7.
func Answer(r ocsp.Response) ocsp.Response {
	if r.SerialNumber == nil {
		r.SerialNumber = big.NewInt(7)
	}
	if r.ThisUpdate.IsZero() {
		r.ThisUpdate, r.NextUpdate = Time.Add(-Day), Time.Add(2*Day)
	}
	return r
}

// Ending changes from when and until when an answer holds; it has no end if that is 0.
func Ending(r ocsp.Response, begin, end time.Duration) ocsp.Response {
	r.ThisUpdate, r.NextUpdate = Time.Add(begin), time.Time{}
	if end != 0 {
		r.NextUpdate = Time.Add(end)
	}
	return r
}

// Staple signs an answer, as the issuer or as a responder whose certificate goes with it.
func (p *PKI) Staple(issuer, responder *x509.Certificate, r ocsp.Response) []byte {
	r.Certificate = responder
	if responder == nil {
		responder = issuer
	}
	der, err := ocsp.CreateResponse(issuer, responder, r, p.Key)
	if err != nil {
		panic(err)
	}
	return der
}

// Other has the names of [Lab] and another key.
var Other = sync.OnceValue(func() *PKI {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return New(key)
})

// WeakPair is an RSA key of 1024 bits.
func WeakPair() (crypto.Signer, crypto.PublicKey) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key, &key.PublicKey
}

// MustStaple is the extension that demands a stapled OCSP response (RFC 7633).
var MustStaple = pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}

// Extended adds an extension.
func Extended(c *x509.Certificate, e pkix.Extension) *x509.Certificate {
	c.ExtraExtensions = append(c.ExtraExtensions, e)
	return c
}

// LastCA allows no further CA below c.
func LastCA(c *x509.Certificate) *x509.Certificate {
	c.MaxPathLenZero = true
	return c
}

// Only binds c to the names of one domain.
func Only(c *x509.Certificate, domain string) *x509.Certificate {
	c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{domain}
	return c
}
