package plain

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// onNotes does what is asked about notes; keep keeps one.
func (v *view) onNotes(ctx context.Context, t typed, keep func(record.Note) error) error {
	switch t.key {
	case keyNote:
		return v.note(ctx, t.rest, keep)
	case keyNotes:
		v.listNotes()
	case keyRewrite, keyErase:
		return v.change(ctx, t, keep)
	case keyAuthor:
		v.author = t.rest
		v.print(words.List(" ", "notes are signed", words.Labelled("by ", t.rest)) + when(t.rest == "", " by nobody"))
	}
	return nil
}

// note asks for a text and keeps it with the event that rest names, or else with the one shown last.
func (v *view) note(ctx context.Context, rest string, keep func(record.Note) error) error {
	on := v.noted()
	if n, text, ok := numbered(rest); ok {
		on, rest = n, text
	}
	return v.write(ctx, rest, "note on event "+strconv.Itoa(on)+":", record.Note{On: on}, keep)
}

// numbered takes the number off a text that begins with one.
func numbered(rest string) (n int, text string, ok bool) {
	word, text, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(word)
	return n, strings.TrimSpace(text), err == nil
}

// write asks for a text unless there is one, and keeps the note with it. A line that ends with a backslash goes on in the next.
func (v *view) write(ctx context.Context, text, prompt string, n record.Note, keep func(record.Note) error) (err error) {
	asked := text == ""
	if asked {
		if text, err = v.ask(ctx, prompt); err != nil {
			return err
		}
		v.echo("")
	}
	for strings.HasSuffix(text, "\\") {
		more, err := v.ask(ctx, "next line:")
		if err != nil {
			return err
		}
		v.echo("")
		text = strings.TrimSuffix(text, "\\") + "\n" + more
	}
	if n.Text = text; strings.TrimSpace(text) == "" {
		v.print("no note was written")
		return nil
	}
	return v.kept(n, keep)
}

func (v *view) kept(n record.Note, keep func(record.Note) error) error {
	n.Author = v.author
	if err := keep(n); err != nil {
		v.problem(err)
	}
	return nil
}

// change rewrites a note, or removes it.
func (v *view) change(ctx context.Context, t typed, keep func(record.Note) error) error {
	seq, text, ok := numbered(t.rest)
	if !ok {
		v.printf("%s needs the number of a note; notes lists them", t.key.name)
		return nil
	}
	r, ok := v.remarks().Of(seq)
	switch {
	case !ok:
		v.printf("there is no note %d; notes lists them", seq)
		return nil
	case t.key == keyErase:
		return v.kept(record.Note{On: r.On, Edits: r.Seq}, keep)
	}
	return v.write(ctx, text, "new text of note "+strconv.Itoa(r.Seq)+":", record.Note{On: r.On, Edits: r.Seq}, keep)
}

// remarks are the notes as they stand.
func (v *view) remarks() *record.Notes {
	if v.notes != nil {
		return v.notes
	}
	var n record.Notes
	for i := range v.src.Len() {
		n.Take(v.src.At(i))
	}
	return &n
}

// mostTold is how many notes are told at once.
const mostTold = 100

func (v *view) listNotes() {
	notes, told := v.remarks(), 0
	for _, seq := range notes.Noted() {
		for _, r := range notes.On(seq) {
			if told++; told > mostTold {
				v.print("and more notes: they are shown with their events")
				return
			}
			v.tellNote("note "+strconv.Itoa(r.Seq)+" on event "+strconv.Itoa(r.On), r)
		}
	}
	if told == 0 {
		v.print("there are no notes")
	}
}

// tellNotes tells the notes on an event, of one that is not told itself those that match.
func (v *view) tellNotes(e *record.Event, told bool) {
	if v.notes == nil {
		return
	}
	for i, r := range v.notes.On(e.Seq) {
		if i == mostListed {
			v.print("and more notes; notes lists them")
			return
		}
		if told || v.matches(r.Last) {
			v.tellNote("note", r)
		}
	}
}

// tellNote tells a note, a line of the output for each of its lines.
func (v *view) tellNote(lead string, r record.Remark) {
	lead = words.List(", ", words.List(" ", lead, words.Labelled("by ", r.Author)), when(r.Edited, "edited"))
	for i, line := range strings.Split(r.Text, "\n") {
		if i == mostLines {
			v.print("and more lines")
			return
		}
		v.print(wire.VisibleString(words.List(": ", lead, shorten(line))))
		lead = ""
	}
}

// introduce tells what was said of the file.
func (r *replay) introduce() {
	if a := r.file.About(); a != nil {
		for _, part := range [][2]string{{"title", a.Title}, {"author", a.Author}, {"tags", strings.Join(a.Tags, ", ")}} {
			if part[1] != "" {
				r.print(wire.VisibleString(part[0] + ": " + part[1]))
			}
		}
	}
}

// title says what the file shows, or by which words it is found.
func (r *replay) title(t typed) {
	a := record.About{Author: r.author}
	if said := r.file.About(); said != nil {
		a = *said
	}
	a.Time = record.About{}.Time
	if t.key == keyTitle {
		a.Title = t.rest
	} else {
		a.Tags = nil
		for tag := range strings.SplitSeq(t.rest, ",") {
			if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(a.Tags, tag) {
				a.Tags = append(a.Tags, tag)
			}
		}
	}
	if err := r.file.AddAbout(a); err != nil {
		r.problem(err)
		return
	}
	r.introduce()
}
