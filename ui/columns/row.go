package columns

import (
	"ehlo/session/lazy"
	"ehlo/ui/paint"
)

// Row is one of a list in which what was found stands: a line with a mark before it, and all that there is to say about it.
type Row struct {
	Group string // the heading that it stands under
	Mark  Mark
	Text  string
	// Says is the same in a sentence that needs neither heading nor columns; empty where Text is that.
	Says  string
	About func(width int) []string
}

// Mark says in one character how a row stands.
type Mark string

// The marks.
const (
	Good Mark = "✓"
	Bad  Mark = "✗"
	Warn Mark = "!"
	Calm Mark = "·"
)

// markInks are their inks.
var markInks = lazy.Table[Mark, paint.Ink]{{Good, paint.Good}, {Bad, paint.Bad}, {Warn, paint.Warn}, {Calm, paint.Dim}}

// Line is the row with its mark.
func (r Row) Line() paint.Line {
	return markInks.Of(r.Mark).Line(string(r.Mark)).And(paint.Plain, " "+r.Text)
}
