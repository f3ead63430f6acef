package bench

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Challenge is the 334 that waits for an answer.
type Challenge struct {
	Raw    string       // the base64 as it came, or its mask
	Values []sasl.Value // its parts, as the mechanism opened it
	at     int          // the position of its reply in the log
	hides  string       // what the mask hides
}

// challenge finds the one that waits at the place.
func (p Place) challenge() *Challenge {
	c := &Challenge{}
	for i := p.Len - 1; i >= 0; i-- {
		e := p.Events.At(i)
		if e.Kind == record.KindAuth && e.Auth.From == "S" && c.Values == nil {
			c.Values = e.Auth.Values
		}
		if e.Kind == record.KindReply {
			c.Raw, c.hides = strings.TrimPrefix(strings.TrimRight(string(e.Reply.Raw), "\r\n"), "334"), e.Reply.Masked
			c.Raw, c.at = strings.TrimPrefix(c.Raw, " "), i
			break
		}
	}
	return c
}

// exchange is the position of the AUTH command of the exchange at the place, 0 if there is none.
func (p Place) exchange() int {
	if !p.Asked() {
		return 0
	}
	i := p.Len - 1
	for i > 0 && (p.Events.At(i).Kind != record.KindSend || p.Events.At(i).Step != record.VerbAuth) {
		i--
	}
	return i
}

// Bytes is the challenge out of its base64; nil where it is masked or is none.
func (c *Challenge) Bytes() []byte {
	if c == nil || c.hides != "" {
		return nil
	}
	data, _ := sasl.DecodeBase64(c.Raw)
	return data
}

// content is the challenge out of its base64, its mask where it is masked, and nil where there is none.
func (c *Challenge) content() []byte {
	if c != nil && c.hides != "" {
		return []byte(sasl.Mask)
	}
	return c.Bytes()
}

// same reports whether two challenges are one; nil is the initial response.
func (c *Challenge) same(d *Challenge) bool {
	if c == nil || d == nil {
		return c == d
	}
	return c.at == d.at
}

// Parts are the values of the challenge, without one that says all of it once more.
func (c *Challenge) Parts() []sasl.Value {
	var out []sasl.Value
	for _, v := range c.Values {
		if v.Text != string(c.Bytes()) {
			out = append(out, v)
		}
	}
	return out
}
