// Package survey looks at the ports of one host side by side: what answers at each, what it takes to be safe there, and what that comes
// to for the host as a whole. It reads the logs of sessions and touches no network; package ask below it makes them.
package survey

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
)

// Survey is what was found at the ports of a host.
type Survey struct {
	Format string `json:"format"` // [Format]
	Host   string `json:"host"`   // as a person typed it
	// Addresses are those that were looked at, in the resolver's order; Left counts those beyond [MostAddresses].
	Addresses []string  `json:"addresses,omitempty"`
	Left      int       `json:"left,omitempty"`
	Ports     []int     `json:"ports"`
	Began     time.Time `json:"began"`
	// Named is set where a person named the ports: one of them that is closed is then a failure.
	Named bool          `json:"named,omitempty"`
	Took  time.Duration `json:"took"`
	// Stopped is set where a person ended it before all was known.
	Stopped bool `json:"stopped,omitempty"`
	// Cells has for each address each of the ports, in that order.
	Cells   []Cell  `json:"cells,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Score is the scorecard of the services that were found, must and should alike.
	Score []Point `json:"score,omitempty"`
}

// Format is the version of the JSON of a survey, first in it.
const Format = "ehlo-survey/1"

// MostAddresses and MostPorts bound a survey: each pair of them is a connection that is open at the same time.
const (
	MostAddresses = 8
	MostPorts     = 16
)

// DefaultPorts are those at which mail is sent (RFC 5321 §4.5.4.2, RFC 8314 §3.3, RFC 6409 §3.1), and the alternate one.
func DefaultPorts() []int {
	return []int{record.PortRelay, record.PortSubmissions, record.PortSubmission, record.PortAlternate}
}

// Cell is one port at one address.
type Cell struct {
	Address string `json:"address"`
	Port    int    `json:"port"`
	Role    string `json:"role"` // what the port is for
	State   State  `json:"state"`
	// Protocol is what speaks there where that is not SMTP: "POP3", or "unknown".
	Protocol string `json:"protocol,omitempty"`
	// Greeting is the first line of it, made visible.
	Greeting string `json:"greeting,omitempty"`
	// Connect is how long the TCP connection took, about one round trip; Greet is the wait for the greeting after it.
	Connect time.Duration `json:"connect,omitempty"`
	Greet   time.Duration `json:"greet,omitempty"`
	// Listed says that an EHLO reply came in cleartext, ListedInside that one came inside TLS. Each has its mechanisms of AUTH.
	Listed       bool     `json:"listed,omitempty"`
	ListedInside bool     `json:"listed-inside,omitempty"`
	AuthBefore   []string `json:"auth-before,omitempty"`
	AuthInside   []string `json:"auth-inside,omitempty"`
	// Keywords are those of the last EHLO reply; Size is the largest message in bytes that it declares (RFC 1870 §3), 0 for none.
	Keywords []string `json:"keywords,omitempty"`
	Size     int64    `json:"size,omitempty"`
	// TLS is the handshake that was done, nil where there was none.
	TLS *TLS `json:"tls,omitempty"`
	// Accepts is what it accepts of TLS, nil where that was not asked.
	Accepts *Accepts `json:"accepts,omitempty"`
	// Relay is what came of the question whether it relays for strangers, nil where that was not asked.
	Relay *Relay `json:"relay,omitempty"`
	// Verdict is that of the session which the port is for.
	Verdict record.Verdict `json:"verdict"`
	// Sessions are all that were had there, the one of the verdict first.
	Sessions []record.Source `json:"-"`

	policy record.Policy // of the last of them
}

// TLS is one handshake and the certificate that it showed.
type TLS struct {
	Version  string `json:"version"`
	Suite    string `json:"suite"`
	Group    string `json:"group,omitempty"`
	Verified bool   `json:"verified"`
	// Certificate is the server's own, Chain how many certificates it sent in all; Faults are the checks that failed.
	Certificate record.Certificate `json:"certificate"`
	Chain       int                `json:"chain"`
	Faults      []record.Check     `json:"faults,omitempty"`
	// Raw are the certificates that it sent, DER, its own first.
	Raw [][]byte `json:"-"`
}

// Relay is the answer to MAIL and RCPT for a mailbox elsewhere, without a login. Nothing follows them.
type Relay struct {
	// Asked is set where the server answered MAIL, and RCPT if it took that.
	Asked bool `json:"asked,omitempty"`
	// Accepted says that it would relay; Said is the first line of its last reply, made visible.
	Accepted bool   `json:"accepted,omitempty"`
	Said     string `json:"said,omitempty"`
}

// State is what a port does.
type State string

// The states of a port.
const (
	StateUnknown     State = "unknown"     // nothing came of it before it was stopped
	StateRefused     State = "refused"     // nothing listens: RST in answer to SYN
	StateFiltered    State = "filtered"    // no answer to SYN: a firewall drops it
	StateUnreachable State = "unreachable" // no route, or a firewall says so
	StateSilent      State = "silent"      // TCP, and then not a byte
	StateClosed      State = "closed"      // TCP, and then the end
	StateRejects     State = "rejects"     // the greeting is a refusal
	StateForeign     State = "other"       // another protocol
	StateCleartext   State = "cleartext"   // SMTP without STARTTLS
	StateSTARTTLS    State = "STARTTLS"    // SMTP that offers it (RFC 3207)
	StateTLS         State = "TLS"         // from the first byte (RFC 8314 §3.3)
)

// Open reports whether the port takes connections.
func (s State) Open() bool {
	switch s {
	case StateUnknown, StateRefused, StateFiltered, StateUnreachable:
		return false
	}
	return true
}

// Speaks reports whether something was said there.
func (s State) Speaks() bool { return s.Open() && s != StateSilent && s != StateClosed }

// ParsePorts reads ports that a person names, separated by commas or blanks. None are none.
func ParsePorts(text string) (ports []int, err error) {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 65535 {
			return nil, errors.New("want numbers from 1 to 65535, separated by commas")
		}
		if !slices.Contains(ports, n) {
			ports = append(ports, n)
		}
	}
	if len(ports) > MostPorts {
		return nil, fmt.Errorf("want at most %d", MostPorts)
	}
	return ports, nil
}

// IsHost reports whether what a person typed names the host alone, without a port or a scheme.
func IsHost(typed, host string) bool {
	return typed == host || strings.Trim(typed, "[]") == host || !strings.ContainsAny(typed, ":/")
}
