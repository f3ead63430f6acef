package walk

import "ehlo/session/record"

// Route lists the phases of a whole good walk under a policy, in order.
func Route(p record.Policy, g Goal) []record.Phase {
	route := []record.Phase{record.PhaseResolve, record.PhaseConnect}
	switch p.Start {
	case record.StartImplicit:
		route = append(route, record.PhaseHandshake, record.PhaseGreeting, record.PhaseEHLO)
	case record.StartSTARTTLS:
		route = append(route, record.PhaseGreeting, record.PhaseEHLO, record.PhaseSTARTTLS, record.PhaseHandshake, record.PhaseEHLOAgain)
	default:
		route = append(route, record.PhaseGreeting, record.PhaseEHLO)
	}
	if g.wantsAuth() {
		route = append(route, record.PhaseAuth)
	}
	if len(g.To) > 0 {
		route = append(route, record.PhaseMail, record.PhaseRcpt, record.PhaseData)
	}
	return append(route, record.PhaseQuit)
}
