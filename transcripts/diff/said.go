package diff

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// said tells what people have said of the files that is not the same in both: title, author, tags, and notes by what they are about.
func said(a, b *session) (list []string) {
	for _, f := range []struct{ has, left, right string }{
		{"the title", quoted(a.about.Title), quoted(b.about.Title)},
		{"the author", a.visible(a.about.Author), b.visible(b.about.Author)},
		{"the tags", a.visible(strings.Join(sorted(a.about.Tags), ", ")), b.visible(strings.Join(sorted(b.about.Tags), ", "))},
	} {
		if f.left != f.right {
			list = append(list, "A has "+orNone(f.has, f.left)+", B has "+orNone(f.has, f.right)+".")
		}
	}
	left, right := a.noted(), b.noted()
	return append(append(list, onlyIn("A", left, right)...), onlyIn("B", right, left)...)
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "“" + wire.VisibleString(text) + "”"
}

func orNone(what, value string) string {
	if value == "" {
		return strings.Replace(what, "the ", "no ", 1)
	}
	return what + " " + value
}

// noted are the notes of a session, each with what it is about.
func (s *session) noted() (list []string) {
	for _, on := range s.notes.Noted() {
		for _, r := range s.notes.On(on) {
			list = append(list, "a note on "+s.placeOf(on-1)+": “"+s.visible(strings.Join(strings.Fields(r.Text), " "))+"”")
		}
	}
	return list
}

// placeOf names the step that event i belongs to.
func (s *session) placeOf(i int) string {
	for _, step := range s.steps {
		if i >= step.From && i < step.To {
			return step.Title()
		}
	}
	return "the session"
}

// onlyIn tells the notes that the other session does not have; two that are alike are two.
func onlyIn(which string, notes, others []string) (list []string) {
	others = slices.Clone(others)
	for _, n := range notes {
		if i := slices.Index(others, n); i >= 0 {
			others = slices.Delete(others, i, i+1)
			continue
		}
		list = append(list, "Only "+which+" has "+n+".")
	}
	return list
}

// heard takes in what a person has said of a session.
func (s *session) heard(e *record.Event) {
	if e.About != nil {
		s.about = *e.About
	}
	s.notes.Take(e)
}
