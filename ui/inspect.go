package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/detail"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// inspector shows the fields of the selected row over its bytes, with a cursor in one of the two.
type inspector struct {
	w    *explorer
	tree *detail.Tree
}

// canInspect holds for rows whose parts have bytes.
func (w *explorer) canInspect() bool { return w.hasRow() && detail.HasTree(w.subject()) }

// inspect opens the fields. The selection stays where it is until they are closed.
func (w *explorer) inspect() tea.Cmd {
	w.follow, w.pane.Tail = false, false
	if tree := detail.OpenTree(w.subject()); tree != nil {
		w.sheet = &inspector{w: w, tree: tree}
	}
	return nil
}

func (in *inspector) below() bool { return false }

func (in *inspector) title() string {
	how := " over "
	if in.w.reader.beside {
		how = " beside "
	}
	if in.tree.InBytes() {
		return "fields" + how + "[bytes] of " + in.subject() + " · " + in.tree.Where()
	}
	return "[fields]" + how + "bytes of " + in.subject() + " · " + in.tree.Where()
}

// subject is what the row is: where the panes are away, nothing else says so.
func (in *inspector) subject() string {
	row, _ := in.w.row()
	switch e := in.w.selected(); {
	case e.TLSMessage != nil && row.Kind != dialogue.RowHandshake:
		return dialogue.MessageName(e.TLSMessage)
	case e.Send != nil:
		return "the line that was sent"
	case e.Reply != nil:
		return "the reply"
	}
	return "the certificates"
}

func (in *inspector) hints() []key.Help {
	if in.tree.InBytes() {
		return []key.Help{{Key: "↑↓←→", Desc: "byte by byte"}, {Key: "tab", Desc: "to the fields"}, {Key: "[ ]", Desc: "other rows"}, {Key: "?", Desc: "help"}, {Key: "esc", Desc: "back"}}
	}
	return []key.Help{{Key: "↑↓", Desc: "fields"}, {Key: "→←", Desc: "open, fold"}, {Key: "tab", Desc: "to the bytes"}, {Key: "[ ]", Desc: "other rows"},
		{Key: "?", Desc: "help"}, {Key: "esc", Desc: "back"}}
}

// keys are those of the page, for its help.
func (in *inspector) keys() keyGroup {
	return keyGroup{"field by field, byte by byte", []key.Help{{Key: "↑ ↓", Desc: "another field; its bytes are marked"}, {Key: "→ ←", Desc: "open a field, fold it"}, {Key: "tab", Desc: "to the bytes, or back to the fields"},
		{Key: "[ ]", Desc: "the row with fields before, the next one"}, {Key: "v", Desc: "another view"}, {Key: "/", Desc: "search"}, {Key: "esc", Desc: "back"}}}
}

func (in *inspector) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "f", "q":
		return nil, true
	case "?", "f1":
		in.w.helpOver(in, in.keys())
	case "v", ",":
		in.w.sheet = nil
		return in.w.press(k), true
	case "[", "]":
		in.other(map[string]int{"[": -1, "]": 1}[k.String()])
	default:
		in.move(k.String())
	}
	return nil, false
}

func (in *inspector) move(k string) {
	switch k {
	case "left":
		in.tree.Left()
	case "right":
		in.tree.Right()
	case "enter", " ":
		in.tree.Toggle()
	case "tab", "shift+tab":
		in.tree.Cross()
	default:
		in.tree.Press(listKey(k))
	}
}

// other goes to the next row with fields, or the one before; folds are left as they are.
func (in *inspector) other(n int) {
	pane, at := in.w.pane, in.w.pane.Sel
	was, _ := in.w.row()
	for i := at + n; i >= 0 && i < pane.Upto(in.w.pos); i += n {
		r := pane.Row(i)
		if r.Kind == dialogue.RowMore || r.Kind.Border() || r.Event == was.Event && r.Kind == was.Kind { // another line of the same
			continue
		}
		pane.Sel = i
		if tree := detail.OpenTree(in.w.subject()); tree != nil {
			in.tree = tree
			return
		}
	}
	pane.Sel = at
}

func (in *inspector) lines(width, height int) []paint.Line { return in.tree.Lines(width, height) }
