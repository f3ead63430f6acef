package paint

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"ehlo/transcripts/export"
)

// Runs takes a painted row apart into runs of one look (ECMA-48 §8.3.117, of which a [Theme] uses a little).
func Runs(row string) (runs []export.Run) {
	var look export.Run
	column := 0
	for row != "" {
		at := strings.Index(row, "\x1b[")
		if at < 0 {
			at = len(row)
		}
		if text := row[:at]; text != "" {
			look.Text, look.Column, look.Width = text, column, ansi.StringWidth(text)
			runs = append(runs, look)
			column += look.Width
		}
		row = row[at:]
		if codes, rest, ok := strings.Cut(strings.TrimPrefix(row, "\x1b["), "m"); ok && row != "" {
			look, row = turned(look, codes), rest
		}
	}
	return runs
}

// turned is a look after an SGR sequence.
func turned(look export.Run, codes string) export.Run {
	for code := range strings.SplitSeq(codes, ";") {
		switch n, _ := strconv.Atoi(code); {
		case n == 0:
			look = export.Run{}
		case n == 1:
			look.Bold = true
		case n == 2:
			look.Faint = true
		case n == 7:
			look.Reverse = true
		case n >= 30 && n <= 37:
			look.Color = n - 30 + 1
		}
	}
	return look
}
