package explain

import (
	"slices"
	"strings"
	"testing"
)

func TestSubjects(t *testing.T) {
	listed := Subjects()
	for _, s := range listed {
		for _, example := range s.Examples {
			found := Lookup(strings.Fields(example)).Entries
			if !slices.ContainsFunc(found, func(e Entry) bool { return isOf(e, s.Kind) }) {
				t.Errorf("%s: %q finds %v", s.Kind, example, entryNames(found))
			}
		}
		if s.Count == 0 && s.Kind != KindBase64 {
			t.Errorf("nothing is known of %s", s.Kind)
		}
	}
	for _, table := range tables {
		if !slices.ContainsFunc(listed, func(s Subject) bool { return s.Kind == table.kind }) {
			t.Errorf("nobody is told that %s can be asked for", table.kind)
		}
	}
}

func isOf(e Entry, kind string) bool {
	return e.Kind == kind || kind == KindPhrase && e.Kind == KindLine || kind == KindPoint && strings.HasPrefix(e.Kind, "tls-")
}

// Whatever an entry sends people to is found by the words that are shown for it.
func TestEverySeeCanBeAsked(t *testing.T) {
	asked := map[string]bool{}
	for _, e := range All() {
		for _, id := range e.See {
			if asked[id] {
				continue
			}
			asked[id] = true
			want, _ := ByID(id)
			found := Lookup(strings.Fields(Ask(id))).Entries
			if len(found) == 0 || found[0].ID() != want.ID() {
				t.Errorf("%s: %q finds %v", id, Ask(id), entryNames(found))
			}
		}
	}
}
