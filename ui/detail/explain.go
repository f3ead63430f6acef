package detail

import (
	"cmp"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

func explainPage(s Subject, width int) Page {
	w := &writer{width: width}
	e := s.event()
	if s.Row.Kind.Border() {
		w.border(s.Row.Kind)
		return w.out
	}
	if r, ok := s.Index.Remark(s.Row); ok {
		w.note(s, r)
		return w.out
	}
	if s.Row.Line > 0 && e.Kind == record.KindReply && e.Step == record.VerbEHLO {
		w.keyword(e, s.Row.Line)
	}
	w.event(s, e)
	w.notes(s, e)
	return w.out
}

// border says what a rule across the dialogue divides.
func (w *writer) border(kind dialogue.RowKind) {
	if kind == dialogue.RowClear {
		w.topic("eavesdropping", words.InCleartext)
		return
	}
	w.heading(words.TLSEnds)
	if entry, ok := explain.Alert("close_notify"); ok {
		w.paragraph(entry.Text)
		w.refs(entry.Refs)
	}
}

// event says what an event means: from the annotation that came with it, else from what its kind says by itself.
func (w *writer) event(s Subject, e *record.Event) {
	w.holds = s.holds(e)
	switch e.Kind {
	case record.KindStart:
		w.start(e.Start, s.Story)
	case record.KindFinding:
		w.finding(e.Finding)
	case record.KindEnd:
		w.end(s, e.End)
	case record.KindTLSMessage:
		w.message(e)
	case record.KindTLS:
		w.explained(e)
		w.came(s, e)
	case record.KindReply:
		w.explained(e)
		w.timing(e.Reply)
	default:
		w.explained(e)
	}
}

// timing tells of a reply that came slowly, piece by piece.
func (w *writer) timing(r *record.Reply) {
	if words.Slow(r) {
		w.gap()
		w.ink(paint.Dim, words.Waited(r))
	}
}

func (w *writer) explained(e *record.Event) {
	if e.Explain != nil {
		w.explanation(e.Explain)
		return
	}
	w.byKind(e)
}

func (w *writer) explanation(x *explain.Explanation) {
	w.heading(x.Short)
	w.held()
	w.paragraph(x.Text)
	w.said("Cause", x.Cause)
	w.said("Try", explain.Remedies(x.Remedy, x.Operator))
	if x.Vendor != "" {
		w.gap()
		w.ink(paint.Dim, "This wording is known from "+x.Vendor+".")
	}
	w.refs(x.Refs)
}

func (w *writer) entry(e explain.Entry) {
	w.heading(e.Short)
	w.paragraph(e.Text)
	w.said("Try", explain.Remedies(e.Remedy, e.Operator))
	w.refs(e.Refs)
}

// keyword explains one line of an EHLO reply in front of the reply as a whole.
func (w *writer) keyword(e *record.Event, line int) {
	if line >= len(e.Reply.Lines) {
		return
	}
	entry, _ := words.Keyword(e, line)
	w.heading(e.Reply.Lines[line].Text)
	w.ink(paint.Accent, entry.Short)
	w.paragraph(entry.Text)
	w.refs(entry.Refs)
	w.gap()
	w.add(paint.Dim.Line(paint.Rule(min(w.width, 24))))
}

func (w *writer) message(e *record.Event) {
	entry, ok := words.MessageEntry(e.TLSMessage)
	if !ok {
		w.explained(e)
		return
	}
	w.heading(words.MessageName(e.TLSMessage) + ": " + entry.Short)
	entry.Short = ""
	w.entry(entry)
}

func (w *writer) finding(f *record.Finding) {
	m, ink := dialogue.Severity(f.Severity)
	w.first(f.Text)
	w.add(paint.Hang(ink.Line(m+" "), paint.Wrap(paint.Strong, f.Text, w.width-2))...)
	entry, _ := explain.Finding(string(f.Code))
	danger := f.Severity == "danger" // then what to do comes first
	if !danger {
		w.paragraph(entry.Text)
	}
	w.said("Try", cmp.Or(f.Remedies(), explain.Remedies(entry.Remedy, entry.Operator)))
	if danger {
		w.paragraph(entry.Text)
	}
	if len(f.Refs) > 0 {
		w.refs(f.Refs)
		return
	}
	w.refs(entry.Refs)
}

func (w *writer) start(s *record.Start, story []string) {
	if s.Title != "" {
		w.heading(s.Title)
	} else {
		w.heading("A session with " + s.Target.String())
	}
	for _, p := range story {
		w.paragraph(p)
	}
	if port, ok := explain.Port(s.Target.Port); ok {
		w.paragraph(port.Text)
		w.refs(port.Refs)
	}
}

// note shows a note with what it is about below it.
func (w *writer) note(s Subject, r record.Remark) {
	on := "A note on event " + dialogue.Count(r.On)
	if r.On == r.Seq {
		on = "A note"
	}
	w.heading(on)
	w.remark(r)
	if about := s.event(); about.Kind != record.KindNote {
		w.gap()
		w.add(paint.Dim.Line(paint.Rule(min(w.width, 24))))
		w.event(s, about)
	}
}

// notes lists the remarks on an event below what it means.
func (w *writer) notes(s Subject, e *record.Event) {
	for _, r := range s.Index.Notes(e.Seq) {
		w.remark(r)
	}
}

// remark is a note: who has written it and when, and all its lines.
func (w *writer) remark(r record.Remark) {
	w.gap()
	const mark = "#  "
	var lines []paint.Line
	if head := words.List(", ", r.Author, words.Day(r.Time), map[bool]string{true: "edited"}[r.Edited]); head != "" {
		lines = paint.Wrap(paint.Dim, head, w.width-len(mark))
	}
	w.add(paint.Hang(paint.Accent.Line(mark), append(lines, paint.Wrap(paint.Plain, r.Text, w.width-len(mark))...))...)
}
