package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/diff"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// Lane is a session that is walked beside others.
type Lane struct {
	Name string
	Live *Live
	// Advance does the next step of the walk and reports whether there is another one to do. It is called by one goroutine at a time.
	Advance func(context.Context) (more bool, err error)
}

// Abreast walks sessions side by side until a person quits, then ends them and flushes their transcripts. The verdicts are in the order of
// the lanes.
func Abreast(ctx context.Context, lanes []Lane) ([]record.Verdict, error) {
	theme := terminalTheme(os.Getenv)
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer cancel()
	a := newAbreast(ctx, lanes, theme)
	errs := []error{a.onTerminal(ctx)}
	if a.interrupted {
		errs = append(errs, ErrInterrupted)
	}
	verdicts, ended := a.end()
	for _, l := range lanes {
		if l.Live.Path != "" {
			report(os.Stdout, []string{l.Live.Path})
		}
	}
	return verdicts, errors.Join(append(errs, ended)...)
}

func (a *abreast) onTerminal(ctx context.Context) error {
	d, err := newDisplay(a, false)
	if err != nil {
		return err
	}
	return d.run(ctx)
}

// abreast is the model of sessions that are walked side by side.
type abreast struct {
	*diff.Abreast
	lanes         []*lane
	theme         *paint.Theme
	list          tall
	first         int // the first column in sight
	width, height int
	interrupted   bool
	within        bool // something else is below, to which esc leads back
	left          bool // a person has gone
}

// lane is a session with where it stands.
type lane struct {
	Lane
	*bridge
	busy, over bool
	more       bool // what the last step said
	upto, seen int  // how many events there are when what was done last is to be seen, and how many of them are
	trouble    string
}

func newAbreast(ctx context.Context, lanes []Lane, theme *paint.Theme) *abreast {
	a := &abreast{theme: theme, width: 80, height: 24}
	for _, l := range lanes {
		a.lanes = append(a.lanes, &lane{Lane: l, bridge: bridgeLive(ctx, l.Live)})
	}
	a.read()
	return a
}

// read sees what the sessions have come to.
func (a *abreast) read() {
	var list []diff.Session
	for _, l := range a.lanes {
		l.seen = l.source.Len()
		list = append(list, diff.Session{Name: l.Name, Source: l.source, Running: true})
	}
	a.Abreast = diff.SetAbreast(list)
}

// end ends the sessions.
func (a *abreast) end() (verdicts []record.Verdict, err error) {
	for _, l := range a.lanes {
		err = errors.Join(err, l.join())
		verdicts = append(verdicts, l.verdict)
	}
	return verdicts, err
}

// Init implements [tea.Model].
func (a *abreast) Init() tea.Cmd {
	var all []tea.Cmd
	for _, l := range a.lanes {
		all = append(all, l.news())
	}
	return tea.Batch(all...)
}

// Update implements [tea.Model].
func (a *abreast) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.resize(m.Width, m.Height)
	case newsMsg:
		a.read()
		a.follow()
		return a, m.from.news()
	case doneMsg:
		return a, a.done(m)
	case tea.KeyMsg:
		if m.Type != tea.KeyRunes || m.Alt {
			return a, a.press(m.String())
		}
		for _, c := range m.Runes {
			if cmd := a.press(string(c)); cmd != nil {
				return a, cmd
			}
		}
	}
	return a, nil
}

func (a *abreast) resize(width, height int) {
	a.width, a.height = width, height
	a.first = min(a.first, len(a.lanes)-a.shown())
}

// follow goes to the last row that has something in a column in sight.
func (a *abreast) follow() {
	rows := a.rows()
	for i := len(rows) - 1; i >= 0; i-- {
		if slices.ContainsFunc(rows[i][a.first:a.first+a.shown()], func(c cell) bool { return c.text != "" }) {
			a.list.Select(i, len(rows))
			return
		}
	}
}

// done is told that a step has been done, or that a session has been ended.
func (a *abreast) done(m doneMsg) tea.Cmd {
	for _, l := range a.lanes {
		if l.bridge != m.from {
			continue
		}
		if f, crashed := errors.AsType[*record.Fault](m.err); crashed { // all else is in the verdict
			l.trouble = f.Error()
		}
		if l.upto = m.upto; l.more || l.over {
			l.busy = false
			return nil
		}
		l.over = true
		return l.finish()
	}
	return nil
}

func (a *abreast) press(k string) tea.Cmd {
	switch k {
	case "ctrl+c":
		a.interrupted = true
		return tea.Quit
	case "q":
		return tea.Quit
	case "esc":
		a.left = true
		return tea.Quit
	case "enter":
		return a.advance()
	case "tab":
		a.first = (a.first + 1) % (len(a.lanes) - a.shown() + 1)
	default:
		a.list.Press(k, len(a.rows()))
	}
	return nil
}

// ready reports whether a step can be taken: none runs, all that came of the last one is in sight, and a session goes on.
func (a *abreast) ready() bool {
	return a.atRest() && slices.ContainsFunc(a.lanes, func(l *lane) bool { return !l.over })
}

// atRest reports whether no step runs, and all that came of the last one is in sight.
func (a *abreast) atRest() bool {
	return !slices.ContainsFunc(a.lanes, func(l *lane) bool { return l.busy || l.seen < l.upto })
}

// advance takes the next step of each session that goes on.
func (a *abreast) advance() tea.Cmd {
	if !a.ready() {
		return nil
	}
	var all []tea.Cmd
	for _, l := range a.lanes {
		if !l.over {
			l.busy = true
			all = append(all, l.submit(l.ctx, func(ctx context.Context) (err error) {
				l.more, err = l.Advance(ctx)
				return err
			}))
		}
	}
	return tea.Batch(all...)
}

// shown is how many columns there is room for.
func (a *abreast) shown() int { return max(min(a.width/narrowestLane, len(a.lanes)), 1) }

// narrowestLane is the least that a column gets, in cells.
const narrowestLane = 40

// View implements [tea.Model].
func (a *abreast) View() string {
	names, counts, bytes := a.heading()
	lines := []paint.Line{a.across(" ", names), a.across(" ", counts), a.across(" ", bytes), a.rule("steps")}
	below := max(a.shown()+1, min(10, a.height/3))
	drawn := a.paint(lines...)
	rows, height := a.rows(), max(a.height-len(lines)-below-3, 1)
	drawn = append(drawn, a.steps(rows, height)...)
	here := a.here()
	for len(here) < below {
		here = append(here, paint.Line{})
	}
	drawn = append(drawn, a.paint(append(append([]paint.Line{a.rule("here")}, here[:below]...), a.rule(a.state()), hintLine(a.hints(), a.width))...)...)
	if len(drawn) > a.height { // of what does not fit the keys stay
		drawn = append(drawn[:max(a.height-1, 0)], drawn[len(drawn)-1])
	}
	return strings.Join(drawn, "\n")
}

func (a *abreast) paint(lines ...paint.Line) (drawn []string) {
	for _, l := range lines {
		drawn = append(drawn, a.theme.Paint(l, a.width))
	}
	return drawn
}

// heading are the names of the columns and what is counted in them.
func (a *abreast) heading() (names, counts, bytes []paint.Line) {
	for _, c := range a.Columns {
		names = append(names, paint.Strong.Line(c.Name))
		counts = append(counts, paint.Text(words.Number(c.Trips, "round trip")))
		bytes = append(bytes, paint.Text("bytes: ").And(paint.Exposed, words.Count(c.Readable)+" cleartext").And(paint.Dim, " · ").And(paint.Good, words.Count(c.Protected)+" in TLS"))
	}
	return names, counts, bytes
}

// cell is what stands in a row of a column.
type cell struct {
	step *diff.Step // nil for a verdict, and where the column has no such step
	text string
}

// lines are a cell behind the rail that says what anyone on the path could read, in so many lines at most.
func (c cell) lines(width, most int) (out []paint.Line) {
	rail, text := paint.Text("  "), paint.Text(c.text)
	switch {
	case c.step == nil:
		rail, text = nil, paint.Strong.Line(c.text)
	case !c.step.Spoke():
	case c.step.TLS:
		rail = paint.Line{paint.Of(paint.Good, dialogue.RailTLS)}.And(paint.Plain, " ")
	default:
		rail = paint.Line{paint.Of(paint.Exposed, dialogue.RailClear)}.And(paint.Plain, " ")
	}
	for _, l := range text.Break(max(width-rail.Width(), 1), 2, most) {
		out = append(out, rail.Then(l))
	}
	return out
}

// rows are the steps, and the verdicts below them as soon as there is one.
func (a *abreast) rows() (rows [][]cell) {
	for _, steps := range a.Rows {
		var row []cell
		for _, s := range steps {
			row = append(row, cell{s, s.Line()})
		}
		rows = append(rows, row)
	}
	var results []cell
	for _, c := range a.Columns {
		results = append(results, cell{text: c.Result})
	}
	if slices.ContainsFunc(results, func(c cell) bool { return c.text != "" }) {
		rows = append(rows, results)
	}
	return rows
}

// across puts the columns in sight beside each other, behind what marks the row.
func (a *abreast) across(mark string, cells []paint.Line) paint.Line {
	l, n := paint.Text(mark), a.shown()
	each := a.width/n - 2
	for i, c := range cells[a.first : a.first+n] {
		if i > 0 {
			l = l.And(paint.Plain, "  ")
		}
		l = l.Then(c.Cut(each).Pad(each))
	}
	return l
}

// steps are the rows in a window of so many lines, longer ones where there is room.
func (a *abreast) steps(rows [][]cell, height int) []string {
	needs := make([]int, len(rows))
	for i, r := range rows {
		needs[i] = len(a.row(" ", r, mostLines))
	}
	lengths := shared(needs, height, func(i int) bool { return rows[i][0].step == nil }) // the results first
	var painted [][]string
	for i, r := range rows {
		var lines []string
		if i == a.list.Sel {
			for _, l := range a.row("›", r, lengths[i]) { // seen without color too
				lines = append(lines, a.theme.PaintSelected(l, a.width))
			}
		} else {
			lines = a.paint(a.row(" ", r, lengths[i])...)
		}
		painted = append(painted, lines)
	}
	return a.list.view(painted, height, a.width)
}

// row is a row of the columns in sight, in so many lines at most.
func (a *abreast) row(mark string, cells []cell, most int) (lines []paint.Line) {
	each := a.width/a.shown() - 2
	broken := make([][]paint.Line, len(cells))
	tallest := 1
	for i, c := range cells {
		broken[i] = c.lines(each, most)
		if i >= a.first && i < a.first+a.shown() {
			tallest = max(tallest, len(broken[i]))
		}
	}
	for n := range tallest {
		var row []paint.Line
		for _, b := range broken {
			row = append(row, nth(b, n))
		}
		lines = append(lines, a.across(mark, row))
		mark = " "
	}
	return lines
}

func (a *abreast) rule(title string) paint.Line {
	return paint.Dim.Line("─ "+title+" ").And(paint.Dim, paint.Rule(a.width-paint.Width(title)-3))
}

// here is the selected row whole, of the columns in sight.
func (a *abreast) here() (lines []paint.Line) {
	rows := a.rows()
	if len(rows) == 0 {
		return paint.Wrap(paint.Dim, "Each step is taken in every session. The counts above are round trips, and bytes of SMTP that crossed the network in cleartext and inside TLS. "+
			"Lines are sent as proposed, and no advice is followed: for that, open a single scenario.", a.width-1)
	}
	for i := a.first; i < a.first+a.shown(); i++ {
		c := a.Columns[i]
		lines = append(lines, paint.Wrap(paint.Plain, c.Name+": "+rows[a.list.Sel][i].whole(c.Result != ""), a.width-1)...)
	}
	return lines
}

// whole is a cell with what the rail says in words.
func (c cell) whole(over bool) string {
	switch {
	case c.text == "" && over:
		return "no such step"
	case c.text == "":
		return "no such step so far"
	case c.step != nil && c.step.TLS && c.step.Spoke():
		return c.text + " (inside TLS)"
	}
	return c.text
}

// state says what is going on.
func (a *abreast) state() string {
	var waiting []string
	for _, l := range a.lanes {
		switch {
		case l.trouble != "":
			return l.Name + ": " + l.trouble
		case l.busy:
			waiting = append(waiting, l.Name)
		}
	}
	switch {
	case len(waiting) > 0:
		return "waiting for " + strings.Join(waiting, ", ")
	case a.shown() == len(a.lanes):
		return words.Number(len(a.lanes), "session")
	case a.shown() == 1:
		return fmt.Sprintf("column %d of %d", a.first+1, len(a.lanes))
	}
	return fmt.Sprintf("columns %d to %d of %d", a.first+1, a.first+a.shown(), len(a.lanes))
}

// hints are the keys that work now.
func (a *abreast) hints() (list []key.Help) {
	if a.ready() {
		list = append(list, key.Help{Key: "enter", Desc: "next step in each"})
	}
	if a.shown() < len(a.lanes) {
		list = append(list, key.Help{Key: "tab", Desc: "other columns"})
	}
	list = append(list, key.Help{Key: "↑↓", Desc: "move"})
	if a.within {
		list = append(list, key.Help{Key: "esc", Desc: "back"})
	}
	return append(list, key.Help{Key: "q", Desc: "quit"})
}
