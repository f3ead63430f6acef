package ui

import (
	"strings"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// challenge is the 334 that waits for an answer.
type challenge struct {
	at     int          // the position of its reply in the log
	raw    string       // the base64 as it came, or its mask
	hides  string       // what the mask hides
	values []sasl.Value // its parts, as the mechanism opened it
}

// lastChallenge finds the challenge at the position.
func (w *walk) lastChallenge() *challenge {
	c := &challenge{}
	for i := w.pos - 1; i >= 0; i-- {
		e := w.pane.Event(i)
		if e.Kind == session.KindAuth && e.Auth.From == "S" && c.values == nil {
			c.values = e.Auth.Values
		}
		if e.Kind == session.KindReply {
			c.raw, c.hides = strings.TrimPrefix(strings.TrimRight(string(e.Reply.Raw), "\r\n"), "334"), e.Reply.Masked
			c.raw, c.at = strings.TrimPrefix(c.raw, " "), i
			break
		}
	}
	return c
}

// exchange is the position of the AUTH command of the exchange at the position, 0 if there is none.
func (w *walk) exchange() int {
	if w.snap.State.Auth != session.AuthExchange {
		return 0
	}
	i := w.pos - 1
	for i > 0 && (w.pane.Event(i).Kind != session.KindSend || w.pane.Event(i).Step != session.VerbAuth) {
		i--
	}
	return i
}

// bytes is the challenge out of its base64; nil where it is masked or is none.
func (c *challenge) bytes() []byte {
	if c == nil || c.hides != "" {
		return nil
	}
	data, _ := sasl.DecodeBase64(c.raw)
	return data
}

// content is the challenge out of its base64, its mask where it is masked, and nil where there is none.
func (c *challenge) content() []byte {
	if c != nil && c.hides != "" {
		return []byte(sasl.Mask)
	}
	return c.bytes()
}

// same reports whether two challenges are one; nil is the initial response.
func (c *challenge) same(d *challenge) bool {
	if c == nil || d == nil {
		return c == d
	}
	return c.at == d.at
}

// lines shows the challenge as it came, opened, and in parts.
func (c *challenge) lines(width int) []paint.Line {
	row := func(label string, text []paint.Line) []paint.Line {
		return paint.Hang(paint.Dim.Line("  "+label).Pad(fieldLabel), text)
	}
	if c.raw == "" {
		return row("challenge", []paint.Line{paint.Dim.Line("empty: the server waits for the client to begin")})
	}
	out := row("challenge", limit(paint.Chop(paint.Plain, c.raw, width-fieldLabel), 2))
	if data := c.bytes(); data != nil {
		out = append(out, row("opened", limit(paint.Chop(paint.Plain, wire.VisibleString(string(data)), width-fieldLabel), 2))...)
	}
	for _, v := range c.values {
		if v.Text == string(c.bytes()) {
			continue // it has one part, which is shown already
		}
		text := paint.Plain.Line(wire.VisibleString(v.Display(false)))
		if v.How != "" {
			text = text.And(paint.Dim, "  "+v.How)
		}
		out = append(out, paint.Dim.Line("  "+v.Name).Pad(max(fieldLabel, len(v.Name)+4)).Then(text).Cut(width))
	}
	return out
}
