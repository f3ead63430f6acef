package ui

import (
	"errors"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/ui/paint"
)

// trouble says what went wrong in a step, what to try, and what can be done now.
type trouble struct {
	w     *walk
	step  session.Step
	text  string
	hint  string
	label string
}

func newTrouble(w *walk, b *busy) *trouble {
	t := &trouble{w: w, step: b.step, label: b.label, text: b.err.Error()}
	var e *session.Error
	if errors.As(b.err, &e) {
		t.text, t.hint = e.Text, e.Hint
	}
	return t
}

func (t *trouble) title() string { return "what happened" }
func (t *trouble) below() bool   { return true }

func (t *trouble) hints() []key.Help {
	var out []key.Help
	if t.w.canSend() {
		out = append(out, key.Help{Key: "enter", Desc: "go on"})
	}
	if t.canRepeat() {
		out = append(out, key.Help{Key: "a", Desc: "again"})
	}
	if t.w.canChoose() {
		out = append(out, key.Help{Key: "tab", Desc: "other step"})
	}
	if t.w.canStartOver() {
		out = append(out, key.Help{Key: "R", Desc: "start over"})
	}
	return append(out, key.Help{Key: "q", Desc: "quit"})
}

// canRepeat holds where the step is in order once more.
func (t *trouble) canRepeat() bool {
	for _, o := range t.w.options {
		if o.Step.Verb == t.step.Verb && o.Legal && t.w.canSend() {
			return true
		}
	}
	return false
}

// press repeats the step, or clears the way for the key: all keys of the walk work here too.
func (t *trouble) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "enter", "esc":
		return nil, true
	case "a":
		if !t.canRepeat() {
			return nil, false
		}
		return t.w.do(t.step, t.label), true
	case "tab", "q", "R", "e", ":", "r", "c", "m":
		t.w.sheet = nil
		return t.w.press(k), true
	}
	return t.w.press(k), false
}

func (t *trouble) lines(width, height int) []paint.Line {
	out := limit(paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, sentence(t.text), width-2)), max(height/2, 1))
	if t.hint == "" || len(out) >= height {
		return out
	}
	return append(out, limit(paint.Hang(paint.Accent.Line("  Try  "), paint.Wrap(paint.Plain, t.hint, width-7)), height-len(out))...)
}
