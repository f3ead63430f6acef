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

	notes map[int][]*record.Event // by the Seq of the event that they are about
	about map[int]int             // of each note, by its Seq
}

// Of is the session of a transcript.
func Of(f *transcripts.File) *Session {
	s := &Session{Events: f.All(), Verdict: f.Verdict()}
	s.place(f.OfKind(record.KindNote))
	switch d := f.Damage(); {
	case d != nil:
		s.Incomplete = "The transcript is " + d.String() + ". " + upper(d.Hint) + "."
	case f.Running():
		s.Incomplete = "The session is still running: this is what was recorded so far."
	}
	return s
}

// place finds for each note the event to show it with. A note on a note belongs where that one does.
func (s *Session) place(notes iter.Seq[*record.Event]) {
	s.notes, s.about = map[int][]*record.Event{}, map[int]int{}
	for e := range notes {
		if e.Note == nil || e.Note.On < 1 || e.Note.On >= e.Seq {
			continue
		}
		on := e.Note.On
		if other, isNote := s.about[on]; isNote {
			on = other
		}
		s.about[e.Seq] = on
		s.notes[on] = append(s.notes[on], e)
	}
}

// told gives the events as they are to be read: each note after the event that it is about, and the verdict of a log that has
// none at the end.
func (s *Session) told() iter.Seq[*record.Event] {
	return func(yield func(*record.Event) bool) {
		var last record.Event
		ended := false
		for e := range s.Events {
			if _, elsewhere := s.about[e.Seq]; elsewhere {
				continue
			}
			if !yield(e) || !all(yield, s.notes[e.Seq]) {
				return
			}
			last, ended = record.Event{Seq: e.Seq, T: e.T}, ended || e.Kind == record.KindEnd
		}
		if s.Verdict != nil && !ended {
			yield(&record.Event{Seq: last.Seq + 1, T: last.T, Kind: record.KindEnd, End: s.Verdict})
		}
	}
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
