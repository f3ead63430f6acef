// Package scroll keeps a place in a list of rows and the window onto it: the one way in which lists of the screen move.
//
// The lists and the viewport of bubbles hold all of their rows as text; a session here has a million rows, which are
// made when they are seen.
package scroll

import "slices"

// List is a place in a list and the window onto it. The rows are somewhere else and may become more or fewer at any
// time: whoever moves or draws says how many there are now, and none is a number like any other. The zero value is the
// top.
type List struct {
	// Sel is the selected row, counted from 0; it is 0 as well where there is none.
	Sel int

	top, height int
	// owners are the rows that the lines of the window belong to, -1 for a heading; nil where each line is a row.
	owners []int
}

// Select goes to row i of n, or to the nearest there is.
func (l *List) Select(i, n int) { l.Sel = max(min(i, n-1), 0) }

// Press moves as a key does in every list of n rows. It reports whether the key is one that moves.
func (l *List) Press(key string, n int) bool {
	by := map[string]int{"up": -1, "down": 1, "pgup": -l.Page(), "pgdown": l.Page(), "home": -n, "end": n}
	step, moves := by[key]
	if moves {
		l.Select(l.Sel+step, n)
	}
	return moves
}

// Page is how many rows a page is: those of the last window but one, which stays in sight.
func (l *List) Page() int { return max(l.height-1, 1) }

// Window is the part first ≤ i < last of n rows that a window of height rows shows. It moves as little as it takes to
// have the selection in it.
func (l *List) Window(n, height int) (first, last int) {
	l.height = max(height, 0)
	l.Select(l.Sel, n)
	l.top = max(min(max(min(l.top, l.Sel, n-l.height), l.Sel-l.height+1), n), 0)
	return l.top, max(min(l.top+l.height, n), l.top)
}

// Around is the part first ≤ i < last of n lines that a window of height lines shows, with line at in its middle. It is
// for rows that take several lines or have headings between them.
func (l *List) Around(at, n, height int) (first, last int) {
	l.height = max(height, 0)
	first = max(min(at-l.height/2, n-l.height), 0)
	l.top, l.owners = first, nil
	return first, max(min(first+l.height, n), first)
}

// Own says which row each line of the window belongs to, -1 for none, where [List.Around] has made it.
func (l *List) Own(owners []int) { l.owners = owners }

// Under is the row of n that line line of the window belongs to, counted from 0; ok is false where there is none.
func (l *List) Under(line, n int) (row int, ok bool) {
	row = l.top + line
	switch {
	case line < 0 || line >= l.height:
		return 0, false
	case l.owners != nil:
		if line >= len(l.owners) {
			return 0, false
		}
		row = l.owners[line]
	}
	return row, row >= 0 && row < n
}

// Reveal moves the window so far down that row i is in it, unless the selection would leave it.
func (l *List) Reveal(i int) { l.top = max(min(max(l.top, i+1-l.height), l.Sel), 0) }

// Drop takes n rows off the top of the list: what was selected and shown still is.
func (l *List) Drop(n int) { l.Sel, l.top = max(l.Sel-n, 0), max(l.top-n, 0) }

// Unseen is how many of n rows are above and how many below the window that was made last.
func (l *List) Unseen(n int) (above, below int) {
	first, last := min(l.top, n), min(l.top+l.height, n)
	if shown := slices.DeleteFunc(slices.Clone(l.owners), func(row int) bool { return row < 0 || row >= n }); len(shown) > 0 {
		first, last = shown[0], shown[len(shown)-1]+1
	}
	return first, n - last
}
