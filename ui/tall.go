package ui

import (
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// tall is a list of rows of several lines each.
type tall struct {
	scroll.List             // the rows
	lines       scroll.List // their lines
}

// view is the part of painted rows that a window of so many lines shows: all of the selected one, where it fits.
func (t *tall) view(rows [][]string, height, width int) (drawn []string) {
	from, to := 0, 0
	for i, row := range rows {
		if i == t.Sel {
			from, to = len(drawn), len(drawn)+len(row)
		}
		drawn = append(drawn, row...)
	}
	t.Window(len(rows), height) // which says how far a page goes
	for _, line := range []int{to - 1, from} {
		t.lines.Select(line, len(drawn))
		t.lines.Window(len(drawn), height)
	}
	first, last := t.lines.Window(len(drawn), height)
	drawn = drawn[first:last:last]
	for len(drawn) < height {
		drawn = append(drawn, paint.Blank(width))
	}
	return drawn
}

// shared divides the lines of a window among rows that need so many each: one for each, and where lines are left those of the rows that
// matter first.
func shared(needs []int, height int, first func(row int) bool) []int {
	lengths := make([]int, len(needs))
	left := height - len(needs)
	for i := range lengths {
		lengths[i] = 1
	}
	for _, matters := range []bool{true, false} {
		for i, need := range needs {
			if first(i) == matters && left > 0 {
				more := max(min(need-1, left), 0)
				lengths[i], left = 1+more, left-more
			}
		}
	}
	return lengths
}

// mostLines is how many lines a row of columns gets at most.
const mostLines = 6

// nth is a line of several, an empty one where there are fewer.
func nth(lines []paint.Line, i int) paint.Line {
	if i < len(lines) {
		return lines[i]
	}
	return paint.Line{}
}
