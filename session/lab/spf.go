package lab

import (
	"cmp"
	"fmt"
	"net/netip"

	"ehlo/session/spf"
	"ehlo/session/zone"
)

// records are a zone as SPF asks it.
type records struct{ *zone.Zone }

// Addresses implements [spf.Resolver].
func (r records) Addresses(name string, like netip.Addr) []netip.Addr {
	if like.Is4() {
		return r.Zone.Addresses(name, zone.A)
	}
	return r.Zone.Addresses(name, zone.AAAA)
}

// Names implements [spf.Resolver].
func (r records) Names(addr netip.Addr) []string {
	return spf.Confirmed(r.Zone.Names(addr), addr, func(name string) []netip.Addr { return r.Addresses(name, addr) })
}

// checkSPF evaluates the record of the sender's domain, or of the client's own name where there is no sender (RFC 7208 §2.3, §2.4). ok is false
// where the server does not check: not those who have logged in, and only where the scenario says so.
func (f *front) checkSPF(from string) (domain string, result spf.Result, why string, ok bool) {
	if !f.lab.scenario.Knobs.SPF || f.service.submission {
		return "", "", "", false
	}
	client, err := netip.ParseAddr(f.peerIP())
	known, unread := f.lab.names.records()
	if err != nil || unread != nil {
		return "", "", "", false
	}
	sender := spf.Client{Addr: client, From: from, Hello: f.helo}
	_, domain = sender.Identity()
	domain = printable(domain)
	result, term, err := spf.Check(records{known}, sender)
	why = printable(term)
	if err != nil {
		why = printable(err.Error()) + map[bool]string{true: ": " + printable(term)}[term != ""]
	}
	return domain, result, why, true
}

// refusedBySPF is the reply to a recipient where the client may not send for the domain of the sender, or its record is broken (RFC 7372 §3.2).
func (f *front) refusedBySPF(from string) string {
	switch domain, result, why, _ := f.checkSPF(from); result {
	case spf.Fail:
		return fmt.Sprintf("550 5.7.23 SPF check failed: %s does not permit [%s] to send its mail", domain, f.peerIP())
	case spf.PermError:
		return fmt.Sprintf("550 5.7.24 SPF check failed: the record of %s is not valid: %s", domain, why)
	}
	return ""
}

// receivedSPF is the header field with the result, with its line end (RFC 7208 §9.1); empty where nothing was checked.
func (f *front) receivedSPF(from string) string {
	domain, result, why, ok := f.checkSPF(from)
	if !ok {
		return ""
	}
	return fmt.Sprintf("Received-SPF: %s (%s: %s)\r\n\tclient-ip=%s; envelope-from=<%s>; helo=%s\r\n", result, f.service.Host,
		cmp.Or(why, "no term of "+domain), f.peerIP(), printable(from), printable(f.helo))
}
