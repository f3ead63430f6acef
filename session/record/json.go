package record

import (
	"encoding/json"
	"time"

	"ehlo/session/wire"
)

// The parts of package wire have JSON methods of their own, which embedding would promote and which know nothing of
// the fields beside them. The methods here write and read both parts as one flat object.

// replyRest is Reply without the part that package wire reads.
type replyRest struct {
	Wait      time.Duration `json:"wait"`
	Took      time.Duration `json:"took"`
	Place     int           `json:"place,omitempty"`
	Unasked   bool          `json:"unasked,omitempty"`
	Masked    string        `json:"masked,omitempty"`
	Trouble   Trouble       `json:"trouble,omitempty"`
	Error     string        `json:"error,omitempty"`
	Diagnosis *Diagnosis    `json:"diagnosis,omitempty"`
	TLS       bool          `json:"tls,omitempty"`
	Cipher    *Cipher       `json:"cipher,omitempty"`
}

// UnmarshalJSON reads what encoding/json wrote.
func (r *Reply) UnmarshalJSON(data []byte) error {
	if err := r.Reply.UnmarshalJSON(data); err != nil {
		return err
	}
	var rest replyRest
	if err := json.Unmarshal(data, &rest); err != nil {
		return err
	}
	*r = Reply{r.Reply, rest.Wait, rest.Took, rest.Place, rest.Unasked, rest.Masked, rest.Trouble, rest.Error, rest.Diagnosis, rest.TLS, rest.Cipher}
	return nil
}

// flatCapabilities is Capabilities as one object.
type flatCapabilities struct {
	Domain   string            `json:"domain,omitempty"`
	Greeting string            `json:"greeting,omitempty"`
	Keywords []wire.Capability `json:"keywords,omitempty"`
	TLS      bool              `json:"tls,omitempty"`
	Changes  *wire.Changes     `json:"changes,omitempty"`
}

// JSONForm makes the server's own words visible; the reply has their bytes.
func (c Capabilities) JSONForm() any {
	return flatCapabilities{wire.VisibleString(c.Domain), wire.VisibleString(c.Greeting), c.Keywords, c.TLS, c.Changes}
}

// MarshalJSON writes the form.
func (c Capabilities) MarshalJSON() ([]byte, error) { return json.Marshal(c.JSONForm()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Capabilities) UnmarshalJSON(data []byte) error {
	var flat flatCapabilities
	if err := json.Unmarshal(data, &flat); err != nil {
		return err
	}
	c.Domain, c.Greeting, c.Keywords, c.TLS, c.Changes = flat.Domain, flat.Greeting, flat.Keywords, flat.TLS, flat.Changes
	return nil
}
