package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/bench"
	"ehlo/ui/scroll"
)

// workbench is where a person builds a response of AUTH themselves: the challenge above, a row of tools, what goes into
// the tool and what comes out, the line, and how it differs from the right one. The tools of the mechanism come first,
// in the order of its RFC, and the result of each can be put into the next. What is typed is a secret and shown on
// request only; nothing of it leaves the workbench but the line that is sent.
type workbench struct {
	*bench.Bench
	w      *explorer
	tools  []*tool
	picked int
	line   *field
	focus  int         // 0 is the row of tools, the last is the line
	view   scroll.List // the window onto the rows between the two
	values *values
	keys   *text // the list of keys, nil while it is not shown
	shown  bool

	refused string // why the line was not sent at the last key, "" if it was not asked for
	checked string // the line that was last compared
	differs []string
}

// unchecked is no line: nothing has been compared yet.
const unchecked = "\r\n"

// canBuild holds where a response of AUTH comes next.
func (w *explorer) canBuild() bool {
	o, ok := w.option()
	return ok && w.walking() && (w.canCancelAuth() || o.Step.Verb == record.VerbAuth)
}

// build opens the workbench on the answer to the challenge, or on the initial response. What the tools held in an
// earlier round is still there.
func (w *explorer) build() tea.Cmd {
	o, _ := w.option()
	place := bench.Place{Events: w.live.Source, Len: w.pos, Snap: w.snap, Account: w.goal.Credentials.Username}
	if name := place.Mechanism(o.Step); w.bench == nil || w.bench.Mechanism != name {
		w.bench = newWorkbench(w, name)
	}
	w.sheet = w.bench
	return w.bench.begin(place, o.Step)
}

func newWorkbench(w *explorer, name string) *workbench {
	b := &workbench{w: w, line: secretField("response", "", "", "")}
	fields := map[bench.Field]*field{}
	b.Bench = bench.New(name, func(in sasl.Input) bench.Field {
		f := textField(in.Name, "", "", in.Help)
		f.input.hidden = in.Hides != ""
		fields[&f.input] = f
		return &f.input
	})
	for _, t := range b.Tools {
		b.tools = append(b.tools, newTool(t, fields))
	}
	return b
}

// begin makes the workbench ready for a line. The same challenge finds it as it was left.
func (b *workbench) begin(place bench.Place, next record.Step) tea.Cmd {
	due, again := b.Begin(place, next)
	b.values, b.keys, b.shown, b.refused = nil, nil, false, ""
	b.line.label, b.line.help = "response", "base64, as sent on the wire; * cancels the exchange"
	if b.Initial() {
		b.line.label = "initial"
		b.line.help = "base64 after AUTH " + b.Mechanism + ": = is an empty response, and an empty line lets the server ask"
	}
	b.differs, b.checked = nil, unchecked
	if again {
		return nil
	}
	for _, t := range b.tools {
		t.turn++
	}
	b.picked, b.focus = due, 1
	b.line.input.SetValue("")
	cmd := b.fill()
	if b.ServerFirst() {
		b.focus = b.last()
	}
	return cmd
}

// tool is the one that is picked.
func (b *workbench) tool() *tool { return b.tools[b.picked] }

// last is where the line is in the order of focus: after the row of tools, the inputs and the result.
func (b *workbench) last() int { return len(b.tool().inputs) + b.tool().outputs() + 1 }

func (b *workbench) atRow() bool    { return b.focus == 0 }
func (b *workbench) atLine() bool   { return b.focus == b.last() }
func (b *workbench) atResult() bool { return !b.atLine() && b.focus > len(b.tool().inputs) }

// input is the one in focus; nil where it is none.
func (b *workbench) input() *entry {
	if i := b.focus - 1; i >= 0 && i < len(b.tool().inputs) {
		return b.tool().inputs[i]
	}
	return nil
}

func (b *workbench) title() string {
	switch {
	case b.keys != nil:
		return "workbench: " + b.keys.title()
	case b.values != nil:
		return "workbench: " + b.Mechanism + ": values to insert · " + placeIn(&b.values.List, len(b.values.list))
	}
	return "workbench: " + b.Mechanism
}

func (b *workbench) below() bool { return false }

func (b *workbench) hints() []key.Help {
	show := key.Help{Key: "^t", Desc: "show it"}
	if b.shown {
		show.Desc = "hide it"
	}
	esc, tab := key.Help{Key: "esc", Desc: "leave it"}, key.Help{Key: "tab", Desc: "next field"}
	put, form := key.Help{Key: "^p", Desc: "insert"}, key.Help{Key: "^o", Desc: "form"}
	keys := key.Help{Key: "f1", Desc: "keys"}
	switch {
	case b.keys != nil:
		return b.keys.hints()
	case b.values != nil:
		return []key.Help{{Key: "enter", Desc: "insert"}, {Key: "↑↓", Desc: "choose"}, show, {Key: "esc", Desc: "back"}}
	case b.atRow():
		return []key.Help{{Key: "←→", Desc: "tools"}, {Key: "enter", Desc: "its fields"}, keys, show, esc}
	case b.atLine():
		return []key.Help{{Key: "enter", Desc: "send it"}, keys, put, show, {Key: "pgdn", Desc: "next tool"}, tab, esc}
	case b.atResult():
		return []key.Help{{Key: "enter", Desc: "on to the next tool"}, keys, tab, form, show, esc}
	}
	return []key.Help{{Key: "enter", Desc: "next"}, keys, put, form, show, {Key: "pgdn", Desc: "next tool"}, esc}
}

func (b *workbench) press(k tea.KeyMsg) (tea.Cmd, bool) {
	if k.String() == "ctrl+t" {
		b.shown = !b.shown
		return nil, false
	}
	b.refused = ""
	switch {
	case b.keys != nil:
		b.readKeys(k)
		return nil, false
	case b.values != nil:
		return b.choose(k), false
	}
	switch k.String() {
	case "f1":
		b.keys = &text{name: "keys", key: "f1", page: benchKeys}
	case "esc":
		return nil, true
	case "enter":
		return b.enter()
	case "tab", "down":
		b.move(1)
	case "shift+tab", "up":
		b.move(-1)
	case "pgdown":
		return b.pick(1), false
	case "pgup":
		return b.pick(-1), false
	case "ctrl+o":
		return b.rewrite(), false
	case "ctrl+p":
		b.offer()
	default:
		return b.edit(k), false
	}
	return nil, false
}

// enter sends where the line is, and goes on everywhere else: half a line is not sent by mistake.
func (b *workbench) enter() (tea.Cmd, bool) {
	switch {
	case b.atLine():
		return b.send()
	case b.atResult():
		cmd := b.pick(1)
		b.focus = 1
		return cmd, false
	default:
		b.move(1)
	}
	return nil, false
}

func (b *workbench) move(n int) {
	all := b.last() + 1
	b.focus = (b.focus + n + all) % all
}

// pick goes to another tool, with the focus on its first field, or left in the row.
func (b *workbench) pick(n int) tea.Cmd {
	b.picked = (b.picked + n + len(b.tools)) % len(b.tools)
	if b.focus > 0 {
		b.focus = 1
	}
	return b.fill()
}

// rewrite takes the next of text, hexadecimal and base64 for the field in focus.
func (b *workbench) rewrite() tea.Cmd {
	if in := b.input(); in != nil {
		in.Form = in.Form.Next()
		return b.typedInto()
	}
	if b.atResult() {
		b.tool().Form = b.tool().Form.Next()
	}
	return nil
}

// edit changes what is in focus.
func (b *workbench) edit(k tea.KeyMsg) tea.Cmd {
	in := b.input()
	switch {
	case b.atRow() && k.String() == "left":
		return b.pick(-1)
	case b.atRow() && k.String() == "right":
		return b.pick(1)
	case in != nil:
		in.press(k)
		return b.typedInto()
	case b.atLine():
		b.line.press(k)
	}
	return nil
}

// typedInto computes what an input was changed for; the line follows where that is a message.
func (b *workbench) typedInto() tea.Cmd {
	cmd := b.changed()
	b.follow()
	return cmd
}

func (b *workbench) send() (tea.Cmd, bool) {
	if err := b.Problem(b.line.value()); err != nil && !wire.IsWarning(err) {
		return nil, false
	}
	if b.unfinished() {
		b.refused = emptyLine
		return nil, false
	}
	b.w.sheet = nil
	st := b.Step(b.line.value())
	return b.w.do(st, shown(st)), true
}

// emptyLine is why an empty line stays here.
const emptyLine = "the line is empty, and there is something to answer: go through the tools, or type it; to send an empty line on purpose, press : and enter outside the workbench"

// unfinished reports whether there is nothing on the line where an answer is due. An empty line goes where it is right,
// and, where the right answer is not known, from a tool that makes nothing else.
func (b *workbench) unfinished() bool {
	switch {
	case b.Initial() || b.line.value() != "":
		return false
	case bench.Comparable(b.w.snap.State):
		return len(b.compare()) > 0
	}
	return len(b.tool().inputs) > 0
}

// compare asks the engine once a line.
func (b *workbench) compare() []string {
	if line := b.line.value(); line != b.checked {
		b.checked = line
		b.differs = b.w.live.Engine.Check(b.Step(line))
	}
	return b.differs
}
