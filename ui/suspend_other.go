//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package ui

import tea "github.com/charmbracelet/bubbletea"

// suspension does nothing: these systems do not stop programs for a shell.
type suspension struct{}

func newSuspension() *suspension { return &suspension{} }

func (*suspension) start(*display) (stop func()) { return func() {} }

func (*suspension) end() bool { return false }

func (*suspension) filter(_ tea.Model, msg tea.Msg) tea.Msg { return msg }
