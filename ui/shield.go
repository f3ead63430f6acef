package ui

import (
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
)

// shield stands between Bubble Tea and the screen. A panic in the screen or in one of its commands ends the program as
// quitting does: the terminal is put right, sessions are joined, transcripts flushed. Bubble Tea would do the first too,
// but print what was passed to panic, and that may be a password.
type shield struct {
	model tea.Model
	quit  func()

	mu    sync.Mutex
	fault *record.Fault // the first
}

// Init implements [tea.Model].
func (s *shield) Init() (cmd tea.Cmd) {
	defer s.catch(func() { cmd = tea.Quit })
	return s.guarded(s.model.Init())
}

// Update implements [tea.Model].
func (s *shield) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return s, s.update(msg) }

func (s *shield) update(msg tea.Msg) (cmd tea.Cmd) {
	defer s.catch(func() { cmd = tea.Quit })
	if s.failed() != nil {
		return tea.Quit
	}
	_, cmd = s.model.Update(msg)
	return s.guarded(cmd)
}

// View implements [tea.Model].
func (s *shield) View() (view string) {
	defer s.catch(func() {
		view = ""
		go s.quit() // the program takes no message while it draws
	})
	if s.failed() != nil {
		return ""
	}
	return s.model.View()
}

// guarded gives a command that catches its own panic, and those of the commands it leads to.
func (s *shield) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer s.catch(func() { msg = tea.Quit() })
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = s.guarded(batch[i])
			}
		}
		return msg
	}
}

// catch is deferred: it keeps the first panic and says how to go on.
func (s *shield) catch(then func()) {
	r := recover()
	if r == nil {
		return
	}
	s.mu.Lock()
	if s.fault == nil {
		s.fault = record.NewFault("the screen", r)
	}
	s.mu.Unlock()
	then()
}

// failed is the first panic; nil while all is well.
func (s *shield) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		return nil
	}
	return s.fault
}

// faults are the panics inside the steps of all sessions there were: they were told when they happened, and are told
// once more when the program has ended, with what helps to mend them.
func (r *root) faults() []error {
	var out []error
	for _, w := range r.walks {
		if w.fault != nil {
			out = append(out, w.fault)
		}
	}
	return out
}
