package engine

import (
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// expose notes what a line gives away that has just gone out unprotected, or to a server that did not prove its name.
// In one exchange the same thing is said once.
func (s *Session) expose(o outgoing) {
	if o.exposes == "" || s.state.Security == record.SecurityVerified {
		return
	}
	if x := s.auth; x != nil {
		if x.exposed == o.exposes {
			return
		}
		x.exposed = o.exposes
	}
	s.exposed = o.exposes
}

// findExposed says what was given away in the step: the secret itself, or something that it can be guessed from.
func (s *Session) findExposed() {
	kind := s.exposed
	s.exposed = ""
	switch kind {
	case "":
	case sasl.HidesPassword, sasl.HidesToken:
		s.find("secret-exposed", "")
	default:
		s.find("proof-exposed", s.provedTo(s.state.Mechanism))
	}
}

// provedTo says who can guess at a password, and how fast.
func (s *Session) provedTo(mechanism string) string {
	way, who := "crossed the network in clear text", "whoever listened"
	if s.state.Security.Encrypted() {
		way, who = "went to a server that did not prove its name", "whoever answered"
	}
	text := fmt.Sprintf("a %s computed from the password %s: %s cannot log in with it", walk.KindOfProof(mechanism), way, who)
	if strings.HasPrefix(mechanism, "SCRAM-") {
		return text + ", and can guess the password offline, slowed down by the salt and the iteration count"
	}
	return text + ", and can guess the password offline, at full speed"
}
