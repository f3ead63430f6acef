package session

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// guardFor is the question to ask before a step; nil when there is none.
func guardFor(s Snapshot, st Step) *Guard {
	st = asTyped(s.State, st)
	for _, code := range guardsOf(s, st) {
		if !st.confirmed(code) {
			return newGuard(code, mechanismOf(s.State, st))
		}
	}
	return nil
}

// guardsOf lists the guards of a step, most serious first.
func guardsOf(s Snapshot, st Step) []string {
	var codes []string
	if sendsSecret(s, st) {
		codes = append(codes, secretGuards(s)...)
	}
	if s.Tampered && handsOverSecret(s.State, st) {
		codes = append(codes, "tampered-secret")
	}
	if goesOnUntrusted(s, st) {
		codes = append(codes, "cert-unverified")
	}
	if opensMessage(st) && !s.Start.Target.Lab {
		codes = append(codes, "real-message")
	}
	return codes
}

func secretGuards(s Snapshot) []string {
	p := s.Start.Policy
	switch s.State.Security {
	case SecurityVerified:
		return nil
	case SecurityPlain, "":
		if !p.AllowCleartextAuth {
			return []string{"cleartext-secret"}
		}
	default:
		if !p.AllowUnverified {
			return []string{"unverified-secret"}
		}
	}
	return nil
}

// sendsSecret reports whether a step would show a server something as good as a password. What a person types into an
// exchange counts as a secret: nobody else can know what it is.
func sendsSecret(s Snapshot, st Step) bool {
	switch st.Verb {
	case VerbAuth:
		return risksSecret(st.Mechanism) || secretLine(st.Line)
	case VerbRespond:
		return st.Line != "" || risksSecret(s.State.Mechanism)
	case VerbRaw:
		return s.State.Auth == AuthExchange && st.Line != "*" || secretLine(st.Line)
	}
	return false
}

// risksSecret holds for every mechanism that uses a password or token: who sees a challenge and its answer, or makes
// the challenge, can guess the password at leisure (RFC 5802 §9). It holds for unknown mechanisms too: caution costs a
// key press.
func risksSecret(mechanism string) bool {
	info, ok := sasl.Lookup(mechanism)
	return !ok || info.Needs == sasl.NeedsPassword || info.Needs == sasl.NeedsToken
}

// handsOverSecret reports whether a step gives the password or token itself away, and not only a proof of it. What a
// person types may be either.
func handsOverSecret(s State, st Step) bool {
	name := mechanismOf(s, st)
	info, known := sasl.Lookup(name)
	switch st.Verb {
	case VerbAuth, VerbRespond:
		return !known || handsOver(name) || info.Needs == sasl.NeedsToken
	case VerbRaw:
		return s.Auth == AuthExchange && st.Line != "*" || secretLine(st.Line)
	}
	return false
}

// secretLine reports whether a typed line is an AUTH command with a response in it.
func secretLine(line string) bool {
	words := strings.Fields(line)
	return len(words) > 2 && strings.EqualFold(words[0], "AUTH")
}

// goesOnUntrusted reports whether a step goes on over TLS to nobody knows whom, against the policy. QUIT is always
// allowed, and so is reading.
func goesOnUntrusted(s Snapshot, st Step) bool {
	if untrusted(s) == nil {
		return false
	}
	switch st.Verb {
	case VerbQuit, VerbResolve, VerbConnect, VerbGreeting:
		return false
	}
	return true
}

func opensMessage(st Step) bool {
	word := commandWord(st.Line)
	return st.Verb == VerbData || st.Verb == VerbBdat || st.Verb == VerbRaw && (word == "DATA" || word == "BDAT")
}

var questions = map[string]string{
	"cleartext-secret":  "send the secret in clear text?",
	"unverified-secret": "send the secret to a server that did not prove its name?",
	"tampered-secret":   "send the secret although somebody seems to sit in between?",
	"cert-unverified":   "go on although the certificate does not hold?",
	"real-message":      "send a real message to a real server?",
}

// newGuard asks, and says what is at stake with that mechanism.
func newGuard(code, mechanism string) *Guard {
	g := &Guard{Code: code, Question: questions[code]}
	if e, ok := explain.Finding(code); ok {
		g.Why = e.Text
	}
	if info, ok := sasl.Lookup(mechanism); ok && strings.HasSuffix(code, "-secret") {
		who := map[string]string{"cleartext-secret": "somebody who listens", "unverified-secret": "whoever answers here",
			"tampered-secret": "whoever ends TLS here"}[code]
		gains := strings.Replace(info.Eavesdropper, "nothing:", "gains nothing:", 1)
		g.Why = fmt.Sprintf("With AUTH %s %s %s. %s", info.Name, who, gains, g.Why)
	}
	return g
}

// mechanismOf is the mechanism that a step belongs to, empty if it does not say.
func mechanismOf(s State, st Step) string {
	words := strings.Fields(st.Line)
	switch {
	case st.Verb == VerbRespond:
		return s.Mechanism
	case st.Mechanism != "":
		return st.Mechanism
	case len(words) > 1:
		return words[1]
	}
	return ""
}

func visibleList(words []string) string {
	return wire.VisibleString(strings.Join(words, " "))
}
