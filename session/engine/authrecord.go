package engine

import (
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// recordAuth appends one line of the exchange, or its end. hides is what of a secret goes out with the line.
func (s *Session) recordAuth(from, mechanism string, values []sasl.Value, hides, outcome string) {
	x := s.auth
	e := record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: mechanism, Round: x.round, From: from, Values: s.withoutSecrets(values), Outcome: outcome},
		Explain: half{mechanism: mechanism, first: from == "C" && x.round == 0, client: from == "C", parts: len(values), hides: hides, outcome: outcome}.explain()}
	if from == "C" && x.round == 0 {
		s.tellChoices(x, &e)
	}
	s.append(e)
}

// tellChoices puts into the event of the AUTH command what a person chose about it.
func (s *Session) tellChoices(x *exchange, e *record.Event) {
	if x.settings != (record.AuthSettings{}) {
		settings := x.settings
		e.Auth.Settings = &settings
	}
	if x.chosen != "" {
		e.Explain.Short += ", " + wire.VisibleString(x.chosen)
		e.Explain.Text += " Chosen for this exchange: " + wire.VisibleString(x.chosen) + "."
	}
	if !walk.OffersMechanism(s.offeredMechanisms(), x.name) {
		e.Explain.Text += " The server does not offer it here: it was tried on purpose."
		x.unoffered = true
	}
}

// findSASL records what a mechanism points at. That it leaves the proof of the server to the certificate matters only
// where the certificate proves nothing.
func (s *Session) findSASL(findings []sasl.Finding) {
	for _, f := range findings {
		if f.Code == sasl.CodeUnproven && s.state.Security == record.SecurityVerified {
			continue
		}
		if sasl.Refusal(f.Code) && s.auth != nil {
			s.auth.refused = &f
		}
		if f.Code == sasl.CodeUnproven {
			f.Text = s.unproven()
		}
		told := record.NewFinding(f.Code, f.Text)
		told.Remedy = record.OrElse(f.Hint, told.Remedy)
		s.append(record.Event{Kind: record.KindFinding, Finding: told})
	}
}

// unproven says what a log-in leaves open where the certificate does not settle it.
func (s *Session) unproven() string {
	if s.state.Security.Encrypted() {
		return "the mechanism does not prove who the server is, and its certificate does not either"
	}
	return "the mechanism does not prove who the server is, and without TLS nothing else does"
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
