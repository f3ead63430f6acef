package leaktest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"net"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Line is a line that crossed the connection, without its end.
type Line struct {
	FromServer bool
	Text       string
}

// Tap records connections. Its methods may be called from several goroutines.
type Tap struct {
	mu     sync.Mutex
	conns  []*recorded
	keyLog bytes.Buffer
}

// recorded is what crossed one connection, in order.
type recorded struct{ pieces []piece }

type piece struct {
	fromServer bool
	data       []byte
}

// DialFunc is how a client connects.
type DialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// Dial gives a dial whose connections are recorded.
func (t *Tap) Dial(dial DialFunc) DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		r := &recorded{}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.conns = append(t.conns, r)
		return &tapped{Conn: c, tap: t, to: r}, nil
	}
}

// KeyLog is for the client's TLS.
func (t *Tap) KeyLog() io.Writer { return lockedWriter{t} }

type lockedWriter struct{ t *Tap }

func (w lockedWriter) Write(b []byte) (int, error) {
	w.t.mu.Lock()
	defer w.t.mu.Unlock()
	return w.t.keyLog.Write(b)
}

type tapped struct {
	net.Conn
	tap *Tap
	to  *recorded
}

func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.keep(true, b[:n])
	return n, err
}

func (c *tapped) Write(b []byte) (int, error) {
	c.keep(false, b) // before the answer to it can come
	return c.Conn.Write(b)
}

func (c *tapped) keep(fromServer bool, b []byte) {
	c.tap.mu.Lock()
	defer c.tap.mu.Unlock()
	c.to.pieces = append(c.to.pieces, piece{fromServer, bytes.Clone(b)})
}

// Lines are all lines of all connections, those inside TLS opened, in order.
func (t *Tap) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Line
	for _, r := range t.conns {
		reader := reader{keys: t.keyLog.String()}
		for _, p := range r.pieces {
			out = append(out, reader.take(p)...)
		}
	}
	return out
}

// reader puts one connection together.
type reader struct {
	keys    string
	randoms [2]string // of the hellos, in hexadecimal
	streams [2]stream
}

// stream is one direction.
type stream struct {
	raw, text []byte
	encrypted bool
	seq       uint64
}

func (r *reader) take(p piece) []Line {
	s := &r.streams[side(p.fromServer)]
	s.raw = append(s.raw, p.data...)
	for {
		if len(s.raw) > 0 && s.raw[0] == 0x16 { // a handshake record; no line of SMTP begins so
			s.encrypted = true
		}
		if s.encrypted && !r.record(s, p.fromServer) || !s.encrypted && !s.plain() {
			return s.lines(p.fromServer)
		}
	}
}

// plain moves a line on; false if there is no whole one.
func (s *stream) plain() bool {
	i := bytes.IndexByte(s.raw, '\n')
	if i < 0 {
		return false
	}
	s.text, s.raw = append(s.text, s.raw[:i+1]...), s.raw[i+1:]
	return true
}

func (s *stream) lines(fromServer bool) []Line {
	var out []Line
	for {
		line, rest, found := bytes.Cut(s.text, []byte("\n"))
		if !found {
			return out
		}
		out, s.text = append(out, Line{fromServer, strings.TrimRight(string(line), "\r")}), rest
	}
}

// record opens one record. What is no application data of the connection is passed over.
func (r *reader) record(s *stream, fromServer bool) bool {
	const header = 5
	if len(s.raw) < header || len(s.raw) < header+int(binary.BigEndian.Uint16(s.raw[3:])) {
		return false
	}
	head, body := s.raw[:header], s.raw[header:header+int(binary.BigEndian.Uint16(s.raw[3:]))]
	s.raw = s.raw[header+len(body):]
	if random := &r.randoms[side(fromServer)]; head[0] == 0x16 && *random == "" && len(body) > 38 {
		*random = hex.EncodeToString(body[6:38])
		return true
	}
	for _, open := range r.openers(fromServer) {
		if plain, kind, ok := open(s.seq, head, body); ok {
			s.seq++
			if kind == applicationData {
				s.text = append(s.text, plain...)
			}
			break
		}
	}
	return true
}

const applicationData = 0x17

func side(fromServer bool) int {
	if fromServer {
		return 1
	}
	return 0
}

// opener opens a record; false if its key is another one.
type opener func(seq uint64, head, body []byte) (plain []byte, kind byte, ok bool)

// openers are the ciphers that the secret may be for; which of them it is shows when one opens a record.
func (r *reader) openers(fromServer bool) []opener {
	label := [...]string{"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"}[side(fromServer)]
	if secret := r.secret(label); secret != nil {
		return openers13(secret)
	}
	if master := r.secret("CLIENT_RANDOM"); master != nil {
		return r.openers12(master, fromServer)
	}
	return nil
}

// secret finds a line of the key log (RFC 9850).
func (r *reader) secret(label string) []byte {
	_, rest, found := strings.Cut(r.keys, label+" "+r.randoms[0]+" ")
	if !found || r.randoms[0] == "" {
		return nil
	}
	line, _, _ := strings.Cut(rest, "\n")
	secret, _ := hex.DecodeString(strings.TrimSpace(line))
	return secret
}

// openers13 is RFC 9846 §5.2 and §7.3.
func openers13(secret []byte) []opener {
	if len(secret) == sha512.Size384 {
		return []opener{opener13(sha512.New384, secret, 32, gcm)}
	}
	return []opener{opener13(sha256.New, secret, 16, gcm), opener13(sha256.New, secret, 32, chacha)}
}

func opener13(h func() hash.Hash, secret []byte, size int, cipherOf func([]byte) cipher.AEAD) opener {
	expand := func(label string, size int) []byte {
		info := append([]byte{byte(size >> 8), byte(size), byte(len("tls13 " + label))}, "tls13 "+label+"\x00"...)
		out, err := hkdf.Expand(h, secret, string(info), size)
		return must(out, err)
	}
	aead, iv := cipherOf(expand("key", size)), expand("iv", 12)
	return func(seq uint64, head, body []byte) ([]byte, byte, bool) {
		plain, err := aead.Open(nil, masked(iv, seq), body, head)
		plain = bytes.TrimRight(plain, "\x00") // padding
		if err != nil || len(plain) == 0 {
			return nil, 0, false
		}
		return plain[:len(plain)-1], plain[len(plain)-1], true
	}
}

// openers12 is RFC 5288, RFC 7905 and RFC 5246 §6.3.
func (r *reader) openers12(master []byte, fromServer bool) []opener {
	return []opener{r.opener12(sha256.New, master, fromServer, 16, 4, gcm), r.opener12(sha512.New384, master, fromServer, 32, 4, gcm),
		r.opener12(sha256.New, master, fromServer, 32, 12, chacha)}
}

func (r *reader) opener12(h func() hash.Hash, master []byte, fromServer bool, key, iv int, cipherOf func([]byte) cipher.AEAD) opener {
	seed, err := hex.DecodeString(r.randoms[1] + r.randoms[0])
	block := expand12(h, master, append([]byte("key expansion"), must(seed, err)...), 2*key+2*iv)
	at := side(fromServer)
	aead, fixed := cipherOf(block[at*key:(at+1)*key]), block[2*key+at*iv:2*key+(at+1)*iv]
	return func(seq uint64, head, body []byte) ([]byte, byte, bool) {
		nonce := masked(fixed, seq)
		if iv == 4 {
			if len(body) < 8 {
				return nil, 0, false
			}
			nonce, body = append(bytes.Clone(fixed), body[:8]...), body[8:]
		}
		if len(body) < aead.Overhead() {
			return nil, 0, false
		}
		aad := binary.BigEndian.AppendUint64(nil, seq)
		aad = append(aad, head[:3]...)
		aad = binary.BigEndian.AppendUint16(aad, uint16(len(body)-aead.Overhead()))
		plain, err := aead.Open(nil, nonce, body, aad)
		return plain, head[0], err == nil
	}
}

// expand12 is P_hash (RFC 5246 §5).
func expand12(h func() hash.Hash, secret, seed []byte, size int) []byte {
	var out []byte
	for a := mac(h, secret, string(seed)); len(out) < size; a = mac(h, secret, string(a)) {
		out = append(out, mac(h, secret, string(a)+string(seed))...)
	}
	return out[:size]
}

// masked is the nonce of a record: the sequence number over the end of the IV.
func masked(iv []byte, seq uint64) []byte {
	nonce := bytes.Clone(iv)
	for i := range min(8, len(nonce)) {
		nonce[len(nonce)-1-i] ^= byte(seq >> (8 * i))
	}
	return nonce
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func chacha(key []byte) cipher.AEAD {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		panic(err)
	}
	return aead
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
