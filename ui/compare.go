package ui

import (
	"errors"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/diff"
)

// comparedMsg brings what came of a comparison, or why there is none. from is the session that asked for it, nil at the home.
type comparedMsg struct {
	from *explorer
	c    *diff.Comparison
	err  error
}

// compared are two sessions that are compared away from the screen's own goroutine: each is a source, or a file that is read.
func compared(from *explorer, read func(string) (*Replay, error), a, b diff.Session) tea.Cmd {
	return func() tea.Msg {
		msg := comparedMsg{from: from}
		msg.err = record.Try("comparing", func() error {
			for _, s := range []*diff.Session{&a, &b} {
				if s.Source != nil {
					continue
				}
				replay, err := read(s.Name)
				if err != nil {
					return err
				}
				if replay.Close != nil {
					defer replay.Close()
				}
				s.Source, s.Running = replay.Source, replay.running()
			}
			msg.c = diff.Compare(a, b)
			return nil
		})
		return msg
	}
}

// canSetBeside holds where there is a session to compare with another.
func (w *explorer) canSetBeside() bool {
	return w.env.read != nil && w.hasEvents() && w.busy == nil && !w.reading()
}

// setBeside asks for the other transcript, and shows both side by side. What is shown here may go on.
func (w *explorer) setBeside() tea.Cmd {
	w.sheet = &editor{label: "compare", input: newInput(""), verb: "compare", help: "the path of the other transcript, to see both side by side",
		check: func(path string) error {
			if strings.TrimSpace(path) == "" {
				return errors.New("type the path of a transcript, or of a recording of another program")
			}
			return nil
		},
		accept: func(path string) tea.Cmd {
			here := diff.Session{Name: "this session", Source: w.bridge.source, Running: w.live != nil && !w.over || w.unended()}
			if w.path() != "" {
				here.Name = filepath.Base(w.path())
			}
			return compared(w, w.env.read, here, diff.Session{Name: strings.TrimSpace(path)})
		}}
	return nil
}

// showSides lays two sessions side by side over what is on the screen, until a key leads back.
func (r *root) showSides(msg comparedMsg) tea.Cmd {
	switch {
	case msg.from != r.walk: // the person has gone on
	case msg.err != nil && r.walk != nil:
		r.walk.notice = msg.err.Error()
	case msg.err != nil:
		r.home.trouble = whyNot(msg.err)
	default:
		r.sides = newSides(msg.c, r.theme)
		r.sides.within = true
	}
	return nil
}

// besides hands a key to the two sessions that lie over the screen. Who quits there quits what is below, which asks where a session is open.
func (r *root) besides(k tea.KeyMsg) tea.Cmd {
	s := r.sides
	if _, leave := s.Update(k); leave != nil {
		r.sides = nil
	}
	switch {
	case !s.quits:
		return nil
	case r.walk != nil:
		return r.walk.quit()
	}
	return tea.Quit
}

// mark marks a transcript of the list, or compares it with the one that is marked.
func (h *home) mark(path string) tea.Cmd {
	other := h.marked
	if h.marked = path; other == path {
		h.marked = ""
	}
	var cmd tea.Cmd
	if other != "" && other != path {
		h.marked = ""
		cmd = compared(nil, h.app.Read, diff.Session{Name: other}, diff.Session{Name: path})
	}
	h.listed(h.recent) // with its mark
	return cmd
}
