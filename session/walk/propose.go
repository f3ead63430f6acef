package walk

import (
	"fmt"
	"strings"

	"ehlo/session/certificate"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// propose is what a good client would do next towards the goal.
func Propose(s record.Snapshot, g Goal) Option {
	v, blocked := nextVerb(s, g)
	o := proposal(s, g, v)
	o.Proposed, o.Blocked = true, blocked
	if blocked != nil {
		o.Why = whyBlocked(s, blocked)
	}
	return o
}

// whyBlocked is the reason in short: of a certificate the findings have the whole sentence.
func whyBlocked(s record.Snapshot, blocked *record.Error) string {
	if blocked.Finding != "cert-unverified" || s.TLS == nil {
		return blocked.Text
	}
	var faults []string
	for i, c := range s.TLS.Checks {
		if e, ok := explain.Finding(c.Finding); ok && c.Failed() && !certificate.FoundBefore(s.TLS.Checks[:i], c) {
			faults = append(faults, e.Short)
		}
	}
	return "the certificate does not hold: " + strings.Join(faults, "; ")
}

func proposal(s record.Snapshot, g Goal, v record.Verb) Option {
	if v == record.VerbAuth {
		return AuthOptions(s, g)[0]
	}
	o := option(s, g, v)
	o.Why = whyHere(s, v, o.Why)
	return o
}

// whyHere sharpens a reason where the place in the walk says more.
func whyHere(s record.Snapshot, v record.Verb, why string) string {
	switch {
	case v == record.VerbEHLO && s.State.Has(record.PhaseSTARTTLS):
		return "ask again: what was said before TLS must be forgotten (RFC 3207 §4.2)"
	case s.State.Stage == record.StageBroken:
		return "close the connection: nothing more can be sent on it"
	case v == record.VerbSTARTTLS:
		return "the server offers TLS: start it before anything worth protecting is said"
	case v == record.VerbResolve && fallsBack(s):
		return "TLS failed and the policy is opportunistic: connect again and go on without"
	case v == record.VerbResolve && s.State.Stage == record.StageClosed:
		return "the connection is closed: start again from the name"
	case v == record.VerbRespond:
		return whyRespond(s.State.Pending, why)
	}
	return why
}

// whyRespond says what kind of answer is ready, which its mask does not.
func whyRespond(p *record.Pending, why string) string {
	switch {
	case p == nil:
		return why
	case p.Line == "":
		return "everything has been said: an empty line lets the server finish"
	case p.Hides == sasl.HidesPassword:
		return why + ": with the password, in base64"
	case p.Hides == sasl.HidesProof:
		return why + ": with a proof computed from the password, which stays here"
	case p.Hides == sasl.HidesDigest:
		return why + ": with a digest of the challenge, keyed by the password, which stays here"
	}
	return why
}

// fallsBack reports whether TLS has just failed under a policy that goes on without. It does so on a new connection:
// after a failed handshake nothing can be said on the old one.
func fallsBack(s record.Snapshot) bool {
	st := s.State
	return st.Stage == record.StageClosed && s.Start.Policy.Must == record.MustOpportunistic && st.FailedAt(record.PhaseHandshake) &&
		st.Has(record.PhaseSTARTTLS) && !st.FailedAt(record.PhaseResolve)
}

// nextVerb walks the route. The error says why the walk cannot go on as asked; the verb is then a way out.
func nextVerb(s record.Snapshot, g Goal) (record.Verb, *record.Error) {
	st, p := s.State, s.Start.Policy
	switch st.Stage {
	case record.StageIdle:
		return record.VerbResolve, nil
	case record.StageResolved:
		return record.VerbConnect, nil
	case record.StageClosed:
		return record.VerbResolve, nil
	case record.StageConnected:
		if p.Start == record.StartImplicit && !st.Security.Encrypted() {
			return record.VerbHandshake, nil
		}
		return record.VerbGreeting, untrusted(s) // QUIT is for a server that has spoken
	case record.StageUpgrading:
		return record.VerbHandshake, nil
	case record.StageGreeted:
		return nextGreeted(s, g)
	case record.StageReady:
		return nextReady(s, g)
	}
	return record.VerbQuit, nil // refused or broken: closing is all that is left
}

func reached(st record.State, g Goal, p record.Phase) bool { return g.Until == p && st.Has(p) }

// untrusted stops the walk after a handshake whose certificate does not hold (RFC 3207 §4.1 recommends QUIT then).
func untrusted(s record.Snapshot) *record.Error {
	p := s.Start.Policy
	if s.State.Security != record.SecurityUnverified || p.Must != record.MustRequire || p.AllowUnverified {
		return nil
	}
	return &record.Error{Phase: record.PhaseHandshake, Verb: record.VerbHandshake, Finding: "cert-unverified", Exit: record.ExitCertificate,
		Text: "the certificate does not hold: " + certificate.FailedChecks(s.TLS), Hint: certificate.FirstRemedy(s.TLS) + "; --allow-unverified goes on all the same"}
}

func nextGreeted(s record.Snapshot, g Goal) (record.Verb, *record.Error) {
	st := s.State
	if b := untrusted(s); b != nil {
		return record.VerbQuit, b
	}
	switch {
	case reached(st, g, record.PhaseGreeting), reached(st, g, record.PhaseHandshake):
		return record.VerbQuit, nil
	case !st.FailedAt(PhaseOf(record.VerbEHLO, st)):
		return record.VerbEHLO, nil
	case !st.TriedHELO && s.Reply != nil && s.Reply.Code/100 == 5:
		return record.VerbHELO, nil // RFC 5321 §3.2: fall back where EHLO is not known
	}
	return record.VerbQuit, nil
}

func nextReady(s record.Snapshot, g Goal) (record.Verb, *record.Error) {
	st := s.State
	if st.Auth == record.AuthExchange {
		return nextInExchange(st, g)
	}
	if st.Transaction == record.TransactionData {
		return record.VerbContent, nil
	}
	if reached(st, g, record.PhaseEHLO) {
		return record.VerbQuit, nil
	}
	if v, b, decided := nextSecurity(s, g); decided {
		return v, b
	}
	if record.Before(g.Until, record.PhaseAuth) { // reached, or not on this route
		return record.VerbQuit, nil
	}
	if v, b, decided := nextAuth(s, g); decided {
		return v, b
	}
	return nextMail(s, g)
}

// nextInExchange answers a challenge, or gives up where there is no answer: after a bare AUTH that was insisted on the
// server may well go on.
func nextInExchange(st record.State, g Goal) (record.Verb, *record.Error) {
	switch {
	case st.Pending == nil && g.Insist:
		return record.VerbCancel, &record.Error{Phase: record.PhaseAuth, Verb: record.VerbAuth, Finding: "auth-not-possible", Exit: record.ExitNoAuth,
			Text: "the server goes on with AUTH " + st.Mechanism + ", and there is nothing to answer it with", Hint: "give what the mechanism needs"}
	case st.Pending == nil || st.Pending.Cancel:
		return record.VerbCancel, nil
	}
	return record.VerbRespond, nil
}

// nextSecurity decides about STARTTLS.
func nextSecurity(s record.Snapshot, g Goal) (record.Verb, *record.Error, bool) {
	st, p := s.State, s.Start.Policy
	if b := untrusted(s); b != nil {
		return record.VerbQuit, b, true
	}
	if st.Security.Encrypted() || p.Start != record.StartSTARTTLS {
		return "", nil, false
	}
	offered := s.Capabilities != nil && s.Capabilities.Has("STARTTLS")
	failed := st.FailedAt(record.PhaseSTARTTLS) || st.FailedAt(record.PhaseHandshake)
	switch {
	case offered && !failed:
		return record.VerbSTARTTLS, nil, true
	case p.Must == record.MustRequire:
		return record.VerbQuit, noSTARTTLS(offered), true
	case g.Until == record.PhaseSTARTTLS || g.Until == record.PhaseHandshake || g.Until == record.PhaseEHLOAgain:
		return record.VerbQuit, noSTARTTLS(offered), true
	}
	return "", nil, false
}

func noSTARTTLS(offered bool) *record.Error {
	e := &record.Error{Phase: record.PhaseSTARTTLS, Verb: record.VerbSTARTTLS, Finding: "starttls-missing", Exit: record.ExitSTARTTLS,
		Text: "no STARTTLS stands in the list that arrived here, and the policy requires TLS",
		Hint: "use submissions://, which is TLS from the first byte; compare the list from another network: something on the path may have removed it; ask the operator"}
	if offered {
		e.Finding, e.Text = "starttls-refused", "STARTTLS did not lead to TLS, and the policy requires it"
	}
	return e
}

// nextAuth decides about AUTH.
func nextAuth(s record.Snapshot, g Goal) (record.Verb, *record.Error, bool) {
	st := s.State
	if !g.wantsAuth() || st.Auth == record.AuthDone {
		return "", nil, false
	}
	if st.FailedAt(record.PhaseAuth) {
		return record.VerbQuit, nil, true
	}
	if why := authImpossible(s, g); why != nil {
		return record.VerbQuit, why, true
	}
	return record.VerbAuth, nil, true
}

func authImpossible(s record.Snapshot, g Goal) *record.Error {
	e := &record.Error{Phase: record.PhaseAuth, Verb: record.VerbAuth, Finding: "auth-not-possible", Exit: record.ExitNoAuth}
	var offered []string
	if s.Capabilities != nil {
		offered = s.Capabilities.AuthMechanisms()
	}
	switch {
	case record.Bound(strings.ToUpper(g.Mechanism)) && !s.State.Security.Encrypted():
		e.Text = fmt.Sprintf("AUTH %s is not possible without TLS: it is bound to the TLS connection, and there is none", strings.ToUpper(g.Mechanism))
		e.Hint = "start TLS first, or take the mechanism without -PLUS"
		return e
	case g.Insist && g.Mechanism != "":
		return nil
	case len(offered) == 0:
		e.Text = "the server does not offer AUTH here"
		e.Hint = authMissingHint(s)
		return e
	case g.Mechanism != "" && !OffersMechanism(offered, g.Mechanism):
		e.Text = fmt.Sprintf("the server does not offer AUTH %s; it offers %s", strings.ToUpper(g.Mechanism), VisibleList(offered))
		e.Hint = "leave --auth out to use the best that is offered; --insist tries it all the same"
		return e
	case g.Mechanism != "":
		return nil
	}
	choices := RankMechanisms(s, g)
	if len(choices) > 0 && choices[0].Usable {
		return nil
	}
	e.Text = "no mechanism of the server can be used: " + missing(choices)
	e.Hint = "a password comes by $EHLO_PASSWORD or --password-file, a token by $EHLO_TOKEN or --token-file; --auth NAME --insist tries a mechanism without"
	return e
}

func authMissingHint(s record.Snapshot) string {
	switch {
	case !s.State.ESMTP:
		return "the server took HELO only, and AUTH needs EHLO (RFC 4954 §3)"
	case s.Start.Policy.Start == record.StartNever:
		return "TLS is switched off here, and many servers offer AUTH only inside TLS"
	case !s.State.Security.Encrypted():
		return "many servers offer AUTH only inside TLS: try STARTTLS first"
	}
	if s.Start.Target.Port == record.PortRelay {
		return "port 25 is for relaying between servers: submission with AUTH is on 587 or 465"
	}
	return "ask the operator which port takes authenticated submission"
}

func OffersMechanism(offered []string, name string) bool {
	for _, o := range offered {
		if strings.EqualFold(o, name) {
			return true
		}
	}
	return false
}

func missing(choices []sasl.Choice) string {
	var parts []string
	for _, c := range choices {
		parts = append(parts, VisibleList([]string{c.Name})+" ("+c.Missing+")")
	}
	return strings.Join(parts, ", ")
}

// nextMail decides about the transaction.
func nextMail(s record.Snapshot, g Goal) (record.Verb, *record.Error) {
	st := s.State
	stop := len(g.To) == 0 || st.Delivered > 0 || reached(st, g, record.PhaseAuth) ||
		st.FailedAt(record.PhaseMail) || st.FailedAt(record.PhaseData)
	switch {
	case stop, g.Until == record.PhaseAuth:
		return record.VerbQuit, nil
	case st.Transaction == record.TransactionNone && !reached(st, g, record.PhaseMail):
		return record.VerbMail, nil
	case reached(st, g, record.PhaseMail):
		return record.VerbQuit, nil
	case len(st.Recipients)+len(st.Refused) < len(g.To):
		return record.VerbRcpt, nil
	case len(st.Recipients) == 0, reached(st, g, record.PhaseRcpt):
		return record.VerbQuit, nil
	case st.Transaction == record.TransactionBdat:
		return record.VerbBdat, nil
	case !s.Start.Target.Lab && !g.SendMessage:
		return record.VerbQuit, nil // on other people's servers the walk stops before a message is sent
	}
	return record.VerbData, nil
}
