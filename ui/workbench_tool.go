package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
)

// tool is a tool of the workbench with what a person has put into it.
type tool struct {
	sasl.Tool
	inputs []*entry
	form   sasl.Form // in which the result is written
	result []byte    // nil while there is none
	wrong  string    // why there is none
	turn   int       // how often the inputs have changed
	busy   bool      // a computation runs off the screen
}

// entry is a field with the form in which it is read.
type entry struct {
	*field
	sasl.Input
	form   sasl.Form
	filled string // what was put in from elsewhere, and belongs to one exchange
}

func newTool(t sasl.Tool) *tool {
	out := &tool{Tool: t, form: t.Form}
	for _, in := range t.Inputs {
		f := textField(in.Name, in.Value, "", in.Help)
		f.input.hidden = in.Hides != ""
		out.inputs = append(out.inputs, &entry{field: f, Input: in, form: in.Form})
	}
	return out
}

// outputs is how many rows the result has: a message is the line itself.
func (t *tool) outputs() int {
	if t.Message {
		return 0
	}
	return 1
}

// octets reads the inputs; ok is false, and wrong says why, while one cannot be read or is empty and must not be.
func (t *tool) octets() (in [][]byte, ok bool) {
	for _, e := range t.inputs {
		data, err := e.form.Octets(e.value())
		switch {
		case err != nil:
			t.wrong = e.label + ": " + err.Error()
			return nil, false
		case len(data) == 0 && !e.Optional:
			t.wrong = "waits for " + e.label
			return nil, false
		}
		in = append(in, data)
	}
	return in, true
}

// quick is how many rounds of hashing are done at once: a few milliseconds' worth.
const quick = 10_000

// madeMsg is the result of a tool that takes its time. It is for one state of the inputs.
type madeMsg struct {
	bench  *workbench
	tool   *tool
	turn   int
	result []byte
	err    error
}

// changed computes the tool in front anew. What takes long is computed off the screen, one at a time.
func (b *workbench) changed() tea.Cmd {
	t := b.tool()
	t.turn++
	t.result, t.wrong = nil, ""
	in, ok := t.octets()
	switch {
	case !ok:
		return nil
	case t.Work(in) > quick && t.busy:
		return nil // it is done when the one before is over
	case t.Work(in) > quick:
		return b.later(t, in)
	}
	b.keep(t, in)
	return nil
}

// keep computes at once.
func (b *workbench) keep(t *tool, in [][]byte) {
	result, err := t.Make(in)
	b.made(t, result, err)
}

func (b *workbench) made(t *tool, result []byte, err error) {
	if err != nil {
		t.wrong = err.Error()
		return
	}
	if t.result = result; result == nil {
		t.result = []byte{}
	}
}

// follow writes a message into the line, or empties it while there is none.
func (b *workbench) follow() {
	t := b.tool()
	switch {
	case !t.Message:
	case t.result == nil:
		b.line.input.SetValue("")
	default:
		b.line.input.SetValue(sasl.EncodeResponse(t.result, b.challenge == nil))
	}
}

// forget takes out what belongs to an earlier exchange: the results, and what was not typed.
func (b *workbench) forget() {
	for _, t := range b.tools {
		t.turn++
		t.result, t.wrong = nil, ""
		for _, e := range t.inputs {
			if e.filled != "" && e.value() == e.filled {
				e.input.SetValue(e.Value)
				e.form = e.Input.Form
			}
			e.filled = ""
		}
	}
}

func (b *workbench) later(t *tool, in [][]byte) tea.Cmd {
	t.busy = true
	msg := madeMsg{bench: b, tool: t, turn: t.turn}
	return func() tea.Msg {
		msg.result, msg.err = msg.tool.Make(in)
		return msg
	}
}

// done takes a result that took its time, and computes once more if the inputs are others by now.
func (b *workbench) done(msg madeMsg) tea.Cmd {
	t := msg.tool
	t.busy = false
	if msg.turn == t.turn {
		b.made(t, msg.result, msg.err)
		return nil
	}
	in, ok := t.octets()
	switch {
	case !ok:
		return nil
	case t.Work(in) > quick:
		return b.later(t, in)
	}
	b.keep(t, in)
	return nil
}
