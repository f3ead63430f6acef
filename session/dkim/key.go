package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What a check may come to besides a fault in the signature.
var (
	// ErrNoKey says that DNS has no key at the name, which is usual for an old message.
	ErrNoKey = errors.New("DNS has no key of this selector")
	// ErrBody says that the body is not the one that was signed.
	ErrBody = errors.New("the body is not the one that was signed")
)

// NoAnswer says that a key could not be asked for.
type NoAnswer struct{ Err error }

func (n *NoAnswer) Error() string { return n.Err.Error() }
func (n *NoAnswer) Unwrap() error { return n.Err }

// leastBits is how many bits a key of RSA must have (RFC 8301 §3.2).
const leastBits = 1024

// key is a public key.
type key struct{ public crypto.PublicKey }

// algorithm is the tag a: a kind of key and a hash. Of hashes there is one that may be used (RFC 8301 §3.1).
func algorithm(a string) (kind, hash string, known bool) {
	kind, hash, _ = strings.Cut(a, "-")
	return kind, hash, (kind == "rsa" || kind == "ed25519") && hash == "sha256"
}

// key asks for the key of a signature (RFC 6376 §3.6.2, §6.1.2).
func (t TagList) key(keys Keys) (key, error) {
	records, err := keys(t["s"] + "._domainkey." + t["d"])
	switch {
	case err != nil:
		return key{}, &NoAnswer{err}
	case len(records) == 0:
		return key{}, ErrNoKey
	}
	var last error
	for _, text := range records { // where there are several, which one counts is undefined (§3.6.2.2)
		k, err := t.keyOf(text)
		if err == nil {
			return k, nil
		}
		last = err
	}
	return key{}, last
}

// keyOf reads the record of a key, and says what of it forbids that it checks this signature (RFC 6376 §3.6.1).
func (t TagList) keyOf(text string) (key, error) {
	k, err := Tags(text)
	if err != nil {
		return key{}, errors.New("the record of its key is not valid")
	}
	version, _, _ := strings.Cut(text, ";")
	kind, hash, _ := algorithm(t["a"])
	_, has := k["p"]
	switch {
	case k["v"] != "" && strings.Join(strings.Fields(version), "") != "v=DKIM1":
		return key{}, errors.New("the record of its key does not begin with v=DKIM1")
	case !has:
		return key{}, errors.New("the record of its key has no tag p")
	case k["p"] == "":
		return key{}, errors.New("its key was revoked")
	case !k.permits("h", hash):
		return key{}, errors.New("its key is not for this hash")
	case !k.permits("s", "email") && !k.permits("s", "*"):
		return key{}, errors.New("its key is not for mail")
	case kindOf(k) != kind:
		return key{}, errors.New("its key is of another kind")
	case slices.Contains(k.list("t"), "s") && t["i"] != "" && !strings.EqualFold(t["i"][strings.LastIndexByte(t["i"], '@')+1:], t["d"]):
		return key{}, errors.New("its key is for the domain itself, and not for those below it")
	}
	return publicKey(kind, k["p"])
}

// kindOf is the kind of a key, which is of RSA where nothing else is said.
func kindOf(k TagList) string {
	if k["k"] == "" {
		return "rsa"
	}
	return k["k"]
}

// permits reports whether a tag of a key has a value in its list, or is not there.
func (t TagList) permits(name, value string) bool {
	_, has := t[name]
	return !has || slices.Contains(t.list(name), value)
}

// publicKey reads a key. Those of RSA come as SubjectPublicKeyInfo, by some also as RSAPublicKey; those of Ed25519 are bare (RFC 8463 §4).
func publicKey(kind, text string) (key, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return key{}, errors.New("its key is not base64, or was cut off")
	}
	if kind == "ed25519" {
		if len(raw) != ed25519.PublicKeySize {
			return key{}, fmt.Errorf("its key has %d bytes, and one of Ed25519 has %d", len(raw), ed25519.PublicKeySize)
		}
		return key{ed25519.PublicKey(raw)}, nil
	}
	any, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		any, err = x509.ParsePKCS1PublicKey(raw)
	}
	public, ok := any.(*rsa.PublicKey)
	switch {
	case err != nil || !ok:
		return key{}, errors.New("its key is not one of RSA")
	case public.N.BitLen() < leastBits:
		return key{}, fmt.Errorf("its key has %d bits, and %d are the least", public.N.BitLen(), leastBits)
	}
	return key{public}, nil
}

// verify compares the signature with the text that it is for.
func (k key) verify(tags TagList, text string) error {
	value, err := base64.StdEncoding.DecodeString(tags["b"])
	if err != nil {
		return errors.New("its tag b is not base64")
	}
	hash := sha256.Sum256([]byte(text))
	ok := false
	switch public := k.public.(type) {
	case ed25519.PublicKey: // the hash is what is signed (RFC 8463 §3)
		ok = ed25519.Verify(public, hash[:], value)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], value) == nil
	}
	if !ok {
		return errors.New("the signed part of the header was changed after it was signed, or the key is another one")
	}
	return nil
}
