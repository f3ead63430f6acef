package main

import (
	"strings"
	"testing"

	"ehlo/session/lesson"
)

// The example in the help is a lesson: whoever begins with it meets no fault of ours.
func TestTheExampleOfALessonIsOne(t *testing.T) {
	_, example, _ := strings.Cut(learnCheckLong, "An example with all of them:\n\n")
	example, _, found := strings.Cut(example, "\nThe answers can be kept")
	l, err := lesson.Read([]byte(example), lesson.World{})
	if err != nil || !found {
		t.Fatalf("%v in\n%s", err, example)
	}
	if kinds := len(l.Steps); kinds < 9 {
		t.Errorf("only %d steps were read", kinds)
	}
}

// What the help calls "ports" and the like are lessons that there are.
func TestExamplesNameLessons(t *testing.T) {
	learn := newLearn(streams{})
	for _, line := range strings.Split(learn.Example, "\n") {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "ehlo learn"))
		if len(words) > 0 && words[0] == "export" {
			words = words[1:]
		}
		if len(words) > 0 && !strings.HasPrefix(words[0], "-") && !strings.Contains(words[0], ".") {
			if l, _ := lesson.Named(words[0]); l == nil {
				t.Errorf("%q names no lesson", line)
			}
		}
	}
}
