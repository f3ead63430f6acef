package tlswire

import (
	"crypto/hmac"
	"crypto/sha512"
	"hash"
)

// mac is HMAC (RFC 2104 §2) with a key that is used for several sums, which lie in the same room.
type mac struct {
	hmac hash.Hash
	room [sha512.Size]byte // of the last sum
}

func newMAC(h func() hash.Hash, key []byte) *mac { return &mac{hmac: hmac.New(h, key)} }

// size is how many bytes a sum has.
func (m *mac) size() int { return m.hmac.Size() }

// sum is the HMAC of the parts, valid until the next one, which may have it as
// its first part.
func (m *mac) sum(parts ...[]byte) []byte {
	m.hmac.Reset()
	for _, p := range parts {
		m.hmac.Write(p)
	}
	return m.hmac.Sum(m.room[:0])
}
