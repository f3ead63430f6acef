package engine

import (
	"context"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// authByHand sends a typed AUTH command.
func (s *Session) authByHand(ctx context.Context, st record.Step) error {
	if err := checkLine(st); err != nil {
		return err
	}
	words := strings.Fields(st.Line)
	x := &exchange{name: "AUTH"}
	o := s.typedLine(withTyped(st))
	if named := strings.Fields(o.line()); len(named) > 1 && named[1] != sasl.Mask { // the name may be what is hidden
		x.name = strings.ToUpper(words[1])
	}
	r := s.follow(x, words, st)
	if n := walk.ResponseWord(words); n < len(words) {
		o.send.Gives = s.kindOf(x.name, words[n])
		x.lines++
	}
	if info, _ := sasl.Lookup(x.name); info.UsernameFirst {
		o.send.Gives = ""
	}
	s.auth = x
	return s.round(ctx, o, r)
}

// respondByHand sends a typed response, which may be empty. Nobody else knows what is in it, so it is masked as a
// whole; its parts are told where it is what the mechanism would have sent.
func (s *Session) respondByHand(ctx context.Context, st record.Step) error {
	if st.Line == "*" {
		return s.cancelAuth(ctx, st)
	}
	if err := checkLine(st); err != nil {
		return err
	}
	r := s.auth.take(st.Line)
	s.auth.practice = false // what a person typed may be anything
	hides := "typed"
	if st.Line == "" { // nothing to hide
		hides = ""
	}
	o := s.maskedLine(st.Line, sasl.Mask, hides, true)
	if o.send.Gives = s.kindOf(s.auth.name, st.Line); s.auth.asksName && s.secrets.own.Find(st.Line) < 0 {
		o.send.Gives = ""
	}
	s.auth.lines++
	return s.round(ctx, o, r)
}

// take puts a typed response in the place of the one that is ready, and gives what it holds if it is the same. After
// another one the account that is logged in to is not known, and the proof of a server cannot be foretold.
func (x *exchange) take(line string) sasl.Response {
	p := x.pending
	x.pending = nil
	if p == nil {
		return sasl.Response{}
	}
	mech, right := typedAs(x.mech, line, *p)
	if sasl.Compare(x.name, line, right) == nil {
		x.mech = mech
		return right
	}
	x.user = ""
	if info, _ := sasl.Lookup(x.name); info.ProvesServer {
		x.mech = nil
	}
	return sasl.Response{}
}

// withTyped marks a line that came without a mechanism to build it: a person wrote it.
func withTyped(st record.Step) record.Step {
	st.Edited = true
	return st
}

// follow lets the mechanism go on from a typed AUTH command that has no initial response, or the one that it would have
// sent itself. After any other only a person can know what comes next.
func (s *Session) follow(x *exchange, words []string, st record.Step) sasl.Response {
	if len(words) < 2 || len(words) > 3 || walk.ResponseWord(words) == 1 {
		return sasl.Response{}
	}
	mech, err := s.mechanism(words[1], st.Credentials, st.Auth.Typed(words))
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
func (s *Session) Check(st record.Step) []string {
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
func (s *Session) checkInitial(words []string, st record.Step) []string {
	if walk.ResponseWord(words) == 1 {
		return []string{"the word after AUTH cannot be the name of a mechanism"}
	}
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
