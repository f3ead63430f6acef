package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// chooser lists everything that can be done, legal steps first, with what to expect of the others.
type chooser struct {
	scroll.List
	w    *explorer
	past bool // nothing can be sent from here
	ways map[string]sasl.Choice
}

func (w *explorer) choose() tea.Cmd {
	c := &chooser{w: w, List: scroll.List{Sel: w.chosen}, past: !w.atEnd() || w.live == nil, ways: map[string]sasl.Choice{}}
	offered, _ := walk.Mechanisms(w.snap, w.goal)
	for _, way := range offered {
		c.ways[way.Name] = way
	}
	w.sheet = c
	return nil
}

func (c *chooser) below() bool { return false }

func (c *chooser) title() string {
	where := " · " + placeIn(&c.List, len(c.w.options()))
	if c.past {
		return "choices at that time" + where
	}
	return "choices" + where
}

func (c *chooser) hints() []key.Help {
	if c.past {
		return []key.Help{{Key: "↑↓", Desc: "look"}, {Key: "/", Desc: "search"}, {Key: "?", Desc: "help"}, {Key: "esc", Desc: "back"}}
	}
	return []key.Help{{Key: "enter", Desc: "take it"}, {Key: "↑↓", Desc: "choose"}, {Key: "e", Desc: "edit"}, {Key: ":", Desc: "any line"},
		{Key: "c", Desc: "credentials"}, {Key: "m", Desc: "message"}, {Key: "l", Desc: "ways to log in"}, {Key: "/", Desc: "search"}, {Key: "?", Desc: "help"}, {Key: "esc", Desc: "leave it"}}
}

// keys are those of the list, for its help.
func (c *chooser) keys() keyGroup {
	if c.past {
		return keyGroup{"choices at that time", []key.Help{{Key: "↑ ↓", Desc: "look at another; the bar below says what it is for"}, {Key: "esc", Desc: "back"}}}
	}
	return keyGroup{"choices", []key.Help{{Key: "enter", Desc: "prepare the chosen step; nothing is sent yet"}, {Key: "↑ ↓", Desc: "choose; the bar below says what it is for"}, {Key: "e", Desc: "edit the line before it is sent"},
		{Key: ":", Desc: "send any line"}, {Key: "c", Desc: "other credentials"}, {Key: "m", Desc: "another message"}, {Key: "w", Desc: "build a response of AUTH by hand, where it is one"}, {Key: "l", Desc: "compare the ways to log in"}, {Key: "esc", Desc: "back to the proposal"}}}
}

// option is the step under the selection. News may have changed the list.
func (c *chooser) option() walk.Option {
	if len(c.w.options()) == 0 {
		return walk.Option{}
	}
	c.Select(c.Sel, len(c.w.options()))
	return c.w.options()[c.Sel]
}

func (c *chooser) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "tab", "q":
		return nil, true
	case "enter", "e", ":", "c", "m", "w", "l":
		if !c.past && len(c.w.options()) > 0 {
			return c.take(k), true
		}
	case "?", "f1":
		c.w.helpOver(c, c.keys())
	default:
		c.Press(listKey(k.String()), len(c.w.options()))
	}
	return nil, false
}

// take prepares the step that is selected. Enter leaves it there to be looked at; the other keys go on with it.
func (c *chooser) take(k tea.KeyMsg) tea.Cmd {
	c.w.sheet, c.w.verdict = nil, nil
	c.w.chosen = c.Sel
	if o, _ := c.w.option(); k.String() != "enter" || o.Step.Verb == record.VerbRaw {
		return c.w.press(k)
	}
	return nil
}

// lines draws the list round the selection. What there is to say about the step in it stands in the bar below.
func (c *chooser) lines(width, height int) []paint.Line {
	rows, owners, at := c.rows(width)
	first, last := c.Around(at, len(rows), height)
	c.Own(owners[first:last])
	return rows[first:last]
}

// rows are the options with a heading in front of those out of order; owners say which option a row is, at is the row of the selection.
func (c *chooser) rows(width int) (rows []paint.Line, owners []int, at int) {
	legal := true
	for i, o := range c.w.options() {
		if legal && !o.Legal {
			rows = append(rows, paint.Line{}, paint.Warn.Line("out of order, to see how the server replies"))
			owners = append(owners, -1, -1)
			legal = false
		}
		if i == c.Sel {
			at = len(rows)
		}
		rows, owners = append(rows, c.row(i, o, width).Cut(width)), append(owners, i)
	}
	return rows, owners, at
}

func (c *chooser) row(i int, o walk.Option, width int) paint.Line {
	mark, ink := "  ", paint.Plain
	switch {
	case c.past:
		ink = paint.Dim
	case i == c.Sel:
		ink = paint.Strong
	}
	if i == c.Sel {
		mark = "› "
	}
	line := paint.Accent.Line(mark).And(ink, showOption(o, c.w.snap))
	if o.Proposed {
		line = line.And(paint.Good, "  proposed")
	}
	if o.Guard != nil {
		line = line.And(paint.Warn, "  ! asks first")
	}
	if o.Step.Verb == record.VerbAuth {
		if width >= 2*wayColumn {
			line = line.Pad(wayColumn)
		}
		line = line.And(paint.Plain, "  ").Then(c.way(o))
	}
	return line
}

// wayColumn is where the standing of a mechanism begins: after the longest name with a mask.
const wayColumn = 36

// way says how a mechanism stands: what is missing for it, or why it ranks where it does.
func (c *chooser) way(o walk.Option) paint.Line {
	way, offered := c.ways[o.Step.Mechanism]
	switch {
	case !offered && len(c.ways) > 0:
		return paint.Dim.Line("not offered: expect 504")
	case !offered:
		return nil
	case way.Missing != "":
		return paint.Warn.Line(standing(way))
	}
	return paint.Dim.Line(way.Short)
}
