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
// [*Error] that wraps ErrNote, ErrDamaged, ErrInUse or the system's error.
func (f *File) AddNote(on int, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.checkNote(on, text); err != nil {
		return err
	}
	h := head{Seq: f.index.last.Seq + 1, Kind: record.KindNote}
	h.T = max(int64(time.Since(f.start.Start.Time)), f.index.last.T)
	var buf bytes.Buffer
	if !f.index.whole {
		buf.WriteByte('\n')
	}
	begins := f.index.end + int64(buf.Len())
	e := &record.Event{Seq: h.Seq, T: time.Duration(h.T), Kind: h.Kind, Note: &record.Note{On: on, Text: text}}
	if err := WriteLine(&buf, e); err != nil {
		return &Error{Path: f.path, Text: err.Error(), Err: errNote}
	}
	if err := f.append(buf.Bytes()); err != nil {
		return err
	}
	f.index.add(h, begins, f.index.end+int64(buf.Len()))
	f.Wake()
	return nil
}

func (f *File) checkNote(on int, text string) error {
	refuse := func(reason string) error {
		return &Error{Path: f.path, Text: reason, Err: errNote}
	}
	switch {
	case f.index.damage != nil:
		return failure(f.path, errDamaged, "a note behind the damage could not be read; copy what is whole to a new file first")
	case on < 1 || on > len(f.index.starts):
		return refuse(fmt.Sprintf("there is no event %d to note something on; the last is %d", on, len(f.index.starts)))
	case strings.TrimSpace(text) == "":
		return refuse("the note is empty")
	case len(text) > maxNote:
		return refuse(fmt.Sprintf("the note has %d bytes, and may have %d", len(text), maxNote))
	case !utf8.ValidString(text):
		return refuse("the note is not UTF-8")
	case len(f.index.starts) >= maxEvents:
		return refuse(fmt.Sprintf("the transcript has %d events, and may have no more", maxEvents))
	}
	return nil
}

// append writes whole lines to the end of the file, unless someone else has written or writes there.
func (f *File) append(lines []byte) error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return &Error{Path: f.path, Text: cause(err).Error(), Hint: "a note needs a file that can be written", Err: err}
	}
	defer file.Close()
	if !lock(file) || !f.unchanged(file) {
		return failure(f.path, errInUse, "its session may still run; open the file again when it is over")
	}
	if _, err := file.Write(lines); err != nil {
		file.Truncate(f.index.end) // half a note is worse than none
		return &Error{Path: f.path, Text: cause(err).Error(), Hint: "the note was not kept", Err: err}
	}
	return nil
}

// unchanged reports whether file is still the one that was opened and has not grown since.
func (f *File) unchanged(file *os.File) bool {
	now, err1 := file.Stat()
	opened, err2 := f.file.Stat()
	return err1 == nil && err2 == nil && os.SameFile(now, opened) && now.Size() == f.index.end
}
