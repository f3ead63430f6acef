package words

import (
	"strings"
	"time"

	"ehlo/session/record"
)

// note is a note with who has written it, and when.
func note(n *record.Note) Line {
	lead := "note"
	if n.On > 0 {
		lead += " on event " + Count(n.On)
	}
	l := Line{Mark: Mark{Sign: Noted}, Lead: List(" ", lead, Labelled("by ", n.Author)), Head: n.Text, Remark: Day(n.Time)}
	if n.Text == "" {
		l.Head = "removed"
	}
	return l
}

// about is what was said of the whole log.
func about(a *record.About) Line {
	l := Line{Mark: Mark{Sign: Noted}, Lead: "about this transcript", Head: List("; ", a.Title, Labelled("by ", a.Author), Labelled("tags ", strings.Join(a.Tags, ", "))), Remark: Day(a.Time)}
	if l.Head == "" {
		l.Head = "title, author and tags removed"
	}
	return l
}

// Day is the day of a note; empty where nobody says.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
