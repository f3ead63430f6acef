package transcripts

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"ehlo/session/record"
)

// AddNote appends a remark about the event whose Seq is on. What the file held stays as it was. The error is an
// [*Error] that wraps errNote, errDamaged, errInUse or the system's error.
func (f *File) AddNote(on int, text string) error {
	if err := f.checkNote(on, text); err != nil {
		return err
	}
	return f.append(record.Event{Kind: record.KindNote, Note: &record.Note{On: on, Text: text}})
}

const hintDamaged = "a note behind the damage could not be read; copy what is whole to a new file first"

func (f *File) checkNote(on int, text string) error {
	refuse := func(reason string) error {
		return &Error{Path: f.path, Text: reason, Err: errNote}
	}
	switch {
	case f.Damage() != nil:
		return failure(f.path, errDamaged, hintDamaged)
	case on < 1 || on > f.Len():
		return refuse(fmt.Sprintf("there is no event %d to note something on; the last is %d", on, f.Len()))
	case strings.TrimSpace(text) == "":
		return refuse("the note is empty")
	case len(text) > maxNote:
		return refuse(fmt.Sprintf("the note has %d bytes, and may have %d", len(text), maxNote))
	case !utf8.ValidString(text):
		return refuse("the note is not UTF-8")
	case f.Len() >= maxEvents:
		return refuse(fmt.Sprintf("the transcript has %d events, and may have no more", maxEvents))
	}
	return nil
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
		return &Error{Path: f.path, Text: cause(err).Error(), Hint: "the note was not kept", Err: err}
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
