package walk

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/certificate"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Next is the step of [Propose] without what a person would read about it.
func Next(s record.Snapshot, g Goal) record.Step {
	g = g.trying(s)
	v, _ := nextVerb(s, g)
	if v != record.VerbAuth {
		return Compose(s, g, v)
	}
	offered, others := Mechanisms(s, g)
	return authStep(s, g, worthShowing(offered, others, g.Mechanism)[0])
}

// Propose is what a good client would do next towards the goal.
func Propose(s record.Snapshot, g Goal) Option {
	g = g.trying(s)
	v, blocked := nextVerb(s, g)
	o := proposal(s, g, v)
	o.Proposed, o.Blocked = true, blocked
	if blocked != nil {
		o.Why = blocked.Text
	}
	return o
}

func proposal(s record.Snapshot, g Goal, v record.Verb) Option {
	if v == record.VerbAuth {
		return firstAuth(s, g)
	}
	o := option(s, g, v)
	o.Why = whyHere(s, v, o.Why)
	return o
}

// whyHere sharpens a reason where the place in the walk says more.
func whyHere(s record.Snapshot, v record.Verb, why string) string {
	switch {
	case v == record.VerbEHLO && times(s.State, record.VerbXCLIENT) > 0:
		return "after XCLIENT the session starts over: send EHLO again"
	case v == record.VerbEHLO && s.State.Has(record.PhaseSTARTTLS):
		return "what was learned before TLS is discarded: send EHLO again (RFC 3207 §4.2)"
	case s.State.Stage == record.StageBroken:
		return "close the connection: nothing more can be sent on it"
	case v == record.VerbSTARTTLS:
		return "start TLS before any secret is sent"
	case v == record.VerbResolve && loginsLeft(s, GoalOf(s.Start.Plan)):
		return "the next mechanism is tried on a connection of its own"
	case v == record.VerbResolve && fallsBack(s):
		return "TLS failed and the policy is opportunistic: connect again and continue without it"
	case v == record.VerbResolve && s.State.Stage == record.StageClosed:
		return "the connection is closed: start again with the name lookup"
	case v == record.VerbResolve && noLookup(s) != "":
		return whyNoLookup(s)
	case v == record.VerbRespond:
		return whyRespond(s.State.Pending, why)
	}
	return why
}

// whyNoLookup says why a host is not looked up here.
func whyNoLookup(s record.Snapshot) string {
	if s.Start.Via != "" {
		return "the proxy looks up the name"
	}
	return "the target is an address: there is no name to look up"
}

// whyRespond says what kind of answer is ready, which its mask does not.
func whyRespond(p *record.Pending, why string) string {
	switch {
	case p == nil:
		return why
	case p.Line == "":
		return "the exchange is complete: an empty line lets the server finish"
	case p.Hides == sasl.HidesPassword:
		return why + ": with the password, in base64"
	case p.Hides == sasl.HidesProof:
		return why + ": with a proof computed from the password, which is not sent"
	case p.Hides == sasl.HidesDigest:
		return why + ": with a digest of the challenge, keyed with the password, which is not sent"
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
func nextVerb(s record.Snapshot, g Goal) (record.Verb, *record.Finding) {
	st, p := s.State, s.Start.Policy
	if x, due := experimentOf(s, g); due && x.turn != asCommand && untrusted(s) == nil {
		return record.VerbExperiment, nil
	}
	switch st.Stage {
	case record.StageIdle:
		return record.VerbResolve, nil
	case record.StageResolved:
		return record.VerbConnect, nil
	case record.StageClosed:
		return record.VerbResolve, nil
	case record.StageConnected:
		if headerDue(s, g) {
			return record.VerbProxy, nil
		}
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

// untrusted is why the walk stops after a handshake whose certificate failed verification (RFC 3207 §4.1 recommends QUIT
// then); nil where it did not, or the policy does not ask for it.
func untrusted(s record.Snapshot) *record.Finding {
	p := s.Start.Policy
	if s.State.Security != record.SecurityUnverified || p.Must != record.MustRequire || p.AllowUnverified {
		return nil
	}
	return distrust(s)
}

// distrust names the first check that failed, and all of them in its text.
func distrust(s record.Snapshot) *record.Finding {
	f := record.NewFinding(record.FoundCertificateUnverified, "")
	if s.TLS != nil {
		for _, c := range s.TLS.Checks.AtHand() {
			if c.Failed() {
				f = record.NewFinding(c.Finding, fmt.Sprintf("Verification of %s failed: %s.", s.Server(), certificate.FailedChecks(s.TLS)))
				f.Remedy, f.Operator = c.Yours(), c.Operators()
				if c.Finding == record.FoundCertificateIntercepted {
					f.Who = c.Who
				}
				if c.Who == record.WhoYou {
					namedByAddress(s, f)
				}
				notForTrust(f, c)
				break
			}
		}
	}
	f.Phase = record.PhaseHandshake
	return f
}

func nextGreeted(s record.Snapshot, g Goal) (record.Verb, *record.Finding) {
	st := s.State
	if b := untrusted(s); b != nil {
		return record.VerbQuit, b
	}
	switch {
	case reached(st, g, record.PhaseGreeting), reached(st, g, record.PhaseHandshake):
		return record.VerbQuit, nil
	case !st.FailedAt(PhaseOf(record.VerbEHLO, st)) && g.HELO:
		return record.VerbHELO, nil
	case !st.FailedAt(PhaseOf(record.VerbEHLO, st)):
		return record.VerbEHLO, nil
	case !st.TriedHELO && !s.Start.Target.LMTP() && failedFor(s, record.FoundEHLORefused):
		return record.VerbHELO, nil // RFC 5321 §3.2: fall back where EHLO is not known
	}
	return record.VerbQuit, nil
}

func nextReady(s record.Snapshot, g Goal) (record.Verb, *record.Finding) {
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
	if v, b, decided := nextXCLIENT(s, g); decided {
		return v, b
	}
	if g.Until.Before(record.PhaseAuth) { // reached, or not on this route
		return record.VerbQuit, nil
	}
	if v, b, decided := nextAuth(s, g); decided {
		return v, b
	}
	return nextMail(s, g)
}

// nextInExchange answers a challenge, or gives up where there is no answer: after a bare AUTH that was insisted on the
// server may well go on.
func nextInExchange(st record.State, g Goal) (record.Verb, *record.Finding) {
	switch {
	case st.Pending == nil && g.Insist:
		return record.VerbCancel, noAnswer(st.Mechanism)
	case st.Pending == nil || st.Pending.Cancel:
		return record.VerbCancel, nil
	}
	return record.VerbRespond, nil
}

// noAnswer is why an exchange that was insisted on is given up.
func noAnswer(mechanism string) *record.Finding {
	f := noLogin("The server continues AUTH %s, but a credential for the response is missing.", mechanism)
	f.Remedy = "give the credentials that the mechanism needs"
	return f
}

// nextSecurity decides about STARTTLS.
func nextSecurity(s record.Snapshot, g Goal) (record.Verb, *record.Finding, bool) {
	st, p := s.State, s.Start.Policy
	if b := untrusted(s); b != nil {
		return record.VerbQuit, b, true
	}
	if st.Security.Encrypted() || p.Start != record.StartSTARTTLS {
		return "", nil, false
	}
	switch {
	case startsTLS(s):
		return record.VerbSTARTTLS, nil, true
	case p.Must == record.MustRequire, g.Until.AboutTLS(), p.Must == record.MustIfOffered && offersSTARTTLS.holds(s):
		return record.VerbQuit, noTLS(s), true
	}
	return "", nil, false
}

// startsTLS reports whether STARTTLS is the thing to do: it is offered, and did not fail in this session.
func startsTLS(s record.Snapshot) bool {
	failed := s.State.FailedAt(record.PhaseSTARTTLS) || s.State.FailedAt(record.PhaseHandshake)
	return offersSTARTTLS.holds(s) && plain.holds(s) && !failed
}

// failedFor reports whether the last failure of this attempt is of a kind.
func failedFor(s record.Snapshot, code record.FindingCode) bool {
	n := len(s.Failures)
	return n > 0 && s.Failures[n-1].Finding.Code == code
}

// blocked is a reason to stop.
func blocked(phase record.Phase, code record.FindingCode, format string, args ...any) *record.Finding {
	f := record.NewFinding(code, fmt.Sprintf(format, args...))
	f.Phase = phase
	return f
}

// noTLS is why TLS that is required cannot start: STARTTLS failed, or the list does not have it.
func noTLS(s record.Snapshot) *record.Finding {
	if f := s.Failing(); f != nil && (f.Finding.Phase == record.PhaseSTARTTLS || f.Finding.Phase == record.PhaseHandshake) {
		return f.Finding
	}
	host := s.Server()
	switch {
	case s.Capabilities != nil && proxyWords(s.Capabilities) != "":
		return blocked(record.PhaseSTARTTLS, record.FoundProxyAnswers, "A proxy answers in place of %s: its EHLO reply begins with “%s”, where the name of a server belongs, and does not offer STARTTLS.", host, proxyWords(s.Capabilities))
	case garbledSTARTTLS(s) != "":
		return blocked(record.PhaseSTARTTLS, record.FoundSTARTTLSStrippedGarbled, "A device on the path overwrote STARTTLS with %s in the EHLO reply of %s, and TLS is required.", garbledSTARTTLS(s), host)
	case offersSTARTTLS.holds(s):
		return blocked(record.PhaseSTARTTLS, record.FoundSTARTTLSRefused, "STARTTLS with %s did not lead to TLS, and TLS is required.", host)
	}
	return withoutLogin(s, blocked(record.PhaseSTARTTLS, record.FoundSTARTTLSMissing, "The EHLO reply of %s does not offer STARTTLS, and TLS is required.", host))
}

// withoutLogin leaves the password out of what to do where servers are among themselves.
func withoutLogin(s record.Snapshot, f *record.Finding) *record.Finding {
	if betweenServers(s.Start.Plan) {
		f.Remedy = "compare the EHLO reply from another network"
	}
	return f
}

// nextAuth decides about AUTH.
func nextAuth(s record.Snapshot, g Goal) (record.Verb, *record.Finding, bool) {
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

// authImpossible is why no login can be tried, or none is; nil where one follows.
func authImpossible(s record.Snapshot, g Goal) *record.Finding {
	if f := noMechanism(s, g); f != nil {
		return f
	}
	return withheld(s, g)
}

// withheld is why no login follows where the plan goes on over TLS whose certificate failed verification, but gives no secret to whoever
// is at the other end; nil where the login needs none, or the plan gives it.
func withheld(s record.Snapshot, g Goal) *record.Finding {
	if p := s.Start.Policy; !p.AllowUnverified || p.AllowUnverifiedAuth || !s.State.Security.Unverified() {
		return nil
	}
	asks := firstAuth(s, g).Guard
	if asks == nil || asks.Code != record.FoundUnverifiedSecret {
		return nil
	}
	v := declined(s, asks)
	f := record.NewFinding(v.Finding, v.Cause)
	f.Phase, f.Who, f.Advice, f.Remedy, f.Operator = v.Phase, v.Who, v.Advice, "", ""
	return f
}

// noMechanism is why no login can be tried with what there is to log in with; nil where one can.
func noMechanism(s record.Snapshot, g Goal) *record.Finding {
	var offered []string
	if s.Capabilities != nil {
		offered = s.Capabilities.AuthMechanisms()
	}
	asked := strings.ToUpper(g.Mechanism)
	switch {
	case isBound(asked) && !s.State.Security.Encrypted():
		f := noLogin("AUTH %s is not possible without TLS: the mechanism is bound to the TLS connection.", asked)
		f.Remedy, f.Advice = "start TLS first, or use the mechanism without -PLUS", tryInstead(strings.TrimSuffix(asked, "-PLUS"))
		return f
	case g.Insist && g.Mechanism != "":
		return nil
	case len(offered) == 0:
		return noAUTH(s)
	case onlyWindows(offered) && handsOver(asked):
		return basicAuthOff(s, offered)
	case g.Mechanism != "" && !s.Capabilities.OffersAuth(g.Mechanism):
		f := noLogin("%s does not offer AUTH %s; it offers %s.", s.Server(), asked, visibleList(offered))
		f.Remedy, f.Advice = "log in with a mechanism that is offered", tryInstead(best(s, g))
		return f
	case g.Mechanism != "":
		return withoutToken(s, g, asked)
	}
	choices := rankMechanisms(s, g)
	if len(choices) > 0 && choices[0].Usable {
		return nil
	}
	if onlyWindows(offered) {
		return basicAuthOff(s, offered)
	}
	return unusable(choices, wire.VisibleString(g.Credentials.Username))
}

// withoutToken is that the mechanism asked for wants a token which was not given; nil where it has what it wants. A password is asked for when AUTH
// comes, and what an exchange that has begun was given is its own.
func withoutToken(s record.Snapshot, g Goal, asked string) *record.Finding {
	choices := ranked(s, g, []string{asked})
	if s.State.Auth != record.AuthNone || len(choices) == 0 || choices[0].Missing != string(sasl.NeedsToken) {
		return nil
	}
	f := unusable(choices, wire.VisibleString(g.Credentials.Username))
	f.Text, f.Remedy = fmt.Sprintf("AUTH %s to %s needs a token, and none was given.", asked, s.Server()), "give an access token for the account"
	f.Advice = append(f.Advice, tryInstead(best(s, g))...)
	return f
}

func noLogin(format string, args ...any) *record.Finding {
	return blocked(record.PhaseAuth, record.FoundAuthNotPossible, format, args...)
}

// best is the mechanism that would be used if none were named; empty if there is none.
func best(s record.Snapshot, g Goal) string {
	g.Mechanism = ""
	if choices := rankMechanisms(s, g); len(choices) > 0 && choices[0].Usable {
		return choices[0].Name
	}
	return ""
}

func tryInstead(name string) []record.Advice {
	if name == "" {
		return nil
	}
	return []record.Advice{{Do: record.TryMechanism, Name: name}}
}

// unusable says what each mechanism of the server lacks here.
func unusable(choices []sasl.Choice, user string) *record.Finding {
	f := noLogin("No mechanism of the server can be used: %s.", missing(choices))
	as := ""
	if user != "" {
		as = " as " + user
	}
	lacks := func(n sasl.Needs) bool {
		return slices.ContainsFunc(choices, func(c sasl.Choice) bool { return c.Missing == string(n) })
	}
	if lacks(sasl.NeedsPassword) || lacks(sasl.NeedsToken) {
		f = blocked(record.PhaseAuth, record.FoundAuthCredentialMissing, "No credentials to log in%s were given: the server offers %s.", as, missing(choices))
	}
	f.Advice = []record.Advice{}
	if lacks(sasl.NeedsPassword) {
		f.Advice = append(f.Advice, record.Advice{Do: record.GivePassword})
	}
	if lacks(sasl.NeedsToken) {
		f.Advice = append(f.Advice, record.Advice{Do: record.GiveToken})
	}
	if lacks(sasl.NeedsCertificate) {
		f.Advice = append(f.Advice, record.Advice{Do: record.GiveClientCertificate})
	}
	f.Remedy = "give what one of the mechanisms needs, or ask the server's operator to offer another mechanism"
	return f
}

// onlyWindows reports whether NTLM is offered, and beside it at most what needs a Windows domain too.
func onlyWindows(offered []string) bool {
	return named(offered, "NTLM") && !slices.ContainsFunc(offered, func(name string) bool {
		return !slices.Contains([]string{"NTLM", "GSSAPI", "GSS-SPNEGO", "KERBEROS_V4", "KERBEROS_V5"}, strings.ToUpper(name))
	})
}

// basicAuthOff is why there is no login where only members of a Windows domain may log in.
func basicAuthOff(s record.Snapshot, offered []string) *record.Finding {
	f := blocked(record.PhaseAuth, record.FoundBasicAuthOff, "%s offers only %s, which this program does not support: basic authentication (PLAIN, LOGIN) is off on this connector.", s.Server(), wire.VisibleString(strings.Join(offered, ", ")))
	if s.Start.Target.Port == record.PortRelay {
		f.Who = record.WhoYou
		f.Advice = []record.Advice{{Do: record.UseSTARTTLS, Port: record.PortSubmission}, {Do: record.AskOperator}}
	}
	return f
}

// noAUTH says why there is nothing to log in with, as far as this session shows.
func noAUTH(s record.Snapshot) *record.Finding {
	f := noLogin("%s does not offer AUTH here.", s.Server())
	switch {
	case !s.State.ESMTP:
		f.Text = fmt.Sprintf("%s accepts only HELO, and AUTH needs EHLO (RFC 4954 §3).", s.Server())
		f.Remedy, f.Who = "use a port where EHLO works", record.WhoOperator
	case s.Capabilities != nil && s.Capabilities.Has("AUTH"):
		f.Text = fmt.Sprintf("The EHLO reply of %s has AUTH with an empty list: its SASL configuration is broken.", s.Server())
		f.Remedy, f.Operator, f.Who = "", "load the SASL mechanisms, and check the SASL configuration", record.WhoOperator
		f.Advice = []record.Advice{{Do: record.AskOperator}}
	case s.Start.Policy.Start == record.StartNever, !s.State.Security.Encrypted():
		f.Text = fmt.Sprintf("%s does not offer AUTH here; many servers offer it only inside TLS.", s.Server())
		f.Remedy, f.Advice = "", []record.Advice{{Do: record.UseSTARTTLS}}
	case s.Start.Target.Port == record.PortRelay:
		f.Text, f.Remedy = fmt.Sprintf("%s does not offer AUTH here: port 25 is for relaying between servers.", s.Server()), ""
		f.Advice = []record.Advice{{Do: record.UseSTARTTLS, Port: record.PortSubmission}, {Do: record.UseTLS, Port: record.PortSubmissions}}
	default:
		f.Remedy, f.Operator, f.Who = "", "say which port accepts authenticated submission", record.WhoOperator
		f.Advice = []record.Advice{{Do: record.AskOperator}, {Do: record.UseSTARTTLS, Port: record.PortSubmission}, {Do: record.UseTLS, Port: record.PortSubmissions}}
	}
	return f
}

func missing(choices []sasl.Choice) string {
	var parts []string
	for _, c := range choices {
		lacks := c.Missing
		if c.OnRequest && lacks == "" {
			lacks = "only on request: it logs in without an identity"
		}
		parts = append(parts, visibleList([]string{c.Name})+" ("+lacks+")")
	}
	return strings.Join(parts, ", ")
}

// nextMail decides about the transaction, in groups of commands where that was asked for.
func nextMail(s record.Snapshot, g Goal) (record.Verb, *record.Finding) {
	if _, due := experimentOf(s, g); due {
		return record.VerbExperiment, nil
	}
	if g.Pipelining && offersPIPELINING.holds(s) && len(groupOf(s, g)) > 1 {
		return record.VerbGroup, nil
	}
	return nextInMail(s, g)
}

// nextInMail is the next command of the transaction.
func nextInMail(s record.Snapshot, g Goal) (record.Verb, *record.Finding) {
	st := s.State
	stop := len(g.To) == 0 || st.Delivered > 0 || reached(st, g, record.PhaseAuth) ||
		st.FailedAt(record.PhaseMail) || st.FailedAt(record.PhaseData)
	switch {
	case stop, g.Until == record.PhaseAuth:
		return record.VerbQuit, nil
	case st.Transaction == record.TransactionNone && standsBeforeIdentity(s, g) != nil:
		return record.VerbQuit, standsBeforeIdentity(s, g)
	case st.Transaction == record.TransactionNone && forwards(s, g):
		return record.VerbXFORWARD, nil
	case st.Transaction == record.TransactionNone && lacksExtension(s, g) != nil:
		return record.VerbQuit, lacksExtension(s, g)
	case st.Transaction == record.TransactionNone && !reached(st, g, record.PhaseMail):
		return record.VerbMail, nil
	case reached(st, g, record.PhaseMail):
		return record.VerbQuit, nil
	case len(st.Recipients)+len(st.Refused) < len(g.To):
		return record.VerbRcpt, nil
	case len(st.Recipients) == 0, reached(st, g, record.PhaseRcpt):
		return record.VerbQuit, nil
	case st.Transaction == record.TransactionBdat, g.Chunking:
		return record.VerbBdat, nil
	}
	return record.VerbData, nil
}
