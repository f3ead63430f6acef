package explain

import (
	"slices"
	"strings"
)

const (
	// maxText bounds how many entries are found by their text.
	maxText = 4
	// spread is how much worse than the best such an entry may be, for each word.
	spread = 2
)

// What it counts that a word stands in a part of an entry: the less the better.
const (
	inName  = 1
	inAlso  = 2
	inShort = 4
	inText  = 8
)

// text finds entries that hold every word of the question, if nothing has a
// better reason to be shown.
func (q *query) text() {
	stems := stemsOf(q.content)
	if len(q.found) > 0 || len(stems) == 0 {
		return
	}
	for _, t := range tables {
		// A word of a phrase's text is not what it is about, and a question about something that has a card is not about a phrase.
		if t == &wordingTable || t == &claimTable || t == &phraseTable && (len(stems) == 1 || q.isQuestion() && slices.ContainsFunc(q.content, isSubject)) {
			continue
		}
		for r := range t.rows() {
			if score := r.holds(stems); score > 0 {
				q.found = append(q.found, ranked{*r.entry(), rankText, score})
			}
		}
	}
	q.keepBest(spread * len(stems))
}

// isSubject reports whether a card has that name.
func isSubject(word string) bool { return topicTable.find(word) != nil }

// keepBest drops the finds that are too many or too far behind the first.
func (q *query) keepBest(spread int) {
	slices.SortStableFunc(q.found, func(a, b ranked) int { return a.score - b.score })
	for i := range q.found {
		if i == maxText || q.found[i].score > q.found[0].score+spread {
			q.found = q.found[:i]
			break
		}
	}
}

// holds is the score of the entry. A row whose source lacks a word is not parsed.
func (r row) holds(stems []string) int {
	for _, s := range stems {
		if !containsFold(r.source(), s) {
			return 0
		}
	}
	return r.entry().score(stems)
}

// containsFold reports whether text holds a word in whatever case.
func containsFold(text, word string) bool { return indexFold(text, word) >= 0 }

// indexFold is where text holds a word in whatever case, -1 if it does not.
func indexFold(text, word string) int {
	const caseBit = 0x20 // of ASCII
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|caseBit == word[0]|caseBit && strings.EqualFold(text[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}

// score says how well an entry holds all of the words, the less the better; it is
// 0 where one is missing.
func (e *Entry) score(stems []string) int {
	name, also := strings.ToLower(e.Name), strings.ToLower(strings.Join(e.Also, ", "))
	short, text := strings.ToLower(e.Short), strings.ToLower(e.Text+" "+Remedies(e.Remedy, e.Operator))
	total := e.weight()
	for _, s := range stems {
		switch {
		case holds(name, s):
			total += inName
		case holds(also, s):
			total += inAlso
		case holds(short, s):
			total += inShort
		case holds(text, s):
			total += inText
		default:
			return 0
		}
	}
	return total
}

func stemsOf(words []string) []string {
	var out []string
	for _, word := range words {
		if s := stem(word); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// endings are what a word may have after its stem, longest first.
var endings = [...]string{"ing", "ers", "ed", "es", "er", "s", "d", "e", "y"}

// minStem is the length below which a word is left as it is.
const minStem = 4

// stem takes an ending off, so that "blocked" finds "block".
func stem(word string) string {
	for _, ending := range endings {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= minStem && !strings.HasSuffix(word, "ss") {
			return rest
		}
	}
	return word
}

// holds reports whether text has a word of that stem. Both are in lower case.
func holds(text, stem string) bool {
	for {
		before, behind, found := strings.Cut(text, stem)
		if !found {
			return false
		}
		if (before == "" || !isWord(before[len(before)-1])) && isEnding(behind, len(stem)) {
			return true
		}
		text = behind
	}
}

// isEnding reports whether a word ends at the start of rest, or with one of
// the endings there.
func isEnding(rest string, stem int) bool {
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	return end == 0 || stem >= minStem && slices.Contains(endings[:], rest[:end])
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80
}
