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
	Plain    Ink = iota
	Dim          // secondary: annotations, labels, rules
	Strong       // headings, what is to be read first
	Client       // what we send
	Server       // what the server says
	Good         // done, verified
	Warn         // worth a look
	Bad          // failed, dangerous
	Accent       // keys, the active tab, what happens now
	Exposed      // what anyone on the path can read
	Selected     // the row the other pane is about
	inks
)

// Theme is how inks look on one terminal.
type Theme struct {
	open, close [inks]string
	ascii       bool
}

// NewTheme picks from the 16 ANSI colors, which every palette keeps readable on its own background; dark and light
// only decide between neighbors.
func NewTheme(profile termenv.Profile, dark bool) *Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(dark)
	pick := func(onDark, onLight string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Dark: onDark, Light: onLight})
	}
	t := &Theme{}
	for ink, style := range map[Ink]lipgloss.Style{
		Plain:    r.NewStyle(),
		Dim:      r.NewStyle().Faint(true),
		Strong:   r.NewStyle().Bold(true),
		Client:   pick("6", "4"),
		Server:   r.NewStyle(),
		Good:     pick("2", "2"),
		Warn:     pick("3", "5").Bold(true),
		Bad:      pick("1", "1").Bold(true),
		Accent:   pick("6", "4").Bold(true),
		Exposed:  pick("3", "5"),
		Selected: r.NewStyle().Reverse(true),
	} {
		t.open[ink], t.close[ink], _ = strings.Cut(style.Render("x"), "x")
	}
	return t
}

// Paint gives the line in exactly width cells: cut with …, or padded with blanks. Neighbors of one ink share its sequences, and
// blanks need none.
func (t *Theme) Paint(l Line, width int) string {
	var b strings.Builder
	cut, ink := l.Cut(width), Plain
	for _, s := range cut {
		if t.ascii {
			s.text = inASCII(s.text)
		}
		next := s.ink
		if next != Selected && strings.Trim(s.text, " ") == "" {
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
	b.WriteString(Blank(width - cut.Width()))
	return b.String()
}

// PaintSelected is Paint for the selected row: one ink from edge to edge.
func (t *Theme) PaintSelected(l Line, width int) string {
	return t.Paint(Selected.Line(l.Cut(width).Pad(width).String()), width)
}
