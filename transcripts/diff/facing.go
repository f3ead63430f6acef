package diff

import (
	"fmt"

	"ehlo/transcripts/words"
)

// Facing is a line of two sessions beside each other: how they ended, what was asked for, a step, or what others tell of them.
type Facing struct {
	Mark Mark
	// A and B are what each session has there, in a line; empty where it has no such step.
	A, B        string
	Differences []Difference
}

// Mark says how the two sides of a row are related.
type Mark int

// The marks.
const (
	Same Mark = iota
	Differs
	OnlyA // B took no such step
	OnlyB
	Moved // the other session took the step at another place, and to the same effect
)

// Sign is what stands before a row.
func (m Mark) Sign() string { return [...]string{" ", "≠", "A", "B", "~"}[m] }

// Says is what the sign means; empty for none.
func (m Mark) Says() string {
	return [...]string{"", "different", "only in A", "only in B", "at another place"}[m]
}

// Facing are the two sessions beside each other: how they ended, what was asked for, the steps in order, and what others tell. The rows that have a mark
// are those that [Comparison.Sum] counts.
func (c *Comparison) Facing() (rows []Facing) {
	outcome := Facing{A: "outcome: " + c.A.outcome, B: "outcome: " + c.B.outcome}
	asked := Facing{A: c.A.request, B: c.B.request}
	for _, d := range c.Of(-1) {
		to := &asked
		switch d.Topic {
		case TopicVerdict:
			to = &outcome
		case TopicLog, TopicPath:
			continue
		}
		to.Mark, to.Differences = Differs, append(to.Differences, d)
	}
	rows = append(rows, outcome, asked)
	for i, p := range c.Pairs {
		of := c.Of(i)
		rows = append(rows, Facing{c.mark(p, of), p.A.Line(), p.B.Line(), of})
	}
	return append(rows, c.others...)
}

func (c *Comparison) mark(p Pair, differences []Difference) Mark {
	switch {
	case p.Unseen:
		return Same
	case p.Moved && len(differences) == 0:
		return Moved
	case p.Moved:
		return Differs
	case p.B == nil:
		return OnlyA
	case p.A == nil:
		return OnlyB
	case len(differences) > 0:
		return Differs
	}
	return Same
}

// Sum counts the rows by their marks, as in “≠ 3 different · A 8 only in A”.
func Sum(rows []Facing) string {
	var counts [Moved + 1]int
	for _, r := range rows {
		counts[r.Mark]++
	}
	var said []string
	for m := Differs; m <= Moved; m++ {
		if counts[m] > 0 {
			said = append(said, fmt.Sprintf("%s %s %s", m.Sign(), words.Count(counts[m]), m.Says()))
		}
	}
	return words.List(" · ", said...)
}
