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
	return suggest(strings.Join(words, " "), KindCommand, KindKeyword, KindMechanism, KindMessage,
		KindExtension, KindAlert, KindTopic, KindFinding, KindParameter, KindSoftware)
}

func suggest(word string, kinds ...string) []string {
	word = fold(word)
	if len(word) < 3 || len(word) > maxName {
		return nil
	}
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, kind := range kinds {
		for _, r := range rowsOf(kind) {
			for _, name := range append([]string{r.Name}, r.Also...) {
				if d := distance(word, fold(name)); d <= len(word)/3 && name[0] != '(' {
					found = append(found, near{name, d})
				}
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

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that lead from a to b, in octets (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
