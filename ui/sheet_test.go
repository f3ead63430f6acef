package ui

import (
	"testing"

	"ehlo/ui/paint"
)

// A mark says that a text goes on. Behind a whole sentence, before a gap and in a rule it would say so of what is complete.
func TestTheMarkStandsWhereATextGoesOn(t *testing.T) {
	line := paint.Text
	for name, test := range map[string]struct {
		lines  []paint.Line
		height int
		want   string // the last line
	}{
		"it fits":              {[]paint.Line{line("one"), line("two")}, 2, "two"},
		"in a sentence":        {[]paint.Line{line("one"), line("two.")}, 1, "one …"},
		"behind a sentence":    {[]paint.Line{line("one."), line("two.")}, 1, "one."},
		"before a gap":         {[]paint.Line{line("one"), {}, line("two")}, 1, "one"},
		"in a gap":             {[]paint.Line{line("one"), {}, line("two")}, 2, "one"},
		"at a rule":            {[]paint.Line{line("one"), line("────"), line("two")}, 2, "one"},
		"before a rule":        {[]paint.Line{line("one"), line("────"), line("two")}, 1, "one"},
		"no room for anything": {[]paint.Line{line("one")}, 0, ""},
	} {
		got := ""
		if out := limit(test.lines, test.height); len(out) > 0 {
			got = out[len(out)-1].String()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What was saved on the way is said once the session is there.
func TestASessionSaysUnderWhichNameItWasSaved(t *testing.T) {
	for name, want := range map[string]string{"": "", "work": "saved as @work; no password is kept"} {
		r := Request{Saved: name}
		live, err := r.begin(func(Request) (*Live, error) { return newScene().live(), nil })
		if err != nil || live.Told != want {
			t.Errorf("%q: told %q, %v", name, live.Told, err)
		}
	}
}
