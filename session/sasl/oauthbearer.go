package sasl

import (
	"bytes"
	"strconv"
	"strings"
)

const bearerRef = "RFC 7628 §3.1"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "OAUTHBEARER", Family: "OAUTHBEARER", Status: "standards track", Ref: "RFC 7628", Needs: NeedsToken,
		Summary:      "the client sends an OAuth 2.0 access token",
		Eavesdropper: hearsToken, Hides: HidesToken, NeedsTLS: true, ClientFirst: true, Authzid: true, Supported: true},
		place: 400, why: whyToken, short: shortToken, lines: 1,
		client: func(s settings) (stepper, error) { return newOAuthBearer(s) },
		server: func(s *Server) serverStepper {
			return &serverBearer{s: s, read: readBearer, invalid: "invalid_token", expired: "invalid_token"}
		},
		message:   openBearer,
		challenge: func(b []byte) Challenge { return openOAuthFailure(b, "RFC 7628 §3.2.2") },
		recognize: recognizeBearer,
		slips:     compareBearer,
		tools:     func() []Tool { return []Tool{bearerTool(), dummyTool()} },
		due:       dueInBearer,
		alone:     4,
	}}
})

// newOAuthBearer makes OAUTHBEARER: a GS2 header and the fields of an HTTP request, separated by 0x01.
func newOAuthBearer(s settings) (*bearer, error) {
	c := s.credentials
	authzid := c.Authzid
	if authzid == "" {
		authzid = c.Username // here the authzid names the account (RFC 7628 §3.1)
	}
	if err := checkToken(c.Token, bearerRef); err != nil {
		return nil, err
	}
	if err := checkOAuthField("host", c.Host, bearerRef); err != nil {
		return nil, err
	}
	authzid, err := preparedName("username", authzid)
	if err != nil {
		return nil, err
	}
	gs2 := gs2Header{flag: "n", why: "bearer tokens are not bound to the connection", authzid: authzid}
	m := &bearer{dummy: []byte{1}, ref: "RFC 7628 §3.2.3",
		why: "0x01: it lets the server end the exchange with 535"}
	m.message, m.values = bearerMessage(c, gs2)
	return m, nil
}

func bearerMessage(c Credentials, gs2 gs2Header) (string, []Value) {
	message, values := gs2.text()+"\x01", gs2.values()
	add := func(key, value string, v Value) {
		message += key + "=" + value + "\x01"
		values = append(values, v)
	}
	if c.Host != "" {
		add("host", c.Host, text("host", c.Host, "the name that the client connected to", bearerRef))
	}
	if c.Port != 0 {
		port := strconv.Itoa(c.Port)
		add("port", port, text("port", port, "the port that the client connected to", bearerRef))
	}
	auth := "Bearer " + c.Token.Reveal()
	add("auth", auth, text("auth", auth, "Bearer and the access token, as in HTTP", "RFC 6750 §2.1").hide(HidesToken))
	values = append(values, heldBy(c.Token)...)
	message += "\x01"
	return message, append(values, text("client-resp", message, "gs2-header and key=value pairs, each followed by 0x01, "+
		"and one more 0x01", bearerRef).hide(HidesToken))
}

// clientBearer is a client-resp (RFC 7628 §3.1).
type clientBearer struct {
	gs2   clientGS2
	pairs directives
	token string
}

func parseBearer(b []byte) (clientBearer, bool) {
	gs2, rest, ok := parseGS2(b)
	rest, separated := bytes.CutPrefix(rest, []byte{1})
	pairs, terminated := kvPairs(rest)
	auth, there := pairs.only("auth")
	token, bearer := bearerToken(auth)
	return clientBearer{gs2, pairs, token}, ok && separated && terminated && there && bearer
}

// kvPairs reads key=value, each followed by 0x01, up to the last 0x01.
func kvPairs(b []byte) (pairs directives, terminated bool) {
	for len(b) > 1 && len(pairs) < maxDirectives {
		pair, rest, found := bytes.Cut(b, []byte{1})
		key, value, equals := bytes.Cut(pair, []byte{'='})
		if !found || !equals || len(key) == 0 {
			return pairs, false
		}
		pairs = append(pairs, directive{string(key), string(value)})
		b = rest
	}
	return pairs, len(b) == 1 && b[0] == 1
}

// bearerToken takes the scheme off; its case does not matter (RFC 7628 §4).
func bearerToken(auth string) (string, bool) {
	scheme, token, ok := strings.Cut(auth, " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

func openBearer(b []byte) ([]Value, bool) {
	if len(b) == 1 && b[0] == 1 {
		return []Value{raw("dummy response", b, "0x01: it lets the server end the exchange with 535", "RFC 7628 §3.2.3")}, true
	}
	c, ok := parseBearer(b)
	if !ok {
		return nil, false
	}
	values := c.gs2.values()
	for _, pair := range c.pairs {
		v := printable(pair.name, []byte(pair.value), "", bearerRef)
		if pair.name == "auth" {
			v = v.hide(HidesToken)
		}
		values = append(values, v)
	}
	return values, true
}

func recognizeBearer(b []byte) (server, ok bool) {
	if _, ok := openBearer(b); ok {
		return false, true
	}
	return true, bytes.HasPrefix(b, []byte("{")) && bytes.Contains(b, []byte(`"status"`))
}

// readBearer gives what a server needs; bearer tokens are not bound to the connection.
func readBearer(response []byte) (username, token string, ok bool) {
	c, ok := parseBearer(response)
	return c.gs2.authzid, c.token, ok && c.gs2.flag != "p"
}

func bearerTool() Tool {
	return Tool{Name: "message", Does: `n,a=…, \x01 host=… \x01 port=… \x01 auth=Bearer … \x01 \x01`, Ref: bearerRef, Hides: HidesToken, Message: true,
		Inputs: []Input{
			publicInput("username", "after a= in the gs2-header: the account to act as").optional(),
			publicInput("host", "the name that the client connected to; if empty, the field is omitted").optional(),
			publicInput("port", "the port that the client connected to; if empty, the field is omitted").optional(),
			Input{Name: "token", Help: "the access token; the tool adds the word Bearer before it", Hides: HidesToken}.optional()},
		make: func(in [][]byte) ([]byte, error) {
			return bearerString(string(in[0]), string(in[1]), string(in[2]), string(in[3])), nil
		}}
}

// bearerString puts the message of OAUTHBEARER together: gs2-header and key=value pairs, each followed by 0x01, and one
// more 0x01 (RFC 7628 §3.1). An empty user, host or port is left out.
func bearerString(user, host, port, token string) []byte {
	message := "n,"
	if user != "" {
		message += "a=" + saslName(user)
	}
	message += ",\x01"
	for _, pair := range [...]struct{ key, value string }{{"host", host}, {"port", port}} {
		if pair.value != "" {
			message += pair.key + "=" + pair.value + "\x01"
		}
	}
	return []byte(message + "auth=Bearer " + token + "\x01\x01")
}

func dummyTool() Tool {
	return Tool{Name: "dummy response", Does: "0x01: it lets the server end the exchange with 535", Ref: "RFC 7628 §3.2.3", Message: true,
		make: func([][]byte) ([]byte, error) { return []byte{1}, nil }}
}
