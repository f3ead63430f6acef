package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/detail"
)

// intent is what a key asks for. It has no key while its condition does not hold.
type intent struct {
	keys  []string
	show  string // the keys as the help names them
	does  string // what it does, in a word or two
	group string
	hint  bool // worth a place in the line at the bottom
	when  func(*walk) bool
	do    func(*walk) tea.Cmd
}

// Groups of intents, in the order of the help.
const (
	groupStep = "the next step"
	groupTime = "back and forth in time"
	groupLook = "looking around"
	groupKeep = "keeping"
	groupQuit = "leaving"
)

var groups = []string{groupStep, groupTime, groupLook, groupKeep, groupQuit}

// intents is the one table of keys. Where two rows share a key their conditions exclude each other.
func intents() []intent {
	return append(append(stepIntents(), moveIntents()...), keepIntents()...)
}

func stepIntents() []intent {
	return []intent{
		{[]string{"enter"}, "enter", "do it", groupStep, true, (*walk).canEnter, (*walk).send},
		{[]string{"enter"}, "enter", "the next step", groupStep, true, (*walk).isBack, (*walk).resume},
		{[]string{"e"}, "e", "edit", groupStep, true, (*walk).canEdit, (*walk).edit},
		{[]string{"enter"}, "enter", "end and sum up", groupStep, true, (*walk).canConclude, (*walk).conclude},
		{[]string{"tab"}, "tab", "connect again", groupStep, true, (*walk).between, (*walk).reconnect},
		{[]string{"tab"}, "tab", "other choices", groupStep, true, (*walk).canChoose, (*walk).choose},
		{[]string{":", "r"}, ": r", "any line", groupStep, false, (*walk).canType, (*walk).raw},
		{[]string{"a"}, "a", "try again", groupStep, true, (*walk).canAttempt, (*walk).attempt},
		{[]string{"w"}, "w", "build it", groupStep, true, (*walk).canBuild, (*walk).build},
		{[]string{"*"}, "*", "give AUTH up", groupStep, false, (*walk).canCancelAuth, (*walk).cancelAuth},
		{[]string{"c"}, "c", "credentials", groupStep, false, (*walk).canSend, (*walk).credentials},
		{[]string{"m"}, "m", "envelope and message", groupStep, false, (*walk).canSend, (*walk).message},
		{[]string{"esc"}, "esc", "cancel", groupStep, true, (*walk).running, (*walk).cancel},
		{[]string{"esc"}, "esc", "the proposal again", groupStep, true, (*walk).canUnchoose, (*walk).unchoose},
		{[]string{"enter"}, "enter", "step forward", groupTime, true, (*walk).inPast, (*walk).stepForward},
		{[]string{"enter"}, "enter", "what now", groupStep, false, (*walk).finished, (*walk).whatNow},
	}
}

func moveIntents() []intent {
	return []intent{
		{[]string{"right"}, "→", "forward an event", groupTime, false, (*walk).inPast, (*walk).forward},
		{[]string{"left"}, "←", "back an event", groupTime, false, (*walk).hasPast, (*walk).back},
		{[]string{"]"}, "]", "forward a step", groupTime, false, (*walk).inPast, (*walk).stepForward},
		{[]string{"["}, "[", "back a step", groupTime, false, (*walk).hasPast, (*walk).stepBack},
		{[]string{"home"}, "home", "to the start", groupTime, false, (*walk).hasPast, (*walk).start},
		{[]string{"end", "G"}, "end", "to the end", groupTime, true, (*walk).awayFromEnd, (*walk).end},
		{[]string{"g"}, "g", "to an event", groupTime, false, (*walk).idle, (*walk).askJump},
		{[]string{"up", "k"}, "↑ k", "row above", groupLook, false, always, (*walk).up},
		{[]string{"down", "j"}, "↓ j", "row below", groupLook, false, always, (*walk).down},
		{[]string{"pgup", "ctrl+b"}, "pgup", "page up", groupLook, false, always, (*walk).pageUp},
		{[]string{"pgdown", "ctrl+f"}, "pgdn", "page down", groupLook, false, always, (*walk).pageDown},
		{[]string{" "}, "space", "open or fold", groupLook, false, (*walk).canFold, (*walk).fold},
		{[]string{"v"}, "v", "next view", groupLook, true, always, (*walk).nextView},
		{[]string{"1"}, "1", "explain", groupLook, false, always, view(detail.Explain)},
		{[]string{"2"}, "2", "fields", groupLook, false, always, view(detail.Fields)},
		{[]string{"3"}, "3", "bytes", groupLook, false, always, view(detail.Bytes)},
		{[]string{"4"}, "4", "wire", groupLook, false, always, view(detail.Wire)},
		{[]string{"M"}, "M", "ways to log in", groupLook, false, (*walk).canCompare, (*walk).ways},
		{[]string{"K"}, "K", "view up", groupLook, false, always, (*walk).scrollUp},
		{[]string{"J"}, "J", "view down", groupLook, false, always, (*walk).scrollDown},
		{[]string{"esc"}, "esc", "dialogue", groupLook, true, (*walk).canUnzoom, (*walk).unzoom},
	}
}

func keepIntents() []intent {
	return []intent{
		{[]string{"n"}, "n", "note", groupKeep, false, (*walk).canNote, (*walk).askNote},
		{[]string{"y"}, "y", "copy", groupKeep, false, (*walk).hasRow, (*walk).copyOut},
		{[]string{"Y"}, "Y", "copy to a file", groupKeep, false, (*walk).hasRow, (*walk).copyFile},
		{[]string{"S"}, "S", "show or mask secrets", groupKeep, false, (*walk).canSend, (*walk).secrets},
		{[]string{"s"}, "s", "story and transcript", groupKeep, false, (*walk).idle, (*walk).about},
		{[]string{"R"}, "R", "start over", groupQuit, false, (*walk).canStartOver, (*walk).startOver},
		{[]string{"h"}, "h", "home", groupQuit, false, (*walk).canGoHome, (*walk).goHome},
		{[]string{"?"}, "?", "help", groupQuit, true, always, (*walk).help},
		{[]string{"f"}, "f", "fields by byte", groupLook, true, (*walk).canInspect, (*walk).inspect},
		{[]string{"q"}, "q", "quit", groupQuit, true, always, (*walk).quit},
	}
}

func always(*walk) bool { return true }

func view(v detail.View) func(*walk) tea.Cmd {
	return func(w *walk) tea.Cmd { return w.showView(v) }
}

func (w *walk) running() bool     { return w.busy != nil && w.busy.upto == 0 }
func (w *walk) idle() bool        { return w.busy == nil }
func (w *walk) inPast() bool      { return !w.atEnd() }
func (w *walk) isBack() bool      { return w.returned && (w.canSend() || w.between()) }
func (w *walk) canEnter() bool    { return !w.returned && w.canSend() }
func (w *walk) awayFromEnd() bool { return !w.atEnd() || !w.follow }
func (w *walk) hasPast() bool     { return w.pos > w.firstStep() }
func (w *walk) hasRow() bool      { return w.pane.Upto(w.pos) > 0 }
func (w *walk) canFold() bool     { return w.hasRow() && w.pane.Folds(w.pane.Sel) }
func (w *walk) canUnzoom() bool   { return w.reader.compact && w.zoomed && !w.running() }
func (w *walk) canUnchoose() bool { return w.canSend() && w.chosen > 0 && !w.canUnzoom() }
func (w *walk) canChoose() bool {
	return w.busy == nil && len(w.options) > 1 && !w.between() && !w.finished()
}
func (w *walk) canType() bool { return w.canSend() && w.snap.State.Connected() }

// finished reports whether there is nothing to do but leave.
func (w *walk) finished() bool {
	return w.atEnd() && !w.src.behind() && w.busy == nil && (w.live == nil || w.over)
}

func (w *walk) canConclude() bool { return !w.returned && w.between() }

// between reports whether the connection is over and the session is not: its tickets, and what the server has learnt,
// are still good for another connection.
func (w *walk) between() bool {
	return w.parted && w.atEnd() && w.busy == nil && !w.closing
}

func (w *walk) canGoHome() bool    { return w.home && w.busy == nil }
func (w *walk) canStartOver() bool { return w.live != nil && w.live.Again != nil && w.busy == nil }

func (w *walk) canNote() bool {
	return w.hasRow() && !w.over && (w.live != nil || w.replay != nil && w.replay.AddNote != nil)
}

// canEdit holds for lines without a secret: what is masked cannot be edited.
func (w *walk) canEdit() bool {
	o, ok := w.option()
	return ok && w.canSend() && o.Editable && editable(o)
}

// binding is an intent with its key.
type binding struct {
	key.Binding
	intent intent
}

// newBindings makes Bubble Tea's key bindings of the table.
func newBindings() []binding {
	var out []binding
	for _, in := range intents() {
		out = append(out, binding{key.NewBinding(key.WithKeys(in.keys...), key.WithHelp(in.show, in.does)), in})
	}
	return out
}

// bindings are all intents; those that work now are enabled.
func (w *walk) bindings() []binding {
	for i := range w.keys {
		w.keys[i].SetEnabled(w.keys[i].intent.when(w))
	}
	return w.keys
}

// press turns a key into the intent it stands for now.
func (w *walk) press(k tea.KeyMsg) tea.Cmd {
	if w.late(k) {
		return nil
	}
	for _, b := range w.bindings() {
		if key.Matches(k, b.Binding) {
			w.notice, w.returned = "", false
			return b.intent.do(w)
		}
	}
	return nil
}
