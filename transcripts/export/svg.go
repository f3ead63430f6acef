package export

import (
	"fmt"
	"html"
	"io"
	"strings"

	"ehlo/session/wire"
)

// Picture is a screen.
type Picture struct {
	Columns, Rows int
	Light         bool // drawn for a light background
	Title         string
	Lines         [][]Run
}

// Run is text of one look. What it holds has been made visible.
type Run struct {
	Text                 string
	Column, Width        int // in cells
	Color                int // of the 8 of ECMA-48 §8.3.117, counted from 1; 0 for that of text
	Bold, Faint, Reverse bool
}

// The size of a cell and of the letters in it, and the edge around the screen, in pixels.
const (
	cellWidth, cellHeight = 8.4, 18.0
	fontSize, edge        = 14, 12.0
)

// palette is the color of text, of the background, of faint text, and the 8 colors.
type palette struct {
	text, back, faint string
	colors            [8]string
}

var (
	dark = palette{"#e6e6e6", "#16181c", "#9aa0a8", [8]string{"#16181c", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#e6e6e6"}}
	pale = palette{"#1f2328", "#ffffff", "#656d76", [8]string{"#1f2328", "#b3201f", "#116329", "#7d4e00", "#0a58b0", "#7a3fc0", "#1b6a77", "#1f2328"}}
)

func (p Picture) palette() *palette {
	if p.Light {
		return &pale
	}
	return &dark
}

// SVG writes a screen as a drawing (SVG 2), for a slide or a page. Each run is as wide as its cells, whatever font there is.
func SVG(w io.Writer, p Picture) error {
	o := newOutput(w)
	width, height := 2*edge+cellWidth*float64(p.Columns), 2*edge+cellHeight*float64(p.Rows)
	title := html.EscapeString(wire.VisibleString(p.Title))
	o.put(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" width="%.1f" height="%.1f" role="img" aria-label="%s">`+"\n", width, height, width, height, title),
		"<title>", title, "</title>\n",
		fmt.Sprintf(`<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", p.palette().back),
		fmt.Sprintf(`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="%d" fill="%s">`+"\n", fontSize, p.palette().text))
	for row, line := range p.Lines {
		for _, run := range line {
			o.run(p.palette(), row, run)
		}
	}
	o.put("</g>\n</svg>\n")
	return o.end()
}

// run draws a run, without the blanks around it.
func (o *output) run(colors *palette, row int, r Run) {
	x, y, width := edge+cellWidth*float64(r.Column), edge+cellHeight*float64(row), cellWidth*float64(r.Width)
	fill := colors.of(r)
	if r.Reverse {
		o.put(fmt.Sprintf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, y, width, cellHeight, fill))
		fill = colors.back
	}
	text := strings.TrimLeft(r.Text, " ")
	lead := len(r.Text) - len(text)
	text = strings.TrimRight(text, " ")
	cells := r.Width - (len(r.Text) - len(text))
	if text == "" {
		return
	}
	o.put(fmt.Sprintf(`<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve"`, x+cellWidth*float64(lead), y+baseline, cellWidth*float64(cells)))
	if fill != colors.text {
		o.put(` fill="`, fill, `"`)
	}
	if r.Bold {
		o.put(` font-weight="bold"`)
	}
	o.put(">", html.EscapeString(text), "</text>\n")
}

// baseline is how far below the top of a cell letters stand.
const baseline = 13.5

func (c *palette) of(r Run) string {
	switch {
	case r.Color > 0:
		return c.colors[r.Color-1]
	case r.Faint:
		return c.faint
	}
	return c.text
}
