package explain

import (
	"slices"
	"strings"
)

// maxSuggestions is how many near names are worth reading.
const maxSuggestions = 5

// Suggest returns the names nearest to words that matched nothing, best first,
// at most five.
func Suggest(words []string) []string {
	return suggest(strings.Join(words, " "), &commandTable, &keywordTable, &mechanismTable, &messageTable,
		&extensionTable, &alertTable, &topicTable, &glossaryTable, &findingTable, &parameterTable, &softwareTable)
}

func suggest(word string, among ...*table) []string {
	word = fold(word)
	if len(word) < 3 || len(word) > maxName {
		return nil
	}
	var found []near
	for _, t := range among {
		for r := range t.rows() {
			for _, name := range r.names() {
				found = appendNear(found, word, name)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.distance - b.distance })
	var names []string
	for _, f := range found {
		if len(names) < maxSuggestions && !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

type near struct {
	name     string
	distance int
}

// appendNear adds name if it is near word: a third of it may differ.
func appendNear(found []near, word, name string) []near {
	folded, limit := fold(name), len(word)/3
	// Most names are ruled out by their length alone.
	if name[0] == '(' || max(len(folded)-len(word), len(word)-len(folded)) > limit {
		return found
	}
	if d := Distance(word, folded); d <= limit {
		found = append(found, near{name, d})
	}
	return found
}

// Distance counts the insertions, deletions, replacements and swaps of
// neighbors that lead from a to b, in octets (optimal string alignment): what
// a person mistyped is a few of them away from what they meant. It takes as many
// steps as the product of both lengths.
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
