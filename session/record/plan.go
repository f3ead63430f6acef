package record

import "time"

// Plan is what was asked for: whom to talk to, how, and how far. It stands in the start event, so that a replay shows what
// the live screen showed. It holds no credentials and no content.
type Plan struct {
	Target Target `json:"target"`
	Policy Policy `json:"policy"`
	// Scenario is the lab's scenario, empty against other servers; Title, Story and Task are what it tells and asks.
	Scenario string `json:"scenario,omitempty"`
	Title    string `json:"title,omitempty"`
	Story    string `json:"story,omitempty"`
	Task     string `json:"task,omitempty"`
	// MX says that the target is a domain, whose MX records lead to the server. Lookups are asked of the name server before: what
	// a domain publishes, and what the server will look up about its client.
	MX      bool       `json:"mx,omitempty"`
	Lookups []Question `json:"lookups,omitempty"`
	// User is to be logged in, by Mechanism if one is named.
	User      string `json:"user,omitempty"`
	Mechanism string `json:"mechanism,omitempty"`
	// ActAs is the identity to act as; Insist tries Mechanism although it is not offered. Has says which credentials there
	// were at the beginning: "password", "token".
	ActAs  string   `json:"act-as,omitempty"`
	Insist bool     `json:"insist,omitempty"`
	Has    []string `json:"has,omitempty"`
	// EveryMechanism logs in once by each mechanism that is offered and can be used, each on a connection of its own.
	EveryMechanism bool `json:"every-mechanism,omitempty"`
	// Until is the last phase; empty goes as far as the rest of the plan asks.
	Until Phase `json:"until,omitempty"`
	// Network is ip, ip4 or ip6; ServerName and TLSMax are what TLS asks for and offers beyond the defaults. Auth is what was
	// chosen about the exchange.
	Network string `json:"network,omitempty"`
	// Via is what connections lead through, such as a proxy, which is given the name of the target; empty for none.
	Via        string `json:"via,omitempty"`
	Address    string `json:"address,omitempty"` // the one to connect to, whatever else the name has
	ServerName string `json:"server-name,omitempty"`
	SNI        string `json:"sni,omitempty"` // what is asked for where that is not the name that is verified
	TLSMax     string `json:"tls-max,omitempty"`
	LegacyTLS  bool   `json:"legacy-tls,omitempty"` // obsolete TLS is offered too
	// Captured says that what crosses the wire is written down as it is, secrets included, beside this log.
	Captured bool `json:"captured,omitempty"`
	// Known is the certificate of the server as an earlier session saw it; nil where none is remembered.
	Known    *KnownCertificate `json:"known,omitempty"`
	Auth     *AuthSettings     `json:"auth,omitempty"`
	EHLOName string            `json:"ehlo-name,omitempty"`
	From     string            `json:"from,omitempty"`
	To       []string          `json:"to,omitempty"`
	// Cc are the recipients that the header of a message that is composed names as having a copy, Bcc those that it does not name.
	Cc       []string  `json:"cc,omitempty"`
	Bcc      []string  `json:"bcc,omitempty"`
	Envelope *Envelope `json:"envelope,omitempty"`
	// Chunking sends the message with BDAT in place of DATA, in chunks of at most Chunk bytes where that is not 0; Pipelining sends the
	// envelope in a group, and HELO greets without EHLO.
	Chunking   bool  `json:"bdat,omitempty"`
	Chunk      int64 `json:"chunk,omitempty"`
	Pipelining bool  `json:"pipelining,omitempty"`
	HELO       bool  `json:"helo,omitempty"`
	// Experiment is the name of the rule of SMTP to break; empty for none. BreakRules says that a person agreed beforehand to break it on a
	// server that is not on this machine.
	Experiment string `json:"experiment,omitempty"`
	BreakRules bool   `json:"break-rules,omitempty"`
	// Proxy is the header to send before anything else; nil for none. XCLIENT and XFORWARD are the attributes to state, as they stand after
	// the command: each of XCLIENT in one of its own, after which the session starts over, those of XFORWARD before the message.
	Proxy    *ProxyHeader `json:"proxy,omitempty"`
	XCLIENT  []string     `json:"xclient,omitempty"`
	XFORWARD []string     `json:"xforward,omitempty"`
	// Domain makes an address of a user without one; Message is the measure of the content that was given, nil where a small
	// one is composed.
	Domain  string  `json:"domain,omitempty"`
	Message *Extent `json:"message,omitempty"`
	// Imported says that another program had this session, and that the plan was inferred from what it recorded: what its client
	// would have allowed is unknown. Midway says that such a log begins in the middle of the session.
	Imported bool `json:"imported,omitempty"`
	Midway   bool `json:"midway,omitempty"`
	// SendMessage says that a person agreed beforehand to send a real message; else the walk asks before DATA.
	SendMessage bool `json:"send-message,omitempty"`
}

// Extent is how large a message is, as [Message] has it.
type Extent struct {
	Size     int64     `json:"size"`
	Unended  bool      `json:"unended,omitempty"`
	EightBit bool      `json:"8bit,omitempty"`
	Binary   bool      `json:"binary,omitempty"`
	Raw      int64     `json:"raw,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
}

// Problem gives the problem of a code.
func (x *Extent) Problem(code string) (Problem, bool) { return problemOf(x.Problems, code) }

// KnownCertificate is what is remembered of the certificate that a server showed in an earlier session.
type KnownCertificate struct {
	Server    string    `json:"server"` // host:port of the session that saw it
	SHA256    string    `json:"sha256"`
	Issuer    string    `json:"issuer"`
	NotBefore time.Time `json:"not-before"`
	NotAfter  time.Time `json:"not-after"`
	Seen      time.Time `json:"seen"`
}

// Expiring reports whether less than a third of its lifetime was left at a time: when automatic renewal has usually begun.
func (k *KnownCertificate) Expiring(at time.Time) bool {
	return k.NotAfter.Sub(at) < k.NotAfter.Sub(k.NotBefore)/3
}

// WantsAuth reports whether a login is part of the plan.
func (p Plan) WantsAuth() bool { return p.User != "" || p.Mechanism != "" }

// WantsMessage reports whether a message is to be delivered.
func (p Plan) WantsMessage() bool {
	full := p.Until == "" || p.Until == PhaseData || p.Until == PhaseQuit
	return len(p.To) > 0 && full
}
