package walk

import (
	"strings"
	"time"

	"ehlo/session/compose"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Goal is what a person wants of the session. It proposes steps; it never forbids one.
type Goal struct {
	// Until is the last phase of the walk; empty goes as far as the rest of the goal asks.
	Until record.Phase
	// EHLOName is the name the client gives itself; empty means the default of [Goal.Name].
	EHLOName    string
	Credentials sasl.Credentials
	// Mechanism is the SASL mechanism to use; empty picks the best that is offered.
	Mechanism string
	// Insist goes on with Mechanism although the server does not offer it, to see what it says.
	Insist bool
	Auth   record.AuthSettings
	// From is the sender of the envelope, [NullSender] for none; empty takes the user, where that is an address or Domain
	// makes it one.
	From   string
	Domain string
	To     []string
	// Cc and Bcc are those of To that the header of a composed message names as having a copy, and does not name.
	Cc, Bcc []string
	// Envelope is what is asked for beside the addresses; nil where nothing is.
	Envelope *record.Envelope
	// Chunking sends the message with BDAT in place of DATA, in chunks of at most Chunk bytes where that is not 0; Pipelining the envelope in groups of commands. HELO greets without EHLO, and
	// so without any extension.
	Chunking, Pipelining, HELO bool
	// EveryMechanism logs in once by each mechanism, see [record.Plan].
	EveryMechanism bool
	// Experiment is the name of the rule of SMTP to break; BreakRules says that a person agreed beforehand to break it anywhere.
	Experiment string
	BreakRules bool
	// Proxy is the PROXY header to send, nil for none. XCLIENT and XFORWARD are the attributes to state, as [record.Plan] has them.
	Proxy             *record.ProxyHeader
	XCLIENT, XFORWARD []string
	Chunk             int64
	// Message is the content, measured once; nil composes a small one from the rest.
	Message *record.Message
	Subject string
	Body    string
	Fields  compose.Fields // of the message that is composed
	// SendMessage says that a person agreed beforehand to send a real message; else the walk asks before DATA.
	SendMessage bool
	// Public, where it is set, tells of a secret whether everyone is told it, so that it may be shown.
	Public func(secret string) bool

	has []sasl.Needs // what the credentials are, where they themselves are not known
}

// Plan is what of a goal is recorded: no credentials and no content.
func (g Goal) Plan() record.Plan {
	p := record.Plan{User: g.Credentials.Username, ActAs: g.Credentials.Authzid, Mechanism: g.Mechanism, Insist: g.Insist, Until: g.Until, EHLOName: g.EHLOName,
		From: g.From, Domain: g.Domain, To: g.To, Cc: g.Cc, Bcc: g.Bcc, Envelope: g.Envelope, Chunking: g.Chunking, Chunk: g.Chunk, Pipelining: g.Pipelining, HELO: g.HELO,
		EveryMechanism: g.EveryMechanism, Experiment: g.Experiment, BreakRules: g.BreakRules, Proxy: g.Proxy, XCLIENT: g.XCLIENT, XFORWARD: g.XFORWARD, Message: g.extent(), SendMessage: g.SendMessage}
	if g.Auth != (record.AuthSettings{}) {
		p.Auth = &g.Auth
	}
	if !g.Credentials.Password.IsZero() {
		p.Has = append(p.Has, string(sasl.NeedsPassword))
	}
	if !g.Credentials.Token.IsZero() {
		p.Has = append(p.Has, string(sasl.NeedsToken))
	}
	return p
}

// Plain reports whether nothing was said of the message that is composed where none is given.
func (g Goal) Plain() bool { return g.Subject == "" && g.Body == "" && g.Fields.None() }

// extent is how large the content is where that does not follow from the rest of the plan.
func (g Goal) extent() *record.Extent {
	m := g.Message
	if m == nil && !g.Plain() { // what is composed is of one size at any time of these years
		m = message(record.Snapshot{Start: &record.Start{Time: time.Unix(2e9, 0)}}, g)
	}
	if m == nil {
		return nil
	}
	return &record.Extent{Size: m.Size, Unended: m.Unended, EightBit: m.EightBit, Binary: m.Binary, Raw: m.Raw, Problems: m.Problems}
}

// GoalOf is the goal that a plan is a part of, as far as the plan tells. Its credentials and its message are known to be there, and
// cannot be sent.
func GoalOf(p record.Plan) Goal {
	g := Goal{Until: p.Until, EHLOName: p.EHLOName, Mechanism: p.Mechanism, Insist: p.Insist, From: p.From, Domain: p.Domain, To: p.To, Cc: p.Cc, Bcc: p.Bcc, Envelope: p.Envelope, Chunking: p.Chunking, Chunk: p.Chunk, Pipelining: p.Pipelining, HELO: p.HELO,
		EveryMechanism: p.EveryMechanism, Experiment: p.Experiment, BreakRules: p.BreakRules, Proxy: p.Proxy, XCLIENT: p.XCLIENT, XFORWARD: p.XFORWARD, SendMessage: p.SendMessage}
	g.Credentials.Username, g.Credentials.Authzid = p.User, p.ActAs
	if p.Auth != nil {
		g.Auth = *p.Auth
	}
	if m := p.Message; m != nil {
		g.Message = &record.Message{Size: m.Size, Unended: m.Unended, EightBit: m.EightBit, Binary: m.Binary, Raw: m.Raw, Problems: m.Problems}
	}
	for _, n := range p.Has {
		g.has = append(g.has, sasl.Needs(n))
	}
	return g
}

// Practices reports whether the secrets of the goal are those of a practice account.
func (g Goal) Practices() bool { return g.Public != nil && g.Credentials.Public(g.Public) }

func (g Goal) wantsAuth() bool {
	return g.Credentials.Username != "" || g.Mechanism != ""
}

// Guard is a question asked before a step that could do harm.
type Guard struct {
	// Code is one of FoundCleartextSecret, FoundUnverifiedSecret, FoundObsoleteSecret, FoundTamperedSecret, FoundCertificateUnverified and
	// FoundRealMessage.
	Code record.FindingCode
	// Phase is the leg of the walk that the step belongs to.
	Phase record.Phase
	// Mechanism is that of the login the question is about; empty where it is about none.
	Mechanism string
	Question  string
	Why       string
}

// Option is one thing that can be done now.
type Option struct {
	Step record.Step
	// Show is the line as a person sees it, secrets masked.
	Show string
	// Proposed is set on the one option a good client would take next; it comes first.
	Proposed bool
	// Blocked says why the walk cannot go on as asked, when the proposal is to stop; nil otherwise.
	Blocked *record.Finding
	// Why says what the step is for, here and now.
	Why string
	// Ref is where that is written.
	Ref string
	// Legal is false for steps out of order; Expect then says which reply to expect and why.
	Legal  bool
	Expect string
	// Predicted is the reply to expect, out of order or not; empty where there is nothing to say.
	Predicted Prediction
	// Guard is what will be asked before the step is done; nil when nothing will.
	Guard *Guard
	// Missing says what an AUTH needs and does not have, as [sasl.Choice] has it; empty when nothing.
	Missing string
	// Editable says that Show is a line that can be changed before it is sent.
	Editable bool
}

// noLookup names the step that would look up the host, where nothing is asked about it: it is an address, or a proxy is given its name.
func noLookup(s record.Snapshot) string {
	switch {
	case s.Start == nil || len(s.Start.Lookups) > 0:
		return ""
	case s.Start.Via != "":
		return "leave the lookup of " + s.Start.Target.Host + " to the proxy"
	case s.Start.Target.IsAddress():
		return "use the address " + s.Start.Target.Host
	}
	return ""
}

// Label is the step in a few words: the line that is sent, or what is done where none is.
func (o Option) Label(s record.Snapshot) string {
	if o.Show != "" {
		return o.Show
	}
	target, host := "the server", "the server"
	if s.Start != nil {
		target, host = s.Start.Target.String(), s.Start.Target.Host
	}
	switch o.Step.Verb {
	case record.VerbResolve:
		if unasked := noLookup(s); unasked != "" {
			return unasked
		}
		return "look up " + host
	case record.VerbConnect:
		return "connect to " + target
	case record.VerbGreeting:
		return "wait for the greeting"
	case record.VerbHandshake:
		return "start the TLS handshake"
	case record.VerbRespond:
		if p := s.State.Pending; p != nil && p.Line == "" {
			return "an empty line"
		}
		return "answer the challenge"
	case record.VerbContent:
		return "the message, then a dot"
	case record.VerbRaw:
		return "any line you type"
	}
	return strings.ToUpper(string(o.Step.Verb))
}

// Sourced cites where a text about the step comes from, unless the text does so itself.
func (o Option) Sourced(text string) string {
	if o.Ref == "" || strings.Contains(text, "(RFC ") {
		return text
	}
	return text + " (" + explain.Cited(o.Ref) + ")"
}
