package lab

import (
	"crypto/tls"
	"ehlo/session/explain"
	"ehlo/session/lazy"
	"fmt"
	"strings"
	"time"
)

// A Scenario is one thing to practice: what a person is told, where the walk goes, what should be found, and how the server or the
// wire is bent. The names of its fields in YAML are those of a file with scenarios of one's own.
type Scenario struct {
	Name  string `yaml:"name"`  // kebab-case, stable, unique
	Group string `yaml:"-"`     // heading it is listed under
	Title string `yaml:"title"` // a few words
	Story string `yaml:"story"` // the situation, for the learner
	Task  string `yaml:"task"`  // what to do or to find out

	Target   string `yaml:"target"`   // as on the command line: "submission://mail.lab"
	User     string `yaml:"user"`     // suggested account, or ""
	Password string `yaml:"password"` // suggested instead of the account's own, or ""
	// Mechanism is the one to log in with, or "" for the best that is offered.
	// A mechanism that needs a token takes the account's.
	Mechanism string `yaml:"mechanism"`
	// Insist says to try Mechanism although it is not offered.
	Insist bool `yaml:"insist"`
	// NoLogin says that the client does not log in.
	NoLogin bool `yaml:"no-login"`
	// EHLOName is the name of the client's host, which it gives in EHLO: of a person's laptop in a submission, of another organization's server
	// in a relay.
	EHLOName string `yaml:"ehlo-name"`
	// TLS is the client's TLS setting as on the command line, or "" for the one of the target.
	TLS string `yaml:"tls"`
	// ClientCertificate says to show the user's certificate in TLS, as
	// [Lab.OwnCertificate] issues it.
	ClientCertificate bool `yaml:"client-certificate"`
	// ForServers makes it a certificate for servers, which its CA meant for nothing else.
	ForServers bool   `yaml:"client-certificate-for-servers"`
	From       string `yaml:"from"`        // suggested envelope
	To         string `yaml:"to"`          // several are separated by a comma and a space
	HeaderFrom string `yaml:"header-from"` // author in the From field of the message, where that is not the sender
	// Header are the fields of the message beside Date, a line each, "" for the usual ones.
	Header string `yaml:"header"`
	Size   int    `yaml:"size"` // bytes of the message to send, 0 for a short note
	// PRDR has the client ask for a reply for each recipient.
	PRDR bool `yaml:"prdr"`
	// Chunk has the client send the message with BDAT in chunks of so many bytes, 0 for with DATA.
	Chunk int64 `yaml:"chunk"`
	// Pipelining has the client send the envelope in one group of commands.
	Pipelining bool `yaml:"pipelining"`
	// Experiment is the name of the rule of SMTP that the client breaks, "" for none.
	Experiment string `yaml:"experiment"`
	// ProxySource is the address that the client states in a PROXY header, "" for no header.
	ProxySource string `yaml:"proxy-source"`
	// MX says that the target is a domain, whose MX records lead to the server.
	MX bool `yaml:"-"`
	// Lookups are asked of the practice name server before, each a type and a name: "TXT lab.test". They are the records that the
	// story is about.
	Lookups []string `yaml:"lookups"`
	// DNS are records that stand beside those of the practice domains, and in the place of those with the same name and type: "shop.example MX 10
	// mx.lab".
	DNS     []string `yaml:"dns"`
	Finding string   `yaml:"finding"` // code of the finding expected, or "" if none is
	Reply   string   `yaml:"reply"`   // how the reply begins that all is about, or ""

	Knobs Knobs `yaml:"server"`
}

// Knobs say how a practice server differs from the honest one. All of it is
// data, so that a test may take a scenario and turn a knob of its own.
type Knobs struct {
	Client      string             `yaml:"client-address"`     // the address that the client has for the server, as behind a router; "" for the one in fact
	Serves      string             `yaml:"serves"`             // a domain that the server takes mail for beside its own; its users are the same
	CertNames   []string           `yaml:"certificate-names"`  // host names of the certificate beside those that it has anyway
	TLSA        string             `yaml:"tlsa"`               // the name at which the practice zone has a record for the certificate, "" for none
	Reach       reach              `yaml:"reach"`              // whether the ports answer at all
	ReachOf     string             `yaml:"reach-of"`           // the role of the only port that Reach is about, "" for all
	Mailboxes   bool               `yaml:"mailboxes"`          // the ports of POP3 and IMAP answer too
	LMTP        bool               `yaml:"lmtp"`               // mx.lab takes mail for its mailboxes by LMTP too, on port 24
	Onward      bool               `yaml:"hands-on"`           // mail.lab hands messages on to mx.lab, and bounces what is refused there
	Certificate certificate        `yaml:"certificate"`        // which chain the server presents
	ClientCert  tls.ClientAuthType `yaml:"client-certificate"` // whether the server asks for a client certificate
	TLSMin      version            `yaml:"tls-min"`            // lowest TLS version, 0 for the options' own
	TLSMax      version            `yaml:"tls-max"`            // highest TLS version, 0 for the options' own
	Groups      []tls.CurveID      `yaml:"-"`                  // key exchange groups the server takes, nil for those of crypto/tls
	Balanced    bool               `yaml:"proxy-header"`       // the server stands behind a load balancer: it wants a PROXY header before it greets
	Trusting    bool               `yaml:"xclient"`            // XCLIENT and XFORWARD are offered, and every client that uses them is believed
	BareLF      bool               `yaml:"bare-lf"`            // LF alone ends a line, also of a message
	NoTLS       bool               `yaml:"no-starttls"`        // no STARTTLS, and implicit ports are unaffected
	ClearAuth   bool               `yaml:"auth-before-tls"`    // AUTH is offered before TLS, and TLS not required
	MaxSize     int64              `yaml:"max-size"`           // message size limit in bytes, 0 for 10 MiB
	Hide        []string           `yaml:"hide"`               // EHLO keywords not offered, and refused if used
	Offer       []string           `yaml:"offer"`              // EHLO keywords that are offered beside the usual ones: BINARYMIME, PRDR
	Mechanisms  []string           `yaml:"mechanisms"`         // AUTH mechanisms in the order offered, nil for PLAIN LOGIN
	WrongLogin  string             `yaml:"wrong-login"`        // the reply to wrong credentials, "" for 535 5.7.8
	Explain     bool               `yaml:"scram-explains"`     // SCRAM says inside the exchange why it fails (RFC 5802 §5.1)
	Challenges  []challenge        `yaml:"challenges"`         // what a hostile server says in AUTH, nil for an honest one
	Answers     []answer           `yaml:"answers"`            // replies given in place of the honest ones
	Greylist    time.Duration      `yaml:"greylist"`           // how long a client, sender and recipient that come together first must wait, 0 for not at all
	Limit       messageLimit       `yaml:"limit"`              // how many messages are taken
	SPF         bool               `yaml:"check-spf"`          // the relay evaluates the SPF record of the sender's domain, in the practice zone
	Wire        []rule             `yaml:"path"`               // what the on-path device does
	Idle        time.Duration      `yaml:"idle"`               // idle timeout, 0 for the options' own
}

// reach says whether a connection to the server can be made.
type reach int

// The ways a port can answer.
const (
	reachable reach = iota
	refused         // nothing listens: the kernel answers RST
	filtered        // nothing answers, as behind a firewall that drops
)

// reaches reports whether Reach is about the port of a role.
func (k *Knobs) reaches(role string) bool { return k.ReachOf == "" || k.ReachOf == role }

// version is a TLS version as crypto/tls numbers it.
type version uint16

// An answer is a reply the server gives instead of handling a command.
type answer struct {
	To      string `yaml:"to"`               // the verb, or "greeting"
	Reply   string `yaml:"reply"`            // complete lines, separated by \n, without the line ends
	Times   int    `yaml:"times"`            // how often for the same command line of a visitor; 0 means always
	Clear   bool   `yaml:"cleartext"`        // only outside TLS
	IPv6    bool   `yaml:"ipv6"`             // only over IPv6
	Initial bool   `yaml:"initial-response"` // only to an AUTH with an initial response
	Unless  string `yaml:"unless"`           // not to a command with this argument
	For     string `yaml:"for"`              // of "message": only for this recipient, where each has a reply of its own
	Role    string `yaml:"role"`             // of the only port it is given on, "" for all
	Close   bool   `yaml:"close"`            // the server closes the connection after it
}

// A rule is one thing an on-path device does with what it carries. Rules apply
// in order to each reply the device can read: before TLS, or always if it
// intercepts or inspects.
type rule struct {
	On    string        `yaml:"on"`   // the verb it is about, "greeting", "ClientHello", or "" for every reply
	Role  string        `yaml:"role"` // of the only port it applies to, "" for all
	Do    action        `yaml:"do"`
	Text  string        `yaml:"text"`  // keyword for strip and garble, part of one for omit, bytes for the others
	Bytes int           `yaml:"bytes"` // cut: bytes of the reply that still pass; reset: bytes of the ClientHello that still pass
	Wait  time.Duration `yaml:"wait"`  // delay: how long
}

// action is what a rule does.
type action int

// What an on-path device can do.
const (
	strip     action = iota // remove the EHLO line that offers Text
	garble                  // overwrite the keyword Text with XXXXXXXA
	inject                  // send Text after the reply, in the same segment
	replace                 // send Text instead of the reply
	delay                   // hold the reply back for Wait
	stall                   // never let the reply pass
	cut                     // close after the first Bytes of the reply
	flood                   // repeat Text as fast as the client reads
	block                   // answer Text; the server never sees the command
	omit                    // take the words that have Text in them out of the AUTH line
	intercept               // end TLS with a certificate of its own and read on
	inspect                 // as intercept, with a certificate that clients here trust
	reset                   // reset the connection at a ClientHello of more than Bytes
	downgrade               // hide from the server that the client offers TLS 1.3
)

// An UnknownScenarioError says that there is no scenario of that name, and
// which names are near.
type UnknownScenarioError struct {
	Name string
	Near []string
}

func (e *UnknownScenarioError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("no scenario %q", e.Name)
	}
	return fmt.Sprintf("no scenario %q; did you mean %s?", e.Name, strings.Join(e.Near, " or "))
}

// honest is what a person means who names a port in place of a scenario.
var honest = lazy.Table[string, string]{{"", "submission"}, {"25", "relay"}, {"465", "submissions"}, {"587", "submission"}, {"2525", "alternate"}}

// Find returns the scenario called name; the empty name means the default,
// which is the first of [Scenarios], and a port the honest server there. The
// error is an *UnknownScenarioError.
func Find(name string) (Scenario, error) {
	if usual, ok := honest.Find(name); ok {
		name = usual
	}
	for sc := range scenarios() {
		if sc.Name == name {
			return sc, nil
		}
	}
	unknown := &UnknownScenarioError{Name: name}
	for sc := range scenarios() {
		if Near(name, sc.Name) {
			unknown.Near = append(unknown.Near, sc.Name)
		}
	}
	return Scenario{}, unknown
}

// Near reports whether a person who wrote typed may have meant name.
func Near(typed, name string) bool {
	typed = strings.ToLower(typed)
	if len(typed) >= 3 && (strings.Contains(name, typed) || strings.Contains(typed, name)) {
		return true
	}
	return len(typed) <= len(name)+2 && explain.Distance(typed, name) <= 2
}
