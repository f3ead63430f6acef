// Package columns lays rows of text out in columns.
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
func Wrapped(indent, text string, width int) (lines []string) {
	for i, line := range paint.Wrap(paint.Plain, text, width-len(indent)-2) {
		if i > 0 {
			lines = append(lines, indent+"  "+line.String())
			continue
		}
		lines = append(lines, indent+line.String())
	}
	return lines
}
