package explain

import "strings"

// The bounds of what [Log] reads and returns.
const (
	maxLogLines = 100_000
	maxNoted    = 50
)

// A Note is a line of a log and what explains it.
type Note struct {
	Line    int     `json:"line"` // from 1
	Entries []Entry `json:"entries"`
}

// Log explains the lines of a log, a bounce, a header or a debug output that
// matter: errors and refusals, and pieces of records. What was said of an earlier
// line is not said again. It reads 100,000 lines and notes at most 50. No line is
// repeated in the result, because it may hold a secret.
func Log(text string) []Note {
	var notes []Note
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > maxLogLines || len(notes) == maxNoted {
			break
		}
		entries := matters(line)
		if len(entries) > 0 && !seen[entries[0].Text] {
			seen[entries[0].Text] = true
			notes = append(notes, Note{n, entries})
		}
	}
	return notes
}

// matters finds what a line tells of, if that is more than that things went on.
func matters(line string) []Entry {
	line, side := unprompt(strings.TrimSpace(line[:min(len(line), maxQuery)]))
	q := query{line: line, side: side, words: strings.Fields(line)}
	if len(q.words) == 0 || side == clientSide {
		return nil
	}
	for _, look := range []func(){q.numbers, q.reply, q.alerts, q.phrases, q.roughly} {
		look()
	}
	found := q.best()
	if len(found) == 0 {
		return nil
	}
	switch code, _ := leadingCode(line); found[0].Kind {
	case KindPhrase, KindWording, KindAlert:
		return found
	case KindLine, KindReply, KindEnhanced:
		if code >= 400 {
			return found
		}
	}
	return nil
}
