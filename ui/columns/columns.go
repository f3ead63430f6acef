// Package columns lays rows of text out in columns.
//
// The tables of lipgloss and bubbles cut all columns where there is not
// enough room. Here those go that are needed least, and no value is cut.
package columns

import (
	"slices"
	"strings"

	"ehlo/ui/paint"
)

// Column is the head of one.
type Column struct {
	Name  string
	Spare int // which goes first where there is not enough room; 0 stays
}

// gap is the blank between two columns.
const gap = 2

// Lay are the rows under their heads, in the columns for which there is room.
func Lay(columns []Column, rows [][]string, width int) (lines []string) {
	kept, widths := fitting(columns, rows, width)
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.Name
	}
	for _, r := range append([][]string{head}, rows...) {
		lines = append(lines, laid(r, kept, widths))
	}
	return lines
}

// fitting are the places of the columns for which there is room, and how wide each column is.
func fitting(columns []Column, rows [][]string, width int) (kept []int, widths []int) {
	for i, c := range columns {
		widths = append(widths, paint.Width(c.Name))
		for _, r := range rows {
			widths[i] = max(widths[i], paint.Width(r[i]))
		}
		kept = append(kept, i)
	}
	for left := 1; left <= len(columns) && total(kept, widths) > width; left++ {
		kept = slices.DeleteFunc(kept, func(i int) bool { return columns[i].Spare == left })
	}
	return kept, widths
}

func total(kept, widths []int) int {
	sum := -gap
	for _, i := range kept {
		sum += widths[i] + gap
	}
	return sum
}

func laid(values []string, kept, widths []int) string {
	var line strings.Builder
	for _, i := range kept {
		line.WriteString(values[i] + strings.Repeat(" ", widths[i]-paint.Width(values[i])+gap))
	}
	return strings.TrimRight(line.String(), " ")
}

// Wrapped is a text after an indent, its further lines two columns deeper.
func Wrapped(indent, text string, width int) []string {
	return hung(indent, indent+"  ", text, width-paint.Width(indent)-2)
}

// Hung is a text after a lead, its further lines as deep as the first.
func Hung(lead, text string, width int) []string {
	deep := paint.Width(lead)
	return hung(lead, strings.Repeat(" ", deep), text, width-deep)
}

func hung(first, further, text string, room int) (lines []string) {
	for i, line := range paint.Wrap(paint.Plain, text, room) {
		if i > 0 {
			first = further
		}
		lines = append(lines, first+line.String())
	}
	return lines
}
