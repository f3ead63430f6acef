package transcripts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

var noted = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

func TestAddNoteOnlyAppends(t *testing.T) {
	whole := strings.Join(session5(t), "")
	f := openText(t, whole)
	wake, stop := f.Watch()
	defer stop()
	<-wake
	for i, text := range []string{"why?", "because \x1b[31m\u202e<b>", "two\nlines"} {
		if err := f.AddNote(record.Note{On: 3, Text: text, Author: "ann", Time: noted}); err != nil {
			t.Fatal(err)
		}
		<-wake
		if e := f.At(5 + i); f.Len() != 6+i || e.Kind != record.KindNote || *e.Note != (record.Note{On: 3, Text: text, Author: "ann", Time: noted}) {
			t.Fatalf("%d events, the last %+v", f.Len(), e)
		}
	}
	again := openPath(t, f.Path())
	if again.Len() != 8 || again.Damage() != nil || again.At(7).Note.Text != "two\nlines" {
		t.Errorf("opened again: %d events, damage %v", again.Len(), again.Damage())
	}
	if again.End() == nil {
		t.Error("the notes hide the end event")
	}
	for i := 5; i < again.Len(); i++ {
		if again.At(i).T < again.At(i-1).T {
			t.Errorf("t of event %d is before its predecessor's", i+1)
		}
	}
	if b, _ := os.ReadFile(f.Path()); !strings.HasPrefix(string(b), whole) || strings.Count(string(b), "\n") != 8 {
		t.Errorf("the file became %q", b)
	}
}

func TestAddNoteRefuses(t *testing.T) {
	whole := strings.Join(session5(t), "")
	tests := []struct {
		name, text string
		on         int
		note       string
		err        error
	}{
		{"no such event", whole, 6, "x", errNote},
		{"event 0", whole, 0, "x", errNote},
		{"nothing", whole, 1, " \n", errNote},
		{"too much", whole, 1, strings.Repeat("x", maxNote+1), errNote},
		{"not UTF-8", whole, 1, "\xff", errNote},
		{"damaged", whole[:len(whole)-4], 1, "x", errDamaged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := openText(t, test.text)
			n := f.Len()
			if err := f.AddNote(record.Note{On: test.on, Text: test.note}); !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if b, _ := os.ReadFile(f.Path()); string(b) != test.text || f.Len() != n {
				t.Error("the file was changed")
			}
		})
	}
}

// Two writers would both count on from the same event.
func TestAddNoteBesideAnotherWriter(t *testing.T) {
	t.Parallel()
	l := logOf(startEvent(), sendEvent("NOOP"))
	rec, err := Record(l, filepath.Join(t.TempDir(), "a"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	await(rec, 2)
	f := openPath(t, rec.Path())
	if err := f.AddNote(record.Note{On: 1, Text: "while it is recorded"}); !errors.Is(err, errInUse) {
		t.Errorf("while it is recorded: %v", err)
	}
	l.Append(endEvent())
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.AddNote(record.Note{On: 3, Text: "about what is not known here"}); !errors.Is(err, errNote) {
		t.Errorf("about what is not known here: %v", err)
	}
	if err := f.AddNote(record.Note{On: 1, Text: "after it has grown"}); err != nil || f.Len() != 4 {
		t.Errorf("after it has grown: %v, %d events", err, f.Len())
	}
	again := openPath(t, rec.Path())
	for n, by := range []*File{again, f, again} {
		if err := by.AddNote(record.Note{On: 1, Text: "in turn"}); err != nil || by.Len() != 5+n || by.At(by.Len()-1).Note == nil {
			t.Errorf("in turn: %v, %d events", err, by.Len())
		}
	}
	if err := os.Rename(fileOf(t, strings.Join(session5(t), "")), rec.Path()); err != nil {
		t.Fatal(err)
	}
	if err := again.AddNote(record.Note{On: 1, Text: "another file"}); !errors.Is(err, errInUse) {
		t.Errorf("when the path leads to another file: %v", err)
	}
}

// A note that was edited or removed stays in the file, and what was said of the file as well; what holds is the last of it.
func TestNotesAndWhatIsSaidOfTheFile(t *testing.T) {
	whole := strings.Join(session5(t), "")
	f := openText(t, whole)
	for _, n := range []record.Note{{On: 3, Text: "why?"}, {On: 2, Text: "wrong"}, {On: 3, Text: "because", Author: "bob", Edits: 6}, {On: 2, Edits: 7}} {
		if err := f.AddNote(n); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []record.About{{Title: "a first try"}, {Title: "lesson 3", Author: "ann", Tags: []string{"tls", "für alle"}}} {
		if err := f.AddAbout(a); err != nil {
			t.Fatal(err)
		}
	}
	again := openPath(t, f.Path())
	if r := again.Notes().On(3); len(r) != 1 || r[0].Text != "because" || r[0].Author != "bob" || !r[0].Edited || time.Since(r[0].Time) > time.Hour || len(again.Notes().Noted()) != 1 {
		t.Errorf("notes %+v on %v", r, again.Notes().Noted())
	}
	if a := again.About(); a == nil || a.Title != "lesson 3" || len(a.Tags) != 2 || again.End() == nil {
		t.Errorf("about %+v, end %v", a, again.End())
	}
	if b, _ := os.ReadFile(f.Path()); !strings.HasPrefix(string(b), whole) || !strings.Contains(string(b), "wrong") {
		t.Errorf("the file became %q", b)
	}
	if s, ok := summarize(f.Path()); !ok || s.About == nil || s.About.Title != "lesson 3" || s.End == nil {
		t.Errorf("the list has %+v", s)
	}
	if s := openText(t, whole); s.About() != nil || len(s.Notes().Noted()) != 0 {
		t.Error("a file of which nothing was said")
	}
}

func TestWhatIsNoNoteAndNoTitle(t *testing.T) {
	f := openText(t, strings.Join(session5(t), ""))
	for _, n := range []record.Note{{On: 2, Text: "x", Edits: 3}, {On: 2, Edits: 99, Text: "x"}, {On: 2, Text: " ", Edits: 1}, {On: 2, Text: "x", Author: strings.Repeat("x", maxName+1)}} {
		if err := f.AddNote(n); !errors.Is(err, errNote) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	for _, a := range []record.About{{Title: strings.Repeat("x", maxName+1)}, {Author: "\xff"}, {Tags: []string{"a,b"}}, {Tags: []string{" "}}, {Tags: make([]string, maxTags+1)}} {
		if err := f.AddAbout(a); !errors.Is(err, errNote) {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if f.Len() != 5 {
		t.Error("the file was changed")
	}
}
