package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/scroll"
)

// The mouse is off unless [mouseSwitch] is set: a terminal that reports it does not select text with it. The wheel scrolls what is
// below the pointer, a click selects a row, and a click on the selected one opens it. A click sends nothing.

// mouseSwitch is the variable that switches the mouse on.
const mouseSwitch = "EHLO_MOUSE"

// notch is how many rows a notch of the wheel moves.
const notch = 3

// contentTop is the line of the screen with which lists begin: below the header, the progress and a title.
const contentTop = 3

// overTop is the same for what lies over the screen: there is no progress.
const overTop = 2

func (r *root) mouse(m tea.MouseMsg) tea.Cmd {
	switch {
	case r.tooSmall(), r.pending != nil, m.Action != tea.MouseActionPress:
	case m.Button == tea.MouseButtonWheelUp:
		return r.wheel(m.X, tea.KeyUp)
	case m.Button == tea.MouseButtonWheelDown:
		return r.wheel(m.X, tea.KeyDown)
	case m.Button == tea.MouseButtonLeft:
		return r.click(m.X, m.Y)
	}
	return nil
}

// wheel presses a key of the list below the pointer, where there is one: a line that is typed has none.
func (r *root) wheel(x int, key tea.KeyType) tea.Cmd {
	switch r.sheet().(type) {
	case *editor, *question, *workbench, *noteEditor:
		return nil
	case nil:
		if w := r.walk; w != nil && (w.viewing() || !w.reader.compact && r.rightOf(x)) {
			w.reader.scroll(map[tea.KeyType]int{tea.KeyUp: -notch, tea.KeyDown: notch}[key])
			return nil
		}
	}
	var cmds []tea.Cmd
	for range notch {
		cmds = append(cmds, r.press(tea.KeyMsg{Type: key}))
	}
	return tea.Batch(cmds...)
}

// click selects what is below the pointer, or opens it where it is selected already.
func (r *root) click(x, y int) tea.Cmd {
	enter := func() tea.Cmd { return r.press(tea.KeyMsg{Type: tea.KeyEnter}) }
	switch s := r.sheet().(type) {
	case *finder:
		return s.click(x, y-overTop, enter)
	case *cards:
		s.click(y - overTop)
	case *check:
		return s.click(y-overTop, enter)
	case *chooser:
		if r.inSheet(x) {
			return opened(&s.List, y-contentTop, len(s.w.options()), enter)
		}
	case *form:
		if r.inSheet(x) { // enter is for the form as a whole
			return opened(&s.List, y-contentTop, len(s.fields), func() tea.Cmd { return nil })
		}
	case nil:
		if h := r.home; r.walk == nil && x <= h.wide {
			return opened(&h.list, y-contentTop, len(h.items()), enter)
		}
		if r.walk != nil && !r.walk.viewing() && (r.walk.reader.compact || !r.rightOf(x)) {
			return r.walk.click(y - contentTop)
		}
	}
	return nil
}

// rightOf reports whether a column is right of the dialogue where two panes stand side by side.
func (r *root) rightOf(x int) bool {
	left, _ := r.walk.halves(r.width)
	return x >= left
}

// inSheet reports whether a column is of the sheet over a pane, which leaves the other pane in sight where there is room.
func (r *root) inSheet(x int) bool {
	return r.walk == nil || r.walk.reader.compact || r.rightOf(x)
}

// opened selects the row below a line of a list, or opens it where it is selected.
func opened(l *scroll.List, line, n int, open func() tea.Cmd) tea.Cmd {
	row, ok := l.Under(line, n)
	switch {
	case !ok:
		return nil
	case row == l.Sel:
		return open()
	}
	l.Select(row, n)
	return nil
}

// click selects a row of the dialogue, or opens and folds it.
func (w *explorer) click(line int) tea.Cmd {
	row, ok := w.pane.Under(line-w.above, w.pane.Upto(w.pos))
	switch {
	case !ok:
		return nil
	case row != w.pane.Sel:
		return w.selectBy(row - w.pane.Sel)
	case w.canFold():
		return w.fold()
	}
	return nil
}

func (f *finder) click(x, line int, enter func() tea.Cmd) tea.Cmd {
	switch {
	case f.keys != nil:
		return nil
	case f.reading != nil:
		f.reading.click(line)
		return nil
	case x > f.wide:
		return nil
	case f.words != nil:
		line--
	}
	return opened(&f.place, line, f.rows(), enter)
}

// click follows the related article below a line.
func (c *cards) click(line int) {
	at := c.card()
	if n := at.tops.Sel + line - at.links + 1; line >= 0 && at.tops.Sel+line < at.last {
		c.follow(n)
	}
}
