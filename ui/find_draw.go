package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/session/explain"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

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
	if told := f.told(80); told != nil {
		return len(told)
	}
	return len(f.cardGroup(80).lines) + len(f.otherGroup(80).lines)
}

// told is what stands in place of the list: what can be searched, or what is wrong with what is searched for.
func (f *finder) told(width int) []paint.Line {
	switch {
	case f.words != nil && f.words.Value() == "":
		return paint.Wrap(paint.Dim, f.invitation(), width)
	case f.wrong != "":
		return paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, f.wrong, width-2))
	}
	return nil
}

// listLines are both groups as far as they fit. The second keeps some lines of its own: that there is something in it, and how much,
// is to be seen at once however long the first is.
func (f *finder) listLines(width, height int) []paint.Line {
	if lines := limit(f.told(width), height); lines != nil {
		f.own(slices.Repeat([]int{-1}, len(lines)), height)
		return lines
	}
	cards, other := f.cardGroup(width), f.otherGroup(width)
	low := min(len(other.lines), max(height-len(cards.lines), height/3, 2))
	lines, owners := cards.window(height - low)
	below, theirs := other.window(low)
	f.own(append(owners, theirs...), height)
	return append(lines, below...)
}

// own says which row each line of the list belongs to.
func (f *finder) own(owners []int, height int) {
	f.place.Around(0, height, height)
	f.place.Own(owners)
}

// group is one of the two parts of the list, with a heading or without.
type group struct {
	lines  []paint.Line
	owners []int // the rows of the lines, -1 for a heading
	headed bool
	sel    int // the line of the selected row, -1 where it is in the other group
}

// window is what height lines show of a group: its heading, which says how many more there are, and the lines around the selected one.
func (g group) window(height int) ([]paint.Line, []int) {
	head := 0
	if g.headed {
		head = 1
	}
	room := max(height-head, 0)
	first := max(min(g.sel-room/2, len(g.lines)-room), head)
	last := max(min(first+room, len(g.lines)), first)
	lines := slices.Clone(g.lines[:head])
	if more, _ := beyond(first-head, len(g.lines)-last); g.headed {
		lines[0] = lines[0].And(paint.Dim, words.Labelled(" · ", more))
	}
	return append(lines, g.lines[first:last]...), append(slices.Clip(g.owners[:head]), g.owners[first:last]...)
}

// newGroup makes a group of n rows, the first of which is row first of the list.
func (f *finder) newGroup(heading string, first, n, width int, row func(i int, ink paint.Ink) paint.Line) group {
	g := group{headed: heading != "", sel: -1}
	if g.headed {
		g.lines, g.owners = append(g.lines, paint.Dim.Line(heading)), append(g.owners, -1)
	}
	for i := range n {
		mark, ink := paint.Text("  "), paint.Plain
		if f.place.Sel == first+i {
			mark, ink, g.sel = paint.Accent.Line("› "), paint.Strong, len(g.lines)
		}
		g.lines, g.owners = append(g.lines, mark.Then(row(i, ink)).Cut(width)), append(g.owners, first+i)
	}
	return g
}

func (f *finder) cardGroup(width int) group {
	return f.newGroup(f.cardsHeading(), 0, len(f.cards), width, func(i int, ink paint.Ink) paint.Line { return cardRow(f.cards[i], ink, width-2) })
}

// otherGroup are the rows of this session, or what can be opened.
func (f *finder) otherGroup(width int) group {
	switch {
	case f.walk != nil:
		return f.newGroup(f.sessionHeading(), len(f.cards), len(f.fit)+len(f.hits), width, func(i int, ink paint.Ink) paint.Line {
			if i < len(f.hits) {
				return hitRow(f.hits[i], ink, width-2)
			}
			return f.fit[i-len(f.hits)].row(ink, width-2)
		})
	case f.words != nil:
		return f.newGroup(spotsHeading(f.fit), len(f.cards), len(f.fit), width, func(i int, ink paint.Ink) paint.Line { return f.fit[i].row(ink, width-2) })
	}
	return group{sel: -1}
}

// invitation says what can be searched.
func (f *finder) invitation() string {
	const knowledge = "Type a code, a word or a reply of a server: reply and enhanced codes, keywords, commands, mechanisms, ports, alerts, findings, topics"
	if f.walk != nil {
		return knowledge + ", everything in this session, saved targets, and what this program can do. Conditions narrow its rows: kind:reply dir:server phase:auth finding:expired severity:warn."
	}
	return knowledge + ", saved targets by name and host, the scenarios to practice, the lessons, and what this program can do."
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

// sessionHeading says what was found beside cards: events, and what can be opened after them.
func (f *finder) sessionHeading() string {
	if len(f.fit) == 0 {
		return f.hitsHeading()
	}
	return f.hitsHeading() + " · " + spotsHeading(f.fit)
}

// hitsHeading says how many events were found, and whether there may be more.
func (f *finder) hitsHeading() string {
	switch n := len(f.hits); {
	case n >= mostHits && f.scan.next < f.scan.upto:
		return fmt.Sprintf("this session · the first %d rows, in events 1 to %s of %s", n, dialogue.Count(f.scan.next), dialogue.Count(f.scan.upto))
	case f.scan.running && f.scan.next > 0:
		return fmt.Sprintf("this session · %s, in %s of %s so far", dialogue.Number(n, "row"), dialogue.Count(f.scan.next), dialogue.Number(f.scan.upto, "event"))
	default:
		return fmt.Sprintf("this session · %s of %s", dialogue.Count(n), dialogue.Number(f.scan.upto, "event"))
	}
}

// cardRow is a card in a line: its name, what it is in a few words, and what kind of thing.
func cardRow(e explain.Entry, ink paint.Ink, width int) paint.Line {
	line := ink.Line(e.Title())
	if gloss := e.Gloss(); gloss != "" {
		line = line.Pad(min(24, width/3)).And(paint.Dim, "  "+gloss)
	}
	return ofKind(line, e.What(), width)
}

// ofKind sets at the end of a row what kind of thing it is, by which rows with the same name are told apart.
func ofKind(line paint.Line, what string, width int) paint.Line {
	const kind = 22
	if width < 2*kind {
		return line
	}
	return line.Flush(paint.Dim.Line(what).Cut(kind), width)
}

// hitRow is an event in a line: its number, who spoke, what holds the words, and the step that it belongs to.
func hitRow(h search.Hit, ink paint.Ink, width int) paint.Line {
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
	line := paint.Dim.Line(fmt.Sprintf("%5s  ", dialogue.Count(h.Event+1))).And(in, who+" ").And(ink, h.Text)
	return ofKind(line, string(h.Step), width)
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
		return paint.Wrap(paint.Plain, f.fit[i-len(f.hits)].about, width)
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
		return paint.Wrap(paint.Plain, "Nothing contains all of these words. Did you mean "+strings.Join(f.near, ", ")+"?", width)
	}
	return paint.Wrap(paint.Plain, "Nothing contains all of these words.", width)
}

// searchHelp lists the keys of the search.
func searchHelp(width int) []paint.Line {
	return keyList(width, keyGroup{"in the results", []key.Help{{Key: "letters", Desc: "what to search for; every word has to occur"}, {Key: "kind: …", Desc: "rows of a kind: kind:reply, dir:server, phase:auth, finding:expired, severity:warn, commas separate alternatives"}, {Key: "↑ ↓", Desc: "choose"},
		{Key: "pgup pgdn", Desc: "page up, page down"}, {Key: "home end", Desc: "to the beginning, to the end"}, {Key: "tab", Desc: "to the other group"},
		{Key: "enter", Desc: "open the card, go to the row of this session, connect to the saved target, practice the scenario, take the lesson or do it; where nothing was found, search for what is near"}, {Key: "→", Desc: "the card read last"}, {Key: "esc", Desc: "back to where you were"}}},
		cardKeys())
}
