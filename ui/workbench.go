package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// workbench is where a person builds a response of AUTH themselves: the challenge above, a row of tools, what goes into
// the tool and what comes out, the line, and how it differs from the right one. The tools of the mechanism come first,
// in the order of its RFC, and the result of each can be put into the next. What is typed is a secret and shown on
// request only; nothing of it leaves the workbench but the line that is sent.
type workbench struct {
	w         *walk
	name      string       // of the mechanism
	step      session.Step // what is sent, without its line
	challenge *challenge   // nil for the initial response
	exchange  int          // the position of the AUTH command, 0 before it
	tools     []*tool
	own       int // how many of them are the mechanism's
	picked    int
	line      *field
	focus     int // 0 is the row of tools, the last is the line
	values    *values
	shown     bool

	begun   bool
	checked string // the line that was last compared
	differs []string
}

// unchecked is no line: nothing has been compared yet.
const unchecked = "\r\n"

// canBuild holds where a response of AUTH comes next.
func (w *walk) canBuild() bool {
	o, ok := w.option()
	return ok && w.canSend() && (w.canCancelAuth() || o.Step.Verb == session.VerbAuth)
}

// build opens the workbench on the answer to the challenge, or on the initial response. What the tools held in an
// earlier round is still there.
func (w *walk) build() tea.Cmd {
	o, _ := w.option()
	step, c, name := o.Step, (*challenge)(nil), o.Step.Mechanism
	if w.canCancelAuth() {
		step, c, name = session.Step{Verb: session.VerbRespond}, w.lastChallenge(), w.snap.State.Mechanism
	}
	b := w.bench
	if b == nil || b.name != name {
		b = newWorkbench(w, name)
		w.bench = b
	}
	b.begin(step, c)
	w.sheet = b
	return nil
}

func newWorkbench(w *walk, name string) *workbench {
	b := &workbench{w: w, name: name, line: secretField("response", "", "", "")}
	own, _ := sasl.Tools(name, nil)
	b.own = len(own)
	for _, t := range append(own, sasl.GeneralTools()...) {
		b.tools = append(b.tools, newTool(t))
	}
	return b
}

// begin makes the workbench ready for a line. The same challenge finds it as it was left.
func (b *workbench) begin(step session.Step, c *challenge) {
	again := b.begun && c.same(b.challenge)
	b.step, b.challenge, b.values, b.shown = step, c, nil, false
	b.line.label, b.line.help = "response", "base64, as it goes over the wire; * gives the exchange up"
	if c == nil {
		b.line.label = "initial"
		b.line.help = "base64 behind AUTH " + b.name + ": = is an empty response, and nothing at all lets the server ask"
	}
	b.begun, b.differs, b.checked = true, nil, unchecked
	if again {
		return
	}
	if of := b.w.exchange(); of != b.exchange {
		b.exchange = of
		b.forget()
	}
	_, b.picked = sasl.Tools(b.name, c.content())
	b.focus = 1
	b.line.input.SetValue("")
	b.fill()
	if info, _ := sasl.Lookup(b.name); c == nil && !info.ClientFirst { // the server asks first
		b.focus = b.last()
	}
}

// tool is the one that is picked.
func (b *workbench) tool() *tool { return b.tools[b.picked] }

// last is where the line is in the order of focus: behind the row of tools, the inputs and the result.
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
	if b.values != nil {
		return "workbench: " + b.name + ": what to put in"
	}
	return "workbench: " + b.name
}

func (b *workbench) below() bool { return false }

func (b *workbench) hints() []key.Help {
	show := key.Help{Key: "^t", Desc: "show it"}
	if b.shown {
		show.Desc = "hide it"
	}
	esc, tab := key.Help{Key: "esc", Desc: "leave it"}, key.Help{Key: "tab", Desc: "next field"}
	put, form := key.Help{Key: "^p", Desc: "put in a value"}, key.Help{Key: "^o", Desc: "form"}
	switch {
	case b.values != nil:
		return []key.Help{{Key: "enter", Desc: "put it in"}, {Key: "↑↓", Desc: "choose"}, show, {Key: "esc", Desc: "back"}}
	case b.atRow():
		return []key.Help{{Key: "←→", Desc: "tools"}, {Key: "enter", Desc: "its fields"}, show, esc}
	case b.atLine():
		return []key.Help{{Key: "enter", Desc: "send it"}, put, show, {Key: "pgdn", Desc: "next tool"}, tab, esc}
	case b.atResult():
		return []key.Help{{Key: "enter", Desc: "on to the next tool"}, tab, form, show, esc}
	}
	return []key.Help{{Key: "enter", Desc: "next"}, put, form, show, {Key: "pgdn", Desc: "next tool"}, esc}
}

func (b *workbench) press(k tea.KeyMsg) (tea.Cmd, bool) {
	if k.String() == "ctrl+t" {
		b.shown = !b.shown
		return nil, false
	}
	if b.values != nil {
		return b.choose(k), false
	}
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		return b.enter()
	case "tab", "down":
		b.move(1)
	case "shift+tab", "up":
		b.move(-1)
	case "pgdown":
		b.pick(1)
	case "pgup":
		b.pick(-1)
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
		b.pick(1)
		b.focus = 1
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
func (b *workbench) pick(n int) {
	b.picked = (b.picked + n + len(b.tools)) % len(b.tools)
	if b.focus > 0 {
		b.focus = 1
	}
	b.fill()
}

// rewrite takes the next of text, hexadecimal and base64 for the field in focus.
func (b *workbench) rewrite() tea.Cmd {
	if in := b.input(); in != nil {
		in.form = in.form.Next()
		return b.typedInto()
	}
	if b.atResult() {
		b.tool().form = b.tool().form.Next()
	}
	return nil
}

// edit changes what is in focus.
func (b *workbench) edit(k tea.KeyMsg) tea.Cmd {
	in := b.input()
	switch {
	case b.atRow() && k.String() == "left":
		b.pick(-1)
	case b.atRow() && k.String() == "right":
		b.pick(1)
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

// typed is the step with the line in it.
func (b *workbench) typed() session.Step {
	st := b.step
	st.Line, st.Edited = b.line.value(), true
	if b.challenge == nil {
		st.Line = strings.TrimRight("AUTH "+st.Mechanism+" "+st.Line, " ")
	}
	return st
}

func (b *workbench) send() (tea.Cmd, bool) {
	if err := b.problem(); err != nil && !wire.IsWarning(err) {
		return nil, false
	}
	b.w.sheet = nil
	st := b.typed()
	return b.w.do(st, shown(st)), true
}

func (b *workbench) problem() error {
	if b.challenge == nil {
		return wire.ValidLine(b.typed().Line)
	}
	return wire.ValidAuthLine(b.line.value())
}

// compare asks the engine once a line.
func (b *workbench) compare() []string {
	if line := b.line.value(); line != b.checked {
		b.checked = line
		b.differs = b.w.live.Engine.Check(b.typed())
	}
	return b.differs
}

// comparable reports whether anybody here knows the right answer.
func (b *workbench) comparable() bool {
	p := b.w.snap.State.Pending
	return b.challenge == nil || p != nil && !p.Cancel
}
