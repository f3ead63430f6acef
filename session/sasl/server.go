package sasl

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"time"
)

// Server is the server's side of one exchange, for the practice server. It has the method set of the Server
// interface of go-sasl, and so goes into go-smtp as it is.
type Server struct {
	info  Info
	begun bool
	steps serverStepper
	cfg   ServerConfig
	authn string
	authz string
}

// ServerConfig is what a server knows about its accounts and the connection.
type ServerConfig struct {
	Accounts Accounts
	// Host is the server's name in challenges, and the realm of DIGEST-MD5.
	Host string
	// Binding is the channel binding data of the TLS connection as the server sees it.
	Binding Binding
	// Offered is the list of mechanisms given to the client; with -PLUS in it the gs2 flag "y" is a downgrade.
	Offered []string
	// Identity is who the client is by its certificate, for EXTERNAL; empty if it showed none.
	Identity string
	// Authorize says whether a user may act as someone else; nil allows nobody that.
	Authorize func(username, authzid string) bool
	// Login is called when the client has proved to be username, before it learns of it. Its error is the account's
	// own refusal and is what Next returns; nil accepts everyone.
	Login func(username string, by Proof) error
	// Explain makes SCRAM send e= before it fails, instead of failing at once; RFC 5802 §5.1 allows both.
	Explain bool
	// Random is the source of nonces; nil is crypto/rand.
	Random io.Reader
	// Now is the clock of the challenge of CRAM-MD5; nil is time.Now.
	Now   func() time.Time
	nonce string // fixed by a test vector
}

// Accounts finds accounts.
type Accounts interface {
	// Account gives the account of a name; false if there is none.
	Account(username string) (Account, bool)
}

// Account is what a server keeps. It keeps the password itself, as only a practice server should.
type Account struct {
	Password    Secret
	AppPassword Secret // a second password that is as good as the first
	// Token is the access token that is accepted, or refused if it has expired.
	Token        Secret
	TokenExpired bool
	NewToken     Secret // a second token, which is accepted
	Iterations   int    // SCRAM; 4096 if 0
	Salt         []byte // SCRAM; made from the username if nil
}

// Proof is what a client has proved itself by.
type Proof string

// The proofs that an account can tell apart.
const (
	ByPassword    Proof = "password"
	ByAppPassword Proof = "app password"
	ByToken       Proof = "token"
	ByCertificate Proof = "certificate"
	ByNothing     Proof = "nothing" // ANONYMOUS
)

// Why an exchange fails. Errors of [Server.Next] wrap one of them, or come from Login.
var (
	ErrCredentials = errors.New("sasl: the credentials are wrong")                         // 535 5.7.8
	ErrSyntax      = errors.New("sasl: the response is not what the mechanism prescribes") // 501 5.5.2
	ErrInitial     = errors.New("sasl: an initial response, but the server sends first")   // 501 5.7.0, RFC 4954 §4
	ErrBinding     = errors.New("sasl: the channel binding does not match")                // 535 5.7.8
	errOver        = errors.New("sasl: the exchange is over")

	// ErrIdentity is an ErrCredentials: a server need not tell the two apart (RFC 4954 §6).
	ErrIdentity error = identityError{} // 535 5.7.8
)

type identityError struct{}

func (identityError) Error() string {
	return ErrCredentials.Error() + ": the user may not act as that identity"
}

func (identityError) Unwrap() error { return ErrCredentials }

// serverStepper is one mechanism's part. A nil response is the AUTH command without initial response; only
// mechanisms in which the server speaks first see it.
type serverStepper interface {
	next(response []byte) (challenge []byte, done bool, err error)
}

// NewServer makes the server's side of a mechanism.
func NewServer(name string, c ServerConfig) (*Server, error) {
	m, _ := find(name)
	if m.server == nil {
		return nil, m.unsupported()
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Server{info: m.Info, cfg: c}
	s.steps = m.server(s)
	return s, nil
}

// Next takes a decoded response and gives the next challenge, or done. A nil response is an AUTH command without
// initial response. After done or an error the exchange is over.
func (s *Server) Next(response []byte) (challenge []byte, done bool, err error) {
	first := !s.begun
	s.begun = true
	switch {
	case s.steps == nil:
		return nil, true, errOver
	case first && response == nil && s.info.ClientFirst:
		return []byte{}, false, nil // an empty challenge asks for the first message (RFC 4422 §3.3)
	case first && response != nil && !s.info.ClientFirst && !s.info.UsernameFirst:
		challenge, done, err = nil, true, ErrInitial
	default:
		challenge, done, err = s.steps.next(response)
	}
	if done || err != nil {
		s.steps = nil
	}
	return challenge, done || err != nil, err
}

// accept ends an exchange well, if the user may act as authzid and the account does not refuse.
func (s *Server) accept(username, authzid string, by Proof) error {
	if authzid == "" {
		authzid = username
	}
	if authzid != username && (s.cfg.Authorize == nil || !s.cfg.Authorize(username, authzid)) {
		return ErrIdentity
	}
	if s.cfg.Login != nil {
		if err := s.cfg.Login(username, by); err != nil {
			return err
		}
	}
	s.authn, s.authz = username, authzid
	return nil
}

// verify ends an exchange by the first password of the account that proves right.
func (s *Server) verify(username, authzid string, right func(password string) bool) error {
	account, _ := s.cfg.Accounts.Account(username)
	for _, c := range [...]struct {
		password Secret
		by       Proof
	}{{account.Password, ByPassword}, {account.AppPassword, ByAppPassword}} {
		if !c.password.IsZero() && right(c.password.Reveal()) {
			return s.accept(username, authzid, c.by)
		}
	}
	return ErrCredentials
}

func (s *Server) verifyPassword(username, authzid, password string) error {
	return s.verify(username, authzid, func(right string) bool { return same(right, password) })
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Server) nonce() (string, error) {
	return settings{random: s.cfg.Random, nonce: s.cfg.nonce}.freshNonce()
}

// serverOnce is a mechanism of one message.
type serverOnce func(response []byte) error

func (f serverOnce) next(response []byte) ([]byte, bool, error) { return nil, true, f(response) }
