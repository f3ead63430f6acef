package plain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// recorded is the transcript of a walk, as bytes.
func recorded(t *testing.T) []byte {
	t.Helper()
	f := newFake(noTLS)
	f.walk(t, walk.Goal{EHLOName: "laptop.test"}, enter(6)...)
	return written(t, &f.log)
}

// written is a log as a file has it.
func written(t *testing.T, log record.Source) []byte {
	t.Helper()
	var text bytes.Buffer
	for i := range log.Len() {
		if err := transcripts.WriteLine(&text, log.At(i)); err != nil {
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

// Each step of a replay says something, also those of AUTH, whose state changes in the middle, and the end of TLS belongs to its QUIT.
func TestEveryStepOfAReplaySaysSomething(t *testing.T) {
	_, log := walked(t, "wrong-password", time.Minute, enter(60)...)
	out, _ := replayText(t, written(t, log), enter(30)...)
	before := ""
	for line := range strings.Lines(out) {
		if strings.HasPrefix(before, "enter ") && (strings.HasPrefix(line, "enter ") || strings.HasPrefix(line, "next")) {
			t.Errorf("nothing is said between %q and %q", before, line)
		}
		before = line
	}
	inOrder(t, out, "next inside TLS: AUTH PLAIN ", "refuses AUTH inside TLS: 535", "next inside TLS: QUIT", "TLS ends with the connection to mail.lab\n", "next: what the session came to\n", "outcome: refused at auth")
}

func TestReplayForwardToTheEnd(t *testing.T) {
	out, _ := replayText(t, recorded(t), enter(9)...)
	inOrder(t, out, "session with mail.test port 25", "enter goes forward:",
		"mail.test is at", "enter goes forward", "connected to", "enter goes forward", "220 mail.test \\x1b[2JESMTP",
		"next in cleartext: EHLO laptop.test: ", "250 mail.test", "next in cleartext: QUIT", "enter goes forward", "221 ", "enter goes forward", "end of the session", "outcome: done at quit, exit code 0", "result: ",
		"this is the end of the transcript", "enter ends")
	if strings.Count(out, "outcome: ") != 1 {
		t.Errorf("the end is shown again:\n%s", out)
	}
}

func TestReplayBackAndJump(t *testing.T) {
	out, _ := replayText(t, recorded(t), "j 10", "b", "b", "", "j 1", "b", "j 99", "x", "x", "q")
	inOrder(t, out, "client in cleartext: EHLO laptop.test", "this was up to event 15 of 19", "220 mail.test", "this was up to event 9 of 19",
		"connected to", "this was up to event 6 of 19", "220 mail.test", "session with mail.test port 25, relay", "this was up to event 2 of 19",
		"this is the first step", "there is no event 99; the last is 19", "event 1, the session: no TLS", "x again shows the details of the session", "the session, target: mail.test port 25")
}

func TestReplayEndsWithItsInput(t *testing.T) {
	for _, script := range [][]string{{}, {""}, {"n"}, {"j 12", "n", ""}} {
		out, file := replayText(t, recorded(t), script...)
		if strings.Count(out, "enter ") > len(script)+2 || file.Len() != 19 {
			t.Errorf("%q: %d events, output\n%s", script, file.Len(), out)
		}
	}
}

// A note is told with its event, also when that is come to again or the file is opened again.
func TestReplayNotes(t *testing.T) {
	out, file := replayText(t, recorded(t), "j 10", "n", "what is this?", "n 1 the start", "n 99 nowhere", "author ann", "n 11 first\\", "\x1b[2Jsecond", "notes", "j 10", "q")
	inOrder(t, out, "note on event 11:", "note 20 is on event 11 now", "note 21 is on event 1 now", "there is no event 99", "notes are signed by ann", "next line:", "note 22 is on event 11 now",
		"note 21 on event 1: the start", "note 20 on event 11: what is this?", "note 22 on event 11 by ann: first", `\x1b[2Jsecond`, "client in cleartext: EHLO laptop.test", "note: what is this?", "note by ann: first")
	if file.Len() != 22 || file.At(20).Note.On != 1 || file.Damage() != nil {
		t.Errorf("%d events, damage %v", file.Len(), file.Damage())
	}
	text, _ := os.ReadFile(file.Path())
	out, file = replayText(t, text, "j 10", "rewrite 20 it is EHLO", "erase 22", "erase 3", "rewrite", "rewrite 21", "", "notes", "j 10", "", "", "", "q")
	inOrder(t, out, "note: the start", "note: what is this?", "note 20 is rewritten", "note 22 is removed", "there is no note 3", "rewrite needs the number of a note", "new text of note 21:", "no note was written",
		"note 20 on event 11, edited: it is EHLO", "client in cleartext: EHLO laptop.test", "note, edited: it is EHLO", "this is the end of the transcript")
	if again, _ := os.ReadFile(file.Path()); !strings.HasPrefix(string(again), string(text)) || file.Len() != 24 || strings.Contains(out[strings.Index(out, "is removed"):], "second") {
		t.Errorf("%d events:\n%s", file.Len(), out)
	}
}

func TestTitleAndTags(t *testing.T) {
	out, file := replayText(t, recorded(t), "author ann", "title lesson 3: EHLO", "tags tls, basics, tls", "title "+strings.Repeat("x", 201), "q")
	inOrder(t, out, "title: lesson 3: EHLO", "author: ann", "tags: tls, basics", "warning: ", "at most 200 bytes")
	text, _ := os.ReadFile(file.Path())
	out, _ = replayText(t, text, "", "title", "q")
	inOrder(t, out, "title: lesson 3: EHLO", "tags: tls, basics", "session with", "author: ann", "tags: tls, basics")
	if strings.Count(out, "title: ") != 1 {
		t.Errorf("the title is still there:\n%s", out)
	}
}

func TestReplayOfDamaged(t *testing.T) {
	text := recorded(t)
	out, _ := replayText(t, text[:len(text)-9], "j 18", "n", "a note", "q")
	inOrder(t, out, "outcome: done at quit", "The log was cut off there.", "the transcript is damaged at line 19, byte ", "the last line breaks off", "cut short", "note on event", "warning: ", "the transcript is damaged")
	if strings.Count(out, "outcome: ") != 1 {
		t.Errorf("the end is shown again:\n%s", out)
	}
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
	for i, want := range []int{0, 0, 2, 2, 4, 4, 4, 7, 7, 7, 10, 10, 10} {
		if got := stepStart(&log, i); got != want {
			t.Errorf("the step of event %d begins with %d, want %d", i, got, want)
		}
	}
	for i, want := range []int{2, 2, 4, 4, 7, 7, 7, 10, 10, 10, 13, 13, 13} {
		if got := stepEnd(&log, i); got != want {
			t.Errorf("the step of event %d ends before %d, want %d", i, got, want)
		}
	}
	if stepStart(&log, -1) != 0 {
		t.Error("before the first event")
	}
}

// A session that is running is told as it goes on, and then there is a prompt.
func TestReplayFollows(t *testing.T) {
	log, whole := &record.Log{}, openBytes(t, recorded(t))
	add := func(from, to int) {
		for i := from; i < to; i++ {
			log.Append(*whole.At(i))
		}
	}
	add(0, 5)
	rec, err := transcripts.Record(log, filepath.Join(t.TempDir(), "a.ehlo.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for wake, stop := rec.Watch(); rec.Len() < 5; <-wake {
		defer stop()
	}
	file, err := transcripts.Follow(rec.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := &growing{}
	done := make(chan error)
	go func() {
		done <- Replay{Console: Console{In: strings.NewReader("\n"), Out: out}, File: file, Follow: true}.Run(context.Background())
	}()
	out.await(t, "mail.test is at")
	add(5, whole.Len())
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "session with mail.test port 25", "mail.test is at", "connected to", "221 ", "end of the session", "outcome: done at quit", "this is the end of the transcript", "enter ends")
	if strings.Contains(out.String(), "cut off") {
		t.Error(out.String())
	}
}

func openBytes(t *testing.T, text []byte) *transcripts.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.ehlo.ndjson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// growing is an output that can be read while it grows.
type growing struct {
	mu   sync.Mutex
	text strings.Builder
}

func (g *growing) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(b)
}

func (g *growing) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}

func (g *growing) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(g.String(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%q was not said in %s", text, g)
		}
	}
}

// replayedFast types lines at the replay of a file that plays without waiting, and says how long it would have waited.
func replayedFast(t *testing.T, log *record.Log, lines ...string) (string, []time.Duration) {
	t.Helper()
	var text bytes.Buffer
	for i := range log.Len() {
		if err := transcripts.WriteLine(&text, log.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "a.ehlo.ndjson")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out strings.Builder
	var waits []time.Duration
	now := make(chan time.Time)
	close(now)
	r := Replay{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, File: file, After: func(d time.Duration) <-chan time.Time {
		waits = append(waits, d)
		return now
	}}
	if err := r.Run(context.Background()); err != nil {
		t.Error(err)
	}
	return out.String(), waits
}

// What is played waits as long as the session did, by the speed, and never long.
func TestPlay(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Plan: record.Plan{Target: record.Target{Host: "mail.test", Port: 25}}}})
	for i, at := range []time.Duration{time.Second, 3 * time.Second, time.Minute, 30 * time.Second} {
		log.Append(record.Event{T: at, Kind: record.KindSend, Step: record.VerbNoop, Send: &record.Send{Raw: []byte(fmt.Sprintf("NOOP %d\r\n", i))}})
		log.Append(record.Event{T: at, Kind: record.KindReply, Step: record.VerbNoop, Reply: &record.Reply{}})
	}
	out, waits := replayedFast(t, log, "play", "q")
	if got := fmt.Sprint(waits); got != "[1s 2s 3s 0s]" {
		t.Errorf("waits %s", got)
	}
	inOrder(t, out, "NOOP 0", "NOOP 1", "here for 57", "NOOP 2", "NOOP 3", "this is the end of the transcript")
	if _, waits = replayedFast(t, log, "play 30", "q"); fmt.Sprint(waits) != "[33.333333ms 66.666666ms 1.9s 0s]" {
		t.Errorf("faster it waits %s", waits)
	}
	out, waits = replayedFast(t, log, "play 0", "play fast", "q")
	if strings.Count(out, "for how many times as fast") != 2 || len(waits) > 0 {
		t.Errorf("%v\n%s", waits, out)
	}
}

// Beside what was done next stands what had been proposed, where that is another step.
func TestWhatWasProposed(t *testing.T) {
	f := newFake(noTLS)
	f.walk(t, walk.Goal{EHLOName: "laptop.test"}, "", "", "", "r", "NOOP", "", "", "q")
	out, _ := replayedFast(t, &f.log, "", "", "", "q")
	inOrder(t, out, "next in cleartext: NOOP; proposed: EHLO laptop.test: ")
}
