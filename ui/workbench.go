package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// workbench is where a person builds a response of AUTH themselves: the challenge above, what the line is made from, the
// line, what it reads as, and how it differs from the right one. What is typed is a secret and shown on request only.
type workbench struct {
	w         *walk
	step      session.Step // what is sent, without its line
	challenge *challenge   // nil for the initial response
	how       *field
	tools     []tool
	line      *field
	focus     int
	shown     bool

	checked string // the line that was last compared
	differs []string
	once    bool
}

// tool makes the bytes of a response from fields.
type tool struct {
	name   string
	fields []*field
	make   func() []byte // nil if the line is typed
}

// canBuild holds where a response of AUTH comes next.
func (w *walk) canBuild() bool {
	o, ok := w.option()
	return ok && w.canSend() && (w.canCancelAuth() || o.Step.Verb == session.VerbAuth)
}

// build opens the workbench on the answer to the challenge, or on the initial response.
func (w *walk) build() tea.Cmd {
	o, _ := w.option()
	b := &workbench{w: w, step: o.Step}
	if w.canCancelAuth() {
		b.step = session.Step{Verb: session.VerbRespond}
		b.challenge = w.lastChallenge()
	}
	b.line = secretField("response", "", "", "base64, as it goes over the wire; * gives the exchange up")
	if b.challenge == nil {
		b.line.label = "initial"
		b.line.help = "base64 behind AUTH " + b.step.Mechanism + ": = is an empty response, and nothing at all lets the server ask"
	}
	b.tools = newTools(b.challenge)
	b.how = choiceField("made from", b.usual(), "what the line is made from; whatever is chosen, the line itself can be typed too", toolNames(b.tools)...)
	w.sheet = b
	return nil
}

func (b *workbench) mechanism() string {
	if b.challenge != nil {
		return b.w.snap.State.Mechanism
	}
	return b.step.Mechanism
}

// usual is the tool that fits the mechanism.
func (b *workbench) usual() int {
	switch info, known := sasl.Lookup(b.mechanism()); {
	case info.Name == "PLAIN":
		return toolPlain
	case info.Name == "CRAM-MD5" && b.challenge != nil:
		return toolHMAC
	case known && info.Supported: // the messages of all of these are text
		return toolText
	}
	return toolNone
}

// The tools, in order.
const (
	toolNone = iota
	toolText
	toolPlain
	toolHMAC
)

func newTools(c *challenge) []tool {
	text := secretField("text", "", "nothing", `the message before base64; \0 is NUL, \x01 any octet, \\ a backslash`)
	authzid := textField("authzid", "", "empty", "the identity to act as; empty for one's own")
	authcid := textField("username", "", "empty", "the name to log in with")
	passwd := secretField("password", "", "empty", "goes into the message as it is: base64 hides nothing")
	user := textField("username", "", "empty", "stands before the digest, with a space between")
	secret := secretField("key", "", "empty", "the key of the HMAC, which is the password; it does not go over the wire")
	return []tool{
		{name: "the base64 itself"},
		{"text", []*field{text}, func() []byte { return sasl.Unescape(text.value()) }},
		{"PLAIN: authzid NUL username NUL password", []*field{authzid, authcid, passwd},
			func() []byte { return sasl.PlainString(authzid.value(), authcid.value(), passwd.value()) }},
		{"CRAM-MD5: username and HMAC-MD5 of the challenge", []*field{user, secret},
			func() []byte { return []byte(user.value() + " " + sasl.HMACMD5(secret.value(), c.bytes())) }},
	}
}

func toolNames(tools []tool) []string {
	var names []string
	for _, t := range tools {
		names = append(names, t.name)
	}
	return names
}

// fields are what can be typed into, the line last.
func (b *workbench) fields() []*field {
	out := append([]*field{b.how}, b.tools[b.how.picked].fields...)
	return append(out, b.line)
}

func (b *workbench) title() string { return "workbench: " + b.mechanism() }
func (b *workbench) below() bool   { return false }

func (b *workbench) hints() []key.Help {
	show := key.Help{Key: "^t", Desc: "show it"}
	if b.shown {
		show.Desc = "hide it"
	}
	return []key.Help{{Key: "enter", Desc: "send it"}, {Key: "tab", Desc: "next field"}, show, {Key: "←→", Desc: "made from"}, {Key: "esc", Desc: "leave it"}}
}

func (b *workbench) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		return b.send()
	case "tab", "down":
		b.move(1)
	case "shift+tab", "up":
		b.move(-1)
	case "ctrl+t":
		b.shown = !b.shown
	default:
		b.edit(k)
	}
	return nil, false
}

func (b *workbench) move(n int) {
	all := len(b.fields())
	b.focus = (b.focus + n + all) % all
}

// edit changes the field in focus; the line follows unless it is that itself.
func (b *workbench) edit(k tea.KeyMsg) {
	at := b.fields()[b.focus]
	at.press(k)
	if t := b.tools[b.how.picked]; at != b.line && at != b.how && t.make != nil {
		b.line.input.SetValue(sasl.EncodeBase64(t.make()))
	}
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
	if line := b.line.value(); !b.once || line != b.checked {
		b.once, b.checked = true, line
		b.differs = b.w.live.Engine.Check(b.typed())
	}
	return b.differs
}

// comparable reports whether anybody here knows the right answer.
func (b *workbench) comparable() bool {
	p := b.w.snap.State.Pending
	return b.challenge == nil || p != nil && !p.Cancel
}

// lines draws the challenge, the fields and what the line comes to. Where the height does not do, the challenge gives way.
func (b *workbench) lines(width, height int) []paint.Line {
	var fields []paint.Line
	for i, f := range b.fields() {
		fields = append(fields, b.field(f, i == b.focus, width))
	}
	verdict := limit(b.verdict(width), max(height/3, 2))
	room := height - len(fields) - len(verdict)
	out := limit(b.asked(width), max(room-2, 1))
	if room-len(out) > 1 {
		out = append(out, paint.Line{})
	}
	out = append(append(out, fields...), verdict...)
	if len(out)+1 < height {
		out = append(out, paint.Line{})
	}
	return append(out, limit(b.help(width), height-len(out))...)
}

// field draws a field, its secret only where that was asked for.
func (b *workbench) field(f *field, focus bool, width int) paint.Line {
	hidden := f.input.hidden
	f.input.hidden = hidden && !b.shown
	line := f.line(focus, width)
	f.input.hidden = hidden
	return line
}

// asked shows the challenge, or what an initial response is where there is none.
func (b *workbench) asked(width int) []paint.Line {
	if b.challenge == nil {
		info, _ := sasl.Lookup(b.mechanism())
		return paint.Hang(paint.Dim.Line("  command").Pad(fieldLabel), paint.Wrap(paint.Plain, joinSentence("AUTH "+b.mechanism(), info.Summary), width-fieldLabel))
	}
	return b.challenge.lines(width)
}

func joinSentence(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// verdict says what the line reads as and how it differs.
func (b *workbench) verdict(width int) []paint.Line {
	row := func(label string, text []paint.Line) []paint.Line {
		return paint.Hang(paint.Dim.Line("  "+label).Pad(fieldLabel), text)
	}
	out := row("reads", []paint.Line{b.reads().Cut(width - fieldLabel)})
	if err := b.problem(); err != nil {
		return append(out, row("cannot go", paint.Wrap(paint.Bad, err.Error(), width-fieldLabel))...)
	}
	if !b.comparable() {
		return append(out, row("compared", paint.Wrap(paint.Dim, "with nothing: the right answer is not known here", width-fieldLabel))...)
	}
	differs := b.compare()
	if len(differs) == 0 {
		return append(out, row("compared", []paint.Line{paint.Good.Line("✓ ").And(paint.Plain, b.agrees())})...)
	}
	return append(out, row("differs", paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Plain, strings.Join(differs, "; "), width-fieldLabel-2)))...)
}

func (b *workbench) agrees() string {
	if b.challenge == nil && b.line.value() == "" {
		return "without an initial response: the server asks for it"
	}
	return "the same as would be sent without you"
}

// reads is the base64 opened, as text with what is not text made visible.
func (b *workbench) reads() paint.Line {
	line := b.line.value()
	data, _ := sasl.DecodeBase64(line)
	switch {
	case line == "" || line == "=":
		return paint.Dim.Line("nothing")
	case line == "*":
		return paint.Text("cancel")
	case data == nil:
		return paint.Warn.Line("not base64")
	case !b.shown:
		return paint.Text(sasl.Mask)
	}
	return paint.Text(wire.VisibleString(string(data)))
}

func (b *workbench) help(width int) []paint.Line {
	return paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, b.fields()[b.focus].help, width-2))
}
