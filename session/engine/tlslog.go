package engine

import (
	"ehlo/session/record"
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
		if m.Kind == tlswire.KindUnknown && m.Dir == tlswire.ServerToClient && !m.Encrypted {
			m.Raw = s.hideEchoes(m.Raw)
		}
		if s.sentSecret && m.Dir == tlswire.ClientToServer {
			withholdPlace(m)
		}
		s.observe(record.Event{T: m.At.Sub(s.began), Kind: record.KindTLSMessage, TLSMessage: m})
	}
}

// withholdPlace takes out where a message stands among the bytes of the client: that adds up the lengths of all records
// before it, also of those that carried a secret.
func withholdPlace(m *tlswire.Message) {
	for i := range m.Records {
		m.Records[i].Offset = -1
	}
}
