package leaktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// Exchange is one AUTH as it went over the wire.
type Exchange struct {
	Mechanism string
	Client    []string // the base64 lines of the client, the initial response first if there was one
	Server    []string // the base64 of the challenges
	Code      string   // of the reply that ended it, "" if none came
}

// Exchanges finds every AUTH in what crossed a connection.
func Exchanges(lines []Line) []Exchange {
	var out []Exchange
	open := false
	for _, l := range lines {
		words := strings.Fields(l.Text)
		switch {
		case !l.FromServer && len(words) > 1 && strings.EqualFold(words[0], "AUTH"):
			out, open = append(out, Exchange{Mechanism: strings.ToUpper(words[1]), Client: words[2:]}), true
		case !open:
		case !l.FromServer:
			out[len(out)-1].Client = append(out[len(out)-1].Client, l.Text)
		case strings.HasPrefix(l.Text, "334"):
			out[len(out)-1].Server = append(out[len(out)-1].Server, strings.TrimSpace(l.Text[3:]))
		case len(l.Text) > 3 && l.Text[3] == ' ':
			out[len(out)-1].Code, open = l.Text[:3], false
		}
	}
	return out
}

// Needles are the forms of a secret, and of all that can be had from it with what went over the wire: keys, proofs,
// signatures and digests, and the lines that held them.
func Needles(lines []Line, secret string) []Needle {
	out := append(Forms("secret", []byte(secret)), Forms("secret behind NUL", []byte("\x00"+secret))...)
	for _, x := range Exchanges(lines) {
		for _, d := range x.derived(secret) {
			out = append(out, Forms(d.what, d.octets)...)
		}
		for _, line := range x.secretLines() {
			out = append(out, Needle{"line", line}, Needle{"line", base64.StdEncoding.EncodeToString([]byte(line))})
		}
	}
	return out
}

type derived struct {
	what   string
	octets []byte
}

// derived computes what the mechanism does.
func (x Exchange) derived(secret string) []derived {
	client, server := decoded(x.Client), decoded(x.Server)
	switch {
	case strings.HasPrefix(x.Mechanism, "SCRAM-"):
		return scram(x.Mechanism, client, server, secret)
	case x.Mechanism == "CRAM-MD5" && len(server) > 0:
		return []derived{{"digest", []byte(hex.EncodeToString(mac(md5.New, []byte(secret), server[0])))}}
	case x.Mechanism == "DIGEST-MD5" && len(client) > 0:
		return digest(client[0], secret)
	}
	return nil
}

func decoded(lines []string) []string {
	var out []string
	for _, line := range lines {
		data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "="))
		if err == nil && len(data) > 0 {
			out = append(out, string(data))
		}
	}
	return out
}

// secretLines are the lines that give the secret or something to guess it from.
func (x Exchange) secretLines() []string {
	var out []string
	for i, line := range x.Client {
		data := strings.Join(decoded([]string{line}), "")
		first := strings.HasPrefix(x.Mechanism, "SCRAM-") && !strings.Contains(data, ",p=")
		username := x.Mechanism == "LOGIN" && i == 0
		if len(line) >= shortest && !first && !username && data != "" {
			out = append(out, line)
		}
	}
	for _, line := range x.Server {
		data := strings.Join(decoded([]string{line}), "")
		if strings.HasPrefix(data, "v=") || strings.HasPrefix(data, "rspauth=") {
			out = append(out, line)
		}
	}
	return out
}

// hashes are those of SCRAM, apart from the table under test.
var hashes = map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-224": sha256.New224, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New}

// scram is RFC 5802 §3.
func scram(mechanism string, client, server []string, password string) []derived {
	if len(client) < 2 || len(server) < 1 {
		return nil
	}
	h, known := hashes[strings.TrimSuffix(strings.TrimPrefix(mechanism, "SCRAM-"), "-PLUS")]
	if !known {
		panic("no hash function for " + mechanism)
	}
	_, bare, _ := strings.Cut(client[0], ",n=")
	withoutProof, proof, _ := strings.Cut(client[1], ",p=")
	attribute := func(name string) string {
		for part := range strings.SplitSeq(server[0], ",") {
			if value, ok := strings.CutPrefix(part, name+"="); ok {
				return value
			}
		}
		return ""
	}
	salt, _ := base64.StdEncoding.DecodeString(attribute("s"))
	rounds, _ := strconv.Atoi(attribute("i"))
	salted, err := pbkdf2.Key(h, password, salt, max(rounds, 1), h().Size())
	if err != nil {
		panic(err)
	}
	auth := "n=" + bare + "," + server[0] + "," + withoutProof
	clientKey, serverKey := mac(h, salted, "Client Key"), mac(h, salted, "Server Key")
	stored := sum(h, clientKey)
	signature := mac(h, stored, auth)
	own := bytes.Clone(clientKey)
	for i := range own {
		own[i] ^= signature[i]
	}
	sent, _ := base64.StdEncoding.DecodeString(proof)
	out := []derived{{"SaltedPassword", salted}, {"ClientKey", clientKey}, {"StoredKey", stored}, {"ClientSignature", signature},
		{"ClientProof", own}, {"ServerKey", serverKey}, {"ServerSignature", mac(h, serverKey, auth)}}
	if len(sent) > 0 {
		out = append(out, derived{"proof on the wire", sent})
	}
	return out
}

// digest is RFC 2831 §2.1.2.1, for qop=auth.
func digest(response, password string) []derived {
	of := func(name string) string {
		_, rest, _ := strings.Cut(","+response, ","+name+"=")
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			value, _, _ := strings.Cut(quoted, `"`)
			return value
		}
		value, _, _ := strings.Cut(rest, ",")
		return value
	}
	secret := sum(md5.New, []byte(of("username")+":"+of("realm")+":"+password))
	a1 := append(bytes.Clone(secret), ":"+of("nonce")+":"+of("cnonce")...)
	hexed := func(b []byte) string { return hex.EncodeToString(sum(md5.New, b)) }
	answer := func(a2 string) []byte {
		return []byte(hexed(fmt.Appendf(nil, "%s:%s:%s:%s:auth:%s", hexed(a1), of("nonce"), of("nc"), of("cnonce"), hexed([]byte(a2)))))
	}
	return []derived{{"H(username:realm:passwd)", secret}, {"A1", a1}, {"HEX(H(A1))", []byte(hexed(a1))}, {"response", answer("AUTHENTICATE:" + of("digest-uri"))},
		{"rspauth", answer(":" + of("digest-uri"))}, {"response on the wire", []byte(of("response"))}}
}

func mac(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func sum(h func() hash.Hash, data []byte) []byte {
	d := h()
	d.Write(data)
	return d.Sum(nil)
}
