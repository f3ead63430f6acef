package engine

import (
	"slices"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// drainTLS appends the TLS messages that came since the last time, such as session tickets and alerts, and returns them.
// One that is under way does not keep others waiting: it may be a ticket that the server had begun in its first flight.
func (s *Session) drainTLS() []tlswire.Message {
	s.appendTLS(s.held)
	s.held = nil
	if s.tap.decoder == nil {
		return nil
	}
	taken := s.tap.decoder.Take()
	s.appendTLS(taken)
	return taken
}

// drainMessages holds back the first alert and what came after it: they belong after the reply that was read in the same go.
func (s *Session) drainMessages() {
	if s.tap.decoder == nil {
		return
	}
	taken := s.tap.decoder.Take()
	alert := slices.IndexFunc(taken, func(m tlswire.Message) bool { return m.Kind == tlswire.KindAlert })
	if len(s.held) > 0 {
		alert = 0
	}
	if alert >= 0 {
		taken, s.held = taken[:alert], append(s.held, taken[alert:]...)
	}
	s.appendTLS(taken)
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
