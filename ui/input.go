package ui

import (
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// input is a line of text that a person edits, by the keys of readline. The text field of bubbles is not used: with it comes a
// package that looks for programs of the clipboard whenever ehlo starts, and this one is drawn by package paint like everything
// else, so that its cursor shows without colors too.
type input struct {
	text   []rune
	at     int  // the character that the cursor stands before
	hidden bool // a secret: nothing of it is shown, not even its length
	// veil finds where a secret begins in the text, -1 if there is none; may be nil
	veil func(string) int
}

// maxInput is how many characters a person may type; the longest is a line of AUTH with a token in it.
const maxInput = wire.MaxAuthLine

func newInput(value string) input {
	var in input
	in.SetValue(value)
	return in
}

// press edits the text. A terminal's own paste arrives as characters.
func (in *input) press(k tea.KeyMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		in.at = max(in.at-1, 0)
	case "right", "ctrl+f":
		in.at = min(in.at+1, len(in.text))
	case "alt+left", "ctrl+left", "alt+b":
		in.at = in.wordBefore()
	case "alt+right", "ctrl+right", "alt+f":
		in.at = in.wordAfter()
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.CursorEnd()
	case "backspace", "ctrl+h":
		in.cut(max(in.at-1, 0), in.at)
	case "delete", "ctrl+d":
		in.cut(in.at, min(in.at+1, len(in.text)))
	case "alt+backspace", "ctrl+w":
		in.cut(in.wordBefore(), in.at)
	case "alt+delete", "alt+d":
		in.cut(in.at, in.wordAfter())
	case "ctrl+u":
		in.cut(0, in.at)
	case "ctrl+k":
		in.cut(in.at, len(in.text))
	default:
		in.insert(k.Runes)
	}
}

func (in *input) cut(from, to int) { in.text, in.at = slices.Delete(in.text, from, to), from }

func (in *input) insert(typed []rune) {
	typed = printable(typed)
	typed = typed[:min(len(typed), maxInput-len(in.text))]
	in.text, in.at = slices.Insert(in.text, in.at, typed...), in.at+len(typed)
}

// printable is a text on one line, without what is no character.
func printable(typed []rune) []rune {
	return []rune(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == unicode.ReplacementChar || unicode.IsControl(r):
			return -1
		}
		return r
	}, string(typed)))
}

// wordBefore is where the word begins that the cursor stands behind, and wordAfter where the one ends that it stands before.
func (in *input) wordBefore() int {
	i := in.at
	for i > 0 && unicode.IsSpace(in.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(in.text[i-1]) {
		i--
	}
	return i
}

func (in *input) wordAfter() int {
	i := in.at
	for i < len(in.text) && unicode.IsSpace(in.text[i]) {
		i++
	}
	for i < len(in.text) && !unicode.IsSpace(in.text[i]) {
		i++
	}
	return i
}

// Value is the text.
func (in *input) Value() string { return string(in.text) }

// Position is how many characters stand before the cursor.
func (in *input) Position() int { return in.at }

// CursorEnd puts the cursor behind the text.
func (in *input) CursorEnd() { in.at = len(in.text) }

// SetValue puts another text in the place of this one. The cursor stays where it is, and behind a text that was empty or is
// shorter now.
func (in *input) SetValue(text string) {
	empty := len(in.text) == 0
	in.text = printable([]rune(text))
	in.text = in.text[:min(len(in.text), maxInput)]
	if empty || in.at > len(in.text) {
		in.CursorEnd()
	}
}

// cursor stands in front of the character that is next.
const cursor = "▏"

// line draws the text with the cursor in it, scrolled so far that the cursor shows.
func (in *input) line(width int) paint.Line {
	if in.hidden {
		return in.hiddenLine()
	}
	if in.veil != nil {
		if at := in.veil(in.Value()); at >= 0 {
			return paint.Text(in.Value()[:at]+sasl.Mask).And(paint.Accent, cursor).Cut(width)
		}
	}
	runes, pos := []rune(in.Value()), in.Position()
	before := tail(runes[:pos], max(width-8, 1))
	return paint.Text(before).And(paint.Accent, cursor).And(paint.Plain, string(runes[pos:])).Cut(width)
}

func (in *input) hiddenLine() paint.Line {
	if in.Value() == "" {
		return paint.Accent.Line(cursor)
	}
	return paint.Text(sasl.Mask).And(paint.Accent, cursor)
}

// still draws the text of an input that has not the focus.
func (in *input) still(placeholder string) paint.Line {
	switch {
	case in.Value() == "":
		return paint.Dim.Line(placeholder)
	case in.hidden:
		return paint.Text(sasl.Mask)
	}
	return paint.Text(in.Value())
}

// tail is the end of a text that fits into a width.
func tail(runes []rune, width int) string {
	start := len(runes)
	for start > 0 {
		w := paint.Text(string(runes[start-1])).Width()
		if w > width {
			return string(runes[start:])
		}
		start, width = start-1, width-w
	}
	return string(runes)
}
