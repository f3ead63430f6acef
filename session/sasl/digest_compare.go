package sasl

import (
	"encoding/hex"
	"strings"
)

// compareDigest recognizes mistakes in computing the response, in a message that is right otherwise.
func compareDigest(typed []byte, right Response) []string {
	got, err := parseDirectives(typed)
	want, _ := parseDirectives(right.Data)
	if err != nil || len(got) != len(want) {
		return nil
	}
	for _, x := range want {
		value, _ := got.only(x.name)
		if same := value == x.value; same == (x.name == "response") {
			return nil // another part differs, or it is only written differently
		}
	}
	response, _ := got.only("response")
	return []string{digestSlip(strings.TrimSpace(response), want, right.Values)}
}

// digestSlip tries the usual mistakes.
func digestSlip(response string, parts directives, values []Value) string {
	part := func(name string) string { value, _ := parts.only(name); return value }
	of := func(name string) string {
		if v := field(values, name); v != nil {
			return string(contentOf(v))
		}
		return ""
	}
	answer := func(a1, a2 string) string {
		return hexMD5([]byte(strings.Join([]string{hexMD5([]byte(a1)), part("nonce"), part("nc"), part("cnonce"), part("qop"), hexMD5([]byte(a2))}, ":")))
	}
	secret, a1, a2 := of("H(username:realm:passwd)"), of("A1"), of("A2")
	switch strings.ToLower(response) {
	case part("response"):
		return "the response must be in lower case"
	case answer(hex.EncodeToString([]byte(secret))+strings.TrimPrefix(a1, secret), a2):
		return "A1 contains the hash of username, realm and password in hexadecimal; it must be its 16 bytes (RFC 2831 §2.1.2.1, obsoleted by RFC 6331)"
	case answer(secret, a2):
		return "A1 does not contain nonce and cnonce, which md5-sess requires"
	case answer(a1, strings.TrimPrefix(a2, "AUTHENTICATE")):
		return "A2 does not contain the word AUTHENTICATE; only the server computes its response without it"
	case hexMD5([]byte(hexMD5([]byte(a1)) + ":" + part("nonce") + ":" + hexMD5([]byte(a2)))):
		return "nc, cnonce and qop are missing between the hashes"
	}
	if !hexDigest([]byte(strings.ToLower(response))) {
		return "response is not a digest of 32 hexadecimal digits"
	}
	return "response is wrong: it was computed from another password, realm or nonce"
}
