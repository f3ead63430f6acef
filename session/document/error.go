package document

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Error says what is wrong with a document, and where.
type Error struct {
	Line, Column int    // counted from 1; 0 where it is the document as a whole
	Text         string // untrusted: it may hold what stands in the document
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Errors are all that is wrong with a document, in the order of their places.
type Errors []*Error

// Error is the first, and how many more there are.
func (e Errors) Error() string {
	if len(e) == 1 {
		return e[0].Error()
	}
	return fmt.Sprintf("%s; and %d more", e[0].Error(), len(e)-1)
}

// placed is an error of the YAML reader with its place. near is the field that a misspelled one probably means.
func placed(err error, near func(typed string) string) *Error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return &Error{Text: strings.TrimSpace(err.Error())}
	}
	at, text := e.GetToken().Position, e.GetMessage()
	if mixed, ok := errors.AsType[*yaml.TypeError](err); ok {
		text = fmt.Sprintf("want %s, not %s", shape(mixed.DstType), shape(mixed.SrcType))
	}
	if mixed, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		text = fmt.Sprintf("want %s, not %s", nodeShape(mixed.Expected), nodeShape(mixed.Actual))
	}
	if name, ok := strings.CutPrefix(text, "unknown field "); ok {
		if near := near(strings.Trim(name, `"`)); near != "" {
			text += "; did you mean " + near + "?"
		}
	}
	return &Error{at.Line, at.Column, inWords(text)}
}

// inWords says what a person can do about what the YAML reader says.
func inWords(text string) string {
	switch {
	case strings.Contains(text, "mapping value is not allowed"):
		return "a colon begins a value here: put a text with a colon into quotation marks"
	case strings.Contains(text, "'\t'"):
		return "a tab begins this line: indent by spaces"
	}
	return text
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
