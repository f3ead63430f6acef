package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// The schema is what the specification of transcripts says, in the words of JSON Schema; -update writes it.
func TestSchemaIsTheSpecification(t *testing.T) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(schemaOf(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.json", text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text.String() != Schema {
		t.Error("schema.json is not what the specification says; -update writes it")
	}
}

func schemaOf(t *testing.T) object {
	sections := specified(t)
	defs := object{}
	for _, s := range sections {
		defs = append(defs, member{s.name, s.schema(sections)})
	}
	defs = append(defs, member{"raw", object{{"description", "bytes as they crossed the wire: text where they are valid UTF-8"},
		{"anyOf", []object{{{"type", "string"}}, {{"type", "object"}, {"properties", object{{"base64", object{{"type", "string"}, {"contentEncoding", "base64"}}}}}, {"required", []string{"base64"}}}}}}},
		member{"field", field})
	return object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "ehlo-session/1"},
		{"description", "An SMTP session as one document. The events are those of the transcript format, which transcripts/doc.go specifies. Fields may be added; a reader ignores those that it does not know."},
		{"type", "object"},
		{"properties", object{{"format", object{{"const", "ehlo-session/1"}}},
			{"incomplete", described("string", "why there is not all of the session; absent where there is")},
			{"verdict", object{{"description", "what the session came to; absent while it runs"}, {"$ref", "#/$defs/end"}}},
			{"events", object{{"type", "array"}, {"items", object{{"$ref", "#/$defs/Event"}}}}}}},
		{"required", []string{"format", "events"}}, {"$defs", defs}}
}

func described(kind, text string) object { return object{{"type", kind}, {"description", text}} }

// field is a field of a TLS message, which a transcript does not have.
var field = object{{"type", "object"}, {"properties", object{
	{"name", described("string", "as in the defining document")}, {"off", described("integer", "where it begins in raw, in bytes")}, {"len", described("integer", "bytes")},
	{"value", object{{"type", "string"}}}, {"meaning", object{{"type", "string"}}}, {"ref", described("string", "the source; that of the field around it where it is absent")},
	{"bad", described("string", "why it could not be parsed")}, {"children", object{{"type", "array"}, {"items", object{{"$ref", "#/$defs/field"}}}}}}},
	{"required", []string{"name", "off", "len"}}}

// section is a table of the specification.
type section struct {
	name string
	rows [][3]string // name, type, description
}

var row = regexp.MustCompile(`^//\t([a-z0-9-]+) +(string|number|bool|duration|time|raw|bytes|list|object)\b *(.*)$`)

// specified reads the tables of transcripts/doc.go.
func specified(t *testing.T) (list []*section) {
	text, err := os.ReadFile("../doc.go")
	if err != nil {
		t.Fatal(err)
	}
	current := &section{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		heading, isHeading := strings.CutPrefix(line, "// # ")
		m := row.FindStringSubmatch(line)
		switch more := strings.TrimPrefix(line, "//\t "); {
		case isHeading:
			current = &section{name: heading}
		case m != nil:
			if len(current.rows) == 0 {
				list = append(list, current)
			}
			current.rows = append(current.rows, [3]string{m[1], m[2], m[3]})
		case more != line && len(current.rows) > 0:
			last := &current.rows[len(current.rows)-1]
			last[2] += " " + strings.TrimSpace(more)
		}
	}
	return list
}

func (s *section) schema(all []*section) object {
	properties := object{}
	for _, r := range s.rows {
		properties = append(properties, member{r[0], typeOf(r[1], r[2], all)})
	}
	switch s.name {
	case "start":
		properties = append(properties, properties.of("plan", all)...)
	case "Event":
		properties = append(properties, member{"fields", object{{"description", "of a tls-message: what its raw bytes are"},
			{"type", "array"}, {"items", object{{"$ref", "#/$defs/field"}}}}})
	}
	o := object{{"type", "object"}, {"properties", properties}}
	if s.name == "Event" {
		return append(o, member{"required", []string{"seq", "t", "kind"}}, member{"allOf", s.payloads()})
	}
	return o
}

// of are the properties of a section whose fields stand in another.
func (object) of(name string, all []*section) object {
	for _, s := range all {
		if s.name == name {
			return s.schema(all)[1].value.(object)
		}
	}
	return nil
}

// payloads says of each kind of event that it has its payload.
func (s *section) payloads() (rules []object) {
	for _, r := range s.rows {
		if r[1] == "object" && r[0] != "explain" {
			rules = append(rules, object{{"if", object{{"properties", object{{"kind", object{{"const", r[0]}}}}}}}, {"then", object{{"required", []string{r[0]}}}}})
		}
	}
	return rules
}

func typeOf(kind, text string, all []*section) (o object) {
	if text != "" {
		o = object{{"description", text}}
	}
	switch kind {
	case "bool":
		return append(o, member{"type", "boolean"})
	case "number", "duration":
		return append(o, member{"type", "integer"})
	case "time":
		return append(o, member{"type", "string"}, member{"format", "date-time"})
	case "bytes":
		return append(o, member{"type", "string"}, member{"contentEncoding", "base64"})
	case "raw":
		return append(o, member{"$ref", "#/$defs/raw"})
	case "list":
		return append(o, member{"type", "array"}, member{"items", itemOf(text, all)})
	case "object":
		return append(o, refTo(text, all)...)
	}
	return append(o, member{"type", "string"})
}

func itemOf(text string, all []*section) object {
	if ref := refTo(text, all); ref != nil && !strings.HasPrefix(text, "of strings") {
		return ref
	}
	if strings.HasPrefix(text, "of numbers") {
		return object{{"type", "integer"}}
	}
	if strings.HasPrefix(text, "of capabilities") {
		return refTo("a capability", all)
	}
	return object{{"type", "string"}}
}

// refTo is the section that a description names: the one that it says to see, or one that it says the value is.
func refTo(text string, all []*section) object {
	for _, pattern := range []string{`see %s\b`, `^an? %s$`, `^an? %s that\b`, `^the %s that\b`} {
		for _, s := range all {
			if regexp.MustCompile(fmt.Sprintf(pattern, s.name)).MatchString(text) {
				return object{{"$ref", "#/$defs/" + s.name}}
			}
		}
	}
	return nil
}
