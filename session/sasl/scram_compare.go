package sasl

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// slips recognizes mistakes in computing the proof, in a message that is right otherwise.
func (h scramHash) slips(typed []byte, right Response) []string {
	got, ok := parseClientFinal(typed)
	want, proves := parseClientFinal(right.Data)
	if !ok || !proves || got.withoutProof != want.withoutProof {
		return nil
	}
	v := proofValues{hash: h, values: right.Values}
	return []string{v.slip(got.proof)}
}

// proofValues are what the right proof was made from.
type proofValues struct {
	hash   scramHash
	values []Value
}

func (v proofValues) of(name string) []byte {
	if f := field(v.values, name); f != nil {
		return contentOf(f)
	}
	return nil
}

// slip tries the usual mistakes.
func (v proofValues) slip(proof []byte) string {
	clientKey, auth := v.of("ClientKey"), string(v.of("AuthMessage"))
	signed := func(key []byte, message string) []byte {
		out := make([]byte, len(clientKey))
		subtle.XORBytes(out, clientKey, v.hash.hmac(key, message))
		return out
	}
	switch {
	case bytes.Equal(proof, v.of("ClientSignature")):
		return "p is the ClientSignature; the proof is ClientKey XOR ClientSignature"
	case bytes.Equal(proof, clientKey):
		return "p is the ClientKey itself; never send that: anyone who reads it can log in"
	case bytes.Equal(proof, v.of("ServerSignature")):
		return "p is the ServerSignature, which the server sends"
	case bytes.Equal(proof, []byte(hex.EncodeToString(v.of("ClientProof")))):
		return "p is the base64 of hexadecimal digits; it must be the base64 of the bytes"
	case bytes.Equal(proof, signed(clientKey, auth)):
		return "the ClientSignature was computed with the ClientKey as the key; its key must be the StoredKey"
	case bytes.Equal(proof, signed(v.of("StoredKey"), auth+"\n")):
		return "the AuthMessage contains a line ending"
	case bytes.Equal(proof, signed(v.of("StoredKey"), v.withHeader())):
		return "the AuthMessage contains the gs2-header; it must begin after it, with n="
	case bytes.Equal(proof, signed(v.of("StoredKey"), v.withoutCommas())):
		return "the commas between the three messages of the AuthMessage are missing"
	case len(proof) != len(clientKey):
		return "the proof does not have the length of a digest of " + v.hash.name
	}
	return "ClientProof is wrong: it was computed from another password, salt, iteration count or AuthMessage"
}

// withHeader is the AuthMessage with the whole first message in it.
func (v proofValues) withHeader() string {
	header, _, _ := bytes.Cut(v.of("cbind-input"), []byte(",,"))
	return string(header) + ",," + string(v.of("AuthMessage"))
}

// withoutCommas is the three messages of the AuthMessage with nothing between them. Their own commas stay: the second message begins
// with the whole nonce, the third is a value of its own (RFC 5802 §7).
func (v proofValues) withoutCommas() string {
	auth, second, third := string(v.of("AuthMessage")), "r="+string(v.of("nonce"))+",s=", string(v.of("client-final-message-without-proof"))
	return strings.TrimSuffix(strings.Replace(auth, ","+second, second, 1), ","+third) + third
}
