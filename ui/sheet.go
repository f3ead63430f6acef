package ui

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// sheet is what takes all keys for a while.
type sheet interface {
	// press handles a key; done says that the sheet can go.
	press(k tea.KeyMsg) (cmd tea.Cmd, done bool)
	// lines draws the sheet in at most height lines of at most width cells.
	lines(width, height int) []paint.Line
	// hints are the keys that work in it.
	hints() []key.Help
	// title is set above it.
	title() string
	// below says that it lies at the bottom, in place of the next step; else it lies over a pane.
	below() bool
}

// beyond says in words, or in signs alone, that there are rows above and below those that are shown; both are empty where all are.
func beyond(above, below int) (text, signs string) {
	for _, of := range []struct {
		sign string
		n    int
	}{{"↑", above}, {"↓", below}} {
		if of.n > 0 {
			text, signs = words.List(" · ", text, of.sign+" "+dialogue.Count(of.n)+" more"), signs+of.sign
		}
	}
	return text, signs
}

// withMore adds to a title how many of the n rows of a list are above and below those that are shown.
func withMore(title string, l *scroll.List, n int) string {
	more, _ := beyond(l.Unseen(n))
	return words.List(" · ", title, more)
}

// under is the title of what stands below a list of n rows: how many of them are not shown comes first, beside the list that it is said of.
func under(title string, l *scroll.List, n int) string {
	more, _ := beyond(l.Unseen(n))
	return words.List(" ─ ", more, title)
}

// placeIn says which row of a list of n is selected, and how many are above and below those that are shown.
func placeIn(l *scroll.List, n int) string { return withMore(dialogue.Place(l.Sel, n), l, n) }

// question is asked before something that could do harm. No is the answer unless a person says y.
type question struct {
	text string
	why  string
	yes  func() tea.Cmd
	no   func() // may be nil
	// answer is what y says; empty is yes, this once
	answer string
	// from is how many rows of why are above those that are shown, and more how many are below
	from, more int
}

func (q *question) title() string { return "question" }
func (q *question) below() bool   { return true }

func (q *question) hints() []key.Help {
	out := []key.Help{{Key: "y", Desc: cmp.Or(q.answer, "yes, this once")}, {Key: "enter", Desc: "no"}}
	if q.from+q.more > 0 {
		out = append(out, key.Help{Key: "↑↓", Desc: "scroll"})
	}
	return out
}

func (q *question) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "y", "Y":
		return q.yes(), true
	case "n", "N", "enter", "esc", "q":
		if q.no != nil {
			q.no()
		}
		return nil, true
	case "up", "pgup", "home":
		q.from = 0
	case "down", "pgdown", "end":
		q.from += q.more
	}
	return nil, false
}

// lines are the question and as much of the reason as there is room for; what is above or below is counted beside the question.
func (q *question) lines(width, height int) []paint.Line {
	head := paint.Hang(paint.Bad.Line("! "), paint.Wrap(paint.Strong, sentence(q.text), width-2))
	why := paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, q.why, width-2))
	room := max(height-len(head), 0)
	q.from = max(min(q.from, len(why)-room), 0)
	q.more = max(len(why)-q.from-room, 0)
	more, signs := beyond(q.from, q.more)
	for _, text := range []string{more, signs} {
		if tag := paint.Dim.Line(text); text != "" && head[0].Width()+1+tag.Width() <= width {
			head[0] = head[0].Flush(tag, width)
			break
		}
	}
	return append(head, why[q.from:len(why)-q.more]...)
}

// sentence gives a text that stands alone a capital, unless it begins with a name or a number.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	word = strings.TrimRight(word, ",:;")
	if strings.IndexFunc(word, func(c rune) bool { return c < 'a' || c > 'z' }) >= 0 || s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// stopped gives a sentence its full stop, unless it has one or is a question.
func stopped(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?") {
		return s
	}
	return s + "."
}

// limit cuts a list of lines, and says so where a text goes on: not behind a whole sentence, nor in a rule.
func limit(lines []paint.Line, height int) []paint.Line {
	if height <= 0 {
		return nil
	}
	if len(lines) <= height {
		return lines
	}
	next, lines := lines[height], lines[:height]
	last := height - 1
	for last > 0 && (lines[last].Width() == 0 || isRule(lines[last])) { // the mark stands behind words
		last--
	}
	if lines = lines[:last+1]; last == height-1 && !isWhole(lines[last], next) {
		lines[last] = lines[last].And(paint.Dim, " …")
	}
	return lines
}

func isRule(l paint.Line) bool { return strings.Trim(l.String(), "─ ") == "" }

// isWhole reports whether a text ends with a line, and the next one begins another.
func isWhole(l, next paint.Line) bool { return next.Width() == 0 || isRule(next) || endsSentence(l) }

func endsSentence(l paint.Line) bool {
	return strings.HasSuffix(strings.TrimRight(l.String(), " "), ".")
}

// editor is one line that a person writes.
type editor struct {
	label  string
	help   string
	input  input
	check  func(string) error // may be a warning, see [wire.IsWarning]
	accept func(string) tea.Cmd
	verb   string // what enter does
	// left is called when it is left, and then enter on an empty line leaves it too; may be nil
	left func()
	// refused is set once enter came too early: an empty line is no mistake before
	refused bool
	page    func(width int) []paint.Line // what f1 tells; may be nil
	reading *text                        // that, while it is open
}

func (e *editor) title() string {
	if e.reading != nil {
		return e.reading.title()
	}
	return e.label
}

func (e *editor) below() bool { return e.reading == nil }

func (e *editor) hints() []key.Help {
	if e.reading != nil {
		return e.reading.hints()
	}
	out := []key.Help{{Key: "enter", Desc: e.verb}}
	out = append(out, e.input.clears()...)
	if e.page != nil {
		out = append(out, key.Help{Key: "f1", Desc: "help"})
	}
	return append(out, key.Help{Key: "esc", Desc: "leave it"})
}

func (e *editor) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case e.reading != nil:
		if _, done := e.reading.press(k); done {
			e.reading = nil
		}
		return nil, false
	case k.String() == "f1" && e.page != nil:
		e.reading = &text{name: "help", key: "f1", page: e.page}
		return nil, false
	}
	switch k.String() {
	case "esc":
		return e.leave()
	case "enter":
		if e.left != nil && e.input.Value() == "" {
			return e.leave()
		}
		if err := e.problem(); err != nil && !wire.IsWarning(err) {
			e.refused = true
			return nil, false
		}
		return e.accept(e.input.Value()), true
	}
	e.input.press(k)
	return nil, false
}

func (e *editor) leave() (tea.Cmd, bool) {
	if e.left != nil {
		e.left()
	}
	return nil, true
}

func (e *editor) problem() error {
	if e.check == nil || e.left != nil && e.input.Value() == "" {
		return nil
	}
	return e.check(e.input.Value())
}

func (e *editor) lines(width, height int) []paint.Line {
	if e.reading != nil {
		return e.reading.lines(width, height)
	}
	label := paint.Accent.Line("› ")
	out := []paint.Line{label.Then(e.input.line(width - label.Width()))}
	note, ink := e.help, paint.Dim
	if err := e.problem(); err != nil && (e.refused || e.input.Value() != "") {
		note, ink = err.Error(), paint.Warn
	}
	return append(out, limit(paint.Hang(paint.Text("  "), paint.Wrap(ink, note, width-2)), height-1)...)
}
