package places

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// Done is what was done next at a place.
type Done struct {
	// First is the first event of the step, or the change of plan or the end that came in its place; nil where nothing came.
	First *record.Event
	// Sent is the line or the content of the step; nil where it had none.
	Sent *record.Event
}

// Next is what was done next at a place.
func Next(src record.Source, at int) (d Done) {
	const most = 64 // what lies between two steps is little
	for i := at; i < min(at+most, src.Len()); i++ {
		switch e := src.At(i); {
		case d.First == nil && alone(e):
			return Done{First: e}
		case d.First == nil && e.Step == "":
		case d.First == nil || e.Step == d.First.Step:
			if d.First == nil {
				d.First = e
			}
			if e.Kind == record.KindSend && e.Send != nil {
				d.Sent = e
				return d
			}
		default:
			return d
		}
	}
	return d
}

// Line is the line as it went out, or a group as it is listed; empty where none did, and for what is no line.
func (d Done) Line() string {
	if d.Sent == nil || d.Sent.Send.Content && !d.Sent.Send.Edited || d.Sent.Send.Experiment != "" {
		return ""
	}
	if d.Sent.Send.Group == 0 {
		return d.Sent.Send.Command(1)
	}
	var lines []string
	for n := range d.Sent.Send.Group {
		lines = append(lines, d.Sent.Send.Command(n+1))
	}
	return walk.ShownGroup(lines)
}

// Option is what was done as one of the options that there were, by what it sent where it sent a line.
func (d Done) Option(options []walk.Option) (o walk.Option) {
	if i := slices.IndexFunc(options, func(o walk.Option) bool { return o.Step.Verb == d.First.Step }); i >= 0 {
		o = options[i]
	}
	o.Step.Verb = d.First.Step
	if line := d.Line(); line != "" {
		o.Show = line
	}
	return o
}

// Beside is what was done where it was no step of the walk; empty where it was.
func (d Done) Beside() string {
	switch {
	case d.First.Kind == record.KindChange && d.First.Change != nil:
		return words.Change(d.First.Change)
	case d.First.Kind == record.KindEnd:
		return "the end of the session"
	}
	return ""
}

// Strayed reports whether another step was taken than the one that was proposed.
func (d Done) Strayed(proposed walk.Option) bool {
	switch {
	case d.First == nil || d.First.Kind == record.KindEnd:
		return false
	case d.First.Step != proposed.Step.Verb:
		return true
	case d.Line() == "" || d.First.Step == record.VerbRespond:
		return false
	case d.First.Step == record.VerbAuth:
		words := strings.Fields(d.Line())
		return len(words) > 1 && !strings.EqualFold(words[1], proposed.Step.Mechanism)
	}
	return d.Line() != proposed.Show
}
