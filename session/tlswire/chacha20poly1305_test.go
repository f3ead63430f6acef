package tlswire

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// unhex reads bytes as RFCs print them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "", ":", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestChaCha20Block is RFC 8439 §2.3.2.
func TestChaCha20Block(t *testing.T) {
	key := unhex(t, "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f")
	aead, err := newChaCha20Poly1305(key)
	if err != nil {
		t.Fatal(err)
	}
	got := aead.(*chaCha20Poly1305).block(1, unhex(t, "00:00:00:09:00:00:00:4a:00:00:00:00"))
	want := unhex(t, `10 f1 e7 e4 d1 3b 59 15 50 0f dd 1f a3 20 71 c4
		c7 d1 f4 c7 33 c0 68 03 04 22 aa 9a c3 d4 6c 4e
		d2 82 64 46 07 9f aa 09 14 c2 d7 05 d9 8b 02 a2
		b5 12 9c d1 de 16 4e b9 cb d0 83 e8 a2 50 3c 4e`)
	if !bytes.Equal(got[:], want) {
		t.Errorf("%x", got)
	}
}

// TestPoly1305 is RFC 8439 appendix A.3, test vectors 5 to 11: the carries.
func TestPoly1305(t *testing.T) {
	const zero = "00000000000000000000000000000000"
	const ones = "ffffffffffffffffffffffffffffffff"
	for i, v := range []struct{ r, s, data, tag string }{
		{"02000000000000000000000000000000", zero, ones, "03000000000000000000000000000000"},
		{"02000000000000000000000000000000", ones, "02000000000000000000000000000000", "03000000000000000000000000000000"},
		{"01000000000000000000000000000000", zero, ones + "f0ffffffffffffffffffffffffffffff" + "11000000000000000000000000000000", "05000000000000000000000000000000"},
		{"01000000000000000000000000000000", zero, ones + "fbfefefefefefefefefefefefefefefe" + "01010101010101010101010101010101", zero},
		{"02000000000000000000000000000000", zero, "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff"},
		{"01000000000000000400000000000000", zero, "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000", "14000000000000005500000000000000"},
		{"01000000000000000400000000000000", zero, "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000", "13000000000000000000000000000000"},
	} {
		p := newPoly1305(unhex(t, v.r+v.s))
		p.padded(unhex(t, v.data))
		if got := p.sum(); !bytes.Equal(got[:], unhex(t, v.tag)) {
			t.Errorf("vector %d: %x, want %s", i+5, got, v.tag)
		}
	}
}

// TestChaCha20Poly1305 is RFC 8439 appendix A.5, and every bit of it matters.
func TestChaCha20Poly1305(t *testing.T) {
	aead, err := newChaCha20Poly1305(unhex(t, "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"))
	if err != nil {
		t.Fatal(err)
	}
	nonce, additional := unhex(t, "000000000102030405060708"), unhex(t, "f33388860000000000004e91")
	sealed := unhex(t, `64 a0 86 15 75 86 1a f4 60 f0 62 c7 9b e6 43 bd
		5e 80 5c fd 34 5c f3 89 f1 08 67 0a c7 6c 8c b2 4c 6c fc 18 75 5d 43 ee a0 9e e9 4e 38 2d 26 b0
		bd b7 b7 3c 32 1b 01 00 d4 f0 3b 7f 35 58 94 cf 33 2f 83 0e 71 0b 97 ce 98 c8 a8 4a bd 0b 94 81
		14 ad 17 6e 00 8d 33 bd 60 f9 82 b1 ff 37 c8 55 97 97 a0 6e f4 f0 ef 61 c1 86 32 4e 2b 35 06 38
		36 06 90 7b 6a 7c 02 b0 f9 f6 15 7b 53 c8 67 e4 b9 16 6c 76 7b 80 4d 46 a5 9b 52 16 cd e7 a4 e9
		90 40 c5 a4 04 33 22 5e e2 82 a1 b0 a0 6c 52 3e af 45 34 d7 f8 3f a1 15 5b 00 47 71 8c bc 54 6a
		0d 07 2b 04 b3 56 4e ea 1b 42 22 73 f5 48 27 1a 0b b2 31 60 53 fa 76 99 19 55 eb d6 31 59 43 4e
		ce bb 4e 46 6d ae 5a 10 73 a6 72 76 27 09 7a 10 49 e6 17 d9 1d 36 10 94 fa 68 f0 ff 77 98 71 30
		30 5b ea ba 2e da 04 df 99 7b 71 4d 6c 6f 2c 29 a6 ad 5c b4 02 2b 02 70 9b
		ee ad 9d 67 89 0c bb 22 39 23 36 fe a1 85 1f 38`)
	plain, err := aead.Open(nil, nonce, sealed, additional)
	if err != nil || len(plain) != 265 || !bytes.HasPrefix(plain, []byte("Internet-Drafts are draft documents")) {
		t.Fatalf("%q, %v", plain, err)
	}
	if again := aead.Seal(nil, nonce, plain, additional); !bytes.Equal(again, sealed) {
		t.Errorf("sealed again: %x", again)
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := aead.Open(nil, nonce, broken, additional); err == nil {
			t.Fatalf("a change of byte %d was not noticed", i)
		}
	}
	if _, err := aead.Open(nil, nonce, sealed[:15], additional); err == nil {
		t.Error("opened less than a tag")
	}
}
