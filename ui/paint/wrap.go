package paint

import (
	"strings"

	"ehlo/transcripts/words"
)

// maxText bounds the bytes of one paragraph.
const maxText = 16 << 10

// Wrap breaks a text into lines of at most width cells, between words where it can. Line feeds in it divide paragraphs.
func Wrap(ink Ink, text string, width int) []Line {
	if width < 1 {
		return nil
	}
	var out []Line
	for paragraph := range strings.SplitSeq(bounded(text, maxText), "\n") {
		out = append(out, wrapOne(ink, paragraph, width)...)
	}
	return out
}

func wrapOne(ink Ink, text string, width int) (out []Line) {
	text = words.Spaced(Of(ink, text).text)
	if Width(text) <= width {
		return []Line{{{text, ink}}}
	}
	line, from, used := "", 0, 0 // the line at hand begins at from
	for at, piece := range words.Pieces(text, width, Width) {
		cells := Width(piece)
		if line != "" && used+1+cells <= width {
			line, used = text[from:at+len(piece)], used+1+cells
			continue
		}
		if line != "" {
			out = append(out, Line{{line, ink}})
		}
		line, from, used = piece, at, cells
		if cells > width {
			pieces := chop(piece, width)
			last := len(pieces) - 1
			for _, p := range pieces[:last] {
				out = append(out, Line{{p, ink}})
			}
			line, from, used = pieces[last], at+len(piece)-len(pieces[last]), Width(pieces[last])
		}
	}
	return append(out, Line{{line, ink}})
}

// Chop breaks a text into lines of at most width cells wherever they are full, so that every blank of it stays.
func Chop(ink Ink, text string, width int) []Line {
	var out []Line
	for _, piece := range chop(Of(ink, text).text, width) {
		out = append(out, Line{{piece, ink}})
	}
	return out
}

// Fold breaks a text into lines of at most width cells like [Chop], but after a blank where there is one.
func Fold(ink Ink, text string, width int) []Line {
	var out []Line
	s := Of(ink, text).text
	for {
		piece := head(s, width)
		switch piece {
		case s:
			return append(out, Line{{s, ink}})
		case "":
			return append(out, Line{{"…", ink}})
		}
		if i := strings.LastIndexByte(piece, ' '); i > 0 && s[len(piece)] != ' ' {
			piece = piece[:i+1]
		}
		out, s = append(out, Line{{piece, ink}}), s[len(piece):]
	}
}

// chop gives at least one piece. A character that is wider than the width becomes "…".
func chop(s string, width int) []string {
	var out []string
	for {
		head := head(s, width)
		if len(head) == len(s) {
			return append(out, s)
		}
		if head == "" {
			return append(out, "…")
		}
		out, s = append(out, head), s[len(head):]
	}
}

// Hang sets lines after a first label and indents the others below it.
func Hang(label Line, lines []Line) []Line {
	return Beside(label, Text(Blank(label.Width())), lines)
}

// Beside sets lines after labels: the first after one, each that goes on below it after the other.
func Beside(label, below Line, lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		if i > 0 {
			label = below
		}
		out[i] = label.Then(l)
	}
	return out
}
