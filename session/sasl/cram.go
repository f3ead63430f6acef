package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
)

const cramRef = "RFC 2195 §2"

// cram is CRAM-MD5: an HMAC over the server's challenge, keyed by the password. RFC 2195 prepares neither username
// nor password, so they are used as they are.
type cram struct {
	c        Credentials
	answered bool
}

func newCram(s settings) *cram { return &cram{c: s.credentials} }

// start gives nothing: the server speaks first.
func (m *cram) start() (Response, error) { return Response{}, nil }

func (m *cram) next(challenge []byte) (Challenge, Response, error) {
	if m.answered {
		return Challenge{}, Response{}, unexpected(cramRef)
	}
	c := Challenge{Values: []Value{printable("challenge", challenge, "should be new each time, in the form of a msg-id", cramRef)}}
	if len(challenge) == 0 {
		return c, Response{}, &Error{Code: CodeMalformed, Text: "the challenge is empty", Ref: cramRef, Hint: "cancel with *"}
	}
	c.Findings = []Finding{weakDigest("RFC 2195 §4")}
	if !messageID(challenge) {
		c.Findings = append(c.Findings, Finding{Code: CodeOddChallenge, Severity: SeverityInfo, Ref: cramRef,
			Text: "the challenge does not have the form <something@host>; answered all the same, as the form does not matter"})
	}
	m.answered = true
	return c, m.answer(challenge), nil
}

func (m *cram) answer(challenge []byte) Response {
	digest := HMACMD5(m.c.Password.Reveal(), challenge)
	message := m.c.Username + " " + digest
	return Response{Data: []byte(message), Hides: HidesDigest, Values: []Value{
		printable("challenge", challenge, "what the server sent, without base64", cramRef),
		text("user name", m.c.Username, "as given", cramRef),
		text("shared secret", m.c.Password.Reveal(), "the password; padded with NUL to 64 octets, or its MD5 if it is longer",
			cramRef).hide(HidesPassword),
		text("digest", digest, "hex(MD5(secret XOR opad, MD5(secret XOR ipad, challenge))): HMAC-MD5", "RFC 2104 §2").hide(HidesDigest),
		text("response", message, "user name SP digest", cramRef).hide(HidesDigest),
	}}
}

func (m *cram) done() ([]Finding, error) {
	if !m.answered {
		return nil, tooEarly()
	}
	return unproven("RFC 2195 §4"), nil
}

// messageID reports whether b looks like a msg-id: <left@right>.
func messageID(b []byte) bool {
	at := bytes.IndexByte(b, '@')
	return len(b) > 4 && b[0] == '<' && b[len(b)-1] == '>' && at > 1 && at < len(b)-2
}

func weakDigest(ref string) Finding {
	return Finding{Code: CodeWeakDigest, Severity: SeverityWarn, Ref: ref,
		Text: "MD5 without salt or iterations: who hears the exchange can guess the password at full speed"}
}

// HMACMD5 gives HMAC-MD5 in lower-case hexadecimal, as CRAM-MD5 sends it (RFC 2195 §2, RFC 2104).
func HMACMD5(key string, message []byte) string {
	mac := hmac.New(md5.New, []byte(key))
	mac.Write(message)
	return hex.EncodeToString(mac.Sum(nil))
}

// parseCram splits a response at its last space, as a user name may have spaces.
func parseCram(b []byte) (user, digest string, ok bool) {
	i := bytes.LastIndexByte(b, ' ')
	if i < 1 || !hexDigest(b[i+1:]) {
		return "", "", false
	}
	return string(b[:i]), string(b[i+1:]), true
}

// hexDigest reports whether b is an MD5 digest in lower-case hexadecimal.
func hexDigest(b []byte) bool {
	return len(b) == 2*md5.Size && bytes.IndexFunc(b, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f')
	}) < 0
}

func openCram(b []byte) ([]Value, bool) {
	user, digest, ok := parseCram(b)
	if !ok {
		return nil, false
	}
	return []Value{text("user name", user, "before the last space", cramRef),
		text("digest", digest, "HMAC-MD5 of the challenge, keyed by the password", cramRef).hide(HidesDigest)}, true
}
