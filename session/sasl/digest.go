package sasl

import (
	"cmp"
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	digestRef     = "RFC 2831 §2.1.2"
	digestHashRef = "RFC 2831 §2.1.2.1"
)

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "DIGEST-MD5", Family: "DIGEST-MD5", Hash: "MD5", Status: "historic, RFC 6331", Ref: "RFC 2831", Needs: NeedsPassword,
		Summary:      "client and server prove with MD5 digests over password and nonces that they know the password",
		Eavesdropper: hearsMD5, Hides: HidesDigest, PlaintextEquivalent: true, ProvesServer: true, Authzid: true, Realm: true, Supported: true},
		place: 610, why: whyMD5, short: shortMD5, lines: 1,
		client:    func(s settings) (stepper, error) { return newDigest(s) },
		server:    func(s *Server) serverStepper { return &serverDigest{s: s} },
		message:   openDigest,
		challenge: openDigestChallenge,
		recognize: recognizeDigest,
		slips:     compareDigest,
		tools: func() []Tool {
			return append(digestTools(), emptyTool("end", "an empty line, once rspauth is right"))
		},
		due:   dueInDigest,
		proof: holdsResponseAuth,
	}}
})

// digest is DIGEST-MD5 with qop=auth, the only quality of protection that SMTP servers use beside TLS. RFC 6331
// made the mechanism historic.
type digest struct {
	s         settings
	challenge digestChallenge
	expect    string // rspauth
	awaits    digestState
}

type digestState int

const (
	awaitsDigestChallenge digestState = iota
	awaitsResponseAuth
	awaitsDigestEnd
)

func newDigest(s settings) (*digest, error) {
	if s.credentials.Host == "" {
		return nil, &Error{Code: CodeCredential, Text: "the digest-uri needs the name of the server", Ref: digestRef}
	}
	for _, name := range []string{s.credentials.Username, s.credentials.Authzid, s.credentials.Realm} {
		if !utf8.ValidString(name) || strings.IndexFunc(name, control) >= 0 {
			return nil, &Error{Code: CodePreparation, Text: "a name has a control character or is not UTF-8", Ref: digestRef}
		}
	}
	return &digest{s: s}, nil
}

// start gives nothing: an initial response is only for a second authentication with the same nonce.
func (m *digest) start() (Response, error) { return Response{}, nil }

func (m *digest) next(challenge []byte) (Challenge, Response, error) {
	switch m.awaits {
	case awaitsDigestChallenge:
		return m.first(challenge)
	case awaitsResponseAuth:
		return m.second(challenge)
	}
	return Challenge{}, Response{}, unexpected("RFC 2831 §2.1")
}

func (m *digest) first(challenge []byte) (Challenge, Response, error) {
	d, err := parseDigestChallenge(challenge)
	values := d.all.values()
	c := Challenge{Hides: hiddenIn(values), Values: values}
	if err != nil {
		return c, Response{}, err
	}
	c.Findings = []Finding{weakDigest("RFC 6331 §2")}
	cnonce, err := m.s.freshNonce()
	if err != nil {
		return c, Response{}, err
	}
	h, err := m.inputs(d, cnonce)
	if err != nil {
		return c, Response{}, err
	}
	m.challenge, m.expect, m.awaits = d, h.responseValue(""), awaitsResponseAuth
	return c, h.response(), nil
}

func (m *digest) second(challenge []byte) (Challenge, Response, error) {
	c := Challenge{Hides: HidesDigest}
	directives, err := parseDirectives(challenge)
	value, ok := directives.only("rspauth")
	if err != nil || !ok {
		return c, Response{}, malformedDigest("has no rspauth", "RFC 2831 §2.1.3")
	}
	c.Values = []Value{text("rspauth", value, "as the server sent it", "RFC 2831 §2.1.3").hide(HidesDigest),
		text("expected rspauth", m.expect, "like response-value, with A2 = :digest-uri", "RFC 2831 §2.1.3").hide(HidesDigest)}
	if subtle.ConstantTimeCompare([]byte(value), []byte(m.expect)) == 0 {
		return c, Response{}, &Error{Code: CodeServerProof, Ref: "RFC 2831 §2.1.3",
			Text: "the server's rspauth is wrong: the server does not have the keys of this account"}
	}
	m.awaits = awaitsDigestEnd
	c.Values = append(c.Values, text("verdict", "the digests are equal: the server knows the account",
		"rspauth compared with the expected one", "RFC 2831 §2.1.3"))
	return c, emptyResponse("the exchange is complete, but SMTP requires an answer to each challenge"), nil
}

func (m *digest) done() ([]Finding, error) {
	if m.awaits != awaitsDigestEnd {
		return nil, serverSilent("RFC 2831 §2.1.3")
	}
	return nil, nil
}

// digestInputs is what goes into the hashes.
type digestInputs struct {
	username, realm, password, authzid string
	nonce, cnonce, uri                 string
	sendsRealm, utf8                   bool
}

func (m *digest) inputs(d digestChallenge, cnonce string) (digestInputs, error) {
	c := m.s.credentials
	h := digestInputs{username: c.Username, password: c.Password.Reveal(), authzid: c.Authzid, realm: c.Realm,
		nonce: d.nonce, cnonce: cnonce, utf8: d.utf8}
	if h.realm == "" && len(d.realms) > 0 {
		h.realm = d.realms[0]
	}
	h.sendsRealm = h.realm != "" || len(d.realms) > 0
	h.uri = m.service() + "/" + c.Host
	for _, s := range []string{h.username, h.password, h.realm} {
		if _, ok := latin1(s); !ok && !d.utf8 {
			return h, &Error{Code: CodePreparation, Ref: digestRef, Text: "the server supports only ISO 8859-1, " +
				"and username, password or realm has other characters"}
		}
	}
	return h, nil
}

func (m *digest) service() string {
	return cmp.Or(m.s.credentials.Service, "smtp")
}

// response builds the digest-response.
func (h digestInputs) response() Response {
	value := h.responseValue("AUTHENTICATE")
	fields := []string{"username=" + h.quoted(h.username)}
	if h.utf8 {
		fields = slices.Insert(fields, 0, "charset=utf-8")
	}
	if h.sendsRealm {
		fields = append(fields, "realm="+h.quoted(h.realm))
	}
	fields = append(fields, "nonce="+quote(h.nonce), "nc="+nonceCount, "cnonce="+quote(h.cnonce),
		"digest-uri="+quote(h.uri), "response="+value, "qop=auth")
	if h.authzid != "" {
		fields = append(fields, "authzid="+quote(h.authzid))
	}
	message := strings.Join(fields, ",")
	values := append(h.values(value), text("digest-response", message, "the directives, comma-separated", digestRef).hide(HidesDigest))
	return Response{Data: []byte(message), Hides: HidesDigest, Values: values}
}

// nonceCount is nc: the first use of this nonce, and there is no second.
const nonceCount = "00000001"

func (h digestInputs) values(response string) []Value {
	secret := h.secretHash()
	a1 := append(slices.Clone(secret), h.a1Tail()...)
	a2 := "AUTHENTICATE:" + h.uri
	return []Value{
		text("username", h.username, "as given", digestRef),
		text("realm", h.realm, "the realm that was requested, or the server's first one", digestRef),
		text("cnonce", h.cnonce, "random, chosen by the client", digestRef),
		text("nc", nonceCount, "the number of times this nonce was used", digestRef),
		text("digest-uri", h.uri, "service/host", digestRef),
		text("passwd", h.password, "the password", digestRef).hide(HidesPassword),
		raw("H(username:realm:passwd)", secret, "MD5 over "+h.charset()+"; the server stores it, and it is equivalent to the password", digestHashRef).hide(HidesKey),
		raw("A1", a1, "H(username:realm:passwd) :nonce:cnonce[:authzid]", digestHashRef).hide(HidesKey),
		text("HEX(H(A1))", hexMD5(a1), "MD5 of A1", digestHashRef).hide(HidesKey),
		text("A2", a2, "AUTHENTICATE:digest-uri", digestHashRef),
		text("HEX(H(A2))", hexMD5([]byte(a2)), "MD5 of A2", digestHashRef),
		text("response", response, "HEX(MD5(HEX(H(A1)):nonce:nc:cnonce:auth:HEX(H(A2))))", digestHashRef).hide(HidesDigest),
	}
}

// responseValue is response-value with the method AUTHENTICATE and rspauth without method.
func (h digestInputs) responseValue(method string) string {
	a1 := append(h.secretHash(), h.a1Tail()...)
	a2 := method + ":" + h.uri
	return hexMD5([]byte(strings.Join([]string{hexMD5(a1), h.nonce, nonceCount, h.cnonce, "auth", hexMD5([]byte(a2))}, ":")))
}

// secretHash hashes the parts in the charset of the exchange. RFC 2831 §2.1.2.1 would have each part that fits put into
// ISO 8859-1 where the charset is utf-8 as well; Dovecot hashes the UTF-8 that it keeps, and with it a name beyond ASCII
// would never log in. A server that goes by the RFC is rarer.
func (h digestInputs) secretHash() []byte {
	var parts []string
	for _, s := range []string{h.username, h.realm, h.password} {
		if l, ok := latin1(s); ok && !h.utf8 {
			s = l
		}
		parts = append(parts, s)
	}
	sum := md5.Sum([]byte(strings.Join(parts, ":")))
	return sum[:]
}

func (h digestInputs) a1Tail() string {
	tail := ":" + h.nonce + ":" + h.cnonce
	if h.authzid != "" {
		tail += ":" + h.authzid
	}
	return tail
}

func (h digestInputs) charset() string {
	if h.utf8 {
		return "UTF-8"
	}
	return "ISO 8859-1"
}

// quoted writes a name in the charset of the exchange.
func (h digestInputs) quoted(s string) string {
	if l, ok := latin1(s); ok && !h.utf8 {
		s = l
	}
	return quote(s)
}

func quote(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }

func hexMD5(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// latin1 converts UTF-8 to ISO 8859-1 if every character is in it.
func latin1(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}
