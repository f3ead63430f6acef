package main

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/tlswire/tlstest"
)

// keyPair has openssl make a certificate with a key of a kind, as two PEM texts.
func keyPair(t *testing.T, newkey ...string) clientPair {
	t.Helper()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	args := append([]string{"req", "-x509", "-nodes", "-subj", "/CN=ann", "-out", cert, "-keyout", key, "-newkey"}, newkey...)
	if out, err := exec.Command(tlstest.OpenSSL(), args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl req: %v\n%s", err, out)
	}
	certPEM, _ := os.ReadFile(cert)
	keyPEM, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	return clientPair{"CERT", "KEY", certPEM, keyPEM}
}

// A key that Go cannot use is named, and so is whatever else is wrong with the two files.
func TestClientKeys(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, tlstest.OpenSSL())
	curve := func(name string) []string { return []string{"ec", "-pkeyopt", "ec_paramgen_curve:" + name} }
	rsa, ecdsa, secp256k1 := keyPair(t, "rsa:2048"), keyPair(t, curve("P-256")...), keyPair(t, curve("secp256k1")...)
	pss := keyPair(t, "rsa-pss", "-pkeyopt", "rsa_keygen_bits:1024") // made faster than a long one, and nothing here is about the length
	with := func(cert, key []byte) clientPair { return clientPair{"CERT", "KEY", cert, key} }
	encrypted := &pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte{1}}
	tests := map[string]struct {
		pair clientPair
		want string
	}{
		"RSA":                {rsa, ""},
		"ECDSA":              {ecdsa, ""},
		"Ed25519":            {keyPair(t, "ed25519"), ""},
		"RSA-PSS":            {pss, "KEY: a private key of type RSA-PSS, which"},
		"Ed448":              {keyPair(t, "ed448"), "KEY: a private key of type Ed448, which"},
		"secp256k1":          {secp256k1, "KEY: a private key of type ECDSA secp256k1, which"},
		"brainpool":          {keyPair(t, curve("brainpoolP256r1")...), "KEY: a private key of type ECDSA brainpoolP256r1, which"},
		"another key":        {with(rsa.certPEM, keyPair(t, "rsa:1024").keyPEM), "CERT and KEY do not match: the certificate is for another key (RSA 2048 bit) than the one given (RSA)"},
		"another kind":       {with(rsa.certPEM, ecdsa.keyPEM), "do not match: the certificate is for another key (RSA 2048 bit) than the one given (ECDSA P-256)"},
		"RSA-PSS with RSA":   {with(pss.certPEM, rsa.keyPEM), "CERT: a certificate for a key of type RSA-PSS, which"},
		"the two exchanged":  {with(rsa.keyPEM, rsa.certPEM), "CERT: there is no certificate in it"},
		"no key":             {with(rsa.certPEM, rsa.certPEM), "KEY: there is no private key in it"},
		"an encrypted key":   {with(rsa.certPEM, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")), "KEY: the private key is encrypted"},
		"encrypted of old":   {with(rsa.certPEM, pem.EncodeToMemory(encrypted)), "KEY: the private key is encrypted"},
		"garbage in the key": {with(rsa.certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30, 0}})), "CERT and KEY: failed to parse private key"},
		"a curve in SEC 1":   {secp256k1.inSEC1(t), "CERT: a certificate for a key of type ECDSA secp256k1, which"},
	}
	if tlstest.Hybrid() {
		tests["ML-DSA"] = struct {
			pair clientPair
			want string
		}{keyPair(t, "ML-DSA-44"), "KEY: a private key of type ML-DSA-44, which"}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := test.pair.load()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// inSEC1 writes the key as before PKCS #8 (RFC 5915).
func (p clientPair) inSEC1(t *testing.T) clientPair {
	t.Helper()
	cmd := exec.Command(tlstest.OpenSSL(), "ec")
	cmd.Stdin = bytes.NewReader(p.keyPEM)
	out, err := cmd.Output()
	if err != nil || !bytes.Contains(out, []byte("EC PRIVATE KEY")) {
		t.Fatalf("openssl ec: %v\n%s", err, out)
	}
	p.keyPEM = out
	return p
}
