package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// hints are the enabled keys that are worth a place at the bottom. What is selected decides what comes first.
func (w *explorer) hints() []key.Help {
	var out, rest []key.Help
	for _, b := range w.bindings() {
		switch h := b.Help(); {
		case !b.Enabled():
		case b.intent.group == groupStep && b.intent.show == "1": // an advice that can be followed is named before all that may be left out
			out = append([]key.Help{w.inContext(h)}, out...)
		case w.bringsForward(b.intent):
			out = append(out, w.inContext(h))
		case b.intent.hint:
			rest = append(rest, w.inContext(h))
		}
	}
	if w.replay != nil && !w.finished() {
		slices.SortStableFunc(out, inReplay)
	}
	if len(rest) > 0 && rest[0].Key == "enter" && (w.follow || !w.onFold()) { // what sends comes first, but on a row to open that a person has gone to
		return append(append(rest[:1:1], out...), rest[1:]...)
	}
	return append(out, rest...)
}

// inReplay puts first what a trainer needs in the middle of a replay, and last the arrows, which people try by themselves.
func inReplay(a, b key.Help) int {
	rank := func(h key.Help) int {
		switch h.Key {
		case "b":
			return 0
		case "f5":
			return 1
		case "n":
			return 2
		case ".":
			return 4
		case "←→":
			return 5
		}
		return 3
	}
	return rank(a) - rank(b)
}

// onFold reports whether the selected row is the head of rows that open and fold.
func (w *explorer) onFold() bool {
	r, _ := w.row()
	return w.canFold() && r.Kind != dialogue.RowEvent
}

// bringsForward reports whether the selected row or the prepared step asks for a key: a head of rows to be opened, TLS to
// be seen field by field, where the view is away a finding to be read with who has to put it right, another try after one
// that failed, and what a message is made of.
func (w *explorer) bringsForward(in intent) bool {
	switch in.show {
	case "space":
		return w.onFold()
	case "f":
		return w.hasRow() && (w.selected().TLSMessage != nil || w.selected().TLS != nil) && !w.onFold()
	case "z":
		return w.summing() || w.hasVerdict() && w.failed()
	case "esc":
		return w.summing() || w.replay != nil || w.filtered() || w.finished()
	case "v":
		if w.summing() {
			return false
		}
		_, ok := w.remedied()
		return ok && w.reader.compact && !w.zoomed
	case "a":
		return true
	case "R":
		return w.finished() && w.live != nil
	case "o":
		return w.canAnswer() || w.hasExercise() && (w.finished() || w.made.Solved || w.summing() && w.verdict.Finding != "")
	case "h":
		return w.finished() && (w.live != nil || !w.canGoUp())
	case "←", "n", "b":
		return w.replay != nil && !w.playing()
	case "f5":
		return w.finished() || w.replay != nil && !w.playing()
	case "e", "ctrl-x":
		return w.canChangeNote()
	case ".":
		return w.playing() || w.replay != nil
	case "+":
		return w.playing()
	case "m":
		return w.prepared(record.VerbMail, record.VerbRcpt, record.VerbData)
	}
	return false
}

// prepared reports whether the step to be taken next is one of these.
func (w *explorer) prepared(verbs ...record.Verb) bool {
	o, ok := w.option()
	return ok && w.canSend() && slices.Contains(verbs, o.Step.Verb)
}

// inContext says what a key does to the row that is selected.
func (w *explorer) inContext(h key.Help) key.Help {
	f, remedied := w.remedied()
	switch {
	case h.Key == "1" && w.advising():
		h = key.Help{Key: digits(len(w.applicable())), Desc: "try"}
	case h.Key == "enter" && w.canEnter() && w.owes():
		h.Desc = "log in"
	case h.Key == "z" && w.leftOut > 0:
		h.Desc = fmt.Sprintf("%d more", w.leftOut)
	case h.Key == "i":
		h.Desc = "cards"
	case h.Key == "f5":
		h.Desc = "present"
	case h.Key == "o":
		h.Desc = w.assigned()
	case h.Key == "h" && w.canFinish():
		h.Desc = doneHere
	case h.Key == "←" && !w.finished():
		h = key.Help{Key: "←→", Desc: "move"}
	case h.Key == "←":
		h.Desc = "back"
	case h.Key == "space" && w.canFold() && w.pane.Open(w.pane.Sel):
		h.Desc = "fold"
	case h.Key == "space":
		h.Desc = "open"
	case h.Key != "v" || !remedied || !w.reader.compact || w.zoomed:
	case strings.HasPrefix(string(f.Code), "cert-") && whoMends(f) != record.WhoUnknown:
		h.Desc = "who must fix it"
	default:
		h.Desc = "what to do"
	}
	return h
}

// whoMends is who has to put a finding right.
func whoMends(f *record.Finding) record.Who {
	row, _ := f.Code.Row()
	return cmp.Or(f.Who, row.Who, record.WhoUnknown)
}

// separator is how many cells there are between two keys.
const separator = 3

// showAll is what takes a filter off: what it hides may be what is looked for.
const showAll = "show all"

// hintLine names as many keys as fit, in their order.
func hintLine(hints []key.Help, width int) paint.Line { return hinted(fittingHints(hints, width)) }

// fittingHints are as many keys as fit, the first ones first, and always what leads on, to an explanation, to the search, to help, to all rows, the
// way back to a lesson, and the last: the way out. Where these do not fit, all are said in fewer words; then the view is left out, if all of a verdict
// can be read, and what the row or the step asks for or the key that quits, which the help has.
func fittingHints(hints []key.Help, width int) []key.Help {
	hints = searching(hints, width)
	if cellsOfHints(hints) <= width {
		return hints
	}
	short := abridged(hints)
	leads := slices.Clone(short)
	for i, h := range hints {
		if h.Key == "enter" || leadsBack(h) {
			leads[i] = h
		}
	}
	nearest, farther := askedKeys, askedKeys
	if len(hints) > 0 && hints[0].Desc == endsIt { // what that is has to be said whole
		nearest, farther = []string{"space", "m", "esc"}, []string{"space", "m", "esc", "v"}
	}
	var out []key.Help
	for _, way := range []struct {
		said []key.Help
		less []string
	}{{leads, nil}, {leads, askedKeys}, {leads, nearest}, {leads, farther}, {short, nil}, {short, []string{"v"}}, {short, askedKeys}, {short, []string{"q"}}, {short, []string{"v", "q"}}, {short, append(askedKeys, "q")}, {short, append(askedKeys, "q", "esc")}} {
		must := mustStand(hints, way.less)
		if out = withRoom(hints, way.said, must, width); cellsOfHints(out) <= width {
			break
		}
	}
	return out
}

// searching are the same keys, with one word for the search in every line of a width: in a narrow one the short word.
func searching(hints []key.Help, width int) []key.Help {
	const roomy = 90
	out := slices.Clone(hints)
	for i, h := range out {
		if h.Key == "/" && h.Desc == "search" && width < roomy {
			out[i].Desc = "find"
		}
	}
	return out
}

// abridged are the same keys in fewer words, where there are any.
func abridged(hints []key.Help) []key.Help {
	out := slices.Clone(hints)
	for i, h := range out {
		for _, f := range fewer {
			if h.Key == f.key && h.Desc == f.says {
				out[i] = f.short
			}
		}
	}
	return out
}

// endsIt is what enter does where a session is to be ended.
const endsIt = "end the session"

// fewer are keys that are said in fewer words where all of them do not fit.
var fewer = [...]struct {
	key, says string
	short     key.Help
}{
	{"enter", endsIt, key.Help{Key: "enter", Desc: "end it"}},
	{"enter", "send QUIT", key.Help{Key: "enter", Desc: "QUIT"}},
	{"enter", "continue", key.Help{Key: "enter", Desc: "go on"}},
	{"tab", "other choices", key.Help{Key: "tab", Desc: "choices"}},
	{"tab", "next field", key.Help{Key: "tab", Desc: "next"}},
	{"tab", "other rows", key.Help{Key: "tab", Desc: "rows"}},
	{"tab", "to the bytes", key.Help{Key: "tab", Desc: "bytes"}},
	{"tab", "to the fields", key.Help{Key: "tab", Desc: "fields"}},
	{"← →", "other step", key.Help{Key: "←→", Desc: "step"}},
	{"tab", "other step", key.Help{Key: "tab", Desc: "step"}},
	{"f", "fields by byte", key.Help{Key: "f", Desc: "fields"}},
	{"esc", showAll, key.Help{Key: "esc", Desc: "all"}},
	{"esc", "back to the proposal", key.Help{Key: "esc", Desc: "proposal"}},
	{"b", "go live from here", key.Help{Key: "b", Desc: "go live"}},
	{"h", toLesson, key.Help{Key: "h", Desc: "lesson"}},
	{"esc", toLesson, key.Help{Key: "esc", Desc: "lesson"}},
	{"h", doneHere, key.Help{Key: "h", Desc: "lesson"}},
}

// toLesson is what a key does that leads back to the lesson which has opened a session.
const toLesson = "the lesson"

// doneHere is what it does once that session has shown what the lesson is about, and toAnswer what leads there where a question comes first.
const (
	doneHere = "done: the lesson"
	toAnswer = "answer"
)

// backToLesson is what enter does at the end of such a session.
const backToLesson = "back to the lesson"

// leadsUp reports whether a key leads back a level, or stops what a page shows. It stands before the key that quits.
func leadsUp(h key.Help) bool { return h.Key == "esc" && (h.Desc == "back" || h.Desc == "stop") }

// leadsBack reports whether a key leads back to the lesson that has opened the session.
func leadsBack(h key.Help) bool { return h.Desc == toLesson || h.Desc == doneHere }

// tries reports whether a key follows an advice.
func tries(h key.Help) bool { return h.Desc == "try" }

// hasKey reports whether a key is among those that are named.
func hasKey(hints []key.Help, name string) bool {
	return slices.ContainsFunc(hints, func(h key.Help) bool { return h.Key == name })
}

// mustKeys are what leads on, what explains, and what finds; askedKeys what a selected row or a prepared step in a session asks for.
var (
	mustKeys  = []string{"enter", "v", "z", "/", "?", "f1"}
	askedKeys = []string{"space", "m"}
)

// mustStand says which keys are named in any case, but for those that may be left out.
func mustStand(hints []key.Help, less []string) []bool {
	back := slices.IndexFunc(hints, leadsBack)
	if first := slices.IndexFunc(hints, func(h key.Help) bool { return h.Key == "o" && h.Desc == toAnswer }); back >= 0 && first >= 0 {
		back = first
	}
	if slices.ContainsFunc(hints, func(h key.Help) bool { return h.Desc == showAll || h.Desc == backToLesson }) {
		back = -1 // that comes first, or says it
	}
	out := make([]bool, len(hints))
	session := hasKey(hints, "q") && hasKey(hints, "v")
	for i, h := range hints {
		wayOut := i == len(hints)-1
		asked := slices.Contains(mustKeys, h.Key) || session && (h.Key == "esc" && !leadsBack(h) || slices.Contains(askedKeys, h.Key))
		if slices.Contains(less, h.Key) && (h.Key != "v" || hasKey(hints, "z")) {
			wayOut, asked = false, false
		}
		out[i] = wayOut || asked || i == back || leadsUp(h) || tries(h) || h.Desc == showAll
	}
	return out
}

// withRoom are the keys that must stand, and as many of the others as there is room for: in few words first, and in all of them where there still is.
func withRoom(hints, short []key.Help, must []bool, width int) (out []key.Help) {
	room := width - 1 + separator
	stands := make([]bool, len(hints))
	for _, first := range []bool{true, false} {
		for i, h := range short {
			if need := hintCells(h) + separator; must[i] == first && (first || need <= room) {
				stands[i], room = true, room-need
			}
		}
	}
	said := slices.Clone(short)
	for _, first := range []bool{true, false} {
		for i, h := range hints {
			if more := hintCells(h) - hintCells(said[i]); stands[i] && must[i] == first && more <= room {
				said[i], room = h, room-more
			}
		}
	}
	for i, h := range said {
		if stands[i] {
			out = append(out, h)
		}
	}
	return out
}

// hinted are keys in a line.
func hinted(hints []key.Help) paint.Line {
	out := append(make(paint.Line, 0, 4*len(hints)+1), paint.Of(paint.Plain, " "))
	for i, h := range hints {
		if i > 0 {
			out = append(out, paint.Of(paint.Dim, " · "))
		}
		out = append(out, paint.Of(paint.Accent, h.Key), paint.Of(paint.Dim, " "+h.Desc))
	}
	return out
}

// cellsOfHints is how many cells they take.
func cellsOfHints(hints []key.Help) int {
	n := 1 + separator*max(len(hints)-1, 0)
	for _, h := range hints {
		n += hintCells(h)
	}
	return n
}

// hintCells is how many cells one takes.
func hintCells(h key.Help) int { return paint.Width(h.Key) + 1 + paint.Width(h.Desc) }

// hintPlaces are the keys of the line at the bottom, in the order in which they stand there: from step to step a key keeps its place among the
// others, and only what cannot be done falls out. Keys that are not here stand before the last three.
var hintPlaces = []string{"enter", "1", "a", "w", "space", "f", "m", "e", "ctrl-x", "esc", "tab", "z", "R", "b", "f5", "←", ".", "+", "-", "end", "h", "o", "v", "i", "?", "/", "up", "q"}

// placed puts keys where they stand in any line.
func placed(hints []key.Help) []key.Help {
	place := func(h key.Help) int {
		name := h.Key
		switch {
		case h.Desc == "try":
			name = "1"
		case h.Key == "←→":
			name = "←"
		case leadsUp(h):
			name = "up"
		}
		if n := slices.Index(hintPlaces, name); n >= 0 {
			return n
		}
		return slices.Index(hintPlaces, "?")
	}
	slices.SortStableFunc(hints, func(a, b key.Help) int { return place(a) - place(b) })
	return hints
}
