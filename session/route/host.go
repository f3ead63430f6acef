package route

import (
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/record"
)

var hostRows = []row{
	{"mx-alias", warn, 0, "%s, a mail server of %s, is an alias of %s.", "RFC 2181 §10.3, RFC 5321 §5.1", recipient, "name the host itself in the MX record",
		"mail from senders that refuse aliases there; others may return it in a loop"},
	{"mx-alias-loop", warn, record.ExitName, "%s, a mail server of %s, is an alias, and its chain of aliases is a loop or too long.", "RFC 1034 §3.6.2, RFC 2181 §10.3", recipient, "name a host with an address in the MX record",
		"mail to this host"},
	{"mx-no-host", warn, record.ExitName, "%s, a mail server of %s, does not exist in DNS.", "RFC 5321 §5.1", recipient, "publish an address for the host, or let the MX record name a mail server that has one", "mail to this host: a sender tries the next one, or returns the message"},
	{"mx-no-address", warn, record.ExitName, "%s, a mail server of %s, has no address.", "RFC 5321 §5.1, RFC 1035 §3.3.9", recipient, "publish an address for the host, or let the MX record name a mail server that has one",
		"mail to this host: a sender tries the next one, or returns the message"},
	{"mx-lookup-failed", warn, record.ExitName, "The addresses of %s, a mail server of %s, could not be looked up: %s.", "RFC 5321 §5.1, RFC 2308 §7", recipient, "check the name servers of this host name, its delegation and its DNSSEC signatures",
		"mail to this host for as long as this lasts"},
	{"mx-private", warn, record.ExitConnect, "%s, a mail server of %s, has no address of the public Internet: %s. It was not contacted.", "RFC 6890 §2.2", recipient, "publish a public address for the host, or let the MX record name a mail server that has one",
		"mail to this host from everywhere outside of its own network"},
	{"mx-private-beside", warn, 0, "%s, a mail server of %s, has beside public addresses: %s. These were not contacted.", "RFC 6890 §2.2", recipient, "remove the addresses that are not public",
		"mail that a sender tries to deliver there: it is delayed, or reaches another host"},
	{"ptr-missing", info, 0, "%s, an address of %s, has no PTR record.", "RFC 1912 §2.1, RFC 5321 §4.1.4", operator, "ask the provider of the address for a PTR record that names the host",
		"nothing that arrives; mail that this host sends is refused by many receivers"},
	{"ptr-mismatch", info, 0, "%s, an address of %s, has the PTR record %s, and that name does not have this address.", "RFC 1912 §2.1, RFC 8601 §2.7.3", operator,
		"ask the provider for a PTR record that names the host, and give that name this address", "nothing that arrives; mail that this host sends is refused by many receivers"},
	{"ptr-failed", info, 0, "The PTR record of %s, an address of %s, could not be looked up: %s.", "RFC 1912 §2.1", operator, "check the name servers of the reverse zone", "nothing that arrives; mail that this host sends is deferred by many receivers"},
}

// note adds a finding about the host.
func (h *Host) note(f Finding) {
	f.Host = h.Name
	h.findings = append(h.findings, f)
}

// fail adds a finding for which a sender cannot deliver to the host.
func (h *Host) fail(f Finding) {
	h.Failing = true
	h.note(f)
}

// refuse adds a finding for which a sender that insists on the domain's policy does not deliver to the host.
func (h *Host) refuse(f Finding) {
	h.Unsafe = true
	h.note(f)
}

// addresses looks up those of a host, and their names.
func (a *asking) addresses(h *Host) {
	h.Proved = true
	for _, kind := range []string{"AAAA", "A"} { // IPv6 first, as a host that has both prefers it (RFC 6724 §2.1)
		l := a.ask(kind, h.Name)
		h.Proved = h.Proved && l.Proved
		if l.aliased() && !l.failed() {
			h.Alias = l.end
		}
		for _, data := range l.data {
			addr, err := netip.ParseAddr(data)
			if err == nil && !slices.ContainsFunc(h.Addresses, func(x Address) bool { return x.Address == addr.String() }) && len(h.Addresses) < mostOfHost {
				h.Addresses = append(h.Addresses, Address{Address: addr.String(), Special: Special(addr)})
			}
		}
	}
	each(len(h.Addresses), func(i int) { a.nameOf(&h.Addresses[i]) })
}

// mostOfHost and mostNames bound the addresses of one host, and the names of one address.
const (
	mostOfHost = 32
	mostNames  = 4
)

// nameOf looks up the names of an address, and whether one of them has it. Nobody knows those of addresses that many networks have.
func (a *asking) nameOf(addr *Address) {
	if addr.Special != "" {
		return
	}
	for _, name := range a.ask("PTR", reverseName(addr.Addr())).data {
		if name = strings.ToLower(bare(name)); len(addr.Names) == mostNames {
			break
		}
		addr.Names = append(addr.Names, name)
		if addr.Confirmed == "" && a.has(name, addr.Addr()) {
			addr.Confirmed = name
		}
	}
}

// has reports whether a name has an address.
func (a *asking) has(name string, addr netip.Addr) bool {
	kind := "AAAA"
	if addr.Unmap().Is4() {
		kind = "A"
	}
	return slices.ContainsFunc(a.ask(kind, name).data, func(data string) bool {
		is, err := netip.ParseAddr(data)
		return err == nil && is.Unmap() == addr.Unmap()
	})
}

// judgeAddresses says what is wrong with the name and the addresses of a host.
func (a *asking) judgeAddresses(h *Host) {
	name, domain := called(h.Name), called(a.report.Domain)
	four, six := a.ask("A", h.Name), a.ask("AAAA", h.Name)
	switch {
	case len(h.Addresses) > 0:
	case four.loop || six.loop:
		h.fail(found("mx-alias-loop", h.Name, name, domain))
	case four.failed():
		h.fail(unanswered(found("mx-lookup-failed", h.Name, name, domain, four.why()), four))
	case six.failed():
		h.fail(unanswered(found("mx-lookup-failed", h.Name, name, domain, six.why()), six))
	case four.Status == record.StatusNXDomain:
		h.fail(found("mx-no-host", h.Name, name, domain))
	default:
		h.fail(found("mx-no-address", h.Name, name, domain))
	}
	a.judgeKinds(h)
	a.judgeNames(h)
	a.pinned(h)
}

// judgeKinds says which addresses are not of the public Internet.
func (a *asking) judgeKinds(h *Host) {
	var odd []string
	for _, addr := range h.Addresses {
		if addr.Special != "" {
			odd = append(odd, addr.Address+" ("+addr.Special+")")
		}
	}
	list := strings.Join(odd, ", ")
	switch {
	case len(odd) == 0 || a.Private:
	case len(odd) == len(h.Addresses):
		h.fail(found("mx-private", h.Name, called(h.Name), called(a.report.Domain), list))
	default:
		h.note(found("mx-private-beside", h.Name, called(h.Name), called(a.report.Domain), list))
	}
}

func (a *asking) judgeNames(h *Host) {
	for _, addr := range h.Addresses {
		l := answer{}
		if addr.Special == "" && len(addr.Names) == 0 {
			l = a.ask("PTR", reverseName(addr.Addr()))
		}
		switch {
		case addr.Special != "" || addr.Confirmed != "":
		case len(addr.Names) > 0:
			h.note(found("ptr-mismatch", addr.Address, addr.Address, called(h.Name), called(addr.Names[0])))
		case l.failed():
			h.note(found("ptr-failed", addr.Address, addr.Address, called(h.Name), l.why()))
		default:
			h.note(found("ptr-missing", addr.Address, addr.Address, called(h.Name)))
		}
	}
}
