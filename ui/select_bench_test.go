package ui

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts"
)

// repeated is a file of n events: a real session over and over, of which its start and its end come once.
func repeated(b *testing.B, n int) string {
	b.Helper()
	one, err := transcripts.Open(filepath.Join("testdata", "tls13.ehlo.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	defer one.Close()
	log := &record.Log{}
	for i := range n {
		e := *one.At((i-1+one.Len()-2)%(one.Len()-2) + 1)
		switch i {
		case 0:
			e = *one.At(0)
		case n - 1:
			e = *one.At(one.Len() - 1)
		}
		e.T = time.Duration(i) * time.Millisecond
		log.Append(e)
	}
	return inFile(b, log)
}

func inFile(b *testing.B, log *record.Log) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "long.ehlo.ndjson")
	rec, err := transcripts.Record(log, path)
	if err != nil {
		b.Fatal(err)
	}
	if err := rec.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func shownWhole(b *testing.B, path string) *root {
	b.Helper()
	file, err := transcripts.Follow(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	r := replaying(file)
	r.walk.replay.Whole = file.Whole
	return all(r)
}

// BenchmarkSelect selects a row of each kind of event in a file of 100,000, one that was not looked at before, and draws the frame.
func BenchmarkSelect(b *testing.B) {
	r := shownWhole(b, repeated(b, 100_000))
	w := r.walk
	w.end()
	rows := map[record.Kind][]int{}
	for i := range w.pane.Upto(w.pos) {
		if row := w.pane.Row(i); len(rows[""]) < 100_000 {
			k := w.bridge.source.(*transcripts.File).Kind(row.Event)
			rows[k] = append(rows[k], i)
		}
	}
	for kind, at := range rows {
		b.Run(string(kind), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				w.pane.Select(at[i*7919%len(at)], w.pane.Upto(w.pos))
				r.View()
			}
		})
	}
}

// BenchmarkKey presses the keys that go far in the same file, and draws the frame.
func BenchmarkKey(b *testing.B) {
	r := shownWhole(b, repeated(b, 100_000))
	for _, keys := range [][2]string{{"home", "end"}, {"[", "]"}, {"left", "right"}, {"pgup", "pgdown"}, {"v", "v"}, {"up", "down"}} {
		b.Run(keys[0]+" "+keys[1], func(b *testing.B) {
			r.walk.end()
			for i := 0; b.Loop(); i++ {
				r.Update(keyMsg(keys[i%2]))
				r.View()
			}
		})
	}
}

// BenchmarkLongStrings presses keys in a file of replies of 100 kB.
func BenchmarkLongStrings(b *testing.B) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format}})
	for range 200 {
		text := "250 " + strings.Repeat("x", 100_000) + "\r\n"
		log.Append(record.Event{Kind: record.KindReply, Step: record.VerbNoop, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text), Code: 250, Lines: []wire.Line{{Code: "250", Sep: ' ', Text: text[4:100_004]}}}}})
		log.Append(record.Event{Kind: record.KindTLSMessage, Step: record.VerbHandshake, TLSMessage: &tlswire.Message{Dir: "S", Kind: tlswire.KindHandshake, Name: "Certificate", Raw: []byte(base64.StdEncoding.EncodeToString([]byte(text)))}})
	}
	r := shownWhole(b, inFile(b, log))
	for _, keys := range [][2]string{{"up", "down"}, {"pgup", "pgdown"}, {"v", "v"}, {"home", "end"}, {"[", "]"}} {
		b.Run(keys[0]+" "+keys[1], func(b *testing.B) {
			r.walk.end()
			for i := 0; b.Loop(); i++ {
				r.Update(keyMsg(keys[i%2]))
				r.View()
			}
		})
	}
}
