package engine

import (
	"context"
	"errors"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// exchange is a run of AUTH (RFC 4954 §4).
type exchange struct {
	name    string
	mech    sasl.Mechanism // nil when only a person can know the responses
	user    string
	authzid string
	// unoffered is set when the mechanism was tried although the server does not list it
	unoffered bool
	settings  record.AuthSettings
	chosen    string // the settings in words
	round     int
	pending   *sasl.Response // what the mechanism would send next; nil means cancel
	refused   *sasl.Finding  // what the server said of a token before it said 535
	exposed   string         // what went out unprotected already, as [sasl.Response.Hides] has it
	asksName  bool           // LOGIN: the prompt wants the user name
	lines     int            // how many responses went out
	proved    bool           // a challenge held the server's proof, right or not
}

// authenticate sends AUTH. A typed line is sent as it is, its initial response masked.
func (s *Session) authenticate(ctx context.Context, st record.Step) error {
	if st.Line != "" {
		return s.authByHand(ctx, st)
	}
	x, start, err := s.begin(st)
	if err != nil {
		return err
	}
	s.auth = x
	s.foreseeAuth(x.name)
	line := sasl.Command(x.name, start)
	o := s.maskedLine(line, "AUTH "+x.name+" "+sasl.Mask, start.Hides, "AUTH", false)
	o.exposes = start.Hides
	if start.Data != nil {
		x.lines++
	}
	return s.round(ctx, st.Verb, o, start)
}

func (s *Session) begin(st record.Step) (*exchange, sasl.Response, error) {
	mech, err := s.mechanism(st.Mechanism, st.Credentials, st.Auth)
	if err != nil {
		return nil, sasl.Response{}, s.saslFailure(err, record.ExitNoAuth)
	}
	start, err := mech.Start()
	if err != nil {
		return nil, sasl.Response{}, s.saslFailure(err, record.ExitNoAuth)
	}
	s.state.Mechanism, s.state.User = mech.Name(), ""
	return newExchange(mech.Name(), mech, st.Credentials, st.Auth), start, nil
}

func newExchange(name string, mech sasl.Mechanism, c sasl.Credentials, a record.AuthSettings) *exchange {
	return &exchange{name: name, mech: mech, user: actsAs(name, c), authzid: c.Authzid, settings: a.Of(name), chosen: a.Words(name, c.Authzid)}
}

// actsAs is who the session is for after a success: the identity acted as, and nobody in particular after ANONYMOUS.
func actsAs(mechanism string, c sasl.Credentials) string {
	if info, _ := sasl.Lookup(mechanism); info.Needs == sasl.NeedsNothing {
		return "anonymous"
	}
	return record.OrElse(c.Authzid, c.Username)
}

// mechanism makes the client's side of an exchange with this server.
func (s *Session) mechanism(name string, c sasl.Credentials, a record.AuthSettings) (sasl.Mechanism, error) {
	c.Host, c.Port = record.OrElse(c.Host, s.reference()), s.cfg.Target.Port
	return sasl.New(name, c, s.binding(), s.offeredMechanisms(), a.Options()...)
}

func (s *Session) offeredMechanisms() []string {
	if s.snap.Capabilities == nil {
		return nil
	}
	return s.snap.Capabilities.AuthMechanisms()
}

// binding is the channel binding data of this TLS connection (RFC 9266, RFC 5929).
func (s *Session) binding() sasl.Binding {
	if s.tls == nil || len(s.tls.ConnectionState().PeerCertificates) == 0 {
		return sasl.Binding{}
	}
	cs := s.tls.ConnectionState()
	return sasl.NewBinding(cs, cs.PeerCertificates[0])
}

// saslFailure is an error of the mechanism's own, before anything was sent.
func (s *Session) saslFailure(err error, exit record.Exit) error {
	e := &record.Error{Phase: record.PhaseAuth, Exit: exit, Err: err, Text: "AUTH is not possible", Hint: "see the finding"}
	var m *sasl.Error
	if errors.As(err, &m) {
		e.Finding, e.Text, e.Hint = m.Code, m.Text, m.Hint
	}
	return s.fail(e)
}

// goesOut is what of a secret is in a line of the client, "typed" where nobody knows.
func goesOut(v record.Verb, o outgoing) string {
	switch {
	case v == record.VerbCancel:
		return "*"
	case o.exposes == "" && len(o.masked) > 0:
		return o.masked[0]
	}
	return o.exposes
}

// round sends one line of the exchange, reads the reply and prepares the next response.
func (s *Session) round(ctx context.Context, v record.Verb, o outgoing, r sasl.Response) error {
	if err := s.send(ctx, o); err != nil {
		return err
	}
	s.recordAuth("C", s.auth.name, r.Values, goesOut(v, o), "")
	release := s.bound(ctx)
	reply, event, err := s.read("AUTH", false)
	release()
	if err != nil {
		s.append(event)
		return s.unreadable(ctx, err, "AUTH")
	}
	if reply.Code == 334 && v != record.VerbCancel {
		return s.challenged(v, reply, event)
	}
	s.append(event)
	s.findDefects(reply)
	if reply.Code == 334 {
		return s.uncancelled()
	}
	return s.authOver(v, o, reply)
}
