package session

import (
	"ehlo/session/sasl"
)

// Verb is what a step does. Most are SMTP commands; the others are the things around them that a person wants to see
// one at a time.
type Verb string

// The verbs.
const (
	VerbResolve   Verb = "resolve"
	VerbConnect   Verb = "connect"
	VerbGreeting  Verb = "greeting" // wait for the server to speak first
	VerbEHLO      Verb = "ehlo"
	VerbHELO      Verb = "helo"
	VerbSTARTTLS  Verb = "starttls"
	VerbHandshake Verb = "handshake"
	VerbAuth      Verb = "auth"    // the AUTH command
	VerbRespond   Verb = "respond" // the answer to a 334 challenge
	VerbCancel    Verb = "cancel"  // "*": give up an AUTH exchange (RFC 4954 §4)
	VerbMail      Verb = "mail"
	VerbRcpt      Verb = "rcpt"
	VerbData      Verb = "data"
	VerbContent   Verb = "content" // message content after 354, with the final dot
	VerbBdat      Verb = "bdat"    // one chunk, the last (RFC 3030 §2)
	VerbRset      Verb = "rset"
	VerbNoop      Verb = "noop"
	VerbVrfy      Verb = "vrfy"
	VerbExpn      Verb = "expn"
	VerbHelp      Verb = "help"
	VerbQuit      Verb = "quit"
	VerbRaw       Verb = "raw" // any line
)

// Step is one thing to do. It carries everything it needs, so that it can be prepared, looked at, edited and then
// done. Options makes steps ready to be done.
type Step struct {
	Verb Verb
	// Line is the command line without its CRLF. Steps that send a line send exactly this. For VerbRespond an empty
	// Line sends the pending response; for VerbAuth an empty Line lets Mechanism build it.
	Line string
	// Edited says that a person wrote Line.
	Edited bool
	// Mechanism and Credentials are for VerbAuth.
	Mechanism   string
	Credentials sasl.Credentials
	// Auth is for VerbAuth too, and for comparing what a person types with what the mechanism would send.
	Auth AuthSettings
	// Content is the message for VerbContent and VerbBdat, lines in any line ending.
	Content []byte
	// Confirmed holds the codes of the guards that a person said yes to.
	Confirmed []string

	holds bool // a person typed something into Line that is to be hidden
}

// Confirm returns the step with a guard answered.
func (s Step) Confirm(code string) Step {
	s.Confirmed = append(append([]string(nil), s.Confirmed...), code)
	return s
}

func (s Step) confirmed(code string) bool {
	for _, c := range s.Confirmed {
		if c == code {
			return true
		}
	}
	return false
}

// Goal is what a person wants of the session. It proposes steps; it never forbids one.
type Goal struct {
	// Until is the last phase of the walk; empty goes as far as the rest of the goal asks.
	Until Phase
	// EHLOName is the name the client gives itself; empty means the default of [Goal.Name].
	EHLOName    string
	Credentials sasl.Credentials
	// Mechanism is the SASL mechanism to use; empty picks the best that is offered.
	Mechanism string
	// Insist goes on with Mechanism although the server does not offer it, to see what it says.
	Insist bool
	Auth   AuthSettings
	// From is the sender of the envelope; empty takes the user, where that is an address or Domain makes it one.
	From   string
	Domain string
	To     []string
	// Message is the content; empty composes a small one from the rest.
	Message []byte
	Subject string
	Body    string
	// SendMessage lets the proposed walk go on to DATA on a server that is not the lab.
	SendMessage bool
}

func (g Goal) wantsAuth() bool {
	return g.Credentials.Username != "" || g.Mechanism != ""
}

// Guard is a question asked before a step that could do harm.
type Guard struct {
	Code     string // a finding code: cleartext-secret, unverified-secret, tampered-secret, cert-unverified, real-message
	Question string
	Why      string
}

// Option is one thing that can be done now.
type Option struct {
	Step Step
	// Show is the line as a person sees it, secrets masked.
	Show string
	// Proposed is set on the one option a good client would take next; it comes first.
	Proposed bool
	// Blocked says why the walk cannot go on as asked, when the proposal is to stop; nil otherwise.
	Blocked *Error
	// Why says what the step is for, here and now.
	Why string
	// Ref is where that is written.
	Ref string
	// Legal is false for steps out of order; Expect then says which reply to expect and why.
	Legal  bool
	Expect string
	// Guard is what will be asked before the step is done; nil when nothing will.
	Guard *Guard
	// Missing says what an AUTH needs and does not have, as [sasl.Choice] has it; empty when nothing.
	Missing string
	// Editable says that Show is a line that can be changed before it is sent.
	Editable bool
}
