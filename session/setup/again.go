package setup

import (
	"ehlo/session/record"
	"ehlo/session/walk"
)

// Again asks for the session of a plan once more. What a person agreed to beforehand then has to be agreed to again, and what no
// transcript holds is left open: secrets, roots, a client certificate.
func Again(p record.Plan, g walk.Goal) Request {
	r := Request{Target: p.Target.Spelled(), TLS: policyName(p.Policy), Network: p.Network, Address: p.Address, ServerName: p.ServerName, SNI: p.SNI,
		TLSMax: p.TLSMax, LegacyTLS: p.LegacyTLS, Known: p.Known, Goal: g}
	if p.Scenario != "" {
		r.Target, r.Port, r.Bare = "lab:"+p.Scenario, p.Target.Port, p.Title == ""
	}
	return r
}

// policyName is the name under which [record.ParsePolicy] knows a policy.
func policyName(p record.Policy) string {
	switch {
	case p.Start == record.StartImplicit:
		return "implicit"
	case p.Must == record.MustRequire:
		return "require"
	case p.Must == record.MustIfOffered:
		return "if-offered"
	case p.Must == record.MustOff:
		return "off"
	}
	return "opportunistic"
}
