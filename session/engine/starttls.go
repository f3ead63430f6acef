package engine

import (
	"context"
	"fmt"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// starttls asks for TLS. What stands behind the 220 in clear text would later pass for something said inside TLS, so
// the step fails closed when there is anything (RFC 3207 §4.2 and §6).
func (s *Session) starttls(ctx context.Context, st record.Step) error {
	if _, err := s.checkLine(st); err != nil {
		return err
	}
	o := s.typedLine(st)
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	if reply.Code == 220 {
		if extra := s.reader.Buffered(); len(extra) > 0 {
			return s.injected(extra)
		}
	}
	if err := s.judge(record.VerbSTARTTLS, o.line(), reply); err != nil {
		s.find("starttls-refused", "")
		return err
	}
	return nil
}

func (s *Session) injected(extra []byte) error {
	raw := wire.Raw(extra[:min(len(extra), sendKept)])
	s.append(record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: raw}, Unasked: true, Error: "behind the 220 of STARTTLS"},
		Explain: explainFinding("starttls-injection")})
	s.state.Stage = record.StageBroken
	s.Close()
	return s.fail(&record.Error{Finding: "starttls-injection", Exit: record.ExitProtocol, Err: record.ErrInjected,
		Text: fmt.Sprintf("%d bytes in clear text came behind the 220 of STARTTLS: %s", len(extra), wire.Visible(extra[:min(len(extra), 80)])),
		Hint: "do not trust this path: somebody on it, or a faulty server, put them there"})
}

func explainFinding(code string) *explain.Explanation {
	e, _ := explain.Finding(code)
	return &explain.Explanation{Short: e.Short, Text: e.Text, Remedy: e.Remedy, Refs: e.Refs}
}

// forget drops what was learned before TLS (RFC 3207 §4.2).
func (s *Session) forget() {
	f := &record.Forgot{Greeting: s.state.Peer}
	for _, k := range keywords(s.snap.Capabilities) {
		f.Capabilities = append(f.Capabilities, wire.VisibleString(k))
	}
	s.append(record.Event{Kind: record.KindForgot, Forgot: f, Explain: &explain.Explanation{
		Short: "forget all that was said before",
		Text:  "Anyone on the path could have written what came before TLS: the greeting's name, the list of capabilities. Both sides forget it, and the client asks again.",
		Refs:  []explain.Ref{{Doc: "RFC 3207", Section: "4.2"}}}})
	s.state.Peer, s.state.ESMTP = "", false
	s.state.Auth, s.state.Mechanism, s.state.User = record.AuthNone, "", ""
	s.state = walk.ClearTransaction(s.state)
}
