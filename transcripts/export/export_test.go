package export

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	mdtext "github.com/yuin/goldmark/text"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// sessionOf is the session of a log.
func sessionOf(log record.Source) *Session {
	s := &Session{Events: eventsOf(log, "")}
	for e := range s.Events {
		if e.End != nil {
			s.Verdict = e.End
		}
	}
	s.place(eventsOf(log, record.KindNote))
	return s
}

// eventsOf are the events of a log, of one kind if one is given.
func eventsOf(log record.Source, kind record.Kind) iter.Seq[*record.Event] {
	return func(yield func(*record.Event) bool) {
		for i := range log.Len() {
			if e := log.At(i); (kind == "" || e.Kind == kind) && !yield(e) {
				return
			}
		}
	}
}

// formats are those that need nothing but the session.
var formats = map[string]func(io.Writer, *Session) error{
	"text":     func(w io.Writer, s *Session) error { return (&Text{Depth: Full}).Write(w, s) },
	"markdown": Markdown,
	"json":     JSON,
	"html":     HTML,
}

func exported(t testing.TB, name string, s *Session) string {
	t.Helper()
	var out bytes.Buffer
	if err := formats[name](&out, s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.String()
}

func TestMarkdown(t *testing.T) {
	got := exported(t, "markdown", sessionOf(stable(wholeSession(t), Full)))
	golden(t, "session.md", got)
	checkMarkdown(t, got)
	if strings.Contains(got, "hunter2") {
		t.Error("the password is shown")
	}
}

func TestJSON(t *testing.T) {
	got := exported(t, "json", sessionOf(wholeSession(t)))
	golden(t, "session.json", got)
	checkJSON(t, got)
}

// A note stands with the event that it is about; one on a note with that one's; one on nothing where it is.
func TestNotesStandWithTheirEvents(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{}})
	log.Append(record.Event{Kind: record.KindReveal, Reveal: &record.Reveal{}})
	log.Append(record.Event{Kind: record.KindReveal, Reveal: &record.Reveal{On: true}})
	log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 2, Text: "on the second"}})
	log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 4, Text: "an answer"}})
	log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 99, Text: "on nothing"}})
	var order []int
	for e := range sessionOf(log).told() {
		order = append(order, e.Seq)
	}
	if want := []int{1, 2, 4, 5, 3, 6}; !reflect.DeepEqual(order, want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
}

// A log without an end is told with the verdict of what is there, and says what is missing.
func TestCutOff(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{}})
	s := sessionOf(log)
	s.Verdict = &record.Verdict{Phase: "mail", Outcome: record.OutcomeStopped, Cause: "The log was cut off."}
	s.Incomplete = "The transcript is damaged at line 2."
	for name := range formats {
		got := exported(t, name, s)
		if strings.Count(got, "The log was cut off.") != 1 || !strings.Contains(got, "damaged at line 2.") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// A write that fails ends the export with its error.
func TestWritingFails(t *testing.T) {
	for name, format := range formats {
		if err := format(broken{}, sessionOf(wholeSession(t))); err != io.ErrClosedPipe {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// hostileTexts are tries to become more than text, in each format.
var hostileTexts = []string{"", " ", "S", "\r\n", hostile, "\n```\n# heading\n", "\r\n</summary></details><script>document.title='ran'</script>", "![x](http://evil.test/p.png)", "<img src=x onerror=document.title='ran'>",
	"[x](javascript:document.title='ran')", "*a* _b_ ~~c~~ **d**", "http://evil.test www.evil.test a@evil.test", "@everyone #1 GH-1", "| a | b |\n|---|---|", "1. a", "- a", "+ a", "===", "---", "> a", "    a",
	"<!-- ", "&lt;script&gt;", "]]>", "`", "``", "``` a", "~~~", "\\", "a\\", "<http://evil.test>", "\" onmouseover=\"document.title='ran'", "' onmouseover='document.title='ran'", "<svg onload=document.title='ran'>", "</title><script>", "</style><script>",
	"\x1b]8;;http://evil.test\x1b\\x\x1b]8;;\x1b\\", "[ ] a", ":smile:", "$x$", "{{7*7}}", "%s%n", "javascript:document.title='ran'", "data:text/html,x"}

func TestHostileExports(t *testing.T) {
	t.Parallel()
	for _, text := range hostileTexts {
		checkExports(t, text)
	}
}

func FuzzExports(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkExports(t, text) })
}

// checks are what holds of each format whatever a session says.
var checks = map[string]func(testing.TB, string){"text": func(testing.TB, string) {}, "markdown": checkMarkdown, "json": checkJSON, "html": checkHTML}

// checkExports writes a session in which every text is the given one.
func checkExports(t testing.TB, text string) {
	s := sessionOf(filled(text))
	for name := range formats {
		got := exported(t, name, s)
		if i := strings.IndexFunc(got, func(c rune) bool { return c != '\n' && unsafe(c) }); i >= 0 && !strings.ContainsRune(text, utf8.RuneError) {
			t.Errorf("%s of %q has %q", name, text, got[max(0, i-20):min(len(got), i+20)])
		}
		checks[name](t, got)
	}
	if text != "S" { // which is the letter of a side, and a message has the class of its side
		sameTree(t, text, exported(t, "html", s))
	}
}

// filled is a log of each kind of event in which every text is the given one.
func filled(text string) *record.Log {
	log := &record.Log{}
	fields := reflect.TypeFor[record.Event]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.Type.Kind() == reflect.Pointer && name != "explain" {
			e := record.Event{Kind: record.Kind(name), Step: record.Verb(text), T: time.Second}
			fill(reflect.ValueOf(&e).Elem().Field(i), text)
			fill(reflect.ValueOf(&e.Explain).Elem(), text)
			log.Append(e)
		}
	}
	log.Append(record.Event{Kind: record.Kind(text), Step: record.VerbMail})
	return log
}

// fill sets every text below v.
func fill(v reflect.Value, text string) {
	switch {
	case v.Type() == reflect.TypeFor[sasl.Value]():
		v.Set(reflect.ValueOf(sasl.Value{Name: text, Text: text, How: text, Ref: text}))
	case v.Type() == reflect.TypeFor[wire.Separator]():
		v.Set(reflect.ValueOf(wire.Separator('-')))
	case v.Type() == reflect.TypeFor[record.Later[record.Certificate]](), v.Type() == reflect.TypeFor[record.Later[record.Check]](), v.Type() == reflect.TypeFor[record.Later[record.Link]]():
		fill(v.FieldByName("Stored"), text)
	case v.Type() == reflect.TypeFor[record.Decided]():
		var s tlswire.Summary
		fill(reflect.ValueOf(&s).Elem(), text)
		v.Set(reflect.ValueOf(*decided(s)))
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(began))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte(text))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.CanInt():
		v.SetInt(1)
	}
}

// markdownParts are what a Markdown export is made of: anything else is something that a session has put there.
var markdownParts = map[string]bool{"Document": true, "Heading": true, "Paragraph": true, "TextBlock": true, "List": true, "ListItem": true,
	"Text": true, "String": true, "CodeSpan": true, "FencedCodeBlock": true, "HTMLBlock": true, "Emphasis": true}

var folds = regexp.MustCompile(`^(<details>\n<summary>\d+\. ([\w ]+|<code>[^<>\n]*</code>)</summary>\n|</details>\n)$`)

// checkMarkdown reads a document as another program does, with all that GitHub adds to Markdown.
func checkMarkdown(t testing.TB, source string) {
	t.Helper()
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	headings, steps := 0, 0
	err := ast.Walk(parser.Parse(mdtext.NewReader([]byte(source))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch kind := n.Kind().String(); {
		case !entering:
		case !markdownParts[kind]:
			t.Errorf("a %s in\n%s", kind, source)
		case kind == "Heading":
			headings++
		case kind == "FencedCodeBlock":
			steps++
		case kind == "HTMLBlock":
			var html strings.Builder
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				html.Write(line.Value([]byte(source)))
			}
			if !folds.MatchString(html.String()) {
				t.Errorf("HTML %q in\n%s", html.String(), source)
			}
		}
		return ast.WalkContinue, nil
	})
	others := strings.Count(source, "\n## "+logTitle+"\n") + strings.Count(source, "\n## "+pathTitle+"\n")
	if folded := strings.Count(source, "\n<details>\n"); err != nil || headings != 3+others || steps != folded+1+others {
		t.Errorf("%d headings and %d fences, %v in\n%s", headings, steps, err, source)
	}
}

// checkJSON holds a document against the schema, in which then no field is left out that is written.
func checkJSON(t testing.TB, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := strict.Validate(value); err != nil {
		t.Errorf("%v", err)
	}
}

// strict is the schema with no fields but those that it names.
var strict = func() *jsonschema.Schema {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(closed(Schema)))
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", schema); err != nil {
		panic(err)
	}
	return compiler.MustCompile("schema.json")
}()

func closed(schema string) string {
	var value map[string]any
	if err := json.Unmarshal([]byte(schema), &value); err != nil {
		panic(err)
	}
	value["additionalProperties"] = false
	for _, def := range value["$defs"].(map[string]any) {
		if def := def.(map[string]any); def["type"] == "object" {
			def["additionalProperties"] = false
		}
	}
	text, _ := json.Marshal(value)
	return string(text)
}
