package main

import (
	"errors"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui"
)

// A disk that is full does not hide what the session came to, and is no mistake of what was typed.
func TestEndOfASessionThatIsNotKept(t *testing.T) {
	full := &transcripts.Error{Path: "a.ehlo.ndjson", Text: "nothing after event 9 is recorded"}
	refused := &record.Verdict{Exit: record.ExitAuth}
	for _, test := range []struct {
		name    string
		verdict *record.Verdict
		err     error
		want    record.Exit
	}{
		{"kept", refused, nil, record.ExitAuth},
		{"not kept", refused, full, record.ExitAuth},
		{"not kept, and interrupted", refused, errors.Join(ui.ErrInterrupted, full), record.ExitAuth},
		{"a good one that is not kept", &record.Verdict{}, full, record.ExitInternal},
		{"a crash", refused, errors.Join(&record.Fault{}, full), record.ExitInternal},
		{"no session", nil, full, record.ExitUsage},
	} {
		exit, text, _ := exitOf(screenEnd(test.verdict, test.err))
		if exit != test.want || (text == "") != (test.err == nil) {
			t.Errorf("%s: exit %d, %q", test.name, exit, text)
		}
	}
}
