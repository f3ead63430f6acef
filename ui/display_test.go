package ui

import (
	"io"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/delta"
)

// counted counts how often it is drawn.
type counted struct{ times *int }

func (d counted) Init() tea.Cmd                       { return nil }
func (d counted) Update(tea.Msg) (tea.Model, tea.Cmd) { return d, nil }
func (d counted) View() string                        { *d.times++; return "a frame" }

// Keys that come faster than frames can be shown do not each have a frame made for them: the one that is due shows what they came to.
func TestNoFrameIsMadeWhileOneIsDue(t *testing.T) {
	times := 0
	d := &display{model: &shield{model: counted{&times}}, screen: delta.New(io.Discard, func() {}), restore: func() {}, due: true}
	for range 100 {
		d.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("a")})
		d.View()
	}
	if times != 0 {
		t.Errorf("%d frames were made while one was due", times)
	}
	d.Update(dueMsg{})
	if d.View(); times != 1 {
		t.Errorf("when it is due it is made %d times", times)
	}
}
