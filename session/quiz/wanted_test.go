package quiz

import (
	"strings"
	"testing"
	"time"
)

// What is typed says what a round is about, and the round has no more.
func TestWanted(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	all := len(All())
	missed := About("dns")[2].Name
	past := []Past{{Item: missed, Time: now.Add(-time.Hour)}}
	for _, c := range []struct {
		line string
		want Wanted
		left int
	}{
		{"", Wanted{}, all},
		{" 5 ", Wanted{Most: 5}, 5},
		{"DNS 3", Wanted{About: "dns", Most: 3}, 3},
		{"mixed 4.1", Wanted{About: "4.1", Mixed: true}, len(About("4.1"))},
		{"exam", Wanted{Exam: true}, ExamItems},
		{"99999", Wanted{Most: 99999}, all},
		{"-1 xyzzy", Wanted{About: "-1 xyzzy"}, 0},
		{"xyzzy exam", Wanted{About: "xyzzy", Exam: true}, 0},
		{"exam keyword-burl", Wanted{About: "keyword-burl", Exam: true}, 0},
	} {
		w := ReadWanted(c.line)
		if w != c.want {
			t.Errorf("%q: %+v", c.line, w)
		}
		r, err := w.Round(past, 1, clock)
		switch {
		case c.left == 0 && (err == nil || !strings.Contains(err.Error(), "no question")):
			t.Errorf("%q: %v, %v", c.line, r, err)
		case c.left > 0 && (err != nil || r.Left() != c.left || r.Exam() != w.Exam):
			t.Errorf("%q: %v, %v", c.line, r, err)
		}
	}
	first, _ := Wanted{About: "dns", Most: 1}.Round(past, 1, clock)
	if got := first.Item().Name; got != missed || !strings.Contains(first.Place(), "missed before") {
		t.Errorf("%s comes first, at %s", got, first.Place())
	}
}

// The parts have the numbers of what is asked about them.
func TestParts(t *testing.T) {
	due := map[string]bool{About("dns")[0].Name: true}
	for _, p := range Parts(due) {
		if p.Asked != len(About(p.Name)) || p.Asked == 0 || p.About == "" || p.Due != map[bool]int{true: 1}[p.Due > 0] {
			t.Errorf("%+v", p)
		}
		if wants := p.Name == "dns" || p.Name == ""; wants && !strings.HasSuffix(p.Title(), ", 1 to repeat") {
			t.Errorf("%q", p.Title())
		}
	}
}
