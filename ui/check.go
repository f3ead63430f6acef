package ui

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aymanbagabas/go-osc52/v2"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// check is a page on which a server is looked at from all sides: a list of what was found, what there is to say about the selected row
// below it, and a way into the session of each row. It fills while it runs. A session that is opened lies over it until the person is back.
type check struct {
	name  string // what it is, in a word
	run   func(ctx context.Context, tell func(checked)) error
	begin context.Context // what all its runs end with
	env   env
	leave tea.Cmd // what leaving does; nil to go back to where it lies over

	list    scroll.List
	moved   bool    // a person has chosen a row
	now     checked // what is shown
	laid    laid    // the same for the width that was drawn last
	text    *text   // the help, or all about a row; nil while neither is read
	trouble string  // why a session could not be opened, or the run failed
	notice  string  // something to tell once

	*inquiry
}

// checked is what was found so far.
type checked struct {
	state string // how far it has come; empty once it is over
	// rows are laid out for a width; head stands above them, nil for none.
	rows func(width int) (head paint.Line, rows []checkedRow)
	// first is the row to be read first.
	first int
}

// checkedRow is a row of the list.
type checkedRow struct {
	group string
	line  paint.Line
	about func(width int) []paint.Line
	leads *lead // the session behind it; nil where there is none
}

// lead is a session that a row leads to, and the one that was had there, nil if none was.
type lead struct {
	name    string // what it leads to, in a word or two
	request Request
	had     record.Source
}

// inquiry is one run. It goes on below whatever lies over the page, and is waited for at the end of the program.
type inquiry struct {
	cancel context.CancelFunc
	wake   chan struct{} // has a token whenever there is something new
	ended  chan struct{} // closed when it is over

	mu     sync.Mutex
	latest checked
	err    error
	over   bool
}

// checkMsg says that an inquiry has found something, or is over.
type checkMsg struct {
	from *inquiry
}

// showCheck shows a page until a person quits.
func (a App) showCheck(ctx context.Context, page func(*App) *check) error {
	_, err := a.run(ctx, func(root *root) {
		root.home = newHome(root.app, root.theme, root.env.lay)
		c := page(root.app)
		c.leave = tea.Quit
		root.first = func() tea.Cmd { return root.checks(c) }
	})
	return err
}

// checks opens a page, and begins.
func (r *root) checks(c *check) tea.Cmd {
	c.begin, c.env = r.ctx, r.env
	r.check, r.over = c, c
	return r.inquire(c)
}

// inquire begins a run.
func (r *root) inquire(c *check) tea.Cmd {
	cmd := c.start()
	r.inquiries = append(r.inquiries, c.inquiry)
	return cmd
}

// start begins a run off the screen's goroutine.
func (c *check) start() tea.Cmd {
	ctx, cancel := context.WithCancel(c.begin)
	q := &inquiry{cancel: cancel, wake: make(chan struct{}, 1), ended: make(chan struct{}), latest: checked{state: "looking up the name"}}
	c.inquiry, c.list, c.moved, c.trouble = q, scroll.List{}, false, ""
	c.show(q.latest)
	go func() {
		defer close(q.ended)
		defer cancel()
		err := record.Try(c.name, func() error { return c.run(ctx, q.tell) })
		q.end(err)
	}()
	return q.news()
}

func (q *inquiry) tell(now checked) {
	q.mu.Lock()
	q.latest = now
	q.mu.Unlock()
	q.rouse()
}

func (q *inquiry) end(err error) {
	q.mu.Lock()
	q.over, q.err, q.latest.state = true, err, ""
	q.mu.Unlock()
	q.rouse()
}

func (q *inquiry) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// news waits until there is something new.
func (q *inquiry) news() tea.Cmd {
	return func() tea.Msg {
		<-q.wake
		return checkMsg{q}
	}
}

// join ends the run and waits for it.
func (q *inquiry) join() {
	q.cancel()
	<-q.ended
}

// found takes in what is new. What a person has selected stays selected.
func (c *check) found(msg checkMsg) tea.Cmd {
	if msg.from != c.inquiry {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.show(c.latest)
	if !c.moved {
		c.list.Sel = c.now.first
	}
	if !c.over {
		return c.news()
	}
	if c.err != nil {
		c.trouble = whyNot(c.err)
	}
	return nil
}

// running reports whether something is still to come.
func (c *check) running() bool { return c.now.state != "" }

// laid are rows in lines of a width.
type laid struct {
	width int
	head  paint.Line
	rows  []checkedRow
}

// lay lays the rows out for a width; 0 is that of the last frame.
func (c *check) lay(width int) laid {
	width = cmp.Or(width, c.laid.width, minWidth)
	if c.laid.width != width {
		c.laid = laid{width: width}
		if c.now.rows != nil {
			c.laid.head, c.laid.rows = c.now.rows(width)
		}
	}
	return c.laid
}

// show shows something else.
func (c *check) show(now checked) {
	c.now, c.laid = now, laid{}
}

// selected is the row that is chosen; nil where there is none.
func (c *check) selected() *checkedRow {
	rows := c.lay(0).rows
	if c.list.Sel >= len(rows) {
		return nil
	}
	return &rows[c.list.Sel]
}

// leads is the session behind the row that is chosen; nil where there is none.
func (c *check) leads() *lead {
	if row := c.selected(); row != nil {
		return row.leads
	}
	return nil
}

func (c *check) below() bool { return false }

func (c *check) title() string {
	if c.text != nil {
		return c.text.title()
	}
	title := c.name
	if n := len(c.lay(0).rows); n > 0 {
		title += " · " + dialogue.Place(c.list.Sel, n)
	}
	if c.running() {
		title += " · " + c.now.state
	}
	return title
}

func (c *check) hints() (out []key.Help) {
	if c.text != nil {
		return c.text.hints()
	}
	if l := c.leads(); l != nil {
		out = append(out, key.Help{Key: "enter", Desc: "walk " + l.name})
		if l.had != nil {
			out = append(out, key.Help{Key: ".", Desc: "replay"})
		}
	}
	if c.selected() != nil {
		out = append(out, key.Help{Key: "z", Desc: "more"})
	}
	if !c.running() {
		out = append(out, key.Help{Key: "R", Desc: "start over"})
	}
	out = append(out, key.Help{Key: "↑↓", Desc: "choose"}, key.Help{Key: "/", Desc: "search"}, key.Help{Key: "?", Desc: "help"})
	if c.selected() != nil {
		out = append(out, key.Help{Key: "y", Desc: "copy"})
	}
	switch {
	case c.running():
		out = append(out, key.Help{Key: "esc", Desc: "stop"})
	case c.leave == nil: // something is below
		out = append(out, key.Help{Key: "esc", Desc: "back"})
	}
	return append(out, key.Help{Key: "q", Desc: "quit"})
}

func (c *check) press(k tea.KeyMsg) (tea.Cmd, bool) {
	if c.text != nil {
		if _, done := c.text.press(k); done {
			c.text = nil
		}
		return nil, false
	}
	c.trouble, c.notice = "", ""
	switch name := k.String(); {
	case name == "esc" && c.running():
		c.cancel()
	case name == "esc":
		c.cancel()
		return c.leave, true
	case name == "q":
		c.cancel()
		return tea.Quit, false
	case name == "enter":
		return c.walk(), false
	case name == ".":
		return c.recorded(), false
	case name == "R" && !c.running():
		return func() tea.Msg { return checkAgainMsg{c} }, false
	case name == "z" && c.selected() != nil:
		c.text = &text{name: c.name, key: "z", page: c.selected().about}
	case name == "y" && c.selected() != nil:
		return c.copyOut(), false
	case name == "?", name == "f1":
		c.text = &text{name: "help", key: "?", page: checkHelp}
	default:
		c.moved = c.list.Press(listKey(name), len(c.lay(0).rows)) || c.moved
	}
	return nil, false
}

// checkAgainMsg asks for another run.
type checkAgainMsg struct{ from *check }

// walk asks for a session with what the selected row is about.
func (c *check) walk() tea.Cmd {
	l := c.leads()
	if l == nil {
		return nil
	}
	return func() tea.Msg { return requestMsg(l.request) }
}

// copiedMsg brings where a text was put, in place of a clipboard.
type copiedMsg struct {
	from *check
	path string
	err  error
}

// copyOut puts all about the selected row on the terminal's clipboard, or into a file where the terminal takes no text or not so much.
func (c *check) copyOut() tea.Cmd {
	var b strings.Builder
	for _, l := range c.selected().about(copiedWidth) {
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	text := b.String()
	if c.env.clipboard && len(text) <= maxClip {
		c.notice = "copied to the terminal's clipboard"
		return c.env.emit(osc52.New(text).String())
	}
	return func() tea.Msg {
		path, err := writeTemp(text)
		return copiedMsg{c, path, err}
	}
}

// copiedWidth is how wide the lines of what is copied are at most: those of a mail (RFC 5322 §2.1.1).
const copiedWidth = 78

// copied takes in where it was put.
func (c *check) copied(msg copiedMsg) {
	if c.notice = "copied to " + msg.path; msg.err != nil {
		c.notice, c.trouble = "", "not copied: "+msg.err.Error()
	}
}

// recorded opens the session that was had there.
func (c *check) recorded() tea.Cmd {
	l := c.leads()
	if l == nil || l.had == nil {
		return nil
	}
	return func() tea.Msg { return openedMsg{replay: &Replay{Source: l.had}} }
}

func checkHelp(width int) []paint.Line {
	out := keyList(width, keyGroup{"on this page", []key.Help{{Key: "↑ ↓", Desc: "choose a row"}, {Key: "pgup pgdn", Desc: "page up, page down"}, {Key: "home end", Desc: "to the beginning, to the end"},
		{Key: "enter", Desc: "walk through a session with what the row is about, step by step; esc returns here"}, {Key: ".", Desc: "replay the session that was had for this row"},
		{Key: "z", Desc: "all that is known about the row"}, {Key: "y", Desc: "copy it, such as a letter"}, {Key: "R", Desc: "start over"}, {Key: "/", Desc: "search the knowledge"}, {Key: "esc", Desc: "stop while it runs, then back"}, {Key: "q", Desc: "quit"}}})
	return append(out, paint.Wrap(paint.Dim, "✓ works · ✗ fails · ! is worth a look · the rest is closed, not known, or a note.", width)...)
}

func (c *check) lines(width, height int) []paint.Line {
	if c.text != nil {
		return c.text.lines(width, height)
	}
	now := c.lay(width - lineMark)
	head, rows := now.head, now.rows
	c.list.Select(c.list.Sel, len(rows))
	if len(rows) == 0 {
		return limit(c.nothing(width), height)
	}
	drawn, sel, down := fitted(rows, c.list.Sel, width, height-2)
	about := c.about(rows[c.list.Sel], width)
	room := max(height/3, height-len(drawn)-2, 3)
	if sel < down && !rows[c.list.Sel].isVerdict() { // it stays in sight
		room = min(room, height-down-2)
	}
	about = limit(about, room)
	var out []paint.Line
	if head != nil {
		out = append(out, paint.Text("  ").Then(head))
	}
	room = height - len(out) - len(about) - 1
	first, last := c.list.Around(sel, len(drawn), room)
	var owners []int
	for _, d := range drawn[first:last] {
		out, owners = append(out, d.line.Cut(width)), append(owners, d.row)
	}
	for range room - (last - first) {
		out = append(out, nil)
	}
	c.list.Own(owners)
	return append(append(out, titled(width, paint.Dim.Line(under("about", &c.list, len(rows))))), about...)
}

// lineMark is how many cells the mark of the selected row takes.
const lineMark = 2

// drawnRow is a line of the list, and the row that it is of, -1 for a heading.
type drawnRow struct {
	line paint.Line
	row  int
}

// fitted are all lines of the list, and the first of the selected row. Rows that are wider than the list go on in further lines where all
// have room above a third for what is said about one; else the verdict does, where all down to it, that many lines, has room above a fourth.
func fitted(rows []checkedRow, at, width, height int) (drawn []drawnRow, sel, down int) {
	every := func(checkedRow) bool { return true }
	if drawn, sel = spread(rows, at, width, every); len(drawn) <= height-max(height/3, 3) {
		return drawn, sel, 0
	}
	drawn, sel = spread(rows, at, width, checkedRow.isVerdict)
	if down = downToVerdict(drawn, rows); down <= height-max(height/4, 3) {
		return drawn, sel, down
	}
	drawn, sel = spread(rows, at, width, func(checkedRow) bool { return false })
	return drawn, sel, 0
}

func (r checkedRow) isVerdict() bool { return r.group == "verdict" }

// downToVerdict is how many lines there are down to the end of the verdict; 0 where there is none.
func downToVerdict(drawn []drawnRow, rows []checkedRow) (n int) {
	for i, d := range drawn {
		if d.row >= 0 && rows[d.row].isVerdict() {
			n = i + 1
		}
	}
	return n
}

// wholeRow is how many lines a row that is shown whole takes at most.
const wholeRow = 4

// spread are all lines of the list, in more than one those of the rows that are to be whole, and the first line of the selected row.
func spread(rows []checkedRow, at, width int, whole func(checkedRow) bool) (drawn []drawnRow, sel int) {
	group := ""
	for i, r := range rows {
		if r.group != group {
			group = r.group
			drawn = append(drawn, drawnRow{paint.Text("  ").And(paint.Dim, group), -1})
		}
		mark := paint.Text("  ")
		if i == at {
			mark, sel = paint.Accent.Line("› "), len(drawn)
		}
		most := 1
		if whole(r) {
			most = wholeRow
		}
		for _, line := range mark.Then(r.line).Break(width, 2*lineMark, most) {
			drawn = append(drawn, drawnRow{line, i})
		}
	}
	return drawn, sel
}

// about is what there is to say about a row, below what was copied or why something failed.
func (c *check) about(r checkedRow, width int) []paint.Line {
	return append(c.failed(width), r.about(width)...)
}

func (c *check) failed(width int) []paint.Line {
	if c.notice != "" {
		return paint.Wrap(paint.Accent, c.notice, width)
	}
	if c.trouble == "" {
		return nil
	}
	return paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, c.trouble, width-2))
}

// nothing is what stands where there are no rows.
func (c *check) nothing(width int) []paint.Line {
	if c.running() {
		return paint.Wrap(paint.Dim, fmt.Sprintf("%s: %s …", c.name, c.now.state), width)
	}
	return c.failed(width)
}

// click selects the row below a line, or opens it where it is selected.
func (c *check) click(line int, enter func() tea.Cmd) tea.Cmd {
	now := c.lay(0)
	if c.text != nil {
		return nil
	}
	if now.head != nil {
		line--
	}
	c.moved = true
	return opened(&c.list, line, len(now.rows), enter)
}
