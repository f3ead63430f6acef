package record

import (
	"time"

	"ehlo/session/wire"
)

// Verdict is what a session came to: what happened, whose turn it is, and what they should do. It is the payload of the
// end event, and every face shows this one.
type Verdict struct {
	// Phase is where the session ended.
	Phase   Phase   `json:"phase"`
	Exit    Exit    `json:"exit"`
	Outcome Outcome `json:"outcome"`
	// Code and Enhanced are of the reply that decided, 0 and zero where none did. Temporary tells a 4yz.
	Code      int           `json:"code,omitempty"`
	Enhanced  wire.Enhanced `json:"enhanced,omitzero"`
	Temporary bool          `json:"temporary,omitempty"`
	// Finding is the one that explains the outcome; empty where all went as asked.
	Finding FindingCode `json:"finding,omitempty"`
	// Cause is one sentence about this session, complete in itself.
	Cause  string   `json:"cause"`
	Who    Who      `json:"who,omitempty"`
	Advice []Advice `json:"advice,omitempty"` // most likely first
	Facts  Facts    `json:"facts"`
}

// Failed reports whether the session did not do what was asked.
func (v *Verdict) Failed() bool { return v.Outcome != OutcomeDone }

// Unverified reports whether the last connection was in TLS with a certificate that failed verification.
func (v *Verdict) Unverified() bool {
	return v.Facts.TLS != "" && !v.Facts.Verified && !v.Facts.Unjudged
}

// Outcome is how a session went, in a word.
type Outcome string

// The outcomes.
const (
	OutcomeDone     Outcome = "done"     // all that was asked for
	OutcomeRefused  Outcome = "refused"  // a 5yz decided
	OutcomeDeferred Outcome = "deferred" // a 4yz decided: the same may work later (RFC 5321 §4.2.1)
	OutcomeFailed   Outcome = "failed"   // the session could not go on
	OutcomeUnsafe   Outcome = "unsafe"   // going on would have exposed something
	OutcomeStopped  Outcome = "stopped"  // a person ended it before anything decided
)

// Who has to act.
type Who string

// The ones who can act.
const (
	WhoYou       Who = "you"
	WhoOperator  Who = "operator"  // of the server
	WhoRecipient Who = "recipient" // the recipient's side
	WhoNetwork   Who = "network"   // the operator of the network in between
	WhoUnknown   Who = "unknown"
)

// String names them in a sentence.
func (w Who) String() string {
	switch w {
	case WhoYou:
		return "you"
	case WhoOperator:
		return "the server's operator"
	case WhoRecipient:
		return "the recipient's side"
	case WhoNetwork:
		return "the operator of the network in between"
	}
	return "unknown"
}

// Facts are what a session has shown, whatever it came to.
type Facts struct {
	// Peer is the name that the server gave itself; Address is where it was.
	Peer    string `json:"peer,omitempty"`
	Address string `json:"address,omitempty"`
	TLS     string `json:"tls,omitempty"` // version
	Suite   string `json:"suite,omitempty"`
	// Verified is set where the certificate passed; the next three are the server's own certificate.
	Verified bool      `json:"verified,omitempty"`
	Unjudged bool      `json:"unjudged,omitempty"` // whether it passed is unknown
	Names    []string  `json:"names,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	// Expired is set where that was before the session began.
	Expired bool   `json:"expired,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	// Root is the root that the server sent at the end of a chain that failed verification, and RootSHA256 its fingerprint.
	Root       string `json:"root,omitempty"`
	RootSHA256 string `json:"root-sha256,omitempty"`
	// Offered are the mechanisms of AUTH in the last EHLO reply, Used the one that logged in, as User.
	Offered []string `json:"auth-offered,omitempty"`
	Used    string   `json:"auth-used,omitempty"`
	User    string   `json:"user,omitempty"`
	// Size is the largest message in bytes that the server declared (RFC 1870 §3); 0 for none.
	Size int64 `json:"size,omitempty"`
	// Delivered counts the messages that the server took responsibility for, for the recipients of DeliveredTo; Refused are recipients it
	// did not take.
	Delivered   int      `json:"delivered,omitempty"`
	DeliveredTo []string `json:"delivered-to,omitempty"`
	Refused     []string `json:"refused,omitempty"`
	// Exposed is what of a secret could be read or guessed from: "password", "token", "proof"; empty for nothing.
	Exposed string `json:"exposed,omitempty"`
	// CutOff is set by a reader where the log has no end and nobody writes it any more.
	CutOff bool `json:"cut-off,omitempty"`
	// Earlier are the attempts before the last one, in order.
	Earlier []Attempt `json:"earlier,omitempty"`
}

// Attempt is a connection, or the failure to get one, that was followed by another.
type Attempt struct {
	Phase   Phase       `json:"phase"`
	Finding FindingCode `json:"finding,omitempty"`
	Cause   string      `json:"cause,omitempty"`
	Outcome Outcome     `json:"outcome,omitempty"`
}
