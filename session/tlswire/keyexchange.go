package tlswire

import (
	"cmp"

	"ehlo/session/lazy"
)

// exchange is the key exchange and authentication of the negotiated suite.
func (p *parser) exchange() suiteParts {
	c, _ := suiteOf(p.msg.Suite)
	return partsOf(c.Name)
}

// serverKeyExchange parses the server's half of the key exchange in TLS 1.2
// and older (RFC 5246 §7.4.3, RFC 8422 §5.4, RFC 4279 §2).
func (p *parser) serverKeyExchange() {
	kx := p.exchange()
	if kx.auth == "PSK" {
		p.opaque("psk_identity_hint", 2, "hint", "which key to use", "RFC 4279 §2")
	}
	switch kx.exchange {
	case "ECDHE", "ECDH":
		p.group("params", p.ecdhLength(), "", "RFC 8422 §5.4", (*parser).ecdhParams)
	case "DHE", "DH":
		p.group("params", p.dhLength(3), "", "RFC 5246 §7.4.3", (*parser).dhParams)
	case "PSK":
	default:
		p.rest("params", "this program does not decode this key exchange: "+CipherSuiteName(p.msg.Suite), "")
		return
	}
	if p.more() && kx.auth != "anon" && kx.auth != "PSK" {
		p.signature("RFC 5246 §7.4.3, RFC 8422 §5.4")
		p.explain("over both random values and the params above, so that an attacker cannot replace them")
	}
}

func (p *parser) ecdhParams() {
	if p.code8("curve_type", curveTypes); len(p.peek(2)) < 2 {
		p.bytes("namedcurve", 2, "", "")
		return
	}
	group := p.code16("namedcurve", groupOf)
	p.vector("public", 1, "the server's public key", "RFC 8422 §5.4", func(p *parser) { p.point(group) })
}

// ecdhLength is how many bytes the params have: type, curve, point.
func (p *parser) ecdhLength() int {
	b := p.peek(p.left())
	if len(b) < 4 || b[0] != 3 {
		return len(b)
	}
	return min(len(b), 4+int(b[3]))
}

func (p *parser) dhParams() {
	prime := p.opaque("dh_p", 2, "p", "", "RFC 5246 §7.4.3")
	p.explain("the prime: " + count(bitLength(prime), "bit"))
	p.opaque("dh_g", 2, "g", "the generator", "RFC 5246 §7.4.3")
	p.opaque("dh_Ys", 2, "Ys", "the server's public key", "RFC 5246 §7.4.3")
}

// dhLength is how many bytes n vectors with lengths of two bytes have.
func (p *parser) dhLength(n int) int {
	c := cursor{b: p.peek(p.left())}
	for range n {
		c.vec16()
	}
	return p.left() - len(c.b)
}

func bitLength(b []byte) int {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0
	}
	n := len(b) * 8
	for mask := byte(0x80); b[0]&mask == 0; mask >>= 1 {
		n--
	}
	return n
}

// clientKeyExchange parses the client's half (RFC 5246 §7.4.7, RFC 8422 §5.7,
// RFC 4279 §2).
func (p *parser) clientKeyExchange() {
	kx := p.exchange()
	if kx.auth == "PSK" || kx.exchange == "PSK" {
		p.opaque("psk_identity", 2, "identity", "which key the client uses", "RFC 4279 §2")
	}
	switch kx.exchange {
	case "ECDHE", "ECDH":
		p.vector("ecdh_Yc", 1, "the client's public key", "RFC 8422 §5.7", func(p *parser) { p.point(p.pointGroup()) })
	case "DHE", "DH":
		p.opaque("dh_Yc", 2, "Yc", "the client's public key", "RFC 5246 §7.4.7.2")
	case "RSA":
		p.opaque("encrypted_pre_master_secret", 2, "ciphertext", "the secret, encrypted to the key of the server's certificate: anyone who gets that key later can decrypt the session", "RFC 5246 §7.4.7.1")
	case "PSK":
	default:
		p.rest("exchange_keys", "this program does not decode this key exchange: "+CipherSuiteName(p.msg.Suite), "")
	}
}

// pointGroup tells the curve of a public key by its length, as the message
// does not name it.
func (p *parser) pointGroup() uint16 {
	for _, s := range shares.Get() {
		if s.classic && s.client == p.left() {
			return s.group
		}
	}
	return 0
}

// share says how the key share of a group is made up (RFC 9846 §4.3.8.2, RFC
// 10024).
type share struct {
	group   uint16
	classic bool
	client  int // length of the client's share
	parts   []sharePart
}

// sharePart is one part. A KEM is not symmetric: the client sends a key, the
// server a secret that is encapsulated to it (FIPS 203).
type sharePart struct {
	name           string
	client, server int // lengths
	meaning        string
	answer         string // the meaning of the server's, if it is another
}

const encapsulated = "the secret, encapsulated to the client's key"

var (
	x25519Part   = sharePart{"x25519", 32, 32, "X25519 public key", ""}
	pointForm    = sharePart{"legacy_form", 1, 1, "4: uncompressed", ""}
	mlkem768Part = sharePart{"ml_kem_768", 1184, 1088, "ML-KEM-768 encapsulation key", encapsulated}
)

func coordinates(n int) []sharePart {
	return []sharePart{pointForm, {"x", n, n, "first coordinate", ""}, {"y", n, n, "second coordinate", ""}}
}

var shares = lazy.Value[[]share]{Make: func() []share {
	return []share{
		{23, true, 65, coordinates(32)},
		{24, true, 97, coordinates(48)},
		{25, true, 133, coordinates(66)},
		{29, true, 32, []sharePart{x25519Part}},
		{30, true, 56, []sharePart{{"x448", 56, 56, "X448 public key", ""}}},
		{groupX25519MLKEM768, false, 1216, []sharePart{mlkem768Part, x25519Part}},
		{groupSecP256r1MLKEM768, false, 1249, []sharePart{{"secp256r1", 65, 65, "P-256 public key, uncompressed", ""}, mlkem768Part}},
		{groupSecP384r1MLKEM1024, false, 1665, []sharePart{
			{"secp384r1", 97, 97, "P-384 public key, uncompressed", ""},
			{"ml_kem_1024", 1568, 1568, "ML-KEM-1024 encapsulation key", encapsulated},
		}},
		{groupX25519Kyber768, false, 1216, []sharePart{x25519Part, {"kyber_768", 1184, 1088, "Kyber-768 public key", encapsulated}}},
	}
}}

// point parses a public key of a group into its parts. One that has not the
// length its group wants is bad, one of a group without parts is bytes.
func (p *parser) point(group uint16) {
	for _, s := range shares.Get() {
		if s.group == group {
			p.parts(s)
			return
		}
	}
	p.rest("key_exchange", "", "")
}

func (p *parser) parts(s share) {
	fromServer := p.msg.Dir == ServerToClient
	want := 0
	for _, part := range s.parts {
		want += part.length(fromServer)
	}
	if p.left() != want {
		p.fail("key_exchange", "a share of "+GroupName(s.group)+" has "+count(want, "byte")+", this one "+count(p.left(), "byte"))
		return
	}
	for _, part := range s.parts {
		meaning := part.meaning
		if fromServer {
			meaning = cmp.Or(part.answer, meaning)
		}
		p.bytes(part.name, part.length(fromServer), meaning, "")
	}
}

func (s sharePart) length(fromServer bool) int {
	if fromServer {
		return s.server
	}
	return s.client
}
