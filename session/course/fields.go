package course

import (
	"reflect"

	"ehlo/session/document"
)

// Fields are those that a file with scenarios can have: of a scenario, and of each field that has some of its own.
func Fields() []document.Field { return document.FieldsOf("", reflect.TypeFor[draft]()) }

// Solving are the names of the advice that can solve an exercise, for the field do.
func Solving() []string { return solving() }
