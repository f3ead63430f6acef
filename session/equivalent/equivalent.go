// Package equivalent says how the same session is had with other programs: as a command, as a dialogue that is typed, as a few lines
// of a program, as the settings of a mail server or of a mail client.
//
// A secret is never in it: what is printed asks for it, or names where it has to be put. Each text was held against the program it is
// for where that can be run; a test runs those of shells and of Python, PHP and Node against the practice server.
package equivalent

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// A Session is what another program has to be told.
type Session struct {
	Host    string // the name or address that was given; a name beyond ASCII as its A-label
	Port    int
	Address string // the one to connect to, where that is not any of the name
	// Name is the one that goes into SNI and is held against the certificate.
	Name string
	// SNI is sent in its place where it is another.
	SNI   string
	Start record.TLSStart
	// Optional goes on in cleartext where STARTTLS is not offered; Unverified takes any certificate.
	Optional, Unverified bool
	// Roots is a file of CA certificates; empty for those of the system.
	Roots     string
	EHLOName  string
	User      string
	Mechanism string // empty leaves it to the program
	From      string
	To        []string
	// LMTP is spoken and not SMTP; Pipelining sends the envelope in a group, Chunking the message with BDAT, and PRDR asks for a reply for
	// each recipient.
	LMTP, Pipelining, Chunking, PRDR bool
	// Until is the last phase of what is done.
	Until record.Phase
	// Certificate and Key are files of the client's own, Message is the file of the message; each is empty where there is none.
	Certificate, Key, Message string
	// TLSMin and TLSMax bound the versions of TLS, as in "1.2"; empty for no bound.
	TLSMin, TLSMax string
	ALPN           []string
	// Envelope, Proxy, XCLIENT and XFORWARD are as [record.Plan] has them.
	Envelope          *record.Envelope
	Proxy             *record.ProxyHeader
	XCLIENT, XFORWARD []string
	// ActAs, Insist, EveryMechanism, Auth, Network, Via, LegacyTLS, HELO, Cc, Experiment and Lookups are as [record.Plan] has them.
	ActAs, Network, Via, Experiment         string
	Insist, EveryMechanism, LegacyTLS, HELO bool
	Auth                                    *record.AuthSettings
	Cc                                      []string
	Lookups                                 []record.Question
	// Domain says that Host is a domain whose MX records were not looked up yet; Content, that the message is one of the session's own.
	Domain, Content bool
	// Suites says that cipher suites were chosen, Local that the end of the connection on this machine was.
	Suites, Local bool
	// Practice says that the practice server within this program is the target.
	Practice bool
}

// Of is the session that a plan asks for, as far as a log has come: with the host that MX records led to, and with the mechanism that
// was chosen.
func Of(known record.Snapshot) Session {
	if known.Start == nil {
		return Session{}
	}
	p := known.Start.Plan
	s := Session{
		Host: p.Target.Host, Port: p.Target.Port, Address: p.Address, Start: p.Policy.Start, Practice: p.Target.Lab,
		Optional: p.Policy.Must == record.MustOpportunistic || p.Policy.Must == record.MustIfOffered, Unverified: p.Policy.AllowUnverified,
		EHLOName: p.EHLOName, User: p.User, Mechanism: cmp.Or(p.Mechanism, known.State.Mechanism), From: cmp.Or(p.From, address(p)), To: p.To, Until: cmp.Or(p.Until, record.PhaseQuit),
	}
	s.extras(p)
	s.LMTP, s.Pipelining, s.Chunking = p.Target.LMTP(), p.Pipelining, p.Chunking
	if e := s.Envelope; e != nil && e.PRDR {
		others := *e
		others.PRDR, s.PRDR, s.Envelope = false, true, &others
		if reflect.DeepEqual(others, record.Envelope{}) {
			s.Envelope = nil
		}
	}
	if s.Domain = p.MX; known.Connect != nil && known.Connect.Host != "" {
		s.Host, s.Domain = known.Connect.Host, false
	}
	if s.Name = cmp.Or(p.ServerName, s.Host); s.Practice {
		s.Roots = "lab-ca.pem"
	}
	if known.End != nil {
		s.Mechanism = cmp.Or(s.Mechanism, known.End.Facts.Used)
	}
	return s.visible()
}

// address is that of a user who sends.
func address(p record.Plan) string {
	if p.User == "" || p.Domain == "" || strings.Contains(p.User, "@") {
		return p.User
	}
	return p.User + "@" + p.Domain
}

// visible makes control characters of names that others chose visible: no text to be copied has any.
func (s Session) visible() Session {
	for _, text := range []*string{&s.Host, &s.Address, &s.Name, &s.EHLOName, &s.User, &s.Mechanism, &s.From, &s.SNI, &s.ActAs, &s.Via} {
		*text = wire.VisibleString(*text)
	}
	s.XCLIENT = slices.Clone(s.XCLIENT)
	for i := range s.XCLIENT {
		s.XCLIENT[i] = wire.VisibleString(s.XCLIENT[i])
	}
	s.To = slices.Clone(s.To)
	for i := range s.To {
		s.To[i] = wire.VisibleString(s.To[i])
	}
	return s
}

// A Text is what is to be typed, run or configured.
type Text struct {
	Tool  Tool
	Lines []string
	Notes []string // what differs from the session, or has to be known: sentences
}

// Cannot reports whether the program has no way to the same session; the notes say why.
func (t Text) Cannot() bool { return len(t.Lines) == 0 }

func (t *Text) add(lines ...string) { t.Lines = append(t.Lines, lines...) }
func (t *Text) note(text string)    { t.Notes = append(t.Notes, text) }

// A Tool is a program, a library or a kind of settings.
type Tool struct {
	Name  string // as a person asks for it: "swaks"
	Title string
	write func(t *Text, s Session)
}

// In is the session for one tool.
func (s Session) In(tool Tool) Text {
	t := Text{Tool: tool}
	left := s.leavesOut(tool)
	if left != "" {
		s.Mechanism = ""
	}
	if s.LMTP && !slices.Contains(lmtp, tool.Name) {
		t.note("This program has no LMTP; " + strings.Join(lmtp, ", ") + " have.")
		return t
	}
	tool.write(&t, s)
	if !t.Cannot() {
		if left != "" {
			t.note(left)
		}
		if without := s.withoutWords(tool.Name); without != "" {
			t.note(without)
		}
		s.everywhere(&t)
	}
	return t
}

// everywhere notes what is so for every tool.
func (s Session) everywhere(t *Text) {
	if s.Practice {
		t.note("Other programs can reach the practice server only while it is served to them, at its own address and ports.")
	}
	switch {
	case s.Practice && s.Roots != "" && s.encrypts() && !s.Unverified:
		t.note("Put the CA certificates into " + s.Roots + ".")
	case s.Unverified && s.encrypts():
		t.note("The certificate is not verified here, as in this session: an attacker on the path can read and change everything.")
	}
}

// lmtp are the tools in which LMTP can be spoken.
var lmtp = []string{"telnet", "nc", "openssl", "swaks", "msmtp"}

// mechanisms are those that a tool has for a password, where it does not have all that there are here.
var mechanisms = lazy.Value[map[string][]string]{Make: func() map[string][]string {
	return map[string][]string{
		"swaks":  {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5"},                                             // swaks(1), --auth
		"curl":   {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "SCRAM-SHA-1", "SCRAM-SHA-256"}, // curl(1), --login-options; SCRAM with libgsasl
		"msmtp":  {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "SCRAM-SHA-1", "SCRAM-SHA-256"}, // msmtp(1), Authentication
		"python": {"PLAIN", "LOGIN", "CRAM-MD5"},                                                           // smtplib, SMTP.login
		"php":    {"PLAIN", "LOGIN", "CRAM-MD5"},                                                           // PHPMailer, $AuthType
		"node":   {"PLAIN", "LOGIN", "CRAM-MD5"},                                                           // Nodemailer, authMethod
		"go":     {"PLAIN", "CRAM-MD5"},                                                                    // net/smtp
		"java":   {"PLAIN", "LOGIN", "DIGEST-MD5"},                                                         // Jakarta Mail, mail.smtp.auth.mechanisms
	}
}}

// leavesOut says that the mechanism of the session is not in the text; empty where it is.
func (s Session) leavesOut(tool Tool) string {
	has, limited := mechanisms.Get()[tool.Name]
	if !limited || !s.logsIn() || s.Mechanism == "" || slices.Contains(has, strings.ToUpper(s.Mechanism)) {
		return ""
	}
	return "AUTH " + s.Mechanism + " of this session is left out: with a username and a password this program has " + strings.Join(has, ", ") + "."
}

// Find is the tool of a name, in upper or lower case.
func Find(name string) (Tool, bool) {
	i := slices.IndexFunc(tools, func(t Tool) bool { return strings.EqualFold(t.Name, name) })
	if i < 0 {
		return Tool{}, false
	}
	return tools[i], true
}

// Tools are all of them, those that are typed first.
func Tools() []Tool { return slices.Clone(tools) }

// Names are the names of all tools.
func Names() (names []string) {
	for _, t := range tools {
		names = append(names, t.Name)
	}
	return names
}

func (s Session) encrypts() bool { return s.Start != record.StartNever && s.reaches(s.tlsPhase()) }
func (s Session) implicit() bool { return s.Start == record.StartImplicit }

// tlsPhase is the one with which TLS begins.
func (s Session) tlsPhase() record.Phase {
	if s.implicit() {
		return record.PhaseHandshake
	}
	return record.PhaseSTARTTLS
}

// reaches reports whether a phase is part of the session.
func (s Session) reaches(p record.Phase) bool {
	order := record.Phases()
	return slices.Index(order, string(p)) <= slices.Index(order, string(s.Until))
}

func (s Session) logsIn() bool { return s.User != "" && s.reaches(record.PhaseAuth) }
func (s Session) mails() bool  { return len(s.To) > 0 && s.reaches(record.PhaseData) }

// server is where to connect to, host:port, with brackets around an IPv6 address.
func (s Session) server() string { return bracketed(cmp.Or(s.Address, s.Host)) + ":" + s.port() }

func (s Session) port() string { return strconv.Itoa(s.Port) }

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// mechanism is the one to name, or other where the program chooses.
func (s Session) mechanism(other string) string { return cmp.Or(s.Mechanism, other) }

// sender is the address of the sender; the null sender is empty (RFC 5321 §4.5.5).
func (s Session) sender() string { return strings.Trim(s.From, "<>") }
