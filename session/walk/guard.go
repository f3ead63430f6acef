package walk

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// GuardFor is the question to ask before a step; nil when there is none. No secret is known to it: see [Prepare].
func GuardFor(s record.Snapshot, st record.Step) *Guard { return Prepare(s, st, nil).Guard }

// guardFor is the first question to ask before a prepared step that was not answered.
func guardFor(s record.Snapshot, st record.Step) *Guard {
	for _, code := range guardsOf(s, st) {
		if !st.HasConfirmed(code) {
			g := newGuard(code, gives(s, st), mechanismOf(s.State, st))
			g.Phase = PhaseOf(meant(st), s.State)
			return g
		}
	}
	return nil
}

// meant is the verb of a step, that of the command where a line was typed.
func meant(st record.Step) record.Verb {
	if v, ok := CommandVerb(st.Line); ok && st.Verb == record.VerbRaw {
		return v
	}
	return st.Verb
}

// guardsOf lists the guards of a step, most serious first.
func guardsOf(s record.Snapshot, st record.Step) []record.FindingCode {
	var codes []record.FindingCode
	if gives(s, st) != givesNothing && !impossible(s, st) {
		codes = append(codes, secretGuards(s)...)
	}
	if s.Tampered && handsOverSecret(s, st) {
		codes = append(codes, record.FoundTamperedSecret)
	}
	if goesOnUntrusted(s, st) {
		codes = append(codes, record.FoundCertificateUnverified)
	}
	if several(s, st) {
		codes = append(codes, record.FoundManyLogins)
	}
	if st.Verb == record.VerbExperiment && !OwnServer(s) {
		codes = append(codes, record.FoundRuleBreaking)
	}
	if opensMessage(st) && !s.Start.Target.Lab {
		codes = append(codes, record.FoundRealMessage)
	}
	return codes
}

// secretGuards ask before anything of a secret goes where others may read it.
func secretGuards(s record.Snapshot) (codes []record.FindingCode) {
	p := s.Start.Policy
	if !s.State.Security.Encrypted() {
		return when(!p.AllowCleartextAuth, record.FoundCleartextSecret)
	}
	if s.State.Security.Unverified() {
		codes = when(!p.AllowUnverifiedAuth, record.FoundUnverifiedSecret)
	}
	return append(codes, when(isObsolete(s.TLS) && !p.AllowObsoleteAuth, record.FoundObsoleteSecret)...)
}

func when(is bool, code record.FindingCode) []record.FindingCode {
	if !is {
		return nil
	}
	return []record.FindingCode{code}
}

// isObsolete reports whether TLS has a version that must not be used, least of all for mail (RFC 8996 §4 and §5, RFC 8997 §3).
func isObsolete(t *record.TLS) bool {
	return t != nil && slices.Contains([]string{"SSL 3.0", "TLS 1.0", "TLS 1.1"}, t.Version)
}

// impossible reports whether the mechanism cannot even begin, so that nothing can be given away: there is no TLS for it
// to bind to (RFC 5802 §6).
func impossible(s record.Snapshot, st record.Step) bool {
	return st.Verb == record.VerbAuth && st.Line == "" && isBound(st.Mechanism) && !s.State.Security.Encrypted()
}

// handsOverSecret reports whether a step gives the password or token itself away or begins to, and not only a proof of
// it. What a person types may be either.
func handsOverSecret(s record.Snapshot, st record.Step) bool {
	name := mechanismOf(s.State, st)
	info, known := sasl.Lookup(name)
	switch gives(s, st) {
	case givesNothing:
		return false
	case givesTyped:
		return true
	}
	return !known || handsOver(name) || info.Needs == sasl.NeedsToken
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
	if n := len(st.Group); n > 0 {
		return commandWord(st.Group[n-1]) == "DATA"
	}
	word := commandWord(st.Line)
	return st.Verb == record.VerbData || st.Verb == record.VerbBdat || st.Verb == record.VerbRaw && (word == "DATA" || word == "BDAT")
}

var questions = lazy.Table[record.FindingCode, string]{
	{record.FoundCleartextSecret, "send the secret in cleartext?"},
	{record.FoundUnverifiedSecret, "send the secret to a server whose identity is not verified?"},
	{record.FoundObsoleteSecret, "send the secret through a TLS version that must not be used?"},
	{record.FoundTamperedSecret, "send the secret although there may be an attacker on the path?"},
	{record.FoundCertificateUnverified, "continue although the certificate failed verification?"},
	{record.FoundManyLogins, "log in by this mechanism too, although logins that fail may lock the account?"},
	{record.FoundRuleBreaking, "break a rule of SMTP on this server, and is it yours?"},
	{record.FoundRealMessage, "send a real message to a real server?"},
}

// newGuard asks, and says what this line gives away, and to whom.
func newGuard(code record.FindingCode, g giving, mechanism string) *Guard {
	guard := &Guard{Code: code, Mechanism: strings.ToUpper(mechanism), Question: questions.Of(code)}
	e, _ := explain.Finding(string(code))
	guard.Why = e.Text
	if g == givesNothing || !strings.HasSuffix(string(code), "-secret") {
		return guard
	}
	info, known := sasl.Lookup(mechanism)
	with := ""
	if known {
		with = fmt.Sprintf("With AUTH %s %s %s. ", info.Name, listeners.Of(code), info.Eavesdropper)
	}
	hands := !known || handsOver(info.Name) || info.Needs == sasl.NeedsToken
	switch {
	case g == givesTyped:
		guard.Why = "The typed line may contain a password or token. " + with + dangers.Of(code)
	case g == givesLater && hands:
		guard.Why = fmt.Sprintf("This line reveals nothing yet, but the %s itself follows it. %s%s", info.Needs, with, dangers.Of(code))
	case g == givesLater:
		guard.Why = "This line reveals nothing yet. The password itself is never sent: a value computed from it follows. " + with + dangers.Of(code)
	case g == givesProof:
		guard.Why = "The next line contains a value computed from the password; the password itself is not sent. " + with + dangers.Of(code)
	default:
		guard.Why = with + e.Text
	}
	return guard
}

// listeners are who gains something, and dangers why, by the code of the guard.
var (
	listeners = lazy.Table[record.FindingCode, string]{{record.FoundCleartextSecret, "an eavesdropper"}, {record.FoundUnverifiedSecret, "the peer"},
		{record.FoundObsoleteSecret, "an attacker who breaks the encryption"}, {record.FoundTamperedSecret, "an attacker who terminates TLS"}}
	dangers = lazy.Table[record.FindingCode, string]{{record.FoundCleartextSecret, "The connection is not encrypted, and base64 hides nothing."},
		{record.FoundUnverifiedSecret, "The server's certificate was not verified, so the server may be an impostor."},
		{record.FoundObsoleteSecret, "The TLS version is obsolete and must not be used: it relies on algorithms that are known to be weak."},
		{record.FoundTamperedSecret, "An earlier login showed signs of an attacker on the path."}}
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

func visibleList(words []string) string {
	return wire.VisibleString(strings.Join(words, " "))
}
