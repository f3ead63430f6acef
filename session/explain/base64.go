package explain

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBlob is the longest base64 text that is opened: a line of AUTH has at
// most 12288 octets (RFC 4954 §4).
const maxBlob = 12288

// mask stands for a secret, whatever its length.
const mask = "••••••"

// A blob is an opened base64 text.
type blob struct {
	// what says what the content looks like, such as "AUTH PLAIN message".
	what string
	// visible is the content with control characters made visible (NUL as ␀)
	// and the secret in it masked.
	visible string
	// mechanism is the SASL mechanism that such a content belongs to, if known.
	mechanism string
}

// openBlob decodes base64 and recognizes what the SASL mechanisms of SMTP put
// into it. Secrets come back masked; a text that could be a password counts as
// one. ok is false if text is not base64.
func openBlob(text string) (b blob, ok bool) {
	content, ok := decodeBase64(text)
	if !ok {
		return blob{}, false
	}
	p := recognize(content)
	b = blob{what: p.what, visible: visible(content), mechanism: p.mechanism}
	if p.secret != "" {
		before, after, _ := strings.Cut(content[p.from:], p.secret)
		b.visible = visible(content[:p.from]+before) + mask + visible(after)
	}
	return b, true
}

// decodeBase64 takes the padded form of RFC 4648 §4, which SASL profiles use,
// and also the form without padding, which people paste.
func decodeBase64(blob string) (string, bool) {
	if len(blob) < 4 || len(blob) > maxBlob || strings.ContainsAny(blob, "\r\n") {
		return "", false
	}
	content, err := base64.StdEncoding.DecodeString(blob)
	if err != nil {
		content, err = base64.RawStdEncoding.DecodeString(blob)
	}
	return string(content), err == nil && len(content) > 0
}

// A pattern is a recognized content; secret is the part to mask, the first
// one at or after from.
type pattern struct {
	what, mechanism, secret string
	from                    int
}

func recognize(content string) pattern {
	for _, is := range []func(string) (pattern, bool){isNTLM, isPlain, isBearer, isScram, isDigest, isCram, isPrompt, isFailure} {
		if p, ok := is(content); ok {
			return p
		}
	}
	if utf8.ValidString(content) && strings.IndexFunc(content, isControl) < 0 {
		return pattern{what: "text, perhaps a username or a password", secret: content}
	}
	return pattern{what: "bytes, perhaps a token", secret: content}
}

// isPlain: authzid NUL authcid NUL password (RFC 4616 §2).
func isPlain(content string) (pattern, bool) {
	parts := strings.Split(content, "\x00")
	if len(parts) != 3 || parts[1] == "" || !utf8.ValidString(content) {
		return pattern{}, false
	}
	return pattern{"AUTH PLAIN message", "PLAIN", parts[2], len(parts[0]) + len(parts[1]) + 2}, true
}

// isBearer: the token of OAUTHBEARER (RFC 7628 §3.1) and of XOAUTH2.
func isBearer(content string) (pattern, bool) {
	_, rest, ok := strings.Cut(content, "auth=Bearer ")
	if !ok {
		return pattern{}, false
	}
	// Whatever follows the token is masked with it: it may be another one.
	token := strings.TrimRight(rest, "\x01")
	p := pattern{"OAUTHBEARER message", "OAUTHBEARER", token, len(content) - len(rest)}
	if strings.HasPrefix(content, "user=") {
		p.what, p.mechanism = "XOAUTH2 message", "XOAUTH2"
	}
	return p, true
}

// isScram: the four messages of RFC 5802 §7. The proof is masked, because
// anyone who has it can try passwords against it.
func isScram(content string) (pattern, bool) {
	const mechanism = "SCRAM-SHA-256"
	switch {
	case hasAnyPrefix(content, "n,", "y,", "p=") && strings.Contains(content, ",n=") && strings.Contains(content, ",r="):
		return pattern{what: "SCRAM client-first message", mechanism: mechanism}, true
	case strings.HasPrefix(content, "r=") && strings.Contains(content, ",s=") && strings.Contains(content, ",i="):
		return pattern{what: "SCRAM server-first message", mechanism: mechanism}, true
	case strings.HasPrefix(content, "c=") && strings.Contains(content, ",p="):
		i := strings.Index(content, ",p=") + len(",p=")
		return pattern{"SCRAM client-final message", mechanism, content[i:], i}, true
	case isServerFinal(content):
		return pattern{what: "SCRAM server-final message", mechanism: mechanism}, true
	}
	return pattern{}, false
}

// isServerFinal wants a signature as long as SHA-1 makes one, or an error of
// more than one word, so that no password is taken for either.
func isServerFinal(content string) bool {
	if signature, ok := strings.CutPrefix(content, "v="); ok {
		raw, err := base64.StdEncoding.DecodeString(signature)
		return err == nil && len(raw) >= 20
	}
	word, ok := strings.CutPrefix(content, "e=")
	return ok && strings.Contains(word, "-") && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") == ""
}

// isDigest: RFC 2831 §2.1.
func isDigest(content string) (pattern, bool) {
	_, rest, ok := strings.Cut(content, "response=")
	if ok && strings.Contains(content, "username=") {
		return pattern{"DIGEST-MD5 response", "DIGEST-MD5", rest, len(content) - len(rest)}, true
	}
	if proof, ok := strings.CutPrefix(content, "rspauth="); ok {
		return pattern{"DIGEST-MD5 proof of the server", "DIGEST-MD5", proof, len("rspauth=")}, true
	}
	if strings.Contains(content, "nonce=\"") && strings.Contains(content, "algorithm=") {
		return pattern{what: "DIGEST-MD5 challenge", mechanism: "DIGEST-MD5"}, true
	}
	return pattern{}, false
}

// isCram: RFC 2195 §2. The digest is masked for the same reason as a proof.
func isCram(content string) (pattern, bool) {
	if strings.HasPrefix(content, "<") && strings.HasSuffix(content, ">") && strings.Contains(content, "@") {
		return pattern{what: "CRAM-MD5 challenge", mechanism: "CRAM-MD5"}, true
	}
	i := strings.LastIndexByte(content, ' ') + 1
	digest := content[i:]
	if _, err := hex.DecodeString(digest); i == 0 || len(digest) != 32 || err != nil {
		return pattern{}, false
	}
	return pattern{"CRAM-MD5 response", "CRAM-MD5", digest, i}, true
}

func isPrompt(content string) (pattern, bool) {
	switch strings.ToLower(content) {
	case "username:", "password:", "user name\x00", "password\x00":
		return pattern{what: "prompt of AUTH LOGIN", mechanism: "LOGIN"}, true
	}
	return pattern{}, false
}

// isFailure: what a server answers to a refused token (RFC 7628 §3.2.2).
func isFailure(content string) (pattern, bool) {
	if !strings.HasPrefix(content, "{") || !strings.Contains(content, `"status"`) {
		return pattern{}, false
	}
	return pattern{what: "error of OAUTHBEARER or XOAUTH2", mechanism: "OAUTHBEARER"}, true
}

func isNTLM(content string) (pattern, bool) {
	if !strings.HasPrefix(content, "NTLMSSP\x00") || len(content) < 12 {
		return pattern{}, false
	}
	what := "NTLM message " + strconv.Itoa(int(content[8]))
	return pattern{what, "NTLM", content[8:], 8}, true
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}
