package export

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// streamed are the formats that take no more memory for a long session than for a short one.
var streamed = []string{"text", "markdown", "json", "html"}

// longSession is a session of n events, which are made when they are asked for.
func longSession(n int) *Session {
	return &Session{Verdict: &record.Verdict{Outcome: record.OutcomeDone, Cause: "All went well."}, Events: func(yield func(*record.Event) bool) {
		for seq := 1; seq <= n && yield(typical(seq)); seq++ {
		}
	}}
}

func typical(seq int) *record.Event {
	e := &record.Event{Seq: seq, T: time.Duration(seq) * time.Millisecond, Step: record.VerbNoop, Explain: &explain.Explanation{Short: "nothing to do", Text: "The server answers that all is well."}}
	switch {
	case seq == 1:
		e.Kind, e.Step, e.Start = record.KindStart, "", &record.Start{Format: record.Format, Time: began}
	case seq%10 == 8:
		e.Kind, e.ServerLog = record.KindServerLog, &record.ServerLog{Lines: []record.LogLine{{Time: began, Process: "lab/smtpd[1]", Text: strings.Repeat("connect from ada ", 20)}}}
	case seq%10 == 9:
		e.Kind, e.OnPath = record.KindOnPath, &record.OnPath{Deeds: []record.Deed{{Did: record.DeedSaw, From: "C", What: "NOOP"}}}
	case seq%2 == 0:
		e.Kind, e.Send = record.KindSend, &record.Send{Raw: wire.Raw("NOOP\r\n"), TLS: true}
	default:
		e.Kind, e.Reply = record.KindReply, &record.Reply{Reply: wire.Reply{Raw: wire.Raw(fmt.Sprintf("250 2.0.0 %d\r\n", seq)), Code: 250}, Wait: time.Millisecond}
	}
	return e
}

// heap is a writer that measures the live heap every so many bytes.
type heap struct {
	written, next int
	most          uint64
}

func (h *heap) Write(b []byte) (int, error) {
	if h.written += len(b); h.written >= h.next {
		h.next = h.written + 1<<20
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		h.most = max(h.most, stats.HeapAlloc)
	}
	return len(b), nil
}

func TestExportsStream(t *testing.T) {
	for _, name := range streamed {
		var short, long heap
		for _, run := range []struct {
			n   int
			out *heap
		}{{100, &short}, {40_000, &long}} {
			if err := formats[name](run.out, longSession(run.n)); err != nil {
				t.Fatal(err)
			}
		}
		const spread = 1 << 20 // what a garbage collector leaves differs
		if long.written < 2<<20 || long.most > short.most+spread {
			t.Errorf("%s: %d bytes of heap for %d bytes written, and %d for %d", name, short.most, short.written, long.most, long.written)
		}
	}
}

// BenchmarkExport writes a session of 10,000 events in each form.
func BenchmarkExport(b *testing.B) {
	for _, name := range streamed {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := formats[name](io.Discard, longSession(10_000)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/event")
		})
	}
}
