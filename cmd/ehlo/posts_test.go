package main

import (
	"maps"
	"slices"
	"testing"
)

// Each port of each scenario can be chosen; the role that a scenario is about needs no name.
func TestPostsOfScenarios(t *testing.T) {
	s := &server{o: &options{}, ports: map[string]int{}}
	list, err := s.posts(t.Context(), []string{"stripped=2587", "relay/relay=1025", "stripped/submissions=21465", "expired", "stripped/names=5300"})
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]int{{"submission": 2587, "submissions": 21465, "names": 5300}, {"relay": 1025}, {}}
	names := []string{"stripped", "relay", "expired"}
	if len(list) != len(want) {
		t.Fatalf("%d servers", len(list))
	}
	for i, p := range list {
		if p.Name != names[i] || !maps.Equal(p.ports, want[i]) {
			t.Errorf("%s: %v, want %s: %v", p.Name, p.ports, names[i], want[i])
		}
	}
	s.ports["relay"] = 1025
	if list, err = s.posts(t.Context(), []string{"stripped=1587"}); err != nil || !maps.Equal(list[0].ports, map[string]int{"submission": 1587, "relay": 1025}) {
		t.Errorf("%v, %v", slices.Collect(maps.Values(list[0].ports)), err)
	}
}
