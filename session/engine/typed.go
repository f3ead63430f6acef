package engine

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// prepare makes the credentials of a step known, so that they are known again in whatever line a person types, and looks at
// the step.
func (s *Session) prepare(st record.Step) walk.Prepared {
	s.secrets.credentials(st.Credentials)
	return walk.Prepare(s.snap, st, &s.secrets.own)
}

// typedLine is a command on its way: as it is, or masked from where a person typed a secret into it.
func (s *Session) typedLine(st record.Step) outgoing {
	if st.Hidden == 0 {
		return plainLine(st.Line, st.Edited)
	}
	shown, secret := st.Line[:st.Hidden-1], st.Line[st.Hidden-1:]
	o := s.maskedLine(st.Line, strings.Join(append(strings.Fields(shown), sasl.Mask), " "), "typed", st.Edited)
	if len(o.masked) > 0 {
		o.secret = strings.TrimSpace(secret)
	}
	o.send.Gives = s.kindOf("", secret)
	if walk.NamesUser(st.Line) { // hidden since a password may follow, and nothing that a server could not say
		o.secret, o.send.Gives = "", ""
	}
	return o
}

// kindOf is what a response that a person typed holds, as [sasl.Response.Hides] has it; empty if it holds no secret.
// What cannot be read counts as what the mechanism would send.
func (s *Session) kindOf(mechanism, response string) string {
	response = strings.TrimSpace(response)
	if mechanism == "" {
		data, _ := sasl.DecodeBase64(response)
		mechanism, _ = sasl.Recognize(data)
	}
	r, _ := sasl.OpenResponse(mechanism, []byte(response))
	if r.Hides == "" && s.secrets.own.Find(response) >= 0 {
		return sasl.HidesPassword
	}
	return r.Hides
}
