package ui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/key"
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
	lined  bool // the text may have several lines
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

// newLines is an input for a text of several lines.
func newLines(value string) input {
	in := input{lined: true}
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
	case "up", "down":
		in.cross(map[string]int{"up": -1, "down": 1}[k.String()])
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

// clears is the key that deletes what stands before the cursor, where something does.
func (in *input) clears() []key.Help {
	if in.at == 0 {
		return nil
	}
	return []key.Help{{Key: "ctrl-u", Desc: "clear"}}
}

// cross goes to the line above or below, as near to the column as that line has characters.
func (in *input) cross(by int) {
	lines := strings.Split(in.Value(), "\n")
	row, column := in.place()
	if row+by < 0 || row+by >= len(lines) {
		return
	}
	in.at = 0
	for _, line := range lines[:row+by] {
		in.at += len([]rune(line)) + 1
	}
	in.at += min(column, len([]rune(lines[row+by])))
}

// place is the line and the column of the cursor.
func (in *input) place() (row, column int) {
	before := string(in.text[:in.at])
	return strings.Count(before, "\n"), len([]rune(before[strings.LastIndex(before, "\n")+1:]))
}

func (in *input) cut(from, to int) { in.text, in.at = slices.Delete(in.text, from, to), from }

func (in *input) insert(typed []rune) {
	typed = in.printable(typed)
	typed = typed[:min(len(typed), maxInput-len(in.text))]
	in.text, in.at = slices.Insert(in.text, in.at, typed...), in.at+len(typed)
}

// newLine begins another line at the cursor.
func (in *input) newLine() { in.insert([]rune{'\n'}) }

// printable is a text without what is no character, on one line where there is no place for more.
func (in *input) printable(typed []rune) []rune {
	text := string(typed)
	if in.lined { // what is pasted may end its lines in three ways
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	return []rune(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && in.lined:
			return r
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == unicode.ReplacementChar || unicode.IsControl(r):
			return -1
		}
		return r
	}, text))
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
	in.text = in.printable([]rune(text))
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

// rows draws the lines round the cursor, at most height of them.
func (in *input) rows(width, height int, focus bool) []paint.Line {
	if in.veil != nil && in.veil(in.Value()) >= 0 {
		return []paint.Line{in.line(width)}
	}
	lines := strings.Split(in.Value(), "\n")
	row, column := in.place()
	first := max(min(row-height/2, len(lines)-height), 0)
	var out []paint.Line
	for i := first; i < min(first+height, len(lines)); i++ {
		one := input{text: []rune(lines[i]), at: column}
		if i != row || !focus {
			out = append(out, paint.Text(lines[i]).Cut(width))
			continue
		}
		out = append(out, one.line(width))
	}
	return out
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
