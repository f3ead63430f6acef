package walk

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// guardFor is the question to ask before a step; nil when there is none.
func GuardFor(s record.Snapshot, st record.Step) *Guard {
	st = AsTyped(s.State, st)
	for _, code := range guardsOf(s, st) {
		if !st.HasConfirmed(code) {
			return NewGuard(code, Gives(s, st), mechanismOf(s.State, st))
		}
	}
	return nil
}

// guardsOf lists the guards of a step, most serious first.
func guardsOf(s record.Snapshot, st record.Step) []string {
	var codes []string
	if Gives(s, st) != GivesNothing && !impossible(s, st) {
		codes = append(codes, secretGuards(s)...)
	}
	if s.Tampered && handsOverSecret(s, st) {
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

func secretGuards(s record.Snapshot) []string {
	p := s.Start.Policy
	switch s.State.Security {
	case record.SecurityVerified:
		return nil
	case record.SecurityPlain, "":
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

// impossible reports whether the mechanism cannot even begin, so that nothing can be given away: there is no TLS for it
// to bind to (RFC 5802 §6).
func impossible(s record.Snapshot, st record.Step) bool {
	return st.Verb == record.VerbAuth && st.Line == "" && record.Bound(strings.ToUpper(st.Mechanism)) && !s.State.Security.Encrypted()
}

// handsOverSecret reports whether a step gives the password or token itself away or begins to, and not only a proof of
// it. What a person types may be either.
func handsOverSecret(s record.Snapshot, st record.Step) bool {
	name := mechanismOf(s.State, st)
	info, known := sasl.Lookup(name)
	switch Gives(s, st) {
	case GivesNothing:
		return false
	case GivesTyped:
		return true
	}
	return !known || HandsOver(name) || info.Needs == sasl.NeedsToken
}

// goesOnUntrusted reports whether a step goes on over TLS to nobody knows whom, against the policy. QUIT is always
// allowed, and so is reading.
func goesOnUntrusted(s record.Snapshot, st record.Step) bool {
	if untrusted(s) == nil {
		return false
	}
	switch st.Verb {
	case record.VerbQuit, record.VerbResolve, record.VerbConnect, record.VerbGreeting:
		return false
	}
	return true
}

func opensMessage(st record.Step) bool {
	word := CommandWord(st.Line)
	return st.Verb == record.VerbData || st.Verb == record.VerbBdat || st.Verb == record.VerbRaw && (word == "DATA" || word == "BDAT")
}

var questions = map[string]string{
	"cleartext-secret":  "send the secret in clear text?",
	"unverified-secret": "send the secret to a server that did not prove its name?",
	"tampered-secret":   "send the secret although somebody seems to sit in between?",
	"cert-unverified":   "go on although the certificate does not hold?",
	"real-message":      "send a real message to a real server?",
}

// newGuard asks, and says what this line gives away, and to whom.
func NewGuard(code string, g Giving, mechanism string) *Guard {
	guard := &Guard{Code: code, Question: questions[code]}
	e, _ := explain.Finding(code)
	guard.Why = e.Text
	if g == GivesNothing || !strings.HasSuffix(code, "-secret") {
		return guard
	}
	info, known := sasl.Lookup(mechanism)
	with := ""
	if known {
		with = fmt.Sprintf("With AUTH %s %s %s. ", info.Name, listeners[code], info.Eavesdropper)
	}
	hands := !known || HandsOver(info.Name) || info.Needs == sasl.NeedsToken
	switch {
	case g == GivesTyped:
		guard.Why = "What was typed may hold a password or token. " + with + dangers[code]
	case g == GivesLater && hands:
		guard.Why = fmt.Sprintf("This line gives nothing away yet, and the %s itself follows it. %s%s", info.Needs, with, dangers[code])
	case g == GivesLater:
		guard.Why = "This line gives nothing away yet, and the password itself never goes out: something computed from it follows. " + with + dangers[code]
	case g == GivesProof:
		guard.Why = "The next line holds something computed from the password, and not the password. " + with + dangers[code]
	default:
		guard.Why = with + e.Text
	}
	return guard
}

// listeners are who gains something, and dangers why, by the code of the guard.
var (
	listeners = map[string]string{"cleartext-secret": "somebody who listens", "unverified-secret": "whoever answers here",
		"tampered-secret": "whoever ends TLS here"}
	dangers = map[string]string{"cleartext-secret": "The connection is not encrypted, and base64 hides nothing.",
		"unverified-secret": "The server's certificate was not verified, so it may be another server.",
		"tampered-secret":   "A log-in before showed that somebody seems to sit in between."}
)

// mechanismOf is the mechanism that a step belongs to, empty if it does not say.
func mechanismOf(s record.State, st record.Step) string {
	words := strings.Fields(st.Line)
	switch {
	case st.Verb == record.VerbRespond:
		return s.Mechanism
	case st.Mechanism != "":
		return st.Mechanism
	case len(words) > 1:
		return words[1]
	}
	return ""
}

func VisibleList(words []string) string {
	return wire.VisibleString(strings.Join(words, " "))
}
