package transcripts

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func startEvent() record.Event {
	return record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: "ehlo test",
		Time: began, Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587}}}}
}

func sendEvent(line string) record.Event {
	return record.Event{Kind: record.KindSend, Step: record.VerbNoop, T: time.Millisecond,
		Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}
}

func replyEvent(line string) record.Event {
	return record.Event{Kind: record.KindReply, Step: record.VerbNoop, T: 2 * time.Millisecond,
		Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(line + "\r\n"), Code: 250}, Wait: time.Microsecond}}
}

func endEvent() record.Event {
	return record.Event{Kind: record.KindEnd, T: time.Second, End: &record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Cause: "All went well."}}
}

func noteEvent(on int, text string) record.Event {
	return record.Event{Kind: record.KindNote, T: time.Second, Note: &record.Note{On: on, Text: text}}
}

// logOf is a log of these events.
func logOf(events ...record.Event) *record.Log {
	l := &record.Log{}
	for _, e := range events {
		l.Append(e)
	}
	return l
}

// linesOf is the transcript of these events as lines, each with its line end.
func linesOf(t testing.TB, events ...record.Event) []string {
	t.Helper()
	l := logOf(events...)
	var buf bytes.Buffer
	for i := range l.Len() {
		if err := WriteLine(&buf, l.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	return strings.SplitAfter(strings.TrimSuffix(buf.String(), "\n")+"\n", "\n")[:l.Len()]
}

// session5 is a transcript of five events.
func session5(t testing.TB) []string {
	return linesOf(t, startEvent(), sendEvent("NOOP"), replyEvent("250 OK"), sendEvent("QUIT"), endEvent())
}

// fileOf writes text to a new file and returns its path.
func fileOf(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a"+Extension)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openText opens a file of that text, which has to be a transcript.
func openText(t testing.TB, text string) *File {
	t.Helper()
	return openPath(t, fileOf(t, text))
}

func openPath(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
