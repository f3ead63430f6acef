package sasl

import (
	"strings"
	"unicode/utf8"
)

const plainRef = "RFC 4616 §2"

// plain is PLAIN, RFC 4616: one message with everything in it. The server prepares the strings, not the client.
type plain struct{ c Credentials }

func newPlain(s settings) *plain { return &plain{c: s.credentials} }

func (m *plain) start() (Response, error) {
	for _, field := range [...]struct{ name, value string }{
		{"authorization identity", m.c.Authzid}, {"username", m.c.Username}, {"password", m.c.Password.Reveal()},
	} {
		if err := plainField(field.name, field.value); err != nil {
			return Response{}, err
		}
	}
	message := PlainString(m.c.Authzid, m.c.Username, m.c.Password.Reveal())
	return Response{Data: message, Hides: HidesPassword, Values: plainValues(m.c)}, nil
}

// plainField refuses what would be read as another field or is not UTF-8 (RFC 4616 §2).
func plainField(name, s string) error {
	why := ""
	switch {
	case strings.ContainsRune(s, 0):
		why = "has a NUL inside, which separates the fields"
	case !utf8.ValidString(s):
		why = "is not UTF-8"
	default:
		return nil
	}
	return &Error{Code: CodePreparation, Text: "the " + name + " " + why, Ref: plainRef}
}

func plainValues(c Credentials) []Value {
	acting := "the identity to act as"
	if c.Authzid == "" {
		acting = "empty: the user acts as itself"
	}
	nul := raw("separator", []byte{0}, "NUL", plainRef)
	return []Value{
		text("authzid", c.Authzid, acting, plainRef), nul,
		text("authcid", c.Username, "the username", plainRef), nul,
		text("passwd", c.Password.Reveal(), "the password, neither hashed nor encrypted", plainRef).hide(HidesPassword),
		raw("message", PlainString(c.Authzid, c.Username, c.Password.Reveal()),
			"authzid NUL authcid NUL passwd", plainRef).hide(HidesPassword),
	}
}

func (m *plain) next([]byte) (Challenge, Response, error) {
	return Challenge{}, Response{}, unexpected(plainRef)
}

func (m *plain) done() ([]Finding, error) { return unproven("RFC 4616 §6"), nil }

// PlainString puts the message of PLAIN together: authzid NUL authcid NUL password (RFC 4616 §2).
func PlainString(authzid, authcid, password string) []byte {
	return []byte(authzid + "\x00" + authcid + "\x00" + password)
}

// parsePlain splits a message; all but the authzid must be there (RFC 4616 §2).
func parsePlain(b []byte) (authzid, authcid, passwd string, ok bool) {
	parts := strings.Split(string(b), "\x00")
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" || !utf8.Valid(b) {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

func openPlain(b []byte) ([]Value, bool) {
	authzid, authcid, passwd, ok := parsePlain(b)
	if !ok {
		return nil, false
	}
	return plainValues(Credentials{Authzid: authzid, Username: authcid, Password: NewSecret(passwd)}), true
}
