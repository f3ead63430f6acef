package ui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/ui/paint"
)

// trouble says what went wrong in a step, what to try, and what can be done now.
type trouble struct {
	w     *explorer
	step  record.Step
	text  string
	cause string // what is behind it, from the explanation of the reply
	hint  string
	label string
	code  int // of the reply, 0 if there was none
	// advice is what can be done about it
	advice []record.Advice
}

func newTrouble(w *explorer, b *busy) *trouble {
	t := &trouble{w: w, step: b.step, label: b.label, text: b.err.Error()}
	var e *record.Error
	if errors.As(b.err, &e) {
		t.text, t.hint, t.code = e.Text, e.Hint, e.Code
	}
	if errors.Is(b.err, record.ErrRefused) {
		t.cause = w.cause(b.first)
	}
	if strings.Contains(t.text, strings.TrimSuffix(t.cause, ".")) { // it is said already
		t.cause = ""
	}
	if f := w.snap.Failing(); f != nil && (f.Seq > b.first || b.goal != nil) { // an advice that could not be followed can be tried again
		t.advice = walk.AdviceOn(w.snap, f.Finding)
	}
	return t
}

// cause is what is known about a refusal: what the server said inside the exchange, else about its reply.
func (w *explorer) cause(first int) string {
	if said := w.saidInAuth(); said != "" {
		return said
	}
	if x := w.lastExplained(first); x != nil {
		return cmp.Or(x.Cause, x.Text)
	}
	return ""
}

// saidInAuth is the reason that a server gave in a challenge of the last AUTH, such as the JSON of OAuth.
func (w *explorer) saidInAuth() string {
	for i := w.pane.Len() - 1; i >= 0 && phaseAuth(w.pane.Event(i)); i-- {
		e := w.pane.Event(i)
		if e.Kind == record.KindFinding && sasl.Refusal(string(e.Finding.Code)) {
			return e.Finding.Text
		}
		if e.Kind == record.KindSend && e.Step == record.VerbAuth {
			return ""
		}
	}
	return ""
}

func phaseAuth(e *record.Event) bool {
	return e.Step == record.VerbAuth || e.Step == record.VerbRespond || e.Step == ""
}

// lastExplained is what is known about the last reply since the log had first events, of several that a step had the last that refused
// something; nil if there was none.
func (w *explorer) lastExplained(first int) (last *explain.Explanation) {
	for i := w.pane.Len() - 1; i >= first; i-- {
		e := w.pane.Event(i)
		if e.Kind == record.KindReply && e.Reply.Code >= 400 {
			return e.Explain
		}
		if e.Kind == record.KindReply && last == nil {
			last = e.Explain
		}
	}
	return last
}

func (t *trouble) title() string { return "what happened" }
func (t *trouble) below() bool   { return true }

func (t *trouble) hints() []key.Help {
	var out []key.Help
	if t.w.canSend() {
		out = append(out, key.Help{Key: "enter", Desc: "continue"})
	}
	if n := len(t.w.applicable()); n > 0 {
		out = append(out, key.Help{Key: digits(n), Desc: "try"})
	}
	switch {
	case t.code == 530 && t.w.canSend() && t.w.snap.State.Security.Encrypted(): // RFC 4954 §6
		out = append(out, key.Help{Key: "c", Desc: "log in"})
	case t.w.canAttempt():
		out = append(out, key.Help{Key: "a", Desc: "retry"})
	case t.canRepeat():
		out = append(out, key.Help{Key: "a", Desc: "again"})
	}
	if t.w.canCancelAuth() {
		out = append(out, key.Help{Key: "*", Desc: "cancel AUTH"})
	}
	if t.w.canChoose() {
		out = append(out, key.Help{Key: "tab", Desc: "other step"})
	}
	if t.w.canStartOver() {
		out = append(out, key.Help{Key: "R", Desc: "start over"})
	}
	return append(out, key.Help{Key: "v", Desc: "view"}, key.Help{Key: "/", Desc: "search"}, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "q", Desc: "quit"})
}

// canRepeat holds where the step is in order once more. An answer belongs to its challenge and never is: sent again it
// would be an answer that nobody made. Nor is a login that has shown that someone sits in between.
func (t *trouble) canRepeat() bool {
	if t.w.snap.State.Auth == record.AuthExchange || t.w.snap.Tampered && t.step.Verb == record.VerbAuth {
		return false
	}
	again := func(o walk.Option) bool { return o.Step.Verb == t.step.Verb && o.Legal }
	return t.w.canSend() && slices.ContainsFunc(t.w.options(), again)
}

// press repeats the step, or clears the way for the key: all keys of the walk work here too.
func (t *trouble) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "enter", "esc":
		if walk.Over(t.w.snap, t.w.goal) {
			t.w.sumUp()
		}
		return nil, true
	case "a":
		if t.w.canAttempt() {
			t.w.sheet = nil
			return t.w.press(k), true
		}
		if !t.canRepeat() {
			return nil, false
		}
		return t.w.do(t.step, t.label), true
	case "tab", "q", "R", "e", ":", "c", "m", "w", "*", "p", "l":
		t.w.sheet = nil
		return t.w.press(k), true
	}
	return t.w.press(k), false
}

// lines show what happened, what is behind it, what to try, and the advices with their keys: these and the first line are
// never left out.
func (t *trouble) lines(width, height int) []paint.Line {
	keys := limit(t.w.adviceRows(paint.Text("  "), width), max(height/2, 1))
	out := limit(paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, sentence(t.text), width-2)), max(height-len(keys), 1))
	try := t.said("Try", t.hint, width)
	if len(keys) == 0 {
		try = limit(try, max(height/2, 1))
		out = limit(out, max(height-len(try), 1))
		keys, try = try, nil
	}
	for _, more := range [][]paint.Line{t.said("Cause", t.cause, width), try} {
		if room := height - len(out) - len(keys); room > 0 {
			out = append(out, limit(more, room)...)
		}
	}
	return limit(append(out, keys...), height)
}

// said sets a text after a word; the words stand above each other where there are two.
func (t *trouble) said(word, text string, width int) []paint.Line {
	if text == "" {
		return nil
	}
	label := paint.Accent.Line("  " + word + "  ")
	if t.cause != "" {
		label = label.Pad(len("  Cause  "))
	}
	return paint.Hang(label, paint.Wrap(paint.Plain, text, width-label.Width()))
}
