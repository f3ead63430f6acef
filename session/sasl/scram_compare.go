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
		return "p is the ServerSignature, which is the server's to send"
	case bytes.Equal(proof, []byte(hex.EncodeToString(v.of("ClientProof")))):
		return "p is the base64 of hexadecimal digits; it must be that of the bytes"
	case bytes.Equal(proof, signed(clientKey, auth)):
		return "the ClientSignature is keyed by the ClientKey; its key is the StoredKey"
	case bytes.Equal(proof, signed(v.of("StoredKey"), auth+"\n")):
		return "a line end came along into the AuthMessage"
	case bytes.Equal(proof, signed(v.of("StoredKey"), v.withHeader())):
		return "the AuthMessage begins with the gs2-header; it begins with n=, after it"
	case bytes.Equal(proof, signed(v.of("StoredKey"), strings.ReplaceAll(auth, ",", ""))):
		return "the AuthMessage lacks the commas between its three messages"
	case len(proof) != len(clientKey):
		return "the proof has another length than a digest of " + v.hash.name
	}
	return "ClientProof is another one: from another password, salt, iteration count or AuthMessage"
}

// withHeader is the AuthMessage with the whole first message in it.
func (v proofValues) withHeader() string {
	header, _, _ := bytes.Cut(v.of("cbind-input"), []byte(",,"))
	return string(header) + ",," + string(v.of("AuthMessage"))
}
