package session

import (
	"fmt"
	"strings"

	"ehlo/session/sasl"
)

// expose notes what a line gives away that has just gone out unprotected, or to a server that did not prove its name.
// In one exchange the same thing is said once.
func (s *Session) expose(o outgoing) {
	if o.exposes == "" || s.state.Security == SecurityVerified {
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
	text := fmt.Sprintf("a %s computed from the password %s: %s cannot log in with it", kindOfProof(mechanism), way, who)
	if strings.HasPrefix(mechanism, "SCRAM-") {
		return text + ", and can guess the password offline, slowed down by the salt and the iteration count"
	}
	return text + ", and can guess the password offline, at full speed"
}

func kindOfProof(mechanism string) string {
	if strings.HasSuffix(mechanism, "-MD5") {
		return "digest"
	}
	return "proof"
}

// giving is what a step shows a server.
type giving string

const (
	givesNothing giving = ""
	givesLater   giving = "later" // nothing yet, but the line begins an exchange that will
	givesProof   giving = "proof" // something to guess the password from
	givesSecret  giving = "secret"
	givesTyped   giving = "typed" // nobody but the person who typed it knows what is in it
)

// gives judges a step. An unknown mechanism counts as one that hands the secret over: caution costs a key press.
func gives(s Snapshot, st Step) giving {
	switch {
	case st.Verb == VerbAuth && st.Line == "":
		return givesFirst(st)
	case st.Verb == VerbCancel, s.State.Auth == AuthExchange && st.Line == "*":
		return givesNothing
	case st.Verb == VerbRespond || st.Verb == VerbRaw && s.State.Auth == AuthExchange:
		if st.Line != "" {
			return givesTyped
		}
		return givesPending(s.State.Pending, st)
	case st.holds, byHand(st) && s.State.Transaction != TransactionData && SecretStart(st.Line) >= 0,
		st.Verb == VerbAuth && SecretStart(st.Line) >= 0:
		return givesTyped
	}
	return givesNothing
}

// givesFirst is what an AUTH command gives that the mechanism builds.
func givesFirst(st Step) giving {
	info, known := sasl.Lookup(st.Mechanism)
	switch {
	case !known:
		return givesTyped
	case info.Needs != sasl.NeedsPassword && info.Needs != sasl.NeedsToken:
		return givesNothing
	case info.ClientFirst && (handsOver(info.Name) || info.Needs == sasl.NeedsToken) && st.Auth.Initial != InitialNo:
		return givesSecret
	}
	return givesLater
}

// givesPending is what the prepared response gives.
func givesPending(p *Pending, st Step) giving {
	switch {
	case p == nil, p.Cancel, st.Edited, st.Verb == VerbRaw: // an empty line
		return givesNothing
	case p.Hides == sasl.HidesPassword, p.Hides == sasl.HidesToken:
		return givesSecret
	case p.Hides != "":
		return givesProof
	}
	return givesNothing
}
