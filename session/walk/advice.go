package walk

import (
	"cmp"
	"slices"

	"ehlo/session/record"
)

// adviceOn is what can be done about a finding here: what the place says or else its row, with the values of this session in it,
// and what leads nowhere left out. The remedy stands at the end, or in the words for the operator.
func adviceOn(s record.Snapshot, f *record.Finding, row record.FindingRow) []record.Advice {
	given := f.Advice
	if given == nil {
		given = row.Advice
	}
	var list []record.Advice
	told := f.Remedy == ""
	for _, a := range given {
		a, ok := here(s, a)
		if !ok || slices.Contains(list, a) {
			continue
		}
		if a.Do == record.AskOperator && a.Text == "" {
			a.Text, told = f.Remedy, true
		}
		list = append(list, a)
	}
	if !told {
		list = append(list, record.Advice{Do: record.DoAsTold, Text: f.Remedy})
	}
	return list
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
	case record.TryMechanism:
		if a.Name == "" {
			a.Name = otherMechanism(s)
		}
		return a, a.Name != "" && a.Name != s.State.Mechanism && s.Capabilities != nil && s.Capabilities.OffersAuth(a.Name)
	case record.OtherAddressFamily:
		return a, s.Resolve == nil || s.Resolve.Network != "ip" || bothFamilies(s.Resolve.Addresses)
	case record.AcceptUnverified:
		return a, !p.AllowUnverified
	case record.AcceptCleartext:
		return a, !p.AllowCleartextAuth
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
