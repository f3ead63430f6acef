package route

import (
	"slices"
	"strings"

	"ehlo/session/record"
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

// policyRecord is a DMARC record on the way up the tree.
type policyRecord struct {
	domain string
	text   string
	tags   []tag
}

func (p policyRecord) value(name string) string {
	v, _ := valueOf(p.tags, name)
	return strings.ToLower(v)
}

// mostLabels bounds the walk: of a longer name the labels on the left are left out after the first query (RFC 9989 §4.10).
const mostLabels = 8

// walkUp finds the DMARC records from a domain up to the root. lost is the lookup that brought no answer and ended the walk, nil where all did.
func (a *asking) walkUp(domain string) (found []policyRecord, lost *answer) {
	labels := strings.Split(domain, ".")
	for len(labels) > 0 {
		at := strings.Join(labels, ".")
		l := a.ask("TXT", "_dmarc."+at)
		if l.failed() {
			return found, &l
		}
		if p, ok := a.policyAt(at, l); ok {
			found = append(found, p)
			if psd := p.value("psd"); psd == "n" || psd == "y" {
				return found, nil
			}
		}
		if len(labels) >= mostLabels {
			labels = labels[len(labels)-mostLabels+1:]
			continue
		}
		labels = labels[1:]
	}
	return found, nil
}

// policyAt is the record of one domain, if there is exactly one that is valid.
func (a *asking) policyAt(domain string, l answer) (p policyRecord, ok bool) {
	name := "_dmarc." + domain
	list, others := l.texts("v=DMARC1")
	switch {
	case len(list) > 1:
		a.find(found("dmarc-several", name, len(list), called(name)))
		return p, false
	case len(list) == 0:
		if others > 0 && domain == a.report.Domain {
			a.find(found("dmarc-record", name, called(name), "it does not begin with v=DMARC1"))
		}
		return p, false
	}
	p = policyRecord{domain: domain, text: list[0]}
	p.tags, ok = tags(list[0])
	if why := p.wrong(ok); why != "" {
		a.find(found("dmarc-record", name, called(name), why))
		return p, false
	}
	return p, true
}

// policies are what a record can ask for.
var policies = []string{"none", "quarantine", "reject"}

// wrong says what keeps a record from being used. Without a valid p it counts as p=none where it asks for reports (RFC 9989 §4.7).
func (p policyRecord) wrong(list bool) string {
	if !list {
		return "it is not a list of names with values, separated by semicolons"
	}
	for _, name := range []string{"p", "sp", "np"} {
		if v, ok := valueOf(p.tags, name); ok && !slices.Contains(policies, strings.ToLower(v)) {
			return name + "=" + short(v) + " is not none, quarantine or reject"
		}
	}
	if p.value("p") == "" && p.value("rua") == "" {
		return "it has neither p nor rua"
	}
	return ""
}

// organization is the organizational domain by the records on the way up (RFC 9989 §4.10.2).
func organization(domain string, list []policyRecord) string {
	for _, p := range list {
		switch {
		case p.value("psd") == "n":
			return p.domain
		case p.value("psd") == "y" && p.domain != domain:
			below := strings.Split(strings.TrimSuffix(domain, "."+p.domain), ".")
			return below[len(below)-1] + "." + p.domain
		}
	}
	if len(list) == 0 {
		return domain
	}
	return list[len(list)-1].domain
}

// authors looks at DMARC: the policy of the domain itself, else that of its organization, else that of the registry above (§4.10.1).
func (a *asking) authors() {
	domain := a.report.Domain
	list, lost := a.walkUp(domain)
	if lost != nil && (len(list) == 0 || list[0].domain != domain) { // a record of its own applies, whatever is above it
		a.find(found("dmarc-lookup-failed", lost.Name, called(lost.Name), lost.why()))
		return
	}
	if len(list) == 0 {
		if !a.knows("dmarc-record", "dmarc-several") {
			a.find(found("dmarc-missing", domain, called(domain)))
		}
		return
	}
	org := organization(domain, list)
	p := list[len(list)-1]
	for _, at := range []string{org, domain} {
		if i := slices.IndexFunc(list, func(p policyRecord) bool { return p.domain == at }); i >= 0 {
			p = list[i]
		}
	}
	d := DMARC{At: p.domain, Organization: org, Record: short(p.text), Policy: p.applied(domain), Testing: p.value("t") == "y"}
	a.report.DMARC = &d
	a.judgeDMARC(p, &d)
}

// applied is the policy of a record for a domain. One below it that exists has sp, and p where there is none.
func (p policyRecord) applied(domain string) string {
	policy := p.value("p")
	if p.domain != domain && p.value("sp") != "" {
		policy = p.value("sp")
	}
	if policy == "" {
		return policies[0]
	}
	return policy
}

// judgeDMARC says what the policy that applies leaves open.
func (a *asking) judgeDMARC(p policyRecord, d *DMARC) {
	domain, name := called(a.report.Domain), "_dmarc."+p.domain
	if p.domain != a.report.Domain {
		a.find(found("dmarc-inherited", a.report.Domain, domain, d.Policy, called(p.domain)))
	} else if p.value("psd") == "y" {
		a.find(found("dmarc-psd", name, called(name)))
	}
	if d.Policy == policies[0] {
		a.find(found("dmarc-none", a.report.Domain, domain))
	} else if d.Testing {
		a.find(found("dmarc-testing", a.report.Domain, domain))
	}
	var gone []string
	for _, old := range []string{"pct", "rf", "ri"} {
		if _, has := valueOf(p.tags, old); has {
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
func (a *asking) listeners(p policyRecord, d *DMARC) {
	name := "_dmarc." + p.domain
	rua, _ := valueOf(p.tags, "rua")
	if rua == "" {
		a.find(found("dmarc-unheard", name, called(name)))
		return
	}
	for i, uri := range strings.Split(rua, ",") {
		if uri, _, _ = strings.Cut(strings.TrimSpace(uri), "!"); i == mostListeners { // a size after ! is of the older form
			return
		}
		_, host, ok := strings.Cut(uri, "@")
		if len(uri) < 7 || !strings.EqualFold(uri[:7], "mailto:") || !ok || !record.IsDomain(host) {
			a.find(found("dmarc-rua", name, called(name), short(orNone(uri))))
			continue
		}
		d.Reports = append(d.Reports, short(uri[7:]))
		host = strings.ToLower(host)
		if host == d.Organization || strings.HasSuffix(host, "."+d.Organization) {
			continue
		}
		agreed := p.domain + "._report._dmarc." + host
		if l := a.ask("TXT", agreed); !l.failed() {
			if list, _ := l.texts("v=DMARC1"); len(list) == 0 {
				f := found("dmarc-external", name, called(p.domain), called(host))
				f.Mend = strings.Replace(f.Mend, "%s", called(agreed), 1)
				a.find(f)
			}
		}
	}
}
