package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/lesson"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// spot is what the search on the home screen can open beside cards: a saved target, a scenario or a lesson.
type spot struct {
	kind  spotKind
	name  string
	more  string
	text  string // what it is found by
	about string
	does  string // what enter does, where the kind does not say it
	do    func() tea.Cmd
}

// spotKind says what a spot is, in words.
type spotKind string

// The kinds of spots.
const (
	spotTarget   spotKind = "saved target"
	spotScenario spotKind = "scenario"
	spotLesson   spotKind = "lesson"
	spotDeed     spotKind = "what ehlo does"
)

// verb is what enter does to it.
func (s spot) verb() string {
	switch s.kind {
	case spotTarget:
		return "connect"
	case spotScenario:
		return "practice it"
	case spotDeed:
		return s.does
	}
	return "take the lesson"
}

// row is the spot in a line.
func (s spot) row(ink paint.Ink, width int) paint.Line {
	line := ink.Line(s.name)
	if s.more != "" {
		line = line.And(paint.Dim, "  "+s.more)
	}
	return ofKind(line, string(s.kind), width)
}

// spots are all that can be opened, what is a person's own first.
func (h *home) spots() (out []spot) {
	out = targetSpots(h.app.Targets, toSaved)
	for _, s := range h.situations {
		out = append(out, spot{kind: spotScenario, name: s.Title, more: s.Name, text: s.words(), about: s.Story, do: func() tea.Cmd { return toPractice(s) }})
	}
	for _, l := range lesson.All() {
		out = append(out, spot{kind: spotLesson, name: l.Title, more: l.Path, text: words.List(" ", l.Title, l.Name, l.About), about: l.About, do: func() tea.Cmd { return h.toLesson(l) }})
	}
	return append(out, h.deeds()...)
}

// targetSpots are the saved targets.
func targetSpots(targets Targets, open func(Saved) tea.Cmd) (out []spot) {
	if targets == nil {
		return nil
	}
	list, _ := targets.List() // where it cannot be read is said in its own list
	for _, s := range list {
		out = append(out, spot{kind: spotTarget, name: s.Name, more: s.Server, text: words.List(" ", s.Name, s.Server, s.User), about: strings.Join(s.about(), "\n"),
			do: func() tea.Cmd { return open(s) }})
	}
	return out
}

// spots are what can be opened from a session: a saved target in its place, and what the program can do.
func (w *explorer) spots() (out []spot) {
	if w.canConnect() {
		out = targetSpots(w.env.targets, func(s Saved) tea.Cmd {
			var r Request
			r.Target = "@" + s.Name
			return w.toAnother(r)
		})
	}
	return append(out, w.deeds()...)
}

// toLesson asks for a lesson, from where it was left.
func (h *home) toLesson(l *lesson.Lesson) tea.Cmd {
	kept := h.kept // now: another state may come while the lesson is made
	return func() tea.Msg { return lessonMsg{lesson.Begin(l, kept.Lessons[l.Name].Step, kept)} }
}

// fitting are the spots that hold every word, as many as are listed.
func fitting(all []spot, line string) (out []spot) {
	for _, p := range all {
		if len(out) < mostFound && p.fits(line) {
			out = append(out, p)
		}
	}
	return out
}

// fits reports whether a spot is found by the words of a line. Of what the program does words begin with them: they are few, and are found beside
// much else.
func (s spot) fits(line string) bool {
	if s.kind != spotDeed {
		return holdsWords(s.text, line)
	}
	for word := range strings.FieldsSeq(strings.ToLower(line)) {
		if !strings.Contains(" "+strings.ToLower(s.text), " "+word) {
			return false
		}
	}
	return true
}

// spotsHeading says what was found, and how much of each kind.
func spotsHeading(fit []spot) string {
	counts := map[spotKind]int{}
	for _, p := range fit {
		counts[p.kind]++
	}
	told := ""
	for _, kind := range []spotKind{spotTarget, spotScenario, spotLesson} {
		if counts[kind] > 0 {
			told = words.List(", ", told, dialogue.Number(counts[kind], string(kind)))
		}
	}
	if n := counts[spotDeed]; n > 0 {
		told = words.List(", ", told, dialogue.Count(n)+" to do")
	}
	if told == "" {
		told = "nothing"
	}
	return "to open · " + told
}
