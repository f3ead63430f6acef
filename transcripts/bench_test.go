package transcripts

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// manyEvents writes a transcript of n events that look like those of a long session, and returns its path.
func manyEvents(tb testing.TB, n int) string {
	var buf bytes.Buffer
	for seq := 1; seq <= n; seq++ {
		if err := WriteLine(&buf, typical(seq)); err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(tb.TempDir(), "many"+Extension)
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func typical(seq int) *record.Event {
	e := &record.Event{Seq: seq, T: time.Duration(seq) * time.Millisecond, Step: record.VerbNoop}
	e.Explain = &explain.Explanation{Short: "nothing to do", Text: "The server answers that all is well. It is sent to keep a connection alive, or to see whether it still is.",
		Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.9"}}, Entries: []string{"command:NOOP"}}
	switch {
	case seq == 1:
		e.Kind, e.Start = record.KindStart, &record.Start{Format: record.Format, Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 25}}}
	case seq%3 == 0:
		e.Kind, e.Send = record.KindSend, &record.Send{Raw: wire.Raw("NOOP\r\n"), TLS: true}
	case seq%3 == 1:
		r := wire.Reply{Raw: wire.Raw("250-2.0.0 first\r\n250 2.0.0 OK\r\n"), Code: 250, Enhanced: wire.Enhanced{Class: 2},
			Lines: []wire.Line{{Code: "250", Sep: '-', Text: "first"}, {Code: "250", Sep: ' ', Text: "OK"}}}
		e.Kind, e.Reply = record.KindReply, &record.Reply{Reply: r, Wait: time.Millisecond}
	default:
		st := record.NewState()
		st.Stage, st.Peer, st.Done = record.StageReady, "mail.example.org", []record.Phase{record.PhaseConnect, record.PhaseEHLO}
		e.Kind, e.State = record.KindState, &st
	}
	return e
}

// BenchmarkOpen is what a person waits for after ehlo open: every line checked, the first events decoded.
func BenchmarkOpen(b *testing.B) {
	path := manyEvents(b, 100_000)
	info, _ := os.Stat(path)
	b.SetBytes(info.Size())
	for b.Loop() {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 50 {
			f.At(f.Len() - 1 - i)
		}
		f.Close()
	}
}

// BenchmarkDecode is the price of one event that is not in memory.
func BenchmarkDecode(b *testing.B) {
	f, err := Open(manyEvents(b, 100_000))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for i := 0; b.Loop(); i++ {
		f.At(i % f.Len())
	}
}

// BenchmarkSkim is the same for a reader that only makes rows.
func BenchmarkSkim(b *testing.B) {
	f, err := Open(manyEvents(b, 100_000))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for i := 0; b.Loop(); i++ {
		f.Skim(i % f.Len())
	}
}
