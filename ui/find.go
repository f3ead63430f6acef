package ui

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// finder is a list of what was found, in groups, over whatever was on the screen: the cards of the knowledge, and the events of
// this session or, on the home screen, what can be practiced. With words to type it searches for them.
type finder struct {
	name  string
	words *input // nil where the list is given
	place scroll.List
	wide  int // how many columns the list has, as last drawn
	cards []explain.Entry
	all   int      // how many cards fit; only the best are listed
	near  []string // what may have been meant where none fits

	walk *explorer // whose events are searched; nil on the home screen
	hits []search.Hit
	scan scan

	scenarios []Scenario // those that can be practiced
	fit       []Scenario

	reading *cards // the card in front; nil while the list is
	read    *cards // the cards that were read last, for the way forward
	keys    *text  // the list of keys, nil while it is not shown
	asked   *atomic.Int64
}

// scan is how far the events of the session were looked at.
type scan struct {
	query      int64 // the number of the query that counts
	running    bool
	next, upto int
}

// Bounds of what is listed; a person types another letter rather than read on.
const (
	mostFound = 100
	mostHits  = 200
	// portion is how long events are looked at before what was found is shown.
	portion = 40 * time.Millisecond
)

// foundMsg brings what a query has come to so far.
type foundMsg struct {
	from  *finder
	query int64
	first bool // the cards are there too
	cards []explain.Entry
	all   int
	near  []string
	hits  []search.Hit
	next  int
}

// newFinder opens a search.
func newFinder() *finder {
	in := newInput("")
	return &finder{name: "search", words: &in, asked: new(atomic.Int64)}
}

// find opens the search over the session and the knowledge.
func (w *explorer) find() tea.Cmd {
	f := newFinder()
	f.walk = w
	w.env.lay(f)
	return nil
}

// find opens the search over the knowledge and what can be practiced.
func (h *home) find() tea.Cmd {
	f := newFinder()
	f.scenarios = h.app.Scenarios
	h.lay(f)
	return nil
}

// rowCards opens the card of what stands in the selected row, or the choice where there are several.
func (w *explorer) rowCards() tea.Cmd {
	row := w.pane.Row(w.pane.Sel)
	list := words.Cards(w.pane.Event(row.Event), row.Line)
	switch len(list) {
	case 0:
		w.notice = "there is no card for this row; / searches all of them"
	case 1:
		w.env.lay(openCards(list[0], false))
	default:
		w.env.lay(&finder{name: "cards for this row", cards: list, all: len(list)})
	}
	return nil
}

func (f *finder) below() bool { return false }

// types reports whether keys are text now.
func (f *finder) types() bool { return f.words != nil && f.reading == nil && f.keys == nil }

// rows is how many rows the list has.
func (f *finder) rows() int { return len(f.cards) + len(f.hits) + len(f.fit) }

func (f *finder) title() string {
	switch {
	case f.keys != nil:
		return f.keys.title()
	case f.reading != nil:
		return f.reading.title()
	case f.rows() == 0:
		return f.name
	}
	title := f.name + " · " + dialogue.Place(f.place.Sel, f.rows())
	switch { // a group may be below the window
	case f.walk != nil:
		title += " · " + dialogue.Number(len(f.cards), "card") + ", " + dialogue.Number(len(f.hits), "row")
	case f.words != nil:
		title += " · " + dialogue.Number(len(f.cards), "card") + ", " + dialogue.Number(len(f.fit), "scenario")
	}
	return title
}

func (f *finder) hints() []key.Help {
	switch {
	case f.keys != nil:
		return f.keys.hints()
	case f.reading != nil:
		return f.reading.hints()
	}
	var out []key.Help
	if f.rows() > 0 {
		out = append(out, key.Help{Key: "enter", Desc: f.opens()}, key.Help{Key: "↑↓", Desc: "choose"})
	}
	if len(f.cards) > 0 && len(f.cards) < f.rows() {
		out = append(out, key.Help{Key: "tab", Desc: "other group"})
	}
	if f.read != nil {
		out = append(out, key.Help{Key: "→", Desc: "card after"})
	}
	if f.words != nil {
		out = append(out, key.Help{Key: "f1", Desc: "help"})
	}
	return append(out, key.Help{Key: "esc", Desc: "back"})
}

// opens says what enter does to the selected row.
func (f *finder) opens() string {
	switch i := f.place.Sel - len(f.cards); {
	case i < 0:
		return "open the card"
	case i < len(f.hits):
		return "go to the row"
	}
	return "practice it"
}

func (f *finder) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case f.keys != nil:
		if _, done := f.keys.press(k); done {
			f.keys = nil
		}
		return nil, false
	case f.reading != nil:
		return f.turn(k), false
	}
	switch key := k.String(); key {
	case "esc":
		return nil, true
	case "enter":
		return f.open()
	case "tab", "shift+tab":
		f.cross()
	case "right":
		f.reading = f.read
	case "f1":
		f.keys = &text{name: "help", key: "f1", page: searchHelp}
	default:
		return f.move(k)
	}
	return nil, false
}

// move goes through the list, or changes what is searched for.
func (f *finder) move(k tea.KeyMsg) (tea.Cmd, bool) {
	switch key := k.String(); {
	case f.words == nil && (key == "q" || key == "i"):
		return nil, true
	case f.words == nil:
		f.place.Press(listKey(key), f.rows())
	case !f.place.Press(key, f.rows()):
		before := f.words.Value()
		if f.words.press(k); f.words.Value() != before {
			return f.look(), false
		}
	}
	return nil, false
}

// turn hands a key to the card in front. What leaves it leads back to the list.
func (f *finder) turn(k tea.KeyMsg) tea.Cmd {
	if k.String() == "/" && f.words != nil {
		f.reading = nil
		f.words.SetValue("")
		return f.look()
	}
	cmd, done := f.reading.press(k)
	if done {
		f.read, f.reading = f.reading, nil
	}
	return cmd
}

// cross goes to the first row of the next group.
func (f *finder) cross() {
	at := 0
	if f.place.Sel < len(f.cards) {
		at = len(f.cards)
	}
	f.place.Select(at, f.rows())
}

// open opens the selected row: a card, a row of the session, a scenario.
func (f *finder) open() (tea.Cmd, bool) {
	switch i := f.place.Sel - len(f.cards); {
	case f.rows() == 0:
		return nil, false
	case i < 0:
		f.reading = openCards(f.cards[f.place.Sel], true)
		return nil, false
	case i < len(f.hits):
		f.walk.showHit(f.hits[i])
		return nil, true
	default:
		return toPractice(f.fit[i-len(f.hits)]), true
	}
}

// look searches for what the line has come to. What an earlier query still brings is not taken any more.
func (f *finder) look() tea.Cmd {
	f.scan = scan{query: f.asked.Add(1), running: true}
	f.place, f.read = scroll.List{}, nil
	line, query := f.words.Value(), search.New(f.words.Value())
	if query.Empty() {
		f.scan.running = false
		f.cards, f.all, f.near, f.hits, f.fit = nil, 0, nil, nil, nil
		return nil
	}
	first := f.portion(query)
	return func() tea.Msg {
		msg, current := first()
		if !current {
			return nil
		}
		msg.first = true
		if msg.cards, msg.all = explain.Matches(line, mostFound); msg.all == 0 {
			msg.near = explain.Suggest(strings.Fields(line))
		}
		return msg
	}
}

// portion looks at some of the session's events, away from the screen's own goroutine. It does not if another query counts by then.
func (f *finder) portion(query search.Query) func() (foundMsg, bool) {
	msg := foundMsg{from: f, query: f.scan.query}
	if f.walk == nil {
		return func() (foundMsg, bool) { return msg, f.asked.Load() == msg.query }
	}
	f.scan.upto = f.walk.pane.Len()
	src, from, upto, most := f.walk.bridge.source, f.scan.next, f.scan.upto, mostHits
	if from > 0 {
		most -= len(f.hits)
	}
	return func() (foundMsg, bool) {
		if f.asked.Load() != msg.query {
			return msg, false
		}
		msg.hits, msg.next = query.Scan(src, from, upto, most, portion)
		return msg, true
	}
}

// found takes what a query has brought, and goes on while there are events left that count.
func (f *finder) found(msg foundMsg) tea.Cmd {
	if msg.query != f.scan.query {
		return nil
	}
	if msg.first {
		f.fit = fitting(f.scenarios, f.words.Value())
		f.cards, f.all, f.near, f.hits = msg.cards, msg.all, msg.near, nil
	}
	f.hits, f.scan.next, f.scan.running = append(f.hits, msg.hits...), msg.next, false
	f.place.Select(f.place.Sel, f.rows())
	return f.more()
}

// more looks at the events that were not looked at yet, some of which may have come since.
func (f *finder) more() tea.Cmd {
	if f == nil || f.walk == nil || f.words == nil || f.scan.running || f.scan.next >= f.walk.pane.Len() || len(f.hits) >= mostHits || f.scan.query == 0 {
		return nil
	}
	query := search.New(f.words.Value())
	if query.Empty() {
		return nil
	}
	f.scan.running = true
	next := f.portion(query)
	return func() tea.Msg {
		if msg, current := next(); current {
			return msg
		}
		return nil
	}
}

// fitting are the scenarios that hold every word.
func fitting(all []Scenario, line string) []Scenario {
	var out []Scenario
	for _, s := range all {
		if holdsWords(s.Name+" "+s.Group+" "+s.Title+" "+s.Story, line) {
			out = append(out, s)
		}
	}
	return out
}

// holdsWords reports whether a text holds every word of a line, in whatever case.
func holdsWords(text, line string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(line)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// lines draws the list, and what there is to say about the selected row below it or beside it.
func (f *finder) lines(width, height int) []paint.Line {
	switch {
	case f.keys != nil:
		return f.keys.lines(width, height)
	case f.reading != nil:
		return f.reading.lines(width, height)
	}
	var out []paint.Line
	if f.words != nil {
		out = append(out, paint.Accent.Line("› ").Then(f.words.line(width-2)))
	}
	room := height - len(out)
	f.wide = width + 2
	if f.wide >= wideWidth {
		return append(out, f.beside(width, room)...)
	}
	about := limit(f.about(width-2, cardBody), max(room/3, room-1-f.length(), 3))
	list := f.listLines(width, room-1-len(about))
	for len(list) < room-1-len(about) {
		list = append(list, paint.Line{})
	}
	out = append(append(out, list...), paint.Dim.Line(paint.Rule(width)))
	return append(out, about...)
}

func (f *finder) beside(width, height int) []paint.Line {
	left := width * 55 / 100
	f.wide = left
	list, about := f.listLines(left-1, height), limit(f.about(width-left-3, cardLines), height)
	out := make([]paint.Line, height)
	for i := range out {
		out[i] = at(list, i).Cut(left).Pad(left).And(paint.Dim, "│ ").Then(at(about, i))
	}
	return out
}

// length is how many lines the list takes with its headings.
func (f *finder) length() int {
	lines, _, _ := f.list(80)
	return len(lines)
}

func (f *finder) listLines(width, height int) []paint.Line {
	lines, owners, sel := f.list(width)
	first, last := f.place.Around(sel, len(lines), height)
	f.place.Own(owners[first:last])
	return lines[first:last]
}

// list is all of the rows with a heading for each group; owners say which row a line is, sel is the line of the selected one.
func (f *finder) list(width int) (lines []paint.Line, owners []int, sel int) {
	if f.words != nil && f.words.Value() == "" {
		lines = paint.Wrap(paint.Dim, f.invitation(), width)
		return lines, slices.Repeat([]int{-1}, len(lines)), 0
	}
	first := 0 // row of the next group
	add := func(heading string, n int, row func(i int, ink paint.Ink) paint.Line) {
		if heading != "" {
			lines, owners = append(lines, paint.Dim.Line(heading)), append(owners, -1)
		}
		for i := range n {
			mark, ink := paint.Text("  "), paint.Plain
			if f.place.Sel == first+i {
				mark, ink, sel = paint.Accent.Line("› "), paint.Strong, len(lines)
			}
			lines, owners = append(lines, mark.Then(row(i, ink)).Cut(width)), append(owners, first+i)
		}
		first += n
	}
	add(f.cardsHeading(), len(f.cards), func(i int, ink paint.Ink) paint.Line { return cardRow(f.cards[i], ink, width-2) })
	switch {
	case f.walk != nil:
		add(f.hitsHeading(), len(f.hits), func(i int, ink paint.Ink) paint.Line { return hitRow(f.hits[i], ink) })
	case f.words != nil:
		add("practice · "+dialogue.Number(len(f.fit), "scenario"), len(f.fit), func(i int, ink paint.Ink) paint.Line {
			return ink.Line(f.fit[i].Title).And(paint.Dim, "  "+f.fit[i].Name)
		})
	}
	return lines, owners, sel
}

// invitation says what can be searched.
func (f *finder) invitation() string {
	const knowledge = "Type a code, a word or what a server said: reply and enhanced codes, keywords, commands, mechanisms, ports, alerts, findings, topics"
	if f.walk != nil {
		return knowledge + ", and everything in this session."
	}
	return knowledge + ", and the scenarios to practice."
}

func (f *finder) cardsHeading() string {
	switch {
	case f.words == nil:
		return ""
	case f.all > len(f.cards):
		return fmt.Sprintf("knowledge · the best %d of %s", len(f.cards), dialogue.Number(f.all, "card"))
	}
	return "knowledge · " + dialogue.Number(f.all, "card")
}

// hitsHeading says how many events were found, and whether there may be more.
func (f *finder) hitsHeading() string {
	switch n := len(f.hits); {
	case n >= mostHits && f.scan.next < f.scan.upto:
		return fmt.Sprintf("this session · the first %d rows, in events 1 to %s of %s", n, dialogue.Count(f.scan.next), dialogue.Count(f.scan.upto))
	case f.scan.running && f.scan.next > 0:
		return fmt.Sprintf("this session · %s, in %s of %s so far", dialogue.Number(n, "row"), dialogue.Count(f.scan.next), dialogue.Number(f.scan.upto, "event"))
	default:
		return "this session · " + dialogue.Number(n, "row")
	}
}

// cardRow is a card in a line: its name, what it is in a few words, and what kind of thing.
func cardRow(e explain.Entry, ink paint.Ink, width int) paint.Line {
	const kind = 22
	line := ink.Line(e.Title())
	if gloss := e.Gloss(); gloss != "" {
		line = line.Pad(min(24, width/3)).And(paint.Dim, "  "+gloss)
	}
	if width < 2*kind {
		return line
	}
	return line.Flush(paint.Dim.Line(e.What()).Cut(kind), width)
}

// hitRow is an event in a line: its number, who spoke, and what holds the words.
func hitRow(h search.Hit, ink paint.Ink) paint.Line {
	who, in := " ", paint.Dim
	switch h.Mark.Sign {
	case words.ToServer:
		who, in = "C", paint.Client
	case words.FromServer:
		who = "S"
	case words.Danger:
		who, in = "‼", paint.Bad
	case words.Warn:
		who, in = "!", paint.Warn
	case words.Info:
		who, in = "i", paint.Accent
	}
	return paint.Dim.Line(fmt.Sprintf("%5s  ", dialogue.Count(h.Event+1))).And(in, who+" ").And(ink, h.Text)
}

// about is what there is to say about the selected row; of says how much of a card is told.
func (f *finder) about(width int, of func(explain.Entry, int) []paint.Line) []paint.Line {
	switch i := f.place.Sel - len(f.cards); {
	case f.rows() == 0:
		return f.nothing(width)
	case i < 0:
		return of(f.cards[f.place.Sel], width)
	case i < len(f.hits):
		return f.hitAbout(f.hits[i], width)
	default:
		return paint.Wrap(paint.Plain, f.fit[i-len(f.hits)].Story, width)
	}
}

// hitAbout is the whole of what was found, and what is known about it.
func (f *finder) hitAbout(h search.Hit, width int) []paint.Line {
	out := paint.Wrap(paint.Plain, h.Text, width)
	if x := f.walk.pane.Event(h.Event).Explain; x != nil {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Dim, sentence(x.Short)+": "+x.Text, width)...)
	}
	return out
}

// nothing says that nothing was found, and what is near.
func (f *finder) nothing(width int) []paint.Line {
	switch {
	case f.words == nil || f.words.Value() == "" || f.scan.running:
		return nil
	case len(f.near) > 0:
		return paint.Wrap(paint.Plain, "Nothing has all of these words. Did you mean "+strings.Join(f.near, ", ")+"?", width)
	}
	return paint.Wrap(paint.Plain, "Nothing has all of these words.", width)
}

// searchHelp lists the keys of the search.
func searchHelp(width int) []paint.Line {
	return keyList(width, keyGroup{"in the results", []key.Help{{Key: "letters", Desc: "what is searched for; every word has to be there"}, {Key: "↑ ↓", Desc: "choose"},
		{Key: "pgup pgdn", Desc: "by pages"}, {Key: "home end", Desc: "to the ends"}, {Key: "tab", Desc: "to the other group"},
		{Key: "enter", Desc: "open the card, go to the row of this session, or practice the scenario"}, {Key: "→", Desc: "the card that was read last"}, {Key: "esc", Desc: "back to where you were"}}},
		keyGroup{"in a card", []key.Help{{Key: "1 to 9", Desc: "open a related card"}, {Key: "tab", Desc: "choose one; enter opens it"}, {Key: "← →", Desc: "the card before, the card after"},
			{Key: "/", Desc: "search again"}, {Key: "esc", Desc: "back to the results"}}})
}
