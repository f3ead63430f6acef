package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/certificate"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Ending is what a log does not tell about how a session ended.
type Ending struct {
	// Declined is the guard that a person said no to, with nothing done since; nil if there is none.
	Declined *Guard
	// CutOff says that the log just ends, and that nobody writes it any more.
	CutOff bool
}

// Outcome is what a session came to: the verdict of its last attempt. It is the one answer that every face shows.
func Outcome(s record.Snapshot, how Ending) record.Verdict {
	v := judge(s, how)
	v.Facts = facts(s)
	if how.CutOff {
		v.Facts.CutOff = true
		v.Cause += " The log was cut off there."
	}
	return v
}

func judge(s record.Snapshot, how Ending) record.Verdict {
	if s.Start == nil {
		return record.Verdict{Outcome: record.OutcomeStopped, Exit: record.ExitStopped, Phase: record.PhaseResolve, Cause: "Nothing happened."}
	}
	if v, ok := severalLogins(s); ok && how.Declined == nil {
		return v
	}
	switch f := decisive(s); {
	case f != nil:
		return failed(s, f)
	case how.Declined != nil:
		return declined(s, how.Declined)
	case reachedGoal(s):
		return done(s)
	}
	if f := standsBefore(s); f != nil {
		return failed(s, f)
	}
	if f := abandoned(s); f != nil {
		return failed(s, f)
	}
	return stopped(s)
}

// abandoned is the failure after which a message was given up with RSET, and no other was begun: RSET puts nothing right.
func abandoned(s record.Snapshot) *record.Failure {
	if s.State.Transaction != record.TransactionNone || s.State.Delivered > 0 {
		return nil
	}
	for i := len(s.Failures) - 1; i >= 0; i-- {
		switch f := &s.Failures[i]; f.Finding.Phase {
		case record.PhaseMail, record.PhaseRcpt, record.PhaseData:
			return envelope(s.Failures[:i], f)
		}
	}
	return nil
}

// envelope is the first refusal of a sender or recipient that a refused DATA follows from: a client that sends its commands in a group has
// sent DATA before it knows that nobody is to get the message. Of everything else it is the failure itself.
func envelope(before []record.Failure, f *record.Failure) *record.Failure {
	if f.Finding.Code != record.FoundCommandOutOfOrder {
		return f
	}
	for i := len(before) - 1; i >= 0 && (before[i].Finding.Phase == record.PhaseRcpt || before[i].Finding.Phase == record.PhaseMail); i-- {
		f = &before[i]
	}
	return f
}

// Decided is the failure that the verdict of a log is about; nil where there is none. Its Seq is 0 where no step failed: then its
// finding says what stands in the way of the goal.
func Decided(s record.Snapshot) *record.Failure {
	switch {
	case s.Start == nil:
		return nil
	case decisive(s) != nil:
		return decisive(s)
	case reachedGoal(s):
		return nil
	case standsBefore(s) != nil:
		return standsBefore(s)
	}
	return abandoned(s)
}

// decisive is the failure that matters most for the goal; nil where none does.
func decisive(s record.Snapshot) *record.Failure {
	switch f := s.Failing(); {
	case s.Faulted != nil && len(s.Failures) > 0:
		return &s.Failures[len(s.Failures)-1]
	case outOfSync(s) != nil:
		return outOfSync(s)
	case f != nil && f.Finding.Phase == record.PhaseHandshake:
		return f
	case untrusted(s) != nil:
		return &record.Failure{Finding: untrusted(s)}
	case f != nil && s.State.Answering: // what becomes of the message for the others is not known
		return f
	case s.State.Delivered > 0:
		return refusedRecipient(s)
	case f != nil && !gotRound(s, f):
		return cmp.Or(before(s, f), f)
	}
	return nil
}

// before is the failure that a later one follows from: a client that sends its commands in a group has sent RCPT and DATA before it
// knows what became of MAIL (RFC 2920 §3.1), and some go on after a greeting that refuses them. It is nil where there is none.
func before(s record.Snapshot, f *record.Failure) *record.Failure {
	for _, p := range []record.Phase{record.PhaseGreeting, record.PhaseMail, record.PhaseRcpt} {
		if first := firstFailure(s, func(o record.Failure) bool { return o.Finding.Phase == p }); first != nil && s.State.FailedAt(p) && p.Before(f.Finding.Phase) {
			return first
		}
	}
	return nil
}

// outOfSync is the failure after which replies no longer fit commands; nothing that came after it counts.
func outOfSync(s record.Snapshot) *record.Failure {
	return firstFailure(s, func(f record.Failure) bool {
		row, _ := f.Finding.Code.Row()
		return row.Exit == record.ExitProtocol
	})
}

// refusedRecipient is the first recipient that was refused while others got the message.
func refusedRecipient(s record.Snapshot) *record.Failure {
	return firstFailure(s, func(f record.Failure) bool { return recipientOf(f) != "" })
}

// recipientOf is the recipient that a failure is about; empty where it is about something else.
func recipientOf(f record.Failure) string {
	if f.Finding.Phase == record.PhaseRcpt {
		return pathOf(f.Line)
	}
	return f.Finding.Recipient
}

// firstFailure is the first failure of a kind; nil where there is none.
func firstFailure(s record.Snapshot, is func(record.Failure) bool) *record.Failure {
	i := slices.IndexFunc(s.Failures, is)
	if i < 0 {
		return nil
	}
	return &s.Failures[i]
}

// gotRound reports whether a policy that does without TLS goes on after a failure: on this connection where STARTTLS was
// refused and nothing else happened. After a failed handshake it does so on another one, which is another attempt.
func gotRound(s record.Snapshot, f *record.Failure) bool {
	refused := f.Finding.Phase == record.PhaseSTARTTLS && f.Reply != nil && f.Reply.Code != 421
	return refused && s.Start.Policy.Must == record.MustOpportunistic && s.Start.Policy.Start == record.StartSTARTTLS && !s.Start.Until.AboutTLS()
}

// reachedGoal reports whether all that was asked for is done.
func reachedGoal(s record.Snapshot) bool {
	st, plan := s.State, s.Start.Plan
	switch {
	case plan.Experiment != "":
		return st.Experiment != nil && st.Experiment.Verdict == record.ExperimentHeld
	case times(st, record.VerbXCLIENT) < len(plan.XCLIENT) && !plan.Until.Before(record.PhaseEHLOAgain):
		return false
	case plan.Until == record.PhaseData, plan.WantsMessage():
		return st.Delivered > 0
	case plan.Until != "" && slices.Contains(Route(plan.Policy, GoalOf(plan)), plan.Until):
		return st.Has(plan.Until)
	case !st.Security.Encrypted() && plan.Policy.Must == record.MustRequire:
		return false
	case plan.Until != "": // the route has no such phase, and the walk ends where it would come
	case plan.WantsAuth():
		return st.Auth == record.AuthDone
	}
	return listKnown(s)
}

// listKnown reports whether the server has answered the EHLO that counts: the second one, where TLS was started or was to be.
func listKnown(s record.Snapshot) bool {
	return s.State.Has(record.PhaseEHLOAgain) || s.State.Has(record.PhaseEHLO) && !upgrades(s)
}

// upgrades reports whether TLS starts on this connection: STARTTLS was accepted, or it is offered and nothing has come of it yet. A
// person who leaves then, or while its reply is awaited, has not seen what was asked for.
func upgrades(s record.Snapshot) bool {
	return s.Start.Policy.Start == record.StartSTARTTLS && (s.State.Has(record.PhaseSTARTTLS) || startsTLS(s))
}

// standsBefore is what keeps the walk from its goal although no step failed: no TLS where it is required, no way to log in.
func standsBefore(s record.Snapshot) *record.Failure {
	st := s.State
	if !listKnown(s) {
		return nil
	}
	plain := !st.Security.Encrypted() && s.Start.Policy.Start == record.StartSTARTTLS
	switch {
	case plain && (s.Start.Policy.Must == record.MustRequire || s.Start.Until.AboutTLS() || s.Start.Policy.Must == record.MustIfOffered && offersSTARTTLS.holds(s)):
		return withoutList(s, noTLS(s))
	case standsBeforeIdentity(s, GoalOf(s.Start.Plan)) != nil:
		return withoutList(s, standsBeforeIdentity(s, GoalOf(s.Start.Plan)))
	case s.Start.WantsAuth() && st.Auth != record.AuthDone:
		return withoutList(s, noLoginHere(s, GoalOf(s.Start.Plan)))
	case st.Transaction == record.TransactionNone:
		return withoutList(s, lacksExtension(s, GoalOf(s.Start.Plan)))
	}
	return nil
}

// noLoginHere is why there was no login: none could be tried, or one was that nobody here can answer for.
func noLoginHere(s record.Snapshot, g Goal) *record.Finding {
	if f := authImpossible(s, g); f != nil {
		return f
	}
	givenUp := g.Insist && s.Auth != nil && s.Auth.Outcome == record.AuthCanceled
	if c := ranked(s, g, []string{strings.ToUpper(g.Mechanism)}); givenUp && len(c) > 0 && !c[0].Usable {
		return noAnswer(c[0].Name)
	}
	return nil
}

// withoutList makes a failure of what stands in the way. Where EHLO itself was refused there is no list, no TLS and no AUTH, and
// that is what decided.
func withoutList(s record.Snapshot, f *record.Finding) *record.Failure {
	if f == nil {
		return nil
	}
	if !s.State.ESMTP {
		if refused := firstFailure(s, func(f record.Failure) bool { return f.Step == record.VerbEHLO }); refused != nil {
			return refused
		}
	}
	return &record.Failure{Finding: f}
}

// VerdictOf is the verdict that a failure alone would lead to.
func VerdictOf(s record.Snapshot, f record.Failure) record.Verdict { return failed(s, &f) }

// failed is the verdict of a failure.
func failed(s record.Snapshot, f *record.Failure) record.Verdict {
	row, _ := f.Finding.Code.Row()
	v := record.Verdict{Phase: f.Finding.Phase, Finding: f.Finding.Code, Cause: f.Finding.Text, Who: cmp.Or(f.Finding.Who, row.Who, record.WhoUnknown)}
	if f.Finding.Reply != 0 && f.Reply != nil {
		v.Code, v.Enhanced, v.Temporary = f.Reply.Code, f.Reply.Enhanced, f.Reply.Code/100 == 4
	}
	v.Exit, v.Outcome = exitOf(row, f.Finding, v), row.Outcome
	if v.Outcome == "" {
		v.Outcome = outcomeOf(v)
	}
	v.Advice = append(adviceOn(s, f.Finding, row), takeBack(s)...)
	v.Cause = andTheOthers(s, f, v.Cause)
	return v
}

// takeBack is what to do about a secret that was sent where others could read it, whatever came of the login.
func takeBack(s record.Snapshot) []record.Advice {
	undo := takeBacks.Of(s.Exposed)
	if undo == "" {
		return nil
	}
	return []record.Advice{{Do: record.DoAsTold, Text: undo + ": others could read it"}}
}

// TakesBack reports whether an advice is to undo a secret that others could read.
func TakesBack(s record.Snapshot, a record.Advice) bool { return slices.Contains(takeBack(s), a) }

// takeBacks undo a secret that others could read, by what it is.
var takeBacks = lazy.Table[string, string]{{sasl.HidesPassword, "change the password"}, {sasl.HidesToken, "revoke the token"}}

// exitOf is the exit code of a failure. Silence has one of its own, also where a finding says why it was.
func exitOf(row record.FindingRow, f *record.Finding, v record.Verdict) record.Exit {
	switch {
	case f.Waited:
		return record.ExitTimeout
	case row.Exit != 0:
		return row.Exit
	case v.Temporary:
		return record.ExitDeferred
	case v.Phase == record.PhaseAuth && v.Code == 0: // nothing was said of the credentials
		return record.ExitNoAuth
	}
	if v.Code == 0 && v.Phase.Before(record.PhaseQuit) && record.PhaseGreeting.Before(v.Phase) && v.Phase != record.PhaseHandshake && row.Outcome == record.OutcomeFailed {
		return record.ExitProtocol // the connection just ended (RFC 5321 §3.8 wants a 421 first)
	}
	return cmp.Or(phaseExits.Get()[v.Phase], record.ExitProtocol)
}

var phaseExits = lazy.Value[map[record.Phase]record.Exit]{Make: func() map[record.Phase]record.Exit {
	return map[record.Phase]record.Exit{
		record.PhaseResolve: record.ExitName, record.PhaseConnect: record.ExitConnect, record.PhaseGreeting: record.ExitGreeting,
		record.PhaseEHLO: record.ExitEHLO, record.PhaseEHLOAgain: record.ExitEHLO, record.PhaseSTARTTLS: record.ExitSTARTTLS,
		record.PhaseHandshake: record.ExitHandshake, record.PhaseAuth: record.ExitAuth, record.PhaseMail: record.ExitEnvelope,
		record.PhaseRcpt: record.ExitEnvelope, record.PhaseData: record.ExitData,
	}
}}

func outcomeOf(v record.Verdict) record.Outcome {
	switch {
	case v.Exit == record.ExitDeferred:
		return record.OutcomeDeferred
	case v.Code >= 400:
		return record.OutcomeRefused
	}
	return record.OutcomeFailed
}

// andTheOthers says beside a cause what became of the other recipients and of the message.
func andTheOthers(s record.Snapshot, f *record.Failure, cause string) string {
	phase, refused := f.Finding.Phase, strings.Join(refusedBeside(s, f), ", ")
	switch {
	case s.State.Delivered > 0:
		return cause + " The message was accepted for " + cut(recipients(accepted(s)), 160) + "."
	case refused != "" && f.Finding.Recipient != "":
		return fmt.Sprintf("%s It was refused for %s as well.", cause, refused)
	case refused != "" && phase == record.PhaseData:
		return fmt.Sprintf("%s Before that the server had refused the recipient %s.", cause, refused)
	case refused != "" && phase == record.PhaseRcpt:
		return fmt.Sprintf("%s No one receives the message: %s was refused as well.", cause, refused)
	}
	return cause
}

// refusedBeside are the recipients whose refusal is not the failure itself.
func refusedBeside(s record.Snapshot, f *record.Failure) (refused []string) {
	for _, other := range s.Failures {
		if to := recipientOf(other); to != "" && other.Seq != f.Seq {
			refused = append(refused, "<"+to+">")
		}
	}
	return refused
}

// refused are the recipients of this attempt that the server did not take, each once.
func refused(s record.Snapshot) (list []string) {
	for _, f := range s.Failures {
		if to := recipientOf(f); to != "" && !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list
}

// accepted are the recipients for whom messages were accepted, else those of the transaction. Where neither is in the state, as after
// RSET, they are those of the plan that were not refused.
func accepted(s record.Snapshot) []string {
	switch st := s.State; {
	case len(st.DeliveredTo) > 0:
		return st.DeliveredTo
	case len(st.Recipients) > 0:
		return st.Recipients
	}
	return slices.DeleteFunc(slices.Clone(s.Start.To), func(to string) bool {
		return slices.ContainsFunc(s.Failures, func(f record.Failure) bool {
			return strings.EqualFold(recipientOf(f), to)
		})
	})
}

// declined is the verdict where a person said no to a guard.
func declined(s record.Snapshot, g *Guard) record.Verdict {
	row, _ := g.Code.Row()
	f := record.NewFinding(g.Code, "")
	v := record.Verdict{Phase: g.Phase, Exit: row.Exit, Outcome: row.Outcome, Finding: g.Code, Who: row.Who}
	v.Cause = fmt.Sprintf(declinedWords.Of(g.Code), s.Server(), withMechanism(g), recipients(s.Start.To), version(s.TLS))
	if g.Code == record.FoundCertificateUnverified {
		v.Cause = distrust(s).Text
	}
	if g.Code == record.FoundUnverifiedSecret { // what would put the verification right comes before sending it all the same
		why := distrust(s)
		wrong, _ := why.Code.Row()
		v.Advice = slices.DeleteFunc(adviceOn(s, why, wrong), func(a record.Advice) bool { return a.Do == record.AcceptUnverified })
	}
	v.Advice = append(v.Advice, adviceOn(s, f, row)...)
	return v
}

// version is that of TLS; empty without TLS.
func version(t *record.TLS) string {
	if t == nil {
		return ""
	}
	return t.Version
}

func withMechanism(g *Guard) string {
	if g.Mechanism == "" {
		return ""
	}
	return " with AUTH " + g.Mechanism
}

func recipients(list []string) string { return wire.VisibleString(strings.Join(list, ", ")) }

// declinedWords say what was not done, and why, for a host.
var declinedWords = lazy.Table[record.FindingCode, string]{
	{record.FoundCleartextSecret, "No password or token was sent to %[1]s%[2]s: the connection is in cleartext, and sending it was not confirmed. Anyone on the path could read it."},
	{record.FoundUnverifiedSecret, "No secret was sent to %[1]s%[2]s: its certificate failed verification, and sending it was not confirmed."},
	{record.FoundObsoleteSecret, "No secret was sent to %[1]s%[2]s: the connection uses %[4]s, which is obsolete and must not be used, and sending it was not confirmed."},
	{record.FoundTamperedSecret, "No secret was sent to %[1]s%[2]s: an earlier login showed that an attacker may be on the path, and sending it was not confirmed."},
	{record.FoundManyLogins, "The login at %[1]s%[2]s was not tried: several logins may lock the account, and this one was not confirmed."},
	{record.FoundRuleBreaking, "No rule was broken on %[1]s: the server is not on this machine, and that it is yours was not confirmed."},
	{record.FoundRealMessage, "No message was sent to %[3]s: %[1]s is a real server, and sending a real message was not confirmed."},
}

// stopped is the verdict where a person left before anything decided. Why another program went no further, its record does not say.
func stopped(s record.Snapshot) record.Verdict {
	last, when := lastPhase(s.State), "after"
	if len(s.State.Done) == 0 {
		when = "during"
	}
	how, who := "was stopped", record.WhoYou
	if s.Start.Imported {
		how, who = "ended", record.WhoUnknown
	}
	return record.Verdict{Phase: last, Exit: record.ExitStopped, Outcome: record.OutcomeStopped, Who: who,
		Cause: fmt.Sprintf("The session with %s %s %s %s, before anything was decided.", s.Start.Target.Called(), how, when, phaseWords.Get()[last])}
}

// phaseWords name the phases in a sentence.
var phaseWords = lazy.Value[map[record.Phase]string]{Make: func() map[record.Phase]string {
	return map[record.Phase]string{
		record.PhaseResolve: "the name lookup", record.PhaseConnect: "the connection", record.PhaseGreeting: "the greeting",
		record.PhaseEHLO: "EHLO", record.PhaseSTARTTLS: "STARTTLS", record.PhaseHandshake: "the TLS handshake",
		record.PhaseEHLOAgain: "the second EHLO", record.PhaseAuth: "AUTH", record.PhaseMail: "MAIL", record.PhaseRcpt: "RCPT",
		record.PhaseData: "the message", record.PhaseQuit: "QUIT",
	}
}}

func lastPhase(st record.State) record.Phase {
	if n := len(st.Failed); n > 0 {
		return st.Failed[n-1]
	}
	if n := len(st.Done); n > 0 {
		return st.Done[n-1]
	}
	return record.PhaseResolve
}

// done is the verdict where all went as asked. That TLS failed and the policy went on without is said, and why.
func done(s record.Snapshot) record.Verdict {
	v := record.Verdict{Phase: record.PhaseResolve, Outcome: record.OutcomeDone}
	if n := len(s.State.Done); n > 0 {
		v.Phase = s.State.Done[n-1]
	}
	v.Cause = achieved(s)
	if why := withoutTLS(s); why != "" && s.Start.Experiment == "" {
		v.Cause = strings.TrimSuffix(v.Cause, ".") + ", in cleartext. " + why
	}
	if odd := oddities(s); odd != "" {
		v.Cause += " " + odd
	}
	if undo := takeBack(s); undo != nil {
		v.Cause += " But " + sentWhere(s) + "."
		v.Who, v.Advice = record.WhoYou, undo
	}
	return v
}

// sentWhere says to whom a secret went that others may have read.
func sentWhere(s record.Snapshot) string {
	if s.State.Security.Encrypted() {
		return "the " + s.Exposed + " went to a server whose certificate failed verification"
	}
	return "the " + s.Exposed + " went out in cleartext"
}

// oddities says what a session came across that did not keep it from its goal and would matter to whoever runs the server, or to
// whoever relies on it; empty where there is nothing.
func oddities(s record.Snapshot) string {
	var out []string
	for _, o := range oddWords {
		if slices.Contains(s.Seen, o.code) {
			out = append(out, o.words)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "But " + strings.Join(out, ", and ") + "."
}

// oddWords are those findings, the worst first.
var oddWords = []struct {
	code  record.FindingCode
	words string
}{
	{record.FoundAuthListShortened, "the AUTH list before TLS was shorter than the one inside TLS, as if an attacker had shortened it"},
	{record.FoundAuthSuccessDenied, "the text of the reply to AUTH contradicted its code"},
	{record.FoundReplyMalformed, "some of its replies were malformed"},
	{record.FoundReplyCodeMismatch, "the lines of one reply had different codes"},
	{record.FoundEnhancedClassMismatch, "an enhanced status code contradicted the code of its reply"},
	{record.FoundBareLF, "some of its lines ended in LF without CR"},
}

// achieved says what was done.
func achieved(s record.Snapshot) string {
	st, plan := s.State, s.Start.Plan
	host := s.Server()
	switch x, ok := FindExperiment(plan.Experiment); {
	case ok && st.Experiment != nil:
		_, text := x.verdict(host, st)
		return text
	case st.Delivered > 0:
		return fmt.Sprintf("%s accepted %s for %s.", host, record.Plural(st.Delivered, "message", "messages"), recipients(accepted(s)))
	case st.Has(record.PhaseRcpt):
		return fmt.Sprintf("%s accepts a message for %s; none was sent.", host, recipients(accepted(s)))
	case st.Auth == record.AuthDone:
		return fmt.Sprintf("%s logged in %s with AUTH %s.", host, wire.VisibleString(cmp.Or(st.User, plan.User)), st.Mechanism)
	case st.Security.Encrypted() && s.TLS == nil: // a log without its handshake
		return fmt.Sprintf("TLS with %s works.", host)
	case st.Security == record.SecurityVerified:
		return fmt.Sprintf("%s with %s works, and the certificate is verified.", s.TLS.Version, host)
	case st.Security.Encrypted() && s.TLS.Unjudged():
		return fmt.Sprintf("%s with %s works; whether the certificate was verified is unknown.", cmp.Or(s.TLS.Version, "TLS"), host)
	case st.Security.Encrypted():
		return fmt.Sprintf("%s with %s works, and the certificate failed verification: %s.", s.TLS.Version, host, certificate.FailedChecks(s.TLS))
	}
	return fmt.Sprintf("%s answered, up to %s.", host, phaseWords.Get()[lastPhase(st)])
}

// withoutTLS says why there is no TLS although it was wanted; empty where there is, or where none was wanted.
func withoutTLS(s record.Snapshot) string {
	st := s.State
	if st.Security.Encrypted() || s.Start.Policy.Must != record.MustOpportunistic || s.Start.Policy.Start != record.StartSTARTTLS {
		return ""
	}
	for i := len(s.Failures) - 1; i >= 0; i-- {
		if f := s.Failures[i]; gotRound(s, &f) || f.Step == record.VerbEHLO && !st.ESMTP {
			return f.Finding.Text
		}
	}
	if n := len(s.Earlier); n > 0 && s.Earlier[n-1].Phase == record.PhaseHandshake {
		return s.Earlier[n-1].Cause
	}
	if s.Capabilities != nil && !s.Capabilities.Has("STARTTLS") {
		return fmt.Sprintf("The EHLO reply of %s does not offer STARTTLS.", s.Server())
	}
	return ""
}

// facts are what the session has shown.
func facts(s record.Snapshot) record.Facts {
	f := record.Facts{Peer: s.State.Peer, Exposed: s.Exposed, Earlier: s.Earlier, Delivered: s.State.Delivered, DeliveredTo: s.State.DeliveredTo, Refused: refused(s)}
	if s.Connect != nil {
		f.Address = s.Connect.Remote
	}
	if t := s.TLS; t != nil && t.Error == "" {
		f.TLS, f.Suite, f.Verified, f.Unjudged = cmp.Or(t.Version, "TLS"), t.CipherSuite, t.Verified, t.Unjudged()
	}
	if own := s.TLS.Own(); own != nil {
		f.Names, f.Expires, f.SHA256 = own.Names, own.NotAfter, own.SHA256
		f.Expired = s.Start != nil && f.Expires.Before(s.Start.Time)
		chain := s.TLS.Chain.List()
		if end := chain[len(chain)-1]; len(chain) > 1 && !s.TLS.Verified && end.Subject == end.Issuer {
			f.Root, f.RootSHA256 = end.CommonName(), end.SHA256
		}
	}
	if c := s.Capabilities; c != nil {
		f.Offered = visible(c.AuthMechanisms())
		f.Size, _ = c.Size()
	}
	if s.State.Auth == record.AuthDone {
		f.Used, f.User = s.State.Mechanism, s.State.User
	}
	return f
}

// visible makes words of a server fit for a terminal.
func visible(words []string) []string {
	shown := make([]string, len(words))
	for i, w := range words {
		shown[i] = wire.VisibleString(w)
	}
	return shown
}
