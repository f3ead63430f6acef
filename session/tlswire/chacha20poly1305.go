package tlswire

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"math/bits"
)

// chaCha20Poly1305 opens what the AEAD of RFC 8439 sealed. The standard library
// has it for its own TLS only. Nothing here is constant in time but the check
// of the tag: the keys are those of our own connection, read after the fact.
type chaCha20Poly1305 struct{ key [8]uint32 }

const (
	chachaKeyLen   = 32
	chachaNonceLen = 12
	polyTagLen     = 16
)

func newChaCha20Poly1305(key []byte) (cipher.AEAD, error) {
	if len(key) != chachaKeyLen {
		return nil, errors.New("a ChaCha20 key has 32 bytes")
	}
	c := &chaCha20Poly1305{}
	for i := range c.key {
		c.key[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	return c, nil
}

func (c *chaCha20Poly1305) NonceSize() int { return chachaNonceLen }
func (c *chaCha20Poly1305) Overhead() int  { return polyTagLen }

// Seal appends the protected plaintext to dst (RFC 8439 §2.8).
func (c *chaCha20Poly1305) Seal(dst, nonce, plaintext, additional []byte) []byte {
	n := len(dst)
	dst = append(dst, plaintext...)
	c.xor(dst[n:], nonce)
	tag := c.tag(nonce, dst[n:], additional)
	return append(dst, tag[:]...)
}

// Open appends the plaintext to dst if the tag is right (RFC 8439 §2.8).
func (c *chaCha20Poly1305) Open(dst, nonce, sealed, additional []byte) ([]byte, error) {
	if len(sealed) < polyTagLen || len(nonce) != chachaNonceLen {
		return nil, errTag
	}
	body, got := sealed[:len(sealed)-polyTagLen], sealed[len(sealed)-polyTagLen:]
	want := c.tag(nonce, body, additional)
	if subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return nil, errTag
	}
	n := len(dst)
	dst = append(dst, body...)
	c.xor(dst[n:], nonce)
	return dst, nil
}

// xor applies the key stream from block 1 on (RFC 8439 §2.4).
func (c *chaCha20Poly1305) xor(b, nonce []byte) {
	for counter := uint32(1); len(b) > 0; counter++ {
		block := c.block(counter, nonce)
		b = b[subtle.XORBytes(b, b, block[:]):]
	}
}

// block is the ChaCha20 block function (RFC 8439 §2.3).
func (c *chaCha20Poly1305) block(counter uint32, nonce []byte) (out [64]byte) {
	start := [16]uint32{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}
	copy(start[4:], c.key[:])
	start[12] = counter
	for i := range 3 {
		start[13+i] = binary.LittleEndian.Uint32(nonce[4*i:])
	}
	s0, s1, s2, s3, s4, s5, s6, s7 := start[0], start[1], start[2], start[3], start[4], start[5], start[6], start[7]
	s8, s9, s10, s11, s12, s13, s14, s15 := start[8], start[9], start[10], start[11], start[12], start[13], start[14], start[15]
	for range 10 {
		s0, s4, s8, s12 = quarter(s0, s4, s8, s12)
		s1, s5, s9, s13 = quarter(s1, s5, s9, s13)
		s2, s6, s10, s14 = quarter(s2, s6, s10, s14)
		s3, s7, s11, s15 = quarter(s3, s7, s11, s15)
		s0, s5, s10, s15 = quarter(s0, s5, s10, s15)
		s1, s6, s11, s12 = quarter(s1, s6, s11, s12)
		s2, s7, s8, s13 = quarter(s2, s7, s8, s13)
		s3, s4, s9, s14 = quarter(s3, s4, s9, s14)
	}
	for i, s := range [16]uint32{s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15} {
		binary.LittleEndian.PutUint32(out[4*i:], s+start[i])
	}
	return out
}

// quarter is the ChaCha quarter round (RFC 8439 §2.1).
func quarter(a, b, c, d uint32) (uint32, uint32, uint32, uint32) {
	a += b
	d = bits.RotateLeft32(d^a, 16)
	c += d
	b = bits.RotateLeft32(b^c, 12)
	a += b
	d = bits.RotateLeft32(d^a, 8)
	c += d
	b = bits.RotateLeft32(b^c, 7)
	return a, b, c, d
}

// tag authenticates the additional data and the ciphertext, each padded to 16
// bytes, and their lengths, with a key from block 0 (RFC 8439 §2.6, §2.8).
func (c *chaCha20Poly1305) tag(nonce, body, additional []byte) [polyTagLen]byte {
	block := c.block(0, nonce)
	p := newPoly1305(block[:32])
	p.padded(additional)
	p.padded(body)
	var lengths [16]byte
	binary.LittleEndian.PutUint64(lengths[:], uint64(len(additional)))
	binary.LittleEndian.PutUint64(lengths[8:], uint64(len(body)))
	p.padded(lengths[:])
	return p.sum()
}

// poly1305 is the one-time authenticator of RFC 8439 §2.5: a polynomial in r
// modulo 2^130-5, in five limbs of 26 bits.
type poly1305 struct {
	r, h [5]uint64
	s    [2]uint64
}

const limb = 1<<26 - 1

func newPoly1305(key []byte) *poly1305 {
	lo := binary.LittleEndian.Uint64(key) & 0x0ffffffc0fffffff
	hi := binary.LittleEndian.Uint64(key[8:]) & 0x0ffffffc0ffffffc
	return &poly1305{
		r: limbs(lo, hi, 0),
		s: [2]uint64{binary.LittleEndian.Uint64(key[16:]), binary.LittleEndian.Uint64(key[24:])},
	}
}

// limbs spreads a number of 130 bits.
func limbs(lo, hi, top uint64) [5]uint64 {
	return [5]uint64{
		lo & limb, lo >> 26 & limb, (lo>>52 | hi<<12) & limb, hi >> 14 & limb, hi>>40 | top<<24,
	}
}

// padded takes b as blocks of 16 bytes, the last one filled with zeroes. Each
// block gets a bit above it.
func (p *poly1305) padded(b []byte) {
	for len(b) > 0 {
		var block [16]byte
		b = b[copy(block[:], b):]
		n := limbs(binary.LittleEndian.Uint64(block[:]), binary.LittleEndian.Uint64(block[8:]), 1)
		for i := range n {
			p.h[i] += n[i]
		}
		p.multiply()
	}
}

// multiply sets h to h·r modulo 2^130-5: what leaves at the top comes back at
// the bottom five times.
func (p *poly1305) multiply() {
	h, r := &p.h, &p.r
	f1, f2, f3, f4 := 5*r[1], 5*r[2], 5*r[3], 5*r[4]
	p.h = [5]uint64{
		h[0]*r[0] + h[1]*f4 + h[2]*f3 + h[3]*f2 + h[4]*f1,
		h[0]*r[1] + h[1]*r[0] + h[2]*f4 + h[3]*f3 + h[4]*f2,
		h[0]*r[2] + h[1]*r[1] + h[2]*r[0] + h[3]*f4 + h[4]*f3,
		h[0]*r[3] + h[1]*r[2] + h[2]*r[1] + h[3]*r[0] + h[4]*f4,
		h[0]*r[4] + h[1]*r[3] + h[2]*r[2] + h[3]*r[1] + h[4]*r[0],
	}
	p.carry()
	p.carry()
}

// carry brings every limb back to 26 bits, but for a little in the second.
func (p *poly1305) carry() {
	var c uint64
	for i := range p.h {
		p.h[i] += c
		c = p.h[i] >> 26
		p.h[i] &= limb
	}
	p.h[0] += 5 * c
}

// sum reduces h fully and adds s (RFC 8439 §2.5.1).
func (p *poly1305) sum() (tag [polyTagLen]byte) {
	p.carry()
	p.carry()
	// h+5 reaches 2^130 exactly if h is not below the prime.
	g := p.h
	g[0] += 5
	for i := range 4 {
		g[i+1] += g[i] >> 26
		g[i] &= limb
	}
	if g[4]>>26 != 0 {
		g[4] &= limb
		p.h = g
	}
	lo := p.h[0] | p.h[1]<<26 | p.h[2]<<52
	hi := p.h[2]>>12 | p.h[3]<<14 | p.h[4]<<40
	lo, c := bits.Add64(lo, p.s[0], 0)
	hi, _ = bits.Add64(hi, p.s[1], c)
	binary.LittleEndian.PutUint64(tag[:], lo)
	binary.LittleEndian.PutUint64(tag[8:], hi)
	return tag
}
