package record

import (
	"strings"
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
	Lookup       *Lookup          `json:"lookup,omitempty"`
	Resolve      *Resolve         `json:"resolve,omitempty"`
	Connect      *Connect         `json:"connect,omitempty"`
	Probe        *Probe           `json:"probe,omitempty"`
	Send         *Send            `json:"send,omitempty"`
	Reply        *Reply           `json:"reply,omitempty"`
	Capabilities *Capabilities    `json:"capabilities,omitempty"`
	TLSMessage   *tlswire.Message `json:"tls-message,omitempty"`
	TLS          *TLS             `json:"tls,omitempty"`
	Auth         *Auth            `json:"auth,omitempty"`
	State        *State           `json:"state,omitempty"`
	Finding      *Finding         `json:"finding,omitempty"`
	Note         *Note            `json:"note,omitempty"`
	About        *About           `json:"about,omitempty"`
	Forgot       *Forgot          `json:"forgot,omitempty"`
	Reveal       *Reveal          `json:"reveal,omitempty"`
	Change       *Change          `json:"change,omitempty"`
	Fault        *Fault           `json:"fault,omitempty"`
	ServerLog    *ServerLog       `json:"server-log,omitempty"`
	OnPath       *OnPath          `json:"on-path,omitempty"`
	End          *Verdict         `json:"end,omitempty"`

	// Explain is the annotation: what the event means, with its sources. It is kept with the event so that a
	// transcript stands on its own.
	Explain *explain.Explanation `json:"explain,omitempty"`
}

// Kind is the kind of an [Event].
type Kind string

// The kinds of event. Those that [Kind.Observed] names are what was seen or done; all others but note follow from them.
const (
	KindStart        Kind = "start"        // the log begins: the plan, the program
	KindLookup       Kind = "lookup"       // a name server was asked one question
	KindResolve      Kind = "resolve"      // a name was looked up: its addresses
	KindConnect      Kind = "connect"      // a TCP connection was tried
	KindProbe        Kind = "probe"        // a second connection asked what the first did not say
	KindSend         Kind = "send"         // bytes went to the server
	KindReply        Kind = "reply"        // a reply came back, whole or in part
	KindCapabilities Kind = "capabilities" // an EHLO reply was read as a list of capabilities
	KindTLSMessage   Kind = "tls-message"  // one message of TLS crossed the wire
	KindTLS          Kind = "tls"          // a handshake is over, well or badly
	KindAuth         Kind = "auth"         // one half of a round of AUTH
	KindState        Kind = "state"        // the state machine moved
	KindFinding      Kind = "finding"      // something worth pointing at
	KindNote         Kind = "note"         // a person's remark on an event
	KindAbout        Kind = "about"        // what a person says of the whole log
	KindForgot       Kind = "forgot"       // what was known before TLS is dropped
	KindReveal       Kind = "reveal"       // a person switched the masks of secrets off or on
	KindChange       Kind = "change"       // a person followed an advice or changed settings: another plan holds from here on
	KindFault        Kind = "fault"        // a panic inside the program
	KindServerLog    Kind = "server-log"   // the practice server wrote into its log
	KindOnPath       Kind = "on-path"      // a device of the practice server's saw or changed something on the path
	KindEnd          Kind = "end"          // the session is over: the verdict
)

// Observed reports whether events of the kind hold what was seen on the wire, done by a person, or known only to the one
// who has the secret. All other kinds but note and about can be worked out from them again.
func (k Kind) Observed() bool {
	switch k {
	case KindStart, KindLookup, KindResolve, KindConnect, KindProbe, KindSend, KindReply, KindTLSMessage, KindTLS, KindAuth, KindReveal, KindChange, KindFault,
		KindServerLog, KindOnPath:
		return true
	}
	return false
}

// Beside reports whether events of the kind tell what others did while a step ran: they belong to the step before them, and have
// no line in the dialogue.
func (k Kind) Beside() bool { return k == KindServerLog || k == KindOnPath }

// Format is the version of the event format, first in every log.
const Format = "ehlo-transcript/1"

// Start opens a log.
type Start struct {
	Format  string    `json:"format"`
	Program string    `json:"program,omitempty"` // name and version of the writer
	Time    time.Time `json:"time"`
	// Side is [SideServer] where the server has kept the log; it is empty where the client has.
	Side Side `json:"side,omitempty"`
	Plan
}

// Side is who has kept a log.
type Side string

// SideServer says that a log holds what the server saw. What it sends is from the server to the client there too.
const SideServer Side = "server"

// Trouble says why an observation is not what was hoped for; empty where it is.
type Trouble string

// The kinds of trouble.
const (
	TroubleTimeout     Trouble = "timeout"     // nothing came in time
	TroubleGaveUp      Trouble = "gave-up"     // a person waited no longer for this step
	TroubleCanceled    Trouble = "canceled"    // a person stopped the session
	TroubleNotFound    Trouble = "not-found"   // the name has no address
	TroubleNullMX      Trouble = "null-mx"     // the domain says that it accepts no mail (RFC 7505)
	TroubleNotPublic   Trouble = "not-public"  // the records lead to an address that is none of the public Internet
	TroubleFailed      Trouble = "failed"      // another error, told in words
	TroubleRefused     Trouble = "refused"     // RST in answer to SYN
	TroubleUnreachable Trouble = "unreachable" // no route, or a firewall said so
	TroubleClosed      Trouble = "closed"      // the connection ended where a reply was due
	TroubleCutOff      Trouble = "cut-off"     // it ended in the middle of a reply
	TroubleReset       Trouble = "reset"       // it broke, without an orderly end
	TroubleTLSBytes    Trouble = "tls-bytes"   // TLS where a reply was due
	TroubleNotSMTP     Trouble = "not-smtp"    // no reply of SMTP
	TroubleTooLong     Trouble = "too-long"    // longer than a reply may be
	TroubleDamaged     Trouble = "damaged"     // a TLS record that does not decrypt, or is none
)

// Silent reports whether it was silence that decided.
func (t Trouble) Silent() bool { return t == TroubleTimeout || t == TroubleGaveUp }

// Lost reports whether the connection ended where more was due.
func (t Trouble) Lost() bool {
	return t == TroubleClosed || t == TroubleCutOff || t == TroubleReset || t == TroubleDamaged
}

// Waited reports whether the waiting was ended from here: a reply may still be under way.
func (t Trouble) Waited() bool {
	return t == TroubleTimeout || t == TroubleGaveUp || t == TroubleCanceled
}

// Diagnosis is what the messages of TLS say about a connection that failed, as tlswire.Diagnose has it.
type Diagnosis struct {
	Code FindingCode `json:"code"`
	Text string      `json:"text"`
	Hint string      `json:"hint,omitempty"`
}

// Probe is a second connection that asked what the first did not say, and what came of it: whether a silent server speaks TLS
// from the first byte or, as a control, how far a connection comes after a handshake to which not a byte came.
type Probe struct {
	Remote string `json:"remote"`
	// Control is set after a handshake that failed. The connection waits for a greeting where the first began with TLS, and goes
	// up to STARTTLS where that did; then it offers TLS 1.2 at most.
	Control bool `json:"control,omitempty"`
	// Hello is the size of the ClientHello of a control with its record header, in bytes; 0 where none was sent.
	Hello int `json:"hello,omitempty"`
	// TLS says that the server answered the ClientHello as TLS does.
	TLS bool `json:"tls,omitempty"`
	// Raw is what came in its place, or the greeting inside TLS, at most [CipherKept] bytes; of a control that came to no
	// ClientHello the greeting or the refusal.
	Raw wire.Raw `json:"raw,omitempty"`
	// Trouble and Error say how it ended where there was no answer, or no greeting inside TLS.
	Trouble Trouble       `json:"trouble,omitempty"`
	Error   string        `json:"error,omitempty"`
	Took    time.Duration `json:"took"`
}

// Change is a person's decision to go on in another way.
type Change struct {
	Advice Advice `json:"advice"` // what was followed; without an action a person changed settings by hand
	// Settings names the fields of the plan that were changed by hand, as they are called in the file; none where an advice was followed.
	Settings []string `json:"settings,omitempty"`
	Plan     Plan     `json:"plan"` // what holds from here on
	// Reconnect says that it begins with a new connection.
	Reconnect bool `json:"reconnect,omitempty"`
	// Left is what the attempt before had come to, where no step of it failed: the walk could not go on as asked. Else nil.
	Left *Attempt `json:"left,omitempty"`
	// Skipped is how far the practice server's clock, and with it that of the session, was set forward in place of a wait.
	Skipped time.Duration `json:"skipped,omitempty"`
}

// ByHand reports whether a person changed settings, and followed no advice.
func (c *Change) ByHand() bool { return len(c.Settings) > 0 }

// Reveal is a person's word about the secrets of the steps to come.
type Reveal struct {
	On bool `json:"on"`
}

// Resolve is the outcome of a name lookup.
type Resolve struct {
	Host      string   `json:"host"`
	Network   string   `json:"network"` // ip, ip4 or ip6, as asked for
	Addresses []string `json:"addresses,omitempty"`
	// Hosts are the names that MX records gave, one for each of Addresses; none where Host itself has them.
	Hosts   []string      `json:"hosts,omitempty"`
	Literal bool          `json:"literal,omitempty"` // Host was an address, nothing was asked
	Via     string        `json:"via,omitempty"`     // Host was given to it, nothing was asked
	Took    time.Duration `json:"took"`
	Trouble Trouble       `json:"trouble,omitempty"`
	Error   string        `json:"error,omitempty"`
}

// Connect is the outcome of one attempt to open a TCP connection.
type Connect struct {
	Local  string        `json:"local,omitempty"`
	Remote string        `json:"remote"`
	Took   time.Duration `json:"took"`
	// Host has the address, where MX records led to it.
	Host string `json:"host,omitempty"`
	// Address is the one of the name's that was tried, as it was looked up.
	Address string `json:"address,omitempty"`
	// Via is what the connection leads through; Remote is then where it was asked to lead.
	Via string `json:"via,omitempty"`
	// Left is how many addresses were still to be tried.
	Left    int     `json:"left,omitempty"`
	Trouble Trouble `json:"trouble,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// Send is what went to the server, secrets taken out.
type Send struct {
	// Raw is the bytes as the server saw them inside any TLS, each secret replaced by [sasl.Mask].
	Raw wire.Raw `json:"raw"`
	// Masked names what each [sasl.Mask] in Raw hides, in order. A mask has one width whatever it hides.
	Masked []string `json:"masked,omitempty"`
	// Practice names the secret of a practice account that stands in Raw as it is: it is told to everyone and opens nothing.
	Practice string `json:"practice,omitempty"`
	// Weak says that what is masked cannot be hidden well where the server repeats it: it is shorter than six bytes, or a word
	// of ordinary replies. It is set the first time.
	Weak bool `json:"weak,omitempty"`
	// Edited is set when a person changed or typed the line.
	Edited bool `json:"edited,omitempty"`
	// Group is how many commands Raw has, where it has several that were sent as a group (RFC 2920 §3.1); else 0.
	Group int `json:"group,omitempty"`
	// Experiment is the name of the experiment that Raw is a part of; empty where it is of none.
	Experiment string `json:"experiment,omitempty"`
	// Content says that Raw is message content, not a command line.
	Content bool `json:"content,omitempty"`
	// Size is the number of bytes of message content on the wire; Raw may hold only its beginning.
	Size int `json:"size,omitempty"`
	// Stuffed counts the lines that began with a dot and were given another (RFC 5321 §4.5.2).
	Stuffed int `json:"stuffed,omitempty"`
	// Normalized counts the line ends that were made CRLF (RFC 5321 §2.3.8).
	Normalized int `json:"normalized,omitempty"`
	// TLS says that the bytes crossed the wire encrypted; Cipher is then what an eavesdropper saw.
	TLS    bool    `json:"tls,omitempty"`
	Cipher *Cipher `json:"cipher,omitempty"`
	// EightBit says that the content has bytes above 127.
	EightBit bool `json:"8bit,omitempty"`
	// Gives is what of a secret went out, masked or not, as [sasl.Response.Hides] has it; empty for nothing.
	Gives string `json:"gives,omitempty"`
	// Agreed holds the codes of the guards that a person said yes to for this line.
	Agreed []FindingCode `json:"agreed,omitempty"`
	// Took is how long sending was tried, where it did not come to its end.
	Took time.Duration `json:"took,omitempty"`
	// Trouble, Error and Diagnosis say why it could not be sent, or not whole.
	Trouble   Trouble    `json:"trouble,omitempty"`
	Error     string     `json:"error,omitempty"`
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
}

// Command is line n of what was sent, counted from 1, without its end: a command of a group.
func (s *Send) Command(n int) string {
	for line := range strings.Lines(string(s.Raw)) {
		if n--; n == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// Reply is what the server answered, or the part of it that came before something went wrong.
type Reply struct {
	wire.Reply
	// Wait is the time from our last byte to the server's first, Took from its first byte to its last, or to the end of the wait
	// for the rest.
	Wait time.Duration `json:"wait"`
	Took time.Duration `json:"took"`
	// Place is which command of a group was answered, counted from 1; 0 where none was sent in a group.
	Place int `json:"place,omitempty"`
	// Unasked is set when the server spoke although it was not its turn.
	Unasked bool `json:"unasked,omitempty"`
	// Masked names what a [sasl.Mask] in the text hides: a challenge from which a password can be guessed.
	Masked string `json:"masked,omitempty"`
	// Trouble and Error say why the reply is incomplete or unusable, Diagnosis what TLS has to do with it.
	Trouble   Trouble    `json:"trouble,omitempty"`
	Error     string     `json:"error,omitempty"`
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
	TLS       bool       `json:"tls,omitempty"`
	Cipher    *Cipher    `json:"cipher,omitempty"`
}

// Cipher is the part of a step that an eavesdropper saw: TLS records.
type Cipher struct {
	// Bytes is the beginning of what crossed the wire, at most [CipherKept] bytes; Total is how many there were.
	Bytes []byte `json:"bytes,omitempty"`
	Total int    `json:"total,omitempty"`
	// Withheld is set when the step carried a secret: the length of a record gives the length of what is in it.
	Withheld bool `json:"withheld,omitempty"`
}

// KeyLogWritten is [TLS.KeyLog] where nothing went wrong.
const KeyLogWritten = "written"

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
	Version     string              `json:"version,omitempty"` // "TLS 1.3"
	CipherSuite string              `json:"suite,omitempty"`   // IANA name
	Group       string              `json:"group,omitempty"`   // key exchange group, IANA name
	ALPN        string              `json:"alpn,omitempty"`
	Resumed     bool                `json:"resumed,omitempty"`
	ServerName  string              `json:"server-name,omitempty"` // sent as SNI; empty when the name is an address
	Reference   string              `json:"reference,omitempty"`   // the name the certificate was held against
	Chain       *Later[Certificate] `json:"chain,omitempty"`       // as the server sent it, its own certificate first
	// Path is what was judged of it: from the server's own certificate up to a trusted root, or as far as it goes.
	Path     *Later[Link]  `json:"path,omitempty"`
	Checks   *Later[Check] `json:"checks,omitempty"`
	Verified bool          `json:"verified"`
	Took     time.Duration `json:"took"`
	Sent     int           `json:"sent"` // bytes of the handshake from client to server
	Received int           `json:"received"`
	// ClientCertificate is set when the server asked for one and the client had one to send.
	ClientCertificate bool `json:"client-certificate,omitempty"`
	// OldOffer names the versions that were offered where none of them was TLS 1.2 or later.
	OldOffer string `json:"old-offer,omitempty"`
	// LegacyOffer is set where obsolete versions, suites and signatures were offered on request.
	LegacyOffer bool `json:"legacy-offer,omitempty"`
	// KeyLog is set where the secrets were to be written into a file: "written", or why they were not.
	KeyLog string `json:"keylog,omitempty"`
	// Trouble, Error and Diagnosis say why the handshake died; Error is empty if it did not. Foreign is what came in
	// cleartext in place of TLS.
	Trouble   Trouble    `json:"trouble,omitempty"`
	Error     string     `json:"error,omitempty"`
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
	Foreign   wire.Raw   `json:"foreign,omitempty"`
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
	Open    bool        `json:"open,omitempty"`
	Finding FindingCode `json:"finding,omitempty"` // set when not OK, and where a good answer is worth a remark
	Text    string      `json:"text"`              // which certificate, and how it stands
	Fix     string      `json:"fix,omitempty"`     // what would put it right
	Who     Who         `json:"who,omitempty"`     // who has to do that
	Here    string      `json:"here,omitempty"`    // what the reader can do
}

// Auth is one half of a round of AUTH: a challenge opened, or a response built.
type Auth struct {
	Mechanism string       `json:"mechanism"`
	Round     int          `json:"round"` // 0 is the AUTH command itself
	From      string       `json:"from"`  // "C" or "S"
	Values    []sasl.Value `json:"values,omitempty"`
	// Outcome is empty while the exchange goes on, then success, failure, canceled, unproved (the server said success,
	// and the client does not believe it), unanswerable (the challenge is wrong) or impossible (it could not begin).
	Outcome AuthOutcome `json:"outcome,omitempty"`
	// Hides is what of a secret is in this half, as [sasl.Response.Hides] has it, "typed" where nobody knows and "*" for
	// a cancel.
	Hides string `json:"hides,omitempty"`
	// Practice is set where Values hold secrets of a practice account as they are.
	Practice bool `json:"practice,omitempty"`
	// Next is the response that would be sent next.
	Next *Pending `json:"next,omitempty"`
	// User is who the session is for after a success; ActsAs is the identity that was asked to act as.
	User   string `json:"user,omitempty"`
	ActsAs string `json:"acts-as,omitempty"`
	// Findings are what the mechanism points at; where Outcome says that it cannot go on, the last one is why.
	Findings []sasl.Finding `json:"findings,omitempty"`
	// Settings is what a person chose about the exchange, with the AUTH command; nil when nothing.
	Settings *AuthSettings `json:"settings,omitempty"`
}

// AuthOutcome is how an exchange of AUTH ended.
type AuthOutcome string

// The outcomes of an exchange.
const (
	AuthSucceeded    AuthOutcome = "success"
	AuthFailed       AuthOutcome = "failure"
	AuthCanceled     AuthOutcome = "canceled"
	AuthUnproved     AuthOutcome = "unproved"
	AuthUnanswerable AuthOutcome = "unanswerable"
	AuthImpossible   AuthOutcome = "impossible"
)

// Forgot says what the client drops when TLS starts (RFC 3207 §4.2).
type Forgot struct {
	Greeting     string   `json:"greeting,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
}
