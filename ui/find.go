package ui

import (
	"strings"
	"sync/atomic"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
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
	wrong string   // why the words cannot be searched for; empty where they can

	walk *explorer // whose events are searched; nil on the home screen
	hits []search.Hit
	scan scan

	spots []spot // what can be opened
	fit   []spot

	reading *cards // the card in front; nil while the list is
	read    *cards // the cards that were read last, for the way forward
	keys    *text  // the list of keys, nil while it is not shown
	asked   *atomic.Int64
}

// newFinder opens a search.
func newFinder() *finder {
	in := newInput("")
	return &finder{name: "search", words: &in, asked: new(atomic.Int64)}
}

// find opens the search over the session and the knowledge.
func (w *explorer) find() tea.Cmd {
	f := newFinder()
	f.walk, f.spots = w, w.spots()
	f.words.veil = w.known().Find
	w.env.lay(f)
	return nil
}

// find opens the search over the knowledge and what can be opened, for the words that narrow a list if there are any.
func (h *home) find() tea.Cmd {
	f := newFinder()
	f.spots = h.spots()
	h.lay(f)
	if h.filter == "" {
		return nil
	}
	f.words.SetValue(h.filter)
	return f.look()
}

// rowCards opens the card of what stands in the selected row, or the choice where there are several.
func (w *explorer) rowCards() tea.Cmd {
	row, _ := w.row()
	list := words.Cards(w.selected(), row.Line)
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
	case f.words == nil: // there is only one, without a heading
		title = f.name + " · " + placeIn(&f.place, f.rows())
	case f.walk != nil && len(f.fit) > 0:
		title += " · " + dialogue.Number(len(f.cards), "card") + ", " + dialogue.Number(len(f.hits), "row") + ", " + dialogue.Count(len(f.fit)) + " to open"
	case f.walk != nil:
		title += " · " + dialogue.Number(len(f.cards), "card") + ", " + dialogue.Number(len(f.hits), "row")
	case f.words != nil:
		title += " · " + dialogue.Number(len(f.cards), "card") + ", " + dialogue.Count(len(f.fit)) + " to open"
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
	switch {
	case f.rows() > 0:
		out = append(out, key.Help{Key: "enter", Desc: f.opens()})
	case f.meant() != "":
		out = append(out, key.Help{Key: "enter", Desc: "search for " + f.meant()})
	}
	if f.grouped() {
		out = append(out, key.Help{Key: "tab", Desc: f.across()})
	}
	if f.rows() > 0 {
		out = append(out, key.Help{Key: "↑↓", Desc: "choose"})
	}
	if f.read != nil {
		out = append(out, key.Help{Key: "→", Desc: "next card"})
	}
	if f.words != nil {
		out = append(out, key.Help{Key: "f1", Desc: "help"})
	}
	return append(out, key.Help{Key: "esc", Desc: "back"})
}

// grouped reports whether there are rows in both groups.
func (f *finder) grouped() bool { return len(f.cards) > 0 && len(f.cards) < f.rows() }

// across names the group that tab goes to: it may be below the window.
func (f *finder) across() string {
	switch {
	case f.place.Sel >= len(f.cards):
		return "cards"
	case f.walk != nil && len(f.fit) == 0:
		return "this session"
	}
	return "other rows"
}

// opens says what enter does to the selected row.
func (f *finder) opens() string {
	switch i := f.place.Sel - len(f.cards); {
	case i < 0:
		return "open the card"
	case i < len(f.hits):
		return "go to the row"
	default:
		return f.fit[i-len(f.hits)].verb()
	}
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
		if f.meant() != "" {
			return f.correct(), false
		}
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
	if !f.grouped() {
		return
	}
	if f.place.Sel < len(f.cards) {
		at = len(f.cards)
	}
	f.place.Select(at, f.rows())
}

// meant is what was probably meant where nothing was found; empty where nothing is near, or more may be found yet.
func (f *finder) meant() string {
	if f.rows() > 0 || f.scan.running || len(f.near) == 0 {
		return ""
	}
	return f.near[0]
}

// correct searches for what was meant in place of the words. Conditions that stand before all of them stay.
func (f *finder) correct() tea.Cmd {
	line, _ := f.asks()
	rest, found := strings.CutSuffix(f.words.Value(), line)
	if !found {
		rest = ""
	}
	f.words.SetValue(rest + f.meant())
	f.words.CursorEnd()
	return f.look()
}

// open opens the selected row: a card, a row of the session, or what can be opened.
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
		return f.fit[i-len(f.hits)].do(), true
	}
}
