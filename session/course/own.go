package course

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/record"
)

// Bounds of a file with scenarios of one's own.
const (
	maxOwn  = 1 << 20 // bytes
	mostOwn = 100     // scenarios
)

// OwnError says what is wrong with a file of scenarios, and where.
type OwnError struct {
	Line, Column int    // counted from 1; 0 where it is the file as a whole
	Text         string // untrusted: it may hold what stands in the file
}

func (e *OwnError) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

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
// honest server. The error is an [*OwnError].
func Read(text []byte) ([]Station, error) {
	if len(text) > maxOwn {
		return nil, &OwnError{Text: fmt.Sprintf("the file has more than %d bytes", maxOwn)}
	}
	var file own
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.DisallowUnknownField(), yaml.CustomUnmarshaler(demand)); err != nil {
		return nil, placed(err)
	}
	switch n := len(file.Scenarios); {
	case n == 0:
		return nil, &OwnError{Text: "the file has no scenarios: a list of that name is missing"}
	case n > mostOwn:
		return nil, &OwnError{Text: fmt.Sprintf("the file has %d scenarios, and %d are the most", n, mostOwn)}
	}
	return stations(text, file.Scenarios)
}

// demand reads what a server demands of a client's certificate.
func demand(to *tls.ClientAuthType, text []byte) error {
	*to = lab.Demand(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	return nil
}

// placed is an error of the YAML reader with its place.
func placed(err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return &OwnError{Text: strings.TrimSpace(err.Error())}
	}
	at := e.GetToken().Position
	return &OwnError{at.Line, at.Column, e.GetMessage()}
}

func stations(text []byte, drafts []draft) (out []Station, err error) {
	for i, d := range drafts {
		sc, err := lab.Own(d.Scenario)
		if err == nil && slices.ContainsFunc(out, func(s Station) bool { return s.Name == sc.Name }) {
			err = &lab.FieldError{Field: "name", Text: "two scenarios are called " + sc.Name}
		}
		e := d.exercise()
		if err == nil {
			err = e.check()
		}
		if err != nil {
			return nil, at(text, i, err)
		}
		out = append(out, Station{sc, e})
	}
	return out, nil
}

// at finds the line of a field that is wrong, or that of the scenario where the field is missing.
func at(text []byte, i int, err error) error {
	field, ok := errors.AsType[*lab.FieldError](err)
	if !ok {
		return &OwnError{Text: err.Error()}
	}
	scenario := fmt.Sprintf("$.scenarios[%d]", i)
	for _, where := range []string{scenario + "." + field.Field, scenario} {
		path, err := yaml.PathString(where)
		if err != nil {
			continue
		}
		if node, err := path.ReadNode(strings.NewReader(string(text))); err == nil && node.GetToken() != nil {
			p := node.GetToken().Position
			return &OwnError{p.Line, p.Column, field.Error()}
		}
	}
	return &OwnError{Text: field.Error()}
}

// exercise is what a draft asks of a person. Where no goal is named a question makes it an answer, and else it is to be walked.
func (d *draft) exercise() *Exercise {
	e := &Exercise{Scenario: d.Name, Level: cmp.Or(d.Level, Beginner), Minutes: d.Minutes, Topics: d.Topics, Hints: d.Hints, Goal: d.Goal, Debrief: d.Debrief, Exam: d.Exam}
	do, given, _ := strings.Cut(d.Do, " ")
	e.Do, e.Given = record.Action(do), given
	if d.Ask != "" || d.Right != "" || len(d.Wrong) > 0 {
		e.Question.Text = d.Ask
		e.Question.Choices = append(e.Question.Choices, choice(d.Right, true))
		for _, w := range d.Wrong {
			e.Question.Choices = append(e.Question.Choices, choice(w, false))
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
func (e *Exercise) check() error {
	switch {
	case e.Level.String() == "":
		return &lab.FieldError{Field: "level", Text: "it is none of beginner, intermediate, advanced"}
	case e.Goal != GoalWalk && e.Goal != GoalDone && e.Goal != GoalAnswer:
		return &lab.FieldError{Field: "goal", Text: fmt.Sprintf("%q is none of walk, done, answer", e.Goal)}
	case e.Question.Text == "" && (e.Goal == GoalAnswer || len(e.Question.Choices) > 0):
		return &lab.FieldError{Field: "ask", Text: "the question is missing"}
	case e.Goal == GoalAnswer && e.Question.Right() == "":
		return &lab.FieldError{Field: "right", Text: "the answer is missing"}
	case e.Goal == GoalAnswer && (len(e.Question.Choices) < 2 || len(e.Question.Choices) > 9):
		return &lab.FieldError{Field: "wrong", Text: "a question takes one to eight wrong answers"}
	case e.Do != "" && solutions[e.Do] == "":
		return &lab.FieldError{Field: "do", Text: fmt.Sprintf("%q is none of %s", e.Do, strings.Join(solving(), ", "))}
	case strings.Contains(solutions[e.Do], "{}") && e.Given == "":
		return &lab.FieldError{Field: "do", Text: fmt.Sprintf("%s takes what has to be given, with a space before it", e.Do)}
	case e.Minutes < 0 || e.Minutes > 60:
		return &lab.FieldError{Field: "minutes", Text: "it is not between 0 and 60"}
	}
	for i, topic := range e.Topics {
		if len(explain.Search([]string{topic})) == 0 {
			return &lab.FieldError{Field: fmt.Sprintf("topics[%d]", i), Text: fmt.Sprintf("nothing explains %q", topic)}
		}
	}
	return nil
}
