package record

import (
	"fmt"
	"time"
)

// Advice is one thing that someone can do about how a session went. It names no key and no flag: each face says in its
// own words how it is done, and applies what it can apply.
type Advice struct {
	Do Action `json:"do"`
	// Port is for UseTLS, UseSTARTTLS and UsePort; 0 is the port that was used.
	Port int `json:"port,omitempty"`
	// Name is a mechanism, a TLS version, a host name or an IP address.
	Name string `json:"name,omitempty"`
	// After is how long to wait, for RetryAfter.
	After time.Duration `json:"after,omitempty"`
	// Text is what to say to the operator, or what to do where no other action says it: an imperative sentence.
	Text string `json:"text,omitempty"`
}

// Action is the kind of an [Advice].
type Action string

// The actions.
const (
	UseTLS                Action = "use-tls"                // TLS from the first byte (RFC 8314 §3.3)
	UseSTARTTLS           Action = "use-starttls"           // cleartext first, then STARTTLS (RFC 3207)
	UsePort               Action = "use-port"               // the port of another service was taken
	TrustCA               Action = "trust-ca"               // add the CA's certificate to the trusted roots
	AcceptUnverified      Action = "accept-unverified"      // go on although the certificate failed verification
	AcceptUnverifiedAuth  Action = "accept-unverified-auth" // send the secret although it failed
	AcceptCleartext       Action = "accept-cleartext"       // send the secret without TLS
	AcceptObsolete        Action = "accept-obsolete"        // send the secret through TLS 1.1 or older
	SendNoSecret          Action = "send-no-secret"         // nobody knows who would read it
	GiveServerName        Action = "give-server-name"       // the name to ask for and to verify
	GiveClientCertificate Action = "give-client-certificate"
	CapTLS                Action = "cap-tls"              // offer nothing above a TLS version
	AllowLegacyTLS        Action = "allow-legacy-tls"     // offer obsolete versions and cipher suites
	NoInitialResponse     Action = "no-initial-response"  // wait for the challenge (RFC 4954 §4)
	TryMechanism          Action = "try-mechanism"        // log in with another SASL mechanism
	GivePassword          Action = "give-password"        // other or first credentials
	GiveToken             Action = "give-token"           // an access token in place of the password
	GiveEHLOName          Action = "give-ehlo-name"       // another name after EHLO
	OtherAddressFamily    Action = "other-address-family" // IPv4 in place of IPv6, or the reverse
	OtherAddress          Action = "other-address"        // the same at another address of the name
	RetryAfter            Action = "retry-after"          // wait, and do the same again
	CheckName             Action = "check-name"           // the host name is wrong
	CheckAddress          Action = "check-address"        // an address of the envelope is wrong
	ShrinkMessage         Action = "shrink-message"       // send a smaller message
	AskOperator           Action = "ask-operator"         // Text is for the operator of the server
	SpeakLMTP             Action = "speak-lmtp"           // the server speaks LMTP (RFC 2033)
	SpeakSMTP             Action = "speak-smtp"           // the server speaks SMTP, and LMTP was tried
	ContactPrivate        Action = "contact-private"      // go where records lead, also into a private network
	DoAsTold              Action = "do"                   // Text says it all
)

// Actions lists every action; each has a phrase in transcripts/words.
var Actions = []Action{UseTLS, UseSTARTTLS, UsePort, SendNoSecret, TrustCA, AcceptUnverified, AcceptUnverifiedAuth, AcceptCleartext, AcceptObsolete, GiveServerName, GiveClientCertificate, CapTLS,
	AllowLegacyTLS, NoInitialResponse, TryMechanism, GivePassword, GiveToken, GiveEHLOName, OtherAddressFamily, OtherAddress, RetryAfter, CheckName, CheckAddress,
	ShrinkMessage, AskOperator, SpeakLMTP, SpeakSMTP, ContactPrivate, DoAsTold}

// Weakens reports whether who follows an advice gives up a protection: it stands apart from the safe ones and after them, behind a warning.
func (a Action) Weakens() bool {
	switch a {
	case AcceptUnverified, AcceptUnverifiedAuth, AcceptCleartext, AcceptObsolete, AllowLegacyTLS:
		return true
	}
	return false
}

// String is the action with its values, for tables and tests: "use-tls 465".
func (a Advice) String() string {
	switch {
	case a.Port != 0:
		return fmt.Sprintf("%s %d", a.Do, a.Port)
	case a.Name != "":
		return string(a.Do) + " " + a.Name
	case a.After != 0:
		return string(a.Do) + " " + shortDuration(a.After)
	}
	return string(a.Do)
}

// shortDuration leaves out the zeros that [time.Duration] prints: "5m", not "5m0s".
func shortDuration(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

// What the rows of findings advise.

func useTLS(port int) Advice                { return Advice{Do: UseTLS, Port: port} }
func useSTARTTLS(port int) Advice           { return Advice{Do: UseSTARTTLS, Port: port} }
func tryMechanism(name string) Advice       { return Advice{Do: TryMechanism, Name: name} }
func retryAfter(after time.Duration) Advice { return Advice{Do: RetryAfter, After: after} }
func advise(do Action) Advice               { return Advice{Do: do} }

// What to do while nobody knows who is at the other end: hold back every secret, put it right, and only then think of going on without.
var (
	unknownPeer        = []Advice{advise(SendNoSecret), advise(AcceptUnverified)}
	unknownToOperator  = []Advice{advise(SendNoSecret), advise(AskOperator), advise(AcceptUnverified)}
	unknownToBoth      = []Advice{advise(SendNoSecret), advise(AskOperator), advise(DoAsTold), advise(AcceptUnverified)}
	unknownByName      = []Advice{advise(SendNoSecret), advise(AskOperator), advise(GiveServerName), advise(AcceptUnverified)}
	unknownIssuer      = []Advice{advise(SendNoSecret), advise(TrustCA), advise(AskOperator), advise(AcceptUnverified)}
	unknownWithoutRoot = []Advice{advise(SendNoSecret), advise(TrustCA), advise(AcceptUnverified)}
)
