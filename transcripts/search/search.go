// Package search finds the events of a session that a person asks for. A session may have a million of them: a search goes on in
// portions, and whoever looks decides after each whether to go on.
//
// A query is one line of words, and an event is found where all of them hold. A word is text, which stands in one line of the
// event in whatever case, or it is a condition, NAME:VALUE, in lower case:
//
//	kind:reply      what kind of event it is: any of the kinds of the transcript format
//	dir:client      who spoke: client or server
//	phase:auth      during which phase of the walk: resolve, connect, greeting, ehlo, starttls, handshake, ehlo-again, auth, mail,
//	                rcpt, data or quit
//	finding:expired a finding, or a verdict, whose code contains this
//	severity:warn   a finding of this severity: info, warn or danger
//
// Several values with commas between them stand for any of them. What stands in double quotes is text as it is, spaces and colons
// included; so is a word with a colon after any other name, such as an address or TO:<bob@example.org>.
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
	Step  record.Verb // the step that it belongs to; empty for none
	Text  string      // what holds the words; it may be what a server wrote
}

// Query is what is looked for: every word of it, in one line of an event, in whatever case, and every condition.
type Query struct {
	words      []string
	conditions []condition
	kinds      bool // it says which kinds of event are meant
}

// Empty reports whether nothing is looked for, which nothing holds.
func (q Query) Empty() bool { return len(q.words) == 0 && len(q.conditions) == 0 }

// Words is the text of the query without its conditions.
func (q Query) Words() string { return strings.Join(q.words, " ") }

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
		if h, ok := q.Match(src, from); ok {
			hits = append(hits, h)
		}
	}
	return hits, from
}

// Match looks at event i: what crossed the wire line by line, else its words. A state and a list of capabilities are told by what
// is around them; they are found where the query asks for their kind.
func (q Query) Match(src record.Source, i int) (h Hit, ok bool) {
	e := src.At(i)
	if q.Empty() || !q.kinds && (e.Kind == record.KindState || e.Kind == record.KindCapabilities) || !q.meets(src, i, e) {
		return Hit{}, false
	}
	l := words.Of(e)
	h.Event, h.Mark, h.Step = i, l.Mark, e.Step
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

func (q Query) meets(src record.Source, i int, e *record.Event) bool {
	return !slices.ContainsFunc(q.conditions, func(c condition) bool { return !c.holds(src, i, e) })
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
