package tlswire

import (
	"bytes"
	"crypto/cipher"
	"math/rand/v2"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
)

// What the library seals is opened, and nothing that was changed on the way.
func TestChaCha20Poly1305(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	some := func(n int) []byte { b := make([]byte, n); random.Read(b); return b }
	for n := range 200 {
		key, nonce, text, additional := some(32), some(12), some(n), some(n%23)
		seals, err := chacha20poly1305.New(key)
		if err != nil {
			t.Fatal(err)
		}
		opens, sealed := chaChaPoly{key}, seals.Seal(nil, nonce, text, additional)
		if got, err := opens.Open([]byte("before"), nonce, sealed, additional); err != nil || !bytes.Equal(got, append([]byte("before"), text...)) {
			t.Fatalf("%d bytes: %x, %v", n, got, err)
		}
		sealed[n/2] ^= 1
		if _, err := opens.Open(nil, nonce, sealed, additional); err != errTag {
			t.Fatalf("%d bytes, one of them changed: %v", n, err)
		}
	}
	if _, err := (chaChaPoly{some(32)}).Open(nil, some(12), some(15), nil); err != errShort {
		t.Errorf("less than a tag: %v", err)
	}
}

// sealing is the half of an AEAD that writes, of one that reads.
func sealing(o opener) cipher.AEAD {
	if c, ok := o.(chaChaPoly); ok {
		o, _ = chacha20poly1305.New(c.key)
	}
	return o.(cipher.AEAD)
}
