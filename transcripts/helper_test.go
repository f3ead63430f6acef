package transcripts

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session"
	"ehlo/session/wire"
)

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func startEvent() session.Event {
	return session.Event{Kind: session.KindStart, Start: &session.Start{Format: session.Format, Program: "ehlo test",
		Time: began, Target: session.Target{Host: "mail.example.org", Port: 587}}}
}

func sendEvent(line string) session.Event {
	return session.Event{Kind: session.KindSend, Step: session.VerbNoop, T: time.Millisecond,
		Send: &session.Send{Raw: wire.Raw(line + "\r\n")}}
}

func replyEvent(line string) session.Event {
	return session.Event{Kind: session.KindReply, Step: session.VerbNoop, T: 2 * time.Millisecond,
		Reply: &session.Reply{Reply: wire.Reply{Raw: wire.Raw(line + "\r\n"), Code: 250}, Wait: time.Microsecond}}
}

func endEvent() session.Event {
	return session.Event{Kind: session.KindEnd, T: time.Second, End: &session.End{Phase: session.PhaseQuit}}
}

func noteEvent(on int, text string) session.Event {
	return session.Event{Kind: session.KindNote, T: time.Second, Note: &session.Note{On: on, Text: text}}
}

// logOf is a log of these events.
func logOf(events ...session.Event) *session.Log {
	l := &session.Log{}
	for _, e := range events {
		l.Append(e)
	}
	return l
}

// linesOf is the transcript of these events as lines, each with its line end.
func linesOf(t testing.TB, events ...session.Event) []string {
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
