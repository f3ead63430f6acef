package record

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestLogConcurrently(t *testing.T) {
	const writers, each = 4, 3 * chunk
	var log Log
	var w, r sync.WaitGroup
	done := make(chan struct{})
	for range writers {
		w.Go(func() {
			for range each {
				if e := log.Append(Event{Kind: KindNote, Note: &Note{}}); e.Seq < 1 {
					t.Errorf("the number %d", e.Seq)
				}
			}
		})
	}
	for range 3 {
		r.Go(func() {
			wake, stop := log.Watch()
			defer stop()
			for seen, over := 0, false; !over; {
				select {
				case <-done:
					over = true
				case <-wake:
				}
				for n := log.Len(); seen < n; seen++ {
					if e := log.At(seen); e.Seq != seen+1 {
						t.Errorf("event %d has the number %d", seen, e.Seq)
					}
				}
			}
		})
	}
	w.Wait()
	close(done)
	r.Wait()
	if log.Len() != writers*each {
		t.Errorf("%d events", log.Len())
	}
}

// An event stays where it is, however long the log becomes.
func TestLogAppend(t *testing.T) {
	var log Log
	var kept []*Event
	for i := range 3*chunk + 1 {
		kept = append(kept, log.Append(Event{Seq: 99, Note: &Note{On: i}}))
	}
	for i, e := range kept {
		if log.At(i) != e || e.Seq != i+1 || e.Note.On != i {
			t.Fatalf("event %d is %+v", i, log.At(i))
		}
	}
}

// A watcher gets one token for any number of events, none for what it has seen, and an end when it stops.
func TestLogWatch(t *testing.T) {
	var log Log
	log.Append(Event{})
	wake, stop := log.Watch()
	other, stopOther := log.Watch()
	defer stopOther()
	tokens := func(c <-chan struct{}) (n int) {
		for {
			select {
			case _, open := <-c:
				if !open {
					return -1
				}
				n++
			default:
				return n
			}
		}
	}
	if n := tokens(wake); n != 1 {
		t.Errorf("%d tokens for what is there already", n)
	}
	if n := tokens(wake); n != 0 {
		t.Errorf("%d tokens for nothing", n)
	}
	for range 5 {
		log.Append(Event{})
	}
	if n := tokens(wake); n != 1 {
		t.Errorf("%d tokens for five events", n)
	}
	stop()
	stop()
	log.Append(Event{})
	if n := tokens(wake); n != -1 {
		t.Errorf("%d tokens after stop", n)
	}
	if n := tokens(other); n != 1 {
		t.Errorf("the other watcher has %d tokens", n)
	}
}

// A reader that waits for tokens sees every event, at its own pace.
func TestLogFollow(t *testing.T) {
	const events = 2000
	var log Log
	wake, stop := log.Watch()
	defer stop()
	var w sync.WaitGroup
	w.Go(func() {
		for range events {
			log.Append(Event{})
		}
	})
	for seen := 0; seen < events; {
		<-wake
		for n := log.Len(); seen < n; seen++ {
			if log.At(seen).Seq != seen+1 {
				t.Fatalf("event %d", seen)
			}
		}
	}
	w.Wait()
}

// Watching and stopping goes on while the log grows.
func TestWatchersConcurrently(t *testing.T) {
	var log Log
	var w sync.WaitGroup
	for range 3 {
		w.Go(func() {
			for range 200 {
				wake, stop := log.Watch()
				<-wake
				stop()
				if _, open := <-wake; open {
					<-wake
				}
			}
		})
	}
	for range 500 {
		log.Append(Event{})
	}
	w.Wait()
}

// randomLog is a log of any events in any order, as a damaged file may hold them.
func randomLog(n int) *Log {
	r := rand.New(rand.NewPCG(3, 4))
	list := samples()
	list = append(list, Event{Kind: KindState, State: &State{Stage: StageGreeted}}, Event{Kind: KindConnect, Connect: &Connect{Remote: "x"}},
		Event{Kind: KindFinding, Finding: &Finding{Severity: "danger"}}, Event{Kind: KindFinding, Finding: &Finding{Severity: "info"}}, Event{Kind: "unheard of"})
	var log Log
	for range n {
		log.Append(list[r.IntN(len(list))])
	}
	return &log
}

// The snapshot at any position is the fold of the events before it.
func TestTimeline(t *testing.T) {
	log := randomLog(5 * between)
	fold := []Snapshot{{State: NewState()}}
	for i := range log.Len() {
		fold = append(fold, fold[i].Next(log.At(i)))
	}
	tl := NewTimeline(log)
	if got := tl.At(100); !reflect.DeepEqual(got, fold[0]) {
		t.Errorf("before anything was read: %+v", got)
	}
	if n := tl.Extend(); n != log.Len() {
		t.Errorf("read %d", n)
	}
	r := rand.New(rand.NewPCG(5, 6))
	positions := []int{-1, 0, 1, between - 1, between, between + 1, log.Len() - 1, log.Len(), log.Len() + 1}
	for range 200 {
		positions = append(positions, r.IntN(log.Len()+1))
	}
	for _, n := range positions {
		if got, want := tl.At(n), fold[max(0, min(n, log.Len()))]; !reflect.DeepEqual(got, want) {
			t.Errorf("at %d: %+v, want %+v", n, got, want)
		}
	}
}

// A timeline follows a log that grows, and what it said before stays true.
func TestTimelineGrows(t *testing.T) {
	whole := randomLog(3*between + 7)
	var log Log
	tl := NewTimeline(&log)
	middle := Snapshot{}
	for i := range whole.Len() {
		log.Append(*whole.At(i))
		if tl.Extend() != i+1 {
			t.Fatal("not extended")
		}
		if i == between {
			middle = tl.At(between)
		}
	}
	if !reflect.DeepEqual(tl.At(between), middle) {
		t.Error("the past changed")
	}
}

// A snapshot forgets what belonged to the connection before.
func TestSnapshotForgets(t *testing.T) {
	s := Snapshot{State: NewState()}
	for _, e := range samples() {
		s = s.Next(&e)
	}
	s = s.Next(&Event{Kind: KindConnect, Connect: &Connect{Remote: "x", Error: "refused"}})
	if s.TLS == nil || s.Reply == nil {
		t.Error("a failed attempt forgets")
	}
	s = s.Next(&Event{Kind: KindConnect, Connect: &Connect{Remote: "x"}})
	if s.TLS != nil || s.Reply != nil || s.Capabilities != nil || s.Forgotten != nil || s.Auth != nil || s.Finding != nil || s.End != nil {
		t.Errorf("%+v", s)
	}
	if s.Start == nil || s.Resolve == nil {
		t.Errorf("%+v", s)
	}
}

func TestSnapshotWorstFinding(t *testing.T) {
	s := Snapshot{}
	for i, severity := range []Severity{"info", "danger", "warn", "danger", "strange"} {
		s = s.Next(&Event{Kind: KindFinding, Finding: &Finding{Code: FindingCode(strconv.Itoa(i)), Severity: severity}})
	}
	if s.Finding.Code != "1" {
		t.Errorf("the worst is %+v", s.Finding)
	}
}

// Appending costs the same whether the log is short or long.
func BenchmarkLogAppend(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var log Log
			for range n {
				log.Append(Event{Kind: KindNote})
			}
			b.ReportAllocs()
			for b.Loop() {
				log.Append(Event{Kind: KindNote})
			}
		})
	}
}

// Finding a position costs at most one stretch between two checkpoints.
func BenchmarkTimelineAt(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			tl := NewTimeline(randomLog(n))
			tl.Extend()
			for i := 0; b.Loop(); i++ {
				tl.At(i * 997 % n)
			}
		})
	}
}

// Time goes on, whatever an event says, but for the messages of TLS, which have crossed the wire before they are read.
func TestLogKeepsTimeInOrder(t *testing.T) {
	var log Log
	var got []time.Duration
	for _, e := range []Event{{Kind: KindStart, T: 5}, {Kind: KindState}, {Kind: KindTLSMessage, T: 3}, {Kind: KindTLS, T: 9}, {Kind: KindTLSMessage, T: 99}, {Kind: KindState, T: 8}, {Kind: KindEnd, T: 10}} {
		got = append(got, log.Append(e).T)
	}
	if want := []time.Duration{5, 5, 3, 9, 99, 9, 10}; !slices.Equal(got, want) {
		t.Errorf("the times are %v, want %v", got, want)
	}
}
