package tlswire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// aead13 opens the records of TLS 1.3 (RFC 9846 §5.2, §5.3).
type aead13 struct {
	aead  cipher.AEAD
	iv    []byte
	seq   uint64
	plain []byte // of the last record, to be used again
}

// newCipher13 derives write key and IV from a traffic secret (RFC 9846 §7.3).
func newCipher13(suite uint16, secret []byte) (recordCipher, error) {
	p, ok := suite13(suite)
	if !ok {
		return nil, fmt.Errorf("no way here to open records of %s", CipherSuiteName(suite))
	}
	key, err := expandLabel(p.hash, secret, "key", p.keyLen)
	if err != nil {
		return nil, err
	}
	iv, err := expandLabel(p.hash, secret, "iv", 12)
	if err != nil {
		return nil, err
	}
	aead, err := p.aead(key)
	return &aead13{aead: aead, iv: iv}, err
}

func (c *aead13) open(r record) (uint8, []byte, error) {
	plain, err := c.aead.Open(c.plain[:0], nonceXOR(c.iv, c.seq), r.body, r.Header())
	if err != nil {
		return 0, nil, errTag
	}
	c.seq++
	c.plain = plain
	// The content type is the last byte that is not zero; behind it is padding
	// (RFC 9846 §5.4).
	n := len(plain)
	for n > 0 && plain[n-1] == 0 {
		n--
	}
	if n == 0 {
		return 0, nil, errors.New("nothing but padding (RFC 9846 §5.4)")
	}
	return plain[n-1], plain[:n-1], nil
}

var errTag = errors.New("the authentication tag does not match")

// nonceXOR is the IV with the record number on its last eight bytes (RFC 9846
// §5.3, RFC 7905 §2).
func nonceXOR(iv []byte, seq uint64) []byte {
	nonce := append([]byte(nil), iv...)
	tail := nonce[len(nonce)-8:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^seq)
	return nonce
}

// params13 is what a TLS 1.3 cipher suite fixes (RFC 9846 appendix B.4).
type params13 struct {
	keyLen int
	hash   func() hash.Hash
	aead   func(key []byte) (cipher.AEAD, error)
}

func suite13(suite uint16) (params13, bool) {
	switch suite {
	case 0x1301:
		return params13{16, sha256.New, newGCM}, true
	case 0x1302:
		return params13{32, sha512.New384, newGCM}, true
	case 0x1303:
		return params13{32, sha256.New, newChaCha20Poly1305}, true
	}
	return params13{}, false
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nextSecret is the application traffic secret after a KeyUpdate (RFC 9846
// §7.2), nil if there is none to start from.
func nextSecret(suite uint16, secret []byte) []byte {
	p, ok := suite13(suite)
	if !ok || secret == nil {
		return nil
	}
	next, _ := expandLabel(p.hash, secret, "traffic upd", p.hash().Size())
	return next
}

// expandLabel is HKDF-Expand-Label with an empty context (RFC 9846 §7.1).
func expandLabel(h func() hash.Hash, secret []byte, label string, length int) ([]byte, error) {
	info := []byte{byte(length >> 8), byte(length), byte(len("tls13 ") + len(label))}
	info = append(info, "tls13 "...)
	info = append(info, label...)
	info = append(info, 0)
	return hkdf.Expand(h, secret, string(info), length)
}
