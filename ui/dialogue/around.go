package dialogue

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

func lookStart(s *record.Start) Look {
	if s.Title != "" {
		return labelled("practise", paint.Strong.Line(s.Title))
	}
	return labelled("session", paint.Strong.Line(s.Target.String()).And(paint.Dim, " · "+s.Target.Role()))
}

func lookResolve(r *record.Resolve) Look {
	switch {
	case r.Error != "":
		look := labelled("look-up", paint.Bad.Line(r.Error))
		look.Mark = paint.Of(paint.Bad, markBad)
		return look
	case r.Literal:
		return labelled("look-up", paint.Text(r.Host).And(paint.Dim, " is an address already"))
	}
	return labelled("look-up", paint.Text(r.Host).And(paint.Dim, " → ").And(paint.Plain, strings.Join(r.Addresses, ", ")))
}

func lookConnect(c *record.Connect) Look {
	if c.Error != "" {
		look := labelled("tcp", paint.Text(c.Remote+" ").And(paint.Bad, c.Error))
		look.Mark = paint.Of(paint.Bad, markBad)
		return look
	}
	return labelled("tcp", paint.Text(c.Local).And(paint.Dim, " → ").And(paint.Plain, c.Remote))
}

func lookForgot(f *record.Forgot) Look {
	what := Number(len(f.Capabilities), "capability")
	if len(f.Capabilities) != 1 {
		what = Count(len(f.Capabilities)) + " capabilities"
	}
	if f.Greeting != "" {
		what = "the greeting and " + what
	}
	return labelled("forgotten", paint.Text(what))
}

// lookChanges draws how the second EHLO differs from the first.
func lookChanges(c *wire.Changes) Look {
	text := paint.Dim.Line("inside TLS: ")
	for _, k := range c.Added {
		text = text.And(paint.Good, "+ ").And(paint.Plain, string(k.Raw)+"  ")
	}
	for _, k := range c.Removed {
		text = text.And(paint.Warn, "− ").And(paint.Plain, string(k.Raw)+"  ")
	}
	for _, k := range c.Changed {
		text = text.And(paint.Accent, "~ ").And(paint.Plain, string(k.After.Raw)+"  ")
	}
	return Look{Mark: paint.Of(paint.Accent, markDiff), Text: text}
}

// lookAuth draws a round of AUTH, opened.
func lookAuth(a *record.Auth) Look {
	switch a.Outcome {
	case "success":
		return mark(paint.Good, markGood, a.Mechanism+" accepted")
	case "failure":
		return mark(paint.Bad, markBad, a.Mechanism+" refused")
	case "unproved": // the server accepted it, and is not believed
		return mark(paint.Bad, markBad, a.Mechanism+" not believed")
	case "cancelled":
		return mark(paint.Warn, markBad, a.Mechanism+" given up")
	}
	text := paint.Dim.Line(a.Mechanism + ": ")
	for _, v := range verdictFirst(a.Values) {
		if v.Name == "separator" {
			continue // the fields view has it
		}
		text = text.And(paint.Dim, v.Name+" ").And(paint.Plain, orEmpty(v.Display(false))).And(paint.Dim, "  ")
	}
	return Look{Mark: paint.Of(paint.Dim, markAuth), Text: text}
}

// verdictFirst puts what a comparison has come to in front: a row is cut where it ends.
func verdictFirst(values []sasl.Value) []sasl.Value {
	i := slices.IndexFunc(values, func(v sasl.Value) bool { return v.Name == "verdict" })
	if i <= 0 {
		return values
	}
	return slices.Concat(values[i:i+1], values[:i], values[i+1:])
}

func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// Severity is the mark and the ink of a finding.
func Severity(severity string) (mark string, ink paint.Ink) {
	switch severity {
	case "danger":
		return "‼", paint.Bad
	case "warn":
		return "!", paint.Warn
	}
	return "i", paint.Accent
}

func lookFinding(f *record.Finding) Look {
	m, ink := Severity(f.Severity)
	return Look{Mark: paint.Of(ink, m), Text: paint.Text(f.Text)}
}

func lookEnd(e *record.End) Look {
	if e.Exit == record.ExitOK && e.Unverified {
		return mark(paint.Warn, markEnd, "the end: "+EndMeaning(e))
	}
	if e.Exit == record.ExitOK {
		return mark(paint.Good, markEnd, "the end: "+Meaning(e.Exit))
	}
	text := paint.Bad.Line("the end: ").And(paint.Plain, Meaning(e.Exit))
	if e.Error != "" {
		text = paint.Bad.Line("the end: ").And(paint.Plain, e.Error)
	}
	return Look{Mark: paint.Of(paint.Bad, markEnd), Text: text}
}

// EndMeaning is what a session came to, with a word on a server that proved nothing.
func EndMeaning(e *record.End) string {
	if e.Unverified {
		return Meaning(e.Exit) + ", unverified: the certificate did not hold"
	}
	return Meaning(e.Exit)
}

// Meaning is what an exit says, in words.
func Meaning(x record.Exit) string {
	for _, e := range record.Exits {
		if e.Code == x {
			return e.Meaning
		}
	}
	return "an exit that is not known here"
}
