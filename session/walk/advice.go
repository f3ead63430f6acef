package walk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
)

// adviceOn is what can be done about a finding here: what the place says or else its row, with the values of this session in it,
// and what leads nowhere left out. The words of the finding go into the advice that they are about, and no second time beside it:
// those for the operator into what to tell the operator, the remedy into the first advice that has no values of its own to tell.
func adviceOn(s record.Snapshot, f *record.Finding, row record.FindingRow) []record.Advice {
	given := f.Advice
	if given == nil {
		given = row.Advice
	}
	var list []record.Advice
	remedy, mine := onPort(f.Remedy, s.Start.Target.Port), false
	for _, a := range given {
		a, ok := here(s, a)
		ok = ok && suits(s, f, a)
		if ok && tried(s, f, a) {
			ok, remedy = false, insteadOf(f, remedy)
		}
		if !ok || slices.ContainsFunc(list, func(b record.Advice) bool { return b.String() == a.String() }) {
			continue
		}
		switch {
		case a.Do == record.AskOperator:
			if a.Text = onPort(cmp.Or(a.Text, f.Operator), s.Start.Target.Port); a.Text == "" && cmp.Or(f.Who, row.Who) == record.WhoYou { // nothing is for them to do
				continue
			}
		case worded(a.Do) && a.Name == "" && a.Port == 0:
			a.Text, remedy = cmp.Or(a.Text, remedy), ""
		}
		if a.Do == record.DoAsTold && a.Text == "" {
			continue
		}
		mine = mine || a.Do != record.AskOperator && a.Do != record.SendNoSecret
		list = append(list, a)
	}
	if !mine && remedy != "" {
		list = append(list, record.Advice{Do: record.DoAsTold, Text: remedy})
	}
	return tryNext(s, f, list)
}

// onPort names the port in what to do: an operator has not seen the session, and who hears an advice may have heard of another port before.
func onPort(text string, port int) string {
	return strings.ReplaceAll(text, "on this port", "on port "+strconv.Itoa(port))
}

// suits reports whether a server like this one can have what an advice leads to. Ports 587 and 465 are for users, who log in there
// (RFC 6409 §3.1, RFC 8314 §3.3): no server that takes mail from other servers, or by LMTP for its mailboxes, takes the same mail there. One
// that asks for a login takes its client for a user.
func suits(s record.Snapshot, f *record.Finding, a record.Advice) bool {
	switch {
	case a.Do != record.UseTLS && a.Do != record.UseSTARTTLS, a.Port == s.Start.Target.Port:
		return true
	case s.Start.MX || s.Start.Target.LMTP():
		return false
	case f.Code == record.FoundRelayingDenied || f.Code == record.FoundLoginRequired:
		return true
	}
	return !betweenServers(s.Start.Plan)
}

// betweenServers reports whether a session is one of a server with another one: along MX records, by LMTP, or on port 25 without a login.
func betweenServers(p record.Plan) bool {
	return p.MX || p.Target.LMTP() || p.Target.Port == record.PortRelay && !p.WantsAuth()
}

// tried reports whether an advice would lead back to what an earlier attempt has tried: the same port and the same way to TLS, or
// for a connection that failed the same port.
func tried(s record.Snapshot, f *record.Finding, a record.Advice) bool {
	way := record.Way{Port: a.Port, Must: record.MustRequire}
	switch a.Do {
	case record.UseTLS:
		way.Start = record.StartImplicit
	case record.UseSTARTTLS:
		way.Start = record.StartSTARTTLS
	default:
		return false
	}
	return slices.ContainsFunc(s.Ways, func(w record.Way) bool {
		return w == way || f.Phase == record.PhaseConnect && w.Port == way.Port
	})
}

// insteadOf is what is left to do where another port was tried already.
func insteadOf(f *record.Finding, remedy string) string {
	if f.Phase != record.PhaseConnect {
		return remedy
	}
	return "check the host name, and try from another network: a firewall near this machine may block each of these ports"
}

// worded holds for an advice that a finding can put better than its general words: what to look at, and what to give.
func worded(do record.Action) bool {
	switch do {
	case record.TrustCA, record.GiveServerName, record.GiveClientCertificate, record.GivePassword, record.GiveToken, record.GiveEHLOName,
		record.CheckName, record.CheckAddress, record.ShrinkMessage, record.UsePort, record.DoAsTold:
		return true
	}
	return false
}

// here puts the values of this session into an advice; ok is false where it would change nothing.
func here(s record.Snapshot, a record.Advice) (record.Advice, bool) {
	t, p := s.Start.Target, s.Start.Policy
	switch a.Do {
	case record.UseTLS:
		a.Port = cmp.Or(a.Port, t.Port)
		return a, p.Start != record.StartImplicit || a.Port != t.Port
	case record.UseSTARTTLS:
		a.Port = cmp.Or(a.Port, t.Port)
		return a, p.Start != record.StartSTARTTLS || p.Must != record.MustRequire || a.Port != t.Port
	case record.GivePassword: // a relay may have no login at all
		return a, !s.Start.MX && (s.Capabilities == nil || !s.State.Security.Encrypted() || len(s.Capabilities.AuthMechanisms()) > 0)
	case record.TryMechanism:
		if a.Name == "" {
			a.Name = otherMechanism(s)
		}
		return a, a.Name != "" && a.Name != s.State.Mechanism && s.Capabilities != nil && s.Capabilities.OffersAuth(a.Name)
	case record.OtherAddressFamily:
		return a, s.Resolve == nil || s.Resolve.Network != "ip" || bothFamilies(s.Resolve.Addresses)
	case record.CapTLS:
		return a, !cappedBefore13(s.Start.TLSMax)
	case record.AllowLegacyTLS:
		return a, !s.Start.LegacyTLS
	case record.SendNoSecret: // between servers nobody logs in
		return a, s.Start.WantsAuth() || !betweenServers(s.Start.Plan)
	case record.AcceptUnverified:
		return a, p.Must == record.MustRequire && !p.AllowUnverified
	case record.AcceptUnverifiedAuth:
		return a, !p.AllowUnverifiedAuth
	case record.AcceptCleartext:
		return a, !p.AllowCleartextAuth
	case record.AcceptObsolete:
		return a, !p.AllowObsoleteAuth
	}
	return a, true
}

// otherMechanism is the best that the server offers beside the one that was tried; empty if there is none.
func otherMechanism(s record.Snapshot) string {
	g := Goal{}
	for _, c := range rankMechanisms(s, g) {
		if c.Name != s.State.Mechanism && (c.Usable || c.Missing == "password") {
			return c.Name
		}
	}
	return ""
}

// bothFamilies reports whether there are addresses of IPv4 and of IPv6.
func bothFamilies(addresses []string) bool {
	six := slices.ContainsFunc(addresses, isIPv6)
	four := slices.ContainsFunc(addresses, func(a string) bool { return !isIPv6(a) })
	return six && four
}

func isIPv6(a string) bool {
	for i := range len(a) {
		if a[i] == ':' {
			return true
		}
	}
	return false
}

// AdviceOn is what can be done about a finding at this place, for a face that shows it before the end.
func AdviceOn(s record.Snapshot, f *record.Finding) []record.Advice {
	row, _ := f.Code.Row()
	return adviceOn(s, f, row)
}
