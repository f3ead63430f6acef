package course

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

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

// OwnErrors are all that is wrong with a file of scenarios, in the order of their places.
type OwnErrors []*OwnError

// Error is the first, and how many more there are.
func (e OwnErrors) Error() string {
	if len(e) == 1 {
		return e[0].Error()
	}
	return fmt.Sprintf("%s; and %d more", e[0].Error(), len(e)-1)
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
// honest server. The error is [OwnErrors].
func Read(text []byte) ([]Station, error) {
	if len(text) > maxOwn {
		return nil, OwnErrors{{Text: fmt.Sprintf("the file has more than %d bytes", maxOwn)}}
	}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, OwnErrors{placed(err)}
	}
	r := &reading{file: parsed, left: map[string]bool{}}
	out := r.stations(r.drafts())
	if len(r.wrong) == 0 {
		return out, nil
	}
	slices.SortStableFunc(r.wrong, func(a, b *OwnError) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return nil, r.wrong
}

// reading collects what is wrong with a file of scenarios.
type reading struct {
	file  *ast.File
	left  map[string]bool // the paths of what was not understood, and was left out
	wrong OwnErrors
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

// placed is an error of the YAML reader with its place.
func placed(err error) *OwnError {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return &OwnError{Text: strings.TrimSpace(err.Error())}
	}
	at, text := e.GetToken().Position, e.GetMessage()
	if mixed, ok := errors.AsType[*yaml.TypeError](err); ok {
		text = fmt.Sprintf("want %s, not %s", shape(mixed.DstType), shape(mixed.SrcType))
	}
	if mixed, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		text = fmt.Sprintf("want %s, not %s", nodeShape(mixed.Expected), nodeShape(mixed.Actual))
	}
	if name, ok := strings.CutPrefix(text, "unknown field "); ok {
		if near := nearField(strings.Trim(name, `"`)); near != "" {
			text += "; did you mean " + near + "?"
		}
	}
	return &OwnError{at.Line, at.Column, text}
}

// shape is what a value of YAML is, in words.
func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "fields with values"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	}
	return "a number"
}

// nodeShape is the same of a node.
func nodeShape(t ast.NodeType) string {
	switch t {
	case ast.SequenceType:
		return "a list"
	case ast.MappingType, ast.MappingValueType:
		return "fields with values"
	case ast.BoolType:
		return "true or false"
	case ast.IntegerType, ast.FloatType:
		return "a number"
	}
	return "a text"
}

// mostFaults bounds how much of what is not understood is listed.
const mostFaults = 200

// drafts are the scenarios as far as they are understood: what is not is noted and left out, and the rest is read again.
func (r *reading) drafts() []draft {
	docs := r.file.Docs
	if len(docs) == 0 || docs[0].Body == nil {
		r.wrong = append(r.wrong, &OwnError{Text: "the file has no scenarios: the list “scenarios” is missing"})
		return nil
	}
	if len(docs) > 1 {
		at := docs[1].GetToken().Position
		r.wrong = append(r.wrong, &OwnError{at.Line, at.Column, "a second document begins here: put all scenarios in one list"})
	}
	var file own
	for range mostFaults {
		file = own{}
		err := yaml.NodeToValue(docs[0].Body, &file, yaml.DisallowUnknownField(), yaml.CustomUnmarshaler(demand), yaml.CustomUnmarshaler(wait))
		if err == nil {
			break
		}
		e := placed(err)
		r.wrong = append(r.wrong, e)
		if !r.leaveOut(docs[0].Body, e) {
			return nil
		}
	}
	switch n := len(file.Scenarios); {
	case n == 0 && len(r.wrong) == 0:
		r.wrong = append(r.wrong, &OwnError{Text: "the file has no scenarios: the list “scenarios” is missing"})
	case n > mostOwn:
		r.wrong = append(r.wrong, &OwnError{Text: fmt.Sprintf("the file has %d scenarios, and at most %d are allowed", n, mostOwn)})
		return nil
	}
	return file.Scenarios
}

// leaveOut takes the innermost field with the place of a fault out of the document. An element of a list stays: the places of those after
// it are known by their numbers.
func (r *reading) leaveOut(body ast.Node, e *OwnError) bool {
	f := &fieldFinder{line: e.Line, column: e.Column}
	ast.Walk(f, body)
	if f.in == nil {
		return false
	}
	r.left[f.field.GetPath()] = true
	f.in.Values = slices.DeleteFunc(f.in.Values, func(v *ast.MappingValueNode) bool { return v == f.field })
	return true
}

// fieldFinder finds the innermost field of a mapping that holds a place.
type fieldFinder struct {
	line, column int
	in           *ast.MappingNode
	field        *ast.MappingValueNode
}

// Visit implements [ast.Visitor].
func (f *fieldFinder) Visit(n ast.Node) ast.Visitor {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return f
	}
	for _, v := range m.Values {
		if f.holds(v) {
			f.in, f.field = m, v
		}
	}
	return f
}

// holds reports whether a field, its name included, has a token at the place.
func (f *fieldFinder) holds(n ast.Node) bool {
	t := &tokenFinder{line: f.line, column: f.column}
	ast.Walk(t, n)
	return t.found
}

// tokenFinder looks for the token at a place.
type tokenFinder struct {
	line, column int
	found        bool
}

// Visit implements [ast.Visitor].
func (t *tokenFinder) Visit(n ast.Node) ast.Visitor {
	if tk := n.GetToken(); tk != nil && tk.Position != nil && tk.Position.Line == t.line && tk.Position.Column == t.column {
		t.found = true
	}
	return t
}

// stations are the drafts that can be practiced. What is wrong with the others is noted.
func (r *reading) stations(drafts []draft) (out []Station) {
	for i, d := range drafts {
		sc, wrong := lab.Own(d.Scenario)
		if slices.ContainsFunc(out, func(s Station) bool { return s.Name == sc.Name }) {
			wrong = append(wrong, &lab.FieldError{Field: "name", Text: "two scenarios are called " + sc.Name})
		}
		e := d.exercise()
		if n := len(d.Why); n > 0 && n != len(d.Wrong) {
			wrong = append(wrong, &lab.FieldError{Field: "why", Text: "it needs one sentence for each wrong answer, in the same order"})
		}
		for _, f := range append(wrong, e.check()...) {
			r.amiss(i, f)
		}
		out = append(out, Station{sc, e, func(f *lab.FieldError) *OwnError { return r.placed(i, f) }})
	}
	return out
}

// amiss notes what is wrong with a field of a scenario, at its line, or at that of what it is missing in. Nothing is said of a field that
// was not understood: that is noted already.
func (r *reading) amiss(i int, f *lab.FieldError) {
	field := fmt.Sprintf("$.scenarios[%d].%s", i, f.Field)
	for path := range r.left {
		if path == field || strings.HasPrefix(field, path+".") || strings.HasPrefix(field, path+"[") || strings.HasPrefix(path, field+".") || strings.HasPrefix(path, field+"[") {
			return
		}
	}
	r.wrong = append(r.wrong, r.placed(i, f))
}

// placed is what is wrong with a field of a scenario, at its place, or at that of the scenario.
func (r *reading) placed(i int, f *lab.FieldError) *OwnError {
	scenario := fmt.Sprintf("$.scenarios[%d]", i)
	return r.at(f, scenario+"."+f.Field, scenario)
}

// at is a fault at the first of some paths that there is in the file.
func (r *reading) at(f *lab.FieldError, paths ...string) *OwnError {
	for _, where := range paths {
		path, err := yaml.PathString(where)
		if err != nil {
			continue
		}
		if node, err := path.FilterFile(r.file); err == nil && node.GetToken() != nil {
			p := node.GetToken().Position
			return &OwnError{p.Line, p.Column, f.Error()}
		}
	}
	return &OwnError{Text: f.Error()}
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
	amiss(e.Do != "" && solutions[e.Do] == "", "do", "%q is not one of %s", e.Do, strings.Join(solving(), ", "))
	amiss(strings.Contains(solutions[e.Do], "{}") && e.Given == "", "do", "%s needs a value, separated by a space", e.Do)
	amiss(e.Row != "" && !slices.Contains(rowKinds, record.Kind(kind)), "row", "%q is not one of lookup, connect, send, reply, tls-message, finding: send RCPT, reply 451", kind)
	amiss(e.Minutes < 0 || e.Minutes > 60, "minutes", "it is not between 0 and 60")
	for i, topic := range e.Topics {
		amiss(len(explain.Search([]string{topic})) == 0, fmt.Sprintf("topics[%d]", i), "nothing explains %q", topic)
	}
	return wrong
}
