package tlswire

import (
	"crypto/sha512"
	"hash"
)

// mac is HMAC (RFC 2104 §2) over one hash. It is written by hand for keys that
// are used for a few sums only: crypto/hmac makes two hashes of each and keeps
// what they become with the key, a dozen pieces of memory, and a handshake of
// TLS 1.3 has four such keys.
type mac struct {
	hash   hash.Hash
	pads   [2][sha512.BlockSize]byte // the key with the inner and with the outer pad, a block each
	digest [sha512.Size]byte         // the last sum
}

func newMAC(h func() hash.Hash, key []byte) *mac {
	m := &mac{hash: h()}
	if len(key) > m.hash.BlockSize() {
		m.hash.Write(key)
		key = m.hash.Sum(m.digest[:0])
	}
	for i, pad := range [...]byte{0x36, 0x5c} {
		block := m.pads[i][:m.hash.BlockSize()]
		copy(block, key)
		for j := range block {
			block[j] ^= pad
		}
	}
	return m
}

// sum is the HMAC of the parts, valid until the next one, which may have it as
// its first part.
func (m *mac) sum(parts ...[]byte) []byte {
	m.start(0)
	for _, p := range parts {
		m.hash.Write(p)
	}
	inner := m.hash.Sum(m.digest[:0])
	m.start(1)
	m.hash.Write(inner)
	return m.hash.Sum(m.digest[:0])
}

// start begins a hash with the inner pad, 0, or with the outer one, 1.
func (m *mac) start(pad int) {
	m.hash.Reset()
	m.hash.Write(m.pads[pad][:m.hash.BlockSize()])
}
