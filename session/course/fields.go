package course

import (
	"reflect"

	"ehlo/session/lab"
)

// A Field is a part of a file with scenarios that has fields of its own.
type Field struct {
	Of    string   // the field that they stand in: "server", "answers"; empty for a scenario
	Names []string // in the order in which they are documented
}

// Fields are those that a file with scenarios can have: of a scenario, and of each field that has some of its own.
func Fields() []Field {
	out := []Field{{Names: names(reflect.TypeFor[draft]())}, {"server", names(reflect.TypeFor[lab.Knobs]())}}
	for f := range fields(reflect.TypeFor[lab.Knobs]()) {
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			out = append(out, Field{called(f), names(inner)})
		}
	}
	return out
}

// Solving are the names of the advice that can solve an exercise, for the field do.
func Solving() []string { return solving() }

func names(t reflect.Type) (out []string) {
	for f := range fields(t) {
		out = append(out, called(f))
	}
	return out
}

// fields are those with a name in the file; what is inlined counts as the outer one's.
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

// nearField is the field that a misspelled name probably means: one that differs in little, or has it as a part, and rather one with the same first
// letter. It is empty where none is near.
func nearField(typed string) string {
	best := ""
	for _, part := range Fields() {
		for _, name := range part.Names {
			if typed != "" && lab.Near(typed, name) && (best == "" || name[0] == typed[0] && best[0] != typed[0]) {
				best = name
			}
		}
	}
	if best == typed { // it stands in the wrong place
		return ""
	}
	return best
}
