package certificate

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"ehlo/session/record"
)

// Roots are certificates to verify servers with, before someone has agreed to trust them.
type Roots struct {
	Pool *x509.CertPool
	From string              // where they are from, in a few words, such as "in the given file"
	New  []*x509.Certificate // those to be agreed to
	// At is where their certificates lie, so that nobody compares a fingerprint with itself; "" is [Roots.From].
	At string
	// Handed is what [HandedOver] says of the root to compare them with; "" where none was handed over.
	Handed string
}

// HandedOver says which root the administrator has handed over, so that it can be compared with the one of a chain.
func HandedOver(root *x509.Certificate) string {
	return fmt.Sprintf("Handed over by the administrator: %s, SHA-256 fingerprint %s.", subjectName(root), fingerprint(root.Raw))
}

// Add takes the certificates in a PEM file; what cannot be read is left out.
func (r *Roots) Add(file []byte) {
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			continue
		}
		r.Pool.AddCert(c)
		r.New = append(r.New, c)
	}
}

// Told says what a person has to know before the new roots are trusted: which they are, their fingerprints, and whether one of them
// has issued a certificate of the chain that failed verification. t is nil where there was no handshake.
func (r Roots) Told(t *record.TLS) string {
	chain := parsed(t)
	for _, root := range r.New {
		if place, how := placed(chain, root); place > 0 {
			return fmt.Sprintf("Certificate %d of the chain %s. The certificate of %s is %s, with the SHA-256 fingerprint %s.", place, fmt.Sprintf(how, subjectName(root)), subjectName(root), cmp.Or(r.At, r.From), fingerprint(root.Raw))
		}
	}
	var not string
	if len(chain) > 0 {
		not = fmt.Sprintf(" It is another CA than the issuer of this chain, %s.", issuerName(chain[len(chain)-1]))
	}
	if len(r.New) == 1 {
		return fmt.Sprintf("The certificate of %s is %s, with the SHA-256 fingerprint %s.%s", subjectName(r.New[0]), cmp.Or(r.At, r.From), fingerprint(r.New[0].Raw), not)
	}
	return strings.Replace(not, " It is another CA than", "None of them is", 1)
}

// Name is what a person is asked to trust.
func (r Roots) Name() string {
	if len(r.New) == 1 {
		return subjectName(r.New[0])
	}
	return record.Plural(len(r.New), "CA", "CAs")
}

// parsed are the certificates that a server has sent, as far as they can be read.
func parsed(t *record.TLS) (chain []*x509.Certificate) {
	if t == nil {
		return nil
	}
	for _, c := range t.Chain.List() {
		if read, err := x509.ParseCertificate(c.Raw); err == nil {
			chain = append(chain, read)
		}
	}
	return chain
}

// placed is the place, counted from 1, of the certificate in a chain that a root is or has signed, the nearest to the root first; 0 where there
// is none.
func placed(chain []*x509.Certificate, root *x509.Certificate) (place int, how string) {
	for i := len(chain) - 1; i >= 0; i-- {
		if bytes.Equal(chain[i].Raw, root.Raw) {
			return i + 1, "is %s"
		}
		err := chain[i].CheckSignatureFrom(root) // which does not look at names
		var insecure x509.InsecureAlgorithmError
		if bytes.Equal(chain[i].RawIssuer, root.RawSubject) && (err == nil || errors.As(err, &insecure)) {
			return i + 1, "was signed with the key of %s"
		}
	}
	return 0, ""
}
