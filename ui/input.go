package ui

import (
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// input is a line of text that a person edits. It is drawn here rather than by textinput, so that it goes through
// package paint like everything else and its cursor shows without colors too.
type input struct {
	textinput.Model
	hidden bool // a secret: nothing of it is shown, not even its length
	// veil finds where a secret begins in the text, -1 if there is none; may be nil
	veil func(string) int
}

// maxInput is how many characters a person may type; the longest is a line of AUTH with a token in it.
const maxInput = wire.MaxAuthLine

func newInput(value string) input {
	m := textinput.New()
	m.CharLimit = maxInput
	m.KeyMap.Paste = key.NewBinding() // it would run programs to get at the clipboard; a terminal's own paste arrives as keys
	m.SetValue(value)
	m.CursorEnd()
	m.Focus()
	return input{Model: m}
}

func (in *input) press(k tea.KeyMsg) { in.Model, _ = in.Update(k) }

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
