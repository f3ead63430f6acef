package lab

import (
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Mechanism is the server's side of a SASL mechanism.
type Mechanism struct {
	Name     string // as in the EHLO line: "SCRAM-SHA-256-PLUS"
	NeedsTLS bool   // never offered without TLS, as with channel binding
	// New begins one exchange. Next of the result is called with nil if the
	// client sent no initial response. A last word that comes together with
	// done is sent as a challenge, to which the client answers with an empty
	// line, as RFC 4954 §4 has no place for data beside the 235.
	New func(Peer) sasl.Server
}

// A Peer is what a mechanism may know of the connection it serves.
type Peer struct {
	Host        string               // the server's name
	Port        int                  // in name
	TLS         *tls.ConnectionState // nil without TLS
	Certificate *x509.Certificate    // the server's own leaf, nil without TLS

	// Account finds a practice user.
	Account func(user string) (Account, bool)
	// Login must be called before done, when the client has proved to be
	// user. Its error, if any, is the account's own refusal and must be
	// returned from Next.
	Login func(user string, by Proof) error
}

// Proof is the kind of secret that a client has proved to hold.
type Proof int

// The kinds of proof an account can tell apart.
const (
	ByPassword Proof = iota
	ByAppPassword
	ByToken
	ByCertificate
)

var errCredentials = &smtp.SMTPError{
	Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "authentication failed: user name or password is wrong",
}

// builtin are the mechanisms that the practice server has by itself.
func builtin() []Mechanism {
	return []Mechanism{
		{Name: sasl.Plain, New: func(p Peer) sasl.Server {
			return sasl.NewPlainServer(func(identity, user, password string) error {
				if identity != "" && localPart(identity) != localPart(user) {
					return errCredentials // nobody may act for another here (RFC 4616 §2)
				}
				return p.password(user, password)
			})
		}},
		{Name: sasl.Login, New: func(p Peer) sasl.Server { return &loginServer{peer: p} }},
	}
}

// password checks a password.
func (p Peer) password(user, password string) error {
	a, ok := p.Account(user)
	switch {
	case !ok:
		return errCredentials
	case a.AppPassword != "" && equal(password, a.AppPassword):
		return p.Login(user, ByAppPassword)
	case equal(password, a.Password):
		return p.Login(user, ByPassword)
	}
	return errCredentials
}

func equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// loginServer is the obsolete LOGIN mechanism: two prompts, two answers. It
// never was more than a draft; the prompts are those that clients expect.
type loginServer struct {
	peer Peer
	user *string
	done bool
}

func (s *loginServer) Next(response []byte) ([]byte, bool, error) {
	switch {
	case s.done:
		return nil, false, sasl.ErrUnexpectedClientResponse
	case response == nil:
		return []byte("Username:"), false, nil
	case s.user == nil:
		user := string(response)
		s.user = &user
		return []byte("Password:"), false, nil
	}
	s.done = true
	return nil, true, s.peer.password(*s.user, string(response))
}

// exchange fits a mechanism to SMTP: it carries a last word, and turns errors
// that are no replies into 535.
type exchange struct {
	sasl.Server
	saidLastWord bool
}

func (e *exchange) Next(response []byte) ([]byte, bool, error) {
	if e.saidLastWord {
		if len(response) > 0 {
			return nil, false, errCredentials
		}
		return nil, true, nil
	}
	challenge, done, err := e.Server.Next(response)
	if err != nil {
		return nil, false, asReply(err)
	}
	if done && len(challenge) > 0 {
		e.saidLastWord = true
		return challenge, false, nil
	}
	return challenge, done, nil
}

// asReply keeps an error that is a reply and hides every other: its text could
// repeat what the client sent.
func asReply(err error) error {
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return reply
	}
	return errCredentials
}

// mechanisms lists what AUTH offers on this connection as it is now.
func (f *front) mechanisms() []Mechanism {
	if !f.service.submission || f.needsTLS() {
		return nil
	}
	var offered []Mechanism
	for _, m := range merge(builtin(), f.lab.options.Mechanisms) {
		if (f.tls != nil || !m.NeedsTLS) && f.allows(m.Name) {
			offered = append(offered, m)
		}
	}
	return offered
}

func (f *front) allows(mechanism string) bool {
	only := f.lab.scenario.Knobs.Only
	return only == nil || slices.Contains(only, mechanism)
}

// merge appends more to base; a mechanism in more replaces its namesake.
func merge(base, more []Mechanism) []Mechanism {
	for _, m := range more {
		i := slices.IndexFunc(base, func(b Mechanism) bool { return strings.EqualFold(b.Name, m.Name) })
		if i < 0 {
			base = append(base, m)
		} else {
			base[i] = m
		}
	}
	return base
}

// authenticate begins an exchange of the mechanism called name.
func (f *front) authenticate(name string) (sasl.Server, error) {
	f.claimed = ""
	for _, m := range f.mechanisms() {
		if strings.EqualFold(m.Name, name) {
			return &exchange{Server: m.New(f.peer())}, nil
		}
	}
	// RFC 4954 §4 gives 504 5.5.4 for a mechanism the server lacks.
	return nil, &smtp.SMTPError{Code: 504, EnhancedCode: smtp.EnhancedCode{5, 5, 4}, Message: "mechanism not offered"}
}

func (f *front) peer() Peer {
	p := Peer{Host: f.service.Host, Port: f.service.Port, TLS: f.tls, Account: account, Login: f.login}
	if cert, err := f.lab.certificate(); err == nil && f.tls != nil {
		p.Certificate = cert.Leaf
	}
	return p
}

// login notes who the client has proved to be; it counts once the mechanism
// is done and 235 is sent.
func (f *front) login(user string, by Proof) error {
	a, ok := account(user)
	switch {
	case !ok:
		return errCredentials
	case a.Refusal != "" && (by == ByPassword || a.Disabled):
		return refusal(a.Refusal)
	}
	f.claimed = a.User
	return nil
}
