package sasl

// DoneByHand judges a 235 at the end of an exchange whose responses a person gave, so that nothing here can compute
// what the server had to prove: lines is how many responses went out, and proved says that a challenge held the
// server's proof ([HoldsProof]). The error is as from [Mechanism].Done.
func DoneByHand(mechanism string, lines int, proved bool) ([]Finding, error) {
	m, known := find(mechanism)
	switch {
	case !known:
		return nil, nil
	case lines < max(m.lines, 1):
		return nil, named(tooEarly(), m.Name)
	case !m.ProvesServer:
		return unproven(m.Ref), nil
	case m.proof != nil && !proved:
		return nil, named(serverSilent(m.Ref), m.Name)
	}
	return []Finding{{Code: CodeUnchecked, Severity: severityWarn, Ref: m.Ref,
		Text: "the server's proof was not checked: a response was typed by hand, and the expected proof depends on it"}}, nil
}

// HoldsProof reports whether a challenge, decoded, has the form of the server's proof, right or wrong.
func HoldsProof(mechanism string, challenge []byte) bool {
	m, _ := find(mechanism)
	return m.proof != nil && m.proof(challenge)
}

// AsksUsername reports whether a challenge asks for the username, as the first prompt of LOGIN does.
func AsksUsername(mechanism string, challenge []byte) bool {
	m, _ := find(mechanism)
	return m.asksName != nil && m.asksName(challenge)
}

// serverSilent is the error for 235 from a server that had to prove itself first.
func serverSilent(ref string) error {
	return &Error{Code: CodeServerSilent, Ref: ref,
		Text: "the server reported success without proving that it knows the account"}
}
