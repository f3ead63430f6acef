// Package detail works out what is said about one row of a dialogue, in several views: what it means, its parts, its bytes,
// what an eavesdropper saw of it, and of a session with the practice server what others wrote down and did.
package detail

import (
	"time"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// View is one of the views of a row.
type View int

// The views.
const (
	Explain View = iota // what it means
	Fields              // its parts, each with a name
	Bytes               // as bytes
	Wire                // what an eavesdropper saw
	Log                 // what the server logged in its step
	Path                // what a device on the path saw and did in its step
)

// Names are the names of the views, in order.
var Names = [...]string{"explain", "fields", "bytes", "wire", "log", "path"}

// Page is a view of a row, one line at a time: only the lines that are drawn are worked out.
type Page interface {
	Len() int
	Line(i int) paint.Line
}

// Subject is a row of a dialogue as of the first Upto events.
type Subject struct {
	Index *dialogue.Index
	Row   dialogue.Row
	Upto  int
	Story []string // what a learner is told about the session, one paragraph each
}

// Open makes the page for a row in lines of at most width cells.
func Open(s Subject, v View, width int) Page {
	if v == Log || v == Path {
		return besidePage(s, v, width)
	}
	if s = s.settled(); s.Row.Kind == dialogue.RowNote && v != Explain { // a note has no bytes of its own
		s.Row = dialogue.Row{Event: s.Row.Event}
	}
	switch v {
	case Fields:
		return fieldsPage(s, width)
	case Bytes:
		return bytesPage(s, width)
	case Wire:
		return wirePage(s, width)
	}
	return explainPage(s, width)
}

// settled stands the outcome of a handshake for the head of its messages.
func (s Subject) settled() Subject {
	if s.Row.Kind != dialogue.RowHandshake {
		return s
	}
	for i := s.Row.Event; i < s.Upto; i++ {
		e := s.Index.Event(i)
		if e.Kind == record.KindTLS {
			s.Row = dialogue.Row{Event: i}
		}
		if e.Kind != record.KindTLSMessage {
			break
		}
	}
	return s
}

func (s Subject) event() *record.Event { return s.Index.Event(s.Row.Event) }

// moment is when an event happened, by the clock of the client; zero if the session does not say when it began.
func (s Subject) moment(e *record.Event) time.Time {
	if start := s.Index.Event(0).Start; start != nil {
		return start.Time.Add(e.T)
	}
	return time.Time{}
}

// reach bounds the events looked through for something that belongs to a row.
const reach = 64

// after finds the next event of a kind in the same step.
func (s Subject) after(kind record.Kind) *record.Event {
	step := s.event().Step
	for i := s.Row.Event + 1; i < min(s.Upto, s.Row.Event+reach); i++ {
		e := s.Index.Event(i)
		if e.Step != step || e.Kind == record.KindSend {
			return nil
		}
		if e.Kind == kind {
			return e
		}
	}
	return nil
}

// before is the event in front of the row's, nil for the first.
func (s Subject) before() *record.Event {
	if s.Row.Event == 0 {
		return nil
	}
	return s.Index.Event(s.Row.Event - 1)
}

// lines is a page that is written in full.
type lines []paint.Line

// Len implements [Page].
func (l lines) Len() int { return len(l) }

// Line implements [Page].
func (l lines) Line(i int) paint.Line { return l[i] }
