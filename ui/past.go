package ui

import (
	"ehlo/session/walk"
	"ehlo/transcripts/places"
)

// doneNext is what was done next, as it went out; empty where nothing was.
func (w *explorer) doneNext() string {
	d := places.Next(w.src, w.pos)
	if d.First == nil {
		return ""
	}
	if what := d.Beside(); what != "" {
		return what
	}
	if line := d.Line(); line != "" {
		return line
	}
	return showOption(d.Option(w.options()), w.snap)
}

// strayed reports whether another step was taken than the one that was proposed.
func (w *explorer) strayed(proposed walk.Option) bool {
	return places.Next(w.src, w.pos).Strayed(proposed)
}
