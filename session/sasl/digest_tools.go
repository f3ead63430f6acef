package sasl

import (
	"bytes"
	"strings"
)

// digestTools are the steps of RFC 2831 §2.1.2.1.
func digestTools() []Tool {
	hashes := []Input{
		{Name: "HEX(H(A1))", Help: "the output of the tool of that name", Hides: HidesKey},
		publicInput("nonce", "the server's"),
		publicInput("cnonce", "your own cnonce: the same as in A1"),
		publicInput("HEX(H(A2))", "the output of the tool of that name")}
	return []Tool{
		{Name: "H(user:realm:pass)", Does: "MD5(username : realm : password)", Ref: digestHashRef, Form: FormHex, Hides: HidesKey,
			Inputs: []Input{publicInput("username", "the name to log in with"), publicInput("realm", "the server's, which may be empty").optional(),
				passwordInput("password", "the password")},
			make: func(in [][]byte) ([]byte, error) {
				return digestInputs{username: string(in[0]), realm: string(in[1]), password: string(in[2]), utf8: true}.secretHash(), nil
			}},
		{Name: "HEX(H(A1))", Does: "hex(MD5(H(user:realm:pass) : nonce : cnonce)); the inner hash is 16 bytes, not its hexadecimal digits", Ref: digestHashRef, Hides: HidesKey,
			Inputs: []Input{hexInput("H(user:realm:pass)"), hashes[1], publicInput("cnonce", "your own: about twenty random characters")},
			make:   func(in [][]byte) ([]byte, error) { return []byte(hexMD5(bytes.Join(in, []byte(":")))), nil }},
		{Name: "HEX(H(A2))", Does: "hex(MD5(AUTHENTICATE:digest-uri))", Ref: digestHashRef,
			Inputs: []Input{publicInput("digest-uri", "smtp/ and the name of the server").with("smtp/")},
			make: func(in [][]byte) ([]byte, error) {
				return []byte(hexMD5(append([]byte("AUTHENTICATE:"), in[0]...))), nil
			}},
		{Name: "response", Does: "hex(MD5(HEX(H(A1)) : nonce : 00000001 : cnonce : auth : HEX(H(A2))))", Ref: digestRef, Hides: HidesDigest, Inputs: hashes,
			make: func(in [][]byte) ([]byte, error) {
				return []byte(hexMD5(bytes.Join([][]byte{in[0], in[1], []byte(nonceCount), in[2], []byte("auth"), in[3]}, []byte(":")))), nil
			}},
		digestMessageTool(),
	}
}

func digestMessageTool() Tool {
	return Tool{Name: "digest-response", Does: "the directives, with commas between them; the tool adds nc=00000001 and qop=auth", Ref: digestRef,
		Hides: HidesDigest, Message: true,
		Inputs: []Input{
			publicInput("charset", "utf-8 if the server's challenge has charset=utf-8; otherwise empty").optional(),
			publicInput("username", "the same as in the hash"), publicInput("realm", "the same as in the hash; if empty, the directive is omitted").optional(),
			publicInput("nonce", "the server's"), publicInput("cnonce", "your own"),
			publicInput("digest-uri", "smtp/ and the name of the server"),
			{Name: "response", Help: "the output of the tool of that name: 32 hexadecimal digits", Hides: HidesDigest}},
		make: digestMessage}
}

func digestMessage(in [][]byte) ([]byte, error) {
	var fields []string
	add := func(name string, value []byte, needed bool, write func(string) string) {
		if len(value) > 0 || needed {
			fields = append(fields, name+"="+write(string(value)))
		}
	}
	bare := func(s string) string { return s }
	add("charset", in[0], false, bare)
	add("username", in[1], true, quote)
	add("realm", in[2], false, quote)
	add("nonce", in[3], true, quote)
	add("nc", []byte(nonceCount), true, bare)
	add("cnonce", in[4], true, quote)
	add("digest-uri", in[5], true, quote)
	add("response", in[6], true, bare)
	add("qop", []byte("auth"), true, bare)
	return []byte(strings.Join(fields, ",")), nil
}

func dueInDigest(challenge []byte) string {
	if bytes.HasPrefix(challenge, []byte("rspauth=")) || bytes.Equal(challenge, []byte(Mask)) {
		return "end"
	}
	return ""
}
