package sasl

import "bytes"

// xoauth2Ref is Google's documentation: no RFC defines the mechanism.
const xoauth2Ref = "Google: XOAUTH2 Mechanism"

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
		values: []Value{
			text("user", c.Username, "the account that the token is for", xoauth2Ref),
			text("auth", auth, "Bearer and the access token", "RFC 6750 §2.1").hide(HidesToken),
			text("message", message, "user=...0x01 auth=...0x01 0x01", xoauth2Ref).hide(HidesToken),
		}}, nil
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
