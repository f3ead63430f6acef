package message

import (
	netmail "net/mail"
	"slices"
	"strings"

	"ehlo/session/dmarc"
	"ehlo/session/record"
	"ehlo/session/spf"
)

// DMARC is what an evaluation of DMARC came to that was made now (RFC 9989 §4.4).
type DMARC struct {
	// Domain is that of From. At is where the record is that applies; Policy is what it asks for, and Testing says that it is marked as a test.
	Domain  string `json:"domain,omitempty"`
	At      string `json:"at,omitempty"`
	Policy  string `json:"policy,omitempty"`
	Testing bool   `json:"testing,omitempty"`
	// Result is empty where it cannot be known, and Why then says so.
	Result DMARCResult `json:"result,omitempty"`
	Why    string      `json:"why,omitempty"`
	// Identifiers are the domains that SPF and DKIM were about.
	Identifiers []Identifier `json:"identifiers,omitempty"`
}

// DMARCResult is what a check of DMARC may come to (RFC 9989 §4.4, RFC 8601 §2.7).
type DMARCResult string

// The results.
const (
	DMARCPass DMARCResult = "pass"
	DMARCFail DMARCResult = "fail"
	DMARCNone DMARCResult = "none"      // there is no policy
	DMARCTemp DMARCResult = "temperror" // DNS gave no answer
)

// Identifier is a domain that SPF or DKIM is about, and what that means for DMARC.
type Identifier struct {
	Method string `json:"method"` // SPF or DKIM
	Domain string `json:"domain"`
	// Passed is set where the method passed, Unknown where that cannot be known. Aligned says that the domain is one that counts for From.
	Passed  bool `json:"passed,omitempty"`
	Unknown bool `json:"unknown,omitempty"`
	Aligned bool `json:"aligned,omitempty"`
}

// author evaluates DMARC from what SPF and the signatures came to.
func (r *Report) author(m *mail, a *answers) {
	d := &DMARC{}
	r.DMARC = d
	if d.Domain, d.Why = authorOf(m); d.Why != "" {
		return
	}
	list, err := a.policies(d.Domain)
	p, ok := dmarc.Applies(d.Domain, list)
	switch {
	case err != nil && (!ok || p.Domain != d.Domain):
		d.Result, d.Why = DMARCTemp, "DNS gave no answer about its policy: "+shown(err.Error())+"."
		return
	case !ok:
		d.Result = DMARCNone
		return
	}
	d.At, d.Testing = shown(p.Domain), p.Value("t") == "y"
	d.Policy = p.Policy(d.Domain, !p.Has("np") || a.exists(d.Domain))
	d.Identifiers = r.identifiers()
	for i := range d.Identifiers {
		id := &d.Identifiers[i]
		id.Aligned = a.aligned(id.Domain, d.Domain, p.Strict(id.Method == methodDKIM))
	}
	d.decide(r)
}

const (
	methodSPF  = "SPF"
	methodDKIM = "DKIM"
)

// decide says what the identifiers come to: one that passed and counts is enough. Where one that counts is not known, neither is the result.
func (d *DMARC) decide(r *Report) {
	some := func(is func(Identifier) bool) bool { return slices.ContainsFunc(d.Identifiers, is) }
	switch {
	case some(func(id Identifier) bool { return id.Passed && id.Aligned }):
		d.Result = DMARCPass
	case some(func(id Identifier) bool { return id.Unknown && id.Aligned }):
		d.Why = "It is not known whether what counts for From passed when the message arrived."
	case r.SPF.Domain == "":
		d.Why = "Whether SPF passed is not known, and no DKIM signature that counts for From is valid."
	default:
		d.Result = DMARCFail
	}
}

// authorOf is the domain of From. Where there is none, or more than one, why says so: then there is no domain to check (RFC 9989 §4.4).
func authorOf(m *mail) (domain, why string) {
	if n := len(m.all("From")); n != 1 {
		return "", "The header has not exactly one From, so there is no domain to check."
	}
	from := m.first("From")
	domain = fromDomain(from)
	if list, err := netmail.ParseAddressList(from); err == nil {
		for _, one := range list {
			if other := fromDomain(one.Address); other != fromDomain(list[0].Address) {
				return "", "From has addresses of several domains, and which one counts is for each receiver to decide."
			}
		}
		domain = fromDomain(list[0].Address)
	}
	if !record.IsDomain(domain) {
		return "", "From has no address whose domain could be asked about."
	}
	return domain, ""
}

// exists reports whether a domain exists, as far as is known.
func (a *answers) exists(domain string) bool {
	if a.spend() != nil {
		return true
	}
	there, err := a.dns.Exists(domain)
	return there || err != nil
}

// aligned reports whether a domain counts for that of From: it is the same, or unless strict of the same organization (RFC 9989 §4.4).
func (a *answers) aligned(domain, from string, strict bool) bool {
	if domain == from || strict {
		return domain == from
	}
	one, err := a.organization(from)
	other, failed := a.organization(domain)
	return err == nil && failed == nil && one == other
}

// identifiers are the domains of SPF and of the signatures.
func (r *Report) identifiers() (list []Identifier) {
	if s := r.SPF; s.Domain != "" && record.IsDomain(s.Domain) {
		list = append(list, Identifier{Method: methodSPF, Domain: strings.ToLower(s.Domain), Passed: s.Result == spf.Pass, Unknown: s.Result == temporary})
	}
	for _, s := range r.Signatures {
		if record.IsDomain(s.Domain) {
			list = append(list, Identifier{Method: methodDKIM, Domain: s.Domain, Passed: s.Checked == Valid, Unknown: s.Checked != Valid && s.Checked != Invalid})
		}
	}
	return list
}

// String says what an identifier is worth, as a part of a sentence.
func (id Identifier) String() string {
	text := id.Method + " of " + id.Domain + ": "
	switch {
	case id.Unknown:
		text += "not known"
	case id.Passed:
		text += "passed"
	default:
		text += "did not pass"
	}
	if id.Aligned {
		return text + "; the domain counts for From"
	}
	return text + "; the domain does not count for From"
}
