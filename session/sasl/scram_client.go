package sasl

import (
	"bytes"
	"unicode/utf8"
)

// clientFirst is a client-first-message (RFC 5802 §7), as the server's side and the workbench read it.
type clientFirst struct {
	gs2      clientGS2
	bare     string
	username string
	nonce    string
}

func parseClientFirst(b []byte) (clientFirst, bool) {
	gs2, bare, ok := parseGS2(b)
	name, rest, named := cutAttribute(bare, 'n')
	nonce, rest, random := cutAttribute(rest, 'r')
	username, escaped := unescapeName(string(name))
	ok = ok && named && random && escaped && username != "" && utf8.Valid(b) && nonceChars(nonce) && extensionsOK(rest) == nil
	return clientFirst{gs2: gs2, bare: string(bare), username: username, nonce: string(nonce)}, ok
}

func (f clientFirst) values() []Value {
	return append(f.gs2.values(), text("username", f.username, "n=", "RFC 5802 §5.1"),
		text("c-nonce", f.nonce, "r=, random, chosen by the client", "RFC 5802 §5.1"))
}

// clientFinal is a client-final-message (RFC 5802 §7).
type clientFinal struct {
	withoutProof string
	cbind        []byte
	nonce        string
	proof        []byte
}

func parseClientFinal(b []byte) (clientFinal, bool) {
	i := bytes.LastIndex(b, []byte(",p="))
	if i < 0 {
		return clientFinal{}, false
	}
	proof, proven := decodeField(b[i+len(",p="):], true)
	c, rest, bound := cutAttribute(b[:i], 'c')
	cbind, bound := decodeField(c, bound)
	nonce, rest, ok := cutAttribute(rest, 'r')
	ok = ok && bound && proven && nonceChars(nonce) && extensionsOK(rest) == nil
	return clientFinal{withoutProof: string(b[:i]), cbind: cbind, nonce: string(nonce), proof: proof}, ok
}

func (f clientFinal) values() []Value {
	return []Value{
		raw("cbind-input", f.cbind, "c=, from base64: gs2-header and, for p, the channel binding data", "RFC 5802 §5.1"),
		text("nonce", f.nonce, "r=, of client and server", "RFC 5802 §5.1"),
		raw("ClientProof", f.proof, "p=, from base64", scramRef).hide(HidesProof),
	}
}

func openScram(b []byte) ([]Value, bool) {
	if final, ok := parseClientFinal(b); ok {
		return final.values(), true
	}
	first, ok := parseClientFirst(b)
	return first.values(), ok
}

func openScramChallenge(b []byte) Challenge {
	final, _ := parseServerFinal(b)
	if !final.signed && final.failure == "" {
		first, _ := parseServerFirst(b)
		return Challenge{Values: first.values()}
	}
	c := Challenge{Hides: final.hides(), Values: final.values()}
	if final.failure != "" {
		c.Findings = []Finding{serverError(final.failure).Finding()}
	}
	return c
}

func recognizeScram(b []byte) (server, ok bool) {
	if _, ok := openScram(b); ok {
		return false, true
	}
	first, err := parseServerFirst(b)
	return true, err == nil && first.nonce != "" || bytes.HasPrefix(b, []byte("v=")) || bytes.HasPrefix(b, []byte("e="))
}

func holdsSignature(b []byte) bool {
	final, err := parseServerFinal(b)
	return err == nil && final.verifier != nil
}
