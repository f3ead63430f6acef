//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package ui

import (
	"os"
	"os/signal"
	"syscall"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/jobcontrol"
)

// suspension stops and continues the program for a shell. At Ctrl-Z the terminal is the shell's until the program goes on.
// A SIGTSTP from elsewhere stops it at once, as SIGSTOP does: a Go program that has caught it once cannot be stopped by it
// any more. In each case the terminal is taken again and the screen drawn again when the program goes on.
type suspension struct {
	display *display
	resumes chan os.Signal
	ended   chan struct{}
}

// resumedMsg says that the program was stopped without a warning and goes on.
type resumedMsg struct{}

func newSuspension() *suspension {
	return &suspension{resumes: make(chan os.Signal, 1), ended: make(chan struct{})}
}

// start listens for signals until the function it returns is called.
func (s *suspension) start(d *display) (stop func()) {
	s.display = d
	signal.Notify(s.resumes, syscall.SIGCONT)
	go s.relay()
	return func() { signal.Stop(s.resumes); close(s.ended) }
}

// relay makes messages of signals: the terminal is only touched between two messages.
func (s *suspension) relay() {
	for {
		select {
		case <-s.resumes:
			s.display.program.Send(resumedMsg{})
		case <-s.ended:
			return
		}
	}
}

// end reports whether the program is to end while the terminal is another program's.
func (s *suspension) end() bool { return jobcontrol.Ends(s.display.keys.File, s.display.told) }

// filter takes the place of Bubble Tea's own suspension. That one waits for ever where no shell can continue the program,
// as on a terminal that has nothing else in it.
func (s *suspension) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.SuspendMsg:
		return s.aside(jobcontrol.Stop)
	case resumedMsg:
		if s.end() {
			s.display.leave()
			return nil
		}
		return s.aside(func() {})
	}
	return msg
}

// aside does something while the terminal is as it was before the program. The terminal may have another size afterwards. A program that
// is to end in the background does not ask for it: it would be stopped.
func (s *suspension) aside(do func()) tea.Msg {
	d := s.display
	if d.program.ReleaseTerminal() != nil {
		return nil
	}
	d.release()
	signal.Stop(s.resumes) // what continues the program now is expected
	do()
	signal.Notify(s.resumes, syscall.SIGCONT)
	if s.end() {
		return nil
	}
	_, _ = d.take(), d.program.RestoreTerminal() // a terminal that is gone ends the program by its signal
	size, _ := terminalSize()
	return size
}
