package engine

import (
	"context"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// challenged opens a 334 and prepares the answer.
func (s *Session) challenged(v record.Verb, reply *wire.Reply, event record.Event) error {
	x := s.auth
	x.round++
	s.state = walk.Advance(s.state, v, "", reply)
	data, err := sasl.DecodeChallenge(challengeText(reply))
	x.asksName = x.name == "LOGIN" && sasl.AsksUsername(data)
	x.proved = x.proved || sasl.HoldsProof(x.name, data)
	switch {
	case len(reply.Lines) > 1:
		s.append(event)
		return s.unanswerable(sasl.ManyLines(len(reply.Lines)))
	case err != nil:
		s.append(event)
		return s.unanswerable(err)
	case x.mech == nil:
		challenge, _ := sasl.OpenChallenge(x.name, []byte(challengeText(reply)))
		s.recordChallenge(event, challenge)
		return s.unanswerable(nil)
	}
	challenge, response, err := x.mech.Next(data)
	s.recordChallenge(event, challenge)
	if err != nil {
		return s.unanswerable(err)
	}
	x.pending = &response
	s.state.Pending = s.pendingLine(response)
	return nil
}

// recordChallenge appends a 334 and what is in it.
func (s *Session) recordChallenge(event record.Event, c sasl.Challenge) {
	if c.Hides != "" && !s.revealed.Load() {
		maskChallenge(event.Reply, c.Hides)
	}
	s.append(event)
	s.recordAuth("S", s.auth.name, c.Values, c.Hides, "")
	s.findSASL(c.Findings)
}

// challengeText is what stands behind the code. A challenge has one line (RFC 4954 §4).
func challengeText(r *wire.Reply) string {
	var parts []string
	for _, l := range r.Lines {
		text := strings.TrimRight(string(l.Raw), "\r\n")
		parts = append(parts, strings.TrimPrefix(text[min(len(text), 3):], " "))
	}
	return strings.Join(parts, "\n")
}

func (s *Session) pendingLine(r sasl.Response) *record.Pending {
	if r.Hides != "" && !s.revealed.Load() {
		return &record.Pending{Line: sasl.Mask, Hides: r.Hides}
	}
	return &record.Pending{Line: sasl.EncodeResponse(r.Data, false), Hides: r.Hides}
}

// unanswerable leaves the exchange open for a cancel: no answer is better than a wrong one.
func (s *Session) unanswerable(err error) error {
	s.state.Pending = &record.Pending{Line: "*", Cancel: true}
	if err == nil {
		s.state.Pending = nil // a person types
		return nil
	}
	s.auth.remember(err)
	return s.saslFailure(err, hostileExit(err))
}

// respond answers a challenge: with what the mechanism prepared, or with what a person typed.
func (s *Session) respond(ctx context.Context, st record.Step) error {
	if s.auth == nil {
		return &record.Error{Verb: st.Verb, Phase: record.PhaseAuth, Exit: record.ExitProtocol, Text: "there is no challenge to answer", Hint: "AUTH comes first"}
	}
	if s.auth.pending == nil && st.Line == "" && !st.Edited { // an empty line would be an answer that nobody made
		return &record.Error{Verb: st.Verb, Phase: record.PhaseAuth, Exit: record.ExitNoAuth, Text: "no answer to this challenge is prepared", Hint: "type it, or give the exchange up with *"}
	}
	if st.Line != "" || st.Edited || s.auth.pending == nil {
		return s.respondByHand(ctx, st)
	}
	r := *s.auth.pending
	s.auth.pending = nil
	line := sasl.EncodeResponse(r.Data, false)
	o := s.maskedLine(line, sasl.Mask, r.Hides, "AUTH", false)
	o.exposes = r.Hides
	s.auth.lines++
	return s.round(ctx, st.Verb, o, r)
}

// cancelAuth gives the exchange up.
func (s *Session) cancelAuth(ctx context.Context, _ record.Step) error {
	s.step = record.VerbCancel
	if s.auth == nil {
		s.auth = &exchange{name: record.OrElse(s.state.Mechanism, "AUTH")}
	}
	return s.round(ctx, record.VerbCancel, plainLine("*", false), sasl.Response{})
}

// uncancelled is another challenge in answer to "*", which has to be refused (RFC 4954 §4). Going on could go on for
// ever.
func (s *Session) uncancelled() error {
	s.state.Stage = record.StageBroken
	s.Close()
	return s.fail(&record.Error{Finding: "auth-odd-reply", Code: 334, Exit: record.ExitProtocol, Err: record.ErrOutOfSync,
		Text: "the server answered the cancel of AUTH with another challenge", Hint: "501 is the answer to *; close and connect again"})
}
