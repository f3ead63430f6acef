package explain

import (
	"slices"
	"strings"
)

// A Side is what an entry says, and of a claim one of its three sides and what that is called.
type Side struct{ Name, Text string }

// Sides are the text of an entry, or what is often said, what to answer on the exam, and what is true.
func (e Entry) Sides() []Side {
	if e.Kind != KindClaim {
		return []Side{{"", e.Text}}
	}
	return []Side{{"often said", e.Said}, {"on the exam", e.Exam}, {"true", e.Text}}
}

// Says are the sides as lines.
func (e Entry) Says() (lines []string) {
	for _, s := range e.Sides() {
		lines = append(lines, labeled("", s.Name, ": ")+s.Text)
	}
	return lines
}

// claims finds the claim that the line makes or asks about. What is quoted from a server or a log claims nothing.
func (q *query) claims() {
	named := slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank == rankName && strings.EqualFold(f.entry.Name, q.line) })
	if named || !q.isAsked() {
		return
	}
	if best := q.saying(&claimTable); best != nil {
		q.add(*best, rankLine)
	}
}

// complaints finds the topic that helps those who say in words of their own what is wrong, or what they want.
func (q *query) complaints() {
	if len(q.words) < 2 || !q.isAsked() || q.named() {
		return
	}
	if best := q.saying(&topicTable); best != nil {
		q.addScored(*best, rankPhrase, afterPhrases)
	}
}

// afterPhrases is the score of what comes after the wordings that occur in the line.
const afterPhrases = 1 << 20

// isAsked reports whether the line may be a person's own, and not a server's or a program's.
func (q *query) isAsked() bool {
	_, quoted := q.said()
	return !quoted && len(q.words) <= maxTitle && !strings.ContainsAny(q.line, "@:[]<>{}\\") && !slices.ContainsFunc(q.words, isHost)
}

// saying is the entry of a table of which the line has most, nil if it has none.
func (q *query) saying(t *table) *Entry {
	var best row
	most := 0
	for r := range t.rows() {
		if n := r.claimed(squeeze(q.line)); n > most {
			best, most = r, n
		}
	}
	if most == 0 {
		return nil
	}
	return best.entry()
}

// claimed says how much a line in lower case has of the words of a row, 0 if it is about something else. A part counts more than its length.
func (r row) claimed(line string) (most int) {
	for words := range strings.SplitSeq(joined(r.field("Words")), ", ") {
		if words == "" { // a topic may be found by its names alone
			continue
		}
		sum := 0
		for part := range strings.SplitSeq(words, " & ") {
			n := longestOf(line, part)
			if n == 0 {
				sum = 0
				break
			}
			sum += maxName + n
		}
		most = max(most, sum)
	}
	return most
}

// longestOf is the length of the longest alternative of a part that a word of the line begins with, 0 if none does.
func longestOf(line, part string) (longest int) {
	for alternative := range strings.SplitSeq(part, "|") {
		if beginsClaim(line, alternative) {
			longest = max(longest, len(alternative))
		}
	}
	return longest
}

// beginsClaim is [begins], but that a number has to end where it ends.
func beginsClaim(line, alternative string) bool {
	last := alternative[len(alternative)-1]
	if last < '0' || last > '9' {
		return begins(line, alternative)
	}
	return wholeWord(line, alternative) >= 0
}
