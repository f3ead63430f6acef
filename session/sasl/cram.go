package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

const cramRef = "RFC 2195 §2"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "CRAM-MD5", Family: "CRAM-MD5", Hash: "MD5", Status: "limited use", Ref: "RFC 2195", Needs: NeedsPassword,
		Summary:      "the client answers a challenge with an HMAC-MD5 keyed by the password",
		Eavesdropper: hearsMD5, Hides: HidesDigest, PlaintextEquivalent: true, Supported: true},
		place: 600, why: whyMD5, short: shortMD5, lines: 1,
		client:    func(s settings) (stepper, error) { return &cram{c: s.credentials}, nil },
		server:    func(s *Server) serverStepper { return &serverCram{s: s} },
		message:   openCram,
		recognize: recognizeCram,
		slips:     compareCram,
		tools:     func() []Tool { return []Tool{cramTool()} },
		alone:     2,
	}}
})

// cram is CRAM-MD5: an HMAC over the server's challenge, keyed by the password. RFC 2195 prepares neither username
// nor password, so they are used as they are.
type cram struct {
	c        Credentials
	answered bool
}

// start gives nothing: the server speaks first.
func (m *cram) start() (Response, error) { return Response{}, nil }

func (m *cram) next(challenge []byte) (Challenge, Response, error) {
	if m.answered {
		return Challenge{}, Response{}, unexpected(cramRef)
	}
	c := Challenge{Values: []Value{printable("challenge", challenge, "should be new each time, in the form of a msg-id", cramRef)}}
	if len(challenge) == 0 {
		return c, Response{}, &Error{Code: CodeMalformed, Text: "the challenge is empty", Ref: cramRef}
	}
	c.Findings = []Finding{weakDigest("RFC 2195 §4")}
	if !messageID(challenge) {
		c.Findings = append(c.Findings, Finding{Code: CodeOddChallenge, Severity: severityInfo, Ref: cramRef,
			Text: "the challenge does not have the form <something@host>; the client answers it anyway, because the form does not affect the digest"})
	}
	m.answered = true
	return c, m.answer(challenge), nil
}

func (m *cram) answer(challenge []byte) Response {
	digest := HMACMD5(m.c.Password.Reveal(), challenge)
	message := m.c.Username + " " + digest
	return Response{Data: []byte(message), Hides: HidesDigest, Values: []Value{
		printable("challenge", challenge, "the server's challenge, decoded from base64", cramRef),
		text("username", m.c.Username, "as given", cramRef),
		text("shared secret", m.c.Password.Reveal(), "the password; padded with NUL to 64 bytes, or its MD5 if it is longer",
			cramRef).hide(HidesPassword),
		text("digest", digest, "hex(MD5(secret XOR opad, MD5(secret XOR ipad, challenge))): HMAC-MD5", "RFC 2104 §2").hide(HidesDigest),
		text("response", message, "username SP digest", cramRef).hide(HidesDigest),
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
	return Finding{Code: CodeWeakDigest, Severity: severityWarn, Ref: ref,
		Text: "the mechanism uses MD5 without salt or iterations: anyone who records the exchange can test millions of passwords per second"}
}

// HMACMD5 gives HMAC-MD5 in lower-case hexadecimal, as CRAM-MD5 sends it (RFC 2195 §2, RFC 2104).
func HMACMD5(key string, message []byte) string {
	mac := hmac.New(md5.New, []byte(key))
	mac.Write(message)
	return hex.EncodeToString(mac.Sum(nil))
}

// parseCram splits a response at its last space, as a username may have spaces.
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
	return []Value{text("username", user, "before the last space", cramRef),
		text("digest", digest, "HMAC-MD5 of the challenge, keyed by the password", cramRef).hide(HidesDigest)}, true
}

func recognizeCram(b []byte) (server, ok bool) {
	if _, _, answers := parseCram(b); answers {
		return false, true
	}
	return true, messageID(b)
}

// serverCram is the server of CRAM-MD5 (RFC 2195 §2).
type serverCram struct {
	s         *Server
	challenge string
}

func (m *serverCram) next(response []byte) ([]byte, bool, error) {
	if m.challenge == "" {
		nonce, err := m.s.nonce()
		m.challenge = "<" + nonce + "." + strconv.FormatInt(m.s.cfg.Now().Unix(), 10) + "@" + m.s.cfg.Host + ">"
		return []byte(m.challenge), err != nil, err
	}
	username, digest, ok := parseCram(response)
	if !ok {
		return nil, true, ErrSyntax
	}
	return nil, true, m.s.verify(username, "", func(password string) bool {
		return same(digest, HMACMD5(password, []byte(m.challenge)))
	})
}

func compareCram(typed []byte, right Response) []string {
	secret, challenge := field(right.Values, "shared secret"), field(right.Values, "challenge")
	i := bytes.LastIndexByte(typed, ' ')
	user, digest := string(typed[:max(i, 0)]), string(typed[i+1:])
	rightUser, _, _ := parseCram(right.Data)
	switch {
	case i < 0:
		return []string{"there is no space in it; the form is username SP digest"}
	case user == rightUser && secret != nil && challenge != nil:
		return cramSlip(digest, secret.Text, contentOf(challenge))
	case !hexDigest([]byte(digest)):
		return []string{"what follows the last space is not a digest of 32 hexadecimal digits"}
	}
	return nil
}

// cramSlip tries the usual mistakes in computing the digest.
func cramSlip(digest, secret string, challenge []byte) []string {
	lower := strings.ToLower(digest)
	switch lower {
	case HMACMD5(secret, []byte(EncodeBase64(challenge))):
		return []string{"the digest is over the challenge in base64; it must be decoded first"}
	case HMACMD5(string(challenge), []byte(secret)):
		return []string{"key and message are swapped: the password is the key, the challenge the message"}
	case HMACMD5(secret, append(slices.Clone(challenge), '\n')), HMACMD5(secret+"\n", challenge):
		return []string{"the digest was computed over an added line ending; echo adds one, printf does not"}
	case HMACMD5(secret, bytes.Trim(challenge, "<>")):
		return []string{"the digest was computed without the angle brackets; they are part of the challenge"}
	case hexMD5(append([]byte(secret), challenge...)), hexMD5(append(slices.Clone(challenge), secret...)):
		return []string{"this is a plain MD5 digest of both; the mechanism requires the HMAC, with the password as the key"}
	case HMACMD5(secret, challenge):
		return []string{"the digest must be in lower case"}
	}
	if !hexDigest([]byte(lower)) {
		return []string{"what follows the last space is not a digest of 32 hexadecimal digits"}
	}
	return []string{"the digest is wrong: it was computed from another password or another challenge"}
}

func cramTool() Tool {
	return Tool{Name: "response", Does: "username SP hex(HMAC-MD5(key, challenge))", Ref: cramRef, Hides: HidesDigest, Message: true,
		Inputs: []Input{
			publicInput("username", "precedes the digest, with one space between them").optional(),
			passwordInput("key", "the password, which is the key of the HMAC; it is not sent").optional(),
			publicInput("challenge", "the server's challenge, decoded from base64, with its angle brackets").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return []byte(string(in[0]) + " " + HMACMD5(string(in[1]), in[2])), nil
		}}
}
