package tlswire

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"slices"
)

var (
	errMAC     = errors.New("the MAC does not match")
	errPadding = errors.New("the padding is wrong")
	errShort   = errors.New("the record is too short")
)

// aead12 opens records of TLS 1.2 with GCM (RFC 5288 §3) or ChaCha20-Poly1305
// (RFC 7905 §2).
type aead12 struct {
	aead     cipher.AEAD
	iv       []byte
	explicit int // bytes of nonce in front of each record
	seq      uint64
	scratch
}

func (c *aead12) open(r RecordInfo, body []byte) (uint8, []byte, error) {
	n := len(body) - c.explicit - c.aead.Overhead()
	if n < 0 {
		return 0, nil, errShort
	}
	nonce := appendNonce12(c.nonce[:0], c.iv, c.seq, body[:c.explicit])
	plain, err := c.aead.Open(c.plain[:0], nonce, body[c.explicit:], appendPseudoHeader(c.beside[:0], c.seq, r, n))
	if err != nil {
		return 0, nil, errTag
	}
	c.seq++
	c.plain = plain
	return r.ContentType, plain, nil
}

// pass: before TLS 1.3 the record says what it holds.
func (c *aead12) pass(r RecordInfo, body []byte) (int, bool) {
	n := len(body) - c.explicit - c.aead.Overhead()
	if r.ContentType != contentApplicationData || n < 0 {
		return 0, false
	}
	c.seq++
	return n, true
}

// appendNonce12 adds the nonce of a record to b: the fixed IV and the explicit
// part, or, where there is none, the IV with the record number on it.
func appendNonce12(b, iv []byte, seq uint64, explicit []byte) []byte {
	if len(explicit) == 0 {
		return appendNonce(b, iv, seq)
	}
	return append(append(b, iv...), explicit...)
}

// appendPseudoHeader adds what is authenticated beside a record's content to b:
// its number, type, version and length (RFC 5246 §6.2.3.1, §6.2.3.3).
func appendPseudoHeader(b []byte, seq uint64, r RecordInfo, length int) []byte {
	b = binary.BigEndian.AppendUint64(b, seq)
	b = append(b, r.ContentType)
	b = binary.BigEndian.AppendUint16(b, r.Version)
	return binary.BigEndian.AppendUint16(b, uint16(length))
}

// recordMAC checks the MAC of records one after the other.
type recordMAC struct {
	mac *mac
	seq uint64
}

// split takes the MAC off the end of b and checks it over the rest.
func (m *recordMAC) split(r RecordInfo, b []byte) ([]byte, error) {
	n := len(b) - m.mac.size()
	if n < 0 {
		return nil, errShort
	}
	if !hmac.Equal(b[n:], m.mac.sum(appendPseudoHeader(nil, m.seq, r, n), b[:n])) {
		return nil, errMAC
	}
	m.seq++
	return b[:n], nil
}

// cbc opens records of block ciphers (RFC 5246 §6.2.3.2).
type cbc struct {
	block          cipher.Block
	mac            recordMAC
	iv             []byte
	explicit       bool // each record brings its IV (since TLS 1.1)
	encryptThenMAC bool // RFC 7366 §3
}

func (c *cbc) open(r RecordInfo, body []byte) (uint8, []byte, error) {
	var err error
	if c.encryptThenMAC {
		if body, err = c.mac.split(r, body); err != nil {
			return 0, nil, err
		}
	}
	plain, err := c.decrypt(body)
	if err != nil {
		return 0, nil, err
	}
	if !c.encryptThenMAC {
		plain, err = c.mac.split(r, plain)
	}
	return r.ContentType, plain, err
}

// pass: how long the padding is stands in the record.
func (*cbc) pass(RecordInfo, []byte) (int, bool) { return 0, false }

// decrypt undoes cipher and padding. TLS 1.0 goes on with the last block of
// the record before as IV (RFC 2246 §6.2.3.2).
func (c *cbc) decrypt(body []byte) ([]byte, error) {
	size := c.block.BlockSize()
	iv := c.iv
	if c.explicit && len(body) >= size {
		iv, body = body[:size], body[size:]
	}
	if len(body) == 0 || len(body)%size != 0 {
		return nil, errShort
	}
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(c.block, iv).CryptBlocks(plain, body)
	c.iv = slices.Clone(body[len(body)-size:])
	return unpad(plain)
}

// unpad takes the padding off: n bytes of value n and one more with it.
func unpad(plain []byte) ([]byte, error) {
	n := int(plain[len(plain)-1]) + 1
	if n > len(plain) {
		return nil, errPadding
	}
	end := len(plain) - n
	for _, b := range plain[end:] {
		if int(b) != n-1 {
			return nil, errPadding
		}
	}
	return plain[:end], nil
}

// rc4MAC opens records of the stream cipher (RFC 5246 §6.2.3.1).
type rc4MAC struct {
	cipher *rc4.Cipher
	mac    recordMAC
}

func (c *rc4MAC) open(r RecordInfo, body []byte) (uint8, []byte, error) {
	plain := make([]byte, len(body))
	c.cipher.XORKeyStream(plain, body)
	plain, err := c.mac.split(r, plain)
	return r.ContentType, plain, err
}

// pass: the keystream goes on with every byte.
func (*rc4MAC) pass(RecordInfo, []byte) (int, bool) { return 0, false }
