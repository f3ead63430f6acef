package plain

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// recorded is the transcript of a walk, as bytes.
func recorded(t *testing.T) []byte {
	t.Helper()
	f := newFake(noTLS)
	f.walk(t, walk.Goal{EHLOName: "laptop.test"}, enter(6)...)
	var text bytes.Buffer
	for i := range f.log.Len() {
		if err := transcripts.WriteLine(&text, f.log.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	return text.Bytes()
}

// replayText types lines at the replay of a file with that text.
func replayText(t *testing.T, text []byte, lines ...string) (string, *transcripts.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.ehlo.ndjson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	var out strings.Builder
	console := Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}
	if err := (Replay{Console: console, File: file}).Run(context.Background()); err != nil {
		t.Error(err)
	}
	return out.String(), file
}

func TestReplayForwardToTheEnd(t *testing.T) {
	out, _ := replayText(t, recorded(t), enter(9)...)
	inOrder(t, out, "1  *   mail.test:25", "enter forward, b back, NUMBER jump, n note, x explain, q quit, ? help >",
		"mail.test is", "enter forward", "connected to", "enter forward", "220 mail.test \\x1b[2JESMTP", "enter forward",
		"->  EHLO laptop.test", "250-mail.test", "enter forward", "->  QUIT", "221 2.0.0", "enter forward", "end at quit",
		"this is the end of the transcript", "enter end")
	if strings.Count(out, "end at quit") != 1 {
		t.Errorf("the end is shown again:\n%s", out)
	}
}

func TestReplayBackAndJump(t *testing.T) {
	out, _ := replayText(t, recorded(t), "10", "b", "b", "", "1", "b", "99", "x", "q")
	inOrder(t, out, "->  EHLO laptop.test", "-- after event 12 of 16 --", "220 mail.test", "-- after event 8 of 16 --",
		"connected to", "-- after event 6 of 16 --", "220 mail.test", "mail.test:25 (relay)", "-- after event 2 of 16 --",
		"this is the first step", "there is no event 99; the last is 16", "mail.test:25 (relay)")
}

func TestReplayEndsWithItsInput(t *testing.T) {
	for _, script := range [][]string{{}, {""}, {"n"}, {"12", "n", ""}} {
		out, file := replayText(t, recorded(t), script...)
		if strings.Count(out, " >") > len(script)+2 || file.Len() != 16 {
			t.Errorf("%q: %d events, output\n%s", script, file.Len(), out)
		}
	}
}

func TestReplayNotes(t *testing.T) {
	out, file := replayText(t, recorded(t), "10", "n", "what is this?", "n 1 the start", "n 99 nowhere", "17", "q")
	inOrder(t, out, "note on event 10 >", "event 17 is a note on event 10 now", "event 18 is a note on event 1 now", "there is no event 99", "17  *   note on event 10: what is this?")
	if file.Len() != 18 || file.At(17).Note.On != 1 || file.Damage() != nil {
		t.Errorf("%d events, damage %v", file.Len(), file.Damage())
	}
}

func TestReplayOfDamaged(t *testing.T) {
	text := recorded(t)
	out, _ := replayText(t, text[:len(text)-9], "15", "n", "a note", "q")
	inOrder(t, out, "the transcript is damaged at line 16, byte ", "the last line breaks off", "cut short", "note on event", " !   ", "the transcript is damaged")
}

// Steps are what belongs together, whatever a file says.
func TestSteps(t *testing.T) {
	var log record.Log
	add := func(k record.Kind, v record.Verb) {
		e := record.Event{Kind: k, Step: v}
		log.Append(e)
	}
	add(record.KindStart, "")              // 0
	add(record.KindState, "")              // 1
	add(record.KindSend, record.VerbRcpt)  // 2
	add(record.KindReply, record.VerbRcpt) // 3
	add(record.KindSend, record.VerbRcpt)  // 4, without a state in between
	add(record.KindReply, record.VerbRcpt) // 5
	add(record.KindState, record.VerbRcpt) // 6
	add(record.KindReply, record.VerbRcpt) // 7
	add(record.KindNote, "")               // 8
	add(record.KindNote, "")               // 9
	add(record.KindSend, record.VerbBdat)  // 10
	add(record.KindSend, record.VerbBdat)  // 11
	add(record.KindReply, record.VerbBdat) // 12
	for i, want := range []int{0, 0, 2, 2, 4, 4, 4, 7, 8, 9, 10, 10, 10} {
		if got := stepStart(&log, i); got != want {
			t.Errorf("the step of event %d begins with %d, want %d", i, got, want)
		}
	}
	for i, want := range []int{2, 2, 4, 4, 7, 7, 7, 8, 9, 10, 13, 13, 13} {
		if got := stepEnd(&log, i); got != want {
			t.Errorf("the step of event %d ends before %d, want %d", i, got, want)
		}
	}
	if stepStart(&log, -1) != 0 {
		t.Error("before the first event")
	}
}
