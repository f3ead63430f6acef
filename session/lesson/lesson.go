// Package lesson holds lessons: what to read, walk through, solve and answer, one step after the other, in ten minutes at most. A lesson
// is a document in YAML; those that are built in have the form that a trainer writes.
package lesson

import (
	"fmt"
	"path/filepath"
	"strings"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// Lesson is one of them.
type Lesson struct {
	Name       string   `yaml:"name"`       // lowercase letters, digits, hyphens
	Title      string   `yaml:"title"`      // without a full stop
	Path       string   `yaml:"path"`       // the course that it belongs to
	About      string   `yaml:"about"`      // what one can do after it, in a sentence
	Minutes    int      `yaml:"minutes"`    // how long it takes, about
	Objectives []string `yaml:"objectives"` // of an exam: "N10-009 1.4"
	Answers    string   `yaml:"answers"`    // the file with the answers to its questions; empty where they stand here
	Steps      []Step   `yaml:"steps"`

	own    []course.Station // scenarios of a trainer
	folder string           // where its files are
}

// Station is a scenario that the lesson walks or solves. Its exercise is nil where it has none.
func (l *Lesson) Station(scenario string) course.Station {
	for _, s := range l.own {
		if s.Name == scenario {
			return s
		}
	}
	sc, _ := lab.Find(scenario) // that there is one was checked
	return course.Station{Scenario: sc, Exercise: course.Of(scenario)}
}

// Step is a part of a lesson. It is one thing: one of its fields is set, and From and Until beside that of a scenario.
type Step struct {
	Say        string    `yaml:"say"`        // paragraphs, an empty line between them
	Card       string    `yaml:"card"`       // the words that find a card of package explain
	Walk       string    `yaml:"walk"`       // a scenario that is walked to its end
	Predict    string    `yaml:"predict"`    // a scenario that is walked with a question before each step
	Solve      string    `yaml:"solve"`      // a scenario whose goal is to be reached
	From       string    `yaml:"from"`       // of a scenario: the phase to begin at, as --until names it; the steps before are taken at once
	Until      string    `yaml:"until"`      // of a scenario: the phase after which its point is made, and the rest can be left out
	Transcript string    `yaml:"transcript"` // a file to go through, from the folder of the lesson
	Capture    string    `yaml:"capture"`    // the same with what another program recorded
	Question   *Question `yaml:"question"`
	Pause      string    `yaml:"pause"` // what to do meanwhile
}

// Kind is what a step is: the name of its field.
type Kind string

// The kinds of steps.
const (
	Say        Kind = "say"
	Card       Kind = "card"
	Walk       Kind = "walk"
	Predict    Kind = "predict"
	Solve      Kind = "solve"
	Transcript Kind = "transcript"
	Capture    Kind = "capture"
	Ask        Kind = "question"
	Pause      Kind = "pause"
)

// stepKinds are all of them, in the order in which they are documented.
var stepKinds = [...]Kind{Say, Card, Walk, Predict, Solve, Transcript, Capture, Ask, Pause}

// kinds are the names of all fields of a step that are set and say what it is.
func (s *Step) kinds() (set []Kind) {
	for _, f := range []struct {
		kind Kind
		set  bool
	}{
		{Say, s.Say != ""}, {Card, s.Card != ""}, {Walk, s.Walk != ""}, {Predict, s.Predict != ""}, {Solve, s.Solve != ""}, {Transcript, s.Transcript != ""},
		{Capture, s.Capture != ""}, {Ask, s.Question != nil}, {Pause, s.Pause != ""},
	} {
		if f.set {
			set = append(set, f.kind)
		}
	}
	return set
}

// Kind is what the step is.
func (s *Step) Kind() Kind { return s.kinds()[0] }

// toRead reports whether there is nothing to do in it but to read, or to wait.
func (s *Step) toRead() bool {
	k := s.Kind()
	return k == Say || k == Card || k == Pause
}

// Scenario is what is walked or solved; empty for another step.
func (s *Step) Scenario() string { return s.Walk + s.Predict + s.Solve }

// Part is what of the scenario matters.
func (s *Step) Part() walk.Part { return walk.Part{From: phase(s.From), Until: phase(s.Until)} }

// phase is the one of a name, in letters of any size.
func phase(name string) record.Phase { return record.Phase(strings.ToLower(name)) }

// File is what is gone through; empty for another step.
func (s *Step) File() string { return s.Transcript + s.Capture }

// Located is the path of a file that the lesson names.
func (l *Lesson) Located(file string) string { return filepath.Join(l.folder, file) }

// Called says in a few words what the step is.
func (l *Lesson) Called(s *Step) string {
	switch s.Kind() {
	case Walk, Predict, Solve:
		return fmt.Sprintf("%s: %s", s.Kind(), l.Station(s.Scenario()).Title)
	case Card:
		return "card: " + s.Card
	case Transcript, Capture:
		return fmt.Sprintf("%s: %s", s.Kind(), s.File())
	case Ask:
		return "question: " + s.Question.Item().Prompt
	}
	return fmt.Sprintf("%s: %s", s.Kind(), firstSentence(s.Say+s.Pause))
}

// firstSentence is what a text begins with.
func firstSentence(text string) string {
	first, _, _ := strings.Cut(strings.Join(strings.Fields(text), " "), ". ")
	return strings.TrimSuffix(first, ".")
}

// Paragraphs are a text of a lesson in its parts, with an empty line between two.
func Paragraphs(text string) (out []string) {
	begins := true
	for line := range strings.SplitSeq(text, "\n") {
		switch line = strings.TrimSpace(line); {
		case line == "":
			begins = true
		case begins:
			out, begins = append(out, line), false
		default:
			out[len(out)-1] += " " + line
		}
	}
	return out
}
