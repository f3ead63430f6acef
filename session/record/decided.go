package record

import (
	"encoding/json"

	"ehlo/session/tlswire"
)

// Decided is what a handshake decided. It is worked out of the messages when someone asks: nobody should wait for it
// while the handshake goes on.
type Decided struct {
	messages []tlswire.Message
	Stored   *tlswire.Summary // as a transcript has it
}

// DecidedBy is what these messages decided, nil if there are none.
func DecidedBy(messages []tlswire.Message) *Decided {
	if len(messages) == 0 {
		return nil
	}
	return &Decided{messages: messages}
}

// Summary is the decisions as data.
func (d *Decided) Summary() tlswire.Summary {
	if d.Stored != nil {
		return *d.Stored
	}
	return tlswire.Describe(d.messages)
}

// SecureRenegotiation says of a handshake before TLS 1.3 whether the server supports secure renegotiation, and whether the handshake is complete.
func (d *Decided) SecureRenegotiation() (secure, complete bool) {
	if d.Stored != nil {
		return d.Stored.SecureRenegotiation, d.Stored.Complete
	}
	return tlswire.SecureRenegotiation(d.messages)
}

// JSONForm is the [tlswire.Summary].
func (d *Decided) JSONForm() any { return d.Summary() }

// MarshalJSON writes the form.
func (d *Decided) MarshalJSON() ([]byte, error) { return json.Marshal(d.JSONForm()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *Decided) UnmarshalJSON(data []byte) error {
	*d = Decided{Stored: new(tlswire.Summary)}
	return json.Unmarshal(data, d.Stored)
}
