package tlswire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"
)

// unlock12 makes the cipher of a direction of TLS 1.2 and older, once the
// master secret is known.
func (d *Decoder) unlock12(s *stream) (err error) {
	if d.conn.keyBlock == nil {
		if err := d.deriveKeys(); err != nil {
			return err
		}
	}
	if d.conn.keyBlock != nil {
		s.guard.name = "client write key, from the master secret"
		if s.dir == ServerToClient {
			s.guard.name = "server write key, from the master secret"
		}
		p := d.conn.params
		s.guard.cipher, err = p.build(&d.conn, p, writeKeysOf(d.conn.keyBlock, p, s.dir))
	}
	return err
}

// deriveKeys makes the keys of both directions, if the master secret is known.
func (d *Decoder) deriveKeys() error {
	p, ok := suite12(d.conn.suite)
	if !ok || d.conn.version < versionTLS10 {
		return fmt.Errorf("this program cannot decrypt records of %s with %s", VersionName(d.conn.version), CipherSuiteName(d.conn.suite))
	}
	master := d.master()
	d.conn.params, d.conn.keyBlock = p, keyBlock(&d.conn, p, master)
	d.logResumed(master)
	return nil
}

// master finds the master secret: logged for this handshake, or known from
// the one that is resumed. crypto/tls logs nothing when it resumes TLS 1.2.
func (d *Decoder) master() []byte {
	if m := d.secret(labelMaster); m != nil {
		return m
	}
	if d.conn.full {
		return nil
	}
	return d.limits.Sessions.find(d.conn.offered)
}

// logResumed writes the line of a key log for a handshake whose master secret is
// that of the session it resumes: crypto/tls writes none, and nothing else would
// open what was captured of this connection (RFC 9850 §2.2).
func (d *Decoder) logResumed(master []byte) {
	if d.limits.Resumed == nil || master == nil || d.secret(labelMaster) != nil {
		return
	}
	line := fmt.Appendf(nil, "%s %x %x\n", labelMaster, d.conn.clientRandom, master)
	_, _ = d.limits.Resumed.Write(line) // who gave the writer knows what became of it
	clear(line)
}

// params12 is what a cipher suite of TLS 1.2 and older fixes.
type params12 struct {
	keyLen int
	ivLen  int // of the fixed part for AEADs, of the block for CBC
	macLen int // of the MAC and its key, 0 for AEADs
	mac    func() hash.Hash
	prf    func() hash.Hash // of TLS 1.2
	build  func(conn *connection, p params12, k writeKeys) (recordCipher, error)
}

// writeKeys are one direction's part of the key block (RFC 5246 §6.3).
type writeKeys struct{ mac, key, iv []byte }

func suite12(value uint16) (params12, bool) {
	row, ok := suite(value)
	parts := partsOf(row.name)
	if !ok || parts.exchange == "" || parts.exchange == "NULL" || parts.export {
		return params12{}, false
	}
	p := params12{prf: sha256.New}
	if parts.hash == "SHA384" {
		p.prf = sha512.New384
	}
	switch parts.cipher {
	case "AES_128_GCM":
		p.keyLen, p.ivLen, p.build = 16, 4, newGCM12
	case "AES_256_GCM":
		p.keyLen, p.ivLen, p.build = 32, 4, newGCM12
	case "CHACHA20_POLY1305":
		p.keyLen, p.ivLen, p.build = 32, 12, newChaCha12
	case "AES_128_CBC":
		p.keyLen, p.ivLen, p.build = 16, aes.BlockSize, newCBC
	case "AES_256_CBC":
		p.keyLen, p.ivLen, p.build = 32, aes.BlockSize, newCBC
	case "3DES_EDE_CBC":
		p.keyLen, p.ivLen, p.build = 24, des.BlockSize, newCBC
	case "RC4_128":
		p.keyLen, p.build = 16, newRC4
	default:
		return params12{}, false
	}
	if !parts.aead() {
		p.mac = macHash(parts.hash)
		p.macLen = p.mac().Size()
	}
	return p, true
}

func macHash(name string) func() hash.Hash {
	switch name {
	case "MD5":
		return md5.New
	case "SHA256":
		return sha256.New
	case "SHA384":
		return sha512.New384
	}
	return sha1.New
}

// keyBlock holds the keys of both directions (RFC 5246 §6.3), nil while the
// master secret is not known.
func keyBlock(conn *connection, p params12, master []byte) []byte {
	if master == nil {
		return nil
	}
	seed := slices.Concat([]byte("key expansion"), conn.serverRandom[:], conn.clientRandom[:])
	return prf(conn.version, p.prf, master, seed, 2*(p.macLen+p.keyLen+p.ivLen))
}

// writeKeysOf cuts the key block into its parts.
func writeKeysOf(block []byte, p params12, dir Direction) writeKeys {
	part := func(n int) []byte {
		client, server := block[:n], block[n:2*n]
		block = block[2*n:]
		if dir == ServerToClient {
			return server
		}
		return client
	}
	return writeKeys{part(p.macLen), part(p.keyLen), part(p.ivLen)}
}

// prf is the pseudorandom function: P_hash with the suite's hash in TLS 1.2
// (RFC 5246 §5), P_MD5 and P_SHA-1 of the two halves before (RFC 4346 §5). The
// seed begins with the label.
func prf(version uint16, h func() hash.Hash, secret, seed []byte, n int) []byte {
	out := make([]byte, n)
	if version >= versionTLS12 {
		expand(out, h, secret, seed)
		return out
	}
	half := (len(secret) + 1) / 2
	expand(out, md5.New, secret[:half], seed)
	expand(out, sha1.New, secret[len(secret)-half:], seed)
	return out
}

// expand is P_hash, added to out by exclusive or.
func expand(out []byte, h func() hash.Hash, secret, seed []byte) {
	m := newMAC(h, secret)
	a, room := seed, make([]byte, 0, m.size())
	for len(out) > 0 {
		a = append(room, m.sum(a)...)
		out = xorInto(out, m.sum(a, seed))
	}
}

// xorInto adds b to the front of out and returns the rest of out.
func xorInto(out, b []byte) []byte {
	n := min(len(out), len(b))
	for i := range n {
		out[i] ^= b[i]
	}
	return out[n:]
}

func newGCM12(_ *connection, _ params12, k writeKeys) (recordCipher, error) {
	block, err := aes.NewCipher(k.key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &aead12{aead: aead, iv: k.iv, explicit: 8}, err
}

func newChaCha12(_ *connection, _ params12, k writeKeys) (recordCipher, error) {
	aead, err := chacha20poly1305.New(k.key)
	return &aead12{aead: aead, iv: k.iv}, err
}

func newCBC(conn *connection, p params12, k writeKeys) (recordCipher, error) {
	newBlock := aes.NewCipher
	if p.ivLen == des.BlockSize {
		newBlock = des.NewTripleDESCipher
	}
	block, err := newBlock(k.key)
	c := &cbc{
		block: block, mac: recordMAC{newMAC(p.mac, k.mac), 0},
		iv: k.iv, explicit: conn.version >= versionTLS11, encryptThenMAC: conn.encryptThenMAC,
	}
	return c, err
}

func newRC4(_ *connection, p params12, k writeKeys) (recordCipher, error) {
	c, err := rc4.NewCipher(k.key)
	return &rc4MAC{cipher: c, mac: recordMAC{newMAC(p.mac, k.mac), 0}}, err
}
