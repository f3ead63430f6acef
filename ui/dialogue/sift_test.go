package dialogue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/ui/paint"
)

// sifted lets through what comes in the source, as far as fits says.
func sifted(p *Pane, from int, fits func(e *record.Event) bool) int {
	var events []int
	for i := from; i < p.Len(); i++ {
		if fits(p.Event(i)) {
			events = append(events, i)
		}
	}
	p.Let(events)
	return p.Len()
}

// However notes come, the rows that a filter shows are those of one that has seen all events at once, and the selected row stays.
func TestASiftKeepsItsRowsWhileNotesCome(t *testing.T) {
	filters := map[string]func(e *record.Event) bool{
		"replies": func(e *record.Event) bool { return e.Kind == record.KindReply },
		"notes":   func(e *record.Event) bool { return e.Kind == record.KindNote },
		"both":    func(e *record.Event) bool { return e.Kind == record.KindNote || e.Kind == record.KindSend },
		"none":    func(*record.Event) bool { return false },
	}
	for seed := range uint64(20) {
		for name, fits := range filters {
			r := rand.New(rand.NewPCG(seed, 3))
			log, x := indexed(record.Event{Kind: record.KindStart, Start: &record.Start{}})
			p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
			p.Sift()
			next := sifted(p, 0, fits)
			for _, e := range append(session()[:20:20], reply("help", 40), send("QUIT\r\n")) {
				log.Append(e)
				if p.Extend(); r.IntN(3) == 0 {
					n := noteOn(1+r.IntN(log.Len()), "look")
					if last := x.Noted(); len(last) > 0 && r.IntN(2) == 0 {
						n.Note.Edits, n.Note.Text = x.Notes(last[0])[0].Seq, []string{"", "new"}[r.IntN(2)]
					}
					log.Append(n)
				}
				before := shownRow(p)
				p.Extend()
				next = sifted(p, next, fits)
				if after := shownRow(p); before.Kind != RowNote && before != (Row{}) && (after.Event != before.Event || after.Line != before.Line) {
					t.Fatalf("%s, seed %d: %+v was selected, %+v is", name, seed, before, after)
				}
				p.Select(r.IntN(max(p.Upto(p.Len()), 1)), p.Upto(p.Len()))
			}
			at := NewPane(NewIndex(log), p.theme)
			at.Extend()
			at.Sift()
			sifted(at, 0, fits)
			if got, want := sayRows(p), sayRows(at); !slices.Equal(got, want) || name != "none" && len(got) == 0 && name != "notes" {
				t.Fatalf("%s, seed %d: as they came\n%v\nat once\n%v", name, seed, got, want)
			}
		}
	}
}

func shownRow(p *Pane) Row {
	if p.Upto(p.Len()) == 0 {
		return Row{}
	}
	return p.Row(p.Sel)
}

func sayRows(p *Pane) (out []string) {
	for i := range p.Upto(p.Len()) {
		r := p.Row(i)
		out = append(out, fmt.Sprint(r.Event, " ", r.Line, " ", r.Kind))
	}
	return out
}
