package route

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/survey"
)

var stsRows = []row{
	{"sts-several", warn, 0, "The domain %s has %d MTA-STS records at %s: senders then use none of them.", "RFC 8461 §3.1", recipient, "keep one record", "nothing; MTA-STS protects no mail to the domain"},
	{"sts-record", warn, 0, "The MTA-STS record at %s is not valid: %s.", "RFC 8461 §3.1", recipient, "publish a TXT record such as v=STSv1; id=20261130", "nothing; MTA-STS protects no mail to the domain"},
	{"sts-lookup-failed", warn, 0, "The MTA-STS record at %s could not be looked up: %s.", "RFC 8461 §3.1", recipient, "check the name servers of the domain", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-host", warn, 0, "The MTA-STS policy of %s cannot be fetched: the host %s %s.", "RFC 8461 §3.3", recipient, "publish an address for this host, and have it serve the policy", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-fetch", warn, 0, "The MTA-STS policy of %s cannot be fetched from %s: %s.", "RFC 8461 §3.3", recipient, "have this host serve the policy over HTTPS", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-web-certificate", warn, 0, "The MTA-STS policy of %s cannot be fetched: the certificate of %s failed verification: %s.", "RFC 8461 §3.3", recipient, "give the web server a certificate for this name that clients can verify",
		"nothing; senders that do not have the policy yet deliver without it"},
	{"sts-redirect", warn, 0, "The MTA-STS policy of %s cannot be fetched: %s redirects to %s, and senders must not follow.", "RFC 8461 §3.3", recipient, "have this host serve the policy itself", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-status", warn, 0, "The MTA-STS policy of %s cannot be fetched: the web server answers %d.", "RFC 8461 §3.3", recipient, "have the web server answer 200 with the policy", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-size", warn, 0, "The MTA-STS policy of %s is larger than %d bytes, and senders may refuse it.", "RFC 8461 §3.3", recipient, "list only the mail servers in the policy", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-type", info, 0, "The MTA-STS policy of %s has the media type %s; text/plain is required.", "RFC 8461 §3.2", recipient, "have the web server send the policy as text/plain", "nothing at most senders; strict ones deliver without the policy"},
	{"sts-policy", warn, 0, "The MTA-STS policy of %s is not valid: %s.", "RFC 8461 §3.2", recipient, "correct the policy, and give the record a new id", "nothing; senders that do not have the policy yet deliver without it"},
	{"sts-testing", info, 0, "The MTA-STS policy of %s is in testing mode: senders report failures and deliver all the same.", "RFC 8461 §5", recipient, "when the reports show no failures, change the mode to enforce", "nothing"},
	{"sts-off", info, 0, "The MTA-STS policy of %s has the mode none: it is being removed.", "RFC 8461 §2, §8.3", recipient, "remove record and policy when the time of the old policy is over", "nothing"},
	{"sts-age", info, 0, "The MTA-STS policy of %s is kept for %d seconds only: an attacker has to block it for no longer than that.", "RFC 8461 §3.2, §10.2", recipient, "set max_age to weeks, such as 1209600", "nothing; a sender that has forgotten the policy delivers without it"},
	{"sts-unlisted", warn, record.ExitCertificate, "The MTA-STS policy of %s does not list %s, a mail server of the domain.", "RFC 8461 §4.1", recipient, "add the host to the policy, and give the record a new id", "mail to this host from senders with MTA-STS"},
	{"sts-cleartext", warn, record.ExitSTARTTLS, "The MTA-STS policy of %s requires TLS, and %s does not start it.", "RFC 8461 §4.2, §5", operator, "repair STARTTLS on port 25", "mail to this host from senders with MTA-STS"},
	{"sts-certificate", warn, record.ExitCertificate, "The MTA-STS policy of %s requires a certificate that can be verified, and that of %s failed: %s.", "RFC 8461 §4.2, §5", operator, "renew or replace the certificate of the mail server",
		"mail to this host from senders with MTA-STS"},
}

var policyRows = []row{
	{"no-policy", info, 0, "The domain %s has neither an MTA-STS policy in the mode enforce nor DANE.", "RFC 8461 §1, RFC 7672 §1.3, RFC 3207 §6", recipient, "publish an MTA-STS policy, or sign the zone and publish TLSA records",
		"nothing; either would have stopped delivery to an attacker on the path who removes STARTTLS or presents another certificate"},
}

// protected tells a domain that nothing holds senders to TLS.
func (a *asking) protected() {
	r := a.report
	dane := slices.ContainsFunc(r.Hosts, func(h Host) bool { return h.DANE != "" && h.DANE != DANEUnproved && h.DANE != DANEUnusable })
	if !dane && (r.STS == nil || r.STS.Mode != "enforce") {
		a.find(found("no-policy", r.Domain, called(r.Domain)))
	}
}

// STS is what a domain publishes of MTA-STS (RFC 8461).
type STS struct {
	ID string `json:"id,omitempty"` // of the record
	// Mode is enforce, testing or none; MX are the hosts that the policy lists, and MaxAge is how long senders keep it.
	Mode   string        `json:"mode,omitempty"`
	MX     []string      `json:"mx,omitempty"`
	MaxAge time.Duration `json:"max-age,omitempty"`
}

// strict looks at MTA-STS.
func (a *asking) strict() {
	name := "_mta-sts." + a.report.Domain
	l := a.ask("TXT", name)
	list, others := l.texts("v=STSv1")
	switch {
	case l.failed():
		a.find(found("sts-lookup-failed", name, called(name), l.why()))
	case len(list) > 1:
		a.find(found("sts-several", name, called(a.report.Domain), len(list), called(name)))
	case len(list) == 0 && others > 0:
		a.find(found("sts-record", name, called(name), "it does not begin with v=STSv1"))
	case len(list) == 1:
		a.stsRecord(name, list[0])
	}
}

// stsRecord reads the record. What is wrong with it makes it none.
func (a *asking) stsRecord(name, text string) {
	parts, ok := record.Tags(text)
	id, has := record.TagOf(parts, "id")
	switch {
	case !ok:
		a.find(found("sts-record", name, called(name), "it is not a list of names with values, separated by semicolons"))
		return
	case !has:
		a.find(found("sts-record", name, called(name), "it has no id"))
		return
	case len(id) == 0 || len(id) > 32 || strings.ContainsFunc(id, func(r rune) bool { return notInLabel(r) || r == '-' }):
		a.find(found("sts-record", name, called(name), "its id is not 1 to 32 letters and digits"))
		return
	}
	a.report.STS = &STS{ID: id}
	if a.Fetch != nil {
		a.policy(a.fetch("https://mta-sts." + a.report.Domain + "/.well-known/mta-sts.txt")[0])
	}
}

// policy judges what came over HTTPS.
func (a *asking) policy(f Fetched) {
	domain, host := called(a.report.Domain), "mta-sts."+a.report.Domain
	add := func(code Code, args ...any) { a.find(found(code, host, append([]any{domain}, args...)...)) }
	switch {
	case f.Lost == LostName:
		add("sts-host", called(host), short(f.Error))
	case f.Lost == LostCertificate:
		add("sts-web-certificate", called(host), short(f.Error))
	case f.Lost != "":
		add("sts-fetch", called(host), short(f.Error))
	case f.Status/100 == 3:
		add("sts-redirect", called(host), short(f.To))
	case f.Status != 200:
		add("sts-status", f.Status)
	case f.Large:
		add("sts-size", LargestPage)
	default:
		if f.media() != "text/plain" {
			add("sts-type", short(orNone(f.Type)))
		}
		p, why := ReadPolicy(f.Body)
		if why != "" {
			add("sts-policy", why)
			return
		}
		p.ID = a.report.STS.ID
		a.report.STS = &p
		a.mode(p)
	}
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}

// leastAge is how long a policy should be kept: less than a day protects little (RFC 8461 §3.2 expects weeks).
const leastAge = 24 * time.Hour

// mode says what a valid policy asks of senders.
func (a *asking) mode(p STS) {
	domain := called(a.report.Domain)
	switch p.Mode {
	case "none":
		a.find(found("sts-off", a.report.Domain, domain))
		return
	case "testing":
		a.find(found("sts-testing", a.report.Domain, domain))
	}
	if p.MaxAge < leastAge {
		a.find(found("sts-age", a.report.Domain, domain, int(p.MaxAge/time.Second)))
	}
	for i := range a.report.Hosts {
		a.strictHost(p, &a.report.Hosts[i])
	}
}

// strictHost holds a host against the policy. In testing mode nothing is stopped.
func (a *asking) strictHost(p STS, h *Host) {
	domain, name := called(a.report.Domain), called(h.Name)
	if h.Failing {
		return
	}
	f := Finding{}
	switch c, fault := worst(h); {
	case !slices.ContainsFunc(p.MX, func(pattern string) bool { return Matches(pattern, h.Name) }):
		f = found("sts-unlisted", h.Name, domain, name)
	case c == nil:
		return
	case c.TLS == nil:
		f = found("sts-cleartext", h.Name, domain, name)
	default:
		f = found("sts-certificate", h.Name, domain, name, fault)
		h.findings = slices.DeleteFunc(h.findings, func(f Finding) bool { return f.Code == "mx-certificate" })
	}
	if p.Mode == "testing" {
		f.Exit, f.Stops = 0, "nothing yet: the policy is in testing mode"
		h.note(f)
		return
	}
	h.refuse(f)
}

// worst is a port of a host at which a sender that insists on TLS and on a certificate does not deliver, and why; nil where there is none.
func worst(h *Host) (c *survey.Cell, fault string) {
	for _, one := range h.met() {
		switch {
		case !survey.Answers(one):
		case one.TLS == nil:
			return &one, ""
		case !one.TLS.Verified && len(one.TLS.Faults) > 0:
			c, fault = &one, strings.TrimSuffix(one.TLS.Faults[0].Text, ".")
		}
	}
	return c, fault
}

// longestAge is the most that max_age may say, about a year (RFC 8461 §3.2).
const longestAge = 31557600

// ReadPolicy reads a policy (RFC 8461 §3.2); why says what is wrong with it. Of a field that is there twice the first counts, but mx.
func ReadPolicy(body []byte) (p STS, why string) {
	seen := map[string]string{}
	for number, line := range strings.Split(strings.TrimRight(string(body), "\r\n"), "\n") {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" {
			return p, fmt.Sprintf("line %d is not a name, a colon and a value", number+1)
		}
		if key == "mx" {
			p.MX = append(p.MX, value)
		} else if _, double := seen[key]; !double {
			seen[key] = value
		}
	}
	age, err := strconv.ParseUint(seen["max_age"], 10, 32)
	p.Mode, p.MaxAge = seen["mode"], time.Duration(age)*time.Second
	wrong := slices.IndexFunc(p.MX, func(m string) bool { return !hostName(strings.TrimPrefix(m, "*.")) })
	switch {
	case seen["version"] != "STSv1":
		return p, "it does not have the version STSv1"
	case !slices.Contains([]string{"enforce", "testing", "none"}, p.Mode):
		return p, "its mode is not enforce, testing or none"
	case err != nil || age > longestAge:
		return p, fmt.Sprintf("its max_age is not a number of seconds from 0 to %d", longestAge)
	case len(p.MX) == 0 && p.Mode != "none":
		return p, "it lists no mx"
	case wrong >= 0:
		return p, fmt.Sprintf("its mx %s is not a host name", short(p.MX[wrong]))
	}
	return p, ""
}

// Matches reports whether a host is one that a policy lists: a star stands for one label (RFC 8461 §4.1).
func Matches(pattern, host string) bool {
	if rest, star := strings.CutPrefix(pattern, "*."); star {
		label, after, ok := strings.Cut(host, ".")
		return ok && label != "" && strings.EqualFold(after, rest)
	}
	return strings.EqualFold(pattern, host)
}
