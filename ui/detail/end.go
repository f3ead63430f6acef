package detail

import (
	"slices"

	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// end sums a session up: what happened, who has to act, what they can do, what was seen, and what to remember.
func (w *writer) end(s Subject, v *record.Verdict) {
	sum := words.Verdict(v)
	w.heading(sum.Lead())
	w.paragraph(sum.Cause)
	w.gap()
	w.prose("must act", paint.Plain, sum.Who)
	for i, a := range sum.Advice {
		w.prose(words.Label(a.Advice, i == 0), adviceInk(a.Do), a.Phrase)
	}
	w.gap()
	w.parts(sum.Facts)
	list := s.remembered()
	for _, r := range list[:min(len(list), mostRemembered)] {
		f := s.Index.Event(r.Event).Finding
		m, ink := dialogue.Severity(f.Severity)
		w.add(paint.Hang(ink.Line(m+" "), paint.Wrap(paint.Plain, f.Text, w.width-2))...)
	}
	if more := len(list) - mostRemembered; more > 0 {
		w.ink(paint.Dim, "and "+words.Number(more, "more finding")+" above")
	}
}

// adviceInk sets apart what gives up a protection.
func adviceInk(do record.Action) paint.Ink {
	if do.Weakens() {
		return paint.Warn
	}
	return paint.Plain
}

// parts lists values with their names, what speaks against the server marked by its ink.
func (w *writer) parts(list []words.Part) {
	for _, p := range list {
		ink := paint.Plain
		if p.Bad {
			ink = paint.Warn
		}
		w.prose(p.Name, ink, p.Value)
		w.meaning(p.Note)
	}
}

// mostRemembered bounds the findings that a summary names.
const mostRemembered = 4

// remembered are the findings of the session that are more than worth knowing, each once, the dangers first. The index knows
// where they stand: a log may be long, and only those that are shown are read.
func (s Subject) remembered() []dialogue.Finding {
	list := slices.Clone(s.Index.Findings(min(s.Row.Event, s.Upto)))
	slices.SortStableFunc(list, func(a, b dialogue.Finding) int { return record.Rank(b.Severity) - record.Rank(a.Severity) })
	return list
}
