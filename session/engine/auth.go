package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
	"ehlo/session/wire"
)

// exchange is a run of AUTH (RFC 4954 §4).
type exchange struct {
	name     string
	mech     sasl.Mechanism // nil when only a person can know the responses
	user     string
	authzid  string
	settings record.AuthSettings
	round    int
	pending  *sasl.Response // what the mechanism would send next; nil where there is nothing
	asksName bool           // LOGIN: the prompt wants the username
	lenient  []sasl.Finding // what was let pass and has not been told
	lines    int            // how many responses went out
	proved   bool           // a challenge held the server's proof, right or not
	practice bool           // it computes with secrets that everyone is told, and with no other
}

// authenticate sends AUTH. A typed line is sent as it is, its initial response masked.
func (s *Session) authenticate(ctx context.Context, st record.Step) error {
	if st.Line != "" {
		return s.authByHand(ctx, st)
	}
	x, start, err := s.begin(st)
	if err != nil {
		s.impossible(st.Mechanism, err)
		return err
	}
	s.auth = x
	o := s.maskedLine(sasl.Command(x.name, start), "AUTH "+x.name+" "+sasl.Mask, start.Hides, false)
	o.send.Gives = start.Hides
	if start.Data != nil {
		x.lines++
	}
	return s.round(ctx, o, start)
}

func (s *Session) begin(st record.Step) (*exchange, sasl.Response, error) {
	mech, err := s.mechanism(st.Mechanism, st.Credentials, st.Auth)
	if err != nil {
		return nil, sasl.Response{}, err
	}
	start, err := mech.Start()
	x := newExchange(mech.Name(), mech, st.Credentials, st.Auth)
	x.practice = s.cfg.Public != nil && st.Credentials.Public(s.cfg.Public)
	return x, start, err
}

// practices reports whether the secrets of the exchange are those of a practice account, and shown.
func (s *Session) practices() bool { return s.auth != nil && s.auth.practice && !s.snap.Veiled }

// bare reports whether the secrets of the exchange are recorded as they are.
func (s *Session) bare() bool { return s.snap.Revealed || s.practices() }

// impossible records that a mechanism cannot begin; nothing was sent.
func (s *Session) impossible(mechanism string, err error) {
	s.observe(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: strings.ToUpper(mechanism), From: "C",
		Outcome: record.AuthImpossible, Findings: []sasl.Finding{whyNot(err)}}})
}

// whyNot is an error of a mechanism as a finding.
func whyNot(err error) sasl.Finding {
	var m *sasl.Error
	if errors.As(err, &m) {
		return m.Finding()
	}
	return sasl.Finding{Code: string(record.FoundAuthNotPossible), Text: wire.VisibleString(err.Error())}
}

func newExchange(name string, mech sasl.Mechanism, c sasl.Credentials, a record.AuthSettings) *exchange {
	return &exchange{name: name, mech: mech, user: actsAs(name, c), authzid: c.Authzid, settings: a.Of(name)}
}

// actsAs is who the session is for after a success: the identity acted as, and nobody in particular after ANONYMOUS.
func actsAs(mechanism string, c sasl.Credentials) string {
	if info, _ := sasl.Lookup(mechanism); info.Needs == sasl.NeedsNothing {
		return "anonymous"
	}
	return cmp.Or(c.Authzid, c.Username)
}

// mechanism makes the client's side of an exchange with this server.
func (s *Session) mechanism(name string, c sasl.Credentials, a record.AuthSettings) (sasl.Mechanism, error) {
	c.Host, c.Port = cmp.Or(c.Host, s.reference()), s.cfg.Target.Port
	return sasl.New(name, c, s.binding(), s.offeredMechanisms(), a.Options()...)
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

// goesOut is what of a secret is in a line of the client, "typed" where nobody knows.
func (s *Session) goesOut(o outgoing) string {
	switch {
	case s.step == record.VerbCancel:
		return "*"
	case o.send.Gives == "" && len(o.masked) > 0:
		return o.masked[0]
	}
	return o.send.Gives
}

// round sends one line of the exchange, reads the reply and prepares the next response.
func (s *Session) round(ctx context.Context, o outgoing, r sasl.Response) error {
	if err := s.send(ctx, o); err != nil {
		return err
	}
	s.recordAuth(record.Auth{From: "C", Values: r.Values, Hides: s.goesOut(o)})
	release := s.bound(ctx)
	event, err := s.read(ctx, false)
	release()
	if err == nil && event.Reply.Code == 334 && s.step != record.VerbCancel {
		s.unfold(event.Reply)
		s.challenged(event)
		if !s.proofTaken() {
			return nil
		}
		release := s.bound(ctx)
		event, err = s.read(ctx, false)
		release()
	}
	if err == nil && event.Reply.Code == 235 {
		s.takeProof(event.Reply)
	}
	s.observe(event)
	if err == nil {
		s.authOver(event.Reply)
	}
	return stopped(ctx, s.step, err)
}

// unfold joins a challenge that was broken over two lines after 76 characters, as base64 in a mail is (RFC 2045 §6.8): the
// second line has no reply code. A challenge has one line (RFC 4954 §4); this leniency is for servers that people met.
func (s *Session) unfold(r *record.Reply) {
	if len(r.Lines) != 1 || !sasl.Folded(challengeText(&r.Reply)) || !s.speaksOn() {
		return
	}
	rest, _, whole := bytes.Cut(s.reader.Buffered(), []byte("\n"))
	if code := string(rest[:min(len(rest), 4)]); !whole || len(code) == 4 && (code[3] == ' ' || code[3] == '-') {
		return
	}
	s.reader.Skip(len(rest) + 1)
	l := &r.Lines[0]
	raw := append(bytes.TrimRight(l.Raw, "\r\n"), bytes.Trim(rest, " \t\r")...) // a line that goes on may be indented
	l.Raw = append(raw, "\r\n"...)
	l.Text = string(l.Raw[min(len(l.Raw), 4) : len(l.Raw)-2])
	r.Raw = l.Raw
	if hides, _ := s.hideEcho(&r.Reply, nil); hides != "" {
		r.Masked = hides
	}
	s.auth.lenient = append(s.auth.lenient, sasl.Finding{Code: string(record.FoundAuthChallengeFolded)})
}

// foldPatience is how long the rest of a challenge is waited for that looks as if it had one.
const foldPatience = 500 * time.Millisecond

// speaksOn is [Session.spoke] with a little patience.
func (s *Session) speaksOn() bool {
	if !s.spoke() {
		s.link.SetDeadline(time.Now().Add(foldPatience))
		s.reader.Fill()
		s.link.SetDeadline(time.Time{})
	}
	return len(s.reader.Buffered()) > 0
}

// proofTaken reports whether the success is there already, one step early: the server does not wait for the empty line that
// answers its proof (RFC 2831 §2.1.3, where SMTP needs it since a 235 cannot carry data).
func (s *Session) proofTaken() bool {
	x := s.auth
	if x.mech == nil || x.pending == nil || len(x.pending.Data) > 0 || !s.spoke() || !bytes.HasPrefix(s.reader.Buffered(), []byte("235")) {
		return false
	}
	s.auth.lenient = append(s.auth.lenient, sasl.Finding{Code: string(record.FoundAuthSuccessOneStepEarly)})
	return true
}

// takeProof reads the server's proof out of the text of its 235, where some servers put it.
func (s *Session) takeProof(r *record.Reply) {
	x := s.auth
	proof, ok := sasl.ProofInSuccess(x.name, r.Text())
	if !ok || x.mech == nil {
		return
	}
	if challenge, _, err := x.mech.Next(proof); err == nil {
		x.lenient = append(x.lenient, sasl.Finding{Code: string(record.FoundAuthSuccessOneStepEarly)})
		if challenge.Hides != "" && !s.bare() {
			r.Masked = challenge.Hides
			veil.Blank(&r.Reply)
		}
	}
}

// challenged opens a 334 and prepares the answer.
func (s *Session) challenged(event record.Event) {
	x := s.auth
	x.round++
	reply := &event.Reply.Reply
	data, err := sasl.DecodeChallenge(challengeText(reply))
	x.asksName = sasl.AsksUsername(x.name, data)
	x.proved = x.proved || sasl.HoldsProof(x.name, data)
	switch {
	case len(reply.Lines) > 1:
		s.unanswerable(event, sasl.Challenge{}, sasl.ManyLines(len(reply.Lines)))
	case err != nil:
		s.unanswerable(event, sasl.Challenge{}, err)
	case x.mech == nil: // a person types
		challenge, _ := sasl.OpenChallenge(x.name, []byte(challengeText(reply)))
		s.recordChallenge(event, challenge, record.Auth{})
	default:
		s.answer(event, data)
	}
}

// answer lets the mechanism prepare its response.
func (s *Session) answer(event record.Event, data []byte) {
	challenge, response, err := s.auth.mech.Next(data)
	if err != nil {
		s.unanswerable(event, challenge, err)
		return
	}
	s.auth.pending = &response
	s.recordChallenge(event, challenge, record.Auth{Next: s.pendingLine(response)})
}

// unanswerable leaves the exchange open for a cancel: no answer is better than a wrong one.
func (s *Session) unanswerable(event record.Event, c sasl.Challenge, err error) {
	c.Findings = append(c.Findings, whyNot(err))
	s.recordChallenge(event, c, record.Auth{Outcome: record.AuthUnanswerable})
}

// recordChallenge appends a 334 and what is in it.
func (s *Session) recordChallenge(event record.Event, c sasl.Challenge, a record.Auth) {
	if c.Hides != "" && !s.bare() {
		maskChallenge(event.Reply, c.Hides)
	}
	s.observe(event)
	a.From, a.Values, a.Hides, a.Findings = "S", c.Values, c.Hides, c.Findings
	s.recordAuth(a)
}

// challengeText is what stands after the code. A challenge has one line (RFC 4954 §4).
func challengeText(r *wire.Reply) string {
	var parts []string
	for _, l := range r.Lines {
		text := strings.TrimRight(string(l.Raw), "\r\n")
		parts = append(parts, strings.TrimPrefix(text[min(len(text), 3):], " "))
	}
	return strings.Join(parts, "\n")
}

func (s *Session) pendingLine(r sasl.Response) *record.Pending {
	if r.Hides != "" && !s.bare() {
		return &record.Pending{Line: sasl.Mask, Hides: r.Hides}
	}
	return &record.Pending{Line: sasl.EncodeResponse(r.Data, false), Hides: r.Hides}
}

// respond answers a challenge: with what the mechanism prepared, or with what a person typed.
func (s *Session) respond(ctx context.Context, st record.Step) error {
	if s.auth == nil {
		e := unsendable(st.Verb, "There is no challenge to answer.", "send AUTH first")
		e.Exit = record.ExitProtocol
		return e
	}
	if s.auth.pending == nil && st.Line == "" && !st.Edited { // an empty line would be an answer that nobody made
		e := unsendable(st.Verb, "No answer to this challenge is prepared.", "type it, or cancel the exchange with *")
		e.Exit = record.ExitNoAuth
		return e
	}
	if st.Line != "" || st.Edited || s.auth.pending == nil {
		return s.respondByHand(ctx, st)
	}
	r := *s.auth.pending
	s.auth.pending = nil
	o := s.maskedLine(sasl.EncodeResponse(r.Data, false), sasl.Mask, r.Hides, false)
	o.send.Gives = r.Hides
	s.auth.lines++
	return s.round(ctx, o, r)
}

// cancelAuth gives the exchange up.
func (s *Session) cancelAuth(ctx context.Context, _ record.Step) error {
	s.step = record.VerbCancel
	if s.auth == nil {
		s.auth = &exchange{name: cmp.Or(s.snap.State.Mechanism, "AUTH")}
	}
	return s.round(ctx, plainLine("*", false), sasl.Response{})
}

// authOver records how an exchange ended. A 235 from a server that had to prove itself and did not is a failure.
func (s *Session) authOver(reply *record.Reply) {
	end := record.Auth{From: "S", Outcome: record.AuthFailed}
	switch {
	case reply.Code == 235 && s.step != record.VerbCancel:
		end.Outcome, end.User = record.AuthSucceeded, s.auth.user
		findings, err := s.auth.done()
		if end.Findings = findings; err != nil {
			end.Outcome, end.User, end.Findings = record.AuthUnproved, "", append(findings, whyNot(err))
		}
	case s.step == record.VerbCancel:
		end.Outcome = record.AuthCanceled
	}
	s.recordAuth(end)
	s.auth = nil
}

// done says whether a success may be believed: by the mechanism, or, where a person gave the responses, by what came.
func (x *exchange) done() ([]sasl.Finding, error) {
	if x.mech != nil {
		return x.mech.Done()
	}
	return sasl.DoneByHand(x.name, x.lines, x.proved)
}

// recordAuth appends one half of a round, or the end of the exchange.
func (s *Session) recordAuth(a record.Auth) {
	x := s.auth
	if a.From == "S" {
		a.Findings, x.lenient = append(x.lenient, a.Findings...), nil
	}
	a.Practice = s.practices() && !s.snap.Revealed && slices.ContainsFunc(a.Values, func(v sasl.Value) bool { return v.Hides != "" })
	a.Mechanism, a.Round, a.Values = x.name, x.round, s.withoutSecrets(a.Values)
	if a.From == "C" && x.round == 0 {
		a.ActsAs = x.authzid
		if x.settings != (record.AuthSettings{}) {
			settings := x.settings
			a.Settings = &settings
		}
	}
	s.observe(record.Event{Kind: record.KindAuth, Auth: &a})
}

// withoutSecrets takes out what must not reach the log, unless a person asked for it.
func (s *Session) withoutSecrets(values []sasl.Value) []sasl.Value {
	clean := make([]sasl.Value, len(values))
	for i, v := range values {
		switch clean[i] = v; {
		case s.bare():
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
