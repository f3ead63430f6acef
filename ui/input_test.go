package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// Each line is what a person has, presses and gets; | is the cursor.
func TestKeysOfAnInput(t *testing.T) {
	for _, c := range []struct{ has, keys, want string }{
		{"MAIL FROM:<ann>|", "left left", "MAIL FROM:<an|n>"},
		{"|", "left right backspace delete ctrl+w alt+d ctrl+u ctrl+k", "|"},
		{"one two  three|", "alt+b", "one two  |three"},
		{"one two  |three", "ctrl+left", "one |two  three"},
		{"one| two  three", "alt+f", "one two|  three"},
		{"one two|  three", "ctrl+right ctrl+right", "one two  three|"},
		{"one two  |three", "ctrl+w", "one |three"},
		{"one\u00a0two|", "alt+backspace", "one\u00a0|"},
		{"one| two  three", "alt+d", "one|  three"},
		{"one| two", "home delete x", "x|ne two"},
		{"|one two", "end backspace", "one tw|"},
		{"one| two", "ctrl+k", "one|"},
		{"one| two", "ctrl+u", "| two"},
		{"gr|\u00fc\u00dfe", "right backspace", "gr|\u00dfe"},
		{"one|", "f1 up tab enter", "one|"},
	} {
		before, after, _ := strings.Cut(c.has, "|")
		in := newInput(before + after)
		in.at = len([]rune(before))
		for _, k := range strings.Fields(c.keys) {
			in.press(keyMsg(k))
		}
		if got := string(in.text[:in.at]) + "|" + string(in.text[in.at:]); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.has, c.keys, got, c.want)
		}
	}
}

// What is pasted is one line of characters, and no more of it than there is room for.
func TestPasteIntoAnInput(t *testing.T) {
	in := newInput("ac")
	in.at = 1
	in.press(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune("\x1b[b\tb\r\n\ufffd")})
	if got := in.Value(); got != "a[b b  c" || in.Position() != 7 {
		t.Errorf("%q, cursor at %d", got, in.Position())
	}
	in.press(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(strings.Repeat("x", maxInput))})
	if n := len(in.text); n != maxInput || in.Value()[n-1] != 'c' {
		t.Errorf("%d characters", n)
	}
}
