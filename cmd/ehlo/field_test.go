package main

import (
	"strings"
	"testing"

	"ehlo/session/setup"
)

// Every field that can be wrong has a flag of run that exists, but for the target.
func TestEveryFieldHasItsFlag(t *testing.T) {
	run := newRun(streams{})
	for _, field := range setup.Fields {
		flag, found := strings.CutPrefix(flagOf(field), "--")
		if field == setup.FieldTarget {
			found = !found
		} else {
			found = found && run.Flags().Lookup(flag) != nil
		}
		if !found {
			t.Errorf("%s: there is no flag %q", field, flag)
		}
	}
}
