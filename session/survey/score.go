package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// Point is one point of the scorecard: what a standard asks of a service, and whether it is so.
type Point struct {
	Code    string  `json:"code"`
	Service Service `json:"service"`
	Level   Level   `json:"level"`
	// Wanted is what the standard asks for, Refs where it does.
	Wanted string `json:"wanted"`
	Refs   string `json:"refs"`
	Result Result `json:"result"`
	// Ports are those at which it fails, or else those that were judged; Reason is what was seen there.
	Ports  []int  `json:"ports"`
	Reason string `json:"reason,omitempty"`
	// Who has to do what, where it fails.
	Who  record.Who `json:"who,omitempty"`
	Mend string     `json:"mend,omitempty"`
}

// Service is what a port is for.
type Service string

// The services that have a scorecard.
const (
	Submission Service = "submission"
	MX         Service = "MX"
)

// Level is how strongly a standard asks for something (RFC 2119 §1 to §4).
type Level string

// The levels.
const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)

// Result is how a point stands. It is empty where the point says nothing about a port.
type Result string

// The results.
const (
	Holds   Result = "holds"
	Fails   Result = "fails"
	Unknown Result = "unknown" // the port did not show it
)

// rule is a row of the scorecard. It is judged at each port of its services that answers with SMTP, or at all of them where closed is set.
type rule struct {
	code   string
	of     []Service
	level  Level
	wanted string
	refs   string
	mend   string
	judge  func(Cell) (Result, string)
	closed bool
}

var (
	both       = []Service{Submission, MX}
	submission = []Service{Submission}
	mx         = []Service{MX}
)

// Versions of TLS as they are written on the wire (RFC 9846 §4.3.1).
const (
	version12 = 0x0303
	version13 = 0x0304
)

// rules are the scorecard, in the order in which it is read.
var rules = []rule{
	{"implicit-tls", submission, Should, "port 465 starts TLS with the first byte", "RFC 8314 §3.3", "open port 465 with TLS from the first byte", implicit, true},
	{"starttls", submission, Must, "TLS can be started", "RFC 8314 §4, RFC 3207 §4", "enable STARTTLS on this port", encrypts, false},
	{"starttls", mx, Should, "STARTTLS is offered: DANE and MTA-STS need it", "RFC 7672 §2.2, RFC 8461 §4.2", "enable STARTTLS on port 25", encrypts, false},
	{"auth-inside", submission, Must, "AUTH is offered inside TLS", "RFC 6409 §4.3, §7", "offer AUTH", offersAuth, false},
	{"auth-cleartext", both, Should, "AUTH is not offered in cleartext", "RFC 4954 §4, RFC 8314 §4.1", "offer AUTH only inside TLS", hidesAuth, false},
	{"certificate", submission, Must, "the certificate is one that clients can verify", "RFC 8314 §4.4, §5.3, RFC 7817 §3", "renew or replace the certificate, so that clients can verify it", verifies, false},
	{"certificate", mx, Should, "the certificate is valid for the name of the host: MTA-STS needs it", "RFC 8461 §4.2", "renew or replace the certificate, so that clients can verify it", verifies, false},
	{"tls-1.3", both, Should, "TLS 1.3 is accepted", "RFC 9325 §3.1.1", "enable TLS 1.3", func(c Cell) (Result, string) { return accepts(c, version13) }, false},
	{"tls-1.2", both, Must, "TLS 1.2 is accepted", "RFC 9325 §3.1.1", "enable TLS 1.2", func(c Cell) (Result, string) { return accepts(c, version12) }, false},
	{"old-versions", both, Must, "SSL 3.0, TLS 1.0 and TLS 1.1 are not accepted", "RFC 9325 §3.1.1, RFC 8996 §4, §5, RFC 7568 §3", "disable every version before TLS 1.2", refusesOld, false},
	{"insecure-suites", both, Must, "no cipher suite is insecure: without encryption, export, DES, RC4", "RFC 9325 §4.1", "disable these cipher suites", refusesInsecure, false},
	{"anonymous-suites", submission, Must, "no cipher suite goes without authentication", "RFC 5246 §A.5", "disable the anonymous cipher suites", refusesAnonymous, false},
	{"weak-suites", both, Should, "no cipher suite has less than 128 bits of security, such as 3DES", "RFC 9325 §4.1", "disable these cipher suites", refusesWeak, false},
	{"forward-secrecy", both, Must, "cipher suites with forward secrecy are accepted", "RFC 9325 §4.1", "enable cipher suites with ECDHE", forwardSecret, false},
	{"static-rsa", both, Should, "no cipher suite goes without forward secrecy", "RFC 9325 §4.1", "disable the cipher suites with key exchange by RSA, DH or ECDH", noStatic, false},
	{"dhe-group", both, Must, "groups of DHE have at least 2048 bits", "RFC 9325 §4.5", "use a group of 2048 bits or more, or disable DHE", largePrime, false},
	{"relay", submission, Must, "mail is refused without a login", "RFC 6409 §4.3", "require a login before MAIL", relays, false},
	{"relay", mx, Must, "mail for other domains is refused: it is not an open relay", "RFC 2505 §2.1, RFC 5321 §7.9", "accept mail for your own domains only", relays, false},
	{"extensions", submission, Should, "PIPELINING, ENHANCEDSTATUSCODES, DSN and 8BITMIME are offered", "RFC 6409 §7", "enable these extensions", extensions, false},
	{"turn", submission, Must, "ETRN and ATRN are not offered", "RFC 6409 §7", "disable ETRN and ATRN on this port", noTurn, false},
	{"vrfy", both, May, "VRFY and EXPN are not offered: strangers can find addresses with them", "RFC 5321 §7.3", "disable VRFY and EXPN", noVerify, false},
}

// Score is the scorecard of a survey: the points that say something about the services that were found.
func Score(s *Survey) (card []Point) {
	for _, service := range []Service{Submission, MX} {
		cells := s.of(service)
		if !slices.ContainsFunc(cells, Answers) {
			continue
		}
		for _, r := range rules {
			if !slices.Contains(r.of, service) {
				continue
			}
			if p, ok := r.point(service, cells); ok {
				card = append(card, p)
			}
		}
	}
	return card
}

// of are the cells of the ports of a service.
func (s *Survey) of(service Service) (list []Cell) {
	for _, c := range s.Cells {
		relay := c.Port == record.PortRelay
		submits := c.Port == record.PortSubmission || c.Port == record.PortSubmissions || c.Port == record.PortAlternate
		if service == MX && relay || service == Submission && submits {
			list = append(list, c)
		}
	}
	return list
}

// Answers reports whether a port greets in SMTP.
func Answers(c Cell) bool {
	return c.State == StateCleartext || c.State == StateSTARTTLS || c.State == StateTLS
}

// point judges the cells: one at which it fails decides, and one that did not show it comes next.
func (r rule) point(service Service, cells []Cell) (p Point, ok bool) {
	p = Point{Code: r.code, Service: service, Level: r.level, Wanted: r.wanted, Refs: r.refs}
	for _, c := range cells {
		if !Answers(c) && !r.closed {
			continue
		}
		switch result, reason := r.judge(c); {
		case result == "":
			continue
		case rank(result) > rank(p.Result):
			p.Result, p.Reason, p.Ports = result, reason, []int{c.Port}
		case result == p.Result && !slices.Contains(p.Ports, c.Port):
			p.Ports = append(p.Ports, c.Port)
		}
	}
	if p.Result == Fails {
		p.Who, p.Mend = record.WhoOperator, r.mend
	}
	return p, p.Result != ""
}

// rank is which result decides where ports differ.
func rank(r Result) int { return slices.Index([]Result{"", Holds, Unknown, Fails}, r) }

// held says whether something is so, with what was seen where it is not.
func held(is bool, format string, args ...any) (Result, string) {
	if is {
		return Holds, ""
	}
	return Fails, fmt.Sprintf(format, args...)
}

func implicit(c Cell) (Result, string) {
	switch {
	case c.Port != record.PortSubmissions:
		return "", ""
	case c.State == StateUnknown:
		return Unknown, "the survey was stopped before"
	}
	return held(c.State == StateTLS, "port 465 is %s", cmp.Or(c.Protocol, string(c.State)))
}

func encrypts(c Cell) (Result, string) {
	return held(c.State != StateCleartext, "the EHLO reply does not offer STARTTLS")
}

func offersAuth(c Cell) (Result, string) {
	if !c.ListedInside {
		return Unknown, "no EHLO reply came inside TLS"
	}
	return held(len(c.AuthInside) > 0, "the EHLO reply inside TLS lists no AUTH")
}

func hidesAuth(c Cell) (Result, string) {
	if !c.Listed {
		return "", ""
	}
	return held(len(c.AuthBefore) == 0, "the EHLO reply in cleartext lists AUTH %s", strings.Join(c.AuthBefore, " "))
}

func verifies(c Cell) (Result, string) {
	switch {
	case c.TLS == nil:
		return Unknown, "no handshake succeeded"
	case len(c.TLS.Faults) > 0:
		return Fails, strings.Join(slices.DeleteFunc([]string{c.TLS.Faults[0].Text, c.TLS.Faults[0].Operators()}, func(s string) bool { return s == "" }), ": ")
	}
	return held(c.TLS.Verified, "verification failed")
}

// asked is what was found out about TLS; result is what to answer where it was not, and ok is then false.
func asked(c Cell) (result Result, reason string, ok bool) {
	switch {
	case c.Accepts == nil:
		return "", "", false
	case c.Accepts.Unfinished():
		return Unknown, "not all ClientHellos were answered", false
	}
	return "", "", true
}

func accepts(c Cell, version uint16) (Result, string) {
	if result, reason, ok := asked(c); !ok && !c.Accepts.Has(version) {
		return result, reason
	}
	return held(c.Accepts.Has(version), "%s is refused", tlswire.VersionName(version))
}

func refusesOld(c Cell) (Result, string) {
	var old []string
	if c.Accepts != nil {
		for _, v := range c.Accepts.Versions {
			if v.Accepted && v.Number < version12 {
				old = append(old, v.Name)
			}
		}
	}
	return lacks(c, old, "accepted: ")
}

// lacks fails where there is something on the list, and holds where there is nothing and all was asked.
func lacks(c Cell, bad []string, label string) (Result, string) {
	if len(bad) > 0 {
		return Fails, label + few(bad)
	}
	if result, reason, ok := asked(c); !ok {
		return result, reason
	}
	return Holds, ""
}

// few is a list with its beginning only, where it is long.
func few(list []string) string {
	const most = 4
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

// suitesOf are the cipher suites of all versions that are accepted, each once.
func suitesOf(c Cell, is func(name string) bool) (list []string) {
	if c.Accepts == nil {
		return nil
	}
	for _, v := range c.Accepts.Versions {
		for _, name := range v.Suites {
			if is(name) && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

func refusesInsecure(c Cell) (Result, string) {
	return lacks(c, suitesOf(c, func(name string) bool { return QualityOf(name) == Insecure && (!anonymous(name) || broken(name)) }), "accepted: ")
}

// anonymous reports whether neither side proves who it is. A relay that takes mail from clients that verify nothing may accept such a suite.
func anonymous(name string) bool { return strings.Contains(name, "_anon_") }

// broken reports whether what a suite encrypts can be read.
func broken(name string) bool {
	return slices.ContainsFunc([]string{"_NULL", "_EXPORT_", "_RC4_", "_RC2_", "_DES_"}, func(part string) bool { return strings.Contains(name, part) })
}

func refusesAnonymous(c Cell) (Result, string) { return lacks(c, suitesOf(c, anonymous), "accepted: ") }

func refusesWeak(c Cell) (Result, string) {
	return lacks(c, suitesOf(c, func(name string) bool { return QualityOf(name) == Weak }), "accepted: ")
}

// secret reports whether a suite has forward secrecy: those of TLS 1.3, which name no key exchange, have it, and the anonymous ones, which
// have no other keys.
func secret(name string) bool {
	return !strings.Contains(name, "_WITH_") || strings.Contains(name, "DHE_") || anonymous(name)
}

func forwardSecret(c Cell) (Result, string) {
	if len(suitesOf(c, secret)) > 0 {
		return Holds, ""
	}
	if result, reason, ok := asked(c); !ok {
		return result, reason
	}
	return Fails, "no cipher suite with forward secrecy is accepted"
}

func noStatic(c Cell) (Result, string) {
	return lacks(c, suitesOf(c, func(name string) bool { return !secret(name) }), "accepted: ")
}

func largePrime(c Cell) (Result, string) {
	const least = 2048
	smallest := 0
	if c.Accepts != nil {
		for _, v := range c.Accepts.Versions {
			if v.Prime > 0 && (smallest == 0 || v.Prime < smallest) {
				smallest = v.Prime
			}
		}
	}
	if smallest == 0 {
		return "", ""
	}
	return held(smallest >= least, "a group of %d bits is used", smallest)
}

func relays(c Cell) (Result, string) {
	switch {
	case c.Relay == nil:
		return "", ""
	case !c.Relay.Asked:
		return Unknown, "MAIL and RCPT were not answered"
	}
	return held(!c.Relay.Accepted, "RCPT was accepted: %s", c.Relay.Said)
}

// offers reports whether the last EHLO reply has a keyword.
func (c Cell) offers(keyword string) bool {
	return slices.ContainsFunc(c.Keywords, func(k string) bool {
		name, _, _ := strings.Cut(k, " ")
		return name == keyword
	})
}

func extensions(c Cell) (Result, string) {
	if len(c.Keywords) == 0 {
		return Unknown, "no EHLO reply with extensions came"
	}
	var missing []string
	for _, k := range []string{"PIPELINING", "ENHANCEDSTATUSCODES", "DSN", "8BITMIME"} {
		if !c.offers(k) {
			missing = append(missing, k)
		}
	}
	return held(len(missing) == 0, "not offered: %s", strings.Join(missing, ", "))
}

func noTurn(c Cell) (Result, string) { return offersNone(c, "ETRN", "ATRN") }

func noVerify(c Cell) (Result, string) { return offersNone(c, "VRFY", "EXPN") }

func offersNone(c Cell, keywords ...string) (Result, string) {
	if !c.Listed && !c.ListedInside {
		return Unknown, "no EHLO reply came"
	}
	found := slices.DeleteFunc(keywords, func(k string) bool { return !c.offers(k) })
	return held(len(found) == 0, "the EHLO reply lists %s", strings.Join(found, ", "))
}
