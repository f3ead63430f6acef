package sasl

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// toolsOf are the steps of a mechanism's responses.
func toolsOf(mechanism string) []Tool {
	switch name := strings.ToUpper(mechanism); name {
	case "PLAIN":
		return []Tool{plainTool()}
	case "LOGIN":
		return []Tool{answerTool()}
	case "CRAM-MD5":
		return []Tool{cramTool()}
	case "DIGEST-MD5":
		return append(digestTools(), emptyTool("end", "an empty line, once rspauth is right"))
	case "XOAUTH2":
		return []Tool{xoauth2Tool(), emptyTool("dummy response", "an empty line: it lets the server end the exchange with 535")}
	case "OAUTHBEARER":
		return []Tool{bearerTool(), dummyTool()}
	case "EXTERNAL", "ANONYMOUS":
		return []Tool{nameTool(name)}
	default:
		if info, known := Lookup(name); known && info.Supported && strings.HasPrefix(name, "SCRAM-") {
			return append(scramTools(name), emptyTool("end", "an empty line, once the server's signature is right"))
		}
	}
	return nil
}

// dueName is the tool that comes first where this is the challenge.
func dueName(mechanism string, challenge []byte) string {
	name := strings.ToUpper(mechanism)
	scram := strings.HasPrefix(name, "SCRAM-")
	switch {
	case scram && bytes.HasPrefix(challenge, []byte("r=")):
		return "SaltedPassword"
	case scram && len(challenge) > 0: // v= and e=, or its mask
		return "ServerKey"
	case name == "DIGEST-MD5" && (bytes.HasPrefix(challenge, []byte("rspauth=")) || bytes.Equal(challenge, []byte(Mask))):
		return "end"
	case strings.Contains(name, "OAUTH") && len(challenge) > 0:
		return "dummy response"
	}
	return ""
}

func plainTool() Tool {
	return Tool{Name: "message", Does: "authzid NUL username NUL password", Ref: plainRef, Hides: HidesPassword, Message: true,
		Inputs: []Input{
			publicInput("authzid", "the identity to act as; empty for one's own").optional(),
			publicInput("username", "the name to log in with").optional(),
			passwordInput("password", "goes into the message as it is: base64 hides nothing").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return PlainString(string(in[0]), string(in[1]), string(in[2])), nil
		}}
}

func answerTool() Tool {
	t := textTool("answer")
	t.Does, t.Ref = "the username or the password, whichever the prompt asks for", loginRef
	t.Inputs = []Input{passwordInput("answer", "goes over the wire as it is: base64 hides nothing").optional()}
	return t
}

func cramTool() Tool {
	return Tool{Name: "response", Does: "username SP hex(HMAC-MD5(key, challenge))", Ref: cramRef, Hides: HidesDigest, Message: true,
		Inputs: []Input{
			publicInput("username", "stands before the digest, with a space between").optional(),
			passwordInput("key", "the key of the HMAC, which is the password; it does not go over the wire").optional(),
			publicInput("challenge", "what the server sent, out of its base64, angle brackets included").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + " " + HMACMD5(string(in[1]), in[2])), nil
		}}
}

func xoauth2Tool() Tool {
	return Tool{Name: "message", Does: `user=… \x01 auth=Bearer … \x01 \x01`, Ref: xoauth2Ref, Hides: HidesToken, Message: true,
		Inputs: []Input{
			publicInput("username", "the mailbox").optional(),
			Input{Name: "token", Help: "the access token, without the word Bearer: that is put before it", Hides: HidesToken}.optional()},
		make: func(in [][]byte) ([]byte, error) { return XOAuth2String(string(in[0]), string(in[1])), nil }}
}

func bearerTool() Tool {
	return Tool{Name: "message", Does: `n,a=…, \x01 host=… \x01 port=… \x01 auth=Bearer … \x01 \x01`, Ref: bearerRef, Hides: HidesToken, Message: true,
		Inputs: []Input{
			publicInput("username", "behind a= in the gs2-header: whose mail it is").optional(),
			publicInput("host", "the name that the client connected to; empty leaves it out").optional(),
			publicInput("port", "the port that the client connected to; empty leaves it out").optional(),
			Input{Name: "token", Help: "the access token, without the word Bearer: that is put before it", Hides: HidesToken}.optional()},
		make: func(in [][]byte) ([]byte, error) {
			return BearerString(string(in[0]), string(in[1]), string(in[2]), string(in[3])), nil
		}}
}

// XOAuth2String puts the message of XOAUTH2 together.
func XOAuth2String(user, token string) []byte {
	return []byte("user=" + user + "\x01auth=Bearer " + token + "\x01\x01")
}

// BearerString puts the message of OAUTHBEARER together: gs2-header and key=value pairs, each followed by 0x01, and one
// more 0x01 (RFC 7628 §3.1). An empty user, host or port is left out.
func BearerString(user, host, port, token string) []byte {
	message := "n,"
	if user != "" {
		message += "a=" + saslName(user)
	}
	message += ",\x01"
	for _, pair := range [...]struct{ key, value string }{{"host", host}, {"port", port}} {
		if pair.value != "" {
			message += pair.key + "=" + pair.value + "\x01"
		}
	}
	return []byte(message + "auth=Bearer " + token + "\x01\x01")
}

func nameTool(mechanism string) Tool {
	t := textTool("message")
	t.Does, t.Hides = "the identity to act as; empty for the one that TLS has shown", ""
	t.Inputs = []Input{publicInput("authzid", "empty is = as initial response").optional()}
	if mechanism == "ANONYMOUS" {
		t.Does, t.Inputs = "a trace of who is asking, or nothing", []Input{publicInput("trace", "not secret: an address, or any text").optional()}
	}
	return t
}

// emptyTool is an answer without content.
func emptyTool(name, does string) Tool {
	return Tool{Name: name, Does: does, Ref: "RFC 4954 §4", Message: true, make: func([][]byte) ([]byte, error) { return nil, nil }}
}

func dummyTool() Tool {
	return Tool{Name: "dummy response", Does: "0x01: it lets the server end the exchange with 535", Ref: "RFC 7628 §3.2.3", Message: true,
		make: func([][]byte) ([]byte, error) { return []byte{1}, nil }}
}

// scramTools are the steps of RFC 5802 §3, and of what the server has to prove.
func scramTools(mechanism string) []Tool {
	h := hashOf(mechanism)
	mac := "HMAC-" + h.name
	return slices.Concat([]Tool{firstTool(mechanism), saltedTool(h),
		keyTool(h, "ClientKey", "Client Key"),
		{Name: "StoredKey", Does: h.name + "(ClientKey); this is what the server keeps", Ref: scramRef, Form: FormHex, Hides: HidesKey,
			Inputs: []Input{hexInput("ClientKey")},
			make:   func(in [][]byte) ([]byte, error) { return h.sum(in[0]), nil }},
	}, messageTools(mechanism), []Tool{
		signatureTool(h, "ClientSignature", "StoredKey", mac+"(StoredKey, AuthMessage)"),
		{Name: "ClientProof", Does: "ClientKey XOR ClientSignature", Ref: scramRef, Form: FormHex, Hides: HidesProof,
			Inputs: []Input{hexInput("ClientKey"), hexInput("ClientSignature")}, make: xor},
		finalTool(),
		keyTool(h, "ServerKey", "Server Key"),
		signatureTool(h, "ServerSignature", "ServerKey", mac+"(ServerKey, AuthMessage); it has to be what the server sends behind v="),
	})
}

func firstTool(mechanism string) Tool {
	flag := "n,,"
	if bound(mechanism) {
		flag = "p=" + BindingExporter + ",,"
	}
	return Tool{Name: "client-first-message", Does: "gs2-header n=username ,r=c-nonce", Ref: "RFC 5802 §7", Message: true,
		Inputs: []Input{
			publicInput("gs2-header", "n,, binds to nothing; y,, could bind, but saw no -PLUS offered; p=tls-exporter,, binds (tls-unique before TLS 1.3)").with(flag),
			publicInput("username", "in it = is written =3D and , is =2C; the tool does that").optional(),
			publicInput("c-nonce", "random characters, new each time and without a comma: choose some twenty").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + "n=" + saslName(string(in[1])) + ",r=" + string(in[2])), nil
		}}
}

// saltedTool is SaltedPassword.
func saltedTool(h scramHash) Tool {
	return Tool{Name: "SaltedPassword", Does: "PBKDF2 with HMAC-" + h.name + "(password, salt, iterations)", Ref: scramRef, Form: FormHex, Hides: HidesKey,
		Inputs: []Input{
			passwordInput("password", "prepared by SASLprep, which leaves plain letters and digits as they are"),
			{Name: "salt", Help: "s= of the server's message; there it is base64", Form: FormBase64},
			{Name: "iterations", Help: "i= of the server's message", From: "iteration-count", count: true}},
		make: func(in [][]byte) ([]byte, error) { return hi(h.new, in) }}
}

func keyTool(h scramHash, name, label string) Tool {
	return Tool{Name: name, Does: "HMAC-" + h.name + `(SaltedPassword, "` + label + `")`, Ref: scramRef, Form: FormHex, Hides: HidesKey,
		Inputs: []Input{hexInput("SaltedPassword"), publicInput("message", "these two words and nothing else").with(label)},
		make:   func(in [][]byte) ([]byte, error) { return h.hmac(in[0], string(in[1])), nil }}
}

func signatureTool(h scramHash, name, key, does string) Tool {
	return Tool{Name: name, Does: does, Ref: scramRef, Form: FormHex, Hides: HidesProof,
		Inputs: []Input{hexInput(key), publicInput("AuthMessage", "the three messages that a tool before this one joins")},
		make:   func(in [][]byte) ([]byte, error) { return h.hmac(in[0], string(in[1])), nil }}
}

// messageTools join what both sides have said.
func messageTools(mechanism string) []Tool {
	cbind := publicInput("cbind-input", "the gs2-header of your first message, as it was sent").from("gs2-header")
	var tools []Tool
	if bound(mechanism) {
		cbind = Input{Name: "cbind-input", Form: FormHex, Help: "what the tool of that name gave"}
		tools = append(tools, bindingTool())
	}
	return append(tools,
		Tool{Name: "without-proof", Does: "c=base64(cbind-input) ,r=nonce", Ref: "RFC 5802 §7",
			Inputs: []Input{cbind, publicInput("nonce", "r= of the server's message, all of it: your own is its beginning")},
			make: func(in [][]byte) ([]byte, error) {
				return []byte("c=" + base64.StdEncoding.EncodeToString(in[0]) + ",r=" + string(in[1])), nil
			}},
		Tool{Name: "AuthMessage", Does: "client-first-message-bare , server-first-message , without-proof", Ref: scramRef,
			Inputs: []Input{
				publicInput("client-first", "your first message without its gs2-header: from n= on").from("client-first-message-bare"),
				publicInput("server-first", "the challenge, out of its base64").from("challenge"),
				publicInput("without-proof", "your last message up to the proof: c= and r=")},
			make: func(in [][]byte) ([]byte, error) { return bytes.Join(in, []byte(",")), nil }})
}

// bindingTool puts the channel binding behind the gs2-header.
func bindingTool() Tool {
	return Tool{Name: "cbind-input", Does: "gs2-header and the channel binding data, which come from this TLS connection", Ref: "RFC 5802 §7", Form: FormHex,
		Inputs: []Input{publicInput("gs2-header", "the beginning of your first message, up to and with its second comma"),
			{Name: "cbind-data", Form: FormHex, Help: "a value that both ends take from TLS; it is no secret"}},
		make: func(in [][]byte) ([]byte, error) { return bytes.Join(in, nil), nil }}
}

func finalTool() Tool {
	return Tool{Name: "client-final-message", Does: "without-proof ,p=base64(ClientProof)", Ref: "RFC 5802 §7", Hides: HidesProof, Message: true,
		Inputs: []Input{publicInput("without-proof", "c= and r="), hexInput("ClientProof")},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + ",p=" + base64.StdEncoding.EncodeToString(in[1])), nil
		}}
}

// digestTools are the steps of RFC 2831 §2.1.2.1.
func digestTools() []Tool {
	hashes := []Input{
		{Name: "HEX(H(A1))", Help: "what the tool of that name gave", Hides: HidesKey},
		publicInput("nonce", "the server's"),
		publicInput("cnonce", "your own: random characters, the same as in A1"),
		publicInput("HEX(H(A2))", "what the tool of that name gave")}
	return []Tool{
		{Name: "H(user:realm:pass)", Does: "MD5(username : realm : password)", Ref: digestHashRef, Form: FormHex, Hides: HidesKey,
			Inputs: []Input{publicInput("username", "the name to log in with"), publicInput("realm", "the server's, which may be empty").optional(),
				passwordInput("password", "the password")},
			make: func(in [][]byte) ([]byte, error) {
				return digestInputs{username: string(in[0]), realm: string(in[1]), password: string(in[2])}.secretHash(), nil
			}},
		{Name: "HEX(H(A1))", Does: "hex(MD5(H(user:realm:pass) : nonce : cnonce)); the first is 16 octets, not their hexadecimal digits", Ref: digestHashRef, Hides: HidesKey,
			Inputs: []Input{hexInput("H(user:realm:pass)"), hashes[1], publicInput("cnonce", "your own: random characters, choose some twenty")},
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
	return Tool{Name: "digest-response", Does: "the directives, with commas between them; nc=00000001 and qop=auth come by themselves", Ref: digestRef,
		Hides: HidesDigest, Message: true,
		Inputs: []Input{
			publicInput("charset", "utf-8 where the server says so, else empty").optional(),
			publicInput("username", "the same as in the hash"), publicInput("realm", "the same as in the hash; empty leaves it out").optional(),
			publicInput("nonce", "the server's"), publicInput("cnonce", "your own"),
			publicInput("digest-uri", "smtp/ and the name of the server"),
			{Name: "response", Help: "what the tool of that name gave: 32 hexadecimal digits", Hides: HidesDigest}},
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
