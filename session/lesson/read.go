package lesson

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"ehlo/session/course"
	"ehlo/session/document"
	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/record"
)

// mostSteps bounds a lesson.
const mostSteps = 100

// World is what a lesson may name that is not part of this program.
type World struct {
	// Own are the scenarios of a trainer.
	Own    []course.Station
	Folder string // where the lesson is
	// Find says why a file cannot be gone through; nil if it can.
	Find func(path string) error
	// Answers reads the file with the answers; nothing where there is none: they may have been kept back.
	Answers func(path string) ([]byte, error)
}

// Read reads a lesson that someone has written. All that is not understood is an error, as [document.Errors].
func Read(text []byte, w World) (*Lesson, error) {
	l, doc, err := parse(text)
	if err != nil {
		return nil, err
	}
	l.own, l.folder = w.Own, w.Folder
	l.check(doc, w)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if err := l.answered(w); err != nil {
		return nil, err
	}
	return l, nil
}

// parse reads a lesson without a look at what its fields say.
func parse(text []byte) (*Lesson, *document.Document, error) {
	doc, err := document.Parse(text, document.NearIn(Fields(), lab.Near))
	if err != nil {
		return nil, nil, err
	}
	if doc.Empty() {
		doc.Amiss("the file is empty: a lesson has a name, a title and steps")
		return nil, nil, doc.Err()
	}
	l := document.Whole[Lesson](doc, "a file has one lesson")
	return &l, doc, nil
}

// Fields are those that a lesson can have, and each part of it that has some of its own.
func Fields() []document.Field { return document.FieldsOf("", reflect.TypeFor[Lesson]()) }

// isName reports whether a text is made of words of lowercase letters and digits, with a hyphen between them.
func isName(text string) bool {
	for word := range strings.SplitSeq(text, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// check notes what keeps a lesson from being one.
func (l *Lesson) check(doc *document.Document, w World) {
	amiss := func(is bool, field, format string, args ...any) {
		if is {
			doc.Amiss(field+": "+fmt.Sprintf(format, args...), "$."+field, "$")
		}
	}
	amiss(!isName(l.Name), "name", "it is lowercase letters, digits and hyphens: ours-tls")
	amiss(l.Title == "", "title", "it is missing")
	amiss(l.Minutes < 0 || l.Minutes > 120, "minutes", "it is not between 0 and 120")
	amiss(len(l.Steps) == 0, "steps", "it is missing: a lesson has steps")
	amiss(len(l.Steps) > mostSteps, "steps", "there are %d steps, and at most %d are allowed", len(l.Steps), mostSteps)
	for i := range l.Steps {
		l.Steps[i].check(doc, fmt.Sprintf("$.steps[%d]", i), w)
	}
}

// check notes what keeps a step from being one. where is its place in the document.
func (s *Step) check(doc *document.Document, where string, w World) {
	set := s.kinds()
	if len(set) != 1 {
		doc.Amiss(notOneStep(doc, where, set), where)
		return
	}
	s.checkPart(doc, where)
	field := where + "." + string(set[0])
	amiss := func(text string) {
		if text != "" {
			doc.Amiss(string(set[0])+": "+text, field, where)
		}
	}
	switch set[0] {
	case Card:
		amiss(unexplained(s.Card))
	case Walk, Predict, Solve:
		amiss(w.unknown(s.Scenario(), set[0] == Solve))
	case Transcript, Capture:
		amiss(w.missing(s.File()))
	case Ask:
		s.Question.check(func(is bool, at, format string, args ...any) {
			if is {
				doc.Amiss(strings.TrimPrefix(at+": ", ": ")+fmt.Sprintf(format, args...), strings.TrimSuffix(field+"."+at, "."), field, where)
			}
		})
	}
}

// checkPart notes what is wrong with where a scenario begins, and where its point is made.
func (s *Step) checkPart(doc *document.Document, where string) {
	for _, end := range []struct{ field, name string }{{"from", s.From}, {"until", s.Until}} {
		amiss := func(format string, args ...any) {
			doc.Amiss(end.field+": "+fmt.Sprintf(format, args...), where+"."+end.field, where)
		}
		_, known := record.ParsePhase(string(phase(end.name)))
		switch {
		case end.name == "":
		case s.Scenario() == "":
			amiss("it is for walk, predict and solve")
		case !known:
			amiss("%q is not one of %s", end.name, strings.Join(record.Phases(), ", "))
		}
	}
	if p := s.Part(); p.Until.Before(p.From) && p.From != record.PhaseHandshake { // which comes first where TLS does
		doc.Amiss(fmt.Sprintf("until: %s comes before %s, where it begins", p.Until, p.From), where+".until", where)
	}
}

// notOneStep says what is wrong with a step that is none, or more than one.
func notOneStep(doc *document.Document, where string, set []Kind) string {
	if len(set) > 1 {
		return fmt.Sprintf("a step is one thing: make two steps of %s and %s", set[0], set[1])
	}
	for _, k := range stepKinds {
		if doc.Has(where + "." + string(k)) {
			return string(k) + ": it is empty"
		}
	}
	return "a step is one of say, card, walk, predict, solve, transcript, capture, question, pause"
}

// Entry is the card that words find; ok is false where there is none.
func Entry(words string) (e explain.Entry, ok bool) {
	found := explain.Lookup(strings.Fields(words)).Entries
	if len(found) == 0 {
		return e, false
	}
	return found[0], true
}

func unexplained(words string) string {
	if _, ok := Entry(words); ok {
		return ""
	}
	text := fmt.Sprintf("no card explains %q", words)
	if near := explain.Suggest(strings.Fields(words)); len(near) > 0 {
		text += "; did you mean " + near[0] + "?"
	}
	return text
}

// unknown says why a scenario cannot be opened, or has nothing to solve.
func (w World) unknown(scenario string, goal bool) string {
	if slices.ContainsFunc(w.Own, func(s course.Station) bool { return s.Name == scenario }) {
		return ""
	}
	if _, err := lab.Find(scenario); err != nil {
		return err.Error()
	}
	if goal && course.Of(scenario) == nil {
		return scenario + " has nothing to solve: walk it"
	}
	return ""
}

func (w World) missing(path string) string {
	switch {
	case !filepath.IsLocal(path):
		return "name a file in the folder of the lesson, or below it"
	case w.Find == nil:
		return ""
	}
	if err := w.Find(filepath.Join(w.Folder, path)); err != nil {
		return err.Error()
	}
	return ""
}
