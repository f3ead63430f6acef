package sasl

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// scramTools are the steps of RFC 5802 §3, and of what the server has to prove.
func scramTools(h scramHash, plus bool) []Tool {
	mac := "HMAC-" + h.name
	return slices.Concat([]Tool{firstTool(plus), saltedTool(h),
		keyTool(h, "ClientKey", "Client Key"),
		{Name: "StoredKey", Does: h.name + "(ClientKey); the server stores it", Ref: scramRef, Form: FormHex, Hides: HidesKey,
			Inputs: []Input{hexInput("ClientKey")},
			make:   func(in [][]byte) ([]byte, error) { return h.sum(in[0]), nil }},
	}, messageTools(plus), []Tool{
		signatureTool(h, "ClientSignature", "StoredKey", mac+"(StoredKey, AuthMessage)"),
		{Name: "ClientProof", Does: "ClientKey XOR ClientSignature", Ref: scramRef, Form: FormHex, Hides: HidesProof,
			Inputs: []Input{hexInput("ClientKey"), hexInput("ClientSignature")}, make: xor},
		finalTool(),
		keyTool(h, "ServerKey", "Server Key"),
		signatureTool(h, "ServerSignature", "ServerKey", mac+"(ServerKey, AuthMessage); it has to equal the server's value after v="),
		emptyTool("end", "an empty line, once the server's signature is right"),
	})
}

func firstTool(plus bool) Tool {
	flag := "n,,"
	if plus {
		flag = "p=" + BindingExporter + ",,"
	}
	return Tool{Name: "client-first-message", Does: "gs2-header n=username ,r=c-nonce", Ref: "RFC 5802 §7", Message: true,
		Inputs: []Input{
			publicInput("gs2-header", "n,, no channel binding; y,, supported, but -PLUS was not offered; p=tls-exporter,, channel binding (tls-unique before TLS 1.3)").with(flag),
			publicInput("username", "the tool writes = as =3D and , as =2C in it").optional(),
			publicInput("c-nonce", "random characters, new each time and without a comma: choose about twenty").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + "n=" + saslName(string(in[1])) + ",r=" + string(in[2])), nil
		}}
}

// saltedTool is SaltedPassword.
func saltedTool(h scramHash) Tool {
	return Tool{Name: "SaltedPassword", Does: "PBKDF2 with HMAC-" + h.name + "(password, salt, iterations)", Ref: scramRef, Form: FormHex, Hides: HidesKey,
		Inputs: []Input{
			passwordInput("password", "prepared by SASLprep, which leaves plain letters and digits as they are"),
			{Name: "salt", Help: "s= of the server's message, which has it in base64", Form: FormBase64},
			{Name: "iterations", Help: "i= of the server's message", From: "iteration-count", count: true}},
		make: func(in [][]byte) ([]byte, error) { return hi(h.new, in) }}
}

func keyTool(h scramHash, name, label string) Tool {
	return Tool{Name: name, Does: "HMAC-" + h.name + `(SaltedPassword, "` + label + `")`, Ref: scramRef, Form: FormHex, Hides: HidesKey,
		Inputs: []Input{hexInput("SaltedPassword"), publicInput("message", "only these two words").with(label)},
		make:   func(in [][]byte) ([]byte, error) { return h.hmac(in[0], string(in[1])), nil }}
}

func signatureTool(h scramHash, name, key, does string) Tool {
	return Tool{Name: name, Does: does, Ref: scramRef, Form: FormHex, Hides: HidesProof,
		Inputs: []Input{hexInput(key), publicInput("AuthMessage", "the three messages, joined by an earlier tool")},
		make:   func(in [][]byte) ([]byte, error) { return h.hmac(in[0], string(in[1])), nil }}
}

// messageTools join what both sides have said.
func messageTools(plus bool) []Tool {
	cbind := publicInput("cbind-input", "the gs2-header of your first message, as it was sent").from("gs2-header")
	var tools []Tool
	if plus {
		cbind = Input{Name: "cbind-input", Form: FormHex, Help: "the output of the tool of that name"}
		tools = append(tools, bindingTool())
	}
	return append(tools,
		Tool{Name: "without-proof", Does: "c=base64(cbind-input) ,r=nonce", Ref: "RFC 5802 §7",
			Inputs: []Input{cbind, publicInput("nonce", "the whole r= of the server's message; it begins with your own nonce")},
			make: func(in [][]byte) ([]byte, error) {
				return []byte("c=" + base64.StdEncoding.EncodeToString(in[0]) + ",r=" + string(in[1])), nil
			}},
		Tool{Name: "AuthMessage", Does: "client-first-message-bare , server-first-message , without-proof", Ref: scramRef,
			Inputs: []Input{
				publicInput("client-first", "your first message without its gs2-header: it begins with n=").from("client-first-message-bare"),
				publicInput("server-first", "the challenge, decoded from base64").from("challenge"),
				publicInput("without-proof", "your last message without the proof: c= and r=")},
			make: func(in [][]byte) ([]byte, error) { return bytes.Join(in, []byte(",")), nil }})
}

// bindingTool puts the channel binding after the gs2-header.
func bindingTool() Tool {
	return Tool{Name: "cbind-input", Does: "gs2-header and the channel binding data of this TLS connection", Ref: "RFC 5802 §7", Form: FormHex,
		Inputs: []Input{publicInput("gs2-header", "the beginning of your first message, including its second comma"),
			{Name: "cbind-data", Form: FormHex, Help: "a value of the TLS connection that both ends know; it is not secret"}},
		make: func(in [][]byte) ([]byte, error) { return bytes.Join(in, nil), nil }}
}

func finalTool() Tool {
	return Tool{Name: "client-final-message", Does: "without-proof ,p=base64(ClientProof)", Ref: "RFC 5802 §7", Hides: HidesProof, Message: true,
		Inputs: []Input{publicInput("without-proof", "c= and r="), hexInput("ClientProof")},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + ",p=" + base64.StdEncoding.EncodeToString(in[1])), nil
		}}
}

func dueInScram(challenge []byte) string {
	switch {
	case bytes.HasPrefix(challenge, []byte("r=")):
		return "SaltedPassword"
	case len(challenge) > 0: // v= and e=, or its mask
		return "ServerKey"
	}
	return ""
}
