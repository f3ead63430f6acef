package sasl

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Mechanism is the client's side of one exchange. A Mechanism is used once, by one goroutine.
//
// Start is called first and once. Next is called with each decoded challenge; its error means that the challenge
// must not be answered and the exchange be canceled with "*" (RFC 4954 §4), and the [Challenge] beside the error
// still shows what could be read. Done is called when the server says 235. Errors are [*Error].
type Mechanism interface {
	// Name is the registered name, as it stands in the AUTH command.
	Name() string
	// Start gives the initial response; its Data is nil when the server has to speak first.
	Start() (Response, error)
	// Next opens a challenge and answers it.
	Next(challenge []byte) (Challenge, Response, error)
	// Done says whether success may be believed: an error if the server had to prove itself and did not.
	Done() ([]Finding, error)
}

// Credentials is what the person has. Which fields are needed depends on the mechanism, see [Info].
type Credentials struct {
	Authzid  string // identity to act as; empty for the user's own
	Username string
	Password Secret
	Token    Secret // OAuth 2.0 access token
	Host     string // server's name as the client knows it (OAUTHBEARER, DIGEST-MD5)
	Port     int
	Realm    string // DIGEST-MD5, when the server offers several; empty for the first
	Service  string // "smtp" when empty (DIGEST-MD5)
	Trace    string // ANONYMOUS: who is asking; the username when empty
}

// Public reports whether each secret is one of which public holds.
func (c Credentials) Public(public func(secret string) bool) bool {
	for _, s := range []Secret{c.Password, c.Token} {
		if !s.IsZero() && !public(s.Reveal()) {
			return false
		}
	}
	return true
}

// Response is what the client answers.
type Response struct {
	// Data is what to send, not yet base64. Nil is no initial response at all; empty but not nil is an empty
	// response: "=" after the AUTH command, an empty line later (RFC 4954 §4).
	Data []byte
	// Hides is "" if Data may be shown, else what must make the whole base64 masked.
	Hides string
	// Values are the parts of Data and how each was computed, in order.
	Values []Value
}

// Challenge is what the server asked, opened for display.
type Challenge struct {
	Data []byte
	// Hides is "" if the line may be shown. SCRAM's server signature and DIGEST-MD5's rspauth must be masked:
	// the password can be guessed from them as well as from the client's proof.
	Hides    string
	Values   []Value
	Findings []Finding
}

// New gives the mechanism of that name (any case). offered is the server's list, which decides the gs2 flag of
// SCRAM (RFC 5802 §6). The error says what is missing: a credential, TLS for -PLUS, or support for the name.
func New(name string, c Credentials, b Binding, offered []string, options ...Option) (Mechanism, error) {
	m, _ := find(name)
	if m.client == nil {
		e := m.unsupported()
		e.Hint = "offered by the server: " + strings.Join(offered, " ")
		return nil, e
	}
	s := settings{random: rand.Reader, ceiling: DefaultCeiling, credentials: c, binding: b, offered: offered}
	for _, o := range options {
		o(&s)
	}
	if err := m.missing(c); err != nil {
		return nil, err
	}
	return m.exchange(s)
}

func (m *mechanism) missing(c Credentials) error {
	if lacks := m.lacking(c); lacks != "" {
		return &Error{Mechanism: m.Name, Code: CodeCredential, Text: "this mechanism needs " + lacks, Ref: m.Ref}
	}
	if c.Authzid != "" && !m.Authzid {
		return &Error{Mechanism: m.Name, Code: CodePreparation, Ref: m.Ref, Text: "this mechanism cannot carry an authorization identity (authzid), the identity to act as",
			Hint: "omit it, or use one of these: " + strings.Join(carryAuthzid(), ", ")}
	}
	return nil
}

// lacking names a credential that is missing.
func (m *mechanism) lacking(c Credentials) string {
	switch {
	case m.Needs == NeedsToken && c.Token.IsZero():
		return "an access token"
	case m.Needs == NeedsPassword && c.Username == "":
		return "a username"
	case m.Needs == NeedsPassword && c.Password.IsZero():
		return "a password"
	case m.lacks != nil:
		return m.lacks(c)
	}
	return ""
}

// carryAuthzid lists the mechanisms that can act as someone else.
func carryAuthzid() []string {
	var names []string
	for _, m := range table.Get() {
		if m.Authzid && m.Supported && !m.Rare {
			names = append(names, m.Name)
		}
	}
	return names
}

// Option changes how a mechanism behaves.
type Option func(*settings)

// settings is everything a mechanism is made from.
type settings struct {
	credentials Credentials
	binding     Binding
	offered     []string
	random      io.Reader
	ceiling     int
	floor       int
	onlyName    bool
	eagerLogin  bool
	bindingType string
	nonce       string // fixed by a test vector
}

// WithCeiling changes [DefaultCeiling], the highest SCRAM iteration count that is computed.
func WithCeiling(iterations int) Option { return func(s *settings) { s.ceiling = iterations } }

// WithFloor refuses a SCRAM iteration count below it, before a proof is sent; without it a count below [DefaultFloor]
// is pointed at.
func WithFloor(iterations int) Option { return func(s *settings) { s.floor = iterations } }

// WithoutInitialResponse makes Start give no initial response; the first challenge, which should be empty, gets
// it instead (RFC 4954 §4).
func WithoutInitialResponse() Option { return func(s *settings) { s.onlyName = true } }

// WithInitialUsername makes LOGIN send the username as initial response. Many servers take it, although RFC 4954 §4
// wants 501 for an initial response where the server speaks first.
func WithInitialUsername() Option { return func(s *settings) { s.eagerLogin = true } }

// WithBinding makes -PLUS use this type of channel binding instead of the default for the TLS version, for a server
// that has only tls-server-end-point.
func WithBinding(kind string) Option { return func(s *settings) { s.bindingType = kind } }

// freshNonce gives 144 random bits as 24 characters of base64, which are all allowed in nonces.
func (s settings) freshNonce() (string, error) {
	if s.nonce != "" {
		return s.nonce, nil
	}
	var b [18]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		return "", &Error{Code: CodeRandom, Text: "no random bytes for a nonce: " + err.Error()}
	}
	return base64.StdEncoding.EncodeToString(b[:]), nil
}

// String masks what the response hides.
func (r Response) String() string { return show("response", r.Data, r.Hides, r.Values) }

// Format writes [Response.String] whatever the verb.
func (r Response) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) }

// MarshalJSON leaves the data out when the response hides something.
func (r Response) MarshalJSON() ([]byte, error) {
	return json.Marshal(opened{Data: visible(r.Data, r.Hides), Hides: r.Hides, Values: r.Values})
}

// String masks what the challenge hides.
func (c Challenge) String() string { return show("challenge", c.Data, c.Hides, c.Values) }

// Format writes [Challenge.String] whatever the verb.
func (c Challenge) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }

// MarshalJSON leaves the data out when the challenge hides something.
func (c Challenge) MarshalJSON() ([]byte, error) {
	return json.Marshal(opened{Data: visible(c.Data, c.Hides), Hides: c.Hides, Values: c.Values, Findings: c.Findings})
}

// opened is the JSON of a Response and of a Challenge.
type opened struct {
	Data     []byte    `json:"data,omitempty"`
	Hides    string    `json:"hides,omitempty"`
	Values   []Value   `json:"values,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
}

func visible(data []byte, hides string) []byte {
	if hides != "" {
		return nil
	}
	return data
}

func show(what string, data []byte, hides string, values []Value) string {
	if hides != "" {
		return fmt.Sprintf("%s %s %v", what, Mask, values)
	}
	return fmt.Sprintf("%s %q %v", what, data, values)
}
