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

func wrapOne(ink Ink, text string, width int) []Line {
	var out []Line
	var line []string
	used := 0
	for _, word := range words.Pieces(Of(ink, text).text, width, Width) {
		cells := Width(word)
		if len(line) > 0 && used+1+cells <= width {
			line, used = append(line, word), used+1+cells
			continue
		}
		if len(line) > 0 {
			out = append(out, Line{{strings.Join(line, " "), ink}})
		}
		if cells <= width {
			line, used = append(line[:0], word), cells
			continue
		}
		pieces := chop(word, width)
		for _, p := range pieces[:len(pieces)-1] {
			out = append(out, Line{{p, ink}})
		}
		line = append(line[:0], pieces[len(pieces)-1])
		used = Width(line[0])
	}
	return append(out, Line{{strings.Join(line, " "), ink}})
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
