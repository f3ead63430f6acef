package course

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"ehlo/session/document"
	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/record"
)

// mostOwn is how many scenarios a file may have.
const mostOwn = 100

// own is a file with scenarios of one's own.
type own struct {
	Scenarios []draft `yaml:"scenarios"`
}

// draft is a scenario as it is written, with its exercise.
type draft struct {
	lab.Scenario `yaml:",inline"`
	Level        Level    `yaml:"level"`
	Minutes      int      `yaml:"minutes"`
	Topics       []string `yaml:"topics"`
	Hints        []string `yaml:"hints"`
	Goal         Goal     `yaml:"goal"`
	Do           string   `yaml:"do"`
	Ask          string   `yaml:"ask"`
	Right        string   `yaml:"right"`
	Wrong        []string `yaml:"wrong"`
	Why          []string `yaml:"why"`
	Row          string   `yaml:"row"`
	Debrief      string   `yaml:"debrief"`
	Exam         string   `yaml:"exam"`
}

// UnmarshalText implements [encoding.TextUnmarshaler]; the error is always nil. A name that is none is checked later, where its place
// is known.
func (l *Level) UnmarshalText(text []byte) error {
	*l = -1
	for level := Beginner; level <= Advanced; level++ {
		if string(text) == level.String() {
			*l = level
		}
	}
	return nil
}

// Read reads scenarios that someone has written, in YAML. All that is not understood is an error: a knob that is misspelled would make an
// honest server. The error is [document.Errors].
func Read(text []byte) ([]Station, error) {
	doc, err := document.Parse(text, document.NearIn(Fields(), lab.Near))
	if err != nil {
		return nil, err
	}
	out := stations(doc, drafts(doc))
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// demand reads what a server demands of a client's certificate.
func demand(to *tls.ClientAuthType, text []byte) error {
	*to = lab.Demand(bare(text))
	return nil
}

// wait reads a duration. One that is none is checked later, where its place is known: it is negative.
func wait(to *time.Duration, text []byte) (err error) {
	if *to, err = time.ParseDuration(bare(text)); err != nil {
		*to = -1
	}
	return nil
}

// bare is a value without its quotes.
func bare(text []byte) string { return strings.Trim(strings.TrimSpace(string(text)), `"'`) }

const noScenarios = "the file has no scenarios: the list “scenarios” is missing"

// drafts are the scenarios as far as they are understood.
func drafts(doc *document.Document) []draft {
	if doc.Empty() {
		doc.Amiss(noScenarios)
		return nil
	}
	file := document.Whole[own](doc, "put all scenarios in one list", yaml.CustomUnmarshaler(demand), yaml.CustomUnmarshaler(wait))
	switch n := len(file.Scenarios); {
	case n == 0 && doc.Clean():
		doc.Amiss(noScenarios)
	case n > mostOwn:
		doc.Amiss(fmt.Sprintf("the file has %d scenarios, and at most %d are allowed", n, mostOwn))
		return nil
	}
	return file.Scenarios
}

// stations are the drafts that can be practiced. What is wrong with the others is noted, at the field or at the scenario that it is missing in.
func stations(doc *document.Document, drafts []draft) (out []Station) {
	for i, d := range drafts {
		sc, wrong := lab.Own(d.Scenario)
		if slices.ContainsFunc(out, func(s Station) bool { return s.Name == sc.Name }) {
			wrong = append(wrong, &lab.FieldError{Field: "name", Text: "two scenarios are called " + sc.Name})
		}
		e := d.exercise()
		if n := len(d.Why); n > 0 && n != len(d.Wrong) {
			wrong = append(wrong, &lab.FieldError{Field: "why", Text: "it needs one sentence for each wrong answer, in the same order"})
		}
		scenario := fmt.Sprintf("$.scenarios[%d]", i)
		for _, f := range append(wrong, e.check()...) {
			doc.Amiss(f.Error(), scenario+"."+f.Field, scenario)
		}
		out = append(out, Station{sc, e, func(f *lab.FieldError) *document.Error { return doc.At(f.Error(), scenario+"."+f.Field, scenario) }})
	}
	return out
}

// exercise is what a draft asks of a person. Where no goal is named a question makes it an answer, and else it is to be walked.
func (d *draft) exercise() *Exercise {
	e := &Exercise{Scenario: d.Name, Level: cmp.Or(d.Level, Beginner), Minutes: d.Minutes, Topics: d.Topics, Hints: d.Hints, Goal: d.Goal, Row: d.Row, Debrief: d.Debrief, Exam: d.Exam}
	if e.Row == "" && d.Finding != "" {
		e.Row = string(record.KindFinding) + " " + d.Finding
	}
	do, given, _ := strings.Cut(d.Do, " ")
	e.Do, e.Given = record.Action(do), given
	if d.Ask != "" || d.Right != "" || len(d.Wrong) > 0 {
		e.Question.Text = d.Ask
		e.Question.Choices = append(e.Question.Choices, choice(d.Right, true))
		for i, w := range d.Wrong {
			c := choice(w, false)
			if i < len(d.Why) {
				c.Why = d.Why[i]
			}
			e.Question.Choices = append(e.Question.Choices, c)
		}
		e.Question.shuffle(d.Name)
	}
	switch {
	case e.Goal != "":
	case d.Ask != "":
		e.Goal = GoalAnswer
	case d.Do != "":
		e.Goal = GoalDone
	default:
		e.Goal = GoalWalk
	}
	return e
}

// check says what keeps an exercise from being one.
func (e *Exercise) check() (wrong []*lab.FieldError) {
	amiss := func(is bool, field, format string, args ...any) {
		if is {
			wrong = append(wrong, &lab.FieldError{Field: field, Text: fmt.Sprintf(format, args...)})
		}
	}
	answers := len(e.Question.Choices)
	kind, _, _ := strings.Cut(e.Row, " ")
	asks := e.Goal == GoalAnswer
	amiss(e.Level.String() == "", "level", "it is not one of beginner, intermediate, advanced")
	amiss(e.Goal != GoalWalk && e.Goal != GoalDone && !asks, "goal", "%q is not one of walk, done, answer", e.Goal)
	amiss(e.Question.Text == "" && (asks || answers > 0), "ask", "the question is missing")
	amiss(asks && e.Question.Right() == "", "right", "the answer is missing")
	amiss(asks && (answers < 2 || answers > 9), "wrong", "a question needs one to eight wrong answers")
	amiss(e.Do != "" && e.Question.Text != "", "do", "a scenario is solved by an answer (ask) or by an advice (do): leave one of them out")
	amiss(e.Do == "" && e.Goal == GoalDone, "do", "it is missing: the advice that leads to success, one of %s", strings.Join(solving(), ", "))
	amiss(e.Do != "" && solutions.Get()[e.Do] == "", "do", "%q is not one of %s", e.Do, strings.Join(solving(), ", "))
	amiss(strings.Contains(solutions.Get()[e.Do], "{}") && e.Given == "", "do", "%s needs a value, separated by a space", e.Do)
	amiss(e.Row != "" && !slices.Contains(rowKinds, record.Kind(kind)), "row", "%q is not one of lookup, connect, send, reply, tls-message, finding: send RCPT, reply 451", kind)
	amiss(e.Minutes < 0 || e.Minutes > 60, "minutes", "it is not between 0 and 60")
	for i, topic := range e.Topics {
		amiss(len(explain.Search([]string{topic})) == 0, fmt.Sprintf("topics[%d]", i), "nothing explains %q", topic)
	}
	return wrong
}
