package ui

import (
	"ehlo/session/wire"
	"ehlo/ui/bench"
	"ehlo/ui/paint"
)

// challengeLines show a challenge as it came, opened, and in parts.
func challengeLines(c *bench.Challenge, width int) []paint.Line {
	row := func(label string, text []paint.Line) []paint.Line {
		return paint.Hang(paint.Dim.Line("  "+label).Pad(fieldLabel), text)
	}
	if c.Raw == "" {
		return row("challenge", []paint.Line{paint.Dim.Line("empty: the server waits for the client's first message")})
	}
	out := row("challenge", limit(paint.Chop(paint.Plain, c.Raw, width-fieldLabel), 2))
	if data := c.Bytes(); data != nil {
		out = append(out, row("opened", limit(paint.Chop(paint.Plain, wire.VisibleString(string(data)), width-fieldLabel), 2))...)
	}
	for _, v := range c.Parts() {
		part := paint.Dim.Line("  " + v.Name).Pad(max(fieldLabel, len(v.Name)+4)).Then(paint.Plain.Line(wire.VisibleString(v.Display(false))))
		if remarked := part.And(paint.Dim, "  "+v.How); v.How != "" && remarked.Width() <= width {
			part = remarked
		}
		out = append(out, part.Cut(width))
	}
	return out
}
