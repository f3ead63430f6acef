package engine

import (
	"crypto/tls"
	"strconv"

	"ehlo/session/explain"
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
		if s.sentSecret && m.Dir == tlswire.ClientToServer {
			withholdPlace(m)
		}
		s.append(record.Event{T: m.At.Sub(s.began), Kind: record.KindTLSMessage, TLSMessage: m, Explain: explainMessage(m, s.retried())})
	}
}

// retried reports whether the message before was a HelloRetryRequest, a dummy aside.
func (s *Session) retried() bool {
	for i := s.log.Len() - 1; i >= 0; i-- {
		m := s.log.At(i).TLSMessage
		if m == nil || m.Kind != tlswire.KindChangeCipherSpec {
			return m != nil && m.Name == "HelloRetryRequest"
		}
	}
	return false
}

// withholdPlace takes out where a message stands among the bytes of the client: that adds up the lengths of all records
// before it, also of those that carried a secret.
func withholdPlace(m *tlswire.Message) {
	for i := range m.Records {
		m.Records[i].Offset = -1
	}
}

// explainMessage says what a message is, whether or not it is known.
func explainMessage(m *tlswire.Message, retried bool) *explain.Explanation {
	x := explain.MessageExplanation(entryFor(m, retried))
	if _, description, alert := m.Alert(); alert {
		x = explain.AlertExplanation(strconv.Itoa(int(description)))
	}
	if x == nil {
		x = &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9846", Section: "4"}}}
	}
	return x
}

// entryFor is the name of the entry about a message: where its place or what it holds makes another thing of it, a more
// exact one than its own name.
func entryFor(m *tlswire.Message, retried bool) string {
	switch {
	case m.Name == "ClientHello" && retried:
		return "second ClientHello"
	case m.Name == "Certificate" && m.Dir == tlswire.ClientToServer && !m.Partial && len(m.Certificates()) == 0:
		return "empty Certificate"
	case m.Kind != tlswire.KindChangeCipherSpec || m.Version == 0:
		return m.Name
	case m.Version == tls.VersionTLS13:
		return "ChangeCipherSpec in TLS 1.3"
	}
	return "ChangeCipherSpec in TLS 1.2"
}
