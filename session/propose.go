package session

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
)

// propose is what a good client would do next towards the goal.
func propose(s Snapshot, g Goal) Option {
	v, blocked := nextVerb(s, g)
	o := proposal(s, g, v)
	o.Proposed, o.Blocked = true, blocked
	if blocked != nil {
		o.Why = whyBlocked(s, blocked)
	}
	return o
}

// whyBlocked is the reason in short: of a certificate the findings have the whole sentence.
func whyBlocked(s Snapshot, blocked *Error) string {
	if blocked.Finding != "cert-unverified" || s.TLS == nil {
		return blocked.Text
	}
	var faults []string
	for i, c := range s.TLS.Checks {
		if e, ok := explain.Finding(c.Finding); ok && c.Failed() && !foundBefore(s.TLS.Checks[:i], c) {
			faults = append(faults, e.Short)
		}
	}
	return "the certificate does not hold: " + strings.Join(faults, "; ")
}

func proposal(s Snapshot, g Goal, v Verb) Option {
	if v == VerbAuth {
		return authOptions(s, g)[0]
	}
	o := option(s, g, v)
	o.Why = whyHere(s, v, o.Why)
	return o
}

// whyHere sharpens a reason where the place in the walk says more.
func whyHere(s Snapshot, v Verb, why string) string {
	switch {
	case v == VerbEHLO && s.State.Has(PhaseSTARTTLS):
		return "ask again: what was said before TLS must be forgotten (RFC 3207 §4.2)"
	case s.State.Stage == StageBroken:
		return "close the connection: nothing more can be sent on it"
	case v == VerbSTARTTLS:
		return "the server offers TLS: start it before anything worth protecting is said"
	case v == VerbResolve && fallsBack(s):
		return "TLS failed and the policy is opportunistic: connect again and go on without"
	case v == VerbResolve && s.State.Stage == StageClosed:
		return "the connection is closed: start again from the name"
	case v == VerbRespond:
		return whyRespond(s.State.Pending, why)
	}
	return why
}

// whyRespond says what kind of answer is ready, which its mask does not.
func whyRespond(p *Pending, why string) string {
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
func fallsBack(s Snapshot) bool {
	st := s.State
	return st.Stage == StageClosed && s.Start.Policy.Must == MustOpportunistic && st.FailedAt(PhaseHandshake) &&
		st.Has(PhaseSTARTTLS) && !st.FailedAt(PhaseResolve)
}

// nextVerb walks the route. The error says why the walk cannot go on as asked; the verb is then a way out.
func nextVerb(s Snapshot, g Goal) (Verb, *Error) {
	st, p := s.State, s.Start.Policy
	switch st.Stage {
	case StageIdle:
		return VerbResolve, nil
	case StageResolved:
		return VerbConnect, nil
	case StageClosed:
		return VerbResolve, nil
	case StageConnected:
		if p.Start == StartImplicit && !st.Security.Encrypted() {
			return VerbHandshake, nil
		}
		return VerbGreeting, untrusted(s) // QUIT is for a server that has spoken
	case StageUpgrading:
		return VerbHandshake, nil
	case StageGreeted:
		return nextGreeted(s, g)
	case StageReady:
		return nextReady(s, g)
	}
	return VerbQuit, nil // refused or broken: closing is all that is left
}

func reached(st State, g Goal, p Phase) bool { return g.Until == p && st.Has(p) }

// before reports whether a walk comes to p before q.
func before(p, q Phase) bool {
	return p != "" && slices.Index(phases, p) < slices.Index(phases, q)
}

// untrusted stops the walk after a handshake whose certificate does not hold (RFC 3207 §4.1 recommends QUIT then).
func untrusted(s Snapshot) *Error {
	p := s.Start.Policy
	if s.State.Security != SecurityUnverified || p.Must != MustRequire || p.AllowUnverified {
		return nil
	}
	return &Error{Phase: PhaseHandshake, Verb: VerbHandshake, Finding: "cert-unverified", Exit: ExitCertificate,
		Text: "the certificate does not hold: " + failedChecks(s.TLS), Hint: firstRemedy(s.TLS) + "; --allow-unverified goes on all the same"}
}

// firstRemedy is what would put the first of the failed checks right.
func firstRemedy(t *TLS) string {
	if t != nil {
		for _, c := range t.Checks {
			if c.Failed() {
				return c.Remedy()
			}
		}
	}
	return "see the findings"
}

// failedChecks tells what is wrong, each kind of fault once.
func failedChecks(t *TLS) string {
	if t == nil {
		return "there is none"
	}
	var texts []string
	for i, c := range t.Checks {
		if c.Failed() && !foundBefore(t.Checks[:i], c) {
			texts = append(texts, c.Text)
		}
	}
	return strings.Join(texts, "; ")
}

func nextGreeted(s Snapshot, g Goal) (Verb, *Error) {
	st := s.State
	if b := untrusted(s); b != nil {
		return VerbQuit, b
	}
	switch {
	case reached(st, g, PhaseGreeting), reached(st, g, PhaseHandshake):
		return VerbQuit, nil
	case !st.FailedAt(phaseOf(VerbEHLO, st)):
		return VerbEHLO, nil
	case !st.TriedHELO && s.Reply != nil && s.Reply.Code/100 == 5:
		return VerbHELO, nil // RFC 5321 §3.2: fall back where EHLO is not known
	}
	return VerbQuit, nil
}

func nextReady(s Snapshot, g Goal) (Verb, *Error) {
	st := s.State
	if st.Auth == AuthExchange {
		return nextInExchange(st, g)
	}
	if st.Transaction == TransactionData {
		return VerbContent, nil
	}
	if reached(st, g, PhaseEHLO) {
		return VerbQuit, nil
	}
	if v, b, decided := nextSecurity(s, g); decided {
		return v, b
	}
	if before(g.Until, PhaseAuth) { // reached, or not on this route
		return VerbQuit, nil
	}
	if v, b, decided := nextAuth(s, g); decided {
		return v, b
	}
	return nextMail(s, g)
}

// nextInExchange answers a challenge, or gives up where there is no answer: after a bare AUTH that was insisted on the
// server may well go on.
func nextInExchange(st State, g Goal) (Verb, *Error) {
	switch {
	case st.Pending == nil && g.Insist:
		return VerbCancel, &Error{Phase: PhaseAuth, Verb: VerbAuth, Finding: "auth-not-possible", Exit: ExitNoAuth,
			Text: "the server goes on with AUTH " + st.Mechanism + ", and there is nothing to answer it with", Hint: "give what the mechanism needs"}
	case st.Pending == nil || st.Pending.Cancel:
		return VerbCancel, nil
	}
	return VerbRespond, nil
}

// nextSecurity decides about STARTTLS.
func nextSecurity(s Snapshot, g Goal) (Verb, *Error, bool) {
	st, p := s.State, s.Start.Policy
	if b := untrusted(s); b != nil {
		return VerbQuit, b, true
	}
	if st.Security.Encrypted() || p.Start != StartSTARTTLS {
		return "", nil, false
	}
	offered := s.Capabilities != nil && s.Capabilities.Has("STARTTLS")
	failed := st.FailedAt(PhaseSTARTTLS) || st.FailedAt(PhaseHandshake)
	switch {
	case offered && !failed:
		return VerbSTARTTLS, nil, true
	case p.Must == MustRequire:
		return VerbQuit, noSTARTTLS(offered), true
	case g.Until == PhaseSTARTTLS || g.Until == PhaseHandshake || g.Until == PhaseEHLOAgain:
		return VerbQuit, noSTARTTLS(offered), true
	}
	return "", nil, false
}

func noSTARTTLS(offered bool) *Error {
	e := &Error{Phase: PhaseSTARTTLS, Verb: VerbSTARTTLS, Finding: "starttls-missing", Exit: ExitSTARTTLS,
		Text: "no STARTTLS stands in the list that arrived here, and the policy requires TLS",
		Hint: "use submissions://, which is TLS from the first byte; compare the list from another network: something on the path may have removed it; ask the operator"}
	if offered {
		e.Finding, e.Text = "starttls-refused", "STARTTLS did not lead to TLS, and the policy requires it"
	}
	return e
}

// nextAuth decides about AUTH.
func nextAuth(s Snapshot, g Goal) (Verb, *Error, bool) {
	st := s.State
	if !g.wantsAuth() || st.Auth == AuthDone {
		return "", nil, false
	}
	if st.FailedAt(PhaseAuth) {
		return VerbQuit, nil, true
	}
	if why := authImpossible(s, g); why != nil {
		return VerbQuit, why, true
	}
	return VerbAuth, nil, true
}

func authImpossible(s Snapshot, g Goal) *Error {
	e := &Error{Phase: PhaseAuth, Verb: VerbAuth, Finding: "auth-not-possible", Exit: ExitNoAuth}
	var offered []string
	if s.Capabilities != nil {
		offered = s.Capabilities.AuthMechanisms()
	}
	switch {
	case bound(strings.ToUpper(g.Mechanism)) && !s.State.Security.Encrypted():
		e.Text = fmt.Sprintf("AUTH %s is not possible without TLS: it is bound to the TLS connection, and there is none", strings.ToUpper(g.Mechanism))
		e.Hint = "start TLS first, or take the mechanism without -PLUS"
		return e
	case g.Insist && g.Mechanism != "":
		return nil
	case len(offered) == 0:
		e.Text = "the server does not offer AUTH here"
		e.Hint = authMissingHint(s)
		return e
	case g.Mechanism != "" && !offersMechanism(offered, g.Mechanism):
		e.Text = fmt.Sprintf("the server does not offer AUTH %s; it offers %s", strings.ToUpper(g.Mechanism), visibleList(offered))
		e.Hint = "leave --auth out to use the best that is offered; --insist tries it all the same"
		return e
	case g.Mechanism != "":
		return nil
	}
	choices := rankMechanisms(s, g)
	if len(choices) > 0 && choices[0].Usable {
		return nil
	}
	e.Text = "no mechanism of the server can be used: " + missing(choices)
	e.Hint = "a password comes by $EHLO_PASSWORD or --password-file, a token by $EHLO_TOKEN or --token-file; --auth NAME --insist tries a mechanism without"
	return e
}

func authMissingHint(s Snapshot) string {
	switch {
	case !s.State.ESMTP:
		return "the server took HELO only, and AUTH needs EHLO (RFC 4954 §3)"
	case s.Start.Policy.Start == StartNever:
		return "TLS is switched off here, and many servers offer AUTH only inside TLS"
	case !s.State.Security.Encrypted():
		return "many servers offer AUTH only inside TLS: try STARTTLS first"
	}
	if s.Start.Target.Port == PortRelay {
		return "port 25 is for relaying between servers: submission with AUTH is on 587 or 465"
	}
	return "ask the operator which port takes authenticated submission"
}

func offersMechanism(offered []string, name string) bool {
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
		parts = append(parts, visibleList([]string{c.Name})+" ("+c.Missing+")")
	}
	return strings.Join(parts, ", ")
}

// nextMail decides about the transaction.
func nextMail(s Snapshot, g Goal) (Verb, *Error) {
	st := s.State
	stop := len(g.To) == 0 || st.Delivered > 0 || reached(st, g, PhaseAuth) ||
		st.FailedAt(PhaseMail) || st.FailedAt(PhaseData)
	switch {
	case stop, g.Until == PhaseAuth:
		return VerbQuit, nil
	case st.Transaction == TransactionNone && !reached(st, g, PhaseMail):
		return VerbMail, nil
	case reached(st, g, PhaseMail):
		return VerbQuit, nil
	case len(st.Recipients)+len(st.Refused) < len(g.To):
		return VerbRcpt, nil
	case len(st.Recipients) == 0, reached(st, g, PhaseRcpt):
		return VerbQuit, nil
	case st.Transaction == TransactionBdat:
		return VerbBdat, nil
	case !s.Start.Target.Lab && !g.SendMessage:
		return VerbQuit, nil // on other people's servers the walk stops before a message is sent
	}
	return VerbData, nil
}
