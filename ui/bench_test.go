package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// tape is a source of any length that repeats a session.
type tape struct {
	events []*record.Event
	n      int
}

func (t *tape) Len() int                         { return t.n }
func (t *tape) At(i int) *record.Event           { return t.events[i%len(t.events)] }
func (t *tape) Watch() (<-chan struct{}, func()) { return make(chan struct{}), func() {} }

func newTape(n int) *tape {
	sc := newScene()
	for _, v := range []record.Verb{record.VerbResolve, record.VerbConnect, record.VerbGreeting, record.VerbEHLO, record.VerbSTARTTLS,
		record.VerbHandshake, record.VerbEHLO, record.VerbAuth, record.VerbMail, record.VerbRcpt, record.VerbData, record.VerbContent} {
		if err := sc.Do(context.Background(), record.Step{Verb: v, Line: string(v)}); err != nil {
			panic(err)
		}
	}
	t := &tape{n: n}
	for i := range sc.log.Len() {
		t.events = append(t.events, sc.log.At(i))
	}
	return t
}

func taped(n int) *root { return replaying(newTape(n)) }

func replaying(src record.Source) *root {
	e := env{now: func() time.Time { return epoch }, after: func(time.Duration, tea.Msg) tea.Cmd { return nil }}
	r := newRoot(context.Background(), &App{}, e, paint.NewTheme(termenv.ANSI, true))
	r.width, r.height = 120, 40
	r.showReplay(&Replay{Source: src})
	return r
}

func all(r *root) *root {
	for r.walk.reading() {
		r.walk.read()
	}
	return r
}

// BenchmarkFrame draws a frame at 120×40 after each key: it must not matter how long the log is.
func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := all(taped(n))
			r.View()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				k := tea.KeyUp
				if i/500%2 == 1 {
					k = tea.KeyDown
				}
				r.Update(tea.KeyMsg{Type: k})
				r.View()
			}
		})
	}
}

// BenchmarkHandshake draws a frame at 120×40 after each key over a real handshake: its ladder with the fields of each row,
// what it decided with the chain checked again, and the tree over the bytes.
func BenchmarkHandshake(b *testing.B) {
	file, err := transcripts.Open(filepath.Join("testdata", "tls13.ehlo.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for name, keys := range map[string][2]string{"fields": {"2up", "down"}, "tree": {"fend", "up"}} {
		b.Run(name, func(b *testing.B) {
			r := all(replaying(file))
			w := r.walk
			for w.pane.Sel = 0; w.pane.Row(w.pane.Sel).Kind != dialogue.RowHandshake; w.pane.Sel++ {
			}
			w.fold()
			r.Update(keyMsg(keys[0][:1]))
			r.View()
			for i := 0; b.Loop(); i++ {
				k := keys[0][1:]
				if i/10%2 == 0 {
					k = keys[1]
				}
				r.Update(keyMsg(k))
				r.View()
			}
		})
	}
}

// BenchmarkTimeTravel goes back an event and draws the frame.
func BenchmarkTimeTravel(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := all(taped(n))
			for i := 0; b.Loop(); i++ {
				k := tea.KeyLeft
				if i/300%2 == 1 {
					k = tea.KeyRight
				}
				r.Update(tea.KeyMsg{Type: k})
				r.View()
			}
		})
	}
}

// BenchmarkOpen opens a file of 100,000 events: to its first picture, and to all of it read.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "long.ndjson")
	log, long := &record.Log{}, newTape(100_000)
	for i := range long.Len() {
		e := *long.At(i)
		e.T = time.Duration(i) * time.Millisecond
		log.Append(e)
	}
	recorder, err := transcripts.Record(log, path)
	if err != nil {
		b.Fatal(err)
	}
	if err := recorder.Close(); err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func(*root) *root{"first": func(r *root) *root { return r }, "whole": all} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				file, err := transcripts.Follow(path)
				if err != nil {
					b.Fatal(err)
				}
				r := replaying(file)
				r.walk.replay.Whole = file.Whole
				read(r).View()
				if name == "whole" {
					b.ReportMetric(memoryPerByte(b, path), "memory/file")
				}
				r.walk.bridge.stop()
				file.Close()
			}
		})
	}
}

// memoryPerByte is how much memory the program has taken from the system for each byte of a file.
func memoryPerByte(b *testing.B, path string) float64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / float64(info.Size())
}

// BenchmarkFirstFrame is from an open transcript to its first picture, and to its last event on the screen.
func BenchmarkFirstFrame(b *testing.B) {
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			taped(100_000).View()
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			all(taped(100_000)).View()
		}
	})
}
