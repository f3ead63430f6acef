package ui

import (
	"ehlo/ui/detail"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// reader is the window onto the view of the selected row. The page is made once for each row, view, width
// and position, and again when a note was written, edited or removed.
type reader struct {
	compact bool // one pane at a time
	beside  bool // fields and bytes fit beside each other
	about   pageKey
	body    detail.Page
	tops    scroll.List // every line with which the window can begin; that of the selected one does
	height  int
}

type pageKey struct {
	row   dialogue.Row
	view  detail.View
	width int
	upto  int
	noted int // notes, and changes of notes, that have been read
	told  int // paragraphs of the story
}

func (r *reader) scroll(n int) { r.tops.Select(r.tops.Sel+n, r.last()+1) }

func (r *reader) page() int { return max(r.height-1, 1) }

// last is how far the page can be scrolled.
func (r *reader) last() int {
	if r.body == nil {
		return 0
	}
	return max(r.body.Len()-r.height, 0)
}

// open makes the page unless it is there, and starts at its top when the row or the view is another one.
func (r *reader) open(s detail.Subject, v detail.View, width int) {
	key := pageKey{s.Row, v, width, s.Upto, s.Index.Remarked(), len(s.Story)}
	if r.body != nil && key == r.about {
		return
	}
	if key.row != r.about.row || key.view != r.about.view {
		r.tops = scroll.List{}
	}
	r.about, r.body = key, detail.Open(s, v, width)
}

// view draws the part of the page that can be seen.
func (r *reader) view(height int) []paint.Line {
	r.height = height
	r.scroll(0)
	var out []paint.Line
	for i := r.tops.Sel; i < min(r.tops.Sel+height, r.body.Len()); i++ {
		out = append(out, r.body.Line(i))
	}
	return out
}

// more says how much there is below the window.
func (r *reader) more() int { return max(r.last()-r.tops.Sel, 0) }

// subject is what the view is about. What there is to do is told once: not here where the bar has it.
func (w *explorer) subject() detail.Subject {
	row, _ := w.row()
	story := w.story()
	if w.reminder() != "" {
		story = story[:len(story)-1]
	}
	return detail.Subject{Index: w.pane.Index, Row: row, Upto: w.pos, Story: story}
}
