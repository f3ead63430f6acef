package words

import (
	"strings"

	"ehlo/session/record"
)

// Phase names a phase as the field writes it; empty for none.
func Phase(p record.Phase) string {
	switch p {
	case record.PhaseResolve:
		return "name lookup"
	case record.PhaseConnect:
		return "TCP connection"
	case record.PhaseGreeting:
		return "greeting"
	case record.PhaseHandshake:
		return "TLS handshake"
	case record.PhaseEHLOAgain:
		return "EHLO in TLS"
	}
	return strings.ToUpper(string(p))
}

// Taken are phases that were taken, in a few words: the first and the last of them.
func Taken(done []record.Phase) string {
	switch n := len(done); n {
	case 0:
		return ""
	case 1:
		return Phase(done[0])
	default:
		return Phase(done[0]) + " to " + Phase(done[n-1])
	}
}

// Steps says what to do where a part of a session is what matters: from a phase to another, where one may be empty. It is empty for the whole.
func Steps(from, until record.Phase) string {
	switch {
	case from == "" && until == "":
		return ""
	case until == "":
		return "Take the steps from " + Phase(from) + " to the end."
	case from == "":
		return "Take the steps to " + Phase(until) + "."
	case from == until:
		return "Take the step " + Phase(from) + "."
	}
	return "Take the steps from " + Phase(from) + " to " + Phase(until) + "."
}
