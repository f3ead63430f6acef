package ui

import (
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// intent is what a key asks for. It has no key while its condition does not hold.
type intent struct {
	keys  []string
	show  string // the keys as the help names them
	does  string // what it does, in a word or two
	group string
	hint  bool // worth a place in the line at the bottom
	when  func(*explorer) bool
	do    func(*explorer) tea.Cmd
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
	return append(append(append(stepIntents(), adviceIntents()...), moveIntents()...), keepIntents()...)
}

// adviceIntents follow the advices that stand on the screen, one digit each: a digit takes what is numbered on the screen, and means
// nothing else.
func adviceIntents() []intent {
	var out []intent
	for n := 1; n <= mostAdvice; n++ {
		key := strconv.Itoa(n)
		out = append(out, intent{[]string{key}, key, "follow advice " + key, groupStep, n == 1, advises(n), apply(n)})
	}
	return out
}

func stepIntents() []intent {
	return []intent{
		{[]string{"enter"}, "enter", "do it", groupStep, true, (*explorer).canEnter, (*explorer).takeAsked},
		{[]string{"enter"}, "enter", "the next step", groupStep, true, (*explorer).isBack, (*explorer).resume},
		{[]string{"e"}, "e", "edit", groupStep, true, (*explorer).canEdit, (*explorer).edit},
		{[]string{"enter"}, "enter", "send QUIT", groupStep, true, (*explorer).canPart, (*explorer).send},
		{[]string{"enter"}, "enter", endsIt, groupStep, true, (*explorer).canConclude, (*explorer).conclude},
		{[]string{"tab"}, "tab", "other choices", groupStep, true, (*explorer).canChoose, (*explorer).choose},
		{[]string{":"}, ":", "any line", groupStep, false, (*explorer).canType, (*explorer).raw},
		{[]string{"a"}, "a", "retry", groupStep, true, (*explorer).canAttempt, (*explorer).attempt},
		{[]string{"w"}, "w", "build it", groupStep, true, (*explorer).canBuild, (*explorer).build},
		{[]string{"!"}, "!", "predict, then reveal", groupStep, false, (*explorer).canPredict, (*explorer).toPredict},
		{[]string{"!"}, "!", "no questions", groupStep, false, (*explorer).canBelieve, (*explorer).toBelieve},
		{[]string{"*"}, "*", "cancel AUTH", groupStep, false, (*explorer).canCancelAuth, (*explorer).cancelAuth},
		{[]string{"c"}, "c", "credentials", groupStep, false, (*explorer).canSend, (*explorer).credentials},
		{[]string{"m"}, "m", "message", groupStep, false, (*explorer).canSend, (*explorer).message},
		{[]string{"esc"}, "esc", "stop waiting", groupStep, true, (*explorer).running, (*explorer).stopWaiting},
		{[]string{"esc"}, "esc", "back to the proposal", groupStep, true, (*explorer).canUnchoose, (*explorer).unchoose},
		{[]string{"esc"}, "esc", "continue", groupStep, true, (*explorer).canReopen, (*explorer).reopen},
		{[]string{"z"}, "z", "more", groupLook, true, (*explorer).hasVerdict, (*explorer).whole},
		{[]string{"enter"}, "enter", "forward", groupTime, true, (*explorer).inPast, (*explorer).stepOn},
		{[]string{"enter"}, "enter", "answer the question", groupStep, true, (*explorer).owesAnswer, (*explorer).assignment},
		{[]string{"enter"}, "enter", backToLesson, groupStep, true, (*explorer).learned, (*explorer).goHome},
		{[]string{"enter"}, "enter", "what now", groupStep, false, (*explorer).hasEnded, (*explorer).whatNow},
	}
}

func moveIntents() []intent {
	return []intent{
		{[]string{"f"}, "f", "fields by byte", groupLook, true, (*explorer).canInspect, (*explorer).inspect},
		{[]string{"b"}, "b", "go live from here", groupKeep, true, (*explorer).canTakeUp, (*explorer).takeUp},
		{[]string{"right"}, "→", "forward a row", groupTime, false, (*explorer).inPast, (*explorer).forward},
		{[]string{"left"}, "←", "back a row", groupTime, false, (*explorer).hasPast, (*explorer).back},
		{[]string{"]"}, "]", "forward a step", groupTime, false, (*explorer).inPast, (*explorer).stepOn},
		{[]string{"["}, "[", "back a step", groupTime, false, (*explorer).hasPast, (*explorer).stepBack},
		{[]string{"}"}, "}", "forward a phase", groupTime, false, (*explorer).inPast, (*explorer).phaseForward},
		{[]string{"{"}, "{", "back a phase", groupTime, false, (*explorer).hasPast, (*explorer).phaseBack},
		{[]string{")"}, ")", "next finding", groupTime, false, (*explorer).hasFindings, (*explorer).findingForward},
		{[]string{"("}, "(", "previous finding", groupTime, false, (*explorer).hasFindings, (*explorer).findingBack},
		{[]string{">"}, ">", "next note", groupTime, false, (*explorer).hasNotes, (*explorer).noteForward},
		{[]string{"<"}, "<", "previous note", groupTime, false, (*explorer).hasNotes, (*explorer).noteBack},
		{[]string{"i"}, "i", "cards for this row", groupLook, true, (*explorer).hasRow, (*explorer).rowCards},
		{[]string{"."}, ".", "play", groupTime, true, (*explorer).canPlay, (*explorer).play},
		{[]string{"."}, ".", "pause", groupTime, true, (*explorer).playing, (*explorer).pause},
		{[]string{"+"}, "+", "faster", groupTime, true, (*explorer).playing, (*explorer).faster},
		{[]string{"-"}, "-", "slower", groupTime, true, (*explorer).playing, (*explorer).slower},
		{[]string{"home"}, "home", "to the start", groupTime, false, (*explorer).canStart, (*explorer).start},
		{[]string{"end"}, "end", "to the end", groupTime, true, (*explorer).canEnd, (*explorer).end},
		{[]string{"home"}, "home", "top of the view", groupLook, false, (*explorer).viewing, (*explorer).viewTop},
		{[]string{"end"}, "end", "end of the view", groupLook, false, (*explorer).viewing, (*explorer).viewEnd},
		{[]string{"g"}, "g", "to an event", groupTime, false, (*explorer).idle, (*explorer).askJump},
		{[]string{"up", "k"}, "↑ k", "row above", groupLook, false, always, (*explorer).up},
		{[]string{"down", "j"}, "↓ j", "row below", groupLook, false, always, (*explorer).down},
		{[]string{"pgup", "ctrl+b"}, "pgup", "page up", groupLook, false, always, (*explorer).pageUp},
		{[]string{"pgdown", "ctrl+f"}, "pgdn", "page down", groupLook, false, always, (*explorer).pageDown},
		{[]string{"#"}, "#", "numbers", groupLook, false, always, (*explorer).numbers},
		{[]string{" "}, "space", "open or fold", groupLook, false, (*explorer).canFold, (*explorer).fold},
		{[]string{"v"}, "v", "view", groupLook, true, always, (*explorer).nextView},
		{[]string{","}, ",", "view before", groupLook, false, always, (*explorer).viewBefore},
		{[]string{"l"}, "l", "ways to log in", groupLook, false, (*explorer).canCompare, (*explorer).ways},
		{[]string{"u", "shift+up"}, "u", "view up", groupLook, false, always, (*explorer).scrollUp},
		{[]string{"d", "shift+down"}, "d", "view down", groupLook, false, always, (*explorer).scrollDown},
		{[]string{"esc"}, "esc", "dialogue", groupLook, true, (*explorer).canUnzoom, (*explorer).unzoom},
	}
}

func keepIntents() []intent {
	return []intent{
		{[]string{"n"}, "n", "note", groupKeep, false, (*explorer).canNote, (*explorer).askNote},
		{[]string{"e"}, "e", "edit", groupKeep, true, (*explorer).canChangeNote, (*explorer).editNote},
		{[]string{"ctrl+x"}, "ctrl-x", "remove", groupKeep, true, (*explorer).canChangeNote, (*explorer).removeNote},
		{[]string{"ctrl+t"}, "ctrl-t", "title and tags", groupKeep, false, (*explorer).canTitle, (*explorer).askTitle},
		{[]string{"="}, "=", "compare", groupKeep, false, (*explorer).canSetBeside, (*explorer).setBeside},
		{[]string{"y"}, "y", "copy", groupKeep, false, (*explorer).hasRow, (*explorer).copyOut},
		{[]string{"x"}, "x", "copy to a file", groupKeep, false, (*explorer).hasRow, (*explorer).copyFile},
		{[]string{"p"}, "p", "show or mask secrets", groupKeep, false, (*explorer).canSend, (*explorer).secrets},
		{[]string{"$"}, "$", "with another program", groupKeep, false, (*explorer).hasPlan, (*explorer).inOther},
		{[]string{"s"}, "s", "story and transcript", groupKeep, false, (*explorer).idle, (*explorer).about},
		{[]string{"R"}, "R", "start over", groupQuit, false, (*explorer).canStartOver, (*explorer).startOver},
		{[]string{"t"}, "t", "another target", groupQuit, false, (*explorer).canConnect, (*explorer).connect},
		{[]string{"h"}, "h", "home", groupQuit, false, (*explorer).canGoHome, (*explorer).goHome},
		{[]string{"h"}, "h", "the list", groupQuit, false, (*explorer).canGoToList, (*explorer).goHome},
		{[]string{"h"}, "h", toLesson, groupQuit, true, (*explorer).canGoBack, (*explorer).goHome},
		{[]string{"?", "f1"}, "?", "help", groupQuit, true, always, (*explorer).help},
		{[]string{"o"}, "o", "task", groupStep, true, (*explorer).hasTask, (*explorer).assignment},
		{[]string{"&"}, "&", "show only", groupLook, false, (*explorer).hasEvents, (*explorer).askFilter},
		{[]string{"esc"}, "esc", showAll, groupLook, true, (*explorer).canUnfilter, (*explorer).unfilter},
		{[]string{"/"}, "/", "search", groupLook, true, always, (*explorer).find},
		{[]string{"esc"}, "esc", "back", groupQuit, true, (*explorer).canGoUp, (*explorer).goBack},
		{[]string{"esc"}, "esc", toLesson, groupQuit, true, (*explorer).canCloseForLesson, (*explorer).goHome},
		{[]string{"@", "f5"}, "f5", "present to a class", groupLook, true, (*explorer).canPresent, (*explorer).present},
		{[]string{"q"}, "q", "quit", groupQuit, true, always, (*explorer).quit},
	}
}

// listKey is the key that moves in a list for what stands for it where letters are no text.
func listKey(k string) string {
	if key, ok := map[string]string{"k": "up", "j": "down", "ctrl+b": "pgup", "ctrl+f": "pgdown"}[k]; ok {
		return key
	}
	return k
}

func always(*explorer) bool { return true }

func (w *explorer) running() bool     { return w.busy != nil && w.busy.upto == 0 }
func (w *explorer) idle() bool        { return w.busy == nil }
func (w *explorer) inPast() bool      { return !w.atEnd() }
func (w *explorer) isBack() bool      { return w.returned && w.canSend() }
func (w *explorer) canEnter() bool    { return !w.returned && w.walking() }
func (w *explorer) viewing() bool     { return w.reader.compact && w.zoomed && w.hasRow() }
func (w *explorer) canStart() bool    { return w.hasPast() && !w.viewing() }
func (w *explorer) canEnd() bool      { return (!w.atEnd() || !w.follow) && !w.viewing() }
func (w *explorer) hasPast() bool     { return w.pos > w.firstStep() }
func (w *explorer) hasRow() bool      { return w.pane.Upto(w.pos) > 0 }
func (w *explorer) canFold() bool     { return w.hasRow() && w.pane.Folds(w.pane.Sel) }
func (w *explorer) canUnzoom() bool   { return w.reader.compact && w.zoomed && !w.running() }
func (w *explorer) canUnchoose() bool { return w.walking() && w.chosen > 0 && !w.canUnzoom() }
func (w *explorer) canChoose() bool {
	return w.busy == nil && len(w.options()) > 1 && !w.closing && !w.finished()
}
func (w *explorer) canType() bool { return w.canSend() && w.snap.State.Connected() }

// finished reports whether there is nothing to do but leave.
func (w *explorer) finished() bool {
	return w.atEnd() && !w.reading() && w.busy == nil && (w.live == nil || w.over)
}

// canUnfilter holds where esc has nothing nearer to do.
func (w *explorer) canUnfilter() bool {
	return w.filtered() && !w.canUnzoom() && !w.running() && !w.canUnchoose() && !w.canReopen()
}

func (w *explorer) hasEvents() bool { return w.pane.Len() > 0 }

func (w *explorer) canGoHome() bool { return w.home && !w.lesson && !w.checked && w.busy == nil }

// canGoBack holds where a lesson waits below.
func (w *explorer) canGoBack() bool { return w.lesson && w.busy == nil }

// canGoToList holds where a page such as that of a survey waits below.
func (w *explorer) canGoToList() bool { return w.checked && !w.lesson && w.busy == nil }

// nothingNearer holds where esc leads a level up.
func (w *explorer) nothingNearer() bool {
	return w.busy == nil && !w.canUnzoom() && !w.canUnchoose() && !w.canReopen() && !w.filtered()
}
func (w *explorer) learned() bool  { return w.lesson && w.finished() && !w.owesAnswer() }
func (w *explorer) hasEnded() bool { return !w.lesson && w.finished() }

// canGoUp holds where home or a page lies below, and esc has nothing nearer to do.
func (w *explorer) canGoUp() bool           { return (w.canGoHome() || w.canGoToList()) && w.nothingNearer() }
func (w *explorer) canCloseForLesson() bool { return w.canGoBack() && w.nothingNearer() }
func (w *explorer) canStartOver() bool      { return w.live != nil && w.live.Again != nil && w.busy == nil }

// canEdit holds for lines without a secret: what is masked cannot be edited.
func (w *explorer) canEdit() bool {
	o, ok := w.option()
	return ok && w.walking() && o.Editable && editable(o) && !w.onNote()
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
func (w *explorer) bindings() []binding {
	for i := range w.keys {
		w.keys[i].SetEnabled(w.keys[i].intent.when(w))
	}
	return w.keys
}

// press turns a key into the intent it stands for now.
func (w *explorer) press(k tea.KeyMsg) tea.Cmd {
	if w.late(k) {
		return nil
	}
	for _, b := range w.bindings() {
		if key.Matches(k, b.Binding) {
			w.notice, w.returned = "", false
			return w.intend(b.intent)
		}
	}
	return nil
}

// intend does what a key asks for. Whoever moves in time plays no longer.
func (w *explorer) intend(in intent) tea.Cmd {
	pos := w.pos
	cmd := in.do(w)
	if w.playing() && w.pos != pos {
		w.pause()
	}
	return cmd
}
