package session

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

func (s *Session) recordAuth(from, mechanism string, values []sasl.Value, outcome string) {
	x := s.auth
	e := Event{Kind: KindAuth, Auth: &Auth{Mechanism: mechanism, Round: x.round, From: from, Values: s.withoutSecrets(values), Outcome: outcome},
		Explain: explainMechanism(mechanism)}
	if from == "C" && x.round == 0 {
		s.tellChoices(x, &e)
	}
	s.append(e)
}

// tellChoices puts into the event of the AUTH command what a person chose about it.
func (s *Session) tellChoices(x *exchange, e *Event) {
	if x.settings != (AuthSettings{}) {
		settings := x.settings
		e.Auth.Settings = &settings
	}
	if x.chosen != "" {
		e.Explain.Short += ", " + wire.VisibleString(x.chosen)
		e.Explain.Text += " Chosen for this exchange: " + wire.VisibleString(x.chosen) + "."
	}
	if !offersMechanism(s.offeredMechanisms(), x.name) {
		e.Explain.Text += " The server does not offer it here: it was tried on purpose."
		x.unoffered = true
	}
}

// findSASL records what a mechanism points at. That it leaves the proof of the server to the certificate matters only
// where the certificate proves nothing.
func (s *Session) findSASL(findings []sasl.Finding) {
	for _, f := range findings {
		if f.Code == sasl.CodeUnproven && s.state.Security == SecurityVerified {
			continue
		}
		if sasl.Refusal(f.Code) && s.auth != nil {
			s.auth.refused = &f
		}
		told := newFinding(f.Code, f.Text)
		told.Remedy = orElse(f.Hint, told.Remedy)
		s.append(Event{Kind: KindFinding, Finding: told})
	}
}

// withoutSecrets takes out what must not reach the log, unless a person asked for it.
func (s *Session) withoutSecrets(values []sasl.Value) []sasl.Value {
	clean := make([]sasl.Value, len(values))
	for i, v := range values {
		switch clean[i] = v; {
		case s.revealed.Load():
			clean[i] = v.Revealed()
		case v.Hides != "":
			clean[i].Text, clean[i].Bytes = "", nil
		}
		if text := clean[i].Text; wire.VisibleString(text) != text { // bytes may hold anything, text is shown as it is
			clean[i].Text, clean[i].Bytes = "", []byte(text)
		}
	}
	return clean
}

func explainMechanism(name string) *explain.Explanation {
	x := &explain.Explanation{Short: "one round of " + name}
	if e, ok := explain.Mechanism(name); ok {
		x.Text, x.Refs, x.Entries = e.Text, e.Refs, []string{e.ID()}
	}
	if info, ok := sasl.Lookup(name); ok {
		x.Text += fmt.Sprintf(" Who listens without TLS: %s. It ranks %d of %d, %s.", strings.TrimSuffix(info.Eavesdropper, "."), info.Rank, len(sasl.Mechanisms()), info.Status)
	}
	return x
}
