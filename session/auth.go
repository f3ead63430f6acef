package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// exchange is a run of AUTH (RFC 4954 §4).
type exchange struct {
	name    string
	mech    sasl.Mechanism // nil when only a person can know the responses
	user    string
	round   int
	pending *sasl.Response // what the mechanism would send next; nil means cancel
}

// authenticate sends AUTH. A typed line is sent as it is, its initial response masked.
func (s *Session) authenticate(ctx context.Context, st Step) error {
	if st.Line != "" {
		return s.authByHand(ctx, st)
	}
	x, start, err := s.newExchange(st)
	if err != nil {
		return err
	}
	s.auth = x
	line := sasl.Command(x.name, start)
	o := s.maskedLine(line, "AUTH "+x.name+" "+sasl.Mask, start.Hides, "AUTH", false)
	return s.round(ctx, st.Verb, o, start)
}

func (s *Session) newExchange(st Step) (*exchange, sasl.Response, error) {
	mech, err := s.mechanism(st.Mechanism, st.Credentials)
	if err != nil {
		return nil, sasl.Response{}, s.saslFailure(err, ExitNoAuth)
	}
	start, err := mech.Start()
	if err != nil {
		return nil, sasl.Response{}, s.saslFailure(err, ExitNoAuth)
	}
	s.state.Mechanism, s.state.User = mech.Name(), ""
	return &exchange{name: mech.Name(), mech: mech, user: st.Credentials.Username}, start, nil
}

// mechanism makes the client's side of an exchange with this server.
func (s *Session) mechanism(name string, c sasl.Credentials, options ...sasl.Option) (sasl.Mechanism, error) {
	c.Host, c.Port = orElse(c.Host, s.reference()), s.cfg.Target.Port
	return sasl.New(name, c, s.binding(), s.offeredMechanisms(), options...)
}

func (s *Session) offeredMechanisms() []string {
	if s.snap.Capabilities == nil {
		return nil
	}
	return s.snap.Capabilities.AuthMechanisms()
}

// binding is the channel binding data of this TLS connection (RFC 9266, RFC 5929).
func (s *Session) binding() sasl.Binding {
	if s.tls == nil || len(s.tls.ConnectionState().PeerCertificates) == 0 {
		return sasl.Binding{}
	}
	cs := s.tls.ConnectionState()
	return sasl.NewBinding(cs, cs.PeerCertificates[0])
}

// saslFailure is an error of the mechanism's own, before anything was sent.
func (s *Session) saslFailure(err error, exit Exit) error {
	e := &Error{Phase: PhaseAuth, Exit: exit, Err: err, Text: "AUTH is not possible", Hint: "see the finding"}
	var m *sasl.Error
	if errors.As(err, &m) {
		e.Finding, e.Text, e.Hint = m.Code, m.Text, m.Hint
	}
	return s.fail(e)
}

// round sends one line of the exchange, reads the reply and prepares the next response.
func (s *Session) round(ctx context.Context, v Verb, o outgoing, r sasl.Response) error {
	if err := s.send(ctx, o); err != nil {
		return err
	}
	s.recordAuth("C", s.auth.name, r.Values, "")
	release := s.bound(ctx)
	reply, event, err := s.read("AUTH", false)
	release()
	if err = s.hideEcho(o, reply, &event, err); err != nil {
		s.append(event)
		return s.unreadable(ctx, err, "AUTH")
	}
	if reply.Code == 334 && v != VerbCancel {
		return s.challenged(v, reply, event)
	}
	s.append(event)
	s.findDefects(reply)
	if reply.Code == 334 {
		return s.uncancelled()
	}
	return s.authOver(v, o, reply)
}

func (s *Session) recordAuth(from, mechanism string, values []sasl.Value, outcome string) {
	s.append(Event{Kind: KindAuth, Auth: &Auth{Mechanism: mechanism, Round: s.auth.round, From: from, Values: s.withoutSecrets(values), Outcome: outcome},
		Explain: explainMechanism(mechanism)})
}

// findSASL records what a mechanism points at. That it leaves the proof of the server to the certificate matters only
// where the certificate proves nothing.
func (s *Session) findSASL(findings []sasl.Finding) {
	for _, f := range findings {
		if f.Code == sasl.CodeUnproven && s.state.Security == SecurityVerified {
			continue
		}
		s.find(f.Code, f.Text)
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

// challenged opens a 334 and prepares the answer.
func (s *Session) challenged(v Verb, reply *wire.Reply, event Event) error {
	x := s.auth
	x.round++
	s.state = advance(s.state, v, "", reply)
	data, err := sasl.DecodeChallenge(challengeText(reply))
	switch {
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
func (s *Session) recordChallenge(event Event, c sasl.Challenge) {
	if c.Hides != "" && !s.revealed.Load() {
		maskChallenge(event.Reply, c.Hides)
	}
	s.append(event)
	s.recordAuth("S", s.auth.name, c.Values, "")
	s.findSASL(c.Findings)
}

// challengeText is what stands behind the code. A challenge has one line (RFC 4954 §4); more are joined, and then fail
// as base64.
func challengeText(r *wire.Reply) string {
	var parts []string
	for _, l := range r.Lines {
		text := strings.TrimRight(string(l.Raw), "\r\n")
		parts = append(parts, strings.TrimPrefix(text[min(len(text), 3):], " "))
	}
	return strings.Join(parts, "\n")
}

func (s *Session) pendingLine(r sasl.Response) *Pending {
	if r.Hides != "" && !s.revealed.Load() {
		return &Pending{Line: sasl.Mask, Hides: r.Hides}
	}
	return &Pending{Line: sasl.EncodeResponse(r.Data, false)}
}

// unanswerable leaves the exchange open for a cancel: no answer is better than a wrong one.
func (s *Session) unanswerable(err error) error {
	s.state.Pending = &Pending{Line: "*", Cancel: true}
	if err == nil {
		s.state.Pending = nil // a person types
		return nil
	}
	return s.saslFailure(err, hostileExit(err))
}

// authOver reads the last reply of an exchange. A 235 from a server that had to prove itself and did not is a failure.
func (s *Session) authOver(v Verb, o outgoing, reply *wire.Reply) error {
	x := s.auth
	s.auth = nil
	if reply.Code == 235 && x.mech != nil {
		findings, err := x.mech.Done()
		s.findSASL(findings)
		if err != nil {
			s.auth = x
			return s.unproved(err)
		}
	}
	line := strings.TrimRight(orElse(o.show, string(o.bytes)), "\r\n")
	err := s.judge(v, line, reply)
	x.remedy(err)
	s.auth = x
	s.recordAuth("S", x.name, nil, outcome(reply, v))
	s.auth = nil
	if reply.Code == 235 {
		s.state.User = x.user
	}
	if err == nil && reply.Code != 235 {
		return s.fail(&Error{Phase: PhaseAuth, Finding: "auth-odd-reply", Code: reply.Code, Exit: ExitProtocol,
			Text: fmt.Sprintf("the server answered AUTH with %d, which means nothing there", reply.Code), Hint: "235 means success, 5yz failure"})
	}
	if v == VerbCancel {
		return nil // 501 is the right answer to "*" (RFC 4954 §4)
	}
	return err
}

// remedy puts right what is to be tried after a refusal whose words fit a password where the mechanism has none, or has
// a more exact reason.
func (x *exchange) remedy(err error) {
	e, ok := errors.AsType[*Error](err)
	info, _ := sasl.Lookup(x.name)
	if !ok || e.Code != 535 || e.Enhanced.Detail > 8 {
		return
	}
	switch info.Needs {
	case sasl.NeedsToken:
		e.Hint = "get a new access token: tokens live about an hour, and this one has to be for mail"
	case sasl.NeedsCertificate:
		e.Hint = "look whose certificate was shown in TLS: the name to act as has to be in it"
	}
}

func outcome(r *wire.Reply, v Verb) string {
	switch {
	case r.Code == 235:
		return "success"
	case v == VerbCancel:
		return "cancelled"
	}
	return "failure"
}

// hostileExit tells a server that said no inside the exchange from one that broke its rules.
func hostileExit(err error) Exit {
	var m *sasl.Error
	if errors.As(err, &m) && m.Code == sasl.CodeRefused {
		return ExitAuth
	}
	return ExitProtocol
}

// uncancelled is another challenge in answer to "*", which has to be refused (RFC 4954 §4). Going on could go on for
// ever.
func (s *Session) uncancelled() error {
	s.state.Stage = StageBroken
	s.Close()
	return s.fail(&Error{Finding: "auth-odd-reply", Code: 334, Exit: ExitProtocol, Err: ErrOutOfSync,
		Text: "the server answered the cancel of AUTH with another challenge", Hint: "501 is the answer to *; close and connect again"})
}

// unproved is a success that cannot be believed.
func (s *Session) unproved(err error) error {
	s.recordAuth("S", s.auth.name, nil, "failure")
	s.auth = nil
	s.state.Auth, s.state.Pending = AuthNone, nil
	s.state.Stage = StageBroken
	s.Close()
	return s.saslFailure(err, hostileExit(err))
}

// respond answers a challenge: with what the mechanism prepared, or with what a person typed.
func (s *Session) respond(ctx context.Context, st Step) error {
	if s.auth == nil {
		return &Error{Verb: st.Verb, Phase: PhaseAuth, Exit: ExitProtocol, Text: "there is no challenge to answer", Hint: "AUTH comes first"}
	}
	if st.Line != "" || st.Edited || s.auth.pending == nil {
		return s.respondByHand(ctx, st)
	}
	r := *s.auth.pending
	s.auth.pending = nil
	line := sasl.EncodeResponse(r.Data, false)
	return s.round(ctx, st.Verb, s.maskedLine(line, sasl.Mask, r.Hides, "AUTH", false), r)
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
	if p := s.auth.pending; p != nil && sasl.Compare(s.auth.name, st.Line, *p) == nil {
		r = *p
	}
	s.auth.pending = nil
	return s.round(ctx, st.Verb, s.maskedLine(st.Line, sasl.Mask, "typed", "AUTH", true), r)
}

// cancelAuth gives the exchange up.
func (s *Session) cancelAuth(ctx context.Context, _ Step) error {
	if s.auth == nil {
		s.auth = &exchange{name: orElse(s.state.Mechanism, "AUTH")}
	}
	return s.round(ctx, VerbCancel, plainLine("*", false), sasl.Response{})
}

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
	r := s.follow(x, words, st.Credentials)
	s.auth, s.state.Mechanism, s.state.User = x, x.name, ""
	return s.round(ctx, VerbAuth, s.maskedLine(st.Line, shown, hides, "AUTH", true), r)
}

// follow lets the mechanism go on from a typed AUTH command that has no initial response, or the one that it would have
// sent itself. After any other only a person can know what comes next.
func (s *Session) follow(x *exchange, words []string, c sasl.Credentials) sasl.Response {
	var options []sasl.Option
	switch len(words) {
	case 2:
		options = append(options, sasl.WithoutInitialResponse())
	case 3:
	default:
		return sasl.Response{}
	}
	mech, err := s.mechanism(words[1], c, options...)
	if err != nil {
		return sasl.Response{}
	}
	start, err := mech.Start()
	if err != nil || len(words) == 3 && sasl.Compare(x.name, words[2], start) != nil {
		return sasl.Response{}
	}
	x.mech, x.user = mech, c.Username
	return start
}

// Check says how a typed line of AUTH differs from what the mechanism would send, in words that give nothing of the
// secret away: nil means not at all. It is for the time between two steps; st is the step as it would be done.
func (s *Session) Check(st Step) []string {
	if !s.busy.CompareAndSwap(false, true) {
		return nil
	}
	defer s.busy.Store(false)
	if s.auth != nil && s.auth.pending != nil {
		return sasl.Compare(s.auth.name, st.Line, *s.auth.pending)
	}
	words := strings.Fields(st.Line)
	if s.auth != nil || len(words) < 2 {
		return nil
	}
	return s.checkInitial(words, st.Credentials)
}

// checkInitial compares a typed AUTH command with the one that would be built.
func (s *Session) checkInitial(words []string, c sasl.Credentials) []string {
	mech, err := s.mechanism(words[1], c)
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
	return sasl.Compare(words[1], words[2], start)
}
