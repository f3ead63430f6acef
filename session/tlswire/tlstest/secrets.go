package tlstest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// Secret is something with which a recording of a connection can be opened, or a part of it.
type Secret struct {
	Name  string
	Bytes []byte
}

// Secrets are those of a key log, and what the record layer derives from them: the write keys of either length, the IVs and
// the Finished keys of TLS 1.3 (RFC 9846 §7.3, §4.5.3) and of TLS 1.2 the write keys out of the key block (RFC 5246 §6.3),
// for which the hellos are needed. IVs of 4 bytes are left out: they are anywhere.
func Secrets(t testing.TB, keyLog string, messages []tlswire.Message) []Secret {
	t.Helper()
	var all []Secret
	for line := range strings.Lines(keyLog) {
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("no line of a key log: %q", line)
		}
		secret, err := hex.DecodeString(words[2])
		if err != nil || len(secret) < 32 {
			t.Fatalf("no line of a key log: %q", line)
		}
		all = append(all, Secret{words[0], secret})
		if words[0] == "CLIENT_RANDOM" {
			all = append(all, keyBlock(secret, messages)...)
			continue
		}
		all = append(all, traffic(words[0], secret)...)
	}
	if len(all) == 0 {
		t.Fatal("no secret was logged")
	}
	return all
}

func hashOf(secret []byte) func() hash.Hash {
	if len(secret) == sha512.Size384 {
		return sha512.New384
	}
	return sha256.New
}

// traffic is what a secret of TLS 1.3 leads to.
func traffic(name string, secret []byte) (out []Secret) {
	h := hashOf(secret)
	for _, x := range []struct {
		label  string
		length int
	}{{"key", 16}, {"key", 32}, {"iv", 12}, {"finished", h().Size()}, {"traffic upd", h().Size()}} {
		label := "tls13 " + x.label
		info := append([]byte{byte(x.length >> 8), byte(x.length), byte(len(label))}, label...)
		key, err := hkdf.Expand(h, secret, string(append(info, 0)), x.length)
		if err == nil {
			out = append(out, Secret{name + ", " + x.label, key})
		}
	}
	return out
}

// keyBlock is what a master secret leads to with either hash and in suites of AES-GCM and ChaCha20, which have no MAC keys.
func keyBlock(master []byte, messages []tlswire.Message) (out []Secret) {
	var client, server []byte
	for _, m := range messages {
		const from, to = 6, 38
		switch {
		case len(m.Raw) < to:
		case m.Name == "ClientHello":
			client = m.Raw[from:to]
		case m.Name == "ServerHello":
			server = m.Raw[from:to]
		}
	}
	for _, h := range []func() hash.Hash{sha256.New, sha512.New384} {
		block := expand(h, master, append(append([]byte("key expansion"), server...), client...), 2*32)
		for _, length := range []int{16, 32} {
			out = append(out, Secret{"client write key", block[:length]}, Secret{"server write key", block[length : 2*length]})
		}
	}
	return out
}

// expand is P_hash (RFC 5246 §5).
func expand(h func() hash.Hash, secret, seed []byte, n int) (out []byte) {
	mac := func(parts ...[]byte) []byte {
		m := hmac.New(h, secret)
		for _, p := range parts {
			m.Write(p)
		}
		return m.Sum(nil)
	}
	for a := mac(seed); len(out) < n; a = mac(a) {
		out = append(out, mac(a, seed)...)
	}
	return out[:n]
}
