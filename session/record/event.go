package record

import (
	"time"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// Event is one thing that happened in a session, or one thing that is said about it. Events are never changed
// after they were appended to a [Log].
//
// Kind names the one field below that is set. Everything else about an event is common to all kinds.
type Event struct {
	// Seq counts from 1 and has no gaps.
	Seq int `json:"seq"`
	// T is the time since the log began, in nanoseconds.
	T time.Duration `json:"t"`
	// Kind says which of the payload fields is set. A reader skips kinds it does not know.
	Kind Kind `json:"kind"`
	// Step is the step during which the event happened; empty outside of a step.
	Step Verb `json:"step,omitempty"`

	Start        *Start           `json:"start,omitempty"`
	Resolve      *Resolve         `json:"resolve,omitempty"`
	Connect      *Connect         `json:"connect,omitempty"`
	Send         *Send            `json:"send,omitempty"`
	Reply        *Reply           `json:"reply,omitempty"`
	Capabilities *Capabilities    `json:"capabilities,omitempty"`
	TLSMessage   *tlswire.Message `json:"tls-message,omitempty"`
	TLS          *TLS             `json:"tls,omitempty"`
	Auth         *Auth            `json:"auth,omitempty"`
	State        *State           `json:"state,omitempty"`
	Finding      *Finding         `json:"finding,omitempty"`
	Note         *Note            `json:"note,omitempty"`
	Forgot       *Forgot          `json:"forgot,omitempty"`
	End          *End             `json:"end,omitempty"`

	// Explain is the annotation: what the event means, with its sources. It is kept with the event so that a
	// transcript stands on its own.
	Explain *explain.Explanation `json:"explain,omitempty"`
}

// Kind is the kind of an [Event].
type Kind string

// The kinds of event.
const (
	KindStart        Kind = "start"        // the log begins: target, policy, program
	KindResolve      Kind = "resolve"      // a name was looked up
	KindConnect      Kind = "connect"      // a TCP connection was tried
	KindSend         Kind = "send"         // bytes went to the server
	KindReply        Kind = "reply"        // a reply came back, whole or in part
	KindCapabilities Kind = "capabilities" // an EHLO reply was read as a list of capabilities
	KindTLSMessage   Kind = "tls-message"  // one message of TLS crossed the wire
	KindTLS          Kind = "tls"          // a handshake is over, well or badly
	KindAuth         Kind = "auth"         // one half of a round of AUTH
	KindState        Kind = "state"        // the state machine moved
	KindFinding      Kind = "finding"      // something worth pointing at
	KindNote         Kind = "note"         // a person's remark on an event
	KindForgot       Kind = "forgot"       // what was known before TLS is dropped
	KindEnd          Kind = "end"          // the session is over
)

// Format is the version of the event format, first in every log.
const Format = "ehlo-transcript/1"

// Start opens a log.
type Start struct {
	Format  string    `json:"format"`
	Program string    `json:"program,omitempty"` // name and version of the writer
	Time    time.Time `json:"time"`
	Target  Target    `json:"target"`
	Policy  Policy    `json:"policy"`
	// Scenario is the lab's scenario, empty against other servers.
	Scenario string `json:"scenario,omitempty"`
	Title    string `json:"title,omitempty"`
	Story    string `json:"story,omitempty"`
}

// Resolve is the outcome of a name look-up.
type Resolve struct {
	Host      string        `json:"host"`
	Network   string        `json:"network"` // ip, ip4 or ip6, as asked for
	Addresses []string      `json:"addresses,omitempty"`
	Literal   bool          `json:"literal,omitempty"` // Host was an address, nothing was asked
	Took      time.Duration `json:"took"`
	Error     string        `json:"error,omitempty"`
}

// Connect is the outcome of one attempt to open a TCP connection.
type Connect struct {
	Local  string        `json:"local,omitempty"`
	Remote string        `json:"remote"`
	Took   time.Duration `json:"took"`
	Error  string        `json:"error,omitempty"`
}

// Send is what went to the server, secrets taken out.
type Send struct {
	// Raw is the bytes as the server saw them inside any TLS, each secret replaced by [sasl.Mask].
	Raw wire.Raw `json:"raw"`
	// Masked names what each [sasl.Mask] in Raw hides, in order. A mask has one width whatever it hides.
	Masked []string `json:"masked,omitempty"`
	// Edited is set when a person changed or typed the line.
	Edited bool `json:"edited,omitempty"`
	// Content says that Raw is message content, not a command line.
	Content bool `json:"content,omitempty"`
	// Size is the number of bytes of message content on the wire; Raw may hold only its beginning.
	Size int `json:"size,omitempty"`
	// Stuffed counts the lines that began with a dot and were given another (RFC 5321 §4.5.2).
	Stuffed int `json:"stuffed,omitempty"`
	// Normalised counts the line ends that were made CRLF (RFC 5321 §2.3.8).
	Normalised int `json:"normalised,omitempty"`
	// TLS says that the bytes crossed the wire encrypted; Cipher is then what an eavesdropper saw.
	TLS    bool    `json:"tls,omitempty"`
	Cipher *Cipher `json:"cipher,omitempty"`
}

// Reply is what the server answered, or the part of it that came before something went wrong.
type Reply struct {
	wire.Reply
	// Wait is the time from our last byte to the server's first, Took from its first byte to its last.
	Wait time.Duration `json:"wait"`
	Took time.Duration `json:"took"`
	// Unasked is set when the server spoke although it was not its turn.
	Unasked bool `json:"unasked,omitempty"`
	// Masked names what a [sasl.Mask] in the text hides: a challenge from which a password can be guessed.
	Masked string `json:"masked,omitempty"`
	// Error says why the reply is incomplete or unusable.
	Error  string  `json:"error,omitempty"`
	TLS    bool    `json:"tls,omitempty"`
	Cipher *Cipher `json:"cipher,omitempty"`
}

// Cipher is the part of a step that an eavesdropper saw: TLS records.
type Cipher struct {
	// Bytes is the beginning of what crossed the wire, at most [CipherKept] bytes; Total is how many there were.
	Bytes []byte `json:"bytes,omitempty"`
	Total int    `json:"total,omitempty"`
	// Withheld is set when the step carried a secret: the length of a record gives the length of what is in it.
	Withheld bool `json:"withheld,omitempty"`
}

// CipherKept bounds Cipher.Bytes.
const CipherKept = 1024

// Capabilities is an EHLO reply read as a list.
type Capabilities struct {
	wire.Capabilities
	// TLS says whether the list was given inside TLS.
	TLS bool `json:"tls,omitempty"`
	// Changes compares the list with the one that was forgotten when TLS started; nil when there was none.
	Changes *wire.Changes `json:"changes,omitempty"`
}

// TLS is the summary of a handshake.
type TLS struct {
	Version     string        `json:"version,omitempty"` // "TLS 1.3"
	CipherSuite string        `json:"suite,omitempty"`   // IANA name
	Group       string        `json:"group,omitempty"`   // key exchange group, IANA name
	ALPN        string        `json:"alpn,omitempty"`
	Resumed     bool          `json:"resumed,omitempty"`
	ServerName  string        `json:"server-name,omitempty"` // sent as SNI; empty when the name is an address
	Reference   string        `json:"reference,omitempty"`   // the name the certificate was held against
	Chain       []Certificate `json:"chain,omitempty"`       // as the server sent it, its own certificate first
	// Path is what was judged of it: from the server's own certificate up to a trusted root, or as far as it goes.
	Path     []Link        `json:"path,omitempty"`
	Checks   []Check       `json:"checks,omitempty"`
	Verified bool          `json:"verified"`
	Took     time.Duration `json:"took"`
	Sent     int           `json:"sent"` // bytes of the handshake from client to server
	Received int           `json:"received"`
	// ClientCertificate is set when the server asked for one and the client had one to send.
	ClientCertificate bool   `json:"client-certificate,omitempty"`
	Error             string `json:"error,omitempty"` // why the handshake died; empty if it did not
	// Decided is what was chosen of what was offered, and what follows from it.
	Decided *Decided `json:"decided,omitempty"`
}

// Certificate is the part of an X.509 certificate that people ask for first.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names,omitempty"` // DNS names and addresses
	NotBefore time.Time `json:"not-before"`
	NotAfter  time.Time `json:"not-after"`
	Key       string    `json:"key"`       // "ECDSA P-256", "RSA 2048"
	Signature string    `json:"signature"` // "ECDSA-SHA256"
	SHA256    string    `json:"sha256"`
	CA        bool      `json:"ca,omitempty"`
	Raw       []byte    `json:"raw,omitempty"` // DER
}

// Link is one certificate of the path that was judged, with what holds it to the one above it.
type Link struct {
	// Sent is its place in the chain as it was sent, counted from 1; 0 for a trusted root that was not sent.
	Sent        int          `json:"sent,omitempty"`
	Certificate *Certificate `json:"certificate,omitempty"` // where Sent is 0
	// Trusted says for a trusted root where the trust is from; it is empty for all others.
	Trusted string `json:"trusted,omitempty"`
	// Checks are its signature by the key above, whether it may issue what is below, its time, and what else is wrong.
	Checks []Check `json:"checks,omitempty"`
}

// Check is one question asked of the server's certificate.
type Check struct {
	// Name is time, host, chain, usage, key, signature, revocation or order; of a link also issuer and rules.
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Open is set when the question has no answer; that does not count against the certificate.
	Open    bool   `json:"open,omitempty"`
	Finding string `json:"finding,omitempty"` // the finding's code when not OK
	Text    string `json:"text"`              // which certificate, and how it stands
	Fix     string `json:"fix,omitempty"`     // what would put it right
	Who     string `json:"who,omitempty"`     // who has to do that
}

// Auth is one half of a round of AUTH: a challenge opened, or a response built.
type Auth struct {
	Mechanism string       `json:"mechanism"`
	Round     int          `json:"round"` // 0 is the AUTH command itself
	From      string       `json:"from"`  // "C" or "S"
	Values    []sasl.Value `json:"values,omitempty"`
	// Outcome is empty while the exchange goes on, then success, failure, cancelled or unproved: the server
	// said success, and the client does not believe it.
	Outcome string `json:"outcome,omitempty"`
	// Settings is what a person chose about the exchange, with the AUTH command; nil when nothing.
	Settings *AuthSettings `json:"settings,omitempty"`
}

// Finding is something worth pointing at. Codes are stable and documented in session/explain.
type Finding struct {
	Code     string        `json:"code"`
	Severity string        `json:"severity"` // info, warn or danger
	Text     string        `json:"text"`
	Remedy   string        `json:"remedy,omitempty"`
	Refs     []explain.Ref `json:"refs,omitempty"`
}

// Note is a person's remark.
type Note struct {
	On   int    `json:"on"` // Seq of the event it is about
	Text string `json:"text"`
}

// Forgot says what the client drops when TLS starts (RFC 3207 §4.2).
type Forgot struct {
	Greeting     string   `json:"greeting,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
}

// End closes a log.
type End struct {
	Phase Phase  `json:"phase"` // the last phase that was tried
	Exit  Exit   `json:"exit"`
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`
	// Unverified is set when the last connection was in TLS and nobody knows with whom: its certificate did not hold.
	Unverified bool `json:"unverified,omitempty"`
}
