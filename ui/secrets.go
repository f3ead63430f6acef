package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/paint"
)

// secrets masks the secrets of the steps to come again, or asks whether they are to be shown.
func (w *explorer) secrets() tea.Cmd {
	if w.snap.Revealed || w.goal.Practices() && !w.snap.Veiled {
		w.live.Engine.Reveal(false)
		return nil
	}
	why := "Passwords, tokens and proofs of the next steps will be readable on this screen and in the transcript. Anyone who sees either can use them."
	if w.inLab() {
		why = "They will be readable on this screen and in the transcript. The accounts of the practice server are fictitious, so this does no harm."
	}
	w.sheet = &question{text: "show the secrets of this session?", why: why, answer: "yes, show them", yes: func() tea.Cmd {
		w.live.Engine.Reveal(true)
		return nil
	}}
	return nil
}

func (w *explorer) inLab() bool { return w.snap.Start != nil && w.snap.Start.Target.Lab }

// unmasked tells that secrets are no longer masked.
func (w *explorer) unmasked() paint.Line {
	switch {
	case !w.snap.Revealed:
		return nil
	case w.inLab():
		return paint.Bad.Line("! secrets shown, practice accounts")
	}
	return paint.Bad.Line("! secrets shown")
}

func (w *explorer) unmaskedShort() paint.Line {
	if !w.snap.Revealed {
		return nil
	}
	return paint.Bad.Line("! secrets shown")
}
