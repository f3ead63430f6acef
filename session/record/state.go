package record

import "slices"

// State is where a session stands: stage × security × authentication × transaction. It is a value; the table in
// rules.go says what is legal in it, and Advance in transitions.go how replies move it.
type State struct {
	Stage       Stage       `json:"stage"`
	Security    Security    `json:"security"`
	Auth        AuthState   `json:"auth"`
	Transaction Transaction `json:"transaction"`

	// Peer is the name the server gave in its greeting or EHLO reply; untrusted.
	Peer string `json:"peer,omitempty"`
	// Software is what the greeting claims to be, by which the wordings of vendors are told apart; untrusted.
	Software string `json:"software,omitempty"`
	// ESMTP is set after EHLO was accepted, unset after HELO.
	ESMTP bool `json:"esmtp,omitempty"`
	// LMTP is set after LHLO was accepted: the server then answers a message once for each recipient (RFC 2033 §4.2).
	LMTP bool `json:"lmtp,omitempty"`
	// PRDR is set where the sender was accepted with PRDR: the server may then answer once for each recipient too, after a 353.
	PRDR bool `json:"prdr,omitempty"`
	// Mechanism is the SASL mechanism in use or used, User the name that was accepted.
	Mechanism string `json:"mechanism,omitempty"`
	User      string `json:"user,omitempty"`
	// Pending is the response that AUTH would send next, secrets taken out.
	Pending *Pending `json:"pending,omitempty"`
	// Sender and Recipients are the envelope accepted so far.
	Sender     string   `json:"sender,omitempty"`
	Recipients []string `json:"recipients,omitempty"`
	// Refused are the recipients that were not.
	Refused []string `json:"refused,omitempty"`
	// Answering is set while replies for single recipients are still to come for a message that was sent. Answered is for how many
	// of Recipients they came, in their order, and Taken are those of them for whom the server said yes.
	Answering bool     `json:"answering,omitempty"`
	Answered  int      `json:"answered,omitempty"`
	Taken     []string `json:"taken,omitempty"`
	// Chunked is how many bytes of the message were accepted in chunks, while more are to come (RFC 3030 §2).
	Chunked int64 `json:"chunked,omitempty"`
	// Experiment is the one that was begun on this connection; nil where none was.
	Experiment *Experiment `json:"experiment,omitempty"`
	// Done lists the phases completed on this connection, in order; Failed those that went wrong and were not put
	// right since.
	Done   []Phase `json:"done,omitempty"`
	Failed []Phase `json:"failed,omitempty"`
	// Stated are the ways in which the client of this connection has stated another client's identity, in order; one of XCLIENT may be there
	// more than once.
	Stated []Verb `json:"stated,omitempty"`
	// TriedHELO is set when EHLO was refused and HELO was tried.
	TriedHELO bool `json:"tried-helo,omitempty"`
	// Delivered counts the messages the server took responsibility for.
	Delivered int `json:"delivered,omitempty"`
	// DeliveredTo are the recipients that the server accepted for them.
	DeliveredTo []string `json:"delivered-to,omitempty"`
}

// Same reports whether two states say the same.
func (s *State) Same(o *State) bool {
	return s.Stage == o.Stage && s.Security == o.Security && s.Auth == o.Auth && s.Transaction == o.Transaction &&
		s.Peer == o.Peer && s.Software == o.Software && s.ESMTP == o.ESMTP && s.LMTP == o.LMTP && s.PRDR == o.PRDR &&
		s.Mechanism == o.Mechanism && s.User == o.User && same(s.Pending, o.Pending) &&
		s.Sender == o.Sender && slices.Equal(s.Recipients, o.Recipients) && slices.Equal(s.Refused, o.Refused) &&
		s.Answering == o.Answering && s.Answered == o.Answered && slices.Equal(s.Taken, o.Taken) && s.Chunked == o.Chunked &&
		s.Experiment.same(o.Experiment) && slices.Equal(s.Done, o.Done) && slices.Equal(s.Failed, o.Failed) &&
		slices.Equal(s.Stated, o.Stated) && s.TriedHELO == o.TriedHELO && s.Delivered == o.Delivered && slices.Equal(s.DeliveredTo, o.DeliveredTo)
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func (x *Experiment) same(o *Experiment) bool {
	return x == o || x != nil && o != nil && x.Name == o.Name && x.Verdict == o.Verdict && slices.Equal(x.Replies, o.Replies)
}

// Experiment is a rule of SMTP that is being broken on purpose: the codes of the replies since, without that of the last one, which closes
// the connection; and the verdict, empty while it runs.
type Experiment struct {
	Name    string            `json:"name"`
	Replies []int             `json:"replies,omitempty"`
	Verdict ExperimentVerdict `json:"verdict,omitempty"`
}

// ExperimentVerdict is what an experiment has shown.
type ExperimentVerdict string

// The verdicts of an experiment.
const (
	ExperimentHeld  ExperimentVerdict = "held"  // the server did what is right
	ExperimentBroke ExperimentVerdict = "broke" // it did not
	ExperimentOpen  ExperimentVerdict = "open"  // it cannot be said
)

// Pending is a SASL response that waits to be sent.
type Pending struct {
	Line   string `json:"line"`            // as it would be shown, masked
	Hides  string `json:"hides,omitempty"` // what kind of secret is in it, masked or not
	Cancel bool   `json:"cancel,omitempty"`
}

// Shown is the line, empty where nothing is prepared.
func (p *Pending) Shown() string {
	if p == nil {
		return ""
	}
	return p.Line
}

// Stage is how far the connection has come.
type Stage string

// The stages of a connection.
const (
	StageIdle      Stage = "idle"      // nothing done yet
	StageResolved  Stage = "resolved"  // addresses are known
	StageConnected Stage = "connected" // TCP is up; TLS or the greeting comes next
	StageGreeted   Stage = "greeted"   // 220 seen, or TLS started after STARTTLS: EHLO comes next
	StageReady     Stage = "ready"     // EHLO or HELO accepted
	StageUpgrading Stage = "upgrading" // 220 to STARTTLS seen: only the handshake may follow
	StageRefused   Stage = "refused"   // greeting was 5yz: only QUIT makes sense (RFC 5321 §3.1)
	StageBroken    Stage = "broken"    // out of sync: nothing more is sent
	StageClosed    Stage = "closed"    // the connection is gone
)

// Security is what protects the connection now.
type Security string

// The kinds of protection.
const (
	SecurityPlain      Security = "plain"      // anyone on the path reads everything
	SecurityUnverified Security = "unverified" // TLS to someone: the certificate failed verification
	SecurityAccepted   Security = "accepted"   // unverified, and a person or a policy chose to go on
	SecurityVerified   Security = "verified"   // TLS to the server that was meant
)

// Encrypted reports whether there is TLS at all.
func (s Security) Encrypted() bool { return s != SecurityPlain && s != "" }

// Unverified reports whether there is TLS to nobody knows whom, accepted or not.
func (s Security) Unverified() bool { return s == SecurityUnverified || s == SecurityAccepted }

// AuthState is how far AUTH has come.
type AuthState string

// The states of AUTH.
const (
	AuthNone     AuthState = "none"
	AuthExchange AuthState = "exchange" // between AUTH and its final reply
	AuthDone     AuthState = "done"
)

// Transaction is how far a mail transaction has come (RFC 5321 §3.3).
type Transaction string

// The states of a mail transaction.
const (
	TransactionNone Transaction = "none"
	TransactionMail Transaction = "mail" // a sender was accepted
	TransactionRcpt Transaction = "rcpt" // and at least one recipient
	TransactionData Transaction = "data" // 354 seen: only message content may follow
	TransactionBdat Transaction = "bdat" // a BDAT chunk was accepted, the last one is still to come
)

// NewState is the state before anything happened.
func NewState() State {
	return State{Stage: StageIdle, Security: SecurityPlain, Auth: AuthNone, Transaction: TransactionNone}
}

// Connected reports whether there is a connection on which something can still be sent.
func (s State) Connected() bool {
	switch s.Stage {
	case StageConnected, StageGreeted, StageReady, StageUpgrading, StageRefused:
		return true
	}
	return false
}

// Phase is a leg of the walk. Phases are what a person follows on the screen, what --until takes and what an end
// event names; EHLO occurs in two of them when STARTTLS lies between.
type Phase string

// The phases of a walk.
const (
	PhaseResolve   Phase = "resolve"
	PhaseConnect   Phase = "connect"
	PhaseGreeting  Phase = "greeting"
	PhaseEHLO      Phase = "ehlo"
	PhaseSTARTTLS  Phase = "starttls"
	PhaseHandshake Phase = "handshake"
	PhaseEHLOAgain Phase = "ehlo-again"
	PhaseAuth      Phase = "auth"
	PhaseMail      Phase = "mail"
	PhaseRcpt      Phase = "rcpt"
	PhaseData      Phase = "data"
	PhaseQuit      Phase = "quit"
	// PhaseOther is for what fails and is no part of a walk, such as a command that a person typed.
	PhaseOther Phase = "other"
)
