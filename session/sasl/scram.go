package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"
)

const scramRef = "RFC 5802 §3"

// DefaultCeiling is the highest SCRAM iteration count that is computed. Servers announce 4,096 to some 600,000; a
// malicious one could ask for years of work (RFC 5802 §9).
const DefaultCeiling = 1_000_000

// DefaultFloor is the least that servers should announce (RFC 5802 §5.1, RFC 7677 §4). Less is pointed at and, unless
// [WithFloor] says so, not refused: servers keep old accounts as they were made.
const DefaultFloor = 4096

// scramHash is a hash function of the family: with and without -PLUS it makes two mechanisms.
type scramHash struct {
	name   string // as in the mechanism's name
	new    func() hash.Hash
	place  int // among the hash functions
	status string
	ref    string
}

// scramHashes is the family (RFC 5802): all else about its mechanisms follows from the hash function. SHA-256 is the
// one that the standard prefers and that every server of today has; a longer digest adds nothing that a guesser of
// passwords would notice, so those without a standard of their own stand between it and SHA-1.
var scramHashes = [...]scramHash{
	{"SHA-256", sha256.New, 1, "standards track", "RFC 7677"},
	{"SHA-512", sha512.New, 2, "draft", "RFC 5802 §4"},
	{"SHA-384", sha512.New384, 3, "not registered", "RFC 5802 §4"},
	{"SHA-224", sha256.New224, 4, "not registered", "RFC 5802 §4"},
	{"SHA-1", sha1.New, 9, "standards track", "RFC 5802"},
}

var _ = register(scramFamily)

func scramFamily() []mechanism {
	rows := scramUnspoken()
	for _, h := range scramHashes {
		rows = append(rows, h.mechanism(true), h.mechanism(false))
	}
	return rows
}

// mechanism is the one with this hash function, bound to TLS (-PLUS) or not.
func (h scramHash) mechanism(plus bool) mechanism {
	m := mechanism{
		Info: Info{Name: "SCRAM-" + h.name, Family: "SCRAM", Hash: h.name, Status: h.status, Ref: h.ref, Needs: NeedsPassword,
			Summary:      "client and server prove to each other that they know the password",
			Eavesdropper: hearsScram, Hides: HidesProof, Iterated: true, ProvesServer: true, ClientFirst: true, Authzid: true, Rare: h.status != "standards track", Supported: true},
		place: 300 + h.place, why: whyKept, short: shortKept, lines: 2,
		client:    func(s settings) (stepper, error) { return newScram(h, plus, s) },
		server:    func(s *Server) serverStepper { return &serverScram{s: s, hash: h} },
		message:   openScram,
		challenge: openScramChallenge,
		slips:     h.slips,
		tools:     func() []Tool { return scramTools(h, plus) },
		due:       dueInScram,
		proof:     holdsSignature,
	}
	if h.name == "SHA-256" { // the messages of the hash functions differ only in length
		m.recognize = recognizeScram
	}
	if plus {
		m.Name, m.NeedsTLS, m.Bound, m.recognize = m.Name+"-PLUS", true, true, nil
		m.Summary = "both sides prove that they know the password, bound to this TLS connection"
		m.place, m.why, m.short = 200+h.place, whyBound, shortBound
	}
	return m
}

// scramUnspoken are the members of the family that are known and not spoken. Their messages can be opened.
func scramUnspoken() []mechanism {
	var rows []mechanism
	for _, name := range [...]string{"SCRAM-SHA3-512"} {
		i := Info{Name: name, Status: "draft", Ref: "RFC 5802", Needs: NeedsPassword, Hides: HidesProof, Iterated: true, ProvesServer: true,
			ClientFirst: true, Authzid: true, Summary: "SCRAM with " + strings.TrimPrefix(name, "SCRAM-"), Eavesdropper: hearsScram,
			Unspoken: "it is only a draft, and few servers offer it; those that do offer SCRAM-SHA-256 too"}
		plus := i
		plus.Name, plus.NeedsTLS, plus.Bound = name+"-PLUS", true, true
		for _, i := range [...]Info{plus, i} {
			m := unspoken(860, i)
			m.Family, m.message, m.challenge, m.proof, m.lines = "SCRAM", openScram, openScramChallenge, holdsSignature, 2
			rows = append(rows, m)
		}
	}
	return rows
}

// scram is the client of SCRAM, with and without -PLUS (RFC 5802, RFC 7677).
type scram struct {
	s        settings
	hash     scramHash
	gs2      gs2Header
	user     string // prepared
	password string // prepared
	nonce    string
	bare     string // client-first-message-bare
	keys     scramKeys
	awaits   scramState
}

type scramState int

const (
	awaitsServerFirst scramState = iota
	awaitsServerFinal
	awaitsNothing
)

func newScram(h scramHash, plus bool, s settings) (*scram, error) {
	m := &scram{s: s, hash: h}
	var err error
	if m.user, err = preparedName("username", s.credentials.Username); err != nil {
		return nil, err
	}
	if m.password, err = preparedPassword(s.credentials.Password); err != nil {
		return nil, err
	}
	m.gs2, err = newGS2Header(plus, s)
	return m, err
}

func (m *scram) start() (Response, error) {
	nonce, err := m.s.freshNonce()
	if err != nil {
		return Response{}, err
	}
	m.nonce = nonce
	m.bare = "n=" + saslName(m.user) + ",r=" + m.nonce
	message := m.gs2.text() + m.bare
	values := append(m.gs2.values(),
		text("username", m.user, "SASLprep of the username; in the message = is =3D and , is =2C", "RFC 5802 §5.1"),
		text("c-nonce", m.nonce, "random, chosen by the client", "RFC 5802 §5.1"),
		text("client-first-message-bare", m.bare, "n=username,r=c-nonce", "RFC 5802 §7"),
		text("client-first-message", message, "gs2-header client-first-message-bare", "RFC 5802 §7"))
	return Response{Data: []byte(message), Values: values}, nil
}

func (m *scram) next(challenge []byte) (Challenge, Response, error) {
	switch m.awaits {
	case awaitsServerFirst:
		return m.serverFirst(challenge)
	case awaitsServerFinal:
		return m.serverFinal(challenge)
	}
	return Challenge{}, Response{}, unexpected(scramRef)
}

func (m *scram) serverFirst(challenge []byte) (Challenge, Response, error) {
	first, err := parseServerFirst(challenge)
	c := Challenge{Values: first.values()}
	if value, _, ok := cutAttribute(challenge, 'e'); ok {
		c.Values = serverFinal{failure: string(value)}.values()
	}
	if err != nil {
		return c, Response{}, err
	}
	if err := m.accept(first); err != nil {
		return c, Response{}, err
	}
	c.Findings = m.remarks(first)
	r, err := m.clientFinal(first)
	if err == nil {
		m.awaits = awaitsServerFinal
	}
	return c, r, err
}

// accept checks what the server chose before anything is computed from it.
func (m *scram) accept(first serverFirst) error {
	switch {
	case !strings.HasPrefix(first.nonce, m.nonce):
		return &Error{Code: CodeNonce, Text: "the server's nonce does not begin with the client's", Ref: "RFC 5802 §5.1"}
	case first.nonce == m.nonce:
		return &Error{Code: CodeNonce, Text: "the server added nothing to the client's nonce", Ref: "RFC 5802 §5.1"}
	case first.iterations > m.s.ceiling:
		return &Error{Code: CodeIterationsHigh, Ref: "RFC 5802 §9",
			Text: "the server asks for " + first.count + " iterations, and this client computes at most " + strconv.Itoa(m.s.ceiling)}
	case first.iterations < m.s.floor:
		return &Error{Code: CodeIterationsLow, Ref: "RFC 7677 §4",
			Text: "the server asks for " + first.count + " iterations, fewer than the minimum of " + strconv.Itoa(m.s.floor) + " that you set",
			Hint: "no proof was sent; an impostor requests few iterations so that it can guess the password from the proof quickly"}
	}
	return nil
}

func (m *scram) remarks(first serverFirst) []Finding {
	var found []Finding
	if first.iterations < DefaultFloor {
		found = append(found, Finding{Code: CodeIterationsLow, Severity: severityWarn, Ref: "RFC 7677 §4",
			Text: first.count + " iterations, fewer than " + strconv.Itoa(DefaultFloor) + ": an eavesdropper can guess passwords faster"})
	}
	if m.hash.name == "SHA-1" {
		found = append(found, Finding{Code: CodeSHA1, Severity: severityInfo, Ref: "RFC 7677 §4",
			Text: "SHA-1 within HMAC is not broken, but SCRAM-SHA-256 replaces it"})
	}
	if m.gs2.forgone {
		found = append(found, Finding{Code: CodeBindingUnused, Severity: severityInfo, Ref: "RFC 5802 §6",
			Text: "the server offers -PLUS, but this exchange is not bound to the TLS connection"})
	}
	return found
}

func (m *scram) clientFinal(first serverFirst) (Response, error) {
	input := m.gs2.cbindInput()
	c := base64.StdEncoding.EncodeToString(input)
	withoutProof := "c=" + c + ",r=" + first.nonce
	auth := m.bare + "," + first.message + "," + withoutProof
	keys, err := deriveKeys(m.hash, m.password, first.salt, first.iterations, auth)
	if err != nil {
		return Response{}, err
	}
	m.keys = keys
	message := withoutProof + ",p=" + base64.StdEncoding.EncodeToString(keys.clientProof)
	values := []Value{
		raw("cbind-input", input, m.gs2.how(), "RFC 5802 §7"),
		text("c", c, "base64(cbind-input)", "RFC 5802 §5.1"),
		text("nonce", first.nonce, "c-nonce s-nonce, as received from the server", "RFC 5802 §5.1"),
		text("client-final-message-without-proof", withoutProof, "c=...,r=nonce", "RFC 5802 §7"),
		text("AuthMessage", auth, "client-first-message-bare , server-first-message , "+
			"client-final-message-without-proof", scramRef),
	}
	values = append(values, keys.values(m.hash, m.password, first)...)
	values = append(values, text("client-final-message", message,
		"client-final-message-without-proof ,p=base64(ClientProof)", "RFC 5802 §7").hide(HidesProof))
	return Response{Data: []byte(message), Hides: HidesProof, Values: values}, nil
}

// serverFinal checks the server's proof. SASL would let it come with the success, but SMTP cannot carry data with
// 235, so it is a challenge and gets an empty line (RFC 4954 §4).
func (m *scram) serverFinal(challenge []byte) (Challenge, Response, error) {
	final, err := parseServerFinal(challenge)
	c := Challenge{Hides: final.hides(), Values: final.values()}
	if err != nil {
		return c, Response{}, err
	}
	if !hmac.Equal(final.verifier, m.keys.serverSignature) {
		return c, Response{}, &Error{Code: CodeServerProof, Ref: scramRef,
			Text: "the server's signature is wrong: the server does not have the keys of this account"}
	}
	m.awaits = awaitsNothing
	c.Values = append(c.Values, text("verdict", "the signatures are equal: the server knows the account",
		"v compared with the computed ServerSignature", scramRef))
	return c, emptyResponse("the exchange is complete, but SMTP requires an answer to each challenge"), nil
}

// emptyResponse is an empty line.
func emptyResponse(why string) Response {
	return Response{Data: []byte{}, Values: []Value{text("empty response", "", why, "RFC 4954 §4")}}
}

func (m *scram) done() ([]Finding, error) {
	if m.awaits != awaitsNothing {
		return nil, serverSilent(scramRef)
	}
	return nil, nil
}

// saslName writes a prepared name for a message (RFC 5802 §5.1).
func saslName(s string) string { return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s) }

// unescapeName reads what saslName wrote; false if = stands for anything else.
func unescapeName(s string) (string, bool) {
	rest := strings.NewReplacer("=3D", "", "=2C", "").Replace(s)
	if strings.ContainsAny(rest, "=,") {
		return "", false
	}
	return strings.NewReplacer("=3D", "=", "=2C", ",").Replace(s), true
}

// cut splits one attribute off: "r=abc,s=..." gives "abc" and "s=...".
func cutAttribute(message []byte, name byte) (value, rest []byte, ok bool) {
	if len(message) < 2 || message[0] != name || message[1] != '=' {
		return nil, message, false
	}
	value, rest, _ = bytes.Cut(message[2:], []byte{','})
	return value, rest, true
}
