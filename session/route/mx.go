package route

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

var mxRows = []row{
	{"no-domain", danger, record.ExitName, "The domain %s does not exist in DNS.", "RFC 5321 §5.1", record.WhoYou, "check the spelling of the domain; if it is right, ask its owner whether the registration has expired",
		"all mail to the domain: a sender returns it immediately"},
	{"no-route", danger, record.ExitName, "The domain %s has no MX record and no address, so no server accepts its mail.", "RFC 5321 §5.1", recipient, "publish an MX record that names the mail server",
		"all mail to the domain: a sender returns it"},
	{"null-mx", danger, record.ExitName, "The domain %s accepts no mail: it has a null MX record.", "RFC 7505 §3, §4.1", record.WhoYou, "send to another address; this domain says that it never receives mail",
		"all mail to the domain: a sender returns it immediately"},
	{"dns-failed", danger, record.ExitName, "The MX records of %s could not be looked up: %s.", "RFC 5321 §5.1, RFC 2308 §7", recipient, "check the name servers of the domain, its delegation and its DNSSEC signatures; first ask another resolver",
		"all mail to the domain for as long as this lasts: a sender keeps it and tries again"},
	{"resolver-failed", danger, record.ExitName, "The resolver %s could not be asked: %s.", "RFC 1035 §7.2", record.WhoYou, "check the address of the resolver and the way to it, or ask another one", "this test; whether it stops mail is unknown"},
	{"null-mx-mixed", warn, 0, "The domain %s has a null MX record beside %s: the null MX then has no meaning.", "RFC 7505 §3", recipient, "remove the null MX record, or all others",
		"nothing at most senders; some take the domain for one that accepts no mail"},
	{"mx-implicit", info, 0, "The domain %s has no MX record: its own address is its mail server.", "RFC 5321 §5.1", recipient, "publish an MX record that names the mail server",
		"nothing; but a web server at this address that does not accept mail would stop all of it"},
	{"mx-address", warn, record.ExitName, "An MX record of %s has the address %s where a host name belongs.", "RFC 5321 §5.1, RFC 1035 §3.3.9, RFC 1912 §2.5", recipient, "give the server a host name with an address record, and name that in the MX record",
		"mail to this host: senders look the address up as a name, which does not exist"},
	{"mx-name", warn, 0, "An MX record of %s names %s, which is not a valid host name.", "RFC 1035 §2.3.1, RFC 5321 §2.3.5", recipient, "use letters, digits and hyphens in host names",
		"mail from senders that check host names"},
	{"mx-twice", info, 0, "MX records of %s name %s more than once.", "RFC 5321 §5.1", recipient, "keep one MX record for each host", "nothing; a sender may try the host again in vain"},
	{"mx-many", info, 0, "The domain %s has %s in its MX records, of which %d were looked at.", "RFC 5321 §5.1", recipient, "keep a few MX records", "nothing; a sender may give up before it has tried all of them"},
	{"domain-alias", info, 0, "The domain %s is an alias of %s, whose MX records are used.", "RFC 5321 §5.1, RFC 2181 §10.1", recipient, "publish MX records at the domain itself",
		"nothing at most senders; the alias allows no other records, such as SPF, at the domain"},
}

// findHosts finds out how mail comes to the domain, and the hosts it comes to.
func (a *asking) findHosts() {
	r := a.report
	l := a.ask("MX", r.Domain)
	r.Proved = l.Proved
	if l.aliased() && !l.failed() {
		a.find(found("domain-alias", r.Domain, called(r.Domain), called(l.end)))
	}
	switch {
	case l.Trouble != "" && !l.Trouble.Silent():
		a.find(found("resolver-failed", r.Domain, short(r.Server), l.why()))
	case l.failed():
		a.find(unanswered(found("dns-failed", r.Domain, called(r.Domain), l.why()), l))
	case l.Status == record.StatusNXDomain:
		r.Way = WayNone
		a.find(found("no-domain", r.Domain, called(r.Domain)))
	case len(l.data) == 0:
		a.implicit()
	default:
		a.explicit(exchangesOf(l.data))
	}
}

// unanswered says of a lookup that failed what its exit code is: silence has one of its own.
func unanswered(f Finding, l answer) Finding {
	if l.Trouble.Silent() {
		return f.because(record.ExitTimeout, record.WhoNetwork)
	}
	return f
}

// implicit is the way to a domain without MX records.
func (a *asking) implicit() {
	h := Host{Name: a.report.Domain}
	a.addresses(&h)
	if len(h.Addresses) == 0 {
		a.report.Way = WayNone
		f := found("no-route", h.Name, called(h.Name))
		for _, kind := range []string{"A", "AAAA"} {
			if l := a.ask(kind, h.Name); l.failed() {
				f = unanswered(found("dns-failed", h.Name, called(h.Name), l.why()), l)
				a.report.Way = WayUnknown
			}
		}
		a.find(f)
		return
	}
	a.judgeAddresses(&h)
	a.report.Way, a.report.Hosts = WayImplicit, []Host{h}
	a.find(found("mx-implicit", h.Name, called(h.Name)))
}

// explicit is the way by MX records.
func (a *asking) explicit(list []exchange) {
	r, domain := a.report, called(a.report.Domain)
	named := slices.DeleteFunc(slices.Clone(list), func(x exchange) bool { return x.host == "" })
	switch {
	case len(named) == 0:
		r.Way = WayNull
		a.find(found("null-mx", r.Domain, domain))
		return
	case len(named) < len(list):
		a.find(found("null-mx-mixed", r.Domain, domain, called(named[0].host)))
	}
	r.Way = WayMX
	for _, x := range named {
		switch {
		case slices.ContainsFunc(r.Hosts, func(h Host) bool { return strings.EqualFold(h.Name, x.host) }):
			if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == "mx-twice" && f.Subject == x.host }) {
				a.find(found("mx-twice", x.host, domain, called(x.host)))
			}
		case len(r.Hosts) == MostHosts:
			r.Left++
		default:
			r.Hosts = append(r.Hosts, Host{Preference: x.preference, Name: x.host})
		}
	}
	if r.Left > 0 {
		a.find(found("mx-many", r.Domain, domain, record.Plural(MostHosts+r.Left, "host", "hosts"), MostHosts))
	}
	each(len(r.Hosts), func(i int) { a.host(&r.Hosts[i]) })
}

// host looks at one host of MX records.
func (a *asking) host(h *Host) {
	switch {
	case literal(h.Name):
		h.fail(found("mx-address", h.Name, called(a.report.Domain), called(strings.Trim(h.Name, `[]\`))))
	default:
		if !hostName(h.Name) {
			h.note(found("mx-name", h.Name, called(a.report.Domain), called(h.Name)))
		}
		a.addresses(h)
		if h.Alias != "" {
			h.note(found("mx-alias", h.Name, called(h.Name), called(a.report.Domain), called(h.Alias)))
		}
		a.judgeAddresses(h)
	}
}

// exchange is an MX record. The host of a null MX is empty.
type exchange struct {
	preference int
	host       string
}

// exchangesOf reads MX records, in the order in which their hosts are tried.
func exchangesOf(data []string) (list []exchange) {
	for _, d := range data {
		number, host, _ := strings.Cut(d, " ")
		n, _ := strconv.Atoi(number)
		list = append(list, exchange{n, strings.ToLower(bare(host))})
	}
	slices.SortStableFunc(list, func(x, y exchange) int {
		return cmp.Or(cmp.Compare(x.preference, y.preference), cmp.Compare(x.host, y.host))
	})
	return list
}

// literal reports whether an address stands where a name belongs.
func literal(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(strings.TrimPrefix(strings.ReplaceAll(host, `\`, ""), "[ipv6:"), "[]"))
	return err == nil
}

// hostName reports whether a name is one that a host may have (RFC 1123 §2.1).
func hostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, notInLabel) {
			return false
		}
	}
	return true
}

func notInLabel(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
}

// called is a name in a sentence. A long one is cut: it is another one's, and need not be a name at all.
func called(name string) string {
	const longest = 253
	if len(name) > longest {
		name = name[:longest] + "…"
	}
	return record.Target{Host: name}.Called()
}

// visible is a text of others with what a terminal might obey made visible.
func visible(text string) string { return wire.VisibleString(text) }
