package dialogue

import (
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// lookChanges draws how the second EHLO differs from the first: what came, what went, what is another.
func lookChanges(c *wire.Changes) Look {
	return Look{Mark: looks.Of(words.Changed).span(), Text: paint.Dim.Line(words.InsideTLS).Then(differences(c))}
}

// differences draws what is the same, what came, what went, and what is another.
func differences(c *wire.Changes) paint.Line {
	var out paint.Line
	if n := len(c.Same); n > 0 {
		out = paint.Dim.Line(words.AsBefore(c))
	}
	part := func(ink paint.Ink, sign string, raw []byte) {
		if len(out) > 0 {
			out = out.And(paint.Dim, ", ")
		}
		out = out.And(ink, sign).And(paint.Strong, " "+string(raw))
	}
	for _, k := range c.Added {
		part(paint.Good, "+", k.Raw)
	}
	for _, k := range c.Removed {
		part(paint.Dim, "−", k.Raw)
	}
	for _, k := range c.Changed {
		part(paint.Accent, "~", k.After.Raw)
	}
	return out
}

// lookRound draws half a round of AUTH, opened, in one row: the explanation and the fields view have long values whole.
func lookRound(a *record.Auth, l words.Line) Look {
	parts := words.Holds(a)
	if len(parts) == 0 {
		parts = words.Values(a)
	}
	text, gap := paint.Dim.Line(l.Topic+":"), " "
	for _, v := range parts {
		value := paint.Text(v.Value)
		if value.Width() > longValue && v.Name != "verdict" {
			value = value.Cut(longValue / 2)
		}
		text, gap = text.And(paint.Dim, gap+v.Name+" ").Then(value), "  "
	}
	return Look{Mark: signOf(l).span(), Text: text}
}

// longValue is from when on a value of AUTH is cut in its row, in cells: a nonce says nothing to a reader, and hides what comes after it.
const longValue = 24
