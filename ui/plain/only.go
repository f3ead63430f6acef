package plain

import (
	"slices"

	"ehlo/session/record"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
)

// tellOnly has only the events told that match a line, and without one all of them again.
func (v *view) tellOnly(line string) {
	query, err := search.Parse(line)
	switch {
	case err != nil:
		v.print(err.Error())
		return
	case query.Empty():
		v.only = nil
		v.print("all events are shown")
		return
	}
	v.only = &query
	hits, next := query.Scan(v.src, 0, v.src.Len(), v.src.Len(), longSearch)
	v.printf("%s of %s match: only they are shown from here on, and the end; only without words shows all again", words.Count(len(hits)), words.Number(next, "event"))
}

// lets reports whether an event is told. The verdict always is.
func (v *view) lets(e *record.Event) bool {
	return e.Kind == record.KindEnd || v.matches(e.Seq)
}

func (v *view) matches(seq int) bool {
	if v.only == nil {
		return true
	}
	_, ok := v.only.Match(v.src, seq-1)
	return ok
}

// tells reports whether anything of an event is told: itself, or a note on it. A note of a file is told with the event that it is on.
func (v *view) tells(e *record.Event) bool {
	if v.notes == nil {
		return v.lets(e)
	}
	if slices.ContainsFunc(v.notes.On(e.Seq), func(r record.Remark) bool { return v.matches(r.Last) }) {
		return true
	}
	return e.Kind != record.KindNote && e.Kind != record.KindAbout && v.lets(e)
}

// pass takes in an event that is not told. What was found in it counts as untold, and so does a reply.
func (v *view) pass(e *record.Event) {
	found := v.spoken.found
	v.spoken.event(e)
	v.spoken.found, v.spoken.replied = found, 0
}

// forwardOnly tells the next step in which something matches; at the end of the file is the end.
func (v *view) forwardOnly() {
	for i := v.pos; i < v.src.Len(); i++ {
		if v.tells(v.src.At(i)) {
			v.open(i)
			return
		}
	}
	v.pos = v.src.Len()
	v.print("nothing further matches")
}

// backOnly tells the last step before event start in which something matches; it reports false where none does.
func (v *view) backOnly(start int) bool {
	for i := start - 1; i >= 0; i-- {
		if v.tells(v.src.At(i)) {
			v.open(i)
			return true
		}
	}
	return false
}
