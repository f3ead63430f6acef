package main

import (
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/rehearsal"
)

// The file that the help shows can be read and solved as it stands there.
func TestExampleOfScenarios(t *testing.T) {
	_, rest, _ := strings.Cut(checkLong, "\n  scenarios:")
	example, _, ok := strings.Cut(rest, "\n\n")
	list, err := course.Read([]byte("scenarios:" + strings.ReplaceAll(example, "\n  ", "\n") + "\n"))
	if !ok || err != nil {
		t.Fatal(err)
	}
	if r := rehearsal.Try(t.Context(), list[0]); len(r.Wrong) > 0 {
		t.Error(r.Wrong)
	}
}
