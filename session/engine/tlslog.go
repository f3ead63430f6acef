package engine

import (
	"math"
	"slices"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// drainTLS appends the TLS messages that came since the last time, such as session tickets and alerts, and returns them.
// One that is under way does not keep others waiting: it may be a ticket that the server had begun in its first flight.
// What crossed after a reply that nobody has read yet is held back until then.
func (s *Session) drainTLS() []tlswire.Message {
	if s.reader == nil || !s.snap.State.Connected() {
		return s.drainUpTo(math.MaxInt64)
	}
	return s.drainUpTo(s.reader.Consumed())
}

// drainUpTo appends what crossed before the server had said more than so many bytes inside TLS.
func (s *Session) drainUpTo(heard int64) []tlswire.Message {
	var list []tlswire.Message
	if s.tap.decoder != nil {
		list = s.tap.decoder.Take()
	}
	if len(s.held) > 0 {
		list = append(s.held, list...)
	}
	at := 0
	for at < len(list) && (list[at].Dir != tlswire.ServerToClient || list[at].After <= heard) {
		at++
	}
	s.held = slices.Clone(list[at:])
	s.appendTLS(list[:at])
	return list[:at]
}

// appendTLS appends messages, from which nothing follows.
func (s *Session) appendTLS(messages []tlswire.Message) {
	if len(messages) == 0 {
		return
	}
	events := make([]record.Event, len(messages))
	for i := range messages {
		m := &messages[i]
		if m.Kind == tlswire.KindUnknown && m.Dir == tlswire.ServerToClient && !m.Encrypted {
			m.Raw = s.hideEchoes(m.Raw)
		}
		if s.sentSecret && m.Dir == tlswire.ClientToServer {
			withholdPlace(m)
		}
		events[i] = record.Event{T: m.At.Sub(s.began), Kind: record.KindTLSMessage, TLSMessage: m}
		s.took(&events[i])
		s.snap.Take(&events[i])
	}
	s.log.KeepAll(events)
}

// withholdPlace takes out where a message stands among the bytes of the client: that adds up the lengths of all records
// before it, also of those that carried a secret.
func withholdPlace(m *tlswire.Message) {
	for i := range m.Records {
		m.Records[i].Offset = -1
	}
}
