package words

import (
	"cmp"
	"slices"
	"strings"

	"ehlo/session/record"
)

// Holds are the parts of a message of AUTH as it crosses, secrets masked: each with what it is for, and what a comparison came to first.
// Values that one side only computes with are none of them.
func Holds(a *record.Auth) (parts []Part) {
	for _, v := range a.Values {
		if v.Name == "verdict" {
			parts = slices.Insert(parts, 0, Part{Name: v.Name, Value: v.Display(false)})
			continue
		}
		i := slices.IndexFunc(held, func(h holding) bool {
			return h.from == a.From && h.name == v.Name && strings.HasPrefix(a.Mechanism, h.mechanism)
		})
		if i >= 0 {
			parts = append(parts, Part{Name: v.Name, Value: cmp.Or(v.Display(false), "(empty)"), Note: held[i].means})
		}
	}
	return parts
}

// holding is a part of a message of the mechanisms that begin with a name. from is whose message it is, as in [record.Auth].
type holding struct{ mechanism, from, name, means string }

// What each part is for, by the RFC of the mechanism.
var held = []holding{
	{"PLAIN", "C", "authzid", "the identity to act as; empty for the user's own"}, // RFC 4616 §2
	{"PLAIN", "C", "authcid", "the username that logs in"},
	{"PLAIN", "C", "passwd", "the password itself; base64 does not protect it"},
	{"LOGIN", "S", "prompt", "what the server asks for next"}, // draft-murchison-sasl-login
	{"LOGIN", "C", "username", "the username that logs in"},
	{"LOGIN", "C", "password", "the password itself; base64 does not protect it"},
	{"CRAM-MD5", "S", "challenge", "new for each login, so that a recorded response cannot be used again"}, // RFC 2195 §2
	{"CRAM-MD5", "C", "username", "the username that logs in"},
	{"CRAM-MD5", "C", "digest", "HMAC-MD5 of the challenge with the password as its key"},
	{"DIGEST-MD5", "S", "realm", "the user database that the password belongs to"}, // RFC 2831 §2.1
	{"DIGEST-MD5", "S", "nonce", "random and new for each login, so that a recorded response cannot be used again"},
	{"DIGEST-MD5", "S", "qop", "what is protected after the login: auth means nothing more than the login itself"},
	{"DIGEST-MD5", "C", "username", "the username that logs in"},
	{"DIGEST-MD5", "C", "realm", "the user database that the password belongs to"},
	{"DIGEST-MD5", "C", "cnonce", "random, chosen by the client, so that no server can prepare its challenge"},
	{"DIGEST-MD5", "C", "nc", "how often the nonce has been used"},
	{"DIGEST-MD5", "C", "digest-uri", "the service that the login is for, so that no other server can use it"},
	{"DIGEST-MD5", "C", "response", "computed from the password and all of this"},
	{"DIGEST-MD5", "S", "rspauth", "computed by the server in the same way: it proves that the server knows the account"},
	{"SCRAM-", "C", "gs2-cbind-flag", "whether the login is bound to this TLS connection: p is bound, n and y are not"}, // RFC 5802 §5.1
	{"SCRAM-", "C", "username", "the username that logs in"},
	{"SCRAM-", "C", "c-nonce", "random, chosen by the client for this login"},
	{"SCRAM-", "S", "nonce", "the client's random characters, then the server's: a recorded login cannot be used again"},
	{"SCRAM-", "S", "salt", "stored with the account, so that equal passwords do not have equal keys"},
	{"SCRAM-", "S", "iteration-count", "how often the hash is repeated: each guess of the password takes that many times longer"},
	{"SCRAM-", "C", "c", "the beginning of the first message again, with the channel binding if there is one"},
	{"SCRAM-", "C", "nonce", "the same again: the response belongs to this challenge"},
	{"SCRAM-", "C", "ClientProof", "computed from the password and all messages: it proves that the client knows the password, and does not contain it"},
	{"SCRAM-", "S", "ServerSignature", "computed from a key that the server stores: it proves that the server knows the account"},
	{"XOAUTH2", "C", "user", "the account that the token is for"},
	{"XOAUTH2", "C", "auth", "Bearer and the access token: it opens the account to anyone who has it, until it expires"},
	{"XOAUTH2", "S", "status", "why the token was rejected, as an HTTP status code"},
	{"OAUTHBEARER", "C", "authzid", "the identity to act as"}, // RFC 7628 §3.1
	{"OAUTHBEARER", "C", "host", "the name that the client connected to"},
	{"OAUTHBEARER", "C", "port", "the port that the client connected to"},
	{"OAUTHBEARER", "C", "auth", "Bearer and the access token: it opens the account to anyone who has it, until it expires"},
	{"OAUTHBEARER", "S", "status", "why the token was rejected"},
	{"EXTERNAL", "C", "authz-id", "the identity to act as; empty for the one in the certificate"}, // RFC 4422 appendix A
	{"ANONYMOUS", "C", "trace", "an e-mail address or any token, for the server's log"},           // RFC 4505 §2
}
