package transcripts_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts"
)

// A transcript is opened, and its events are gone through.
func ExampleOpen() {
	path := written()
	defer os.RemoveAll(filepath.Dir(path))
	f, err := transcripts.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Println(f.Len(), "events with", f.Start().Target)
	for e := range f.All() {
		if e.Kind == record.KindReply {
			fmt.Printf("event %d: %s\n", e.Seq, strings.TrimSpace(string(e.Reply.Raw)))
		}
	}
	// Output:
	// 3 events with mail.example.org:25
	// event 2: 220 mail.example.org ESMTP
}

// Of a session that was cut off the verdict is that of what is there.
func ExampleFile_Verdict() {
	path := written()
	defer os.RemoveAll(filepath.Dir(path))
	f, err := transcripts.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	v := f.Verdict()
	fmt.Println(v.Outcome, v.Facts.CutOff)
	for note := range f.OfKind(record.KindNote) {
		fmt.Printf("a note on event %d: %s\n", note.Note.On, note.Note.Text)
	}
	// Output:
	// stopped true
	// a note on event 2: it says little about itself
}

// Events are written as lines.
func ExampleWriteLine() {
	fmt.Print(lines())
	// Output:
	// {"seq":1,"t":0,"kind":"start","start":{"format":"ehlo-transcript/1","time":"2026-11-23T10:00:00Z","target":{"host":"mail.example.org","port":25},"policy":{"start":"starttls","must":"opportunistic"}}}
	// {"seq":2,"t":1000000,"kind":"reply","step":"greeting","reply":{"raw":"220 mail.example.org ESMTP\r\n","code":220,"wait":1000000,"took":0}}
	// {"seq":3,"t":60000000000,"kind":"note","note":{"on":2,"text":"it says little about itself"}}
}

// session is a start, a greeting and a note.
func session() []record.Event {
	return []record.Event{
		{Seq: 1, Kind: record.KindStart, Start: &record.Start{Format: record.Format, Time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
			Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 25}, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic}}}},
		{Seq: 2, T: time.Millisecond, Kind: record.KindReply, Step: record.VerbGreeting,
			Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw("220 mail.example.org ESMTP\r\n"), Code: 220}, Wait: time.Millisecond}},
		{Seq: 3, T: time.Minute, Kind: record.KindNote, Note: &record.Note{On: 2, Text: "it says little about itself"}},
	}
}

// written is the path of a file with that session, in a folder of its own.
func written() string {
	dir, err := os.MkdirTemp("", "ehlo-example-")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "session"+transcripts.Extension)
	if err := os.WriteFile(path, []byte(lines()), 0o600); err != nil {
		panic(err)
	}
	return path
}

// lines is the session as the text of a file.
func lines() string {
	var text bytes.Buffer
	for _, e := range session() {
		if err := transcripts.WriteLine(&text, &e); err != nil {
			panic(err)
		}
	}
	return text.String()
}
