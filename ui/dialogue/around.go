package dialogue

import (
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// lookChanges draws how the second EHLO differs from the first: what came, what went, what is another.
func lookChanges(c *wire.Changes) Look {
	text := paint.Dim.Line(words.InsideTLS)
	for _, k := range c.Added {
		text = text.And(paint.Good, "+ ").And(paint.Plain, string(k.Raw)+"  ")
	}
	for _, k := range c.Removed {
		text = text.And(paint.Warn, "− ").And(paint.Plain, string(k.Raw)+"  ")
	}
	for _, k := range c.Changed {
		text = text.And(paint.Accent, "~ ").And(paint.Plain, string(k.After.Raw)+"  ")
	}
	return Look{Mark: looks[words.Changed].span(), Text: text}
}

// lookRound draws half a round of AUTH, opened, in one row.
func lookRound(a *record.Auth, l words.Line) Look {
	text := paint.Dim.Line(l.Topic + ": ")
	for _, v := range words.Values(a) {
		if v.Name != "separator" { // the fields view has it
			text = text.And(paint.Dim, v.Name+" ").And(paint.Plain, v.Value).And(paint.Dim, "  ")
		}
	}
	return Look{Mark: signOf(l).span(), Text: text}
}
