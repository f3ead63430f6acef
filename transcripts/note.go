package transcripts

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ehlo/session/record"
)

// AddNote appends a note, or another form of one that is there, which then stands in its place; the time is now where n names none.
// What the file held stays as it was. The error is an [*Error] that wraps errNote, errDamaged, errInUse or the system's error.
func (f *File) AddNote(n record.Note) error {
	if n.Time.IsZero() {
		n.Time = time.Now()
	}
	if err := f.checkNote(n); err != nil {
		return err
	}
	return f.append(record.Event{Kind: record.KindNote, Note: &n})
}

// AddAbout appends what a person says of the whole file, in place of all that was said before. Errors are those of [File.AddNote].
func (f *File) AddAbout(a record.About) error {
	if a.Time.IsZero() {
		a.Time = time.Now()
	}
	if err := f.checkAbout(a); err != nil {
		return err
	}
	return f.append(record.Event{Kind: record.KindAbout, About: &a})
}

// Notes are the notes of the file as they stand now.
func (f *File) Notes() *record.Notes {
	var n record.Notes
	for e := range f.OfKind(record.KindNote) {
		n.Take(e)
	}
	return &n
}

// About is what was said last of the whole file; nil where nothing was.
func (f *File) About() *record.About {
	for i := f.Len() - 1; i >= 0; i-- {
		if f.Kind(i) == record.KindAbout {
			return f.At(i).About
		}
	}
	return nil
}

const hintDamaged = "a note after the damage could not be read; copy the intact part to a new file first"

func (f *File) refuse(reason string, args ...any) error {
	return &Error{Path: f.path, Text: fmt.Sprintf(reason, args...), Err: errNote}
}

func (f *File) checkNote(n record.Note) error {
	switch edits := n.Edits != 0; {
	case n.On < 1 || n.On > f.Len():
		return f.refuse("there is no event %d for a note; the last is %d", n.On, f.Len())
	case edits && (n.Edits < 1 || n.Edits > f.Len() || f.Kind(n.Edits-1) != record.KindNote):
		return f.refuse("event %d is not a note", n.Edits)
	case strings.TrimSpace(n.Text) == "" && (!edits || n.Text != ""):
		return f.refuse("the note is empty")
	case len(n.Text) > maxNote:
		return f.refuse("the note has %d bytes, and the maximum is %d", len(n.Text), maxNote)
	case !utf8.ValidString(n.Text):
		return f.refuse("the note is not UTF-8")
	}
	return f.checkMore(n.Author)
}

// checkMore looks at what notes and what is said of the file have in common.
func (f *File) checkMore(names ...string) error {
	switch {
	case f.Damage() != nil:
		return failure(f.path, errDamaged, hintDamaged)
	case slices.ContainsFunc(names, func(s string) bool { return len(s) > maxName }):
		return f.refuse("a title and an author's name have at most %d bytes", maxName)
	case slices.ContainsFunc(names, func(s string) bool { return !utf8.ValidString(s) }):
		return f.refuse("the text is not UTF-8")
	case f.Len() >= maxEvents:
		return f.refuse("the transcript has %d events, and may have no more", maxEvents)
	}
	return nil
}

func (f *File) checkAbout(a record.About) error {
	wrong := func(tag string) bool {
		return strings.TrimSpace(tag) == "" || len(tag) > maxTag || strings.Contains(tag, ",")
	}
	switch {
	case len(a.Tags) > maxTags:
		return f.refuse("there are %d tags, and the maximum is %d", len(a.Tags), maxTags)
	case slices.ContainsFunc(a.Tags, wrong):
		return f.refuse("a tag has at most %d bytes, and no comma", maxTag)
	}
	return f.checkMore(append([]string{a.Title, a.Author}, a.Tags...)...)
}

// append writes an event to the end of the file, after what others have added since it was read.
func (f *File) append(e record.Event) error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return &Error{Path: f.path, Text: cause(err).Error(), Hint: "a note needs a file that can be written", Err: err}
	}
	defer file.Close()
	f.read.Lock()
	defer f.read.Unlock()
	switch {
	case !lockSoon(file):
		return &Error{Path: f.path, Text: "the session is still running", Hint: "a note can be added when it is over", Err: errInUse}
	case gone(f.path, f.file):
		return failure(f.path, errInUse, "another file has taken its place; open it again")
	}
	f.readLocked(false)
	if f.read.damage != nil {
		return failure(f.path, errDamaged, hintDamaged)
	}
	return f.write(file, e)
}

// write gives the event its place and writes it. Nobody else writes meanwhile.
func (f *File) write(file *os.File, e record.Event) error {
	x := f.read.index
	e.Seq, e.T = x.last.Seq+1, time.Duration(max(int64(time.Since(f.start.Start.Time)), x.last.T))
	var buf bytes.Buffer
	if !x.whole {
		buf.WriteByte('\n')
	}
	begins := x.end + int64(buf.Len())
	if err := WriteLine(&buf, &e); err != nil {
		return &Error{Path: f.path, Text: err.Error(), Err: errNote}
	}
	if _, err := file.Write(buf.Bytes()); err != nil {
		file.Truncate(x.end) // half a note is worse than none
		return &Error{Path: f.path, Text: cause(err).Error(), Hint: "the note was not saved", Err: err}
	}
	x.whole = true
	x.put(head{e.Seq, int64(e.T), e.Kind}, begins, x.end+int64(buf.Len()))
	f.publish()
	return nil
}

// lockSoon takes the right to append, which others have for a moment at a time unless they record a session.
func lockSoon(file *os.File) bool {
	const tries, pause = 30, 10 * time.Millisecond
	for range tries {
		if lock(file) {
			return true
		}
		time.Sleep(pause)
	}
	return false
}
