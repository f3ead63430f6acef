package sasl

import (
	"strings"
)

// DoneByHand judges a 235 at the end of an exchange whose responses a person gave, so that nothing here can compute
// what the server had to prove: lines is how many responses went out, and proved says that a challenge held the
// server's proof ([HoldsProof]). The error is as from [Mechanism].Done.
func DoneByHand(mechanism string, lines int, proved bool) ([]Finding, error) {
	name := strings.ToUpper(mechanism)
	info, known := Lookup(name)
	switch {
	case !known:
		return nil, nil
	case lines < fewestLines(name):
		return nil, named(tooEarly(), name)
	case !info.ProvesServer:
		return unproven(info.Ref), nil
	case shownProof(name) && !proved:
		return nil, named(serverSilent(info.Ref), name)
	}
	return []Finding{{Code: CodeUnchecked, Severity: SeverityWarn, Ref: info.Ref,
		Text: "the server's proof was not checked: a response was typed by hand, and what the server has to prove follows from it"}}, nil
}

// fewestLines is how many responses a client has to send before it has shown what the mechanism wants of it.
func fewestLines(name string) int {
	switch {
	case name == "LOGIN", strings.HasPrefix(name, "SCRAM-"):
		return 2
	}
	return 1
}

// shownProof reports whether the server's proof is a challenge of its own that can be recognised.
func shownProof(name string) bool { return name == "DIGEST-MD5" || strings.HasPrefix(name, "SCRAM-") }

// HoldsProof reports whether a challenge, decoded, has the form of the server's proof, right or wrong.
func HoldsProof(mechanism string, challenge []byte) bool {
	switch name := strings.ToUpper(mechanism); {
	case strings.HasPrefix(name, "SCRAM-"):
		final, err := parseServerFinal(challenge)
		return err == nil && final.verifier != nil
	case name == "DIGEST-MD5":
		all, err := parseDirectives(challenge)
		_, there := all.only("rspauth")
		return err == nil && there
	}
	return false
}

// AsksUsername reports whether a prompt of LOGIN asks for the user name.
func AsksUsername(challenge []byte) bool {
	asks, known := loginPrompt(string(challenge))
	return known && asks == loginUsername
}

// serverSilent is the error for 235 from a server that had to prove itself first.
func serverSilent(ref string) error {
	return &Error{Code: CodeServerSilent, Ref: ref,
		Text: "the server says success without having proved that it knows the account",
		Hint: "do not send it anything; a false server can say 235 to everything"}
}
