// Package search finds the events of a session that hold what a person types. A session may have a million of them: a search
// goes on in portions, and whoever looks decides after each whether to go on.
package search

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// Hit is an event that was found.
type Hit struct {
	Event int // its index in the source
	Line  int // which line of it, counted from 0, where it has several
	Mark  words.Mark
	Text  string // what holds the words; it may be what a server wrote
}

// Query is what is looked for: every word of it, in one line of an event, in whatever case.
type Query struct{ words []string }

// New takes a line apart, of which at most 400 bytes count.
func New(line string) Query {
	const most = 400
	return Query{strings.Fields(strings.ToLower(line[:min(len(line), most)]))}
}

// Empty reports whether nothing is looked for, which nothing holds.
func (q Query) Empty() bool { return len(q.words) == 0 }

// Scan looks at the events from up to but not including to, for at most as long as it may take, and stops at most hits. It
// returns where to go on; that is to when all were looked at. It always gets on.
func (q Query) Scan(src record.Source, from, to, most int, long time.Duration) (hits []Hit, next int) {
	const stretch = 64 // events between two looks at the clock
	if q.Empty() {
		return nil, to
	}
	first, begun := from, time.Now()
	for ; from < to && len(hits) < most; from++ {
		if looked := from - first; looked > 0 && looked%stretch == 0 && time.Since(begun) > long {
			return hits, from
		}
		if h, ok := q.Match(src.At(from)); ok {
			h.Event = from
			hits = append(hits, h)
		}
	}
	return hits, from
}

// Match looks at one event: what crossed the wire line by line, else its words. What it lists or moves is told by others.
func (q Query) Match(e *record.Event) (h Hit, ok bool) {
	if q.Empty() || e.Kind == record.KindState || e.Kind == record.KindCapabilities {
		return Hit{}, false
	}
	l := words.Of(e)
	h.Mark = l.Mark
	if len(l.Raw) == 0 {
		h.Text = words.List(", ", l.Whole(), l.Remark)
		return h, q.in(h.Text)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(l.Raw), "\r\n"), "\r\n") {
		if h.Text = line; q.in(line) {
			return h, true
		}
		h.Line++
	}
	h.Line, h.Text = 0, words.List(", ", firstLine(string(l.Raw)), l.Remark)
	return h, q.in(h.Text)
}

func firstLine(raw string) string {
	line, _, _ := strings.Cut(raw, "\r\n")
	return line
}

func (q Query) in(text string) bool {
	return !slices.ContainsFunc(q.words, func(word string) bool { return !contains(text, word) })
}

// contains reports whether text holds a word that is in lower case. It makes no copy of ASCII: a million lines are looked at.
func contains(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if same(text[i]) == word[0] && begins(text[i:], word) {
			return true
		}
	}
	return !ascii(word) && strings.Contains(strings.ToLower(text), word)
}

func begins(text, word string) bool {
	for i := range len(word) {
		if same(text[i]) != word[i] {
			return false
		}
	}
	return true
}

// same is a byte in lower case.
func same(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c > unicode.MaxASCII || c == utf8.RuneError }) < 0
}
