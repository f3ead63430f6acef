package tlswire

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Offer is a ClientHello that asks what a server accepts. It leads to no session: with it the server says what it would choose, or that it
// accepts nothing, and the one who asked hangs up. In TLS 1.3 it brings no key share, which is allowed, and asks the server to name a
// group (RFC 9846 §4.3.8).
type Offer struct {
	Version    uint16 // the one to offer; before TLS 1.3 also the highest of all (RFC 5246 appendix E.1)
	Suites     []uint16
	Groups     []uint16
	ServerName string // empty sends no server_name
	// Random and SessionID go in as they are. The second is used for TLS 1.3, where middleboxes expect one (RFC 9846 appendix E.4).
	Random, SessionID [32]byte
}

// Record is the offer as bytes for the wire: one record.
func (o Offer) Record() []byte {
	body := binary.BigEndian.AppendUint16(nil, min(o.Version, versionTLS12))
	body = append(body, o.Random[:]...)
	if o.Version == versionTLS13 {
		body = append(append(body, byte(len(o.SessionID))), o.SessionID[:]...)
	} else {
		body = append(body, 0)
	}
	body = vector16(body, list16(o.Suites))
	body = append(body, 1, 0) // no compression
	if o.Version > versionSSL30 {
		body = vector16(body, o.extensions())
	}
	message := append([]byte{typeClientHello, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
	record := []byte{contentHandshake, 3, byte(min(o.Version, versionTLS10) & 0xff)} // old servers want no higher one here (RFC 5246 appendix E.1)
	return vector16(record, message)
}

// extensions are those without which a server would not choose what it can.
func (o Offer) extensions() (out []byte) {
	add := func(typ uint16, body []byte) {
		out = vector16(binary.BigEndian.AppendUint16(out, typ), body)
	}
	if o.ServerName != "" {
		add(extServerName, vector16(nil, vector16([]byte{0}, []byte(o.ServerName))))
	}
	if len(o.Groups) > 0 {
		add(extSupportedGroups, vector16(nil, list16(o.Groups)))
		add(extECPointFormats, []byte{1, 0})
	}
	add(extRenegotiationInfo, []byte{0})
	if o.Version < versionTLS13 {
		add(extExtendedMasterSecret, nil)
	}
	if o.Version >= versionTLS12 {
		add(extSignatureAlgorithms, vector16(nil, list16(valuesOf(signatureSchemes))))
	}
	if o.Version == versionTLS13 {
		add(extSupportedVersions, []byte{2, versionTLS13 >> 8, versionTLS13 & 0xff})
		add(extKeyShare, vector16(nil, nil))
	}
	return out
}

func valuesOf(codes []Code) (list []uint16) {
	for _, c := range codes {
		list = append(list, c.Value)
	}
	return list
}

// vector16 appends bytes after their length in two bytes.
func vector16(to, b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(b))), b...)
}

func list16(values []uint16) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

// OfferedVersions are those that can be offered, the oldest first. SSL 2.0 has another ClientHello.
func OfferedVersions() []uint16 {
	return []uint16{versionSSL30, versionTLS10, versionTLS11, versionTLS12, versionTLS13}
}

// OfferedSuites are the cipher suites of a version that a server can accept without a key that it shares with the client: those with PSK,
// SRP and Kerberos are left out.
func OfferedSuites(version uint16) (list []uint16) {
	for _, row := range suiteTable {
		p := partsOf(row.name)
		if row.value == suiteRenegotiationInfo || row.value == suiteFallback || row.value == 0 || (p.exchange == "") != (version == versionTLS13) {
			continue
		}
		if shared := p.auth == "PSK" || p.exchange == "SRP" || strings.HasPrefix(p.exchange, "KRB5"); shared {
			continue
		}
		if version < versionTLS12 && (p.aead() || p.hash == "" || p.hash == "SHA256" || p.hash == "SHA384") {
			continue // they came with TLS 1.2 (RFC 5246 §1.2)
		}
		list = append(list, row.value)
	}
	return list
}

// OfferedGroups are the key exchange groups of a version. Those of finite fields are of TLS 1.3 alone here: in older versions a list of
// them turns the suites with DHE off on a server that has none of them (RFC 7919 §4).
func OfferedGroups(version uint16) (list []uint16) {
	for _, g := range groups {
		modern := g.Value >= 0x0100 && g.Value < 0xff00 || strings.HasSuffix(g.Name, "tls13") || g.Name == "curveSM2"
		both := g.Name == "x25519" || g.Name == "x448" || strings.HasPrefix(g.Name, "secp") && g.Value >= 23
		if g.Value < 0xff00 && (both || modern == (version == versionTLS13)) {
			list = append(list, g.Value)
		}
	}
	return list
}

// KeyGroup is the curve of a key by the name that [CertificateKey] gives it, "ECDSA P-256", 0 where it has none. Before TLS 1.3 a server
// shows a certificate only where the client offers its curve (RFC 8422 §5.1).
func KeyGroup(key string) uint16 {
	curves := map[string]string{"P-224": "secp224r1", "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
	_, curve, _ := strings.Cut(key, " ")
	i := slices.IndexFunc(groups, func(c Code) bool { return c.Name == curves[curve] })
	if i < 0 {
		return 0
	}
	return groups[i].Value
}

// Answer is what a server says to an [Offer].
type Answer struct {
	// Version and Suite are those that it would use.
	Version, Suite uint16
	// Group is the one for the key exchange, 0 where none was named; Prime is the size of a group of DHE in bits, likewise.
	Group uint16
	Prime int
	// Refused says that it accepts nothing that was offered; Alert is then what it said, if anything.
	Refused bool
	Alert   uint8
	// Whole says that nothing more of the answer is to come: in versions before TLS 1.3 the group is named after the certificate.
	Whole bool
}

// AnswerOf reads the server's messages so far. It says nothing, the zero value, where neither a ServerHello nor an alert has come.
func AnswerOf(messages []Message) (a Answer) {
	for _, m := range messages {
		level, description, alert := m.Alert()
		switch {
		case m.Dir != ServerToClient:
		case alert && level == levelFatal:
			return Answer{Refused: true, Alert: description, Whole: true}
		case m.is(typeServerHello):
			a.hello(m)
		case m.is(typeServerKeyExchange) && a.Suite != 0:
			a.exchange(m)
		case m.is(typeServerHelloDone):
			a.Whole = true
		}
	}
	return a
}

func (a *Answer) hello(m Message) {
	h, ok := readHello(typeServerHello, m.Raw)
	if !ok {
		return
	}
	a.Version, a.Suite = h.selected(), h.suite()
	if body, has := h.extension(extKeyShare); has && len(body) >= 2 {
		a.Group = binary.BigEndian.Uint16(body) // the one of a HelloRetryRequest, or of a share (RFC 9846 §4.3.8)
	}
	p := partsOf(CipherSuiteName(a.Suite))
	a.Whole = a.Version >= versionTLS13 || p.exchange != "ECDHE" && p.exchange != "DHE"
}

// exchange reads the group of a ServerKeyExchange (RFC 8422 §5.4, RFC 5246 §7.4.3).
func (a *Answer) exchange(m Message) {
	const named = 3
	c := cursor{b: m.Raw}
	c.take(handshakeHeaderLen)
	a.Whole = true
	if partsOf(CipherSuiteName(a.Suite)).exchange == "DHE" {
		a.Prime = bitLength(c.vec16())
		return
	}
	if typ, group := c.u8(), c.u16(); typ == named && !c.bad {
		a.Group = group
	}
}
