package ui

import (
	"errors"
	"fmt"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl/veil"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/ui/dialogue"
)

// The intents for which a person types a line.

// edit opens the prepared line for changes.
func (w *explorer) edit() tea.Cmd {
	o, _ := w.option()
	return w.typeLine("edit", o.Show, o.Step)
}

// raw takes any line.
func (w *explorer) raw() tea.Cmd {
	return w.typeLine("line", "", record.Step{Verb: record.VerbRaw, Credentials: w.goal.Credentials})
}

func (w *explorer) typeLine(label, text string, st record.Step) tea.Cmd {
	check := wire.ValidLine
	help := "sent unchanged, with CRLF; what you type is shown here, except a response after AUTH"
	in := newInput(text)
	in.veil = w.secretStart()
	if w.snap.State.Auth == record.AuthExchange {
		check = wire.ValidAuthLine
		help = "the server reads this as base64; what you type is neither shown nor stored. In the workbench (w) you can see it"
		in.hidden = true
	}
	if inMessage := w.snap.State.Transaction == record.TransactionData; !in.hidden && !inMessage { // there an empty line is content
		long := check
		check = func(line string) error {
			if line == "" {
				return errors.New("type a line, or esc leaves it: " + help)
			}
			return long(line)
		}
	}
	w.sheet = &editor{label: label, help: help, input: in, check: check, verb: "send", accept: func(line string) tea.Cmd {
		st.Line, st.Edited = line, true
		w.sheet = nil
		return w.do(st, shown(st))
	}}
	return nil
}

// secretStart gives where in a typed line begins what is not shown, also while it is being typed.
func (w *explorer) secretStart() func(line string) int {
	known := w.known()
	return func(line string) int { return walk.SecretStart(w.snap.State, line, known) }
}

// known finds the secrets that were given for this session.
func (w *explorer) known() *veil.Veil {
	c, known := w.goal.Credentials, &veil.Veil{}
	known.Public(c.Username, c.Authzid, w.goal.From)
	known.Learn(c.Password)
	known.Learn(c.Token)
	return known
}

// shown is what the screen calls a typed line while it is on its way. It may hold a secret.
func shown(record.Step) string { return "the line you typed" }

func (w *explorer) askJump() tea.Cmd {
	last := w.pane.Len()
	w.sheet = &editor{label: "go to event", input: newInput(""), verb: "go",
		help:   "a number from 1 to " + dialogue.Count(last),
		check:  func(s string) error { _, err := eventNumber(s, last); return err },
		accept: func(s string) tea.Cmd { n, _ := eventNumber(s, last); w.jump(n); return nil }}
	return nil
}

func eventNumber(s string, last int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > last {
		return 0, fmt.Errorf("want a number from 1 to %d", last)
	}
	return n, nil
}

// row is the selected row; ok is false where none is shown, as a filter can have it.
func (w *explorer) row() (r dialogue.Row, ok bool) {
	if !w.hasRow() {
		return r, false
	}
	return w.pane.Row(w.pane.Sel), true
}

// selected is the event of the selected row; where there is none it is one that says nothing.
func (w *explorer) selected() *record.Event {
	r, ok := w.row()
	if !ok {
		return &record.Event{}
	}
	return w.pane.Event(r.Event)
}

// noticeMsg is something to tell a person once.
type noticeMsg struct {
	from  *bridge
	text  string
	typed sheet // what could not be kept, to be corrected or tried again; nil if nothing
	// failed says that it could not be.
	failed bool
}

// whyNot is what an error says, without the path of a transcript: that is on the screen, and would leave no room for the reason.
func whyNot(err error) string {
	if e, ok := errors.AsType[*transcripts.Error](err); ok {
		return wire.VisibleString(e.Text)
	}
	return err.Error()
}
