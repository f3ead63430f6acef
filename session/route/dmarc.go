package route

import (
	"errors"
	"strings"

	"ehlo/session/dmarc"
)

const dmarcStops = "nothing; it would have stopped mail that others send in the name of the domain"

var dmarcRows = []row{
	{"dmarc-missing", info, 0, "Neither %s nor a domain above it has a DMARC record.", "RFC 9989 §4.10", recipient, "publish a DMARC record; begin with v=DMARC1; p=none and an address for reports", dmarcStops},
	{"dmarc-lookup-failed", warn, 0, "The DMARC record at %s could not be looked up: %s.", "RFC 9989 §4.10", recipient, "check the name servers of the domain", "mail from the domain for as long as this lasts: receivers that check DMARC may defer it"},
	{"dmarc-several", warn, 0, "There are %d DMARC records at %s: receivers use none of them.", "RFC 9989 §4.10", recipient, "keep one record", dmarcStops},
	{"dmarc-record", warn, 0, "The DMARC record at %s is not valid: %s.", "RFC 9989 §4.7, §4.8", recipient, "publish a TXT record such as v=DMARC1; p=none; rua=mailto:dmarc@example.org", dmarcStops},
	{"dmarc-none", info, 0, "The DMARC policy of %s is none: receivers report, and deliver mail that fails.", "RFC 9989 §4.7", recipient, "when the reports show that all of your mail passes, change the policy to quarantine or reject", dmarcStops},
	{"dmarc-testing", info, 0, "The DMARC policy of %s is marked as a test (t=y): receivers apply the next weaker one.", "RFC 9989 §4.7", recipient, "when the reports show no surprise, remove t=y", dmarcStops},
	{"dmarc-inherited", info, 0, "The domain %s has no DMARC record of its own: the policy %s of %s applies.", "RFC 9989 §4.10.1", recipient, "publish a DMARC record at the domain itself if it needs another policy", "nothing"},
	{"dmarc-obsolete", info, 0, "The DMARC record at %s has tags that RFC 9989 has removed, and receivers ignore: %s.", "RFC 9989 §4.7", recipient, "remove these tags; t=y marks a test", "nothing"},
	{"dmarc-psd", warn, 0, "The DMARC record at %s says psd=y: that is for registries, and no domain below it inherits this policy as its own.", "RFC 9989 §4.7, §4.10.2", recipient, "remove psd=y unless others register domains below this one", dmarcStops},
	{"dmarc-unheard", info, 0, "The DMARC record at %s names no address for reports.", "RFC 9989 §4.7", recipient, "add rua=mailto: and an address", "reports about mail that fails"},
	{"dmarc-rua", warn, 0, "The DMARC record at %s has an address for reports that is not valid: %s.", "RFC 9989 §4.7", recipient, "write addresses as mailto:dmarc@example.org, separated by commas", "reports about mail that fails"},
	{"dmarc-external", warn, 0, "DMARC reports for %s go to %s, and that domain does not say that it accepts them.", "RFC 9990 §4", recipient, "have the other domain publish the TXT record %s with v=DMARC1", "reports about mail that fails"},
}

// DMARC is the policy that applies to mail from a domain (RFC 9989).
type DMARC struct {
	// At is where the record was found; Organization is the organizational domain.
	At           string `json:"at"`
	Organization string `json:"organization"`
	Record       string `json:"record"`
	Policy       string `json:"policy"` // none, quarantine or reject
	Testing      bool   `json:"testing,omitempty"`
	// Reports are the addresses for aggregate reports.
	Reports []string `json:"rua,omitempty"`
}

// walkUp finds the DMARC records from a domain up to the root. lost is the lookup that brought no answer and ended the walk, nil where all did.
func (a *asking) walkUp(domain string) (list []dmarc.Record, lost *answer) {
	list, err := dmarc.Walk(domain, func(at string) (dmarc.Record, bool, error) {
		l := a.ask("TXT", dmarc.Name(at))
		if l.failed() {
			lost = &l
			return dmarc.Record{}, false, errors.New(l.why())
		}
		r, ok := a.policyAt(at, l)
		return r, ok, nil
	})
	if err == nil {
		lost = nil
	}
	return list, lost
}

// policyAt is the record of one domain, if there is exactly one that is usable.
func (a *asking) policyAt(domain string, l answer) (r dmarc.Record, ok bool) {
	name := dmarc.Name(domain)
	list, others := l.texts(dmarc.Version)
	switch {
	case len(list) > 1:
		a.find(found("dmarc-several", name, len(list), called(name)))
		return r, false
	case len(list) == 0:
		if others > 0 && domain == a.report.Domain {
			a.find(found("dmarc-record", name, called(name), "it does not begin with v=DMARC1"))
		}
		return r, false
	}
	r, wrong, usable := dmarc.Read(domain, list[0])
	if wrong != "" {
		a.find(found("dmarc-record", name, called(name), short(wrong)))
	}
	return r, usable
}

// authors looks at DMARC: the policy of the domain itself, else that of its organization, else that of the registry above (§4.10.1).
func (a *asking) authors() {
	domain := a.report.Domain
	list, lost := a.walkUp(domain)
	if lost != nil && (len(list) == 0 || list[0].Domain != domain) { // a record of its own applies, whatever is above it
		a.find(found("dmarc-lookup-failed", lost.Name, called(lost.Name), lost.why()))
		return
	}
	if len(list) == 0 {
		if !a.knows("dmarc-record", "dmarc-several") {
			a.find(found("dmarc-missing", domain, called(domain)))
		}
		return
	}
	p, _ := dmarc.Applies(domain, list)
	d := DMARC{At: p.Domain, Organization: dmarc.Organization(domain, list), Record: short(p.Text), Policy: p.Policy(domain, true), Testing: p.Value("t") == "y"}
	a.report.DMARC = &d
	a.judgeDMARC(p, &d)
}

// judgeDMARC says what the policy that applies leaves open.
func (a *asking) judgeDMARC(p dmarc.Record, d *DMARC) {
	domain, name := called(a.report.Domain), dmarc.Name(p.Domain)
	if p.Domain != a.report.Domain {
		a.find(found("dmarc-inherited", a.report.Domain, domain, d.Policy, called(p.Domain)))
	} else if p.Value("psd") == "y" {
		a.find(found("dmarc-psd", name, called(name)))
	}
	if d.Policy == dmarc.Policies[0] {
		a.find(found("dmarc-none", a.report.Domain, domain))
	} else if d.Testing {
		a.find(found("dmarc-testing", a.report.Domain, domain))
	}
	var gone []string
	for _, old := range []string{"pct", "rf", "ri"} {
		if p.Has(old) {
			gone = append(gone, old)
		}
	}
	if len(gone) > 0 {
		a.find(found("dmarc-obsolete", name, called(name), strings.Join(gone, ", ")))
	}
	a.listeners(p, d)
}

// mostListeners bounds how many addresses for reports are looked at.
const mostListeners = 10

// listeners looks at the addresses for reports. One at another organization has to be agreed to there (RFC 9990 §4).
func (a *asking) listeners(p dmarc.Record, d *DMARC) {
	name, list := dmarc.Name(p.Domain), p.Listeners()
	if len(list) == 0 {
		a.find(found("dmarc-unheard", name, called(name)))
		return
	}
	for _, uri := range list[:min(len(list), mostListeners)] {
		address, host, ok := dmarc.Address(uri)
		if !ok {
			a.find(found("dmarc-rua", name, called(name), short(orNone(uri))))
			continue
		}
		d.Reports = append(d.Reports, short(address))
		if host == d.Organization || strings.HasSuffix(host, "."+d.Organization) {
			continue
		}
		agreed := p.Domain + "._report._dmarc." + host
		if l := a.ask("TXT", agreed); !l.failed() {
			if list, _ := l.texts(dmarc.Version); len(list) == 0 {
				f := found("dmarc-external", name, called(p.Domain), called(host))
				f.Mend = strings.Replace(f.Mend, "%s", called(agreed), 1)
				a.find(f)
			}
		}
	}
}
