package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/bench"
)

// tool is a tool of the workbench with its fields.
type tool struct {
	*bench.Tool
	inputs []*entry
	turn   int  // how often the inputs have changed
	busy   bool // a computation runs off the screen
}

// entry is a field with what is typed into it.
type entry struct {
	*field
	*bench.Input
}

func newTool(t *bench.Tool, fields map[bench.Field]*field) *tool {
	out := &tool{Tool: t}
	for _, in := range t.Inputs {
		out.inputs = append(out.inputs, &entry{fields[in.Field], in})
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

// madeMsg is the result of a tool that takes its time. It is for one state of the inputs.
type madeMsg struct {
	bench  *workbench
	tool   *tool
	turn   int
	result []byte
	err    error
}

// changed computes the tool in front again. What takes long is computed off the screen, one at a time.
func (b *workbench) changed() tea.Cmd {
	t := b.tool()
	t.turn++
	t.Clear()
	in, ok := t.Octets()
	switch {
	case !ok:
		return nil
	case t.Slow(in) && t.busy:
		return nil // it is done when the one before is over
	case t.Slow(in):
		return b.later(t, in)
	}
	t.Keep(t.Make(in))
	return nil
}

// follow writes a message into the line, or empties it while there is none.
func (b *workbench) follow() {
	t := b.tool()
	switch {
	case !t.Message:
	case t.Result == nil:
		b.line.input.SetValue("")
	default:
		b.line.input.SetValue(b.Line(t.Tool))
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
		t.Keep(msg.result, msg.err)
		return b.fill() // the tool in front may have waited for it
	}
	in, ok := t.Octets()
	switch {
	case !ok:
		return nil
	case t.Slow(in):
		return b.later(t, in)
	}
	t.Keep(t.Make(in))
	return nil
}
