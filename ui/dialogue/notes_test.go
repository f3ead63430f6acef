package dialogue

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/ui/paint"
)

func noteOn(seq int, text string) record.Event {
	return record.Event{Kind: record.KindNote, Note: &record.Note{On: seq, Text: text, Author: "ann"}}
}

// A note has a row below its event as soon as the event is there, wherever in the file it stands; it changes with it and goes with it.
func TestNotesStandBelowTheirEvents(t *testing.T) {
	log, x := indexed(send("NOOP\r\n"), reply("noop", 1), send("QUIT\r\n"))
	all := func() string { x.Extend(); return rows(x, x.Len()) }
	log.Append(noteOn(1, "why?\nask the class\nand wait"))
	log.Append(noteOn(2, "\x1b[2Jlook"))
	want(t, all(), exposed, "C NOOP", "# ann: why? … 2 more lines", "S 250 line 1", "# ann: \\x1b[2Jlook", "C QUIT")
	want(t, rows(x, 1), exposed, "C NOOP", "# ann: why? … 2 more lines")
	edit := noteOn(1, "because")
	edit.Note.Edits = 4
	log.Append(edit)
	log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 2, Edits: 5}})
	want(t, all(), exposed, "C NOOP", "# ann: because", "S 250 line 1", "C QUIT")
	if note, ok := x.Remark(x.Row(2)); !ok || note.Seq != 4 || !note.Edited || fmt.Sprint(x.Noted()) != "[1]" {
		t.Errorf("the row is of %+v; noted are %v", note, x.Noted())
	}
	for range mostNotes + 2 {
		log.Append(noteOn(3, "again"))
	}
	want(t, all(), append(append([]string{exposed, "C NOOP", "# ann: because", "S 250 line 1", "C QUIT"}, strings.Split(strings.Repeat("# ann: again,", mostNotes-1), ",")[:mostNotes-1]...), "# ann: again … 2 more notes")...)
	log.Append(noteOn(99, "on nothing"))
	if got := all(); !strings.HasSuffix(got, "# ann: on nothing") {
		t.Errorf("a note on what is not there:\n%s", got)
	}
}

// A note on what is folded away opens the fold, and the selected row stays selected while rows come above it.
func TestANoteOpensWhatItIsIn(t *testing.T) {
	log, x := indexed(session()[:10]...)
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Select(x.Upto(x.Len())-1, x.Upto(x.Len()))
	selected := x.Row(p.Sel)
	before := rows(x, x.Len())
	hidden := -1
	for i, r := range x.rows {
		if r.fold != 0 && x.folds[r.fold].head != int32(i) && !x.folds[r.fold].open {
			hidden = int(r.event) + 1
			break
		}
	}
	if hidden < 0 || !strings.Contains(before, "▸ TLS handshake") {
		t.Fatalf("nothing is folded in\n%s", before)
	}
	log.Append(noteOn(hidden, "this one"))
	p.Extend()
	after := rows(x, x.Len())
	if !strings.Contains(after, "▾") || !strings.Contains(after, "# ann: this one") {
		t.Errorf("after the note:\n%s", after)
	}
	if r := x.Row(p.Sel); r.Event != selected.Event || r.Line != selected.Line || r.Kind != selected.Kind {
		t.Errorf("%+v is selected, and %+v was", r, selected)
	}
	whole(t, x)
}

// However notes come, the rows are those of an index that has read all of them at once.
func TestNotesInAnyOrder(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		log, x := indexed(record.Event{Kind: record.KindStart, Start: &record.Start{}})
		for _, e := range append(session()[:20:20], reply("help", 40), send("QUIT\r\n")) {
			log.Append(e)
			if x.Extend(); r.IntN(3) == 0 {
				n := noteOn(1+r.IntN(log.Len()), "look")
				if last := x.Noted(); len(last) > 0 && r.IntN(2) == 0 {
					n.Note.Edits, n.Note.Text = x.Notes(last[0])[0].Seq, []string{"", "new"}[r.IntN(2)]
				}
				log.Append(n)
				x.Extend()
			}
			whole(t, x)
		}
		again := NewIndex(log)
		again.Extend()
		if got, want := len(x.rows), len(again.rows); got != want {
			t.Fatalf("seed %d: %d rows one by one, %d at once", seed, got, want)
		}
		for i := range x.rows {
			a, b := x.rows[i], again.rows[i]
			if a.event != b.event || a.line != b.line || a.kind != b.kind {
				t.Fatalf("seed %d: row %d is %+v one by one, %+v at once", seed, i, a, b)
			}
		}
	}
}
