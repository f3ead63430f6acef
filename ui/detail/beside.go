package detail

import (
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// besideKinds are the kinds of event that the views of others show.
var besideKinds = lazy.Table[View, record.Kind]{{Log, record.KindServerLog}, {Path, record.KindOnPath}}

// KindOf is the kind of event that a view of others shows; empty for the other views.
func (v View) KindOf() record.Kind { return besideKinds.Of(v) }

// besidePage shows what others wrote down or did: in the step of the row, and then from the beginning on.
func besidePage(s Subject, v View, width int) Page {
	w, kind := &writer{width: width}, v.KindOf()
	here := s.Index.Beside(kind, s.Row.Event, s.Upto)
	about := map[View][3]string{
		Log:  {"in this step the server logged", "in this step the server logged nothing", "its log in the other steps"},
		Path: {"in this step, on the path", "in this step nothing was seen or changed on the path", "on the path in the other steps"},
	}[v]
	if here < 0 {
		w.heading(about[1])
	} else {
		w.heading(about[0])
		w.add(Beside(s.Index.Event(here), width, false)...)
	}
	all := s.Index.AllBeside(kind, s.Upto)
	if len(all) == 0 || len(all) == 1 && all[0] == here {
		return w.out
	}
	w.heading(about[2])
	for _, i := range slices.DeleteFunc(slices.Clone(all), func(i int) bool { return i == here }) {
		w.add(Beside(s.Index.Event(i), width, false)...)
	}
	return w.out
}

// Beside are the lines of an event that tells what others wrote down or did. Short ones name of a program only what is last.
func Beside(e *record.Event, width int, short bool) (out []paint.Line) {
	for _, p := range words.Beside(e) {
		ink, label := paint.Plain, p.Name
		if p.Bad {
			ink = paint.Warn
		}
		if e.ServerLog != nil && short {
			label = label[strings.LastIndexByte(label, '/')+1:]
		}
		text := paint.Wrap(ink, words.List(": ", label, p.Value), width-2)
		if n := len(label); n > 0 && len(text) > 0 { // its name stays quiet
			text[0] = named(text[0], label, ink)
		}
		for i, l := range text {
			if i > 0 {
				l = paint.Text("  ").Then(l)
			}
			out = append(out, l)
		}
	}
	return out
}

// named has the name in front of a line in a quiet ink.
func named(l paint.Line, label string, ink paint.Ink) paint.Line {
	rest, ok := strings.CutPrefix(l.String(), label+":")
	if !ok {
		return l
	}
	return paint.Dim.Line(label+":").And(ink, rest)
}
