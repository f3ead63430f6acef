package tlswire

import (
	"encoding/binary"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305"
)

// opener is the half of an AEAD that reads.
type opener interface {
	Overhead() int
	Open(dst, nonce, sealed, additional []byte) ([]byte, error)
}

// chaChaPoly opens what ChaCha20-Poly1305 has sealed (RFC 8439 §2.8), of the two parts that x/crypto has: its package of the whole asks the
// processor what it can do at every start of the program, which takes 35 µs in a virtual machine, for a suite that few sessions meet.
type chaChaPoly struct{ key []byte }

func (chaChaPoly) Overhead() int { return poly1305.TagSize }

// Open implements [opener]. The first block of the keystream is the key of the tag, and the text begins with the second one.
func (c chaChaPoly) Open(dst, nonce, sealed, additional []byte) ([]byte, error) {
	n := len(sealed) - poly1305.TagSize
	if n < 0 {
		return nil, errShort
	}
	stream, err := chacha20.NewUnauthenticatedCipher(c.key, nonce)
	if err != nil {
		return nil, err
	}
	var once [32]byte
	stream.XORKeyStream(once[:], once[:])
	if !tagOf(&once, additional, sealed[:n]).Verify(sealed[n:]) {
		return nil, errTag
	}
	stream.SetCounter(1)
	at := len(dst)
	dst = append(dst, sealed[:n]...)
	stream.XORKeyStream(dst[at:], dst[at:])
	return dst, nil
}

// tagOf authenticates both texts, each filled up to whole blocks, and their lengths.
func tagOf(key *[32]byte, additional, sealed []byte) *poly1305.MAC {
	mac := poly1305.New(key)
	var zeros [15]byte
	for _, text := range [][]byte{additional, sealed} {
		mac.Write(text)
		mac.Write(zeros[:-len(text)&15])
	}
	lengths := binary.LittleEndian.AppendUint64(nil, uint64(len(additional)))
	mac.Write(binary.LittleEndian.AppendUint64(lengths, uint64(len(sealed))))
	return mac
}
