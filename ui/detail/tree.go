package detail

import (
	"fmt"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Tree is the fields of a row with a cursor. The field that is selected lights up in the bytes, and the byte that is
// selected opens the fields down to the innermost one around it.
type Tree struct {
	bytes []byte
	nodes []node      // every parent in front of its children
	shown []int       // the nodes that are not folded away, in order
	sel   int         // the selected node
	at    int         // the byte under the cursor, -1 while the cursor is among the fields
	rows  scroll.List // the place among shown, and the window onto it
	per   int         // bytes a line
}

// node is a field in its place in the tree.
type node struct {
	tlswire.Field
	depth, parent int // parent is -1 at the top
	open          bool
}

// OpenTree makes the tree of a row, nil if its parts have no bytes of their own.
func OpenTree(s Subject) *Tree {
	if !HasTree(s) {
		return nil
	}
	raw, fields := parts(s.settled())
	if len(fields) == 0 {
		return nil
	}
	t := &Tree{bytes: raw, at: -1, per: 8}
	t.add(fields, 0, -1)
	t.unfold()
	return t
}

func (t *Tree) add(fields []tlswire.Field, depth, parent int) {
	for _, f := range fields {
		children := f.Children
		f.Children = nil
		id := len(t.nodes)
		t.nodes = append(t.nodes, node{Field: f, depth: depth, parent: parent, open: len(fields) == 1})
		t.add(children, depth+1, id)
	}
}

// unfold works out which nodes are shown.
func (t *Tree) unfold() {
	t.shown = t.shown[:0]
	for i, n := range t.nodes {
		if n.parent < 0 || t.nodes[n.parent].open && t.visible(n.parent) {
			t.shown = append(t.shown, i)
		}
	}
}

// visible reports whether a node was shown already: parents come first.
func (t *Tree) visible(i int) bool {
	for p := t.nodes[i].parent; p >= 0; p = t.nodes[p].parent {
		if !t.nodes[p].open {
			return false
		}
	}
	return true
}

func (t *Tree) hasChildren(i int) bool { return i+1 < len(t.nodes) && t.nodes[i+1].parent == i }

// place is where the selected node stands among those shown.
func (t *Tree) place() int {
	for k, i := range t.shown {
		if i == t.sel {
			return k
		}
	}
	return 0
}

// Where says where the cursor is: among the fields that are shown, or among the bytes.
func (t *Tree) Where() string {
	if t.at >= 0 {
		return dialogue.Place(t.at, len(t.bytes))
	}
	return dialogue.Place(t.place(), len(t.shown))
}

// InBytes reports whether the cursor is in the bytes.
func (t *Tree) InBytes() bool { return t.at >= 0 }

// Cross takes the cursor from the fields to the bytes of the selected one, or back.
func (t *Tree) Cross() {
	switch {
	case t.at >= 0:
		t.at = -1
	case len(t.bytes) > 0:
		t.toByte(t.nodes[t.sel].Off)
	}
}

// Press moves the cursor by rows, pages or to an end: among the fields as in every list, among the bytes by their lines.
func (t *Tree) Press(key string) {
	if t.at < 0 {
		t.rows.Select(t.place(), len(t.shown))
		t.rows.Press(key, len(t.shown))
		t.sel = t.shown[t.rows.Sel]
		return
	}
	by := map[string]int{"up": -t.per, "down": t.per, "pgup": -4 * t.per, "pgdown": 4 * t.per, "home": -t.at, "end": len(t.bytes) - 1 - t.at}[key]
	to := t.at + by
	if (key == "up" || key == "down") && (to < 0 || to >= len(t.bytes)) { // no line there
		return
	}
	t.toByte(to)
}

// Right opens the selected field, or goes to the first of its parts; among the bytes it goes to the next.
func (t *Tree) Right() {
	switch {
	case t.at >= 0:
		t.toByte(t.at + 1)
	case t.hasChildren(t.sel) && t.nodes[t.sel].open:
		t.sel++
	default:
		t.fold(t.sel, true)
	}
}

// Left folds the selected field, or goes to the one around it; among the bytes it goes to the one before.
func (t *Tree) Left() {
	n := t.nodes[t.sel]
	switch {
	case t.at >= 0:
		t.toByte(t.at - 1)
	case t.hasChildren(t.sel) && n.open:
		t.fold(t.sel, false)
	case n.parent >= 0:
		t.sel = n.parent
	}
}

// Toggle opens or folds the selected field.
func (t *Tree) Toggle() { t.fold(t.sel, !t.nodes[t.sel].open) }

func (t *Tree) fold(i int, open bool) {
	if t.hasChildren(i) {
		t.nodes[i].open = open
		t.unfold()
	}
}

// toByte puts the cursor on a byte and selects the innermost field around it.
func (t *Tree) toByte(at int) {
	t.at = max(min(at, len(t.bytes)-1), 0)
	inner := t.sel
	for i, n := range t.nodes { // children follow their parents, so the last that fits is the innermost
		if n.Off <= t.at && t.at < n.Off+n.Len {
			inner = i
		}
	}
	t.sel = inner
	for p := t.nodes[inner].parent; p >= 0; p = t.nodes[p].parent {
		t.nodes[p].open = true
	}
	t.unfold()
}

// sideBySide is the width from which the bytes stand beside the fields.
const sideBySide = 100

// Lines draws fields, what the selected one is, and bytes, in height lines of width cells: beside each other where that
// fits, else one above the other.
func (t *Tree) Lines(width, height int) []paint.Line {
	if width >= sideBySide {
		return t.beside(width, height)
	}
	t.per = perLine(width)
	hex := t.hex(width, max(height/3, 1))
	return append(t.upper(width, height-len(hex)), hex...)[:max(height, 0)]
}

// beside draws the fields with what the selected one is on the left, and as many bytes as fit on the right.
func (t *Tree) beside(width, height int) []paint.Line {
	right := hexWidth(8)
	if width-hexWidth(16) >= sideBySide*2/3 {
		right = hexWidth(16)
	}
	left := width - right - 3
	t.per = perLine(right)
	hex := t.hex(right, height)
	out := t.upper(left, height)
	for i := range out {
		out[i] = out[i].Cut(left).Pad(left).And(paint.Dim, " │ ")
		if i < len(hex) {
			out[i] = out[i].Then(hex[i])
		}
	}
	return out
}

// upper draws the fields and what the selected one is, in exactly height lines.
func (t *Tree) upper(width, height int) []paint.Line {
	room := aboutRoom(height)
	about := t.about(width)
	about = about[:min(len(about), room)]
	page := max(height-room-1, 1)
	out := t.fields(width, page)
	for len(out) < page {
		out = append(out, paint.Line{})
	}
	out = append(append(out, t.rule(width)), about...)
	for len(out) < height {
		out = append(out, paint.Line{})
	}
	return out[:max(height, 0)]
}

// aboutRoom is how many lines the words about a field get.
func aboutRoom(height int) int {
	switch {
	case height >= 24:
		return 6
	case height >= 12:
		return 3
	}
	return 2
}

// fields draws the rows of the tree round the selected one.
func (t *Tree) fields(width, height int) []paint.Line {
	t.rows.Select(t.place(), len(t.shown))
	first, last := t.rows.Window(len(t.shown), height)
	var out []paint.Line
	for _, i := range t.shown[first:last] {
		out = append(out, t.row(i).Cut(width))
	}
	return out
}

func (t *Tree) row(i int) paint.Line {
	n := t.nodes[i]
	mark, ink := "  ", paint.Dim
	if i == t.sel {
		mark, ink = "› ", paint.Strong
		if t.at >= 0 {
			mark = "· "
		}
	}
	line := paint.Accent.Line(mark).And(paint.Plain, paint.Blank(2*min(n.depth, 6))).And(paint.Accent, t.handle(i)).And(ink, n.Name)
	if n.Bad != "" {
		return line.And(paint.Warn, "  ! "+n.Bad)
	}
	return line.And(paint.Plain, "  "+n.Value)
}

// handle says whether a field has parts, and whether they are shown.
func (t *Tree) handle(i int) string {
	switch {
	case !t.hasChildren(i):
		return "  "
	case t.nodes[i].open:
		return "▾ "
	}
	return "▸ "
}

// rule names the selected field and its range, or the byte under the cursor.
func (t *Tree) rule(width int) paint.Line {
	n := t.nodes[t.sel]
	where := fmt.Sprintf("bytes %s–%s of %s", dialogue.Count(n.Off), dialogue.Count(n.Off+n.Len-1), dialogue.Count(len(t.bytes)))
	switch {
	case t.at >= 0:
		where = fmt.Sprintf("byte %s of %s", dialogue.Count(t.at), dialogue.Count(len(t.bytes)))
	case n.Len == 1:
		where = fmt.Sprintf("byte %s of %s", dialogue.Count(n.Off), dialogue.Count(len(t.bytes)))
	case n.Len == 0:
		where = "no bytes"
	}
	title := paint.Dim.Line("─ ").And(paint.Strong, n.Name).And(paint.Dim, " · "+where+" ").Cut(width)
	return title.And(paint.Dim, paint.Rule(width-title.Width()))
}

// about is value, trouble, meaning and source of the selected field.
func (t *Tree) about(width int) []paint.Line {
	n := t.nodes[t.sel]
	w := &writer{width: width}
	w.ink(paint.Warn, n.Bad)
	w.ink(paint.Plain, n.Meaning)
	w.ink(paint.Dim, explain.Cited(t.ref(t.sel)))
	value := paint.Chop(paint.Plain, n.Value, width)
	if n.Value == "" {
		value = nil
	}
	return append(value[:min(len(value), 2)], w.out...)
}

// ref is where a field is defined: its own source, else that of the field around it.
func (t *Tree) ref(i int) string {
	for ; i >= 0; i = t.nodes[i].parent {
		if t.nodes[i].Ref != "" {
			return t.nodes[i].Ref
		}
	}
	return ""
}

// hex draws at most height lines of bytes round the selected field or the cursor.
func (t *Tree) hex(width, height int) []paint.Line {
	n := t.nodes[t.sel]
	d := newDump(t.bytes, width)
	d.lo, d.hi, d.cursor = n.Off, n.Off+n.Len, t.at
	rows, at := min(height, d.Len()), n.Off
	if t.at >= 0 {
		at = t.at
	}
	first := at / d.per
	if lines := n.Off%d.per + n.Len; lines <= rows*d.per || t.at >= 0 { // it fits: some lines around it
		first -= max(rows-(lines+d.per-1)/d.per, 0) / 2
	}
	first = max(min(first, d.Len()-rows), 0)
	var out []paint.Line
	for i := first; i < first+rows; i++ {
		out = append(out, d.Line(i))
	}
	return out
}
