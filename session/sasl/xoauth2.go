package sasl

import (
	"bytes"
	"slices"
)

// xoauth2Ref is Google's documentation: no RFC defines the mechanism.
const xoauth2Ref = "Google: XOAUTH2 Mechanism"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "XOAUTH2", Family: "XOAUTH2", Status: "vendor, in common use", Ref: xoauth2Ref, Needs: NeedsToken,
		Summary:      "the client sends an OAuth 2.0 access token, in a format that Google defined before the standard",
		Eavesdropper: hearsToken, Hides: HidesToken, NeedsTLS: true, ClientFirst: true, Supported: true},
		place: 410, why: whyToken, short: shortToken, lines: 1,
		client: func(s settings) (stepper, error) { return newXOAuth2(s) },
		server: func(s *Server) serverStepper {
			return &serverBearer{s: s, read: parseXOAuth2, invalid: "400", expired: "401"} // as Google sends them
		},
		lacks: func(c Credentials) string {
			if c.Username == "" {
				return "a username"
			}
			return ""
		},
		message:   openXOAuth2,
		challenge: func(b []byte) Challenge { return openOAuthFailure(b, xoauth2Ref) },
		recognize: func(b []byte) (server, ok bool) { _, ok = openXOAuth2(b); return false, ok },
		slips:     compareBearer,
		tools: func() []Tool {
			return []Tool{xoauth2Tool(), emptyTool("dummy response", "an empty line: it lets the server end the exchange with 535")}
		},
		due:   dueInBearer,
		alone: 3,
	}}
})

// newXOAuth2 makes XOAUTH2, which Google defined before OAUTHBEARER and Microsoft took over.
func newXOAuth2(s settings) (*bearer, error) {
	c := s.credentials
	if err := checkToken(c.Token, xoauth2Ref); err != nil {
		return nil, err
	}
	if err := checkOAuthField("username", c.Username, xoauth2Ref); err != nil {
		return nil, err
	}
	auth := "Bearer " + c.Token.Reveal()
	message := "user=" + c.Username + "\x01auth=" + auth + "\x01\x01"
	return &bearer{message: message, dummy: []byte{}, ref: xoauth2Ref, why: "an empty line lets the server end the exchange with 535",
		values: slices.Concat([]Value{
			text("user", c.Username, "the account that the token is for", xoauth2Ref),
			text("auth", auth, "Bearer and the access token", "RFC 6750 §2.1").hide(HidesToken),
		}, heldBy(c.Token), []Value{text("message", message, "user=...0x01 auth=...0x01 0x01", xoauth2Ref).hide(HidesToken)})}, nil
}

// parseXOAuth2 reads user and token.
func parseXOAuth2(b []byte) (user, token string, ok bool) {
	rest, ok := bytes.CutPrefix(b, []byte("user="))
	name, rest, found := bytes.Cut(rest, []byte{1})
	pairs, terminated := kvPairs(rest)
	if !ok || !found || !terminated || len(pairs) == 0 || pairs[0].name != "auth" {
		return "", "", false
	}
	token, ok = bearerToken(pairs[0].value)
	return string(name), token, ok
}

func openXOAuth2(b []byte) ([]Value, bool) {
	user, token, ok := parseXOAuth2(b)
	if !ok {
		return nil, false
	}
	return []Value{text("user", user, "the account that the token is for", xoauth2Ref),
		text("auth", "Bearer "+token, "Bearer and the access token", "RFC 6750 §2.1").hide(HidesToken)}, true
}

func xoauth2Tool() Tool {
	return Tool{Name: "message", Does: `user=… \x01 auth=Bearer … \x01 \x01`, Ref: xoauth2Ref, Hides: HidesToken, Message: true,
		Inputs: []Input{
			publicInput("username", "the mailbox").optional(),
			Input{Name: "token", Help: "the access token; the tool adds the word Bearer before it", Hides: HidesToken}.optional()},
		make: func(in [][]byte) ([]byte, error) { return xoauth2String(string(in[0]), string(in[1])), nil }}
}

// xoauth2String puts the message of XOAUTH2 together.
func xoauth2String(user, token string) []byte {
	return []byte("user=" + user + "\x01auth=Bearer " + token + "\x01\x01")
}
