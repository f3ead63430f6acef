package sasl

// Finding is something worth pointing at.
type Finding struct {
	Code     string `json:"code"`     // one of the Code constants
	Severity string `json:"severity"` // one of the Severity constants
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty"` // what to do about it, where this place knows more than the code
	Ref      string `json:"ref,omitempty"`
}

// How much a finding matters.
const (
	severityInfo   = "info"
	severityWarn   = "warn"
	severityDanger = "danger"
)

// Codes of findings and errors; stable. Each has one severity wherever it occurs, for an [Error] it is danger.
const (
	CodeUnsupported    = "auth-mechanism-unsupported" // this program does not speak the mechanism
	CodeCredential     = "auth-credential-missing"    // a username, password or token is missing
	CodePreparation    = "auth-credential-invalid"    // a credential that the mechanism cannot carry
	CodeNoBinding      = "auth-binding-missing"       // -PLUS without channel binding data
	CodeRandom         = "auth-no-randomness"         // no nonce could be made
	CodeState          = "auth-out-of-order"          // Start, Next or Done called when it was not their turn
	CodeTooLong        = "auth-challenge-too-long"
	CodeNotBase64      = "auth-challenge-not-base64"
	CodeMalformed      = "auth-challenge-malformed"  // base64, but not what the mechanism prescribes
	CodeUnexpected     = "auth-challenge-unexpected" // one more than the mechanism has
	CodeInitialIgnored = "auth-initial-response-asked-again"
	CodeRefused        = "auth-refused-by-mechanism" // the server said no inside the exchange: e=
	CodeToken          = "auth-token-refused"        // the JSON of OAuth
	CodeMismatch       = "auth-binding-mismatch"     // client and server see different TLS connections
	CodeStripped       = "auth-binding-stripped"     // the server has -PLUS, and the list that arrived here had not
	CodeBindingType    = "auth-binding-unsupported"  // the server has no channel binding, or not of this type
	CodeNonce          = "auth-nonce-changed"
	CodeIterationsLow  = "auth-iterations-low"
	CodeIterationsHigh = "auth-iterations-high"
	CodeExtension      = "auth-extension-mandatory" // SCRAM m=
	CodeServerProof    = "auth-server-proof-wrong"
	CodeServerSilent   = "auth-server-proof-missing" // 235 before the server proved itself
	CodeUnchecked      = "auth-server-unchecked"     // there was a proof of the server, and nobody could check it
	CodeTooEarly       = "auth-success-too-early"    // 235 before the client showed anything
	CodeUnproven       = "auth-server-unproven"      // the mechanism has no proof of the server
	CodeBindingUnused  = "auth-binding-unused"       // the server binds to TLS, this exchange does not
	CodeSHA1           = "auth-sha1"
	CodeContradiction  = "auth-success-after-refusal"
	CodeFirstNotEmpty  = "auth-first-challenge-not-empty"
	CodeOddChallenge   = "cram-odd-challenge"
	CodeOddPrompt      = "login-odd-prompt"
	CodePasswordFirst  = "login-password-first"
	CodeWeakDigest     = "auth-md5"
)

// Error says why an exchange must not start or go on. It never holds a secret.
type Error struct {
	Mechanism string
	Code      string // as in a [Finding]
	Text      string
	Hint      string
	Ref       string
}

// Error gives mechanism, text and hint in one line.
func (e *Error) Error() string {
	s := e.Text
	if e.Mechanism != "" {
		s = e.Mechanism + ": " + s
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Finding gives the error as a finding of the severity "danger".
func (e *Error) Finding() Finding {
	return Finding{Code: e.Code, Severity: severityDanger, Text: e.Text, Hint: e.Hint, Ref: e.Ref}
}

// Refusal reports whether a code stands for a no that the server said inside the exchange, with its reason.
func Refusal(code string) bool {
	switch code {
	case CodeRefused, CodeToken, CodeMismatch, CodeStripped, CodeBindingType:
		return true
	}
	return false
}
