package ports

import (
	"fmt"
	"math"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
)

// doing is what a port does, in words.
var doing = lazy.Table[survey.State, string]{
	{survey.StateUnknown, "no result"},
	{survey.StateRefused, "refused, nothing listens"},
	{survey.StateFiltered, "filtered, no answer"},
	{survey.StateUnreachable, "unreachable from here"},
	{survey.StateSilent, "a connection, and then nothing"},
	{survey.StateClosed, "a connection, and then its end"},
	{survey.StateRejects, "the greeting is a refusal"},
	{survey.StateCleartext, "cleartext without STARTTLS"},
	{survey.StateSTARTTLS, "STARTTLS"},
	{survey.StateTLS, "TLS from the first byte"},
}

// Spoken is a row in one sentence, for who hears it: it needs no other row, and no heading.
func Spoken(s *survey.Survey, r Row) string {
	switch {
	case r.Cell != nil:
		return spokenCell(*r.Cell)
	case r.Point != nil:
		return spokenPoint(*r.Point)
	}
	return r.text(s)
}

func spokenCell(c survey.Cell) string {
	what := doing.Of(c.State)
	if c.State == survey.StateForeign {
		what = "another protocol, " + c.Protocol
	}
	where := fmt.Sprintf("port %d at %s", c.Port, c.Address)
	if name := role(c); name != "-" {
		where += ", " + name
	}
	return where + ": " + words.List("; ", what, words.Labelled("TLS ", versions(c)), words.Labelled("AUTH ", auth(c)), words.Labelled("certificate ", certificate(c)),
		words.Labelled("size limit ", size(c)), words.Labelled("connected in ", trip(c)), words.Labelled("greeted after ", greet(c)), outcome(c))
}

func spokenPoint(p survey.Point) string {
	return fmt.Sprintf("%s: %s, %s: %s", services.Of(p.Service), p.Result, asks.Of(p.Level), p.Wanted)
}

// asks are the words for how much a standard asks for something.
var asks = lazy.Table[survey.Level, string]{{survey.Must, "required"}, {survey.Should, "recommended"}, {survey.May, "optional"}}

// Told is all about a row, a sentence or a list on each line.
func Told(s *survey.Survey, r Row) (lines []string) {
	for _, l := range About(s, r, math.MaxInt16) {
		lines = append(lines, strings.TrimSpace(l.String()))
	}
	return lines
}
