package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// form is a sheet of named fields.
type form struct {
	name        string
	scroll.List // the fields, of which the selected one has the focus
	fields      []*field
	wrong       string // what is wrong with the field in focus
	verb        string // what enter does
	submit      func() (tea.Cmd, error)
}

// field is a text or, if it has choices, one of them.
type field struct {
	label       string
	help        string
	placeholder string
	input       input
	choices     []string
	picked      int
	changed     func() // called after a choice was made; may be nil
	warns       bool   // every choice but the first is dangerous, and looks like it
	// says gives a word beside the choice and what stands for help, where both depend on the other fields; may be nil
	says func() (word, help string)
}

func textField(label, value, placeholder, help string) *field {
	return &field{label: label, input: newInput(value), placeholder: placeholder, help: help}
}

func secretField(label, value, placeholder, help string) *field {
	f := textField(label, value, placeholder, help)
	f.input.hidden = true
	return f
}

func choiceField(label string, picked int, help string, choices ...string) *field {
	return &field{label: label, choices: choices, picked: picked, help: help}
}

func (f *field) value() string { return f.input.Value() }

// fieldError says which field is wrong.
type fieldError struct {
	field *field
	text  string
}

func (e *fieldError) Error() string { return e.text }

func (f *form) title() string { return f.name + " · field " + dialogue.Place(f.Sel, len(f.fields)) }
func (f *form) below() bool   { return false }

func (f *form) hints() []key.Help {
	out := []key.Help{{Key: "enter", Desc: f.verb}, {Key: "tab", Desc: "next field"}, {Key: "esc", Desc: "leave it"}}
	if len(f.fields[f.Sel].choices) > 0 {
		out = append(out, key.Help{Key: "←→", Desc: "choose"})
	}
	return out
}

func (f *form) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		return f.done()
	case "pgup", "pgdown":
		f.Press(k.String(), len(f.fields))
	case "tab", "down":
		f.move(1)
	case "shift+tab", "up":
		f.move(-1)
	default:
		f.wrong = ""
		f.fields[f.Sel].press(k)
	}
	return nil, false
}

// point sets the focus on a field and says what is wrong with it.
func (f *form) point(label, wrong string) {
	f.Sel = max(slices.IndexFunc(f.fields, func(at *field) bool { return at.label == label }), 0)
	f.wrong = wrong
}

func (f *form) move(n int) { f.Sel = (f.Sel + n + len(f.fields)) % len(f.fields) }

func (f *form) done() (tea.Cmd, bool) {
	cmd, err := f.submit()
	if err == nil {
		return cmd, true
	}
	f.wrong = err.Error()
	if at, ok := err.(*fieldError); ok {
		for i, field := range f.fields {
			if field == at.field {
				f.Sel = i
			}
		}
	}
	return nil, false
}

func (f *field) press(k tea.KeyMsg) {
	if len(f.choices) == 0 {
		f.input.press(k)
		return
	}
	n := 0 // by how many choices
	switch k.String() {
	case "right", " ":
		n = 1
	case "left":
		n = -1
	case "home":
		n = -f.picked
	case "end":
		n = len(f.choices) - 1 - f.picked
	}
	f.picked = (f.picked + n + len(f.choices)) % len(f.choices)
	if n != 0 && f.changed != nil {
		f.changed()
	}
}

// lines draws the fields round the one in focus, and below them what it is for.
func (f *form) lines(width, height int) []paint.Line {
	note := limit(f.note(width), max(height/3, 1))
	room := max(height-len(note)-1, 1)
	first, last := f.Around(f.Sel, len(f.fields), room)
	var out []paint.Line
	for i := first; i < last; i++ {
		out = append(out, f.fields[i].line(i == f.Sel, width))
	}
	return append(append(out, unseen(first, len(f.fields)-last)), note...)
}

// unseen says how many fields are above and below those that fit.
func unseen(above, below int) paint.Line {
	line := paint.Text("  ")
	if above > 0 {
		line = line.And(paint.Dim, fmt.Sprintf("↑ %d more  ", above))
	}
	if below > 0 {
		line = line.And(paint.Dim, fmt.Sprintf("↓ %d more", below))
	}
	return line
}

func (f *form) note(width int) []paint.Line {
	if f.wrong != "" {
		return paint.Hang(paint.Bad.Line("  ✗ "), paint.Wrap(paint.Bad, f.wrong, width-4))
	}
	at := f.fields[f.Sel]
	help := at.help
	if at.says != nil {
		word, why := at.says()
		help = strings.TrimLeft(word+": "+why, ": ")
	}
	return paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, help, width-2))
}

const fieldLabel = 14

func (f *field) line(focus bool, width int) paint.Line {
	label := paint.Dim.Line("  " + f.label)
	if focus {
		label = paint.Accent.Line("› " + f.label)
	}
	return label.Pad(fieldLabel).Then(f.content(focus, width-fieldLabel)).Cut(width)
}

// word is what a field says beside its choice.
func (f *field) word() string {
	if f.says == nil {
		return ""
	}
	word, _ := f.says()
	return "  " + word
}

// ink is that of the choice.
func (f *field) ink() paint.Ink {
	if f.warns && f.picked > 0 {
		return paint.Bad
	}
	return paint.Plain
}

func (f *field) content(focus bool, width int) paint.Line {
	switch {
	case len(f.choices) > 0 && focus:
		return paint.Accent.Line("‹ ").And(f.ink(), f.choices[f.picked]).And(paint.Accent, " ›").
			And(paint.Dim, fmt.Sprintf("  %d of %d", f.picked+1, len(f.choices)))
	case len(f.choices) > 0:
		return f.ink().Line(f.choices[f.picked]).And(paint.Dim, f.word())
	case focus && f.value() == "": // what empty stands for, or an example, is to be seen while one thinks of what to type
		return f.input.line(width).And(paint.Dim, "  "+f.placeholder)
	case focus:
		return f.input.line(width)
	}
	return f.input.still(f.placeholder)
}
