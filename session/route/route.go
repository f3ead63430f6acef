// Package route looks at what DNS says about the way of a message to a mail domain: its MX records, their hosts and addresses, and the
// records around them. It says what is wrong with them, where that is written, who mends it, and what it stops. It asks a [Resolver] and
// what else it is given, and touches no network itself; package ask below it has what does.
package route

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"ehlo/session/record"
	"ehlo/session/survey"
)

// Route looks at a domain, which is a name in its A-label form without the dot at its end. Where ctx ends, what is known by then is given.
func Route(ctx context.Context, domain string, o Options) *Report {
	a := newAsking(ctx, domain, o)
	a.findHosts()
	a.tell()
	a.meetHosts()
	if a.report.Way != WayUnknown && !a.knows("no-domain") {
		a.ahead()
	}
	if len(a.report.Hosts) > 0 {
		a.inOrder(a.strict, a.reports, a.protected)
	}
	if a.report.Way != WayUnknown && !a.knows("no-domain") {
		a.inOrder(a.senders, a.authors, a.keys, a.clients, a.lists)
	}
	return a.finish()
}

// Options are what a route needs to know.
type Options struct {
	Resolver Resolver
	// Server is what is asked, for people: "127.0.0.53:53". Proves says that its word about signatures counts: it is on this machine, or
	// asked over TLS, so that nobody on the path can change the AD bit (RFC 4035 §4.9.3, RFC 7672 §2.2.2).
	Server string
	Proves bool
	// Meet has a session with port 25 of a host at each of its addresses. Nil contacts no host.
	Meet func(ctx context.Context, host string, addresses []netip.Addr) []survey.Cell
	// Fetch asks web servers for the policy of MTA-STS and for the settings of mail clients. Nil leaves that out.
	Fetch Fetch
	// Client is the address of a server for which SPF is evaluated; without one all of the record is looked at.
	Client netip.Addr
	// Selectors are those whose DKIM keys are looked at. Lists are block lists that are asked for the addresses: they learn who is looked at, so
	// that a person has to have agreed.
	Selectors []string
	Lists     []string
	// Private says that addresses which are not of the public Internet are contacted too.
	Private bool
	// Told, where it is set, is called for each host that is done, from one goroutine at a time.
	Told func(done, all int, host string)
	// Known, where it is set, is called with what is known so far whenever that has become more, also from one goroutine at a time. What it
	// is given is its own, and has no verdict.
	Known func(*Report)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Resolver answers from DNS, with the records of aliases that lead to the answer. What it says was proved counts as proved.
type Resolver interface {
	Ask(context.Context, record.Question) record.Lookup
}

// Report is what was found about a domain.
type Report struct {
	Format string `json:"format"` // [Format]
	Domain string `json:"domain"`
	Server string `json:"resolver"`
	// Proves says that answers of this resolver can be proved.
	Proves bool          `json:"proves,omitempty"`
	Began  time.Time     `json:"began"`
	Took   time.Duration `json:"took"`
	// Stopped is set where a person ended it before all was known.
	Stopped bool `json:"stopped,omitempty"`
	Way     Way  `json:"way"`
	// Proved says that the answer about the MX records was proved.
	Proved bool `json:"proved,omitempty"`
	// Hosts are those that a sender tries, in its order; hosts with the same preference share the load. Left counts those beyond [MostHosts].
	Hosts []Host `json:"hosts,omitempty"`
	Left  int    `json:"left,omitempty"`
	// STS is what of MTA-STS is valid, nil where there is no record; Reports are where reports of TLSRPT go (RFC 8460 §3).
	STS     *STS     `json:"mta-sts,omitempty"`
	Reports []string `json:"tlsrpt,omitempty"`
	// SPF and DMARC are about mail from the domain, nil where there is no record.
	SPF   *SPF   `json:"spf,omitempty"`
	DMARC *DMARC `json:"dmarc,omitempty"`
	DKIM  []DKIM `json:"dkim,omitempty"`
	// Services and Settings are for mail clients: what SRV records name, and the names at which settings are looked for and that exist.
	Services []Service `json:"services,omitempty"`
	Settings []string  `json:"settings,omitempty"`
	// Autoconfig are the settings that web servers give to mail clients, in the order in which these ask. Pages are all that was asked over HTTPS.
	Autoconfig []Autoconfig `json:"autoconfig,omitempty"`
	Pages      []Page       `json:"pages,omitempty"`
	Findings   []Finding    `json:"findings,omitempty"`
	Verdict    Verdict      `json:"verdict"`
	// Lookups are all questions with their answers, by name.
	Lookups []record.Lookup `json:"lookups,omitempty"`
}

// Format is the version of the JSON of a route, first in it.
const Format = "ehlo-route/1"

// Bounds of a route: hosts that are looked at, addresses of one that are contacted, and questions in all.
const (
	MostHosts     = 10
	MostAddresses = 4
	mostQuestions = 300
)

// Way is how mail finds the servers of a domain (RFC 5321 §5.1).
type Way string

// The ways.
const (
	WayUnknown  Way = "unknown"  // DNS did not say
	WayMX       Way = "MX"       // by MX records
	WayImplicit Way = "implicit" // there are none: by the address of the domain itself
	WayNone     Way = "none"     // there is no way
	WayNull     Way = "null MX"  // the domain says that it accepts no mail (RFC 7505)
)

// Host is a mail server of the domain.
type Host struct {
	Preference int    `json:"preference"`
	Name       string `json:"name"`
	// Alias is the name that it is an alias of.
	Alias     string    `json:"alias,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
	// Proved says that the answers about its addresses were proved.
	Proved bool `json:"proved,omitempty"`
	// TLSA are its records for port 25 (RFC 7672), and DANE is what they come to.
	TLSA []TLSA `json:"tlsa,omitempty"`
	DANE DANE   `json:"dane,omitempty"`
	// Failing says that a sender cannot deliver to it, Unsafe that one which insists on the domain's policy does not.
	Failing bool `json:"failing,omitempty"`
	Unsafe  bool `json:"unsafe,omitempty"`

	findings []Finding
}

// Address is an address of a host.
type Address struct {
	Address string `json:"address"`
	// Special is what it is where it is none of the public Internet: "private", "loopback".
	Special string `json:"special,omitempty"`
	// Names are those that PTR records give; Confirmed is the first that has this address.
	Names     []string `json:"names,omitempty"`
	Confirmed string   `json:"confirmed,omitempty"`
	// Port is what was found at port 25, nil where nobody was contacted.
	Port *survey.Cell `json:"port,omitempty"`
}

// Addr is the address as a value.
func (a Address) Addr() netip.Addr {
	addr, _ := netip.ParseAddr(a.Address)
	return addr
}

// met are the addresses of a host that were contacted.
func (h *Host) met() (list []survey.Cell) {
	for _, a := range h.Addresses {
		if a.Port != nil {
			list = append(list, *a.Port)
		}
	}
	return list
}

// inOrder looks at one thing after the other, and tells what is known after each.
func (a *asking) inOrder(looks ...func()) {
	for _, look := range looks {
		look()
		a.tell()
	}
}

// tell says what is known so far.
func (a *asking) tell() {
	if a.Known != nil {
		a.Known(a.report.soFar())
	}
}

// soFar is a copy that stays as it is while more is found.
func (r *Report) soFar() *Report {
	now := *r
	now.Hosts, now.Findings = slices.Clone(r.Hosts), slices.Clone(r.Findings)
	for i := range now.Hosts {
		now.Hosts[i].Addresses = slices.Clone(now.Hosts[i].Addresses)
		now.Findings = append(now.Findings, now.Hosts[i].findings...)
	}
	now.STS, now.SPF, now.DMARC = copied(r.STS), copied(r.SPF), copied(r.DMARC)
	return &now
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	now := *p
	return &now
}

// finish is the report with its verdict.
func (a *asking) finish() *Report {
	r := a.report
	for i := range r.Hosts {
		r.Findings = append(r.Findings, r.Hosts[i].findings...)
	}
	r.Lookups = a.asked()
	r.Stopped, r.Took = a.ctx.Err() != nil, a.Now().Sub(r.Began)
	r.Verdict = Judge(r)
	slices.SortStableFunc(r.Findings, func(x, y Finding) int { return rank(x.Severity) - rank(y.Severity) })
	return r
}
