package export

import (
	"iter"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// Session is what is written: a log that can be read more than once, and what it came to.
type Session struct {
	// Events gives the events in order, from the first on each time. The first is the start of the session.
	Events iter.Seq[*record.Event]
	// Verdict is what the session came to; nil while it runs.
	Verdict *record.Verdict
	// Incomplete says in a sentence why there is not all of it; empty where there is.
	Incomplete string

	notes record.Notes
	about *record.Event // what was said of the file last; nil where nothing was
}

// Of is the session of a transcript.
func Of(f *transcripts.File) *Session {
	s := &Session{Events: f.All(), Verdict: f.Verdict()}
	s.place(f.OfKind(record.KindNote))
	for e := range f.OfKind(record.KindAbout) {
		s.about = e
	}
	switch d := f.Damage(); {
	case d != nil:
		s.Incomplete = "The transcript is " + d.String() + ". " + upper(d.Hint) + "."
	case f.Running():
		s.Incomplete = "The session is still running: this is what was recorded so far."
	}
	return s
}

// place takes in the notes. Each is shown with its event, as it stands now.
func (s *Session) place(notes iter.Seq[*record.Event]) {
	for e := range notes {
		s.notes.Take(e)
	}
}

// attempts numbers the attempts of a session while its events are read: each advice that is followed begins another one.
type attempts struct {
	at   int // 0 before the first event
	more bool
}

// counted is where the attempts of a session begin to be numbered.
func (s *Session) counted() *attempts {
	a := &attempts{}
	for e := range s.Events {
		a.more = a.more || followsAdvice(e)
	}
	return a
}

// begun is the number of the attempt that an event begins; 0 where it begins none, or there is only one.
func (a *attempts) begun(e *record.Event) int {
	if a.at > 0 && !followsAdvice(e) || !a.more {
		return 0
	}
	a.at++
	return a.at
}

func followsAdvice(e *record.Event) bool { return e.Change != nil && !e.Change.ByHand() }

// told gives the events as they are to be read: what was said of the file after the first, each note after the event that it is about, and the verdict of a log that has
// none at the end.
func (s *Session) told() iter.Seq[*record.Event] {
	return func(yield func(*record.Event) bool) {
		var last record.Event
		ended := false
		for e := range s.Events {
			if apart := e.Kind == record.KindNote || e.Kind == record.KindAbout; !apart && !yield(e) || !all(yield, s.beside(e)) {
				return
			}
			last, ended = record.Event{Seq: e.Seq, T: e.T}, ended || e.Kind == record.KindEnd
		}
		if s.Verdict != nil && !ended {
			yield(&record.Event{Seq: last.Seq + 1, T: last.T, Kind: record.KindEnd, End: s.Verdict})
		}
	}
}

// beside are what is told after an event: its notes, and after the first what was said of the file.
func (s *Session) beside(e *record.Event) []*record.Event {
	if e.Seq == 1 && s.about != nil {
		return append([]*record.Event{s.about}, s.remarks(e.Seq)...)
	}
	return s.remarks(e.Seq)
}

// remarks are the notes on the event with that Seq as they stand, as events.
func (s *Session) remarks(seq int) []*record.Event {
	var out []*record.Event
	for _, r := range s.notes.On(seq) {
		n := &record.Note{On: r.On, Text: r.Text, Author: r.Author, Time: r.Time}
		if r.On == r.Seq { // on what is not there
			n.On = 0
		}
		out = append(out, &record.Event{Seq: r.Seq, Kind: record.KindNote, Note: n})
	}
	return out
}

func all(yield func(*record.Event) bool, events []*record.Event) bool {
	for _, e := range events {
		if !yield(e) {
			return false
		}
	}
	return true
}

// start is what the session was asked to do; empty where a log does not say.
func (s *Session) start() *record.Event {
	for e := range s.Events {
		if e.Start != nil {
			return e
		}
		break
	}
	return &record.Event{Kind: record.KindStart, Start: &record.Start{}}
}
