// Package paint makes text fit for a terminal: it is the only door between words and the screen.
//
// Text enters through [Of], [Wrap] and their kin, which make every character visible that could move the cursor, reorder
// text or hide (see [wire.Visible]); a [Line] is therefore safe whoever wrote it. It leaves through [Theme.Paint], which
// gives exactly as many cells as were asked for, in colors that fit the terminal.
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
func (l Line) And(ink Ink, text string) Line { return append(l[:len(l):len(l)], Of(ink, text)) }

// Then returns the line followed by another.
func (l Line) Then(m Line) Line { return append(l[:len(l):len(l)], m...) }

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

// Cut returns the line cut to a width, with … as its last cell if something was lost.
func (l Line) Cut(width int) Line {
	if width <= 0 {
		return nil
	}
	if l.Width() <= width {
		return l
	}
	var out Line
	room := width - 1
	for _, s := range l {
		w := Width(s.text)
		if w > room {
			out = append(out, Span{head(s.text, room) + "…", s.ink})
			break
		}
		out, room = append(out, s), room-w
	}
	return out
}

// Split divides the line so that the first part fits into a width, between words where that leaves more than half of it. The
// other part is empty where all fits.
func (l Line) Split(width int) (first, rest Line) {
	if l.Width() <= width {
		return l, nil
	}
	for i, s := range l {
		if w := Width(s.text); w <= width {
			first, width = append(first, s), width-w
			continue
		}
		piece := head(s.text, width)
		if at := strings.LastIndexByte(piece, ' '); at > len(piece)/2 {
			piece = piece[:at+1]
		}
		first = append(first, Span{piece, s.ink})
		return first, append(Line{Span{s.text[len(piece):], s.ink}}, l[i+1:]...)
	}
	return first, nil
}

// String is the text alone.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// Width is how many cells a visible text takes.
func Width(s string) int {
	n := 0
	for len(s) > 0 {
		size, width := first(s)
		s, n = s[size:], n+width
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
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster), width
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
