package walk

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// authenticated thinks one half of a round of AUTH through. What the values of a secret are worth only the one who knows it
// can say, so the mechanism's findings come with the event.
func (t *taking) authenticated(a *record.Auth) {
	broken := a.Outcome == record.AuthUnproved || a.Outcome == record.AuthUnanswerable || a.Outcome == record.AuthImpossible
	for i, f := range a.Findings {
		t.fromMechanism(f, broken && i == len(a.Findings)-1)
	}
	switch {
	case a.Outcome == record.AuthSucceeded:
		t.state.User = a.User
	case a.Outcome == record.AuthUnproved:
		t.state.Stage, t.state.Auth, t.state.Pending = record.StageBroken, record.AuthNone, nil
	case a.Outcome == record.AuthUnanswerable: // no answer is better than a wrong one
		t.state.Pending = &record.Pending{Line: "*", Cancel: true}
	case a.Outcome == "" && a.From == "S":
		t.state.Pending = a.Next
	}
}

// fromMechanism records what a mechanism points at. That it leaves the proof of the server to the certificate matters only
// where the certificate proves nothing.
func (t *taking) fromMechanism(m sasl.Finding, failed bool) {
	code := record.FindingCode(m.Code)
	if m.Code == sasl.CodeUnproven {
		if t.state.Security == record.SecurityVerified {
			return
		}
		m.Text = unproven(t.state)
	}
	text := strings.TrimSuffix(m.Text, ".")
	if failed {
		text += t.where()
	}
	f := t.find(code, sentence(text))
	if m.Hint != "" {
		f.Remedy = m.Hint
	}
	if a := t.e.Auth; code == record.FoundAuthCredentialMissing && a != nil {
		f.Advice = credentialsFor(a.Mechanism)
	}
	if failed {
		f.Phase, f.Severity = record.PhaseAuth, cmp.Or(record.Severity(m.Severity), f.Severity)
		t.state = t.state.WithFailed(record.PhaseAuth)
	}
	if record.Tampered(code) {
		t.provedToImpostor()
	}
}

// credentialsFor is what to give a mechanism that lacks something; nil where that is a password, as the row of the finding has it.
func credentialsFor(mechanism string) []record.Advice {
	if info, _ := sasl.Lookup(mechanism); info.Needs != sasl.NeedsToken {
		return nil
	}
	return []record.Advice{{Do: record.GiveToken}, {Do: record.TryMechanism}}
}

// provedToImpostor warns where a proof has gone to an attacker who plays the server, or sits inside TLS: the certificate is no
// help against that one, who can guess the password offline (RFC 5802 §9).
func (t *taking) provedToImpostor() {
	gives := ""
	if o := t.s.Sent; o != nil {
		gives = o.Gives
	}
	if gives != sasl.HidesProof && gives != sasl.HidesDigest || t.s.Exchange.Gave == gives {
		return
	}
	t.find(record.FoundProofExposed, guessed(t.state, "went to a server other than the intended one, or to another one as well", "the impostor"))
}

// where is the place of a failure inside an exchange: whose, and what the server had said.
func (t *taking) where() string {
	a := t.e.Auth
	as := ""
	if user := t.s.Start.User; user != "" {
		as = " as " + wire.VisibleString(user)
	}
	if a.From == "C" || t.s.Reply == nil {
		return fmt.Sprintf(" (AUTH %s%s to %s)", a.Mechanism, as, t.host())
	}
	return fmt.Sprintf(". %s had answered AUTH %s%s with %s%s", t.host(), a.Mechanism, as, codes(&t.s.Reply.Reply), inPlainText(&t.s.Reply.Reply))
}

// inPlainText quotes a reply that a person can read: base64 says nothing in a sentence, nor does what is masked.
func inPlainText(r *wire.Reply) string {
	text := r.Text()
	if _, err := base64.StdEncoding.DecodeString(text); err == nil || strings.Contains(text, sasl.Mask) {
		return ""
	}
	return quotedUpTo(r, 48)
}

// unproven says what a login leaves open where the certificate does not settle it.
func unproven(s record.State) string {
	if s.Security.Encrypted() {
		return "the mechanism does not authenticate the server, and its certificate does not either"
	}
	return "the mechanism does not authenticate the server, and without TLS nothing else does"
}

// explainAuth says what the mechanism is, once, with its first line, and of each further line only what that one tells.
func (t *taking) explainAuth(a *record.Auth) *explain.Explanation {
	x := &explain.Explanation{}
	e, known := explain.Mechanism(a.Mechanism)
	if known {
		x.Entries = []string{e.ID()}
	}
	if a.Outcome != "" && a.Outcome != record.AuthUnanswerable {
		x.Short, x.Text = authOver(a.Outcome)
		return x
	}
	x.Short, x.Text = authTells(a)
	if a.From == "S" || a.Round > 0 {
		return x
	}
	if known {
		x.Text, x.Refs = e.Text+" "+x.Text, e.Refs
	}
	x.Text += standingOf(a.Mechanism)
	t.tellChoices(a, x)
	return x
}

// tellChoices says what a person chose about the exchange.
func (t *taking) tellChoices(a *record.Auth, x *explain.Explanation) {
	var settings record.AuthSettings
	if a.Settings != nil {
		settings = *a.Settings
	}
	if chosen := settings.Words(a.Mechanism, a.ActsAs); chosen != "" {
		x.Short += ", " + wire.VisibleString(chosen)
		x.Text += " Chosen for this exchange: " + wire.VisibleString(chosen) + "."
	}
	if c := t.s.Capabilities; c == nil || !c.OffersAuth(a.Mechanism) {
		x.Text += " The server does not offer it here: it was tried on purpose."
	}
}

// standingOf is what a whole exchange is worth to someone who reads it, and to the client.
func standingOf(mechanism string) string {
	info, ok := sasl.Lookup(mechanism)
	if !ok {
		return ""
	}
	proves := "the server proves nothing, so only its certificate can"
	if info.ProvesServer {
		proves = "the server proves that it knows the account"
	}
	return fmt.Sprintf(" An eavesdropper on the whole exchange without TLS: %s. %s, %s; %s.",
		strings.TrimSuffix(info.Eavesdropper, "."), rankOf(info), info.Status, proves)
}

// rankOf is the place of a mechanism among those that this program speaks.
func rankOf(info sasl.Info) string {
	if !info.Supported {
		return "This program does not support it"
	}
	spoken := slices.DeleteFunc(sasl.Mechanisms(), func(i sasl.Info) bool { return !i.Supported })
	return fmt.Sprintf("It ranks %d of the %d that this program supports", info.Rank, len(spoken))
}

// authTells is what a line is, and what someone who reads this line without TLS learns from it.
func authTells(a *record.Auth) (short, text string) {
	if a.From == "S" {
		return authAsks(a)
	}
	switch a.Hides {
	case "*":
		return "the exchange is canceled", "Nothing more of the login is sent."
	case "typed":
		return "a line typed by hand", "This program does not know what it contains. Without TLS an eavesdropper can read it."
	case sasl.HidesPassword:
		return "the password is sent", "Without TLS an eavesdropper on this line has the password: base64 is not encryption."
	case sasl.HidesToken:
		return "the token is sent", "Without TLS an eavesdropper on this line can log in with the token for as long as it is valid: base64 is not encryption."
	case sasl.HidesProof, sasl.HidesDigest:
		return "a " + a.Hides + " is sent, not the password", "Without TLS an eavesdropper on this line, and on the challenge before it, can try passwords against the " + a.Hides + " offline."
	}
	first := a.Round == 0
	switch {
	case first && len(a.Values) == 0:
		return "only the mechanism: the server answers first", "This line contains no account data."
	case first:
		return "the mechanism with its first message", "Without TLS an eavesdropper learns the username, if this line has it, but no secret."
	}
	return "an answer without a secret", "Without TLS an eavesdropper learns what this line says, but no secret."
}

// authAsks is what a challenge gives away.
func authAsks(a *record.Auth) (short, text string) {
	info, ok := sasl.Lookup(a.Mechanism)
	switch {
	case a.Hides != "":
		return "the server's own proof", "It is computed from the password as well: without TLS an eavesdropper can try passwords against it."
	case ok && info.Needs == sasl.NeedsPassword && !handsOver(a.Mechanism):
		return "a challenge", "The challenge itself is not secret. An eavesdropper who also has the response can try passwords."
	}
	return "a challenge", "It is a question and contains no secret."
}

// authOver says how an exchange ended.
func authOver(outcome record.AuthOutcome) (short, text string) {
	switch outcome {
	case record.AuthSucceeded:
		return "the login is done", "It is valid for the rest of the session; a second AUTH gets 503 (RFC 4954 §4)."
	case record.AuthCanceled:
		return "the login was canceled", "The session continues as if AUTH had not been sent (RFC 4954 §4)."
	case record.AuthUnproved:
		return "a success without the server's proof", "The server reported success but did not prove that it knows the account."
	case record.AuthImpossible:
		return "the login cannot begin", "Nothing was sent."
	}
	return "the login failed", "The reply gives the reason, if the server states one."
}
