package route

import (
	"strings"

	"ehlo/session/record"
)

var tlsrptRows = []row{
	{"tlsrpt-several", warn, 0, "The domain %s has %d TLSRPT records at %s: senders then send no reports.", "RFC 8460 §3", recipient, "keep one record", "reports about failures of TLS"},
	{"tlsrpt-record", warn, 0, "The TLSRPT record at %s is not valid: %s.", "RFC 8460 §3", recipient, "publish a TXT record such as v=TLSRPTv1; rua=mailto:tls-reports@example.org", "reports about failures of TLS"},
	{"tlsrpt-lookup-failed", info, 0, "The TLSRPT record at %s could not be looked up: %s.", "RFC 8460 §3", recipient, "check the name servers of the domain", "reports about failures of TLS"},
	{"tlsrpt-missing", info, 0, "The domain %s has %s and no TLSRPT record: nobody there learns that mail is stopped.", "RFC 8460 §1, §3", recipient, "publish a TLSRPT record with an address for reports", "reports about failures of TLS"},
}

// reports looks at TLSRPT.
func (a *asking) reports() {
	name := "_smtp._tls." + a.report.Domain
	l := a.ask("TXT", name)
	list, others := l.texts("v=TLSRPTv1")
	switch {
	case l.failed():
		a.find(found("tlsrpt-lookup-failed", name, called(name), l.why()))
	case len(list) > 1:
		a.find(found("tlsrpt-several", name, called(a.report.Domain), len(list), called(name)))
	case len(list) == 0 && others > 0:
		a.find(found("tlsrpt-record", name, called(name), "it does not begin with v=TLSRPTv1"))
	case len(list) == 0:
		a.noReports()
	default:
		a.reportsTo(name, list[0])
	}
}

// noReports tells a domain with a policy that nobody reports what it stops.
func (a *asking) noReports() {
	policy := ""
	if a.report.STS != nil {
		policy = "an MTA-STS record"
	}
	for _, h := range a.report.Hosts {
		if h.DANE != "" && h.DANE != DANEUnproved {
			policy = "TLSA records"
		}
	}
	if policy != "" {
		a.find(found("tlsrpt-missing", a.report.Domain, called(a.report.Domain), policy))
	}
}

// reportsTo reads the record: where reports go.
func (a *asking) reportsTo(name, text string) {
	parts, ok := record.Tags(text)
	rua, has := record.TagOf(parts, "rua")
	switch {
	case !ok:
		a.find(found("tlsrpt-record", name, called(name), "it is not a list of names with values, separated by semicolons"))
		return
	case !has || rua == "":
		a.find(found("tlsrpt-record", name, called(name), "it has no rua"))
		return
	}
	for uri := range strings.SplitSeq(rua, ",") {
		uri = strings.TrimSpace(uri)
		if rest, mail := strings.CutPrefix(strings.ToLower(uri), "mailto:"); !(mail && strings.Contains(rest, "@")) && !strings.HasPrefix(strings.ToLower(uri), "https://") {
			a.find(found("tlsrpt-record", name, called(name), short(uri)+" is neither a mailto: nor an https: address"))
			return
		}
		a.report.Reports = append(a.report.Reports, visible(uri))
	}
}
