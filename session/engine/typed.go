package engine

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// typedLine is a command on its way: as it is, or masked from where a person typed a secret into it.
func (s *Session) typedLine(st record.Step) outgoing {
	start := s.secretStart(st)
	if start < 0 {
		return plainLine(st.Line, st.Edited)
	}
	shown := strings.Join(append(strings.Fields(st.Line[:start]), sasl.Mask), " ")
	o := s.maskedLine(st.Line, shown, "typed", record.OrElse(walk.CommandWord(st.Line[:start]), walk.Unnamed), st.Edited)
	o.exposes = s.kindOf("", st.Line[start:])
	return o
}

// line is what is recorded of a command, without its end.
func (o outgoing) line() string {
	return strings.TrimRight(record.OrElse(o.show, string(o.bytes)), "\r\n")
}

// secretStart is where the secret begins in a line that a person typed, -1 if there is none. What stands there by chance
// in the middle of a message is only what the session knows as its own.
func (s *Session) secretStart(st record.Step) int {
	if !walk.ByHand(st) {
		return -1
	}
	start := -1
	if s.state.Transaction != record.TransactionData {
		start = walk.SecretStart(st.Line)
	}
	if s.own.in(st.Line) && (start < 0 || s.own.in(st.Line[:start])) {
		words := strings.Fields(st.Line)
		start = walk.WordStart(st.Line, 0)
		if s.state.Transaction != record.TransactionData && len(words) > 1 && walk.IsCommand(words[0]) && !s.own.in(words[0]) {
			start = walk.WordStart(st.Line, 1)
		}
	}
	return start
}

// acquaint keeps the credentials of a step, so that they are known again in whatever line a person types.
func (s *Session) acquaint(st record.Step) record.Step {
	if c := st.Credentials; !c.Password.IsZero() || !c.Token.IsZero() {
		s.own.own(c.Password)
		s.own.own(c.Token)
	}
	st.HoldsSecret = s.secretStart(st) >= 0
	return st
}

// kindOf is what a response that a person typed holds, as [sasl.Response.Hides] has it; empty if it holds no secret.
// What cannot be read counts as what the mechanism would send.
func (s *Session) kindOf(mechanism, response string) string {
	response = strings.TrimSpace(response)
	if mechanism == "" {
		data, _ := sasl.DecodeBase64(response)
		mechanism, _ = sasl.Recognise(data)
	}
	r, _ := sasl.OpenResponse(mechanism, []byte(response))
	if r.Hides == "" && s.own.in(response) {
		return sasl.HidesPassword
	}
	return r.Hides
}
