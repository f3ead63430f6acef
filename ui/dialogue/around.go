package dialogue

import (
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// lookChanges draws how the second EHLO differs from the first: what came, what went, what is another.
func lookChanges(c *wire.Changes) Look {
	return Look{Mark: looks[words.Changed].span(), Text: paint.Dim.Line(words.InsideTLS).Then(differences(c))}
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

// lookRound draws half a round of AUTH, opened, in one row.
func lookRound(a *record.Auth, l words.Line) Look {
	text, gap := paint.Dim.Line(l.Topic+":"), " "
	for _, v := range words.Values(a) {
		if v.Name != "separator" { // the fields view has it
			text, gap = text.And(paint.Dim, gap+v.Name+" ").And(paint.Plain, v.Value), "  "
		}
	}
	return Look{Mark: signOf(l).span(), Text: text}
}
