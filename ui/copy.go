package ui

import (
	"fmt"
	"os"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/wire"
	"ehlo/ui/detail"
	"ehlo/ui/dialogue"
)

// maxClip bounds what is put on the clipboard: terminals cut or drop longer sequences.
const maxClip = 64 << 10

// copyOut puts the selected event on the clipboard, by the escape sequence OSC 52. The text is what the screen shows:
// made visible, secrets masked. A terminal does not say whether it took it.
func (w *explorer) copyOut() tea.Cmd {
	what, text := w.copied()
	cmd := w.clip(what, text)
	if w.clips(text) {
		w.notice += "; x saves it to a file"
	}
	return cmd
}

// clip puts a text on the clipboard, or into a file where the terminal takes no text or not so much.
func (w *explorer) clip(what, text string) tea.Cmd {
	if !w.clips(text) {
		return w.file(what, text)
	}
	w.notice = fmt.Sprintf("copied %s to the terminal's clipboard", what)
	return w.env.emit(osc52.New(text).String())
}

func (w *explorer) clips(text string) bool { return w.env.clipboard && len(text) <= maxClip }

// copyFile puts it in a file of its own.
func (w *explorer) copyFile() tea.Cmd { return w.file(w.copied()) }

func (w *explorer) file(what, text string) tea.Cmd {
	b := w.bridge
	return func() tea.Msg {
		path, err := writeTemp(text)
		if err != nil {
			return noticeMsg{from: b, text: "not copied: " + err.Error()}
		}
		return noticeMsg{from: b, text: fmt.Sprintf("copied %s to %s", what, path)}
	}
}

func writeTemp(text string) (string, error) {
	f, err := os.CreateTemp("", "ehlo-*.txt") // created 0600
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), err
}

// copied is the text to copy and what it is: the event's lines in the explain view, else what the view shows.
func (w *explorer) copied() (what, text string) {
	e := w.selected()
	if w.view != detail.Explain {
		page := detail.Open(w.subject(), w.view, 80)
		return fmt.Sprintf("the %s of event %d", detail.Names[w.view], e.Seq), pageText(page)
	}
	switch {
	case e.Reply != nil:
		return fmt.Sprintf("the reply (%s)", dialogue.Number(max(len(e.Reply.Lines), 1), "line")), visibleLines(e.Reply.Raw)
	case e.Send != nil:
		return "what was sent", visibleLines(e.Send.Raw)
	}
	return fmt.Sprintf("event %d", e.Seq), w.pane.Look(w.pane.Sel, w.pos).Whole() + "\n"
}

func pageText(p detail.Page) string {
	var b strings.Builder
	for i := 0; i < p.Len() && b.Len() < maxClip; i++ {
		b.WriteString(strings.TrimRight(p.Line(i).String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func visibleLines(raw []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(raw)) {
		b.WriteString(wire.VisibleString(strings.TrimRight(line, "\r\n")))
		b.WriteByte('\n')
	}
	return b.String()
}
