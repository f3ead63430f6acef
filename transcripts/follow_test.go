package transcripts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

func followed(t *testing.T, path string) *File {
	t.Helper()
	f, err := Follow(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// until waits for what others do to a file.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came to " + what)
		}
	}
}

// What a session writes comes to whoever follows its file, with its end, and what others note after that.
func TestFollow(t *testing.T) {
	t.Parallel()
	l := logOf(startEvent(), sendEvent("NOOP"))
	rec, err := Record(l, filepath.Join(t.TempDir(), "a"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	await(rec, 2)
	f := followed(t, rec.Path())
	wake, stop := f.Watch()
	defer stop()
	until(t, "the first events", func() bool { return f.Len() == 2 && f.Whole() })
	if !f.Running() || f.Verdict() != nil || f.Damage() != nil {
		t.Errorf("running %v, verdict %v, damage %v", f.Running(), f.Verdict(), f.Damage())
	}
	for len(wake) > 0 {
		<-wake
	}
	l.Append(replyEvent("250 ok"))
	<-wake
	until(t, "the reply", func() bool { return f.Len() == 3 })
	l.Append(endEvent())
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "its end", func() bool { return f.End() != nil && !f.Running() })
	if err := openPath(t, rec.Path()).AddNote(record.Note{On: 1, Text: "from elsewhere"}); err != nil {
		t.Fatal(err)
	}
	if err := f.AddNote(record.Note{On: 2, Text: "from here"}); err != nil {
		t.Fatal(err)
	}
	until(t, "both notes", func() bool { return f.Len() == 6 })
	if a, b := f.At(4), f.At(5); a.Kind != record.KindNote || a.Note.On != 1 || b.Note.On != 2 {
		t.Errorf("the notes are %+v, %+v", a, b)
	}
}

// Half a line is no damage while it is written. When nobody writes it any more it is, and the session was cut off.
func TestFollowHalfALine(t *testing.T) {
	t.Parallel()
	lines := session5(t)
	path := fileOf(t, lines[0]+lines[1]+lines[2][:20])
	writer, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil || !lock(writer) {
		t.Fatal(err)
	}
	f := followed(t, path)
	until(t, "its lines", f.Whole)
	if !locks {
		t.Skip("nobody can tell who writes a file here")
	}
	if f.Len() != 2 || f.Damage() != nil || !f.Running() {
		t.Errorf("%d events, %v", f.Len(), f.Damage())
	}
	if _, err := writer.WriteString(lines[2][20:] + lines[3][:20]); err != nil {
		t.Fatal(err)
	}
	until(t, "the rest of the line", func() bool { return f.Len() == 3 })
	writer.Close()
	until(t, "the loss of its writer", func() bool { return f.Damage() != nil })
	if v := f.Verdict(); f.Running() || v == nil || !v.Facts.CutOff || !strings.Contains(f.Damage().Reason, "breaks off") {
		t.Errorf("running %v, %v, %+v", f.Running(), f.Damage(), v)
	}
}

// Closing ends the reading at once, however long the file is.
func TestFollowIsClosed(t *testing.T) {
	f := followed(t, manyEvents(t, 50_000))
	if n := f.Len(); n == 0 || n > 50_000 {
		t.Errorf("%d events at once", n)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	n := f.Len()
	if time.Sleep(time.Millisecond); f.Len() != n {
		t.Error("it is read on")
	}
}
