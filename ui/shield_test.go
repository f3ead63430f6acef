package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
)

// frail is a model that fails where it is told to, with a secret in its words.
type frail struct{ at string }

const frailSecret = "tulip-42"

func (f frail) fail(at string) {
	if f.at == at {
		panic(fmt.Errorf("while %s was typed", frailSecret))
	}
}

func (f frail) Init() tea.Cmd {
	f.fail("init")
	return f.command("the first command")
}

func (f frail) Update(tea.Msg) (tea.Model, tea.Cmd) {
	f.fail("update")
	return f, tea.Batch(func() tea.Msg { return nil }, f.command("a command of several"))
}

func (f frail) View() string {
	f.fail("view")
	return "a frame"
}

func (f frail) command(at string) tea.Cmd {
	return func() tea.Msg {
		f.fail(at)
		return nil
	}
}

// Wherever the screen fails, it ends as quitting does, and the fault says where without saying what.
func TestShield(t *testing.T) {
	for _, at := range []string{"init", "the first command", "update", "a command of several", "view"} {
		quit := make(chan bool, 8)
		s := &shield{model: frail{at}, quit: func() { quit <- true }}
		ends := false
		follow := func(cmd tea.Cmd) {
			for cmds := []tea.Cmd{cmd}; len(cmds) > 0; cmds = cmds[1:] {
				if cmds[0] == nil {
					continue
				}
				switch msg := cmds[0]().(type) {
				case tea.BatchMsg:
					cmds = append(cmds, msg...)
				case tea.QuitMsg:
					ends = true
				}
			}
		}
		follow(s.Init())
		m, cmd := s.Update(nil)
		if m != tea.Model(s) {
			t.Errorf("%s: the model is %v", at, m)
		}
		follow(cmd)
		s.View()
		if at == "view" {
			ends = <-quit
		}
		var f *record.Fault
		if !errors.As(s.failed(), &f) || !ends || len(f.Trace) == 0 || strings.Contains(fmt.Sprintf("%+v %v", f, s.failed()), frailSecret) {
			t.Errorf("%s: ends %t, %+v", at, ends, f)
		}
		if got := s.View(); got != "" {
			t.Errorf("%s: it still draws %q", at, got)
		}
		if _, cmd := s.Update(nil); cmd == nil {
			t.Errorf("%s: it goes on", at)
		}
	}
	s := &shield{model: frail{}, quit: func() {}}
	if s.Update(nil); s.View() != "a frame" || s.failed() != nil {
		t.Error("it fails without a reason")
	}
}
