package setup

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// until sets the last phase, and refuses one that this walk never comes to. A walk that is to end at TLS is a question about
// TLS, so it is required unless the person chose a policy.
func (s *Setup) until(asked Request) error {
	if asked.Until == "" {
		return nil
	}
	phase, known := record.ParsePhase(asked.Until)
	if !known {
		return &Error{Field: FieldUntil, Value: asked.Until, Text: "want one of " + strings.Join(record.Phases(), ", ")}
	}
	s.Goal.Until = phase
	if phase.AboutTLS() && asked.TLS == "" && s.Config.Policy.Must == record.MustOpportunistic {
		s.Config.Policy.Must = record.MustRequire
	}
	if !slices.Contains(walk.Route(s.Config.Policy, s.Goal), phase) {
		return &Error{Field: FieldUntil, Value: asked.Until,
			Text: "this walk does not reach this step; auth needs a user, mail and the later steps need a recipient, and TLS needs a policy that starts it at that point"}
	}
	return nil
}
