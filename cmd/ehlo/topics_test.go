package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/lesson"
)

// Whatever learners come with has something to do or, if there is nothing to do, something to read; and a lesson that comes to it.
func TestEveryTopicHasItsPlace(t *testing.T) {
	data, err := os.ReadFile("testdata/topics.txt")
	if err != nil {
		t.Fatal(err)
	}
	number, inLessons := 0, taught()
	for row := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(row), " | ")
		if len(cells) != 3 {
			continue
		}
		number++
		if cells[0] != strconv.Itoa(number) {
			t.Errorf("row %d has the number %s", number, cells[0])
		}
		inLesson := false
		for place := range strings.SplitSeq(cells[2], "; ") {
			if !exists(t, place) {
				t.Errorf("%s: there is no %q", cells[1], place)
			}
			inLesson = inLesson || inLessons[oneName(place)]
		}
		if !inLesson {
			t.Errorf("%s: no lesson has any of %s", cells[1], cells[2])
		}
	}
	if number != 105 {
		t.Errorf("%d topics, want 105", number)
	}
}

// taught are the places that some lesson leads to.
func taught() map[string]bool {
	out := map[string]bool{}
	for _, l := range lesson.All() {
		for _, s := range l.Steps {
			switch {
			case s.Scenario() != "":
				out["lab "+s.Scenario()] = true
			case s.Card != "":
				out[oneName("explain "+s.Card)] = true
			}
		}
	}
	return out
}

// oneName is a place by the one name of what it leads to.
func oneName(place string) string {
	if words, ok := strings.CutPrefix(place, "explain "); ok {
		e, _ := lesson.Entry(words)
		return e.ID()
	}
	return place
}

// exists reports whether there is a scenario with an exercise, a card of that name, or a command.
func exists(t *testing.T, place string) bool {
	kind, name, _ := strings.Cut(place, " ")
	switch kind {
	case "lab":
		_, err := lab.Find(name)
		return err == nil && course.Of(name) != nil
	case "explain":
		found := explain.Lookup(strings.Fields(name)).Entries
		return len(found) > 0 && (strings.EqualFold(found[0].Name, name) || containsFold(found[0].Also, name))
	case "run":
		nowhere, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer nowhere.Close()
		return execute(t.Context(), strings.Fields(name), streams{nowhere, nowhere, nowhere}) == 0
	}
	return false
}

func containsFold(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
