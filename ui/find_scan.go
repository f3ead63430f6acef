package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/transcripts/search"
	"ehlo/ui/scroll"
)

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

// look searches for what the line has come to. What an earlier query still brings is not taken any more.
func (f *finder) look() tea.Cmd {
	f.scan = scan{query: f.asked.Add(1), running: true}
	f.place, f.read = scroll.List{}, nil
	line, query := f.asks()
	if f.wrong != "" || query.Empty() {
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
		if msg.cards, msg.all = explain.Matches(line, mostFound); msg.all == 0 && line != "" {
			msg.near = explain.Suggest(strings.Fields(line))
		}
		return msg
	}
}

// asks is what the knowledge and the session are searched for. On the home screen there are no events to set conditions for.
func (f *finder) asks() (line string, query search.Query) {
	line, f.wrong = f.words.Value(), ""
	query, err := search.Parse(line)
	switch {
	case f.walk == nil:
		return line, query
	case err != nil:
		f.wrong = err.Error()
	}
	return query.Words(), query
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
		f.fit = fitting(f.spots, f.words.Value())
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
	_, query := f.asks()
	if f.wrong != "" || query.Empty() {
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
