package sasl

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const plainRef = "RFC 4616 §2"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "PLAIN", Family: "PLAIN", Status: "standards track", Ref: "RFC 4616", Needs: NeedsPassword,
		Summary:      "the client sends username and password in one message",
		Eavesdropper: hearsPlain, Hides: HidesPassword, NeedsTLS: true, PlaintextEquivalent: true, ClientFirst: true, Authzid: true, Supported: true},
		place: 500, why: whySent, short: shortSent, lines: 1,
		client:    func(s settings) (stepper, error) { return &plain{c: s.credentials}, nil },
		server:    func(s *Server) serverStepper { return serverOnce(s.plain) },
		message:   openPlain,
		recognize: func(b []byte) (server, ok bool) { _, ok = openPlain(b); return false, ok },
		slips:     func(typed []byte, right Response) []string { return comparePlain(typed, right.Data) },
		tools:     func() []Tool { return []Tool{plainTool()} },
		alone:     1,
	}}
})

// plain is PLAIN, RFC 4616: one message with everything in it. The server prepares the strings, not the client.
type plain struct{ c Credentials }

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
		why = "contains a NUL, which PLAIN uses to separate the fields"
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
		acting = "empty: the user's own identity"
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

func (s *Server) plain(response []byte) error {
	authzid, username, password, ok := parsePlain(response)
	if !ok {
		return ErrSyntax
	}
	return s.verifyPassword(username, authzid, password)
}

func comparePlain(typed, right []byte) []string {
	nuls := bytes.Count(typed, []byte{0})
	authzid, user, pass, _ := parsePlain(right)
	switch {
	case nuls == 0 && (bytes.Contains(typed, []byte(`\0`)) || bytes.Contains(typed, []byte(`\x00`))):
		return []string{`the separators are written as the characters \0; they must be single NUL bytes, as printf makes them`}
	case nuls == 0:
		return []string{"there is no NUL in it; the form is authzid NUL username NUL password"}
	case nuls == 1 && string(typed) == user+"\x00"+pass:
		return []string{"the leading NUL is missing: even after an empty authzid a NUL is required"}
	case nuls == 1:
		return []string{"there is only one NUL instead of two; the form is authzid NUL username NUL password"}
	case nuls > 2:
		return []string{"there are more than two NULs; username and password cannot contain any"}
	case string(typed) == authzid+"\x00"+pass+"\x00"+user:
		return []string{"username and password are swapped"}
	case string(typed) == user+"\x00"+pass+"\x00", string(typed) == user+"\x00\x00"+pass:
		return []string{"the NULs are in the wrong places: the first one must precede the username"}
	}
	return nil
}

func plainTool() Tool {
	return Tool{Name: "message", Does: "authzid NUL username NUL password", Ref: plainRef, Hides: HidesPassword, Message: true,
		Inputs: []Input{
			publicInput("authzid", "the identity to act as; empty for the user's own").optional(),
			publicInput("username", "the name to log in with").optional(),
			passwordInput("password", "is sent unprotected: base64 is not encryption").optional()},
		make: func(in [][]byte) ([]byte, error) {
			return PlainString(string(in[0]), string(in[1]), string(in[2])), nil
		}}
}
