package main

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// clientPair is a client certificate and its key as they came from two files; the names are what an error calls those.
type clientPair struct {
	certName, keyName string
	certPEM, keyPEM   []byte
}

// load puts the two together, or says what is wrong with which of them.
func (p clientPair) load() (tls.Certificate, error) {
	c, err := tls.X509KeyPair(p.certPEM, p.keyPEM)
	if err == nil {
		return c, nil
	}
	text, hint := p.fault(err)
	return c, &failure{record.ExitUsage, text, hint}
}

const (
	usableKeys = "use a client certificate with an RSA key, an ECDSA key on P-256, P-384 or P-521, or an Ed25519 key"
	together   = "both must be PEM files and belong to each other"
)

// fault says why the two cannot be used: what the library says of it names neither the file nor the kind of key.
func (p clientPair) fault(err error) (text, hint string) {
	cert, key := blockOf(p.certPEM, "CERTIFICATE"), blockOf(p.keyPEM, "PRIVATE KEY")
	switch {
	case cert == nil:
		return p.certName + ": there is no certificate in it", "the file must be PEM: -----BEGIN CERTIFICATE-----"
	case key == nil:
		return p.keyName + ": there is no private key in it", "the file must be PEM: -----BEGIN PRIVATE KEY-----"
	case strings.HasPrefix(key.Type, "ENCRYPTED") || key.Headers["DEK-Info"] != "":
		return p.keyName + ": the private key is encrypted", "remove the passphrase in a copy that only you can read: openssl pkey -in KEY -out COPY"
	}
	certKind, keyKind := tlswire.CertificateKey(cert.Bytes), privateKind(key)
	switch {
	case unusable(keyKind):
		return fmt.Sprintf("%s: a private key of type %s, which this program cannot use to sign in TLS", p.keyName, keyKind), usableKeys
	case unusable(certKind):
		return fmt.Sprintf("%s: a certificate for a key of type %s, which this program cannot use to sign in TLS", p.certName, certKind), usableKeys
	case strings.Contains(err.Error(), "does not match"):
		return fmt.Sprintf("%s and %s do not match: the certificate is for another key (%s) than the one given (%s)", p.certName, p.keyName, certKind, keyKind),
			"give the key with which this certificate was requested"
	}
	return p.certName + " and " + p.keyName + ": " + tlswire.ErrorWords(err), together
}

// blockOf is the first PEM block of a type with that end (RFC 7468 §4), nil where there is none.
func blockOf(text []byte, end string) *pem.Block {
	for {
		block, rest := pem.Decode(text)
		if block == nil || strings.HasSuffix(block.Type, end) {
			return block
		}
		text = rest
	}
}

// privateKind is the kind of a private key. Before PKCS #8 the type of the block told it.
func privateKind(key *pem.Block) string {
	switch kind := strings.TrimSuffix(key.Type, " PRIVATE KEY"); kind {
	case "EC":
		return "ECDSA"
	case "PRIVATE KEY":
		return tlswire.KeyKind(key.Bytes)
	default:
		return kind
	}
}

// unusable reports whether crypto/tls cannot sign with a key of this kind. It is not told of a kind that is unknown.
func unusable(kind string) bool {
	name, curve, _ := strings.Cut(kind, " ")
	switch name {
	case "", "RSA", "Ed25519":
		return false
	case "ECDSA":
		return strings.HasPrefix(curve, "brainpool") || strings.HasPrefix(curve, "secp256k") || strings.HasPrefix(curve, "1.")
	}
	return true
}
