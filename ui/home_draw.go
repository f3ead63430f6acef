package ui

import (
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// draw is the home screen as a picture of width by height cells.
func (h *home) draw(width, height int) string {
	h.drawing = true
	defer func() { h.drawing, h.drawn = false, nil }()
	c := &canvas{theme: h.theme, width: width, height: height}
	c.line(h.header(width))
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

func (h *home) header(width int) paint.Line {
	return paint.Text(" ").And(paint.Strong, "ehlo").And(paint.Dim, " "+h.app.Version).Flush(paint.Dim.Line("SMTP, one step at a time "), width)
}

func (h *home) drawSheet(c *canvas, body int) {
	lines := h.sheet.lines(c.width-2, body-1) // the title says which part of them is shown
	c.line(titled(c.width, paint.Strong.Line(h.sheet.title())))
	c.lines(indented(lines), body-1)
}

// drawWide sets what there is to say about an entry beside the list.
func (h *home) drawWide(c *canvas, body int) {
	left := c.width / 2
	if h.shown == listTranscripts || h.shown == listSessions || h.shown == listTopics { // what it came to or is about is in the row
		left = c.width * 3 / 5
	}
	right := c.width - left - 1
	rows, about := h.rows(left, body-1), h.aboutIn(right-3, body-1)
	c.line(titled(left, h.heading(placeIn(&h.list, len(h.items())))).And(paint.Dim, "┬").Then(titled(right, paint.Dim.Line("about"))))
	for i := range body - 1 {
		row := at(rows, i).Cut(left).Pad(left).And(paint.Dim, "│ ").Then(at(about, i))
		c.line(row)
	}
}

// drawTall sets it below, in a third of the height and in the rows that the list leaves empty.
func (h *home) drawTall(c *canvas, body int) {
	most := max(body/3, body-2-h.length(), 3)
	about := h.aboutIn(c.width-4, most)
	below := len(about)
	if h.shown == listMenu {
		below = h.belowMenu(body, most)
	}
	room := body - 2 - below
	c.line(titled(c.width, h.heading(dialogue.Place(h.list.Sel, len(h.items())))))
	c.lines(h.rows(c.width, room), room)
	c.line(titled(c.width, paint.Dim.Line(under("about", &h.list, len(h.items())))))
	c.lines(indented(about), below)
}

// belowMenu is the room for what there is to say about an entry of the menu, the same for each, so that the entries keep their places: they
// stand apart where that leaves enough of it.
func (h *home) belowMenu(body, most int) int {
	const enough = 9
	if spread := body - 2 - 2*h.length(); spread >= enough {
		return spread
	}
	return most
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

// heading is what is listed, and where in it one is.
func (h *home) heading(place string) paint.Line {
	name := [...]string{"what would you like to do", "practice", "topics", "open a transcript", "connect", "choose a session", "learn", "check a server"}[h.shown]
	line, where := paint.Strong.Line(name), " · "+place+h.solvedOf()
	if h.shown == listMenu {
		return line.And(paint.Dim, where)
	}
	if h.filter == "" {
		return line.And(paint.Dim, where+" · type to narrow it")
	}
	return line.And(paint.Dim, where+" · ").And(paint.Accent, h.filter+cursor)
}

// rows draws the list round the selection, a heading in front of each group.
func (h *home) rows(width, height int) []paint.Line {
	h.wide = width
	items := h.items()
	owners, sel := h.owners(items, h.shown == listMenu && height >= 2*len(items))
	if len(items) == 0 {
		return []paint.Line{paint.Dim.Line("  nothing matches; esc shows all")}
	}
	first, last := h.list.Around(sel, len(owners), height)
	var out []paint.Line
	var drawn []int
	for _, o := range owners[first:last] {
		switch {
		case o.heading:
			out, drawn = append(out, paint.Dim.Line("  "+items[o.item].group)), append(drawn, -1)
		case o.blank:
			out, drawn = append(out, paint.Line{}), append(drawn, -1)
		default:
			out, drawn = append(out, h.row(o.item, items[o.item], width)), append(drawn, o.item)
		}
	}
	h.list.Own(drawn)
	return out
}

// owner says which entry a line of the list is for, or is the heading of.
type owner struct {
	item           int
	heading, blank bool
}

// owners are all lines of the list, and which of them is the selected one. A list may be long: they are drawn only where they are seen.
func (h *home) owners(items []item, spread bool) (lines []owner, sel int) {
	group := ""
	for i, it := range items {
		if it.group != group {
			group = it.group
			lines = append(lines, owner{item: i, heading: true})
		}
		if i == h.list.Sel {
			sel = len(lines)
		}
		lines = append(lines, owner{item: i})
		if spread {
			lines = append(lines, owner{item: i, blank: true})
		}
	}
	return lines, sel
}

// From tabular cells on what a topic is about stands in a column of its own, at topicColumn.
const tabular, topicColumn = 72, 27

func (h *home) row(i int, it item, width int) paint.Line {
	mark, ink := "   ", paint.Plain
	if i == h.list.Sel {
		mark, ink = " › ", paint.Strong
	}
	line := paint.Accent.Line(mark)
	if h.shown == listMenu {
		return line.And(paint.Accent, strconv.Itoa(i+1)+" ").And(ink, it.name).Pad(18).And(paint.Dim, it.more)
	}
	if it.mark != "" {
		line = line.And(paint.Good, it.mark+" ")
	}
	line = line.And(ink, it.name)
	if h.shown == listTopics && width >= tabular {
		line = line.Pad(topicColumn)
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
	var out []paint.Line
	if h.told != "" {
		out = paint.Hang(paint.Good.Line("✓ "), paint.Wrap(paint.Strong, h.told, width-2))
	}
	for _, p := range h.says() {
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

// says is what there is to say about the selected entry, or where none is left about what may be typed.
func (h *home) says() []string {
	items := h.items()
	if len(items) == 0 {
		return h.typable()
	}
	return items[h.list.Sel].says()
}

// aboutIn is as much of it as a height has room for: the rows between its paragraphs go first.
func (h *home) aboutIn(width, height int) []paint.Line {
	out := h.about(width)
	if len(out) > height {
		out = slices.DeleteFunc(out, func(l paint.Line) bool { return l.Width() == 0 })
	}
	return limit(out, height)
}

func (h *home) hints() []key.Help {
	if h.sheet != nil {
		return h.sheet.hints()
	}
	if h.shown == listMenu { // enter and the numbers are one, so that there is room for the search at the smallest size
		return []key.Help{{Key: "enter " + h.numbers(), Desc: "open"}, {Key: "↑↓", Desc: "choose"}, {Key: "/", Desc: "search"}, {Key: "?", Desc: "help"}, {Key: "q", Desc: "quit"}}
	}
	var out []key.Help
	if len(h.items()) > 0 {
		out = append(out, key.Help{Key: "enter", Desc: "open"}, key.Help{Key: "↑↓", Desc: "choose"})
	}
	if _, saved := h.selectedSaved(); saved {
		out = append(out[:1], savedKeys...)
	}
	if h.selectedFile() != "" {
		out = append(out, h.fileHints()...)
	}
	if h.scenario() != "" {
		out = append(out, h.laneHints()...)
	}
	back := "back"
	if h.filter != "" { // esc takes it off first
		back = showAll
	}
	return append(out, key.Help{Key: "/", Desc: "search"}, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "esc", Desc: back})
}

// numbers are the keys of the entries of the menu.
func (h *home) numbers() string { return digits(len(h.menu())) }

// helpPage lists the keys of the home screen and its lists: first those of the list that is shown.
func (h *home) helpPage(width int) []paint.Line {
	inList := keyGroup{"in a list", []key.Help{{Key: "letters", Desc: "narrow it to entries with these words"}, {Key: "backspace", Desc: "delete a letter"},
		{Key: "pgup pgdn", Desc: "page up, page down"}, {Key: "home end", Desc: "to the beginning, to the end"}, {Key: "esc", Desc: "all of it again, then back"}}}
	everywhere := keyGroup{"everywhere", []key.Help{{Key: "↑ ↓", Desc: "choose"}, {Key: "enter", Desc: "open the chosen entry"}, {Key: "/", Desc: "search the knowledge and the scenarios"},
		{Key: "?", Desc: "this help"}, {Key: "ctrl-c", Desc: "quit"}}}
	groups := []keyGroup{inList, everywhere}
	switch h.shown {
	case listMenu:
		groups = []keyGroup{{"what would you like to do", []key.Help{{Key: h.numbers(), Desc: "take the entry with this number"}, {Key: "j k", Desc: "down, up"}, {Key: "q", Desc: "quit"}}}, everywhere, inList, laneHelp(), savedHelp(), fileHelp()}
	case listScenarios:
		groups = slices.Insert(groups, 0, laneHelp())
	case listSaved:
		groups = slices.Insert(groups, 0, savedHelp())
	case listTranscripts:
		groups = slices.Insert(groups, 0, fileHelp())
	}
	return append(keyList(width, groups...), paint.Wrap(paint.Dim, "In a session ? lists the keys that work at that moment.", width)...)
}

// keyGroup is a list of keys below a heading.
type keyGroup struct {
	heading string
	keys    []key.Help
}

// keyList sets keys and what they do in two columns, the first as wide as the longest key.
func keyList(width int, groups ...keyGroup) []paint.Line {
	const indent, gap = 2, 2
	column := 14
	for _, g := range groups {
		for _, k := range g.keys {
			column = max(column, indent+paint.Width(k.Key)+gap)
		}
	}
	var out []paint.Line
	for _, g := range groups {
		out = append(out, paint.Strong.Line(g.heading))
		for _, k := range g.keys {
			out = append(out, paint.Hang(paint.Accent.Line("  "+k.Key).Pad(column), paint.Wrap(paint.Plain, k.Desc, width-column))...)
		}
		out = append(out, paint.Line{})
	}
	return out
}
