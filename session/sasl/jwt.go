package sasl

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"
)

// heldBy are what an access token says of itself, where it is a JWT (RFC 7519): for whom, for what, until when. Its signature, and what
// it says of the person, are left out. There is nothing where a token is opaque, as those of Google are.
func heldBy(token Secret) []Value {
	parts := strings.Split(token.Reveal(), ".")
	header, ok := members(parts[0])
	switch {
	case !ok || header["alg"] == nil:
		return nil
	case len(parts) == 5:
		return []Value{text("token", "encrypted JWT", "only the service that it is for can read what it holds", "RFC 7516 §3")}
	case len(parts) != 3:
		return nil
	}
	claims, ok := members(parts[1])
	if !ok {
		return nil
	}
	return readClaims(claims)
}

// members are those of a JSON object in base64url (RFC 7515 §2).
func members(part string) (all map[string]json.RawMessage, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return all, err == nil && json.Unmarshal(data, &all) == nil && all != nil
}

// claims are what is shown, in this order. Microsoft calls the scope scp, and the roles of an application roles.
var claims = [...]struct {
	name, label, how, ref string
	read                  func(json.RawMessage) string
}{
	{"iss", "token issuer", "who issued it (iss)", "RFC 7519 §4.1.1", words},
	{"aud", "token audience", "the service that it is for (aud)", "RFC 7519 §4.1.3", words},
	{"scope", "token scope", "what it permits (scope)", "RFC 9068 §2.2.3", words},
	{"scp", "token scope", "what it permits (scp)", "RFC 9068 §2.2.3", words},
	{"roles", "token roles", "what an application is permitted (roles)", "RFC 9068 §2.2.3", words},
	{"nbf", "token valid from", "not before this time (nbf)", "RFC 7519 §4.1.5", moment},
	{"exp", "token valid until", "it expires at this time (exp)", "RFC 7519 §4.1.4", moment},
}

func readClaims(held map[string]json.RawMessage) (values []Value) {
	for _, c := range claims {
		if raw, there := held[c.name]; there {
			if shown := c.read(raw); shown != "" {
				values = append(values, printable(c.label, []byte(shown), c.how, c.ref))
			}
		}
	}
	return values
}

// longestClaim bounds what is shown of one, in bytes.
const longestClaim = 500

// words are a string, or several.
func words(raw json.RawMessage) string {
	var one string
	var several []string
	if json.Unmarshal(raw, &one) != nil && json.Unmarshal(raw, &several) == nil {
		one = strings.Join(several, " ")
	}
	if len(one) > longestClaim {
		return strings.ToValidUTF8(one[:longestClaim], "") + "…"
	}
	return one
}

// moment is a NumericDate: seconds since 1970, with or without a fraction (RFC 7519 §2).
func moment(raw json.RawMessage) string {
	var seconds float64
	if json.Unmarshal(raw, &seconds) != nil || seconds < 0 || seconds > math.MaxInt32*4 {
		return ""
	}
	return time.Unix(int64(seconds), 0).UTC().Format("2006-01-02 15:04:05 UTC")
}
