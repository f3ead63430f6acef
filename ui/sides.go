package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/transcripts/diff"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Sides shows two sessions side by side until a person quits: their steps move together, and below them stands what is different in
// the selected one.
func Sides(ctx context.Context, c *diff.Comparison) error {
	s := newSides(c, terminalTheme(os.Getenv))
	d, err := newDisplay(s, false)
	if err != nil {
		return err
	}
	err = d.run(ctx)
	if s.interrupted {
		err = errors.Join(err, ErrInterrupted)
	}
	return err
}

// sides is the model of two sessions side by side.
type sides struct {
	*diff.Comparison
	theme         *paint.Theme
	rows          []diff.Facing
	list          tall
	width, height int
	whole         bool // all differences stand in place of the steps
	helping       bool // the keys stand there
	all           scroll.List
	interrupted   bool
	within        bool // something else is below, to which esc leads back
	quits         bool // a person has quit, and does not go back
}

// newSides begins at the first difference: the outcomes stand above the steps.
func newSides(c *diff.Comparison, theme *paint.Theme) *sides {
	s := &sides{Comparison: c, theme: theme, rows: c.Facing(), width: 80, height: 24}
	if s.rows[0].Mark == diff.Same {
		s.next(1)
	}
	return s
}

// Init implements [tea.Model].
func (s *sides) Init() tea.Cmd { return nil }

// Update implements [tea.Model].
func (s *sides) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
	case tea.KeyMsg:
		if m.Type != tea.KeyRunes || m.Alt {
			return s, s.press(m.String())
		}
		for _, c := range m.Runes { // what is typed fast comes at once
			if cmd := s.press(string(c)); cmd != nil {
				return s, cmd
			}
		}
	}
	return s, nil
}

func (s *sides) press(k string) tea.Cmd {
	switch k {
	case "ctrl+c":
		s.interrupted = true
		return tea.Quit
	case "q":
		s.quits = true
		return tea.Quit
	case "?", "f1":
		s.helping = !s.helping
	case "esc":
		switch {
		case s.helping:
			s.helping = false
		case s.whole:
			s.whole = false
		default:
			return tea.Quit
		}
	case "d":
		s.whole = !s.whole
	case ")":
		s.next(1)
	case "(":
		s.next(-1)
	default:
		if s.whole {
			s.all.Press(k, s.tops(s.told(s.width)))
		} else {
			s.list.Press(k, len(s.rows))
		}
	}
	return nil
}

// next goes to the next row with a difference, or stays.
func (s *sides) next(by int) {
	for i := s.list.Sel + by; i >= 0 && i < len(s.rows); i += by {
		if len(s.rows[i].Differences) > 0 {
			s.list.Select(i, len(s.rows))
			return
		}
	}
}

// View implements [tea.Model].
func (s *sides) View() string {
	half := s.half()
	drawn := s.paint(paint.Text("  ").Then(s.pair(paint.Strong.Line("A  "+endOfPath(s.A.Name, half-3)), paint.Strong.Line("B  "+endOfPath(s.B.Name, half-3)))))
	switch {
	case s.helping:
		drawn = append(drawn, s.paint(append([]paint.Line{s.rule("help")}, filled(s.help(), s.room())...)...)...)
	case s.whole:
		told, title := s.part(s.told(s.width))
		drawn = append(drawn, s.paint(append([]paint.Line{s.rule("all differences" + title)}, filled(told, s.room())...)...)...)
	default:
		below := s.below()
		drawn = append(append(drawn, s.paint(s.rule(words.Labelled("steps: ", diff.Sum(s.rows))))...), s.steps(max(s.height-below-5, 1))...)
		drawn = append(drawn, s.paint(append([]paint.Line{s.rule("here")}, s.fit(s.here(s.list.Sel), below)...)...)...)
	}
	drawn = append(drawn, s.paint(s.rule(s.sum()), hintLine(s.hints(), s.width))...)
	if len(drawn) > s.height { // of what does not fit the keys stay
		drawn = append(drawn[:max(s.height-1, 0)], drawn[len(drawn)-1])
	}
	return strings.Join(drawn, "\n")
}

func (s *sides) paint(lines ...paint.Line) (drawn []string) {
	for _, l := range lines {
		drawn = append(drawn, s.theme.Paint(l, s.width))
	}
	return drawn
}

// hints are the keys that work now.
func (s *sides) hints() []key.Help {
	leave := []key.Help{{Key: "?", Desc: "help"}}
	if s.within || s.whole {
		leave = append(leave, key.Help{Key: "esc", Desc: "back"})
	}
	leave = append(leave, key.Help{Key: "q", Desc: "quit"})
	switch {
	case s.helping:
		return []key.Help{{Key: "?", Desc: "back"}, {Key: "q", Desc: "quit"}}
	case s.whole:
		return append([]key.Help{{Key: "↑↓", Desc: "scroll"}, {Key: "d", Desc: "steps"}}, leave...)
	}
	return append([]key.Help{{Key: "↑↓", Desc: "move"}, {Key: "( )", Desc: "to a difference"}, {Key: "d", Desc: "all"}}, leave...)
}

// help says what the marks mean and what each key does.
func (s *sides) help() (lines []paint.Line) {
	for _, m := range []struct{ sign, means string }{
		{diff.Differs.Sign(), "a step that both sessions have, with differences"}, {diff.OnlyA.Sign() + ", " + diff.OnlyB.Sign(), "a step that only one session has"},
		{diff.Moved.Sign(), "a step at another place in the other session"}, {"↑ ↓ k j", "move, pgup pgdn home end too"}, {"( )", "to the difference before, to the next one"},
		{"d", "all differences in words, or the steps"}, {"esc", "back"}, {"q", "quit"},
	} {
		lines = append(lines, paint.Hang(paint.Accent.Line("  "+m.sign).Pad(fieldLabel), paint.Wrap(paint.Plain, m.means, s.width-fieldLabel))...)
	}
	return lines
}

// room is how many lines of all differences are in sight.
func (s *sides) room() int { return max(s.height-4, 0) }

// tops is how many lines the window can begin with.
func (s *sides) tops(told []paint.Line) int { return max(len(told)-s.room(), 0) + 1 }

// part is what of all differences is in sight, and which part that is where it is not all.
func (s *sides) part(told []paint.Line) (shown []paint.Line, which string) {
	s.all.Select(s.all.Sel, s.tops(told))
	shown = told[s.all.Sel:min(s.all.Sel+s.room(), len(told))]
	if len(shown) < len(told) {
		which = fmt.Sprintf(" · lines %d–%d of %d", s.all.Sel+1, s.all.Sel+len(shown), len(told))
	}
	return shown, which
}

// below is how many lines are told of the selected row: as many as it needs, of a third of the window or so. What is left is for the steps.
func (s *sides) below() int {
	return max(3, min(len(s.here(s.list.Sel)), s.height*2/5)) // what others logged may be long: its end stands with all differences
}

// fit are lines for so much room; the last one says where the rest stands.
func (s *sides) fit(lines []paint.Line, height int) []paint.Line {
	if len(lines) > height && height > 0 {
		const more = " · d shows all"
		lines = append(lines[:height-1:height-1], lines[height-1].Cut(max(s.width-paint.Width(more), 0)).And(paint.Dim, more))
	}
	return filled(lines, height)
}

// filled are lines with empty ones below them.
func filled(lines []paint.Line, height int) []paint.Line {
	for len(lines) < height {
		lines = append(lines, paint.Line{})
	}
	return lines
}

// steps are the rows in a window of so many lines.
func (s *sides) steps(height int) []string {
	var painted [][]string
	for i, n := range s.lengths(height) {
		var lines []string
		for _, l := range s.row(s.rows[i], i == s.list.Sel, n) {
			if i == s.list.Sel {
				lines = append(lines, s.theme.PaintSelected(l, s.width))
			} else {
				lines = append(lines, s.theme.Paint(l, s.width))
			}
		}
		painted = append(painted, lines)
	}
	return s.list.view(painted, height, s.width)
}

// lengths is how many lines each row gets: the outcomes as many as they need, then what differs, where there is room.
func (s *sides) lengths(height int) []int {
	needs := make([]int, len(s.rows))
	for i, r := range s.rows {
		needs[i] = len(s.row(r, false, mostLines))
	}
	lengths := shared(needs, height, func(i int) bool { return s.rows[i].Mark != diff.Same })
	lengths[0] = min(needs[0], max(height/2, 1))
	return lengths
}

// row is a row of two columns, in so many lines at most.
func (s *sides) row(r diff.Facing, selected bool, most int) (lines []paint.Line) {
	ink, cursor := paint.Warn, " "
	if r.Mark == diff.Moved {
		ink = paint.Dim
	}
	if selected { // seen without color too
		cursor = "›"
	}
	if r.B == "" { // nothing stands beside it
		for i, l := range paint.Text(r.A).Break(max(s.width-3, 0), 2, most) {
			lines = append(lines, s.marked(r, cursor, ink, i == 0).Then(l))
		}
		return lines
	}
	left, right := paint.Text(r.A).Break(s.half(), 2, most), paint.Text(r.B).Break(s.half(), 2, most)
	for i := range max(len(left), len(right)) {
		lines = append(lines, s.marked(r, cursor, ink, i == 0).Then(s.pair(nth(left, i), nth(right, i))))
	}
	return lines
}

// marked is what stands before the first line of a row, and before the others.
func (s *sides) marked(r diff.Facing, cursor string, ink paint.Ink, first bool) paint.Line {
	if !first {
		return paint.Text("  ")
	}
	return ink.Line(r.Mark.Sign()).And(paint.Plain, cursor)
}

// half is how wide a column is: the mark and the cursor stand before the first one.
func (s *sides) half() int { return max((s.width-5)/2, 0) }

// endOfPath is the end of a path that is too long: files of one folder differ there.
func endOfPath(path string, width int) string {
	if paint.Width(path) <= width {
		return path
	}
	rest := []rune(path)
	for len(rest) > 0 && paint.Width(string(rest)) >= width {
		rest = rest[1:]
	}
	return "…" + string(rest)
}

// pair puts two texts into two columns.
func (s *sides) pair(left, right paint.Line) paint.Line {
	half := s.half()
	return left.Cut(half).Pad(half).And(paint.Dim, " │ ").Then(right.Cut(half))
}

func (s *sides) rule(title string) paint.Line {
	return paint.Dim.Line("─ "+title+" ").And(paint.Dim, paint.Rule(s.width-paint.Width(title)-3))
}

// here is what is different in a row, and both sides of it whole where that does not tell them.
func (s *sides) here(row int) (lines []paint.Line) {
	r := s.rows[row]
	said := func(ink paint.Ink, text string) { lines = append(lines, paint.Wrap(ink, text, s.width-1)...) }
	switch {
	case row == 0:
		said(paint.Plain, "A: "+s.A.Came)
		said(paint.Plain, "B: "+s.B.Came)
		return lines
	case r.Mark == diff.OnlyA:
		said(paint.Dim, "Only in A: "+r.A)
	case r.Mark == diff.OnlyB:
		said(paint.Dim, "Only in B: "+r.B)
	case r.Mark == diff.Moved:
		said(paint.Dim, words.List("", "At another place in the other session: ", r.A, r.B))
	}
	for _, d := range r.Differences {
		said(paint.Plain, d.Text)
	}
	if r.Mark == diff.Same || row == 1 {
		said(paint.Dim, "A: "+r.A)
		said(paint.Dim, "B: "+r.B)
	}
	return lines
}

// told are all differences topic by topic, and what makes none.
func (s *sides) told(width int) (lines []paint.Line) {
	for _, t := range s.ByTopic() {
		lines = append(lines, paint.Strong.Line(string(t.Topic)))
		for _, d := range t.Differences {
			for _, l := range paint.Wrap(paint.Plain, d.Text, width-3) {
				lines = append(lines, paint.Text("  ").Then(l))
			}
		}
	}
	for _, b := range s.Besides() {
		lines = append(lines, paint.Strong.Line(b.Title))
		for _, text := range b.Texts {
			for _, l := range paint.Wrap(paint.Dim, text, width-3) {
				lines = append(lines, paint.Text("  ").Then(l))
			}
		}
	}
	return lines
}

// sum says where in the list one is.
func (s *sides) sum() string {
	switch {
	case s.Equal():
		return "no differences"
	case s.whole:
		return words.Number(len(s.Differences), "difference") + " in words"
	}
	return fmt.Sprintf("row %d of %d", s.list.Sel+1, len(s.rows))
}
