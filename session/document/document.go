// Package document reads YAML that a person has written, and names all that is wrong with it by line and column: what is misspelled
// would else be taken for what was left out.
package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Document is a text in YAML that is being read.
type Document struct {
	file  *ast.File
	near  func(typed string) string
	left  map[string]bool // the paths of what was not understood, and was left out
	wrong Errors
}

// Bounds of a document.
const (
	maxBytes   = 1 << 20
	mostFaults = 200 // how much of what is not understood is listed
)

// Parse begins to read a text. near is the field that a misspelled one probably means, empty for none. The error is [Errors].
func Parse(text []byte, near func(typed string) string) (*Document, error) {
	if len(text) > maxBytes {
		return nil, Errors{{Text: fmt.Sprintf("the file has more than %d bytes", maxBytes)}}
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, Errors{placed(err, near)}
	}
	return &Document{file: file, near: near, left: map[string]bool{}}, nil
}

// Empty reports whether there is nothing in it.
func (d *Document) Empty() bool { return len(d.file.Docs) == 0 || d.file.Docs[0].Body == nil }

// Whole is a document as far as it is understood: what is not is noted and left out, and the rest is read again. more is what is said of a
// second document in the file.
func Whole[T any](d *Document, more string, options ...yaml.DecodeOption) (out T) {
	docs := d.file.Docs
	if len(docs) > 1 {
		at := docs[1].GetToken().Position
		d.wrong = append(d.wrong, &Error{at.Line, at.Column, "a second document begins here: " + more})
	}
	options = append(slices.Clip(options), yaml.DisallowUnknownField())
	for range mostFaults {
		var value T
		err := yaml.NodeToValue(docs[0].Body, &value, options...)
		if err == nil {
			return value
		}
		e := placed(err, d.near)
		d.wrong = append(d.wrong, e)
		if !d.leaveOut(docs[0].Body, e) {
			break
		}
	}
	return out
}

// Clean reports whether nothing is wrong so far.
func (d *Document) Clean() bool { return len(d.wrong) == 0 }

// Amiss notes what is wrong at the first of some paths that there is in the document: that of a field ("$.steps[2].card"), or of what it is
// missing in. Nothing is said of a field that was not understood: that is noted already. Without a path it is the document as a whole.
func (d *Document) Amiss(text string, paths ...string) {
	if len(paths) == 0 || !d.leftOut(paths[0]) {
		d.wrong = append(d.wrong, d.At(text, paths...))
	}
}

// At is an error at the first of some paths that there is in the document.
func (d *Document) At(text string, paths ...string) *Error {
	for _, where := range paths {
		path, err := yaml.PathString(where)
		if err != nil {
			continue
		}
		if node, err := path.FilterFile(d.file); err == nil && node.GetToken() != nil {
			p := node.GetToken().Position
			return &Error{p.Line, p.Column, text}
		}
	}
	return &Error{Text: text}
}

// Has reports whether there is a field at a path, be it empty.
func (d *Document) Has(path string) bool {
	where, err := yaml.PathString(path)
	if err != nil {
		return false
	}
	node, err := where.FilterFile(d.file)
	return err == nil && node != nil
}

// leftOut reports whether a field, or what it stands in, or a part of it was not understood.
func (d *Document) leftOut(field string) bool {
	for path := range d.left {
		if path == field || within(field, path) || within(path, field) {
			return true
		}
	}
	return false
}

func within(path, outer string) bool {
	return strings.HasPrefix(path, outer+".") || strings.HasPrefix(path, outer+"[")
}

// Err is all that is wrong, in the order of the places, as [Errors]; nil if nothing is.
func (d *Document) Err() error {
	if d.Clean() {
		return nil
	}
	slices.SortStableFunc(d.wrong, func(a, b *Error) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return slices.CompactFunc(d.wrong, func(a, b *Error) bool { return *a == *b })
}

// leaveOut takes the innermost field with the place of a fault out of the document. An element of a list stays: the places of those after
// it are known by their numbers.
func (d *Document) leaveOut(body ast.Node, e *Error) bool {
	f := &fieldFinder{line: e.Line, column: e.Column}
	ast.Walk(f, body)
	if f.in == nil {
		return false
	}
	d.left[f.field.GetPath()] = true
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
