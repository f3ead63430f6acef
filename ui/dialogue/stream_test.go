package dialogue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/ui/paint"
)

// attempts is a log of attempts, each with a handshake, lists and messages, and notes at its end on events of each.
func attempts(n int) *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{}})
	for i := range n {
		log.Append(record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{}})
		for _, e := range []record.Event{reply(record.VerbGreeting, 1), message("C", "ClientHello"), message("S", "ServerHello"), send("EHLO a\r\n"), reply(record.VerbEHLO, 4+i%40)} {
			log.Append(e)
		}
		for range i % 7 * 30 {
			log.Append(send("NOOP\r\n"))
			log.Append(reply(record.VerbNoop, 1))
			log.Append(record.Event{Kind: record.KindState, State: &record.State{}})
		}
		log.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "refused", Severity: record.SeverityWarn, Text: fmt.Sprint("refused ", i), Phase: record.PhaseEHLO}})
		if i%3 > 0 {
			log.Append(record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true}})
		}
	}
	for seq := 3; seq < log.Len(); seq += 31 {
		log.Append(noteOn(seq, fmt.Sprint("on ", seq)))
	}
	return log
}

// An index that streams shows, of the last rows at any place, what one shows that holds all of them.
func TestStreamingShowsTheSame(t *testing.T) {
	log := attempts(60)
	whole, parts := NewPane(NewIndex(log), paint.NewTheme(termenv.Ascii, true)), NewPane(NewIndex(log), paint.NewTheme(termenv.Ascii, true))
	whole.Extend()
	parts.Stream()
	const height = 30
	shown := func(p *Pane, n int) string {
		p.Place(n)
		p.Tail = true
		p.Select(p.Upto(n)-1, p.Upto(n))
		return strings.Join(p.View(80, height, n), "\n")
	}
	for n := 1; n <= log.Len(); n++ {
		if n < log.Len() && log.At(n).Kind == record.KindTLSMessage { // a fold comes whole
			continue
		}
		parts.readTo(n, height)
		if n%7 > 0 {
			parts.Place(n)
			continue
		}
		if got, want := shown(parts, n), shown(whole, n); got != want {
			t.Fatalf("event %d of %d:\n%s\nwant\n%s", n, log.Len(), got, want)
		}
	}
	if most := 4 * height; parts.Dropped() == 0 || len(parts.rows) > 8*most {
		t.Errorf("%d rows are held", len(parts.rows))
	}
}

// What is held does not grow with the length of the session.
func TestStreamingHoldsLittle(t *testing.T) {
	x := NewIndex(&record.Log{})
	x.Stream()
	for i := range 200_000 {
		switch i % 3 {
		case 0:
			x.add(i, &record.Event{Kind: record.KindTLSMessage, TLSMessage: message("C", "ClientHello").TLSMessage})
			x.before = record.KindTLSMessage
		default:
			e := reply(record.VerbNoop, 2)
			x.add(i, &e)
			x.before = e.Kind
		}
		x.forget(kept)
	}
	if rows, folds := cap(x.rows), cap(x.folds); rows > 8*kept || folds > 8*kept || cap(x.shown) > 8*kept {
		t.Errorf("%d rows and %d folds are held", rows, folds)
	}
}
