package paint

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Ink is what a piece of text is, not how it looks. No ink carries a meaning that the text does not have too: in the
// Ascii profile all of them look the same.
type Ink uint8

// The inks.
const (
	Plain        Ink = iota
	Dim              // secondary: annotations, labels, rules
	Strong           // headings, what is to be read first
	Client           // what we send
	Server           // what the server says
	Good             // done, verified
	Warn             // worth a look
	Bad              // failed, dangerous
	Accent           // keys, the active tab, what happens now
	Exposed          // what anyone on the path can read
	Selected         // the row the other pane is about
	selectedWarn     // what of it is worth a look
	selectedBad      // what of it failed
	inks
)

// Theme is how inks look on one terminal.
type Theme struct {
	open, close [inks]string
	ascii       bool
}

// NewTheme picks from the 16 ANSI colors, which every palette keeps readable on its own background; dark and light
// only decide between neighbors. What is worth a look is an exception on a light background, where yellow cannot be read: brown,
// where the terminal has that.
func NewTheme(profile termenv.Profile, dark bool) *Theme {
	return newTheme(profile, dark, lipgloss.CompleteColor{TrueColor: "#875f00", ANSI256: "94", ANSI: "5"}, asItIs)
}

// NewColorless is the theme of a terminal where no color is wanted: what is selected, read first or secondary is still bold, faint and in
// reverse, which is no color (https://no-color.org).
func NewColorless() *Theme {
	return newTheme(termenv.ANSI, true, lipgloss.CompleteColor{}, lipgloss.Style.UnsetForeground)
}

// NewPicture is the theme of a drawing, which has a palette of its own.
func NewPicture(dark bool) *Theme {
	return newTheme(termenv.ANSI, dark, lipgloss.CompleteColor{TrueColor: "3", ANSI256: "3", ANSI: "3"}, asItIs)
}

func asItIs(s lipgloss.Style) lipgloss.Style { return s }

func newTheme(profile termenv.Profile, dark bool, caution lipgloss.CompleteColor, on func(lipgloss.Style) lipgloss.Style) *Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(dark)
	pick := func(onDark, onLight string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Dark: onDark, Light: onLight})
	}
	yellow := lipgloss.CompleteColor{TrueColor: "3", ANSI256: "3", ANSI: "3"}
	exposed := r.NewStyle().Foreground(lipgloss.CompleteAdaptiveColor{Dark: yellow, Light: caution})
	warn, bad := exposed.Bold(true), pick("1", "1").Bold(true)
	t := &Theme{}
	for ink, style := range map[Ink]lipgloss.Style{
		Plain:    r.NewStyle(),
		Dim:      r.NewStyle().Faint(true),
		Strong:   r.NewStyle().Bold(true),
		Client:   pick("6", "4"),
		Server:   r.NewStyle(),
		Good:     pick("2", "2"),
		Warn:     warn,
		Bad:      bad,
		Accent:   pick("6", "4").Bold(true),
		Exposed:  exposed,
		Selected: r.NewStyle().Reverse(true),

		selectedWarn: warn.Reverse(true),
		selectedBad:  bad.Reverse(true),
	} {
		t.open[ink], t.close[ink], _ = strings.Cut(on(style).Render("x"), "x")
	}
	return t
}

// Paint gives the line in exactly width cells: cut with …, or padded with blanks. Neighbors of one ink share its sequences, and
// blanks need none.
func (t *Theme) Paint(l Line, width int) string {
	cut, used := l.cut(width)
	ink := Plain
	var b strings.Builder
	b.Grow(cut.size() + 16*len(cut) + max(width-used, 0))
	for _, s := range cut {
		if t.ascii {
			s.text = inASCII(s.text)
		}
		next := s.ink
		if next < Selected && strings.Trim(s.text, " ") == "" {
			next = Plain
		}
		if next != ink {
			b.WriteString(t.close[ink])
			b.WriteString(t.open[next])
			ink = next
		}
		b.WriteString(s.text)
	}
	b.WriteString(t.close[ink])
	b.WriteString(Blank(width - used))
	return b.String()
}

// PaintSelected is Paint for the selected row: a bar from edge to edge. What is bad keeps its color, and where that is most of the row
// the whole bar has it.
func (t *Theme) PaintSelected(l Line, width int) string {
	bar := l.Cut(width).Pad(width)
	ground := bar.ground()
	out := make(Line, len(bar))
	for i, s := range bar {
		if out[i] = s.In(selected(s.ink)); out[i].ink == Selected || strings.Trim(s.text, " ") == "" {
			out[i].ink = ground
		}
	}
	return t.Paint(out, width)
}

// selected is an ink in the selected row.
func selected(ink Ink) Ink {
	switch ink {
	case Warn:
		return selectedWarn
	case Bad:
		return selectedBad
	}
	return Selected
}

// ground is the ink of the bar below the selected row.
func (l Line) ground() Ink {
	var cells [inks]int
	all := 0
	for _, s := range l {
		n := Width(strings.Trim(s.text, " "))
		cells[selected(s.ink)] += n
		all += n
	}
	for _, ink := range []Ink{selectedWarn, selectedBad} {
		if 2*cells[ink] > all {
			return ink
		}
	}
	return Selected
}
