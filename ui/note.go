package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// noteEditor takes a note of one line or several, and whose it is.
type noteEditor struct {
	name    string
	text    input
	author  input
	signing bool // the author has the keys
	keep    func(text, author string) tea.Cmd
	refused bool // enter came too early: an empty note is no mistake before
}

// canNote holds where a note can be kept: in the file of a session that runs its own window alone keeps them.
func (w *explorer) canNote() bool {
	return w.hasRow() && !w.over && (w.live != nil || w.replay != nil && w.replay.AddNote != nil && !w.replay.running())
}

// onNote reports whether the selected row is a note.
func (w *explorer) onNote() bool {
	_, ok := w.selectedNote()
	return ok
}

func (w *explorer) selectedNote() (record.Remark, bool) {
	r, ok := w.row()
	if !ok {
		return record.Remark{}, false
	}
	return w.pane.Remark(r)
}

func (w *explorer) canChangeNote() bool { return w.canNote() && w.onNote() }

// askNote takes a note on the selected event.
func (w *explorer) askNote() tea.Cmd {
	seq := w.selected().Seq
	w.writeNote(fmt.Sprintf("note on event %d", seq), "", w.author(), record.Note{On: seq})
	return nil
}

// editNote takes another form of the selected note. Whoever changes it signs it.
func (w *explorer) editNote() tea.Cmd {
	r, _ := w.selectedNote()
	w.writeNote(fmt.Sprintf("the note on event %d", r.On), r.Text, w.author(), record.Note{On: r.On, Edits: r.Seq})
	return nil
}

// removeNote removes the selected note, after a question.
func (w *explorer) removeNote() tea.Cmd {
	r, _ := w.selectedNote()
	text, _, _ := strings.Cut(r.Text, "\n")
	w.sheet = &question{text: "remove this note?", why: "“" + text + "” will no longer be shown. The file keeps it, and records that it was removed.", answer: "remove it",
		yes: func() tea.Cmd { return w.keepNote(record.Note{On: r.On, Edits: r.Seq, Author: w.author()}, nil) }}
	return nil
}

func (w *explorer) writeNote(name, text, author string, n record.Note) {
	e := &noteEditor{name: name, text: newLines(text), author: newInput(author)}
	e.text.veil = w.known().Find
	e.keep = func(text, author string) tea.Cmd {
		w.signs, n.Text, n.Author = &author, text, author
		return w.keepNote(n, e)
	}
	w.sheet = e
}

// author signs the next note: who signed the last one, or the person at the keyboard.
func (w *explorer) author() string {
	switch {
	case w.signs != nil:
		return *w.signs
	case w.env.author != nil:
		return w.env.author()
	}
	return ""
}

// keepNote writes a note. A live session's note goes through its log, whose append never waits. Where it was typed comes back with it
// if it cannot be written.
func (w *explorer) keepNote(n record.Note, typed sheet) tea.Cmd {
	w.noting = &n
	if w.live != nil {
		w.live.Engine.Note(n)
		w.notice = "the note is in the session's log"
		return nil
	}
	n.Time = w.env.now()
	done := "the note is in the transcript"
	if n.Text == "" {
		done = "the note is removed"
	}
	return w.keepInFile(func() error { return w.replay.AddNote(n) }, "the note was not saved: ", done, typed)
}

// showNoted selects the note that was kept last, once it is among the events from the first on.
func (w *explorer) showNoted(first int) {
	for i := w.pane.Len() - 1; w.noting != nil && i >= first; i-- {
		e := w.pane.Event(i)
		if e.Kind != record.KindNote || !w.ownNote(e.Note) {
			continue
		}
		w.noting = nil
		if r, ok := w.pane.OfNote(e.Seq); ok && w.showsNote(r) {
			follow := w.follow
			w.showNote(e.Seq)
			w.follow = follow
		}
	}
}

// ownNote reports whether a note is the one that is on its way. Several programs may write notes into one file at once; into the log of a
// live session nobody else does, and what is secret in a note is masked there.
func (w *explorer) ownNote(n *record.Note) bool {
	own := w.noting
	return w.live != nil || n.On == own.On && n.Edits == own.Edits && n.Text == own.Text && n.Author == own.Author && n.Time.Equal(own.Time)
}

// keepInFile adds to the file what was typed, which is not lost where that fails.
func (w *explorer) keepInFile(keep func() error, failed, done string, typed sheet) tea.Cmd {
	b := w.bridge
	return func() tea.Msg {
		if err := keep(); err != nil {
			return noticeMsg{from: b, text: failed + whyNot(err), typed: typed, failed: true}
		}
		return noticeMsg{from: b, text: done}
	}
}

func (e *noteEditor) title() string { return e.name }
func (e *noteEditor) below() bool   { return true }

func (e *noteEditor) hints() []key.Help {
	out := []key.Help{{Key: "enter", Desc: "keep"}}
	if e.signing {
		out = append(out, key.Help{Key: "tab", Desc: "the note"})
	} else {
		out = append(out, key.Help{Key: "ctrl-j", Desc: "new line"}, key.Help{Key: "tab", Desc: "the author"})
	}
	return append(append(out, e.focused().clears()...), key.Help{Key: "esc", Desc: "leave it"})
}

// focused is the text that takes the keys: the note, or who signs it.
func (e *noteEditor) focused() *input {
	if e.signing {
		return &e.author
	}
	return &e.text
}

func (e *noteEditor) press(k tea.KeyMsg) (tea.Cmd, bool) {
	in := e.focused()
	switch k.String() {
	case "esc":
		return nil, true
	case "tab", "shift+tab":
		e.signing = !e.signing
	case "enter":
		if e.problem() != nil {
			e.refused = true
			return nil, false
		}
		return e.keep(strings.TrimRight(e.text.Value(), "\n "), strings.TrimSpace(e.author.Value())), true
	case "ctrl+j", "alt+enter":
		e.text.newLine()
	default:
		in.press(k)
	}
	return nil, false
}

func (e *noteEditor) problem() error {
	if strings.TrimSpace(e.text.Value()) == "" {
		return errors.New("a note needs text")
	}
	return nil
}

// lines draw the part of the note that has the cursor, whose it is, and what becomes of it.
func (e *noteEditor) lines(width, height int) []paint.Line {
	label := paint.Accent.Line("› ")
	help := []paint.Line{paint.Dim.Line("  stored in the transcript, and shown below the event").Cut(width)}
	if height < 4 {
		help = nil
	}
	out := paint.Hang(label, e.text.rows(width-label.Width(), max(height-1-len(help), 1), !e.signing))
	by := paint.Dim.Line("  by  ")
	if e.signing {
		by = paint.Accent.Line("› by  ").Then(e.author.line(width - 6))
	} else {
		by = by.Then(e.author.still("nobody"))
	}
	if e.refused && e.problem() != nil {
		by = paint.Warn.Line("  " + e.problem().Error())
	}
	return limit(append(append(out, by.Cut(width)), help...), height)
}

// canTitle holds where something can be said of the whole file.
func (w *explorer) canTitle() bool {
	return w.replay != nil && w.replay.AddAbout != nil && !w.replay.running()
}

// askTitle takes what a person says of the file.
func (w *explorer) askTitle() tea.Cmd {
	a := record.About{Author: w.author()}
	if said := w.pane.About(); said != nil {
		a = *said
	}
	title := textField("title", a.Title, "none", "what the transcript shows; displayed at the top and in the list at home")
	author := textField("author", a.Author, "nobody", "who made or annotated it")
	tags := textField("tags", strings.Join(a.Tags, ", "), "none", "words to find it by, separated by commas")
	f := &form{name: "about this transcript", verb: "keep", fields: []*field{title, author, tags}}
	f.submit = func() (tea.Cmd, error) {
		about := record.About{Title: strings.TrimSpace(title.value()), Author: strings.TrimSpace(author.value()), Tags: tagsOf(tags.value())}
		return w.keepInFile(func() error { return w.replay.AddAbout(about) }, "not saved: ", "it is in the transcript", f), nil
	}
	w.sheet = f
	return nil
}

// tagsOf takes a list of tags apart, each once.
func tagsOf(list string) (tags []string) {
	for tag := range strings.SplitSeq(list, ",") {
		if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// aboutLines are what was said of the file.
func (w *explorer) aboutLines(width int) (out []paint.Line) {
	a := w.pane.About()
	if a == nil {
		return nil
	}
	for _, part := range [][2]string{{"title", a.Title}, {"author", words.List(", ", a.Author, words.Day(a.Time))}, {"tags", strings.Join(a.Tags, ", ")}} {
		if part[1] != "" {
			out = append(out, row(part[0], paint.Plain, part[1], width)...)
		}
	}
	return out
}
