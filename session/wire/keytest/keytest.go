// Package keytest has RSA keys of 2048 bits for tests, which anyone may know: to find the primes of a new one takes a tenth of a second.
package keytest

import (
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"sync"
)

// PEM is the key of [RSA] as a file has it (RFC 5958).
//
//go:embed rsa.pem
var PEM []byte

//go:embed other.pem
var other []byte

// RSA is a key, and Other is another one.
var (
	RSA   = sync.OnceValue(func() *rsa.PrivateKey { return read(PEM) })
	Other = sync.OnceValue(func() *rsa.PrivateKey { return read(other) })
)

func read(text []byte) *rsa.PrivateKey {
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key.(*rsa.PrivateKey)
}
