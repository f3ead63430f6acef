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

// The list of transcripts says what an attempt came to that a person did not follow up to an end.
func TestTheListTellsWhatWasTried(t *testing.T) {
	stopped := &record.Verdict{Outcome: record.OutcomeStopped, Cause: "You ended the session."}
	if got := outcome(transcripts.Summary{End: stopped}); got != "You ended the session." {
		t.Errorf("%q", got)
	}
	stopped.Facts.Earlier = []record.Attempt{{Outcome: record.OutcomeRefused, Cause: "The password is wrong."}}
	if got := outcome(transcripts.Summary{End: stopped}); got != "attempt 1 refused: The password is wrong. Then stopped" {
		t.Errorf("%q", got)
	}
	stopped.Outcome, stopped.Cause = record.OutcomeDone, "It was accepted."
	if got := outcome(transcripts.Summary{End: stopped}); got != "It was accepted." {
		t.Errorf("%q", got)
	}
}
