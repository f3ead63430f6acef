package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// filter shows the rows of the events that match a query, and no others, until it is taken off.
type filter struct {
	line    string
	query   search.Query
	at      int // how many events there are up to the one that was selected before
	next    int // how many events were looked at
	running bool
}

// siftedMsg brings the events that a filter lets through, in order.
type siftedMsg struct {
	from *filter
	hits []search.Hit
	next int
}

// askFilter asks what is to be shown. An empty line takes the filter off.
func (w *explorer) askFilter() tea.Cmd {
	line := ""
	if w.filter != nil {
		line = w.filter.line
	}
	w.sheet = &editor{label: "show only", input: newInput(line), verb: "show", accept: w.filterBy, page: filterHelp,
		help: "words, and kind: dir: phase: finding: severity:, as in kind:reply dir:server 250; empty shows all",
		check: func(s string) error {
			_, err := search.Parse(s)
			return err
		}}
	return nil
}

// filterHelp says what a filter can be.
func filterHelp(width int) []paint.Line {
	return keyList(width, keyGroup{"what is shown", []key.Help{{Key: "words", Desc: "events that contain every word"}, {Key: "kind:", Desc: "events of a kind: send, reply, tls-message, finding …"},
		{Key: "dir:", Desc: "client or server: who sent it"}, {Key: "phase:", Desc: "events of a phase, such as auth"}, {Key: "finding:", Desc: "findings whose code has the word"},
		{Key: "severity:", Desc: "info, warn or danger"}, {Key: ",", Desc: "between values: any of them, as in severity:warn,danger"}}},
		keyGroup{"keys", []key.Help{{Key: "enter", Desc: "show these; an empty line shows all"}, {Key: "esc", Desc: "leave it"}}})
}

func (w *explorer) filterBy(line string) tea.Cmd {
	query, err := search.Parse(line)
	if err != nil || query.Empty() {
		return w.unfilter()
	}
	w.filter = &filter{line: line, query: query, at: w.pos}
	if w.hasRow() {
		w.filter.at = w.selected().Seq
	}
	w.zoomed = false
	w.pane.Sift()
	return w.sift()
}

// unfilter shows all rows again, and leaves the selection on its event.
func (w *explorer) unfilter() tea.Cmd {
	if w.filter == nil {
		return nil
	}
	at := -1
	if w.hasRow() {
		at = w.selected().Seq - 1
	}
	w.filter = nil
	w.pane.Unsift()
	if rows := w.pane.Upto(w.pos); at >= 0 {
		w.pane.Tail = false
		w.pane.Select(w.pane.First(max(w.pane.Upto(at+1)-1, 0)), rows)
	} else {
		w.selectNewest()
	}
	return nil
}

func (w *explorer) filtered() bool { return w.filter != nil }

// sift looks at events that the filter has not seen, away from the screen's own goroutine and a portion at a time.
func (w *explorer) sift() tea.Cmd {
	f := w.filter
	if f == nil || f.running || f.next >= w.pane.Len() {
		return nil
	}
	f.running = true
	src, from, upto := w.bridge.source, f.next, w.pane.Len()
	return func() tea.Msg {
		hits, next := f.query.Scan(src, from, upto, upto-from, portion)
		return siftedMsg{f, hits, next}
	}
}

// sifted shows what a portion has brought, and goes on.
func (w *explorer) sifted(msg siftedMsg) tea.Cmd {
	if msg.from != w.filter {
		return nil
	}
	w.filter.next, w.filter.running = msg.next, false
	had := w.pane.Upto(w.pos)
	w.pane.Let(eventsOf(msg.hits))
	switch has := w.pane.Upto(w.pos); {
	case has == had:
	case w.follow:
		w.selectNewest()
	case had == 0:
		w.pane.Tail = false
		w.pane.Select(max(w.pane.Upto(w.filter.at)-1, 0), has)
	}
	return w.sift()
}

func eventsOf(hits []search.Hit) (events []int) {
	for _, h := range hits {
		events = append(events, h.Event)
	}
	return events
}

// filterCount says how many events match, of those that were looked at.
func (w *explorer) filterCount() string {
	n, _ := w.pane.Sifted()
	return " · " + dialogue.Count(n) + " of " + dialogue.Count(w.filter.next)
}

// dialogueRows are the rows that can be seen, or why there are none.
func (w *explorer) dialogueRows(width, height int) []string {
	before := w.beforeLines(width, height)
	w.above = len(before)
	rows := w.pane.View(width, height-len(before), w.pos)
	for i, l := range limit(w.noneLines(width-2), len(rows)) {
		rows[i] = w.theme.Paint(paint.Text(" ").Then(l), width)
	}
	var out []string
	for _, l := range before {
		out = append(out, w.theme.Paint(l, width))
	}
	return append(out, rows...)
}

// noneLines say why nothing is shown.
func (w *explorer) noneLines(width int) []paint.Line {
	n, on := w.pane.Sifted()
	if !on || w.hasRow() {
		return nil
	}
	off := "esc shows all"
	if !w.canUnfilter() { // it has something nearer to do
		off = "& with an empty line shows all"
	}
	text := "Nothing matches the filter here; " + off + "."
	if n > 0 {
		text = words.Number(n, "event") + " matched, but none has a row of its own up to here; " + off + "."
	}
	return paint.Wrap(paint.Dim, text, width)
}
