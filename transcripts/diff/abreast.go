package diff

import (
	"fmt"

	"ehlo/transcripts/words"
)

// Abreast are several sessions in columns, step by step. They may go on: what is here is what they have come to so far.
type Abreast struct {
	Columns []Column
	// Rows have a step of each column, nil where the column has none that belongs there.
	Rows [][]*Step
}

// Column is what one session has come to.
type Column struct {
	Name  string
	Trips int // round trips
	// Readable and Protected are the bytes of SMTP that both sides sent in cleartext and inside TLS; a masked secret counts as its
	// mask.
	Readable, Protected int
	Result              string // how it ended and why; empty while it goes on
}

// SetAbreast puts the steps of sessions that belong together into one row, as [Compare] pairs them.
func SetAbreast(list []Session) *Abreast {
	a := &Abreast{}
	for i, from := range list {
		s := read(from)
		c := Column{Name: s.visible(s.Name), Trips: s.trips(), Readable: s.readable, Protected: s.protected}
		if s.verdict != nil {
			c.Result = s.came()
		}
		a.Columns = append(a.Columns, c)
		a.Rows = merged(a.Rows, s.steps, i, len(list))
	}
	return a
}

// merged are rows of so many columns with the steps of one more.
func merged(rows [][]*Step, steps []*Step, column, columns int) (out [][]*Step) {
	var leads []*Step
	for _, row := range rows {
		leads = append(leads, lead(row))
	}
	for _, p := range align(leads, steps) {
		row := make([]*Step, columns)
		if p.A != nil {
			row, rows = rows[0], rows[1:]
		}
		row[column] = p.B
		out = append(out, row)
	}
	return out
}

// lead is the first step of a row: what others are held against.
func lead(row []*Step) *Step {
	for _, s := range row {
		if s != nil {
			return s
		}
	}
	return nil
}

// Lines are the steps, with a line for each session, and what each came to, wrapped to a width in columns; 0 never wraps.
func (a *Abreast) Lines(width int) (lines []string) {
	for i, row := range a.Rows {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, lead(row).Title()))
		for c, step := range row {
			lines = append(lines, hang("  ", a.Columns[c].Name+": "+when(step == nil, "no such step")+step.Line()+inTLS(step), width)...)
		}
	}
	lines = append(lines, "results")
	for _, c := range a.Columns {
		lines = append(lines, hang("  ", words.Labelled(c.Name+": ", c.Result), width)...)
	}
	return lines
}

// inTLS says that nobody on the way could read a step.
func inTLS(s *Step) string { return when(s != nil && s.TLS && s.Spoke(), " (inside TLS)") }
