package tlswire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"
)

// aead13 opens the records of TLS 1.3 (RFC 9846 §5.2, §5.3).
type aead13 struct {
	aead cipher.AEAD
	tail tail
	iv   [12]byte
	seq  uint64
	scratch
}

// scratch is what an AEAD is given for a record, in room that is used again for
// the next one.
type scratch struct {
	nonce  [16]byte // 12 of them; a counter block has 16
	beside [13]byte // what is authenticated beside the content
	plain  []byte   // the content
}

// tail decrypts the end of a sealed record, unchecked: the last block of the
// keystream, at the place in the record that it returns.
type tail func(nonce, sealed []byte) (at int, plain []byte)

// newCipher13 derives write key and IV from a traffic secret (RFC 9846 §7.3).
func newCipher13(suite uint16, secret []byte) (recordCipher, error) {
	p, ok := suite13(suite)
	if !ok {
		return nil, fmt.Errorf("this program cannot decrypt records of %s", CipherSuiteName(suite))
	}
	m, c := newMAC(p.hash, secret), &aead13{}
	copy(c.iv[:], expandLabel(m, "iv", len(c.iv)))
	var err error
	c.aead, c.tail, err = p.aead(expandLabel(m, "key", p.keyLen))
	return c, err
}

func (c *aead13) open(r RecordInfo, body []byte) (uint8, []byte, error) {
	plain, err := c.aead.Open(c.plain[:0], appendNonce(c.nonce[:0], c.iv[:], c.seq), body, r.appendHeader(c.beside[:0]))
	if err != nil {
		return 0, nil, errTag
	}
	c.seq++
	c.plain = plain
	n := unpadded(plain)
	if n == 0 {
		return 0, nil, errors.New("nothing but padding (RFC 9846 §5.4)")
	}
	return plain[n-1], plain[:n-1], nil
}

// unpadded is the length without the padding. The content type is the last
// byte that is not zero (RFC 9846 §5.4).
func unpadded(plain []byte) int {
	n := len(plain)
	for n > 0 && plain[n-1] == 0 {
		n--
	}
	return n
}

// pass: the content type is in the last block, unless that is all padding.
func (c *aead13) pass(r RecordInfo, body []byte) (int, bool) {
	if len(body) < minSealed {
		return 0, false
	}
	at, plain := c.tail(appendNonce(c.nonce[:0], c.iv[:], c.seq), body[:len(body)-c.aead.Overhead()])
	n := unpadded(plain)
	if n == 0 || plain[n-1] != contentApplicationData {
		return 0, false
	}
	c.seq++
	return at + n - 1, true
}

var errTag = errors.New("the authentication tag does not match")

// appendNonce adds the IV with the record number on its last eight bytes to b
// (RFC 9846 §5.3, RFC 7905 §2).
func appendNonce(b, iv []byte, seq uint64) []byte {
	b = append(b, iv...)
	tail := b[len(b)-8:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^seq)
	return b
}

// params13 is what a TLS 1.3 cipher suite fixes (RFC 9846 appendix B.4).
type params13 struct {
	keyLen int
	hash   func() hash.Hash
	aead   func(key []byte) (cipher.AEAD, tail, error)
}

func suite13(suite uint16) (params13, bool) {
	switch suite {
	case 0x1301:
		return params13{16, sha256.New, aesGCM}, true
	case 0x1302:
		return params13{32, sha512.New384, aesGCM}, true
	case 0x1303:
		return params13{32, sha256.New, chaCha20Poly1305}, true
	}
	return params13{}, false
}

func aesGCM(key []byte) (cipher.AEAD, tail, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, gcmTail(block), err
}

// gcmTail: GCM is counter mode, and the first block of text has the number 2
// (NIST SP 800-38D §7.1).
func gcmTail(block cipher.Block) tail {
	return func(nonce, sealed []byte) (int, []byte) {
		at := (len(sealed) - 1) / aes.BlockSize * aes.BlockSize
		out := binary.BigEndian.AppendUint32(nonce, uint32(2+at/aes.BlockSize))
		block.Encrypt(out, out)
		xorInto(out, sealed[at:])
		return at, out[:len(sealed)-at]
	}
}

func chaCha20Poly1305(key []byte) (cipher.AEAD, tail, error) {
	aead, err := chacha20poly1305.New(key)
	return aead, chaCha20Tail(bytes.Clone(key)), err
}

// chaCha20Tail: the first block of text has the number 1 (RFC 8439 §2.8).
func chaCha20Tail(key []byte) tail {
	const blockSize = 64
	return func(nonce, sealed []byte) (int, []byte) {
		at := (len(sealed) - 1) / blockSize * blockSize
		out := make([]byte, len(sealed)-at)
		c, err := chacha20.NewUnauthenticatedCipher(key, nonce)
		if err != nil {
			return at, nil
		}
		c.SetCounter(uint32(1 + at/blockSize))
		c.XORKeyStream(out, sealed[at:])
		return at, out
	}
}

// nextSecret is the application traffic secret after a KeyUpdate (RFC 9846
// §7.2), nil if there is none to start from.
func nextSecret(suite uint16, secret []byte) []byte {
	p, ok := suite13(suite)
	if !ok || secret == nil {
		return nil
	}
	m := newMAC(p.hash, secret)
	return bytes.Clone(expandLabel(m, "traffic upd", m.size()))
}

// expandLabel is HKDF-Expand-Label with an empty context, for no more than one
// hash (RFC 9846 §7.1, RFC 5869 §2.3). It is given the HMAC with the secret:
// crypto/hkdf takes the secret in again for each label. The result is valid until
// the next sum.
func expandLabel(m *mac, label string, length int) []byte {
	info := append(m.room[:0], byte(length>>8), byte(length), byte(len("tls13 ")+len(label)))
	info = append(info, "tls13 "...)
	info = append(info, label...)
	return m.sum(append(info, 0, 1))[:length] // no context; the first block
}
