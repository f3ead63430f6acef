package detail

import (
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// writer puts a page together, line by line.
type writer struct {
	width int
	out   lines
	told  []string     // the paragraphs so far: none is printed twice
	holds []words.Part // what the message of AUTH holds that is explained
}

func (w *writer) add(l ...paint.Line) { w.out = append(w.out, l...) }

// gap leaves a line free, never two, and none at the top.
func (w *writer) gap() {
	if n := len(w.out); n > 0 && w.out[n-1].Width() > 0 {
		w.add(paint.Line{})
	}
}

func (w *writer) heading(text string) {
	if text == "" || !w.first(text) {
		return
	}
	w.gap()
	w.add(paint.Wrap(paint.Strong, text, w.width)...)
}

func (w *writer) text(text string) { w.ink(paint.Plain, text) }

func (w *writer) ink(ink paint.Ink, text string) {
	if text != "" {
		w.add(paint.Wrap(ink, text, w.width)...)
	}
}

// paragraph is a text with a free line in front.
func (w *writer) paragraph(text string) {
	if text != "" && w.first(text) {
		w.gap()
		w.text(text)
	}
}

// first reports whether a text is new on the page; one that has been said is not said again.
func (w *writer) first(text string) bool {
	key := strings.ToLower(strings.Trim(text, ". \n"))
	if slices.Contains(w.told, key) {
		return false
	}
	w.told = append(w.told, key)
	return true
}

// said is a text after a word that says what it is, such as "Try".
func (w *writer) said(word, text string) {
	if text == "" || !w.first(text) {
		return
	}
	w.gap()
	w.add(paint.Hang(paint.Accent.Line(word+"  "), paint.Wrap(paint.Plain, text, w.width-len(word)-2))...)
}

// refs cites sources.
func (w *writer) refs(refs []explain.Ref) {
	if len(refs) == 0 {
		return
	}
	w.gap()
	w.ink(paint.Dim, explain.Cite(refs))
}

// labelWidth is the column of names in the fields view.
const labelWidth = 12

// field is a name and its value; a value that is empty leaves no line.
func (w *writer) field(name, value string) { w.fieldInk(name, paint.Plain, value) }

func (w *writer) fieldInk(name string, ink paint.Ink, value string) {
	if value == "" {
		return
	}
	w.hung(name, paint.Fold(ink, value, w.room()))
}

// prose is a field whose value is broken between words.
func (w *writer) prose(name string, ink paint.Ink, value string) {
	if value != "" {
		w.hung(name, paint.Wrap(ink, value, w.room()))
	}
}

func (w *writer) hung(name string, value []paint.Line) {
	label := paint.Dim.Line(name).Cut(labelWidth - 1).Pad(labelWidth)
	w.add(paint.Hang(label, value)...)
}

func (w *writer) room() int { return max(w.width-labelWidth, 8) }

// meaning explains the field above it.
func (w *writer) meaning(text string) { w.prose("", paint.Dim, text) }
