package tlswire

import (
	"bytes"
	"encoding/binary"
)

// Versions of the protocol (RFC 9846 §4.3.1, RFC 5246 appendix A.1).
const (
	versionSSL30 = 0x0300
	versionTLS10 = 0x0301
	versionTLS11 = 0x0302
	versionTLS12 = 0x0303
	versionTLS13 = 0x0304
)

// hello is what a ClientHello or ServerHello says, as far as it could be read.
type hello struct {
	version      uint16 // legacy_version
	random       []byte
	sessionID    []byte
	suites       []byte // offered, or the one chosen: two bytes each
	compressions []byte
	extensions   extensionList
}

// extensionList is extensions as they stand in a message. A bad one ends it.
type extensionList []byte

// retryRandom is the random of a HelloRetryRequest, the SHA-256 of its name
// (RFC 9846 §4.2.3).
var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// isRetry reports whether a ServerHello is a HelloRetryRequest.
func isRetry(raw []byte) bool {
	const at = handshakeHeaderLen + 2
	return len(raw) >= at+32 && bytes.Equal(raw[at:at+32], retryRandom[:])
}

// readHello reads a ClientHello or, as typ says, a ServerHello. ok is false if
// the random or the suites are missing; a bad extension ends the list. A
// ServerHello that is ok has one suite.
func readHello(typ uint8, raw []byte) (h hello, ok bool) {
	c := cursor{b: raw}
	c.take(handshakeHeaderLen)
	h.version = c.u16()
	h.random = c.take(32)
	h.sessionID = c.vec8()
	if typ == typeServerHello {
		h.suites = c.take(2)
		h.compressions = c.take(1)
	} else {
		h.suites = c.vec16()
		h.compressions = c.vec8()
	}
	if c.bad {
		return h, false
	}
	h.extensions = c.vec16()
	return h, true
}

// suite is the one that a ServerHello chose.
func (h hello) suite() uint16 { return binary.BigEndian.Uint16(h.suites) }

// extension returns the body of the first extension of that type.
func (h hello) extension(typ uint16) (body []byte, ok bool) { return h.extensions.find(typ) }

func (l extensionList) find(typ uint16) (body []byte, ok bool) {
	for c := (cursor{b: l}); len(c.b) > 0; {
		at, body := c.u16(), c.vec16()
		if c.bad {
			break
		}
		if at == typ {
			return body, true
		}
	}
	return nil, false
}

// selected is the version that a ServerHello chooses (RFC 9846 §4.3.1).
func (h hello) selected() uint16 {
	if body, ok := h.extension(extSupportedVersions); ok && len(body) == 2 {
		return uint16(body[0])<<8 | uint16(body[1])
	}
	return h.version
}

func u16s(b []byte) []uint16 {
	out := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		out = append(out, uint16(b[0])<<8|uint16(b[1]))
	}
	return out
}

// cursor reads from the front of b. After the first read past the end it is
// bad and returns zeroes.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if c.bad || n > len(c.b) {
		c.bad, c.b = true, nil
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) uint(n int) int {
	v := 0
	for _, x := range c.take(n) {
		v = v<<8 | int(x)
	}
	return v
}

func (c *cursor) u8() uint8     { return uint8(c.uint(1)) }
func (c *cursor) u16() uint16   { return uint16(c.uint(2)) }
func (c *cursor) vec8() []byte  { return c.take(c.uint(1)) }
func (c *cursor) vec16() []byte { return c.take(c.uint(2)) }
func (c *cursor) vec24() []byte { return c.take(c.uint(3)) }

// codes returns the list of code points in an extension, after a length of n
// bytes.
func (h hello) codes(typ uint16, n int) []uint16 {
	body, _ := h.extension(typ)
	c := cursor{b: body}
	return u16s(c.take(c.uint(n)))
}

// offeredVersions is supported_versions, or else every version up to the one
// in the hello (RFC 9846 §4.3.1).
func (h hello) offeredVersions() []uint16 {
	if list := h.codes(extSupportedVersions, 1); len(list) > 0 {
		return list
	}
	return []uint16{h.version}
}

// shares are the groups of a ClientHello's key_share (RFC 9846 §4.3.8).
func (h hello) shares() []uint16 {
	body, _ := h.extension(extKeyShare)
	c := cursor{b: body}
	list := cursor{b: c.vec16()}
	var out []uint16
	for len(list.b) > 0 {
		group := list.u16()
		if list.vec16(); list.bad {
			break
		}
		out = append(out, group)
	}
	return out
}

func (h hello) serverName() string {
	body, _ := h.extension(extServerName)
	c := cursor{b: body}
	list := cursor{b: c.vec16()}
	list.u8()
	return visible(string(list.vec16()))
}

func (h hello) protocols() []string {
	body, _ := h.extension(extALPN)
	c := cursor{b: body}
	list := cursor{b: c.vec16()}
	var out []string
	for len(list.b) > 0 {
		out = append(out, visible(string(list.vec8())))
	}
	return out
}
