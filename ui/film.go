package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/transcripts/export"
	"ehlo/transcripts/places"
	"ehlo/transcripts/words"
	"ehlo/ui/detail"
	"ehlo/ui/paint"
)

// Film is a transcript as the screen shows it, drawn without a terminal: a picture for each position. It is the screen itself, so
// that a slide or a recording shows what a person sees. It is not safe for concurrent use.
//
// It draws one picture after the other, and of a long session it holds no more than of a short one. A picture that is before the last
// one may have it begin again.
type Film struct {
	Columns, Rows int
	Light         bool // for a light background
	replay        *Replay
	view          int // the view that stands in place of the dialogue, -1 for none
	root          *root
	read          int  // how many events have rows
	opened        bool // the last picture has opened a fold, which no other shows
}

// NewFilm opens a transcript for drawing, in a window of that size; nothing of it is closed. The error says that the window is too
// small.
func NewFilm(replay *Replay, columns, rows int, light bool) (*Film, error) {
	if columns < minWidth || rows < minHeight || columns > maxFilm || rows > maxFilm {
		return nil, fmt.Errorf("a screen has from %d×%d to %d×%d cells", minWidth, minHeight, maxFilm, maxFilm)
	}
	f := &Film{Columns: columns, Rows: rows, Light: light, replay: replay, view: -1}
	f.open()
	return f, nil
}

// open is a screen on which nothing has been drawn.
func (f *Film) open() {
	still := env{now: func() time.Time { return time.Time{} }, after: func(time.Duration, tea.Msg) tea.Cmd { return nil }, emit: func(string) tea.Cmd { return nil }, streams: true}
	r := newRoot(context.Background(), &App{}, still, paint.NewPicture(!f.Light))
	r.width, r.height = f.Columns, f.Rows
	r.showReplay(f.replay)
	if f.view >= 0 {
		r.walk.view, r.walk.zoomed = detail.View(f.view), true
	}
	f.root, f.read, f.opened = r, 0, false
}

// maxFilm bounds a picture, in cells of each direction: it has no terminal that does.
const maxFilm = 1000

// Len is how many events there are: the last position.
func (f *Film) Len() int { return f.root.walk.pane.Len() }

// Show has the pictures show a view of the selected row, by its name: one of [detail.Names]. Where the window is small it stands
// in place of the dialogue. It reports whether there is such a view.
func (f *Film) Show(view string) bool {
	for i, name := range detail.Names {
		if name == view {
			f.view = i
			f.open()
			return true
		}
	}
	return false
}

// Picture is the screen after the first n events, the last of them selected: a fold that hides it is open. [AtStart] is before the first
// step, [AtEnd] and the last event what the session came to.
func (f *Film) Picture(n int) export.Picture {
	first := f.root.walk.firstStep()
	switch n {
	case AtStart:
		n = first
	case AtEnd:
		n = f.Len()
	}
	f.reach(n)
	switch w := f.root.walk; {
	case n == first:
		w.start()
	case n >= f.Len():
		w.end()
	default:
		w.moveTo(n)
		rows := w.pane.Upto(n)
		w.jump(n)
		f.opened = w.pane.Upto(n) > rows
	}
	p := export.Picture{Columns: f.Columns, Rows: f.Rows, Light: f.Light, Title: f.title()}
	for _, row := range f.frame() {
		p.Lines = append(p.Lines, paint.Runs(row))
	}
	return p
}

// reach makes the rows of the first n events.
func (f *Film) reach(n int) {
	if w := f.root.walk; f.opened || n < w.pos && w.pane.Dropped() > 0 {
		f.open()
	}
	w := f.root.walk
	for f.read < min(n, w.src.Len()) { // whole steps: how a handshake ends shows from its beginning on
		f.read = places.StepEnd(w.src, f.read)
		w.pane.ReadTo(f.read)
	}
}

// frame are the rows of the screen, with the sequences for their colors.
func (f *Film) frame() []string { return strings.Split(f.root.View(), "\n") }

// played are the rows of the screen once the first n events have happened before one's eyes: what folds by itself is folded.
func (f *Film) played(n int) []string {
	f.reach(n)
	w := f.root.walk
	w.follow = n >= w.pane.Len()
	w.moveTo(n)
	return f.frame()
}

// title names the session.
func (f *Film) title() string {
	w := f.root.walk
	if w.pane.Len() == 0 {
		return "an SMTP session"
	}
	return words.Of(w.pane.Event(0)).Head
}

// How long a picture of a recording stays, at least and at most: the pace of a session is too fast to be followed, and its waits
// are too long. The first of a step stays longest.
const (
	stepStays, eventStays = 1500 * time.Millisecond, 250 * time.Millisecond
	longestStay           = 5 * time.Second
)

// Record writes the film as a recording: a picture for each event that changes one, with a marker at each step.
func (f *Film) Record(out io.Writer) error {
	w := f.root.walk
	var start *record.Start
	if w.pane.Len() > 0 {
		start = w.pane.Event(0).Start
	}
	if start == nil {
		return errors.New("the transcript has no beginning")
	}
	cast := export.NewCast(out, f.Columns, f.Rows, start.Time, "SMTP session: "+f.title())
	first := w.firstStep()
	cast.Frame(f.played(first))
	for next := first; next < w.pane.Len(); {
		end := places.StepEnd(w.src, next)
		if end <= next {
			break
		}
		cast.Wait(stepStays)
		cast.Marker(f.marker(next))
		for ; next < end; next++ {
			cast.Wait(f.stay(next))
			cast.Frame(f.played(next + 1))
		}
	}
	cast.Wait(stepStays)
	return cast.End()
}

// stay is how long the picture before event i stays.
func (f *Film) stay(i int) time.Duration {
	w := f.root.walk
	return min(max(w.pane.Event(i).T-w.pane.Event(max(i-1, 0)).T, eventStays), longestStay)
}

// marker names the step that begins with event i.
func (f *Film) marker(i int) string { return export.StepTitle(f.root.walk.pane.Event(i)) }
