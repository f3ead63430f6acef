package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/transcripts/words"
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
	save        func() error      // what ctrl-s does in place of enter; nil where nothing is saved
	keep        func()            // keeps what was typed when the form is left without enter; nil where it is lost
	was         map[*field]string // what each field held before it was first pressed
	leaving     bool              // it is asked whether to leave what was typed
	reading     *text             // the help on a field, while it is open
}

// field is a text or, if it has choices, one of them.
type field struct {
	label       string
	help        string
	placeholder string
	input       input
	choices     []string
	picked      int
	also        []string // what else each of the choices is found by; may be nil
	filter      input    // what was typed to find one
	changed     func()   // called after a choice was made; may be nil
	warns       bool     // every choice but the first is dangerous, and looks like it
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

func (f *form) title() string {
	if f.reading != nil {
		return f.reading.title()
	}
	return f.name + " · field " + dialogue.Place(f.Sel, len(f.fields))
}

func (f *form) below() bool { return false }

func (f *form) hints() []key.Help {
	switch {
	case f.reading != nil:
		return f.reading.hints()
	case f.leaving:
		return []key.Help{{Key: "enter", Desc: "stay"}, {Key: "esc", Desc: "leave it"}}
	}
	out := []key.Help{{Key: "enter", Desc: f.verb}}
	if f.save != nil {
		out = append(out, key.Help{Key: "ctrl-s", Desc: "save"})
	}
	if len(f.fields[f.Sel].choices) > 0 {
		out = append(out, key.Help{Key: "←→", Desc: "choose"})
	}
	out = append(out, f.fields[f.Sel].input.clears()...)
	return append(out, key.Help{Key: "tab", Desc: "next field"}, key.Help{Key: "f1", Desc: "help"}, key.Help{Key: "esc", Desc: "leave it"})
}

func (f *form) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case f.reading != nil:
		if _, done := f.reading.press(k); done {
			f.reading = nil
		}
		return nil, false
	case f.leaving:
		return nil, f.left(k)
	}
	switch k.String() {
	case "esc":
		if at := f.fields[f.Sel]; at.filtered() { // as in every list
			at.filter.SetValue("")
			f.wrong = ""
			return nil, false
		}
		return nil, f.leave()
	case "enter":
		if at := f.fields[f.Sel]; at.filtered() && len(at.fitting()) == 0 {
			return f.done(nil, &fieldError{at, "nothing matches; esc takes the words off"})
		}
		return f.done(f.submit())
	case "ctrl+s":
		if f.save != nil {
			return f.done(nil, f.save())
		}
	case "f1":
		f.reading = &text{name: "help · " + f.fields[f.Sel].label, key: "f1", page: f.page}
	case "pgup", "pgdown":
		f.Press(k.String(), len(f.fields))
	case "tab", "down":
		f.move(1)
	case "shift+tab", "up":
		f.move(-1)
	default:
		f.wrong = ""
		f.typed(k)
	}
	return nil, false
}

// typed gives a key to the field in focus, and remembers what it held at the beginning. A choice is made again in a moment.
func (f *form) typed(k tea.KeyMsg) {
	at := f.fields[f.Sel]
	if _, known := f.was[at]; !known && len(at.choices) == 0 {
		if f.was == nil {
			f.was = map[*field]string{}
		}
		f.was[at] = at.value()
	}
	at.press(k)
}

// leave reports whether the form can go. Where something was typed it asks first.
func (f *form) leave() bool {
	changed := false
	for at, was := range f.was {
		changed = changed || at.value() != was
	}
	if !changed {
		return true
	}
	f.leaving = true
	return false
}

// left takes the answer to whether to leave, and reports whether the form can go.
func (f *form) left(k tea.KeyMsg) bool {
	switch k.String() {
	case "esc", "y", "Y":
		if f.keep != nil {
			f.keep()
		}
		return true
	case "enter", "n", "N":
		f.leaving = false
	}
	return false
}

// point sets the focus on a field and says what is wrong with it.
func (f *form) point(label, wrong string) {
	f.Sel = max(slices.IndexFunc(f.fields, func(at *field) bool { return at.label == label }), 0)
	f.wrong = wrong
}

func (f *form) move(n int) {
	f.fields[f.Sel].filter.SetValue("")
	f.Sel = (f.Sel + n + len(f.fields)) % len(f.fields)
}

// done closes the form, unless err says what is wrong in it.
func (f *form) done(cmd tea.Cmd, err error) (tea.Cmd, bool) {
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
	fit, before := f.fitting(), f.picked
	at, n := slices.Index(fit, f.picked), len(fit)
	switch name := k.String(); {
	case n == 0 && slices.Contains([]string{"right", "left", "home", "end"}, name):
	case name == "right", name == " " && !f.filtered():
		f.picked = fit[(at+1)%n]
	case name == "left":
		f.picked = fit[(at-1+n)%n]
	case name == "home":
		f.picked = fit[0]
	case name == "end":
		f.picked = fit[n-1]
	default:
		f.narrow(k)
	}
	if f.picked != before && f.changed != nil {
		f.changed()
	}
}

// filtered reports whether something was typed to find a choice.
func (f *field) filtered() bool { return f.filter.Value() != "" }

// narrow takes what is typed to find a choice, and takes the first that has all its words.
func (f *field) narrow(k tea.KeyMsg) {
	f.filter.CursorEnd()
	f.filter.press(k)
	if fit := f.fitting(); len(fit) > 0 && f.filtered() {
		f.picked = fit[0]
	}
}

// fitting are the choices that begin with what was typed, then those that have its words in their names, and then those that are also found by them.
func (f *field) fitting() []int {
	var begin, named, found []int
	typed := strings.ToLower(f.filter.Value())
	for i, name := range f.choices {
		switch {
		case strings.HasPrefix(strings.ToLower(name), typed):
			begin = append(begin, i)
		case holdsWords(name, typed):
			named = append(named, i)
		case f.also != nil && holdsWords(name+" "+f.also[i], typed):
			found = append(found, i)
		}
	}
	return slices.Concat(begin, named, found)
}

// manyChoices are so many that typing finds one sooner than the arrows do.
const manyChoices = 7

// place says which of the choices is taken, and of which: those that fit what was typed.
func (f *field) place() paint.Line {
	fit := f.fitting()
	where := fmt.Sprintf("  %d of %d", slices.Index(fit, f.picked)+1, len(fit))
	if len(fit) == 0 {
		where = "  nothing matches"
	}
	line := paint.Dim.Line(where)
	if f.filtered() {
		line = line.And(paint.Dim, " · ").And(paint.Accent, f.filter.Value()+cursor)
	}
	return line
}

// lines draws the fields round the one in focus, and below them what it is for.
func (f *form) lines(width, height int) []paint.Line {
	if f.reading != nil {
		return f.reading.lines(width, height)
	}
	note := limit(f.note(width), max(height/3, 1))
	room := max(height-len(note)-1, 1)
	first, last := f.Around(f.Sel, len(f.fields), room)
	var out []paint.Line
	for i := first; i < last; i++ {
		out = append(out, f.fields[i].line(i == f.Sel, width))
	}
	more, _ := beyond(first, len(f.fields)-last)
	return append(append(out, paint.Text("  ").And(paint.Dim, more)), note...)
}

func (f *form) note(width int) []paint.Line {
	if f.leaving {
		return f.question(width)
	}
	if f.wrong != "" {
		return paint.Hang(paint.Bad.Line("  ✗ "), paint.Wrap(paint.Bad, f.wrong, width-4))
	}
	at := f.fields[f.Sel]
	text := at.tells()
	if len(at.choices) >= manyChoices {
		text = words.List("; ", text, "type to find one")
	}
	return paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, text, width-2))
}

// question asks whether to leave what was typed.
func (f *form) question(width int) []paint.Line {
	why := "It is lost."
	if f.keep != nil {
		why = "It is here again when you open this form, except a password."
	}
	out := paint.Hang(paint.Bad.Line("! "), paint.Wrap(paint.Strong, "Leave what you have typed?", width-2))
	return append(out, paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, why, width-2))...)
}

// tells is what a field is for, as the others are now.
func (f *field) tells() string {
	if f.says == nil {
		return f.help
	}
	word, why := f.says()
	return strings.TrimLeft(word+": "+why, ": ")
}

// page is the help on the field in focus: what there is to know about it, and the keys.
func (f *form) page(width int) []paint.Line {
	keys := []key.Help{{Key: "tab ↓", Desc: "the next field"}, {Key: "shift-tab ↑", Desc: "the field before"}, {Key: "← →", Desc: "choose, or move in the text"},
		{Key: "letters", Desc: "find a choice by its words; esc takes them off"},
		{Key: "ctrl-u", Desc: "delete what is before the cursor"}}
	if f.save != nil {
		keys = append(keys, key.Help{Key: "ctrl-s", Desc: "save without connecting"})
	}
	keys = append(keys, key.Help{Key: "esc", Desc: "leave the form; it asks first if you have typed something"})
	return append(append(f.fields[f.Sel].page(width), paint.Line{}), keyList(width, keyGroup{"in a form", keys})...)
}

// page is what a field is for, what can be chosen, and what there is to know about it.
func (f *field) page(width int) []paint.Line {
	out := paint.Wrap(paint.Strong, stopped(sentence(f.tells())), width)
	for i, c := range f.choices {
		lead := paint.Text("  ")
		if i == f.picked {
			lead = paint.Accent.Line("› ")
		}
		out = append(out, paint.Hang(lead, paint.Wrap(paint.Plain, c, width-2))...)
	}
	if e, ok := explain.Topic(topicOf(f.label)); ok {
		out = append(out, paint.Line{})
		out = append(out, paint.Wrap(paint.Accent, e.Title(), width)...)
		for _, side := range e.Says() {
			out = append(out, paint.Wrap(paint.Plain, side, width)...)
		}
	}
	return out
}

// topicOf is the topic that a field with a label is about; empty where there is none.
func topicOf(label string) string {
	switch label {
	case "server", "ports":
		return "mail ports"
	case "TLS":
		return "TLS policy"
	case "network":
		return "IPv4 and IPv6"
	case "from", "to":
		return "envelope"
	case "password":
		return "application password"
	case "token":
		return "OAuth"
	case "user", "mechanism":
		return "SASL"
	case "CA file":
		return "certificate chain"
	case "server name":
		return "certificate names"
	case "client cert", "client key":
		return "client certificate"
	case "TLS from", "TLS up to", "old TLS", "TLS detail":
		return "TLS versions"
	case "EHLO name":
		return label
	}
	return ""
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
		return paint.Accent.Line("‹ ").And(f.ink(), f.choices[f.picked]).And(paint.Accent, " ›").Then(f.place())
	case len(f.choices) > 0:
		return f.ink().Line(f.choices[f.picked]).And(paint.Dim, f.word())
	case focus && f.value() == "": // what empty stands for, or an example, is to be seen while one thinks of what to type
		return f.input.line(width).And(paint.Dim, "  "+f.placeholder)
	case focus:
		return f.input.line(width)
	}
	return f.input.still(f.placeholder)
}
