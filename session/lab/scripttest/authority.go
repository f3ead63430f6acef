package scripttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"sync"
	"time"
)

// Authority has issued a certificate for the one name of its server.
type Authority struct {
	Roots *x509.CertPool
	leaf  tls.Certificate
}

// Config is that of an honest server of the name. The caller owns it.
func (a *Authority) Config() *tls.Config { return &tls.Config{Certificates: []tls.Certificate{a.leaf}} }

// Leaf is a server's certificate to be made.
type Leaf struct {
	Name string // in subjectAltName; several are separated by commas
	// Issuer is the common name of a root that nobody trusts and that is not sent; empty is the one that is trusted.
	Issuer string
	// Trusted has that root be trusted too.
	Trusted bool
}

// For makes an authority and a certificate for a name, both good for a day from an hour ago; once for each name.
func For(name string) (*Authority, error) { return Issue(Leaf{Name: name}) }

// Issue makes an authority and a certificate, both good for a day from an hour ago; once for each leaf.
func Issue(leaf Leaf) (*Authority, error) {
	made.Lock()
	defer made.Unlock()
	if a := made.by[leaf]; a != nil {
		return a, nil
	}
	a, err := issue(leaf)
	if err == nil {
		made.by[leaf] = a
	}
	return a, err
}

var made = struct {
	sync.Mutex
	by map[Leaf]*Authority
}{by: map[Leaf]*Authority{}}

func issue(l Leaf) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	began := time.Now().Add(-time.Hour)
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Script Root CA"}, NotBefore: began,
		NotAfter: began.AddDate(0, 0, 1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: []byte("root")}
	issuer := *root
	if l.Issuer != "" {
		issuer.Subject.CommonName, issuer.SubjectKeyId = l.Issuer, []byte("other root")
	}
	names := strings.Split(l.Name, ",")
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: began,
		NotAfter: began.AddDate(0, 0, 1), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, SubjectKeyId: []byte("leaf")}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, &issuer, key.Public(), key)
	if err != nil {
		return nil, err
	}
	a := &Authority{Roots: x509.NewCertPool(), leaf: tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}}
	roots := [][]byte{rootDER}
	if l.Trusted {
		issuerDER, err := x509.CreateCertificate(rand.Reader, &issuer, &issuer, key.Public(), key)
		if err != nil {
			return nil, err
		}
		roots = append(roots, issuerDER)
	}
	for _, der := range roots {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		a.Roots.AddCert(parsed)
	}
	return a, nil
}
