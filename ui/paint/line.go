// Package paint makes text fit for a terminal: it is the only door between words and the screen.
//
// Text enters through [Of], [Wrap] and their kin, which make every character visible that could move the cursor, reorder
// text or hide (see [wire.Visible]); a [Line] is therefore safe whoever wrote it. It leaves through [Theme.Paint], which
// gives exactly as many cells as were asked for, in colors that fit the terminal.
//
// It is written by hand and not with charmbracelet/x/ansi, which wraps and cuts text that has control sequences in it
// already: here none is in a text before it has been cut, and so none that a server wrote is ever obeyed. Widths are
// those of x/ansi.
package paint

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"ehlo/session/wire"
)

// maxSpan bounds the bytes of one span: no terminal is wider, and a server may send lines of any length.
const maxSpan = 4096

// Span is text of one ink. The zero value is empty.
type Span struct {
	text string
	ink  Ink
}

// Of makes a span. Text beyond 4096 bytes is cut.
func Of(ink Ink, text string) Span {
	return Span{text: wire.VisibleString(bounded(text, maxSpan)), ink: ink}
}

// In is the same text in another ink.
func (s Span) In(ink Ink) Span { return Span{s.text, ink} }

// Empty reports whether there is no text.
func (s Span) Empty() bool { return s.text == "" }

// bounded cuts at a character, so that half a character is not taken for an invalid one.
func bounded(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// Line is one row of cells.
type Line []Span

// Text is a line of one plain span.
func Text(text string) Line { return Line{Of(Plain, text)} }

// Ink is a line of one span.
func (i Ink) Line(text string) Line { return Line{Of(i, text)} }

// And returns the line with a span more.
func (l Line) And(ink Ink, text string) Line {
	out := make(Line, len(l)+1) // append would make room for more, which a line that stays as it is never needs
	copy(out, l)
	out[len(l)] = Of(ink, text)
	return out
}

// Then returns the line followed by another.
func (l Line) Then(m Line) Line {
	out := make(Line, len(l)+len(m))
	copy(out[copy(out, l):], m)
	return out
}

// Pad returns the line with blanks up to a width; a line that is wider stays.
func (l Line) Pad(width int) Line {
	return l.And(Plain, Blank(width-l.Width()))
}

// Flush returns the line with another at the right edge of a width, at least one blank apart. The left one gives way.
func (l Line) Flush(right Line, width int) Line {
	left := l.Cut(width - right.Width() - 1)
	return left.Pad(width - right.Width()).Then(right)
}

// Width is how many cells the line takes.
func (l Line) Width() int {
	n := 0
	for _, s := range l {
		n += Width(s.text)
	}
	return n
}

// exceeds reports whether the line takes more cells than a width. It measures no more than that.
func (l Line) exceeds(width int) bool {
	for _, s := range l {
		fits := head(s.text, width)
		if len(fits) < len(s.text) {
			return true
		}
		width -= Width(fits)
	}
	return false
}

// Cut returns the line cut to a width, with … as its last cell if something was lost.
func (l Line) Cut(width int) Line {
	out, _ := l.cut(width)
	return out
}

// cut also says how wide the line is then.
func (l Line) cut(width int) (out Line, used int) {
	if width <= 0 {
		return nil, 0
	}
	if used = l.Width(); used <= width {
		return l, used
	}
	used = 0
	for _, s := range l {
		w := Width(s.text)
		if w > width-1-used {
			out = append(out, Span{head(s.text, width-1-used) + "…", s.ink})
			break
		}
		out, used = append(out, s), used+w
	}
	return out, out.Width()
}

// size is how many bytes of text it has.
func (l Line) size() int {
	n := 0
	for _, s := range l {
		n += len(s.text)
	}
	return n
}

// Break divides the line into at most n lines of a width, all but the first set in by hang; the last has what is left and may be
// wider. It breaks between words, rather at a gap of two blanks than at one; a word is broken only where it is wider than a line.
// The blanks at a break go.
func (l Line) Break(width, hang, n int) (lines []Line) {
	lead := Line(nil)
	for len(lines) < n-1 && l.exceeds(width-lead.Width()) {
		end, next := breaks(l.String(), width-lead.Width(), width-hang)
		if end == 0 { // a character that is wider than a line
			break
		}
		lines, l = append(lines, lead.Then(l.slice(0, end))), l.slice(next, maxSpan*len(l))
		lead = Text(Blank(hang))
	}
	return append(lines, lead.Then(l))
}

// breaks is where the first line of a text ends, and where the next begins, in lines of those widths.
func breaks(text string, width, below int) (end, next int) {
	full := len(head(text, width))
	for _, gap := range []string{"  ", " "} {
		at := strings.LastIndex(text[:min(full+len(gap), len(text))], gap)
		end := len(strings.TrimRight(text[:max(at, 0)], " "))
		if end == 0 {
			continue
		}
		rest := strings.TrimLeft(text[at:], " ")
		if word, _, _ := strings.Cut(rest, gap); Width(word) <= below {
			return end, len(text) - len(rest)
		}
	}
	return full, full
}

// slice is the part of the line from one byte of its text up to another.
func (l Line) slice(from, to int) (out Line) {
	for _, s := range l {
		n := len(s.text)
		if a, b := max(from, 0), min(to, n); a < b {
			out = append(out, Span{s.text[a:b], s.ink})
		}
		from, to = from-n, to-n
	}
	return out
}

// String is the text alone.
func (l Line) String() string {
	if len(l) == 1 {
		return l[0].text
	}
	var b strings.Builder
	b.Grow(l.size())
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// Width is how many cells a visible text takes.
func Width(s string) int {
	n := 0
	for at := 0; at < len(s); {
		size, width := 1, 1
		if s[at] >= utf8.RuneSelf {
			size, width = first(s[at:])
		}
		at, n = at+size, n+width
	}
	return n
}

// head is the longest beginning of a visible text that fits into a width.
func head(s string, width int) string {
	end := 0
	for end < len(s) {
		size, w := first(s[end:])
		if w > width {
			break
		}
		end, width = end+size, width-w
	}
	return s[:end]
}

// first measures the first character, with what combines with it, in bytes and cells.
func first(s string) (size, width int) {
	if s[0] < utf8.RuneSelf {
		return 1, 1
	}
	if size := alone(s); size > 0 {
		return size, 1
	}
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster), width
}

// alone is how many bytes the first character takes if it is one of those that nearly every line has - letters of Western Europe, dashes
// and quotation marks, lines and blocks, the marks of the screen - of one cell, and nothing combines with it. It is 0 for every other,
// which the tables of Unicode know.
func alone(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	if !usual(r) {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(s[size:]); len(s) > size && next >= utf8.RuneSelf && !usual(next) {
		return 0
	}
	return size
}

// usual are characters of one cell that combine with nothing that is usual.
func usual(r rune) bool {
	switch r {
	case '‹', '›', '←', '↑', '→', '↓', '■', '▸', '▾', '○', '●', '✓', '✗':
		return true
	}
	return r >= 0xa1 && r <= 0x17f && r != 0xad || r >= 0x2010 && r <= 0x2027 || r >= 0x2500 && r <= 0x259f
}

// Blank is n spaces, none for a negative n.
func Blank(n int) string {
	const spaces = "                                                                                "
	if n <= 0 {
		return ""
	}
	if n <= len(spaces) {
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}

// Rule is n cells of horizontal line.
func Rule(n int) string { return Repeated("─", n) }

// Repeated is n times a character, none for a negative n.
func Repeated(s string, n int) string { return strings.Repeat(s, max(n, 0)) }
