package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"ehlo/transcripts/diff"
	"ehlo/transcripts/words"
	"ehlo/ui/delta"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Sides shows two sessions side by side until a person quits: their steps move together, and below them stands what is different in
// the selected one.
func Sides(ctx context.Context, c *diff.Comparison) error {
	theme := paint.NewTheme(lipgloss.ColorProfile(), lipgloss.HasDarkBackground())
	if !showsUnicode(os.Getenv) {
		theme = theme.InASCII()
	}
	s := newSides(c, theme)
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer cancel()
	p := tea.NewProgram(s, tea.WithContext(ctx), tea.WithOutput(delta.New(os.Stdout)), tea.WithFPS(framesASecond), tea.WithAltScreen(), tea.WithoutSignalHandler())
	_, err := p.Run()
	if s.interrupted || ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return ErrInterrupted
	}
	return err
}

// sides is the model of two sessions side by side.
type sides struct {
	*diff.Comparison
	theme         *paint.Theme
	rows          []sidesRow
	list          scroll.List
	width, height int
	whole         bool // all differences stand in place of the steps
	all           scroll.List
	interrupted   bool
	within        bool // something else is below, to which a key leads back
}

// sidesRow is a pair of steps, or what belongs to none: what was asked for at the beginning, and the verdict at the end.
type sidesRow struct {
	left, right string
	texts       []string // what is different
	lacks       bool     // one of the sessions has no such step
}

func newSides(c *diff.Comparison, theme *paint.Theme) *sides {
	s := &sides{Comparison: c, theme: theme, width: 80, height: 24}
	first, last := sidesRow{left: c.A.About, right: c.B.About}, sidesRow{left: "Result", right: "Result"}
	for _, d := range c.Of(-1) {
		if d.Topic == diff.TopicVerdict {
			last.texts = append(last.texts, d.Text)
		} else {
			first.texts = append(first.texts, d.Text)
		}
	}
	s.rows = append(s.rows, first)
	for i, p := range c.Pairs {
		row := sidesRow{left: p.A.Line(), right: p.B.Line(), lacks: p.A == nil || p.B == nil}
		for _, d := range c.Of(i) {
			row.texts = append(row.texts, d.Text)
		}
		s.rows = append(s.rows, row)
	}
	s.rows = append(s.rows, last)
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
		return tea.Quit
	case "esc":
		if !s.whole {
			return tea.Quit
		}
		s.whole = false
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
		if len(s.rows[i].texts) > 0 {
			s.list.Select(i, len(s.rows))
			return
		}
	}
}

// View implements [tea.Model].
func (s *sides) View() string {
	half := s.half()
	lines := []paint.Line{s.pair(paint.Strong, "A  "+endOfPath(s.A.Name, half-3), "B  "+endOfPath(s.B.Name, half-3))}
	below := max(3, min(10, s.height/3))
	var drawn []string
	if s.whole {
		told, title := s.part(s.told(s.width))
		drawn = s.draw(append(lines, s.rule("all differences"+title)), told, &scroll.List{}, s.room(), false)
	} else {
		lines = append(lines, s.rule("steps"))
		var rows []paint.Line
		for i, r := range s.rows {
			rows = append(rows, s.row(r, i == s.list.Sel))
		}
		drawn = s.draw(lines, rows, &s.list, s.height-len(lines)-below-3, true)
		drawn = append(drawn, s.draw([]paint.Line{s.rule("here")}, s.here(), &scroll.List{}, below, false)...)
	}
	drawn = append(drawn, s.theme.Paint(s.rule(s.sum()), s.width), s.theme.Paint(hintLine(s.hints(), s.width), s.width))
	return strings.Join(drawn[:min(len(drawn), s.height)], "\n")
}

// hints are the keys that work now.
func (s *sides) hints() []key.Help {
	leave := key.Help{Key: "q", Desc: "quit"}
	if s.within {
		leave.Desc = "back"
	}
	if s.whole {
		return []key.Help{{Key: "↑↓", Desc: "scroll"}, {Key: "d", Desc: "steps"}, leave}
	}
	return []key.Help{{Key: "↑↓", Desc: "move"}, {Key: "( )", Desc: "previous, next difference"}, {Key: "d", Desc: "all differences"}, leave}
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

// draw paints lines as they are, and of a list as many as there is room for.
func (s *sides) draw(above, list []paint.Line, at *scroll.List, height int, selects bool) (drawn []string) {
	for _, l := range above {
		drawn = append(drawn, s.theme.Paint(l, s.width))
	}
	first, last := at.Window(len(list), height)
	for i := first; i < last; i++ {
		if selects && i == at.Sel {
			drawn = append(drawn, s.theme.PaintSelected(list[i], s.width))
		} else {
			drawn = append(drawn, s.theme.Paint(list[i], s.width))
		}
	}
	for range height - (last - first) {
		drawn = append(drawn, paint.Blank(s.width))
	}
	return drawn
}

func (s *sides) row(r sidesRow, selected bool) paint.Line {
	ink, mark := paint.Plain, " "
	switch {
	case len(r.texts) > 0:
		ink, mark = paint.Warn, "≠"
	case r.lacks:
		ink, mark = paint.Dim, "≠"
	}
	cursor := " "
	if selected { // seen without color too
		cursor = "›"
	}
	l := paint.Of(ink, mark)
	return paint.Line{l}.Then(s.pair(paint.Plain, cursor+r.left, r.right))
}

// half is how wide a column is.
func (s *sides) half() int { return (s.width - 3) / 2 }

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
func (s *sides) pair(ink paint.Ink, left, right string) paint.Line {
	half := s.half()
	return ink.Line(left).Cut(half).Pad(half).And(paint.Dim, " │ ").Then(ink.Line(right))
}

func (s *sides) rule(title string) paint.Line {
	return paint.Dim.Line("─ "+title+" ").And(paint.Dim, paint.Rule(s.width-paint.Width(title)-3))
}

// here is what is different in the selected row, or both sides of it whole.
func (s *sides) here() (lines []paint.Line) {
	r := s.rows[s.list.Sel]
	for _, text := range r.texts {
		lines = append(lines, paint.Wrap(paint.Plain, text, s.width-1)...)
	}
	if len(r.texts) == 0 {
		lines = append(paint.Wrap(paint.Dim, words.Labelled("A: ", r.left), s.width-1), paint.Wrap(paint.Dim, words.Labelled("B: ", r.right), s.width-1)...)
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

// sum says how many differences there are.
func (s *sides) sum() string {
	switch {
	case s.Equal():
		return "no differences"
	case s.whole:
		return words.Number(len(s.Differences), "difference")
	}
	return fmt.Sprintf("%s, row %d of %d", words.Number(len(s.Differences), "difference"), s.list.Sel+1, len(s.rows))
}
