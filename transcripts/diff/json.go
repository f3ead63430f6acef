package diff

import (
	"encoding/json"
	"io"
)

// JSON writes the comparison as one document.
func (c *Comparison) JSON(w io.Writer) error {
	type pair struct {
		A string `json:"a,omitempty"`
		B string `json:"b,omitempty"`
	}
	steps := make([]pair, len(c.Pairs))
	for i, p := range c.Pairs {
		if p.A != nil {
			steps[i].A = p.A.Title()
		}
		if p.B != nil {
			steps[i].B = p.B.Title()
		}
	}
	return indented(w, struct {
		Equal       bool         `json:"equal"`
		A           Heading      `json:"a"`
		B           Heading      `json:"b"`
		Differences []Difference `json:"differences,omitempty"`
		Steps       []pair       `json:"steps"`
		Timing      []Timing     `json:"timing"`
		Said        []string     `json:"said,omitempty"`
		NotCompared string       `json:"not-compared"`
		Cut         bool         `json:"cut,omitempty"`
	}{c.Equal(), c.A, c.B, c.Differences, steps, c.Timing, c.Said, NotCompared, c.Cut})
}

// JSON writes the table as one document.
func (t *Table) JSON(w io.Writer) error {
	return indented(w, struct {
		Equal       bool     `json:"equal"`
		Names       []string `json:"sessions"`
		Rows        []Row    `json:"rows"`
		Keywords    []string `json:"keywords,omitempty"`
		NotCompared string   `json:"not-compared"`
	}{t.Equal(), t.Names, t.Rows, t.Keywords, NotCompared})
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
