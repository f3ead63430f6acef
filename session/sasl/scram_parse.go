package sasl

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// serverFirst is a server-first-message (RFC 5802 §7).
type serverFirst struct {
	message    string
	nonce      string
	salt       []byte
	count      string // the iteration count as sent
	iterations int    // math.MaxInt32 for everything above it
	extensions []byte // optional ones, which are ignored
}

// parseServerFirst is strict. The parts read before an error are in the result, for display.
func parseServerFirst(message []byte) (serverFirst, error) {
	f := serverFirst{message: string(message)}
	if err := refusedBy(message); err != nil {
		return f, err
	}
	nonce, rest, ok := cutAttribute(message, 'r')
	if !ok || !nonceChars(nonce) {
		return f, malformedScram("does not begin with a nonce, r=")
	}
	f.nonce = string(nonce)
	salt, rest, ok := cutAttribute(rest, 's')
	if f.salt, ok = decodeField(salt, ok); !ok {
		return f, malformedScram("has no base64 salt (s=) after the nonce")
	}
	count, rest, ok := cutAttribute(rest, 'i')
	if f.iterations, ok = positive(count, ok); !ok {
		return f, malformedScram("has no iteration count, i=, after the salt")
	}
	f.count, f.extensions = string(count), rest
	return f, extensionsOK(rest)
}

func (f serverFirst) values() []Value {
	var v []Value
	if f.nonce != "" {
		v = append(v, text("nonce", f.nonce, "c-nonce of the client and s-nonce of the server", "RFC 5802 §5.1"))
	}
	if f.salt != nil {
		v = append(v, raw("salt", f.salt, "s=, from base64; the server stores it with the account", "RFC 5802 §5.1"))
	}
	if f.count != "" {
		v = append(v, text("iteration-count", f.count, "i=", "RFC 5802 §5.1"))
	}
	return withExtensions(v, f.extensions)
}

// serverFinal is a server-final-message (RFC 5802 §7).
type serverFinal struct {
	signed     bool // it has a signature, readable or not
	verifier   []byte
	failure    string // server-error-value
	extensions []byte
}

func parseServerFinal(message []byte) (serverFinal, error) {
	if value, rest, ok := cutAttribute(message, 'e'); ok {
		return serverFinal{failure: string(value), extensions: rest}, refusedBy(message)
	}
	signed := bytes.HasPrefix(message, []byte("v=")) || bytes.Contains(message, []byte(",v="))
	if err := refusedBy(message); err != nil {
		return serverFinal{signed: signed}, err
	}
	value, rest, ok := cutAttribute(message, 'v')
	verifier, ok := decodeField(value, ok)
	if !ok {
		return serverFinal{signed: signed}, malformedScram("is neither a signature, v= in base64, nor an error, e=")
	}
	return serverFinal{signed: true, verifier: verifier, extensions: rest}, extensionsOK(rest)
}

func (f serverFinal) hides() string {
	if f.signed {
		return HidesProof
	}
	return ""
}

func (f serverFinal) values() []Value {
	var v []Value
	if f.verifier != nil {
		v = append(v, raw("ServerSignature", f.verifier, "v=, from base64, as the server sent it", scramRef).hide(HidesProof))
	}
	if f.failure != "" {
		v = append(v, printable("server-error-value", []byte(f.failure), "e=", "RFC 5802 §7"))
	}
	return withExtensions(v, f.extensions)
}

// refusedBy recognizes what ends the exchange in either message: a mandatory extension, of which none is defined,
// and the server's own refusal.
func refusedBy(message []byte) error {
	if mandatory(message) {
		return &Error{Code: CodeExtension, Ref: "RFC 5802 §5.1",
			Text: "the server requires an extension, m=, but none is defined"}
	}
	if value, _, ok := cutAttribute(message, 'e'); ok {
		return serverError(string(value))
	}
	return nil
}

// mandatory reports whether a message has the attribute m, wherever it stands: none is defined, and either side must
// fail when it meets it (RFC 5802 §5.1).
func mandatory(message []byte) bool {
	return bytes.HasPrefix(message, []byte("m=")) || bytes.Contains(message, []byte(",m="))
}

// serverError says what a server-error-value means and what to do; only registered ones are repeated in the text.
func serverError(value string) *Error {
	e := &Error{Code: CodeRefused, Ref: "RFC 5802 §7", Hint: askOperator,
		Text: "the server refuses with an error value that RFC 5802 does not define; it counts as other-error"}
	for _, known := range serverErrors {
		if known.value == value {
			meaning, more := known.meaning, ""
			if end := strings.Index(meaning, ". "); end >= 0 {
				meaning, more = meaning[:end], meaning[end:]
			}
			e.Code, e.Text, e.Hint = known.code, "the server refuses: "+meaning+" ("+value+")"+more, known.hint
		}
	}
	return e
}

const (
	askOperator   = "ask the server's operator to look at the log"
	checkPassword = "check the username and the password"
)

// serverErrors are the values of RFC 5802 §7.
var serverErrors = [...]struct{ value, code, meaning, hint string }{
	{"invalid-encoding", CodeRefused, "it could not read the message", askOperator},
	{"extensions-not-supported", CodeRefused, "it does not know a mandatory extension", askOperator},
	{"invalid-proof", CodeRefused, "the password is wrong", checkPassword},
	{"channel-bindings-dont-match", CodeMismatch, "client and server see different TLS connections. An attacker, TLS inspection or a load balancer may terminate TLS between them", ""},
	{"server-does-support-channel-binding", CodeStripped, "it offers a -PLUS mechanism, but the list that this client received has none", ""},
	{"channel-binding-not-supported", CodeBindingType, "it does not support channel binding", "use the mechanism without -PLUS"},
	{"unsupported-channel-binding-type", CodeBindingType, "it does not know this type of channel binding",
		"try another type of channel binding, or use the mechanism without -PLUS"},
	{"unknown-user", CodeRefused, "there is no such user", checkPassword},
	{"invalid-username-encoding", CodeRefused, "the username is not UTF-8 or SASLprep refuses it", "write the username in another way"},
	{"no-resources", CodeRefused, "it does not have enough resources", "wait, and try again"},
	{"other-error", CodeRefused, "it gives no reason", checkPassword},
}

// nonceChars reports whether b is a nonce: printable ASCII without comma. cutAttribute has taken care of commas.
func nonceChars(b []byte) bool {
	for _, c := range b {
		if c < 0x21 || c > 0x7e {
			return false
		}
	}
	return len(b) > 0
}

func decodeField(b []byte, ok bool) ([]byte, bool) {
	if !ok || len(b) == 0 || bytes.ContainsAny(b, "\r\n") {
		return nil, false
	}
	data, err := base64.StdEncoding.Strict().DecodeString(string(b))
	return data, err == nil
}

// positive reads a posit-number; numbers that no ceiling allows come out as math.MaxInt32.
func positive(b []byte, ok bool) (int, bool) {
	if !ok || len(b) == 0 || b[0] == '0' {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(b), 10, 32)
	if err != nil {
		return math.MaxInt32, true
	}
	return int(n), true
}

// extensionsOK checks the form of optional extensions; what they say is ignored (RFC 5802 §5.1).
func extensionsOK(rest []byte) error {
	if len(rest) == 0 {
		return nil
	}
	for part := range bytes.SplitSeq(rest, []byte{','}) {
		if len(part) < 3 || part[1] != '=' || part[0] == 'm' || !letter(part[0]) || !utf8.Valid(part) || bytes.ContainsRune(part, 0) {
			return malformedScram("ends with a part that is not an extension")
		}
	}
	return nil
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func withExtensions(v []Value, rest []byte) []Value {
	if len(rest) > 0 {
		v = append(v, printable("extensions", rest, "unknown and ignored", "RFC 5802 §5.1"))
	}
	return v
}

func malformedScram(what string) error {
	return &Error{Code: CodeMalformed, Text: "the server's message " + what, Ref: "RFC 5802 §7"}
}
