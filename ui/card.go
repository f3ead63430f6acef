package ui

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// cards are the articles that a person reads one after the other: a trail that goes back and forward.
type cards struct {
	trail []*card
	at    int
	// listed says that a list led to them, to which the way back from the first leads.
	listed bool
	keys   *text // the help, while it is open
}

// card is an article on the screen.
type card struct {
	entry explain.Entry
	see   []explain.Entry
	link  int         // the related article that is selected, counted from 1; 0 for none
	tops  scroll.List // every line with which the window can begin; that of the selected one does
	all   int         // how many lines there are, as last drawn
	last  int         // how many of them were above the end of the window
	links int         // the line of the first of them, as last drawn
	found bool        // the selected link has been brought into the window
}

// mostLinks is how many related articles have a number of one digit.
const mostLinks = 9

func newCard(e explain.Entry) *card { return &card{entry: e, see: e.Related()} }

// openCards begins a trail.
func openCards(e explain.Entry, listed bool) *cards {
	return &cards{trail: []*card{newCard(e)}, listed: listed}
}

// card is the one in front.
func (c *cards) card() *card { return c.trail[c.at] }

// visit goes on to an article; those that were ahead are forgotten, as in every browser.
func (c *cards) visit(e explain.Entry) {
	c.trail = append(c.trail[:c.at+1:c.at+1], newCard(e))
	c.at++
}

func (c *cards) below() bool { return false }

func (c *cards) title() string {
	if c.keys != nil {
		return c.keys.title()
	}
	title := "card"
	if len(c.trail) > 1 {
		title += " " + dialogue.Place(c.at, len(c.trail))
	}
	if at := c.card(); at.tops.Sel > 0 || at.last < at.all {
		title += fmt.Sprintf(" · lines %d–%d of %d", at.tops.Sel+1, at.last, at.all)
	}
	return title
}

func (c *cards) hints() []key.Help {
	if c.keys != nil {
		return c.keys.hints()
	}
	at := c.card()
	var out []key.Help
	if at.link > 0 {
		out = append(out, key.Help{Key: "enter", Desc: "open it"})
	}
	n := min(len(at.see), mostLinks)
	if n > 0 {
		out = append(out, key.Help{Key: digits(n), Desc: "see also"})
	}
	if c.at > 0 {
		out = append(out, key.Help{Key: "←", Desc: "previous card"})
	}
	if c.at+1 < len(c.trail) {
		out = append(out, key.Help{Key: "→", Desc: "next card"})
	}
	if n > 0 {
		out = append(out, key.Help{Key: "tab", Desc: "next one"})
	}
	if at.last-at.tops.Sel < at.all {
		out = append(out, key.Help{Key: "↑↓", Desc: "scroll"})
	}
	return append(out, key.Help{Key: "/", Desc: "search"}, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "esc", Desc: "back"})
}

// press moves in the card and along the trail.
func (c *cards) press(k tea.KeyMsg) (tea.Cmd, bool) {
	if c.keys != nil {
		if _, done := c.keys.press(k); done {
			c.keys = nil
		}
		return nil, false
	}
	at := c.card()
	switch key := k.String(); key {
	case "?", "f1":
		c.keys = &text{name: "help", key: "?", page: cardHelp}
	case "esc", "q":
		return nil, true
	case "enter":
		c.follow(at.link)
	case "tab":
		at.next(1)
	case "shift+tab":
		at.next(-1)
	case "left":
		if c.at == 0 && c.listed {
			return nil, true
		}
		c.at = max(c.at-1, 0)
	case "right":
		c.at = min(c.at+1, len(c.trail)-1)
	default:
		if n, err := strconv.Atoi(key); err == nil {
			c.follow(n)
			break
		}
		at.tops.Press(listKey(key), at.starts())
	}
	return nil, false
}

// cardHelp lists the keys of a card.
func cardHelp(width int) []paint.Line { return keyList(width, cardKeys()) }

func cardKeys() keyGroup {
	return keyGroup{"in a card", []key.Help{{Key: "1 to 9", Desc: "open a related card"}, {Key: "tab", Desc: "choose one; enter opens it"}, {Key: "← →", Desc: "previous card, next card"},
		{Key: "↑ ↓", Desc: "scroll"}, {Key: "/", Desc: "search again"}, {Key: "esc", Desc: "back to where it was opened"}}}
}

// follow opens related article number n, counted from 1, if there is one.
func (c *cards) follow(n int) {
	if at := c.card(); n > 0 && n <= len(at.see) {
		c.visit(at.see[n-1])
	}
}

// next selects another of the related articles, and goes round at the ends.
func (c *card) next(by int) {
	n := len(c.see)
	switch {
	case n == 0:
		return
	case c.link == 0 && by < 0:
		c.link = n
	default:
		c.link = (c.link-1+by+n)%n + 1
	}
	c.found = false
}

// starts is how many lines a window can begin with.
func (c *card) starts() int { return max(c.all-c.last+c.tops.Sel+1, 1) }

func (c *cards) lines(width, height int) []paint.Line {
	if c.keys != nil {
		return c.keys.lines(width, height)
	}
	at := c.card()
	page, link := at.page(min(width, mostCardWidth))
	at.all = len(page)
	if !at.found && link >= 0 { // the link that was chosen is to be seen
		at.tops.Sel, at.found = max(min(at.tops.Sel, link), link-height+1), true
	}
	at.tops.Window(max(at.all-height+1, 1), height)
	at.last = min(at.tops.Sel+height, at.all)
	return page[at.tops.Sel:at.last]
}

// mostCardWidth is where lines become too long to be read with ease.
const mostCardWidth = 96

// page is the card whole; link is the line of the related article that is selected, -1 if none is.
func (c *card) page(width int) (page []paint.Line, link int) {
	page, link = cardLines(c.entry, width), -1
	if len(c.see) == 0 {
		return page, link
	}
	page = append(page, paint.Line{}, paint.Strong.Line("see also"))
	c.links = len(page)
	for i, e := range c.see {
		mark, ink := paint.Text("  "), paint.Plain
		if i+1 == c.link {
			mark, ink, link = paint.Accent.Line("› "), paint.Strong, len(page)
		}
		number := "  "
		if i < mostLinks {
			number = strconv.Itoa(i+1) + " "
		}
		lead := mark.And(paint.Accent, number)
		page = append(page, lead.Then(ofKind(ink.Line(e.Title()).And(paint.Dim, "  "+e.Gloss()), e.What(), width-lead.Width())).Cut(width))
	}
	return page, link
}

// cardLines are all there is to an article, but for its links.
func cardLines(e explain.Entry, width int) []paint.Line {
	return append(append(cardHead(e, width), paint.Line{}), cardBody(e, width)...)
}

// cardHead names it, in as few words as a row of a list.
func cardHead(e explain.Entry, width int) []paint.Line {
	out := paint.Hang(paint.Strong.Line(e.Title()).And(paint.Dim, " · "), paint.Wrap(paint.Dim, e.What(), max(width-paint.Width(e.Title())-3, 12)))
	t := e.Gloss()
	if e.Title() == e.Name { // else it begins with a name, or a text as it is written
		t = sentence(t)
	}
	if t != "" {
		out = append(out, paint.Wrap(paint.Accent, t, width)...)
	}
	return out
}

// cardBody is what it says, what to do, and where that is from.
func cardBody(e explain.Entry, width int) []paint.Line {
	var out []paint.Line
	parts, column := cardParts(e)
	for _, part := range parts {
		if part.Text == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, paint.Line{})
		}
		label := paint.Accent.Line(part.Name)
		if part.Name != "" {
			label = label.Pad(column)
		}
		out = append(out, paint.Hang(label, paint.Wrap(paint.Plain, part.Text, width-label.Width()))...)
	}
	if refs := explain.Cite(e.Refs); refs != "" {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Dim, refs, width)...)
	}
	return out
}

// formOf is what the form of an entry is called: the registry lists a port by a name.
func formOf(e explain.Entry) string {
	if e.Kind == explain.KindPort {
		return "Name"
	}
	return "Form"
}

// cardParts are what stands on a card, each with its label, and how wide the labels are.
func cardParts(e explain.Entry) (parts []explain.Side, column int) {
	column = len("Answers")
	for _, s := range e.Sides() {
		parts = append(parts, explain.Side{Name: sentence(s.Name), Text: s.Text})
		column = max(column, len(s.Name))
	}
	return append(parts, explain.Side{Name: formOf(e), Text: e.Form}, explain.Side{Name: "Try", Text: explain.Remedies(e.Remedy, e.Operator)},
		explain.Side{Name: "Answers", Text: e.Answers()}, explain.Side{Name: "Wording", Text: e.Vendor}), column + 2
}
