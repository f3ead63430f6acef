package session

import (
	"context"
	"strings"

	"ehlo/session/sasl"
)

// authByHand sends a typed AUTH command.
func (s *Session) authByHand(ctx context.Context, st Step) error {
	if _, err := s.checkLine(st); err != nil {
		return err
	}
	words := strings.Fields(st.Line)
	x := &exchange{name: "AUTH"}
	hides, shown := "", st.Line
	if len(words) > 1 {
		x.name = strings.ToUpper(words[1])
	}
	if len(words) > 2 {
		hides, shown = "typed", strings.Join(words[:2], " ")+" "+sasl.Mask
	}
	r := s.follow(x, words, st)
	s.auth, s.state.Mechanism, s.state.User = x, x.name, ""
	s.foreseeAuth(x.name)
	return s.round(ctx, VerbAuth, s.maskedLine(st.Line, shown, hides, "AUTH", st.Edited), r)
}

// respondByHand sends a typed response, which may be empty. Nobody else knows what is in it, so it is masked as a
// whole; its parts are told where it is what the mechanism would have sent.
func (s *Session) respondByHand(ctx context.Context, st Step) error {
	if st.Line == "*" {
		return s.cancelAuth(ctx, st)
	}
	if _, err := s.checkLine(st); err != nil {
		return err
	}
	var r sasl.Response
	if p := s.auth.pending; p != nil {
		mech, right := typedAs(s.auth.mech, st.Line, *p)
		s.auth.mech = mech
		if sasl.Compare(s.auth.name, st.Line, right) == nil {
			r = right
		}
	}
	s.auth.pending = nil
	return s.round(ctx, st.Verb, s.maskedLine(st.Line, sasl.Mask, "typed", "AUTH", true), r)
}

// follow lets the mechanism go on from a typed AUTH command that has no initial response, or the one that it would have
// sent itself. After any other only a person can know what comes next.
func (s *Session) follow(x *exchange, words []string, st Step) sasl.Response {
	if len(words) < 2 || len(words) > 3 {
		return sasl.Response{}
	}
	mech, err := s.mechanism(words[1], st.Credentials, st.Auth.typed(words))
	if err != nil {
		return sasl.Response{}
	}
	start, err := mech.Start()
	if err != nil {
		return sasl.Response{}
	}
	if len(words) == 3 {
		if mech, start = typedAs(mech, words[2], start); sasl.Compare(x.name, words[2], start) != nil {
			return sasl.Response{}
		}
	}
	*x = *newExchange(x.name, mech, st.Credentials, st.Auth)
	return start
}

// typedAs lets a nonce that a person has chosen stand: the mechanism goes on with it, and the right response is the one
// with it.
func typedAs(m sasl.Mechanism, line string, right sasl.Response) (sasl.Mechanism, sasl.Response) {
	data, _ := sasl.DecodeBase64(line)
	if mech, r, ok := sasl.Typed(m, data); ok {
		return mech, r
	}
	return m, right
}

// Check says how a typed line of AUTH differs from what the mechanism would send, in words that give nothing of the
// secret away: nil means not at all. It is for the time between two steps; st is the step as it would be done.
func (s *Session) Check(st Step) []string {
	if !s.busy.CompareAndSwap(false, true) {
		return nil
	}
	defer s.busy.Store(false)
	if s.auth != nil && s.auth.pending != nil {
		_, right := typedAs(s.auth.mech, st.Line, *s.auth.pending)
		return sasl.Compare(s.auth.name, st.Line, right)
	}
	words := strings.Fields(st.Line)
	if s.auth != nil || len(words) < 2 {
		return nil
	}
	return s.checkInitial(words, st)
}

// checkInitial compares a typed AUTH command with the one that would be built.
func (s *Session) checkInitial(words []string, st Step) []string {
	mech, err := s.mechanism(words[1], st.Credentials, st.Auth)
	if err != nil {
		return []string{err.Error()}
	}
	start, err := mech.Start()
	switch {
	case err != nil:
		return []string{err.Error()}
	case len(words) == 2:
		return nil // without an initial response the server asks for it
	}
	_, right := typedAs(mech, words[2], start)
	return sasl.Compare(words[1], words[2], right)
}
