package walk

import (
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
	Step record.Step
	// Show is the line as a person sees it, secrets masked.
	Show string
	// Proposed is set on the one option a good client would take next; it comes first.
	Proposed bool
	// Blocked says why the walk cannot go on as asked, when the proposal is to stop; nil otherwise.
	Blocked *record.Error
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
