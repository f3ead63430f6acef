package lab

import (
	"errors"
	"slices"

	gosasl "github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ehlo/session/sasl"
)

// standard is what AUTH offers unless a scenario says otherwise: what most
// servers have, and enough for a first walk.
var standard = []string{"PLAIN", "LOGIN"}

// mechanisms lists what AUTH offers on this connection as it is now, in the
// order of the EHLO line.
func (f *front) mechanisms() []string {
	if !f.service.submission || f.needsTLS() {
		return nil
	}
	list := f.lab.scenario.Knobs.Mechanisms
	if list == nil {
		list = standard
	}
	var offered []string
	for _, name := range list {
		if f.possible(name) {
			offered = append(offered, name)
		}
	}
	return offered
}

// possible reports whether a mechanism has what it needs from TLS: someone
// shown by certificate (RFC 4422 app. A), a channel to bind to
// (RFC 5802 §6), or protection for a token (RFC 7628 §4).
func (f *front) possible(mechanism string) bool {
	info, _ := sasl.Lookup(mechanism)
	switch {
	case info.Needs == sasl.NeedsCertificate:
		return certified(f.tls) != ""
	case info.Needs == sasl.NeedsToken, info.Bound:
		return f.tls != nil
	}
	return true
}

// authenticate begins an exchange of the mechanism called name, in capitals.
func (f *front) authenticate(name string) (gosasl.Server, error) {
	f.claimed, f.method = "", ""
	offered := f.mechanisms()
	if !slices.Contains(offered, name) {
		return nil, refusal("504 5.5.4 mechanism not offered") // RFC 4954 §4
	}
	f.method = name
	if script := f.lab.scenario.Knobs.Challenges; script != nil {
		return newImpostor(f, name, script), nil
	}
	server, err := sasl.NewServer(name, f.saslConfig(name, offered))
	if err != nil {
		return nil, refusal("504 5.5.4 mechanism not supported")
	}
	return &exchange{server, name, f.lab.scenario.Knobs.WrongLogin}, nil
}

func (f *front) saslConfig(mechanism string, offered []string) sasl.ServerConfig {
	return sasl.ServerConfig{
		Accounts: directory{}, Host: f.service.Host, Offered: offered,
		Binding: f.binding(), Identity: certified(f.tls), Authorize: sameUser,
		Login:   func(user string, by sasl.Proof) error { return f.login(mechanism, user, by) },
		Explain: f.lab.scenario.Knobs.Explain,
		Random:  f.random, Now: f.lab.clock.now,
	}
}

// binding is the channel binding data as the server sees its own connection.
func (f *front) binding() sasl.Binding {
	if f.tls == nil {
		return sasl.Binding{}
	}
	cert, err := f.lab.certificate()
	if err != nil {
		return sasl.NewBinding(*f.tls, nil)
	}
	return sasl.NewBinding(*f.tls, cert.Leaf)
}

// login notes who the client has proved to be; it counts once 235 is sent. Its
// error is the account's own refusal.
func (f *front) login(mechanism, user string, by sasl.Proof) error {
	if by == sasl.ByNothing {
		f.claimed = anonymous
		return nil
	}
	a, ok := account(user)
	if !ok {
		return sasl.ErrCredentials
	}
	if reply := f.refused(a, mechanism, by); reply != "" {
		return refusal(reply)
	}
	f.claimed = a.User
	return nil
}

// exchange gives the errors of a mechanism as replies.
type exchange struct {
	*sasl.Server
	mechanism string
	wrong     string // the reply to wrong credentials, "" for the usual one
}

func (e *exchange) Next(response []byte) ([]byte, bool, error) {
	challenge, done, err := e.Server.Next(response)
	if errors.Is(err, sasl.ErrCredentials) && e.wrong != "" {
		return challenge, done, refusal(e.wrong)
	}
	return challenge, done, asReply(e.mechanism, err)
}

// asReply is the reply for an error of a mechanism, nil for nil. An error that
// is a reply stays what it is; the text of any other could repeat what the
// client sent and is not shown.
func asReply(mechanism string, err error) error {
	info, _ := sasl.Lookup(mechanism)
	if err == nil {
		return nil
	}
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return reply
	}
	switch {
	case errors.Is(err, sasl.ErrIdentity) && info.Needs != sasl.NeedsCertificate: // there it is the certificate that is for another
		return refusal("535 5.7.8 login refused: this user may not act as another user")
	case errors.Is(err, sasl.ErrCredentials):
		return refusal("535 5.7.8 login refused: " + whatIsWrong(mechanism))
	case errors.Is(err, sasl.ErrBinding):
		return refusal("535 5.7.8 login refused: the channel binding does not match")
	case errors.Is(err, sasl.ErrInitial):
		return refusal("501 5.7.0 in " + mechanism + " the server sends first: no initial response")
	case errors.Is(err, sasl.ErrSyntax):
		return refusal("501 5.5.2 this is not a response of " + mechanism)
	}
	return refusal("454 4.7.0 temporary authentication failure")
}

// whatIsWrong says no more than which kind of proof failed.
func whatIsWrong(mechanism string) string {
	switch info, _ := sasl.Lookup(mechanism); info.Needs {
	case sasl.NeedsToken:
		return "the access token is not accepted"
	case sasl.NeedsCertificate:
		return "the certificate is not for that user"
	}
	return "username or password is wrong"
}
