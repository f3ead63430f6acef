package engine

import (
	"errors"
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// authOver reads the last reply of an exchange. A 235 from a server that had to prove itself and did not is a failure.
func (s *Session) authOver(v record.Verb, o outgoing, reply *wire.Reply) error {
	x := s.auth
	if reply.Code == 235 {
		findings, err := x.done()
		s.findSASL(findings)
		if err != nil {
			return s.unproved(err)
		}
	}
	line := strings.TrimRight(record.OrElse(o.show, string(o.bytes)), "\r\n")
	err := s.judge(v, line, reply)
	s.recordAuth("S", x.name, nil, "", outcome(reply, v))
	s.auth = nil
	s.undecided(v, reply)
	if reply.Code == 235 {
		s.state.User = x.user
	}
	if err == nil && reply.Code != 235 {
		return s.fail(&record.Error{Phase: record.PhaseAuth, Finding: "auth-odd-reply", Code: reply.Code, Exit: record.ExitProtocol,
			Text: fmt.Sprintf("the server answered AUTH with %d, which means nothing there", reply.Code), Hint: "235 means success, 5yz failure"})
	}
	if v == record.VerbCancel {
		return nil // 501 is the right answer to "*" (RFC 4954 §4)
	}
	return err
}

// done says whether a success may be believed: by the mechanism, or, where a person gave the responses, by what came.
func (x *exchange) done() ([]sasl.Finding, error) {
	if x.mech != nil {
		return x.mech.Done()
	}
	return sasl.DoneByHand(x.name, x.lines, x.proved)
}

// undecided points at an end of AUTH that says nothing of the credentials: nobody has to be asked for others.
func (s *Session) undecided(v record.Verb, reply *wire.Reply) {
	switch {
	case reply.Code/100 != 4 || v == record.VerbCancel:
	case reply.Code == 432: // RFC 4954 §6
		s.find("auth-undecided", "the server wants the password once in another way before it can judge this one: 432 is no verdict on it")
	case reply.Code == 421:
		s.find("auth-undecided", "the server closes the connection before it has judged the log-in")
	default:
		s.find("auth-undecided", fmt.Sprintf("%d is temporary: the server has not judged the credentials", reply.Code))
	}
}

// sharpen makes the explanation of a refused log-in say what the server said inside the exchange. The reply, the
// finding and the end then agree.
func (x *exchange) sharpen(e *explain.Explanation, v record.Verb, code int) {
	switch {
	case x != nil && v == record.VerbCancel && code == 501 && x.refused != nil && record.Tampered(x.refused.Code):
		e.Text = "The right answer to *: the server has let the exchange go."
		e.Remedy = "QUIT: send no password on this connection, and make no other attempt, until it is known who is there"
	case x == nil || x.unoffered || code < 400 || code == 501:
	case x.refused != nil:
		e.Cause, e.Remedy = x.refused.Text, record.OrElse(x.refused.Hint, e.Remedy)
	case x.authzid != "" && code == 535:
		e.Remedy += "; if they are right, the user may not act as " + wire.VisibleString(x.authzid)
	case record.Bound(x.name) && code == 535: // no server has to say which (RFC 5802 §7)
		e.Remedy += "; if they are right, something may end TLS on the way: see whether the same without -PLUS is taken"
	}
}

// remember keeps what an exchange has shown about the server or the way to it: the reply to whatever a person types
// into it then must not be read as a word about the password.
func (x *exchange) remember(err error) {
	var m *sasl.Error
	if errors.As(err, &m) && (sasl.Refusal(m.Code) || record.Tampered(m.Code)) {
		x.refused = &sasl.Finding{Code: m.Code, Text: m.Text, Hint: record.OrElse(m.Hint, record.NewFinding(m.Code, m.Text).Remedy)}
	}
}

// proofOf says what a log-in proves itself by, as [explain.ReplyContext] has it.
func proofOf(mechanism string) string {
	info, ok := sasl.Lookup(mechanism)
	switch {
	case !ok:
		return ""
	case info.Needs == sasl.NeedsCertificate:
		return "certificate"
	}
	return string(info.Needs)
}

func outcome(r *wire.Reply, v record.Verb) string {
	switch {
	case r.Code == 235:
		return "success"
	case v == record.VerbCancel:
		return "cancelled"
	}
	return "failure"
}

// hostileExit tells a server that said no inside the exchange from one that broke its rules.
func hostileExit(err error) record.Exit {
	var m *sasl.Error
	switch {
	case !errors.As(err, &m):
	case sasl.Refusal(m.Code):
		return record.ExitAuth
	case m.Code == sasl.CodeIterationsLow: // a bound that a person set
		return record.ExitNoAuth
	}
	return record.ExitProtocol
}

// unproved is a success that cannot be believed.
func (s *Session) unproved(err error) error {
	s.recordAuth("S", s.auth.name, nil, "", "unproved")
	s.auth = nil
	s.state.Auth, s.state.Pending = record.AuthNone, nil
	s.state.Stage = record.StageBroken
	s.Close()
	return s.saslFailure(err, hostileExit(err))
}
