package record

import (
	"ehlo/session/sasl"
	"slices"
)

// Verb is what a step does. Most are SMTP commands; the others are the things around them that a person wants to see
// one at a time.
type Verb string

// The verbs.
const (
	VerbResolve    Verb = "resolve"
	VerbConnect    Verb = "connect"
	VerbProxy      Verb = "proxy"    // the header by which a load balancer names the client
	VerbGreeting   Verb = "greeting" // wait for the server to speak first
	VerbEHLO       Verb = "ehlo"
	VerbHELO       Verb = "helo"
	VerbSTARTTLS   Verb = "starttls"
	VerbHandshake  Verb = "handshake"
	VerbXCLIENT    Verb = "xclient"  // state another client's identity, for all that follows
	VerbXFORWARD   Verb = "xforward" // state it for the log
	VerbAuth       Verb = "auth"     // the AUTH command
	VerbRespond    Verb = "respond"  // the answer to a 334 challenge
	VerbCancel     Verb = "cancel"   // "*": give up an AUTH exchange (RFC 4954 §4)
	VerbMail       Verb = "mail"
	VerbRcpt       Verb = "rcpt"
	VerbData       Verb = "data"
	VerbContent    Verb = "content"    // message content after 354, with the final dot
	VerbBdat       Verb = "bdat"       // one chunk, the last (RFC 3030 §2)
	VerbGroup      Verb = "group"      // several commands, sent without waiting for the replies between them (RFC 2920)
	VerbExperiment Verb = "experiment" // break a rule on purpose, to see what the server makes of it
	VerbRset       Verb = "rset"
	VerbNoop       Verb = "noop"
	VerbVrfy       Verb = "vrfy"
	VerbExpn       Verb = "expn"
	VerbHelp       Verb = "help"
	VerbQuit       Verb = "quit"
	VerbRaw        Verb = "raw" // any line
)

// Step is one thing to do. It carries everything it needs, so that it can be prepared, looked at, edited and then
// done. Options makes steps ready to be done.
type Step struct {
	Verb Verb
	// Line is the command line without its CRLF. Steps that send a line send exactly this. For VerbRespond an empty
	// Line sends the pending response; for VerbAuth an empty Line lets Mechanism build it.
	Line string
	// Group are the lines of VerbGroup, likewise.
	Group []string
	// Edited says that a person wrote Line.
	Edited bool
	// Address is for VerbConnect: the one to try. Empty tries those of the name in order.
	Address string
	// Mechanism and Credentials are for VerbAuth.
	Mechanism   string
	Credentials sasl.Credentials
	// Auth is for VerbAuth too, and for comparing what a person types with what the mechanism would send.
	Auth AuthSettings
	// Message is the content for VerbContent and VerbBdat, lines in any line ending; it is opened when it is sent.
	Message *Message
	// Part is what of the message VerbBdat sends; zero is all of it. Verbatim sends its bytes as they are, line ends too (RFC 3030 §3).
	Part     Part
	Verbatim bool
	// Experiment is the name of the one for VerbExperiment, and Bytes what it sends as it is.
	Experiment string
	Bytes      []byte
	// Confirmed holds the codes of the guards that a person said yes to.
	Confirmed []FindingCode

	// Hidden is where in Line something begins that is to be hidden, counted from 1; 0 hides nothing. It comes from preparing
	// the step.
	Hidden int
}

// Part is a part of a message: Size bytes from byte From on.
type Part struct{ From, Size int64 }

// Confirm returns the step with a guard answered.
func (s Step) Confirm(code FindingCode) Step {
	s.Confirmed = append(slices.Clone(s.Confirmed), code)
	return s
}

// HasConfirmed reports whether a person said yes to a guard.
func (s Step) HasConfirmed(code FindingCode) bool {
	return slices.Contains(s.Confirmed, code)
}
