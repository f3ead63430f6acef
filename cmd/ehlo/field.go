package main

import (
	"cmp"
	"errors"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// wrong says in the words of the command line what was wrong with a request.
func wrong(e *setup.Error) *failure {
	f := &failure{record.ExitUsage, e.Text, cmp.Or(e.Hint, seeHelp)}
	if errors.Is(e, record.ErrCredentials) {
		f.hint = "use --user, and a password prompt, a file or $EHLO_PASSWORD"
	}
	if flag := flagOf(e.Field); flag != "" && e.Value != "" {
		f.text = flag + " " + quote(e.Value) + ": " + e.Text
	} else if flag != "" {
		f.text = flag + ": " + e.Text
	}
	return f
}

// renamed are the flags whose name is not that of the field they give. The target is no flag.
var renamed = lazy.Table[setup.Field, string]{
	{setup.FieldTarget, ""},
	{setup.FieldMechanism, "--auth"},
	{setup.FieldMessage, "--data"},
}

// flagOf is the flag that gives a field of a request.
func flagOf(field setup.Field) string {
	if flag, other := renamed.Find(field); other {
		return flag
	}
	return "--" + string(field)
}
