// Package spf evaluates SPF (RFC 7208): whether a domain permits a client to send its mail. It asks a [Resolver] and nothing else.
//
// The library for it, blitiri.com.ar/go/spf, gives a result, and as a trace lines for its developers. Here each term, lookup and
// limit is a value that a person can be shown.
package spf

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/lazy"
)

// Result is what a check comes to (RFC 7208 §2.6).
type Result string

// The results. There is no temporary error: the resolver always has an answer.
const (
	None      Result = "none"      // the domain has no record
	Neutral   Result = "neutral"   // it says nothing about this client
	Pass      Result = "pass"      // it permits the client
	Fail      Result = "fail"      // it does not
	SoftFail  Result = "softfail"  // it probably does not
	PermError Result = "permerror" // its record cannot be understood
)

// Resolver answers from DNS. An answer without records is empty.
type Resolver interface {
	TXT(name string) []string // the strings of each record joined (RFC 7208 §3.3)
	MX(name string) []string
	// Addresses are those of the family of the client.
	Addresses(name string, like netip.Addr) []netip.Addr
	// Names are those of an address that lead back to it, see [Confirmed]. A lookup that fails for them counts as one without an answer (§5.5).
	Names(addr netip.Addr) []string
}

// Client is who sends a message.
type Client struct {
	Addr netip.Addr
	// From is the envelope sender, empty for the null sender; Hello is the name in HELO or EHLO, which is checked in its place then (§2.4).
	From, Hello string
}

// For is a client of a domain of which no more is known.
func For(addr netip.Addr, domain string) Client {
	return Client{Addr: addr, From: postmaster + "@" + domain, Hello: domain}
}

// postmaster is the sender where a client gives none (§4.3).
const postmaster = "postmaster"

// Identity is the domain that is checked, with the local part that goes with it.
func (c Client) Identity() (local, domain string) {
	at := strings.LastIndexByte(c.From, '@')
	switch {
	case c.From == "":
		return postmaster, c.Hello
	case at <= 0:
		return postmaster, c.From[at+1:]
	}
	return c.From[:at], c.From[at+1:]
}

// Limits of a check (RFC 7208 §4.6.4).
const (
	mostLookups = 10 // terms that ask DNS
	mostVoid    = 2  // of these without an answer
	mostHosts   = 10 // hosts of one mx term, and names of a client
)

// Check reports whether the domain of a sender permits a client to send its mail. term is what of the record decided; the error says why a
// record cannot be understood.
func Check(r Resolver, client Client) (result Result, term string, err error) {
	t := Trace(r, client)
	return t.Result, t.Term, t.Err
}

// Traced is a check with what led to its result.
type Traced struct {
	Result Result
	Term   string // what of the record decided
	Err    error  // why a record cannot be understood
	// Fault is the term at which it cannot, and whose record that is in; Term is the one in the record of the domain that was asked for.
	Fault Step
	// Lookups counts the terms that asked DNS, of which ten are allowed; Void those of them that found nothing, of which two are (§4.6.4).
	Lookups, Void int
	// Steps are the terms in the order in which they were looked at, at most [mostSteps].
	Steps []Step
}

// Step is one term that was looked at.
type Step struct {
	Depth   int    `json:"depth"`  // how many records include this one
	Domain  string `json:"domain"` // whose record it is
	Term    string `json:"term"`
	Matches bool   `json:"matches,omitempty"`
}

// mostSteps bounds what is kept of a check.
const mostSteps = 200

// Trace is [Check] with what led to the result.
func Trace(r Resolver, client Client) Traced {
	c := &check{Resolver: r, client: client.Addr.Unmap(), hello: client.Hello}
	c.local, c.asked = client.Identity()
	result, term, err := c.host(c.asked)
	if err != nil {
		result = PermError
	}
	return Traced{Result: result, Term: term, Err: err, Lookups: c.lookups, Void: c.void, Steps: c.steps, Fault: c.fault}
}

// check is one under way, with what it has asked for.
type check struct {
	Resolver
	client        netip.Addr
	local, asked  string // the identity that all began with
	hello         string
	validated     *[]string // the names of the client, once they were asked for
	lookups, void int
	depth         int
	steps         []Step
	fault         Step
}

// step notes that a term is looked at.
func (c *check) step(domain, term string) {
	if len(c.steps) < mostSteps {
		c.steps = append(c.steps, Step{Depth: c.depth, Domain: domain, Term: term})
	}
}

// Errors in a record. Which term has it is told beside.
var (
	ErrSeveral = errors.New("there is more than one SPF record")
	ErrSyntax  = errors.New("the term is not understood")
	ErrLookups = errors.New("more than ten terms ask DNS")
	ErrVoid    = errors.New("more than two terms ask for names without such records")
	ErrTwice   = errors.New("redirect or exp is there twice")
	ErrTarget  = errors.New("the domain that is included or redirected to has no SPF record")
)

// results are what the qualifiers stand for (§4.6.2).
var results = lazy.Table[byte, Result]{{'+', Pass}, {'-', Fail}, {'~', SoftFail}, {'?', Neutral}}

// host is check_host() of §4. The innermost record that cannot be understood is at fault.
func (c *check) host(domain string) (Result, string, error) {
	result, term, err := c.evaluate(domain)
	if err != nil && c.fault.Domain == "" {
		c.fault = Step{Depth: c.depth, Domain: domain, Term: term}
	}
	return result, term, err
}

func (c *check) evaluate(domain string) (Result, string, error) {
	record, err := c.record(domain)
	if err != nil || record == "" {
		return None, "", err
	}
	terms := strings.FieldsFunc(record, func(r rune) bool { return r == ' ' })[1:]
	seen := map[string]bool{}
	for _, term := range terms { // an error anywhere is one of the whole record (§4.6)
		if err := c.known(term, domain, seen); err != nil {
			return PermError, term, err
		}
	}
	redirect := ""
	for _, term := range terms {
		if name, value, ok := modifier(term); ok {
			if name == "redirect" {
				redirect = value
			}
			continue
		}
		at := len(c.steps)
		c.step(domain, term)
		matches, err := c.matches(domain, term)
		if at < len(c.steps) {
			c.steps[at].Matches = matches
		}
		switch {
		case err != nil:
			return PermError, term, err
		case matches:
			return results.Of(qualifier(term)), term, nil
		}
	}
	if redirect == "" {
		return Neutral, "", nil
	}
	return c.redirected(domain, redirect)
}

// redirected is the check of another domain's record in the place of this one (§6.1).
func (c *check) redirected(domain, to string) (Result, string, error) {
	term := "redirect=" + to
	c.step(domain, term)
	if err := c.asks(); err != nil {
		return PermError, term, err
	}
	to, err := c.expand(to, domain)
	if err != nil {
		return PermError, term, err
	}
	result, deciding, err := c.host(to)
	if err == nil && result == None {
		return PermError, term, ErrTarget
	}
	return result, deciding, err
}

// record is the SPF record of a domain, empty where it has none (§4.5), and where it is no domain with more than one label (§4.3).
func (c *check) record(domain string) (found string, err error) {
	if !isDomain(domain) {
		return "", nil
	}
	for _, text := range c.TXT(domain) {
		version, _, _ := strings.Cut(text, " ")
		switch {
		case !strings.EqualFold(version, "v=spf1"):
		case found != "":
			return "", ErrSeveral
		default:
			found = text
		}
	}
	return found, nil
}

// matches reports whether a mechanism is about the client (§5).
func (c *check) matches(domain, term string) (bool, error) {
	name, argument := mechanism(term)
	switch name {
	case "all":
		return true, nil
	case "ip4", "ip6":
		prefix, err := network(name, argument)
		return err == nil && prefix.Contains(c.client), err
	}
	if err := c.asks(); err != nil {
		return false, err
	}
	host, bits := strings.TrimPrefix(argument, ":"), c.client.BitLen()
	if name == "a" || name == "mx" {
		var err error
		if host, bits, err = hostAndBits(argument, c.client); err != nil {
			return false, err
		}
	}
	host, err := c.target(host, domain)
	if err != nil {
		return false, err
	}
	switch name {
	case "ptr":
		return c.named(host)
	case "include":
		return c.included(host)
	case "exists":
		return c.found(c.Addresses(host, netip.IPv4Unspecified()))
	case "a":
		return c.among(c.Addresses(host, c.client), bits)
	}
	return c.exchanges(host, bits)
}

// target is the domain that a term is about: the one of the record, where it names none (§4.8).
func (c *check) target(spec, domain string) (string, error) {
	if spec == "" {
		return domain, nil
	}
	return c.expand(spec, domain)
}

// named reports whether a name of the client is a domain or below it (§5.5).
func (c *check) named(domain string) (bool, error) {
	names := c.names()
	for _, name := range names {
		if within(name, domain) {
			return true, nil
		}
	}
	return false, nil
}

// names are those of the client, asked for once.
func (c *check) names() []string {
	if c.validated == nil {
		found := c.Names(c.client)
		c.validated = &found
	}
	return *c.validated
}

// Confirmed are those of the names of an address, as PTR records give them, that have that address (§5.5). Of more than ten the others are
// ignored (§4.6.4).
func Confirmed(names []string, addr netip.Addr, addresses func(name string) []netip.Addr) (list []string) {
	for _, name := range names[:min(len(names), mostHosts)] {
		if isDomain(name) && slices.Contains(addresses(name), addr) {
			list = append(list, strings.TrimSuffix(name, "."))
		}
	}
	return list
}

// within reports whether a name is a domain or below it.
func within(name, domain string) bool {
	name, domain = strings.ToLower(name), strings.ToLower(strings.TrimSuffix(domain, "."))
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// included reports whether another domain permits the client (§5.2).
func (c *check) included(domain string) (bool, error) {
	c.depth++
	result, _, err := c.host(domain)
	c.depth--
	if err == nil && result == None {
		err = ErrTarget
	}
	return result == Pass, err
}

// exchanges is the mechanism mx (§5.4).
func (c *check) exchanges(domain string, bits int) (bool, error) {
	hosts := c.MX(domain)
	if len(hosts) == 0 {
		return c.found(nil)
	}
	if len(hosts) > mostHosts {
		return false, ErrLookups
	}
	for _, host := range hosts {
		if in, err := c.among(c.Addresses(host, c.client), bits); in || err != nil {
			return in, err
		}
	}
	return false, nil
}

// among reports whether the client is in the network of one of the addresses.
func (c *check) among(found []netip.Addr, bits int) (bool, error) {
	for _, addr := range found {
		if prefix, err := addr.Prefix(bits); err == nil && prefix.Contains(c.client) {
			return true, nil
		}
	}
	_, err := c.found(found)
	return false, err
}

// found reports whether an answer has records, and counts those that have none.
func (c *check) found(answer []netip.Addr) (bool, error) {
	if len(answer) > 0 {
		return true, nil
	}
	if c.void++; c.void > mostVoid {
		return false, ErrVoid
	}
	return false, nil
}

// asks counts a term that asks DNS.
func (c *check) asks() error {
	if c.lookups++; c.lookups > mostLookups {
		return ErrLookups
	}
	return nil
}
