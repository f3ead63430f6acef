package session

import (
	"strconv"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
)

// drainTLS appends the TLS messages that came since the last time, such as session tickets and alerts, and returns them.
func (s *Session) drainTLS() []tlswire.Message {
	taken := s.drainMessages()
	s.appendTLS(s.held)
	s.held = nil
	return taken
}

// drainMessages holds alerts back: they come behind the reply that was read in the same go.
func (s *Session) drainMessages() []tlswire.Message {
	if s.tap.decoder == nil {
		return nil
	}
	taken := s.tap.decoder.Take()
	for i := range taken {
		if taken[i].Kind == tlswire.KindAlert {
			s.held = append(s.held, taken[i])
			continue
		}
		s.appendTLS(taken[i : i+1])
	}
	return taken
}

func (s *Session) appendTLS(messages []tlswire.Message) {
	for i := range messages {
		m := &messages[i]
		if s.sentSecret && m.Dir == tlswire.ClientToServer {
			withholdPlace(m)
		}
		s.append(Event{T: m.At.Sub(s.began), Kind: KindTLSMessage, TLSMessage: m, Explain: explainMessage(m)})
	}
}

// withholdPlace takes out where a message stands among the bytes of the client: that adds up the lengths of all records
// before it, also of those that carried a secret.
func withholdPlace(m *tlswire.Message) {
	for i := range m.Records {
		m.Records[i].Offset = -1
	}
}

// explainMessage says what a message is, whether or not it is known.
func explainMessage(m *tlswire.Message) *explain.Explanation {
	x := explain.MessageExplanation(m.Name)
	if _, description, alert := m.Alert(); alert {
		x = explain.AlertExplanation(strconv.Itoa(int(description)))
	}
	if x == nil {
		x = &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9846", Section: "4"}}}
	}
	return x
}
