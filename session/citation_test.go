package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/lesson"
	"ehlo/session/quiz"
)

// RFC 9846 has other section numbers than RFC 8446, which it replaced: a section that only the old one has is not cited.
func TestSectionsOfTLS13(t *testing.T) {
	sections := strings.Fields(`1 1.1 1.2 1.3 1.4 2 2.1 2.2 2.3 3 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8
		4 4.1 4.2 4.2.1 4.2.2 4.2.3 4.2.4 4.3 4.3.1 4.3.2 4.3.3 4.3.4 4.3.5 4.3.6 4.3.7 4.3.8 4.3.8.1 4.3.8.2 4.3.9 4.3.10
		4.3.11 4.3.11.1 4.3.11.2 4.3.11.3 4.4 4.4.1 4.4.2 4.5 4.5.1 4.5.1.1 4.5.1.2 4.5.1.3 4.5.2 4.5.3 4.6 4.7 4.7.1 4.7.2 4.7.3
		5 5.1 5.2 5.3 5.4 5.5 6 6.1 6.2 7 7.1 7.2 7.3 7.4 7.4.1 7.4.2 7.5 8 8.1 8.2 8.3 9 9.1 9.2 9.3 10 11 11.1
		A A.1 A.2 B B.1 B.2 B.3 B.4 C C.1 C.2 C.3 C.4 C.5 D E E.1 E.2 E.3 E.4 E.5 F F.1 F.2 F.3 F.4 F.5 F.6 F.7 F.8 F.9 F.10`)
	for where, refs := range cited() {
		for _, r := range refs {
			if r.Doc == "RFC 9846" && r.Section != "" && !slices.Contains(sections, r.Section) {
				t.Errorf("%s: RFC 9846 has no §%s", where, r.Section)
			}
		}
	}
}

// cited are the references of all cards, questions and lessons, by what gives them.
func cited() map[string][]explain.Ref {
	out := map[string][]explain.Ref{}
	for _, e := range explain.All() {
		out[e.ID()] = e.Refs
	}
	for _, it := range quiz.All() {
		out["question "+it.Name] = it.Source
	}
	for _, l := range lesson.All() {
		for i, s := range l.Steps {
			if s.Question != nil {
				out[fmt.Sprintf("lesson %s, step %d", l.Name, i+1)] = explain.Refs(s.Question.Source)
			}
		}
	}
	return out
}
