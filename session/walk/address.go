package walk

import (
	"net/netip"
	"slices"

	"ehlo/session/record"
)

// A name may have several addresses, with a machine behind each, and they need not be alike.

// otherAddresses are those of the name that could be tried on their own, in the order of the lookup. What is on this machine
// counts once: it has several names for itself.
func otherAddresses(s record.Snapshot) (list []string) {
	if s.Resolve == nil {
		return nil
	}
	for _, a := range s.Resolve.Addresses {
		if ip, err := netip.ParseAddr(a); err == nil && !ip.IsLoopback() {
			list = append(list, a)
		}
	}
	return list
}

// nextAddress is the first of several that this log has not tried; empty if there is none, or it has not tried any.
func nextAddress(s record.Snapshot) string {
	addresses := otherAddresses(s)
	if len(addresses) < 2 || len(s.Tried) == 0 {
		return ""
	}
	for _, a := range addresses {
		if !slices.Contains(s.Tried, a) {
			return a
		}
	}
	return ""
}

// addressOptions are connections to single addresses, where there are several and nothing is connected. The next that was not
// tried comes first.
func addressOptions(s record.Snapshot, g Goal) (list []Option) {
	addresses := otherAddresses(s)
	if len(addresses) < 2 {
		return nil
	}
	next := nextAddress(s)
	for _, a := range addresses {
		o := option(s, g, record.VerbConnect)
		o.Step.Address, o.Show = a, "connect to the address "+a
		o.Why = "try this address alone: each address may belong to a different machine with a different configuration"
		if a == next {
			o.Show = "connect to the next address, " + a
			list = slices.Insert(list, 0, o)
			continue
		}
		list = append(list, o)
	}
	return list
}

// tryNext puts the next address into the advice about a failure that another machine need not share: in front, but for what has
// to be changed here to get anywhere.
func tryNext(s record.Snapshot, f *record.Finding, list []record.Advice) []record.Advice {
	next := nextAddress(s)
	if next == "" || !perAddress(f.Phase) {
		return list
	}
	at := 0
	if f.Phase != record.PhaseConnect {
		at = slices.IndexFunc(list, func(a record.Advice) bool { return !cures(a.Do) })
	}
	if at < 0 {
		at = len(list)
	}
	return slices.Insert(list, at, record.Advice{Do: record.OtherAddress, Name: next})
}

// perAddress reports whether a failure in a phase may be that of one machine alone: before anything about a person was said.
func perAddress(p record.Phase) bool {
	switch p {
	case record.PhaseConnect, record.PhaseGreeting, record.PhaseEHLO, record.PhaseSTARTTLS, record.PhaseHandshake, record.PhaseEHLOAgain:
		return true
	}
	return false
}

// cures reports whether an advice changes what was wrong on this side.
func cures(do record.Action) bool {
	switch do {
	case record.UseTLS, record.UseSTARTTLS, record.UsePort, record.GiveServerName, record.GiveClientCertificate, record.GiveEHLOName,
		record.OtherAddressFamily, record.CapTLS, record.SpeakLMTP, record.SpeakSMTP:
		return true
	}
	return false
}
