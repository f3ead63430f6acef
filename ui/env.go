package ui

import (
	"context"
	"crypto/tls"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"golang.org/x/term"

	"ehlo/session/certificate"
	"ehlo/session/walk"
	"ehlo/ui/paint"
)

// env is what the screen needs of the world besides the session: a clock, a timer, and a way past the renderer to the
// terminal.
type env struct {
	now       func() time.Time
	after     func(time.Duration, tea.Msg) tea.Cmd
	emit      func(sequence string) tea.Cmd
	clipboard bool        // the terminal may know OSC 52
	lay       func(sheet) // lays something over the screen
	streams   bool        // a file is gone through once, and what is far above is dropped

	author func() string // signs notes; nil if nobody does

	launch  func(Request) (*Live, error)  // starts a session; nil where none can be started
	targets Targets                       // keeps servers under names; nil if nothing can
	read    func(string) (*Replay, error) // reads a transcript to compare it; nil if nothing is compared

	progress Progress // keeps what was solved and learned; nil if nothing does

	predict *bool     // a question comes before each step
	part    walk.Part // of the session that is opened: what the lesson that opens it is about

	readCA          func(ctx context.Context, path string) (certificate.Roots, error)
	readCertificate func(ctx context.Context, cert, key string) (*tls.Certificate, error)
}

func newEnv(a *App, out *os.File) env {
	return env{now: a.now, after: after, emit: emitTo(out), clipboard: os.Getenv("TERM") != "linux",
		readCA: a.ReadCA, readCertificate: a.ReadCertificate}
}

// terminalTheme is the theme for this terminal. Where it has no colors, or a person wants none, what is selected or read first still looks
// so, unless it is a terminal that can do nothing at all.
func terminalTheme(getenv func(string) string) *paint.Theme {
	profile := lipgloss.ColorProfile()
	theme := paint.NewTheme(profile, lipgloss.HasDarkBackground())
	if profile == termenv.Ascii && term.IsTerminal(int(os.Stdout.Fd())) && getenv("TERM") != "" && getenv("TERM") != "dumb" {
		theme = paint.NewColorless()
	}
	if !paint.ShowsUnicode(getenv) {
		theme = theme.InASCII()
	}
	return theme
}

func after(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// emitTo writes a sequence in one piece. The renderer writes each of its frames in one piece to the same file, and a
// file takes one write at a time, so that neither lands in the middle of the other.
func emitTo(out *os.File) func(string) tea.Cmd {
	return func(sequence string) tea.Cmd {
		return func() tea.Msg {
			_, _ = out.WriteString(sequence) // a terminal that is gone is noticed by the program's own reading
			return nil
		}
	}
}

// beatMsg moves the clock and the spinner.
type beatMsg struct {
	from *explorer
	gen  int
}

// beat sets the next beat and makes earlier ones void: fast while a step runs, once a second while a wait is counted down. While
// the program waits for a person nothing ticks.
func (w *explorer) beat() tea.Cmd {
	w.gen++
	msg := beatMsg{w, w.gen}
	_, counting := w.sheet.(*countdown)
	switch {
	case w.busy != nil:
		return w.env.after(spinning, msg)
	case counting, w.show != nil:
		return w.env.after(time.Second, msg)
	}
	return nil
}
