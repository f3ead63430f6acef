package record

import (
	"slices"
	"testing"

	"ehlo/session/explain"
)

// The rows stand here and the texts in another package: both name the same findings, each once.
func TestEveryFindingHasItsText(t *testing.T) {
	var rows, texts []string
	for _, row := range Findings {
		rows = append(rows, string(row.Code))
	}
	for _, e := range explain.All() {
		if e.Kind == explain.KindFinding {
			texts = append(texts, e.Name)
		}
	}
	slices.Sort(rows)
	slices.Sort(texts)
	for _, code := range rows {
		if !slices.Contains(texts, code) {
			t.Errorf("%s has no text", code)
		}
	}
	for _, code := range texts {
		if !slices.Contains(rows, code) {
			t.Errorf("%s has no row", code)
		}
	}
	if len(slices.Compact(rows)) != len(Findings) {
		t.Error("a code has two rows")
	}
}

// What a phrase, a code or an enhanced code stands for is a finding that can decide a session.
func TestWhatARefusalMeansIsAFinding(t *testing.T) {
	for _, e := range explain.All() {
		if e.Means == "" {
			continue
		}
		if row, ok := FindingCode(e.Means).Row(); !ok || row.Who == "" {
			t.Errorf("%s means %s, which decides nothing", e.ID(), e.Means)
		}
	}
}
