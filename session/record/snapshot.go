package record

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ehlo/session/sasl"
	"ehlo/session/tlswire"
)

// Way is one way to reach a server: a port, and when and whether TLS starts there.
type Way struct {
	Port  int
	Start TLSStart
	Must  TLSMust
}

// Snapshot is what is known at one position of a log: the fold of the events before it. It is a value; the pointers
// in it point into events and must not be written through.
type Snapshot struct {
	Start        *Start        // with the plan that holds now
	Asked        *Plan         // what was asked for at the beginning
	Heard        time.Duration // when the server was heard last, since the log began: by a reply, or by taking the connection
	Resolve      *Resolve
	Connect      *Connect // the last attempt that worked
	Tried        []string // addresses of the target's name, by any attempt of this log
	Ways         []Way    // how the server was to be reached, by any attempt of this log
	Probe        *Probe   // of this connection
	State        State
	Capabilities *Capabilities // of the last EHLO, nil when there is none or it was forgotten
	Forgotten    *Capabilities // of the EHLO before TLS
	TLS          *TLS
	Auth         *Auth // the last half round
	Exchange     Exchange
	Logins       []Login // of this log, on any connection, in order
	Sent         *Send   // the last line or content
	Reply        *Reply
	Finding      *Finding // the worst since the connection began
	End          *Verdict
	// Failures are the steps of this attempt that failed, in order; one that was put right since is no longer in
	// State.Failed.
	Failures []Failure
	// Seen are the known findings since the connection began, each once.
	Seen []FindingCode
	// Earlier are the attempts before this one.
	Earlier []Attempt
	// Exposed is what of a secret was given away in this log: "password", "token" or "proof".
	Exposed string
	// Tampered is set once a login of this session has shown that the peer is not the server that it says it is, or
	// that an attacker ends TLS in between.
	Tampered bool
	// Revealed is set while secrets are recorded as they are.
	Revealed bool
	// Veiled is set while a person wants the secrets of practice accounts masked too.
	Veiled bool
	// Faulted is set once the program itself has failed.
	Faulted *Fault
	// Retried is set while the last message of TLS, a dummy aside, was a HelloRetryRequest.
	Retried bool
}

// Server is the host of the connection in a sentence: the one to which MX records led, else the target.
func (s Snapshot) Server() string {
	if s.Connect != nil && s.Connect.Host != "" {
		return Target{Host: s.Connect.Host}.Called()
	}
	return s.Start.Target.Called()
}

// Login is a login that came to an end.
type Login struct {
	Mechanism string
	Outcome   AuthOutcome
}

// Failure is a step that failed, and why.
type Failure struct {
	Seq     int // of the finding that says why
	Step    Verb
	Finding *Finding
	Reply   *Reply // the one that decided, nil where none came
	Line    string // what was answered, masked; empty if nothing was sent
}

// Exchange is what is known of the exchange of AUTH that runs, or ran last.
type Exchange struct {
	Settings *AuthSettings
	ActsAs   string
	// Unoffered is set when the mechanism was tried although the server does not list it.
	Unoffered bool
	// Refused is what the server said of the login inside the exchange, or what the exchange has shown of the server.
	Refused *Finding
	// Gave is what went out unprotected already, as [sasl.Response.Hides] has it.
	Gave string
}

// Next is the snapshot after one more event.
func (s Snapshot) Next(e *Event) Snapshot {
	s.Take(e)
	return s
}

// Take is Next in place: a snapshot is large, and a session or a [Timeline] goes through many events at once.
func (s *Snapshot) Take(e *Event) {
	switch e.Kind {
	case KindStart:
		*s = Snapshot{Start: e.Start, Asked: &e.Start.Plan, State: NewState()}
	case KindResolve:
		s.Resolve = e.Resolve
		s.afresh()
	case KindConnect:
		s.Heard = e.T
		s.connected(e.Connect)
	case KindProbe:
		s.Probe = e.Probe
	case KindSend:
		s.sent(e)
	case KindReply:
		s.Reply, s.Heard = e.Reply, e.T
	case KindTLSMessage:
		s.Retried = e.TLSMessage.Name == "HelloRetryRequest" || s.Retried && e.TLSMessage.Kind == tlswire.KindChangeCipherSpec
	case KindCapabilities:
		s.Capabilities = e.Capabilities
	case KindForgot:
		s.Forgotten, s.Capabilities = s.Capabilities, nil
	case KindTLS:
		s.TLS = e.TLS
	case KindAuth:
		s.authenticating(e.Auth)
	case KindState:
		if s.State = *e.State; !s.State.ESMTP { // after HELO there are no extensions (RFC 5321 §4.1.4)
			s.Capabilities = nil
		}
	case KindFinding:
		s.found(e)
	case KindChange:
		if e.Change.ByHand() { // which is no other attempt
			start := *s.Start
			start.Plan, s.Start = e.Change.Plan, &start
			break
		}
		s.went() // a session that goes on after the end of another begins with the change
		start := *s.Start
		if start.Plan = e.Change.Plan; start.Target.Host != s.Start.Target.Host {
			s.Tried, s.Ways = nil, nil
		}
		s.Start = &start
		if left := e.Change.Left; left != nil && len(s.Failures) == 0 {
			s.Earlier = append(slices.Clip(s.Earlier), *left)
		}
		s.afresh()
	case KindReveal:
		s.Revealed, s.Veiled = e.Reveal.On, !e.Reveal.On
	case KindFault:
		s.Faulted = e.Fault
	case KindEnd:
		s.End = e.End
	}
}

// afresh puts what failed behind: another attempt begins.
func (s *Snapshot) afresh() {
	if n := len(s.Failures); n > 0 {
		f := s.Failures[n-1]
		s.Earlier = append(slices.Clip(s.Earlier), Attempt{Phase: f.Finding.Phase, Finding: f.Finding.Code, Cause: f.Finding.Text, Outcome: f.outcome()})
	}
	s.Failures = nil
}

// outcome is what a failure alone makes of an attempt: the row of its finding says, or else the reply.
func (f *Failure) outcome() Outcome {
	row, _ := f.Finding.Code.Row()
	switch {
	case row.Outcome != "":
		return row.Outcome
	case f.Reply != nil && f.Reply.Code/100 == 4:
		return OutcomeDeferred
	case f.Reply != nil && f.Reply.Code/100 == 5:
		return OutcomeRefused
	}
	return OutcomeFailed
}

// connected forgets the connection before.
func (s *Snapshot) connected(c *Connect) {
	s.went()
	if c.Address != "" && !slices.Contains(s.Tried, c.Address) {
		s.Tried = append(slices.Clip(s.Tried), c.Address)
	}
	if c.Error != "" {
		return
	}
	s.afresh()
	*s = Snapshot{Start: s.Start, Asked: s.Asked, Resolve: s.Resolve, Connect: c, Tried: s.Tried, Ways: s.Ways, State: s.State, Logins: s.Logins, Earlier: s.Earlier, Exposed: s.Exposed,
		Revealed: s.Revealed, Veiled: s.Veiled, Tampered: s.Tampered, Faulted: s.Faulted}
}

// went notes how the plan has the server reached. A log has few ways, unless someone has written it to be long.
func (s *Snapshot) went() {
	const most = 64
	if s.Start == nil || len(s.Ways) == most {
		return
	}
	if way := (Way{s.Start.Target.Port, s.Start.Policy.Start, s.Start.Policy.Must}); !slices.Contains(s.Ways, way) {
		s.Ways = append(slices.Clip(s.Ways), way)
	}
}

func (s *Snapshot) sent(e *Event) {
	s.Sent = e.Send
	if e.Step == VerbAuth {
		s.Exchange = Exchange{}
	}
}

func (s *Snapshot) authenticating(a *Auth) {
	s.Auth = a
	if a.Outcome != "" {
		s.Logins = append(slices.Clip(s.Logins), Login{cmp.Or(a.Mechanism, s.State.Mechanism), a.Outcome})
	}
	if a.From == "C" && a.Round == 0 {
		s.Exchange.Settings, s.Exchange.ActsAs = a.Settings, a.ActsAs
		s.Exchange.Unoffered = s.Capabilities == nil || !s.Capabilities.OffersAuth(a.Mechanism)
	}
}

func (s *Snapshot) found(e *Event) {
	f := e.Finding
	s.Finding = worse(s.Finding, f)
	s.Tampered = s.Tampered || Tampered(f.Code)
	if sasl.Refusal(string(f.Code)) || Tampered(f.Code) {
		s.Exchange.Refused = f
	}
	switch f.Code {
	case FoundSecretExposed:
		s.Exposed, s.Exchange.Gave = s.gave(), s.gave()
	case FoundProofExposed:
		s.Exchange.Gave = s.gave()
		if s.Exposed == "" {
			s.Exposed = "proof"
		}
	}
	if _, known := f.Code.Row(); known && !slices.Contains(s.Seen, f.Code) {
		s.Seen = append(slices.Clip(s.Seen), f.Code)
	}
	if f.Phase != "" {
		s.Failures = append(slices.Clip(s.Failures), s.failure(e))
	}
}

func (s *Snapshot) gave() string {
	if s.Sent == nil {
		return ""
	}
	return s.Sent.Gives
}

func (s *Snapshot) failure(e *Event) Failure {
	f := Failure{Seq: e.Seq, Step: e.Step, Finding: e.Finding}
	if e.Finding.Reply != 0 {
		f.Reply = s.Reply
	}
	switch {
	case s.Sent == nil || s.Sent.Content:
	case s.Sent.Group > 0 && s.Reply != nil && s.Reply.Place > 0:
		f.Line = s.Sent.Command(s.Reply.Place)
	default:
		f.Line = strings.TrimRight(string(s.Sent.Raw), "\r\n")
	}
	return f
}

// Failing is the failure of this attempt that nothing has put right, the last of them; nil if there is none. That a QUIT
// fails matters to nobody.
func (s Snapshot) Failing() *Failure {
	for i := len(s.Failures) - 1; i >= 0; i-- {
		if f := &s.Failures[i]; f.Finding.Phase != PhaseQuit && s.State.FailedAt(f.Finding.Phase) {
			return f
		}
	}
	return nil
}

// Tampered reports whether a finding means that the peer is not, or not alone, the server that was meant.
func Tampered(code FindingCode) bool {
	switch code {
	case FoundAuthBindingMismatch, FoundAuthBindingStripped, FoundAuthServerProofWrong, FoundAuthServerProofMissing, FoundAuthNonceChanged:
		return true
	}
	return false
}

var severities = []Severity{"", SeverityInfo, SeverityWarn, SeverityDanger}

func worse(a, b *Finding) *Finding {
	if a != nil && Rank(a.Severity) >= Rank(b.Severity) {
		return a
	}
	return b
}

// Rank orders severities, the greater the worse; 0 is none.
func Rank(severity Severity) int { return max(0, slices.Index(severities, severity)) }

// between is how many events lie between two checkpoints of a [Timeline]. Each keeps what its snapshot points to.
const between = 512

// Timeline finds the snapshot at any position of a growing source at bounded cost: it keeps one snapshot in every
// 512 events and folds the rest. It is not safe for concurrent use.
type Timeline struct {
	src    Source
	points []Snapshot // points[i] is the snapshot after i×between events
	end    Snapshot   // after all events read
	n      int
}

// NewTimeline starts a timeline over src.
func NewTimeline(src Source) *Timeline {
	return &Timeline{src: src, points: []Snapshot{{State: NewState()}}, end: Snapshot{State: NewState()}}
}

// Extend reads what src has gained and returns how many events have been read in all.
func (t *Timeline) Extend() int {
	for n := t.src.Len(); t.n < n; t.n++ {
		t.end.Take(Skim(t.src, t.n))
		if (t.n+1)%between == 0 {
			t.points = append(t.points, t.end)
		}
	}
	return t.n
}

// At is the snapshot after the first n events; n is cut to what has been read.
func (t *Timeline) At(n int) Snapshot {
	if n >= t.n {
		return t.end
	}
	n = max(n, 0)
	s := t.points[n/between]
	for i := n / between * between; i < n; i++ {
		s.Take(Skim(t.src, i))
	}
	return s
}

// Has reports whether the phase is done on this connection.
func (s State) Has(p Phase) bool { return slices.Contains(s.Done, p) }

// FailedAt reports whether the phase went wrong and was not put right.
func (s State) FailedAt(p Phase) bool { return slices.Contains(s.Failed, p) }

// WithDone and WithFailed return copies: states are values and share nothing.

// WithDone is the state after a phase went well.
func (s State) WithDone(p Phase) State {
	s.Failed = Without(s.Failed, p)
	if !s.Has(p) {
		s.Done = slices.Concat(s.Done, []Phase{p})
	}
	return s
}

// WithFailed is the state after a phase went wrong. [PhaseOther] belongs to no walk and is not kept.
func (s State) WithFailed(p Phase) State {
	if p != "" && p != PhaseOther && !s.FailedAt(p) {
		s.Failed = slices.Concat(s.Failed, []Phase{p})
	}
	return s
}

// Without is a list without one phase.
func Without(list []Phase, p Phase) []Phase {
	var kept []Phase
	for _, q := range list {
		if q != p {
			kept = append(kept, q)
		}
	}
	return kept
}

// AllPhases lists all phases in the order of a walk.
var AllPhases = []Phase{PhaseResolve, PhaseConnect, PhaseGreeting, PhaseEHLO, PhaseSTARTTLS, PhaseHandshake, PhaseEHLOAgain,
	PhaseAuth, PhaseMail, PhaseRcpt, PhaseData, PhaseQuit}

// Before reports whether a walk comes to p before q; an empty phase comes before none.
func (p Phase) Before(q Phase) bool {
	return p != "" && slices.Index(AllPhases, p) < slices.Index(AllPhases, q)
}

// AboutTLS holds for a phase that makes TLS. A walk that ends with it is a question about TLS, which nothing else answers.
func (p Phase) AboutTLS() bool {
	return p == PhaseSTARTTLS || p == PhaseHandshake || p == PhaseEHLOAgain
}

// ParsePhase reads the value of --until.
func ParsePhase(s string) (Phase, bool) {
	return Phase(s), slices.Contains(AllPhases, Phase(s))
}

// Phases lists the names of all phases in the order of a walk.
func Phases() []string {
	names := make([]string, len(AllPhases))
	for i, p := range AllPhases {
		names[i] = string(p)
	}
	return names
}
