package main

import (
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts/visits"
)

// What became of a visitor is one line, in which a sentence ends with what comes after it.
func TestEventInWords(t *testing.T) {
	left := visits.Event{What: "left", Row: visits.Row{Scenario: "stripped", Goal: visits.Delivered,
		Verdict: record.Verdict{Outcome: record.OutcomeDone, Phase: record.PhaseQuit, Cause: "mail.lab accepted 1 message."}}}
	path := visits.Event{What: "on-path", Row: visits.Row{Scenario: "stripped"}, Deed: &record.Deed{Did: record.DeedRemoved, What: "250-STARTTLS"}}
	for want, e := range map[string]visits.Event{
		"stripped: left, done at quit, exit code 0: mail.lab accepted 1 message; message delivered; only the visitor's side shows whether the certificate was verified": left,
		"stripped on the path: removed 250-STARTTLS": path,
	} {
		if got := eventInWords(e); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
