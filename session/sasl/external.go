package sasl

import "unicode/utf8"

const externalRef = "RFC 4422 app. A"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "EXTERNAL", Family: "EXTERNAL", Status: "standards track", Ref: "RFC 4422 app. A", Needs: NeedsCertificate,
		Summary:      "the client uses the identity in the certificate that it presented in TLS",
		Eavesdropper: hearsNothing, NeedsTLS: true, ClientFirst: true, Authzid: true, Supported: true},
		place: 100, why: whyNoSecret, short: shortNoSecret, lines: 1,
		client:  func(s settings) (stepper, error) { return newExternal(s) },
		server:  func(s *Server) serverStepper { return serverOnce(s.external) },
		message: openPublic,
		slips:   otherField,
		tools: func() []Tool {
			return []Tool{publicTool("the identity to act as; empty for the identity in the certificate", publicInput("authzid", "an empty message is sent as = in the AUTH command"))}
		},
	}}
})

// external is EXTERNAL: who the client is has been shown by its TLS certificate; the message only says whom to act
// as. It is usually empty, which is "=" after the AUTH command.
type external struct{ authzid string }

func newExternal(s settings) (*external, error) {
	return &external{authzid: s.credentials.Authzid}, plainField("authorization identity", s.credentials.Authzid)
}

func (m *external) start() (Response, error) {
	how := "the identity to act as"
	if m.authzid == "" {
		how = "empty: the identity in the certificate"
	}
	return Response{Data: []byte(m.authzid), Values: []Value{text("authz-id", m.authzid, how, externalRef)}}, nil
}

func (m *external) next([]byte) (Challenge, Response, error) {
	return Challenge{}, Response{}, unexpected(externalRef)
}

func (m *external) done() ([]Finding, error) { return unproven("RFC 4422 app. A.3"), nil }

func (s *Server) external(response []byte) error {
	if s.cfg.Identity == "" {
		return ErrCredentials
	}
	return s.accept(s.cfg.Identity, string(response), ByCertificate)
}

// openPublic opens a message that is text and no secret.
func openPublic(b []byte) ([]Value, bool) {
	return []Value{printable("message", b, "not secret", "")}, utf8.Valid(b)
}

// publicTool makes a message of one text that is no secret and may be empty.
func publicTool(does string, input Input) Tool {
	t := textTool("message")
	t.Does, t.Hides, t.Inputs = does, "", []Input{input.optional()}
	return t
}
