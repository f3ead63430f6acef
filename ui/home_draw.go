package ui

import (
	"github.com/charmbracelet/bubbles/key"

	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// draw is the home screen as a picture of width by height cells.
func (h *home) draw(width, height int) string {
	c := &canvas{theme: h.theme, width: width, height: height}
	c.line(paint.Text(" ").And(paint.Strong, "ehlo").And(paint.Dim, " "+h.app.Version).
		Flush(paint.Dim.Line("SMTP, one step at a time "), width))
	c.line(nil)
	body := height - 4
	switch {
	case h.sheet != nil:
		h.drawSheet(c, body)
	case width >= wideWidth:
		h.drawWide(c, body)
	default:
		h.drawTall(c, body)
	}
	c.line(paint.Dim.Line(paint.Rule(width)))
	c.line(hintLine(h.hints(), width))
	return c.String()
}

func (h *home) drawSheet(c *canvas, body int) {
	lines := h.sheet.lines(c.width-2, body-1) // the title says which part of them is shown
	c.line(titled(c.width, paint.Strong.Line(h.sheet.title())))
	c.lines(indented(lines), body-1)
}

// drawWide sets what there is to say about an entry beside the list.
func (h *home) drawWide(c *canvas, body int) {
	left := c.width / 2
	if h.shown == listTranscripts { // the outcome is in the row
		left = c.width * 3 / 5
	}
	right := c.width - left - 1
	c.line(titled(left, h.heading()).And(paint.Dim, "┬").Then(titled(right, paint.Dim.Line("about"))))
	rows, about := h.rows(left, body-1), limit(h.about(right-3), body-1)
	for i := range body - 1 {
		row := at(rows, i).Cut(left).Pad(left).And(paint.Dim, "│ ").Then(at(about, i))
		c.line(row)
	}
}

// drawTall sets it below, in a third of the height and in the rows that the list leaves empty.
func (h *home) drawTall(c *canvas, body int) {
	about := limit(h.about(c.width-4), max(body/3, body-2-h.length(), 3))
	room := body - 2 - len(about)
	c.line(titled(c.width, h.heading()))
	c.lines(h.rows(c.width, room), room)
	c.line(titled(c.width, paint.Dim.Line("about")))
	c.lines(indented(about), len(about))
}

// length is how many rows the list takes with its headings.
func (h *home) length() int {
	n, group := 0, ""
	for _, it := range h.items() {
		if n++; it.group != group {
			n, group = n+1, it.group
		}
	}
	return max(n, 1)
}

func at(lines []paint.Line, i int) paint.Line {
	if i < len(lines) {
		return lines[i]
	}
	return nil
}

func (h *home) heading() paint.Line {
	name := [...]string{"what would you like to do", "practice", "open a transcript"}[h.shown]
	line := paint.Strong.Line(name)
	if h.shown == listMenu {
		return line
	}
	where := " · " + dialogue.Place(h.list.Sel, len(h.items()))
	if h.filter == "" {
		return line.And(paint.Dim, where+" · type to narrow the list")
	}
	return line.And(paint.Dim, where+" · ").And(paint.Accent, h.filter+cursor)
}

// rows draws the list round the selection, a heading in front of each group.
func (h *home) rows(width, height int) []paint.Line {
	var out []paint.Line
	sel, group := 0, ""
	items := h.items()
	for i, it := range items {
		if it.group != group {
			group = it.group
			out = append(out, paint.Dim.Line("  "+group))
		}
		if i == h.list.Sel {
			sel = len(out)
		}
		out = append(out, h.row(it, i == h.list.Sel, width))
		if h.shown == listMenu && height >= 2*len(items) {
			out = append(out, paint.Line{})
		}
	}
	if len(items) == 0 {
		out = append(out, paint.Dim.Line("  nothing matches; esc shows all"))
	}
	first, last := h.list.Around(sel, len(out), height)
	return out[first:last]
}

func (h *home) row(it item, selected bool, width int) paint.Line {
	mark, ink := "   ", paint.Plain
	if selected {
		mark, ink = " › ", paint.Strong
	}
	line := paint.Accent.Line(mark).And(ink, it.name)
	if h.shown == listMenu {
		return line.Pad(16).And(paint.Dim, it.more)
	}
	if it.note != "" {
		line = line.And(paint.Dim, " · "+it.note)
	}
	return line.Cut(width-2).Flush(paint.Dim.Line(it.more+"  "), width)
}

// about is what there is to say about the selected entry, or why the last choice led nowhere.
func (h *home) about(width int) []paint.Line {
	if h.trouble != "" {
		return paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, h.trouble, width-2))
	}
	items := h.items()
	if len(items) == 0 {
		return nil
	}
	var out []paint.Line
	for _, p := range items[h.list.Sel].about {
		if p == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, paint.Line{})
		}
		out = append(out, paint.Wrap(paint.Plain, p, width)...)
	}
	return out
}

func (h *home) hints() []key.Help {
	if h.sheet != nil {
		return h.sheet.hints()
	}
	var out []key.Help
	if len(h.items()) > 0 {
		out = append(out, key.Help{Key: "enter", Desc: "open"}, key.Help{Key: "↑↓", Desc: "choose"})
	}
	if h.shown == listMenu {
		return append(out, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "q", Desc: "quit"})
	}
	return append(out, key.Help{Key: "esc", Desc: "back"}, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "ctrl-c", Desc: "quit"})
}

// helpPage lists the keys of the home screen and its lists.
func (h *home) helpPage(width int) []paint.Line {
	var out []paint.Line
	add := func(heading string, keys ...key.Help) {
		out = append(out, paint.Strong.Line(heading))
		for _, k := range keys {
			out = append(out, paint.Hang(paint.Accent.Line("  "+k.Key).Pad(14), paint.Wrap(paint.Plain, k.Desc, width-14))...)
		}
		out = append(out, paint.Line{})
	}
	add("everywhere", key.Help{Key: "↑ ↓", Desc: "choose"}, key.Help{Key: "enter", Desc: "open what is chosen"}, key.Help{Key: "?", Desc: "this help"},
		key.Help{Key: "ctrl-c", Desc: "quit"})
	add("what would you like to do", key.Help{Key: "p c o q", Desc: "practice, connect, open, quit"}, key.Help{Key: "j k", Desc: "below, above"})
	add("in a list", key.Help{Key: "letters", Desc: "narrow it to what has these words"}, key.Help{Key: "backspace", Desc: "take one back"},
		key.Help{Key: "pgup pgdn", Desc: "by pages"}, key.Help{Key: "home end", Desc: "to its ends"}, key.Help{Key: "esc", Desc: "all of it again, then back"})
	return append(out, paint.Wrap(paint.Dim, "In a session ? lists the keys that work at that moment.", width)...)
}
