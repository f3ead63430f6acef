package explain

import (
	"iter"
	"strings"

	"ehlo/session/lazy"
)

// The bounds of what [Log] reads and returns.
const (
	MaxLogLines = 100_000
	MaxNotes    = 50
)

// A Note is a line of a log and what explains it.
type Note struct {
	Line int `json:"line"` // from 1
	// Logged is how a line of syslog begins: time, host, program and queue ID, by
	// which it is found in the log; empty for another.
	Logged  string  `json:"logged,omitempty"`
	Entries []Entry `json:"entries"`
}

// logHeader is the header of a message of syslog (RFC 3164 §4.1, RFC 5424 §6.2), as far as nothing in it is from the message, with
// the queue ID of Postfix after it.
var logHeader = lazy.Pattern{Text: `^((?:[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ][0-9:.,+Z-]{8,24}) [\w.-]{1,64} [\w./-]{1,64}(?:\[\d{1,9}\])?):(?: ([0-9A-F]{5,20}):)?`}

func logged(line string) string {
	m := logHeader.Get().FindStringSubmatch(line[:min(len(line), 256)])
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m[1] + " " + m[2])
}

// Log explains the lines of a log, a bounce, a header or a debug output that
// matter: errors and refusals, and pieces of records. A line that goes on in the
// next ones is read with them. What was said of an earlier line is not said again.
// It reads 100,000 lines and notes at most 50. Of a line only the header of syslog is
// repeated in the result, because the rest may hold a secret.
func Log(text string) []Note {
	var notes []Note
	seen := map[string]bool{}
	for n, line := range whole(text) {
		if len(notes) == MaxNotes {
			break
		}
		if entries := matters(line); len(entries) > 0 && !seen[entries[0].Text] {
			seen[entries[0].Text] = true
			notes = append(notes, Note{n, logged(line), entries})
		}
	}
	return notes
}

// maxFolded is how many lines one goes on in: a stack trace goes on for longer, and says nothing more.
const maxFolded = 8

// whole gives the lines of a text, each with those it goes on in, by the number of the first.
func whole(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		line, first, n := "", 1, 0
		for next := range strings.Lines(text) {
			if n++; n > MaxLogLines {
				break
			}
			if n-first < maxFolded && goesOn(line, next) {
				line = strings.TrimRight(line, "\r\n") + " " + strings.TrimSpace(next)
				continue
			}
			if line != "" && !yield(first, line) {
				return
			}
			line, first = next, n
		}
		if line != "" {
			yield(first, line)
		}
	}
}

// goesOn reports whether a line goes on in the next one: that is indented, as in a header field, or is the next line of the same
// reply. The parts of a field stand for themselves where each ends with a semicolon.
func goesOn(line, next string) bool {
	line = strings.TrimRight(line, "\r\n")
	if line == "" || strings.TrimSpace(next) == "" || strings.HasSuffix(line, ";") {
		return false
	}
	if next[0] == ' ' || next[0] == '\t' {
		return true
	}
	said, _ := unprompt(strings.TrimSpace(line))
	then, _ := unprompt(strings.TrimSpace(next))
	code, rest := leadingCode(said[:min(len(said), 4)])
	again, _ := leadingCode(then[:min(len(then), 4)])
	return code >= 400 && code == again && rest == "-"
}

// matters finds what a line tells of, if that is more than that things went on.
func matters(line string) []Entry {
	line, side := unprompt(strings.TrimSpace(line[:min(len(line), maxQuery)]))
	q := query{line: line, side: side, words: strings.Fields(line)}
	if len(q.words) == 0 || side == clientSide {
		return nil
	}
	if strings.Contains(line, "=pass") || isPositiveReply(&q) { // things went on
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

// isPositiveReply reports whether the line quotes a reply by which things went on.
func isPositiveReply(q *query) bool {
	c, ok := q.said()
	return ok && isPositive(c.Code)
}
