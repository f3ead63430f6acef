package scripttest

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// oldTLS is the server's side of TLS 1.2 (RFC 5246) as old servers do it and crypto/tls cannot: without renegotiation_info (RFC
// 5746), and able to ask for a renegotiation. It has one cipher suite, ECDHE-ECDSA-AES128-GCM-SHA256 on P-256, checks nothing and
// expects one handshake message a record.
type oldTLS struct {
	net.Conn
	r        io.Reader
	spoken   []byte // all handshake messages
	in, out  half
	received []byte // read and not given out
}

// half is one direction, in cleartext until it has a key (RFC 5288).
type half struct {
	aead  cipher.AEAD
	fixed []byte // of the nonce
	n     uint64
}

const (
	recordChange, recordHandshake, recordData = 20, 22, 23

	suiteECDSA    = 0xc02b
	groupP256     = 0x0017
	schemeECDSA   = 0x0403
	explicitNonce = 8
)

// startOldTLS is the handshake.
func startOldTLS(conn net.Conn, r io.Reader, leaf tls.Certificate) (*oldTLS, error) {
	o := &oldTLS{Conn: conn, r: r}
	hello, err := o.hear(recordHandshake)
	if err != nil || len(hello) < 38 {
		return nil, errors.Join(err, errors.New("no ClientHello"))
	}
	clientRandom, serverRandom := hello[6:38], make([]byte, 32)
	rand.Read(serverRandom)
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := o.flight(leaf, key.PublicKey().Bytes(), clientRandom, serverRandom); err != nil {
		return nil, err
	}
	exchange, err := o.hear(recordHandshake)
	if err != nil || len(exchange) < 6 {
		return nil, errors.Join(err, errors.New("no ClientKeyExchange"))
	}
	point, err := ecdh.P256().NewPublicKey(exchange[5:])
	if err != nil {
		return nil, err
	}
	shared, err := key.ECDH(point)
	if err != nil {
		return nil, err
	}
	return o, o.finish(prf(shared, "master secret", append(clientRandom, serverRandom...), 48), clientRandom, serverRandom)
}

// flight is what the server says between the hellos and its part of the key exchange.
func (o *oldTLS) flight(leaf tls.Certificate, point, clientRandom, serverRandom []byte) error {
	hello := append([]byte{3, 3}, serverRandom...)
	hello = append(hello, 0, suiteECDSA>>8, suiteECDSA&0xff, 0, 0, 6, 0, 11, 0, 2, 1, 0) // and ec_point_formats: uncompressed
	chain := sized(3, sized(3, leaf.Certificate[0]))
	share := append([]byte{3, groupP256 >> 8, groupP256 & 0xff}, sized(1, point)...)
	digest := sha256.Sum256(append(append(append([]byte(nil), clientRandom...), serverRandom...), share...))
	signature, err := leaf.PrivateKey.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return err
	}
	share = append(append(share, schemeECDSA>>8, schemeECDSA&0xff), sized(2, signature)...)
	return errors.Join(o.tell(2, hello), o.tell(11, chain), o.tell(12, share), o.tell(14, nil))
}

// finish changes to the keys and exchanges Finished.
func (o *oldTLS) finish(master, clientRandom, serverRandom []byte) error {
	keys := prf(master, "key expansion", append(append([]byte(nil), serverRandom...), clientRandom...), 40)
	if _, err := o.hear(recordChange); err != nil {
		return err
	}
	o.in = keyed(keys[:16], keys[32:36])
	if _, err := o.hear(recordHandshake); err != nil {
		return err
	}
	sum := sha256.Sum256(o.spoken)
	err := o.write(recordChange, []byte{1})
	o.out = keyed(keys[16:32], keys[36:40])
	return errors.Join(err, o.tell(20, prf(master, "server finished", sum[:], 12)))
}

func keyed(key, fixed []byte) half {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return half{aead: aead, fixed: fixed}
}

// askAgain sends a HelloRequest (RFC 5246 §7.4.1.1).
func (o *oldTLS) askAgain() error { return o.tell(0, nil) }

// tell sends a handshake message.
func (o *oldTLS) tell(kind byte, body []byte) error {
	m := append([]byte{kind}, sized(3, body)...)
	o.spoken = append(o.spoken, m...)
	return o.write(recordHandshake, m)
}

// hear reads a record of a kind.
func (o *oldTLS) hear(kind byte) ([]byte, error) {
	got, body, err := o.read()
	switch {
	case err != nil:
		return nil, err
	case got != kind:
		return nil, io.EOF // most likely an alert
	case kind == recordHandshake:
		o.spoken = append(o.spoken, body...)
	}
	return body, nil
}

func (o *oldTLS) read() (kind byte, body []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(o.r, head); err != nil {
		return 0, nil, err
	}
	body = make([]byte, binary.BigEndian.Uint16(head[3:]))
	if _, err := io.ReadFull(o.r, body); err != nil || o.in.aead == nil {
		return head[0], body, err
	}
	if len(body) < explicitNonce+o.in.aead.Overhead() {
		return 0, nil, io.ErrUnexpectedEOF
	}
	nonce := append(append([]byte(nil), o.in.fixed...), body[:explicitNonce]...)
	body, err = o.in.aead.Open(nil, nonce, body[explicitNonce:], o.in.header(head[0], len(body)-explicitNonce-o.in.aead.Overhead()))
	return head[0], body, err
}

func (o *oldTLS) write(kind byte, body []byte) error {
	if o.out.aead != nil {
		explicit := binary.BigEndian.AppendUint64(nil, o.out.n)
		nonce := append(append([]byte(nil), o.out.fixed...), explicit...)
		body = o.out.aead.Seal(explicit, nonce, body, o.out.header(kind, len(body)))
	}
	_, err := o.Conn.Write(append([]byte{kind, 3, 3}, sized(2, body)...))
	return err
}

// header is what is authenticated beside a record's content, which it counts.
func (h *half) header(kind byte, length int) []byte {
	a := append(binary.BigEndian.AppendUint64(nil, h.n), kind, 3, 3)
	h.n++
	return binary.BigEndian.AppendUint16(a, uint16(length))
}

// Read implements [net.Conn]; an alert is the end.
func (o *oldTLS) Read(b []byte) (int, error) {
	for len(o.received) == 0 {
		body, err := o.hear(recordData)
		if err != nil {
			return 0, err
		}
		o.received = body
	}
	n := copy(b, o.received)
	o.received = o.received[n:]
	return n, nil
}

// Write implements [net.Conn].
func (o *oldTLS) Write(b []byte) (int, error) { return len(b), o.write(recordData, b) }

// sized puts the length of a vector in front of it, in n bytes.
func sized(n int, b []byte) []byte {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	return append(length[4-n:], b...)
}

// prf is the pseudorandom function of TLS 1.2 (RFC 5246 §5).
func prf(secret []byte, label string, seed []byte, n int) (out []byte) {
	seed = append([]byte(label), seed...)
	a := seed
	for len(out) < n {
		a = mac(secret, a)
		out = append(out, mac(secret, append(append([]byte(nil), a...), seed...))...)
	}
	return out[:n]
}

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}
