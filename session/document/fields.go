package document

import (
	"reflect"
	"slices"
)

// A Field is a part of a document that has fields of its own.
type Field struct {
	Of    string   // the field that they stand in; empty for the outermost
	Names []string // in the order in which they are documented
}

// FieldsOf are those of a type by its yaml tags, and then of each of them that has some of its own, in depth.
func FieldsOf(of string, t reflect.Type) []Field {
	out := []Field{{of, names(t)}}
	for f := range fields(t) {
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && len(names(inner)) > 0 {
			out = append(out, FieldsOf(called(f), inner)...)
		}
	}
	return out
}

// NearIn finds the field that a misspelled name probably means: one that is near, and rather one with the same first letter. It is empty
// where none is near, or where the name is one that stands in the wrong place.
func NearIn(parts []Field, near func(typed, name string) bool) func(typed string) string {
	return func(typed string) string {
		best := ""
		for _, part := range parts {
			for _, name := range part.Names {
				if typed != "" && near(typed, name) && (best == "" || name[0] == typed[0] && best[0] != typed[0]) {
					best = name
				}
			}
		}
		if slices.ContainsFunc(parts, func(p Field) bool { return slices.Contains(p.Names, typed) }) {
			return ""
		}
		return best
	}
}

func names(t reflect.Type) (out []string) {
	for f := range fields(t) {
		out = append(out, called(f))
	}
	return out
}

// fields are those with a name in the document; what is inlined counts as the outer one's.
func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for f := range t.Fields() {
			switch tag := f.Tag.Get("yaml"); {
			case tag == ",inline":
				for inner := range fields(f.Type) {
					if !yield(inner) {
						return
					}
				}
			case tag == "-" || tag == "":
			case !yield(f):
				return
			}
		}
	}
}

func called(f reflect.StructField) string { return f.Tag.Get("yaml") }
