package record

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/wire"
)

// Target is the server a session is meant for.
type Target struct {
	Host string `json:"host"` // name or address, without brackets; a name beyond ASCII as its A-label
	Port int    `json:"port"`
	// Implicit is set when the scheme or the port says that TLS comes first.
	Implicit bool `json:"implicit,omitempty"`
	// Scheme is lmtp where that is spoken; else submission or smtp where one was written and the port alone does not say it, which
	// decides whether TLS is required.
	Scheme string `json:"scheme,omitempty"`
	// Lab is set when the practice server answers; guard rails that protect other people's servers are then off.
	Lab bool `json:"lab,omitempty"`
}

// The ports of SMTP (RFC 5321 §4.5.4.2, RFC 6409 §3.1, RFC 8314 §3.3), that of LMTP where no other is agreed on, and the alternate one
// used by agreement.
const (
	PortLMTP        = 24
	PortRelay       = 25
	PortSubmission  = 587
	PortSubmissions = 465
	PortAlternate   = 2525
)

var schemes = []struct {
	name string
	port int
}{
	{"smtp", PortRelay},
	{"submission", PortSubmission},
	{"submissions", PortSubmissions},
	{"smtps", PortSubmissions},
	{SchemeLMTP, PortLMTP},
}

// SchemeLMTP is how a target is written with which LMTP is spoken (RFC 2033).
const SchemeLMTP = "lmtp"

// LMTP reports whether LMTP is spoken with the target, and not SMTP.
func (t Target) LMTP() bool { return t.Scheme == SchemeLMTP }

// Speaking is the target with the other protocol; which scheme of SMTP was written is forgotten.
func (t Target) Speaking(lmtp bool) Target {
	t.Scheme = ""
	if lmtp {
		t.Scheme = SchemeLMTP
	}
	return t
}

// ParseTarget reads host, host:port, [v6]:port or a URL. A bare host gets port 25, or 587 when a user is to be
// authenticated: submission is where AUTH lives (RFC 6409 §3.1).
func ParseTarget(s string, user bool) (Target, error) {
	if strings.Contains(s, "@") { // and what is after it is not repeated
		return Target{}, ErrCredentials
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return Target{}, fmt.Errorf("target %q contains a space or a control character", s)
	}
	if scheme, _, ok := strings.Cut(s, "://"); ok {
		return parseURL(s, strings.ToLower(scheme))
	}
	port := PortRelay
	if user {
		port = PortSubmission
	}
	return splitTarget(s, port)
}

func parseURL(s, scheme string) (Target, error) {
	for _, known := range schemes {
		if known.name != scheme {
			continue
		}
		u, err := url.Parse(s)
		if err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return Target{}, fmt.Errorf("target %q: want %s://host or %s://host:port", s, scheme, scheme)
		}
		t, err := splitTarget(u.Host, known.port)
		return t.under(known.name), err
	}
	return Target{}, fmt.Errorf("target %q: unknown scheme %q: want smtp, submission, submissions, smtps or lmtp", s, scheme)
}

// WithPort is the target on another port. What was written as a scheme, if anything, still decides.
func (t Target) WithPort(port int, written string) Target {
	t.Port = port
	scheme, _, ok := strings.Cut(written, "://")
	if !ok {
		t.Implicit = port == PortSubmissions
		return t
	}
	return t.under(strings.ToLower(scheme))
}

// under is the target as its scheme has it.
func (t Target) under(scheme string) Target {
	t.Implicit, t.Scheme = scheme == "submissions" || scheme == "smtps", ""
	if scheme == SchemeLMTP || scheme == "submission" && t.Port != PortSubmission || scheme == "smtp" && t.Port == PortSubmission {
		t.Scheme = scheme
	}
	return t
}

// submits reports whether the scheme, or without one the port, is that of submission with STARTTLS (RFC 6409, RFC 8314 §3.3).
func (t Target) submits() bool {
	return t.Scheme == "submission" || t.Scheme == "" && t.Port == PortSubmission
}

// splitTarget leaves Implicit to the port unless a scheme decides it.
func splitTarget(s string, port int) (Target, error) {
	host := s
	if h, p, err := net.SplitHostPort(s); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n < 1 {
			return Target{}, fmt.Errorf("target %q: port %q is not a number from 1 to 65535", s, p)
		}
		host, port = h, int(n)
	} else if strings.Contains(s, ":") && !isAddress(s) {
		return Target{}, fmt.Errorf("target %q: want host:port, or [address]:port for IPv6", s)
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return Target{}, fmt.Errorf("target %q has no host: give the name or the address of a server", s)
	}
	if strings.ContainsAny(host, "[]/?#") {
		return Target{}, fmt.Errorf("target %q: %q is not a host name", s, host)
	}
	host, err := HostName(host)
	if err != nil {
		return Target{}, fmt.Errorf("target: %w", err)
	}
	if !isAddress(host) && !couldBeName(host) {
		return Target{}, fmt.Errorf("target %q: %q is not a host name", s, host)
	}
	return Target{Host: host, Port: port, Implicit: port == PortSubmissions}, nil
}

// couldBeName reports whether a host has the form of a name in the DNS: labels of 1 to 63 characters between its dots, 253 in all (RFC 1035 §2.3.4),
// and no sign that is in no host's name. Underscores are, whatever RFC 952 says.
func couldBeName(host string) bool {
	host = strings.TrimSuffix(host, ".")
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return len(host) <= 253 && !strings.ContainsAny(host, "\"'`*,;:!$%&()<>=^{}|~\\+")
}

// Called is the host in a sentence: an internationalized name in both forms, what a terminal could take for a command made visible.
func (t Target) Called() string { return wire.VisibleString(bothForms(t.Host)) }

// IsAddress reports whether the host is an IP address, for which no name is looked up.
func (t Target) IsAddress() bool { return isAddress(t.Host) }

func isAddress(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

// String is host:port.
func (t Target) String() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// Spelled is the target as [ParseTarget] reads it: host and port, with a scheme where the port alone does not say what it says.
func (t Target) Spelled() string {
	switch {
	case t.LMTP():
		return SchemeLMTP + "://" + t.String()
	case t.Implicit && t.Port != PortSubmissions:
		return "submissions://" + t.String()
	case !t.Implicit && t.Port == PortSubmissions:
		return "smtp://" + t.String()
	case t.Scheme != "":
		return t.Scheme + "://" + t.String()
	}
	return t.String()
}

// mailboxPorts are registered for reading mail, and people enter them for sending it (RFC 1939, RFC 9051; RFC 8314 §7.1, §7.2 for TLS).
var mailboxPorts = lazy.Table[int, string]{{110, "POP3"}, {143, "IMAP"}, {993, "IMAP over TLS"}, {995, "POP3 over TLS"}}

// Role is what the port is for, in a word or two.
func (t Target) Role() string {
	if mailbox, ok := mailboxPorts.Find(t.Port); ok {
		return mailbox
	}
	switch {
	case t.LMTP():
		return "LMTP"
	case t.Port == PortRelay:
		return "relay"
	case t.Port == PortSubmissions || t.Implicit:
		return "submissions"
	case t.Port == PortSubmission || t.Scheme == "submission":
		return "submission"
	case t.Port == PortAlternate:
		return "alternate"
	}
	return "no registered role"
}

// Policy is what the client insists on about TLS. When TLS starts and what happens if it cannot are two axes that
// user interfaces often mix up (RFC 8314 §3 and §5.2, RFC 3207 §4).
type Policy struct {
	Start TLSStart `json:"start"`
	Must  TLSMust  `json:"must"`
	// AllowUnverified goes on over TLS whose certificate failed verification. A secret is another matter.
	AllowUnverified bool `json:"allow-unverified,omitempty"`
	// AllowUnverifiedAuth lets a password, a token, or what is computed from one go to a server whose certificate failed verification.
	AllowUnverifiedAuth bool `json:"allow-unverified-auth,omitempty"`
	// AllowCleartextAuth lets a password cross the network in cleartext.
	AllowCleartextAuth bool `json:"allow-cleartext-auth,omitempty"`
	// AllowObsoleteAuth lets a password, a token, or what is computed from one go through TLS 1.1 or older (RFC 8996).
	AllowObsoleteAuth bool `json:"allow-obsolete-auth,omitempty"`
}

// TLSStart is the axis of when TLS starts.
type TLSStart string

// When TLS starts.
const (
	StartImplicit TLSStart = "implicit" // with the first byte (RFC 8314 §3.3)
	StartSTARTTLS TLSStart = "starttls" // on request (RFC 3207)
	StartNever    TLSStart = "never"
)

// TLSMust is the axis of what happens when TLS cannot start or does not hold.
type TLSMust string

// What happens without TLS.
const (
	MustRequire       TLSMust = "require"       // the session stops
	MustOpportunistic TLSMust = "opportunistic" // it goes on without (RFC 7435)
	MustIfOffered     TLSMust = "if-offered"    // it goes on without where STARTTLS is not offered, and stops where it fails
	MustOff           TLSMust = "off"           // TLS is not tried
)

// ParsePolicy reads the name of a policy. Empty picks by target: implicit on 465, required on 587, with
// submission:// and wherever a user is to be authenticated, opportunistic elsewhere.
func ParsePolicy(s string, t Target, user bool) (Policy, error) {
	switch s {
	case "":
		return defaultPolicy(t, user), nil
	case "implicit":
		return Policy{Start: StartImplicit, Must: MustRequire}, nil
	case "require":
		return Policy{Start: StartSTARTTLS, Must: MustRequire}, nil
	case "opportunistic":
		return Policy{Start: StartSTARTTLS, Must: MustOpportunistic}, nil
	case "if-offered":
		return Policy{Start: StartSTARTTLS, Must: MustIfOffered}, nil
	case "off":
		return Policy{Start: StartNever, Must: MustOff}, nil
	}
	return Policy{}, errors.New("want require, opportunistic, if-offered, off or implicit")
}

func defaultPolicy(t Target, user bool) Policy {
	switch {
	case t.Implicit:
		return Policy{Start: StartImplicit, Must: MustRequire}
	case t.submits() || user:
		return Policy{Start: StartSTARTTLS, Must: MustRequire}
	}
	return Policy{Start: StartSTARTTLS, Must: MustOpportunistic}
}
