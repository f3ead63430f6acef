package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// certificate names a chain that the server can present.
type certificate int

// The chains of the practice server. Only good passes a careful check.
const (
	good                certificate = iota // leaf and intermediate, in order
	expired                                // ended three days ago
	notYetValid                            // begins in two days
	wrongHost                              // made out to another name
	selfSigned                             // signed by its own key
	missingIntermediate                    // the leaf alone
	unknownIssuer                          // a whole chain from another root
	weakKey                                // RSA with 1024 bits
	weakSignature                          // signed with SHA-1
	wrongUsage                             // made for clients
	foreignName                            // its CA may issue for other names only
	notACA                                 // issued by a server's certificate
	revoked                                // with an OCSP response that says so
	mustStaple                             // demands an OCSP response, and none comes
	staleStaple                            // with an OCSP response of last week
	privateCA                              // a whole chain from a company's own root, which [Lab.PrivateRoot] gives out
)

// Lifetimes are short: the keys exist in this process only.
const (
	day          = 24 * time.Hour
	rootLifetime = 90 * day
	leafLifetime = 45 * day
)

// pki is a certificate authority: a root that clients are given to trust, and
// what it takes to issue below it.
type pki struct {
	seed string
	now  time.Time
	more []string // host names that the server's certificate has beside the usual ones
	root authority
	// company makes the root of a company's own authority when it is first needed.
	company func() (authority, error)
}

// authority is a certificate together with its key, able to sign others.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newPKI(seed string, now time.Time) (*pki, error) {
	p := &pki{seed: seed, now: now}
	root, err := p.newRoot("Practice Root CA")
	p.root = root
	p.company = sync.OnceValues(func() (authority, error) { return p.newRoot("Example Company Root CA") })
	return p, err
}

func (p *pki) newRoot(name string) (authority, error) {
	root := p.template(name)
	root.NotBefore, root.NotAfter = p.now.Add(-rootLifetime), p.now.Add(rootLifetime)
	asCA(root, 1)
	return p.issue(root, nil)
}

// chain issues a server certificate with the property that kind names, for
// mail.lab and mx.lab.
func (p *pki) chain(kind certificate) (*tls.Certificate, error) {
	leaf := p.leaf(kind)
	if kind == selfSigned {
		own, err := p.issue(leaf, nil)
		return bundle(own), err
	}
	root, err := p.rootOf(kind)
	if err != nil {
		return nil, err
	}
	issuing, err := p.issuing(kind, root)
	if err != nil {
		return nil, err
	}
	end, err := p.issueLeaf(kind, leaf, issuing)
	if err != nil {
		return nil, err
	}
	if kind == missingIntermediate {
		return bundle(end), nil
	}
	return p.stapled(kind, bundle(end, issuing), end, issuing)
}

// rootOf is the root that a chain leads to.
func (p *pki) rootOf(kind certificate) (authority, error) {
	switch kind {
	case unknownIssuer:
		return p.newRoot("Someone Else's Root CA")
	case privateCA:
		return p.company()
	}
	return p.root, nil
}

// issuing is what the server's certificate is issued by.
func (p *pki) issuing(kind certificate, root authority) (authority, error) {
	switch kind {
	case foreignName:
		return p.newIssuing("Practice Branch CA", root, func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"branch.test"}
		})
	case notACA:
		other := p.leaf(good)
		other.Subject.CommonName, other.DNSNames = "www.lab", []string{"www.lab"}
		return p.issue(other, &root)
	}
	return p.newIssuing("Practice Issuing CA", root, nil)
}

func (p *pki) newIssuing(name string, root authority, change func(*x509.Certificate)) (authority, error) {
	issuing := p.template(name)
	issuing.NotBefore, issuing.NotAfter = p.now.Add(-rootLifetime), p.now.Add(rootLifetime)
	asCA(issuing, 0)
	if change != nil {
		change(issuing)
	}
	return p.issue(issuing, &root)
}

// certifiedHost is the first name of every server certificate that does not have another on purpose.
const certifiedHost = "mail.lab"

// leaf is the server's certificate before it is signed. Names are DNS-IDs, as
// RFC 7817 §3 asks of mail servers.
func (p *pki) leaf(kind certificate) *x509.Certificate {
	leaf := p.template(certifiedHost)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.DNSNames = append([]string{certifiedHost, "mx.lab"}, p.more...)
	switch kind {
	case expired:
		leaf.NotBefore, leaf.NotAfter = p.now.Add(-leafLifetime), p.now.Add(-3*day)
	case notYetValid:
		leaf.NotBefore = p.now.Add(2 * day)
	case wrongHost:
		leaf.Subject.CommonName = "www.lab"
		leaf.DNSNames = []string{"www.lab", "lab.test"}
	case missingIntermediate:
		leaf.IssuingCertificateURL = []string{"http://ca.lab.test/issuing.crt"}
	case weakSignature:
		leaf.SignatureAlgorithm = x509.ECDSAWithSHA1
	case wrongUsage:
		leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case revoked, staleStaple:
		leaf.OCSPServer = []string{responder}
	case mustStaple:
		leaf.OCSPServer, leaf.ExtraExtensions = []string{responder}, []pkix.Extension{mustStapleExtension}
	}
	return leaf
}

func (p *pki) issueLeaf(kind certificate, leaf *x509.Certificate, issuer authority) (authority, error) {
	if kind != weakKey {
		return p.issue(leaf, &issuer)
	}
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		return authority{}, fmt.Errorf("weak key: %w", err)
	}
	return p.sign(leaf, &issuer, key)
}

// interceptor issues what a device on the path presents: the right names under
// a root that nobody has reason to trust, or, as an organization's own device
// has it, under an authority below the root that clients trust.
func (p *pki) interceptor(trusted bool) (*tls.Certificate, error) {
	issuer, err := p.interception(trusted)
	if err != nil {
		return nil, err
	}
	own, err := p.issue(p.leaf(good), &issuer)
	return bundle(own, issuer), err
}

func (p *pki) interception(trusted bool) (authority, error) {
	if trusted {
		return p.newIssuing("TLS Inspection CA", p.root, nil)
	}
	return p.newRoot("On-Path Interception CA")
}

// client issues a certificate that says who its holder is, for one usage.
func (p *pki) client(user string, usage x509.ExtKeyUsage) (*tls.Certificate, error) {
	leaf := p.template(user)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	leaf.EmailAddresses = []string{user + "@" + Domain}
	own, err := p.issue(leaf, &p.root)
	return bundle(own), err
}

func (p *pki) template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: p.serial(name),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"ehlo practice server"}},
		NotBefore:    p.now.Add(-day),
		NotAfter:     p.now.Add(leafLifetime),
	}
}

func asCA(c *x509.Certificate, below int) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.MaxPathLen, c.MaxPathLenZero = below, below == 0
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

// issue makes a key for c and signs c by issuer, or by itself if that is nil.
func (p *pki) issue(c *x509.Certificate, issuer *authority) (authority, error) {
	key, err := p.key(c.Subject.CommonName)
	if err != nil {
		return authority{}, fmt.Errorf("key for %s: %w", c.Subject.CommonName, err)
	}
	return p.sign(c, issuer, key)
}

func (p *pki) sign(c *x509.Certificate, issuer *authority, key crypto.Signer) (authority, error) {
	if issuer == nil {
		issuer = &authority{cert: c, key: key}
	}
	// Without a source of randomness ECDSA signs as RFC 6979 describes, which
	// makes a seeded certificate the same bytes every time.
	der, err := x509.CreateCertificate(nil, c, issuer.cert, key.Public(), issuer.key)
	if err != nil {
		return authority{}, fmt.Errorf("certificate for %s: %w", c.Subject.CommonName, err)
	}
	cert, err := x509.ParseCertificate(der)
	return authority{cert: cert, key: key}, err
}

func (p *pki) key(label string) (crypto.Signer, error) {
	if p.seed == "" {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	secret := sha256.Sum256([]byte("key\x00" + p.seed + "\x00" + label))
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
}

// serial gives a positive number of 63 bits (RFC 5280 §4.1.2.2).
func (p *pki) serial(label string) *big.Int {
	random := make([]byte, 8)
	if p.seed == "" {
		rand.Read(random)
	} else {
		sum := sha256.Sum256([]byte("serial\x00" + p.seed + "\x00" + label))
		copy(random, sum[:])
	}
	random[0] = random[0]&0x7f | 0x40
	return new(big.Int).SetBytes(random)
}

// bundle puts a leaf and what is sent with it into the form crypto/tls takes.
func bundle(leaf authority, rest ...authority) *tls.Certificate {
	if leaf.cert == nil {
		return nil
	}
	out := &tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert}
	for _, a := range rest {
		out.Certificate = append(out.Certificate, a.cert.Raw)
	}
	return out
}

func encodePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
