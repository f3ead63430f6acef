// Package spf evaluates SPF (RFC 7208): whether a domain permits a client to send its mail. It asks a [Resolver] and nothing else.
//
// The term ptr, which nobody should publish (§5.5), is about no client.
//
// The library for it, blitiri.com.ar/go/spf, gives a result, and as a trace lines for its developers. Here each term, lookup and
// limit is a value that a person can be shown.
package spf

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
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
}

// Limits of a check (RFC 7208 §4.6.4).
const (
	mostLookups = 10 // terms that ask DNS
	mostVoid    = 2  // of these without an answer
	mostHosts   = 10 // hosts of one mx term
)

// Check reports whether the domain of a sender permits a client to send its mail. term is what of the record decided; the error says why a
// record cannot be understood.
func Check(r Resolver, client netip.Addr, domain string) (result Result, term string, err error) {
	t := Trace(r, client, domain)
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
func Trace(r Resolver, client netip.Addr, domain string) Traced {
	c := &check{Resolver: r, client: client.Unmap(), asked: domain}
	result, term, err := c.host(domain)
	if err != nil {
		result = PermError
	}
	return Traced{Result: result, Term: term, Err: err, Lookups: c.lookups, Void: c.void, Steps: c.steps, Fault: c.fault}
}

// check is one under way, with what it has asked for.
type check struct {
	Resolver
	client        netip.Addr
	asked         string // the domain that all began with
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
	ErrTarget  = errors.New("the domain that is included or redirected to has no SPF record")
)

// results are what the qualifiers stand for (§4.6.2).
var results = map[byte]Result{'+': Pass, '-': Fail, '~': SoftFail, '?': Neutral}

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
	terms := strings.Fields(record)[1:]
	for _, term := range terms { // an error anywhere is one of the whole record (§4.6)
		if err := c.known(term, domain); err != nil {
			return PermError, term, err
		}
	}
	redirect := ""
	for _, term := range terms {
		if to, ok := cutFold(term, "redirect="); ok {
			redirect = to
			continue
		}
		if strings.Contains(term, "=") {
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
			return results[qualifier(term)], term, nil
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

// record is the SPF record of a domain, empty where it has none (§4.5).
func (c *check) record(domain string) (found string, err error) {
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
	host, bits, err := hostAndBits(argument, c.client)
	if err != nil {
		return false, err
	}
	if host == "" {
		host = domain
	}
	if host, err = c.expand(host, domain); err != nil {
		return false, err
	}
	switch name {
	case "ptr":
		return false, nil
	case "include":
		return c.included(host)
	case "exists":
		return c.found(c.Addresses(host, netip.IPv4Unspecified()))
	case "a":
		return c.within(c.Addresses(host, c.client), bits)
	}
	return c.exchanges(host, bits)
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
		if in, err := c.within(c.Addresses(host, c.client), bits); in || err != nil {
			return in, err
		}
	}
	return false, nil
}

// within reports whether the client is in the network of one of the addresses.
func (c *check) within(found []netip.Addr, bits int) (bool, error) {
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

// known reports what is wrong with a term, whether or not it comes to be asked (§4.6.1, §12).
func (c *check) known(term, domain string) error {
	if _, err := c.expand(term, domain); err != nil { // what only the text of an explanation may have is an error here (§7.2)
		return err
	}
	if name, value, ok := strings.Cut(term, "="); ok { // a modifier; unknown ones are ignored (§6)
		if name == "" || strings.EqualFold(name, "redirect") && value == "" {
			return ErrSyntax
		}
		return nil
	}
	name, argument := mechanism(term)
	_, _, noHost := hostAndBits(argument, netip.IPv6Unspecified())
	switch name {
	case "all":
		if argument != "" {
			return ErrSyntax
		}
		return nil
	case "ip4", "ip6":
		_, err := network(name, argument)
		return err
	case "include", "exists":
		if len(argument) < 2 || argument[0] != ':' {
			return ErrSyntax
		}
		return noHost
	case "a", "mx", "ptr":
		return noHost
	}
	return ErrSyntax
}

func qualifier(term string) byte {
	if results[term[0]] != "" {
		return term[0]
	}
	return '+'
}

// mechanism is the name of a term, in small letters, and what follows it, with the colon or the slash.
func mechanism(term string) (name, argument string) {
	if results[term[0]] != "" {
		term = term[1:]
	}
	at := strings.IndexAny(term, ":/")
	if at < 0 {
		at = len(term)
	}
	return strings.ToLower(term[:at]), term[at:]
}

// network is the argument of ip4 or ip6.
func network(name, argument string) (netip.Prefix, error) {
	text, ok := strings.CutPrefix(argument, ":")
	prefix, err := netip.ParsePrefix(text)
	if addr, noAddress := netip.ParseAddr(text); noAddress == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if !ok || err != nil || prefix.Addr().Is4() != (name == "ip4") {
		return netip.Prefix{}, ErrSyntax
	}
	return prefix, nil
}

// hostAndBits is the argument of a or mx: a host, and how long the network is for the family of the client, as in a:host/24//64 (§5.3).
func hostAndBits(argument string, client netip.Addr) (host string, bits int, err error) {
	host, lengths, _ := strings.Cut(strings.TrimPrefix(argument, ":"), "/")
	if strings.HasPrefix(argument, ":") && host == "" {
		return "", 0, ErrSyntax
	}
	four, six, _ := strings.Cut("/"+lengths, "//")
	bits = client.BitLen()
	for _, l := range []struct {
		text string
		most int
	}{{strings.TrimPrefix(four, "/"), 32}, {six, 128}} {
		if l.text == "" {
			continue
		}
		n, err := strconv.Atoi(l.text)
		if err != nil || n < 0 || n > l.most {
			return "", 0, ErrSyntax
		}
		if l.most == client.BitLen() {
			bits = n
		}
	}
	return host, bits, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}
