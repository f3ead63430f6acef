package sasl

const externalRef = "RFC 4422 app. A"

// external is EXTERNAL: who the client is has been shown by its TLS certificate; the message only says whom to act
// as. It is mostly empty, which is "=" behind the AUTH command.
type external struct{ authzid string }

func newExternal(s settings) (*external, error) {
	return &external{authzid: s.credentials.Authzid}, plainField("authorization identity", s.credentials.Authzid)
}

func (m *external) start() (Response, error) {
	how := "the identity to act as"
	if m.authzid == "" {
		how = "empty: the identity that the certificate gives"
	}
	return Response{Data: []byte(m.authzid), Values: []Value{text("authz-id", m.authzid, how, externalRef)}}, nil
}

func (m *external) next([]byte) (Challenge, Response, error) {
	return Challenge{}, Response{}, unexpected(externalRef)
}

func (m *external) done() ([]Finding, error) { return unproven("RFC 4422 app. A.3"), nil }
