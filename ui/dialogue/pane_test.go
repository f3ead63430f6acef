package dialogue

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/ui/paint"
)

// seen is what a pane shows of all events, without blanks at the right.
func seen(p *Pane, width, height int) string {
	var out []string
	for _, row := range p.View(width, height, p.Len()) {
		out = append(out, strings.TrimRight(row, " "))
	}
	return strings.Join(out, "\n")
}

// scram is a round of SCRAM: a line that is too long, and what it was opened into.
func scram() *Pane {
	_, x := indexed(send("AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n"),
		record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "EXAMPLE-256", From: "C", Values: []sasl.Value{
			{Name: "gs2-header", Text: "n,,"}, {Name: "username", Text: "user"}, {Name: "nonce", Text: "rOprNGfwEbeRWgbNEkqO"}, {Name: "whole", Text: "n=user,r=rOprNGfwEbeRWgbNEkqO"}}}})
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Sel = 1
	return p
}

// What crossed the wire gets the lines that are free before what it was opened into, which takes two at most; what goes on has a
// mark, and so has what is cut.
func TestTheWireComesFirst(t *testing.T) {
	p := scram()
	p.Tail, p.Sel = false, 0
	const width = 40
	head := func(rows string) string { _, rest, _ := strings.Cut(rows, "\n"); return rest }
	want(t, head(seen(p, width, 3)), " C ┊ AUTH SCRAM-SHA-256 biwsbj11c2VyLHI…", " ↳ ┊ EXAMPLE-256: gs2-header n,,  usern…")
	want(t, head(seen(p, width, 4)), " C ┊ AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9", " … ┊ ck9wck5HZndFYmVSV2diTkVrcU8=", " ↳ ┊ EXAMPLE-256: gs2-header n,,  usern…")
	want(t, head(seen(p, width, 7)), " C ┊ AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9", " … ┊ ck9wck5HZndFYmVSV2diTkVrcU8=", " ↳ ┊ EXAMPLE-256: gs2-header n,,", " … ┊ username user  nonce rOprNGfwEbeRW…", "", "")
}

// The selected row is whole where no line is free, too: others leave the window for it, and no more of them than it takes.
func TestTheSelectedRowIsWhole(t *testing.T) {
	long := send("AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n")
	_, x := indexed(send("EHLO a\r\n"), send("NOOP\r\n"), long, send("RSET\r\n"), send("QUIT\r\n"))
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Tail, p.Sel = false, 1
	want(t, seen(p, 40, 4), " ┄┄┬┄ in cleartext ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄", "›C ┊ EHLO a", " C ┊ NOOP", " C ┊ AUTH SCRAM-SHA-256 biwsbj11c2VyLHI…")
	p.Sel = 3
	want(t, seen(p, 40, 4), " C ┊ EHLO a", " C ┊ NOOP", "›C ┊ AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9", " … ┊ ck9wck5HZndFYmVSV2diTkVrcU8=")
	if row, ok := p.Under(3, 6); !ok || row != 3 {
		t.Errorf("the second line of the selected row is of row %d (%v)", row, ok)
	}
}

// The text of a reply goes on below itself, and what it means stands behind its end.
func TestALongReplyGoesOn(t *testing.T) {
	r := reply(record.VerbEHLO, 1)
	r.Reply.Lines[0].Raw = []byte("250 AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN\r\n")
	_, x := indexed(r)
	_, got, _ := strings.Cut(seen(NewPane(x, paint.NewTheme(termenv.Ascii, true)), 40, 4), "\n")
	want(t, got, " S ┊ 250 AUTH SCRAM-SHA-256 SCRAM-SHA-1", " … ┊     PLAIN LOGIN", "")
}

// A click on any line of a row is one on the row.
func TestALineBelongsToItsRow(t *testing.T) {
	p := scram()
	p.View(40, 7, 2)
	for line, want := range []int{0, 1, 1, 2, 2} {
		if row, ok := p.Under(line, 3); !ok || row != want {
			t.Errorf("line %d is of row %d (%v), want %d", line, row, ok, want)
		}
	}
	if row, ok := p.Under(5, 3); ok {
		t.Errorf("below the rows there is row %d", row)
	}
}

// An answer without a byte is a line all the same.
func TestAnEmptyLineIsSeen(t *testing.T) {
	_, x := indexed(send("\r\n"), record.Event{Kind: record.KindSend, Send: &record.Send{Raw: []byte("Subject: x\r\n\r\nText\r\n"), Content: true}})
	want(t, rows(x, x.Len()), exposed, "C (empty line)", "C Subject: x", "C", "C Text")
}

// Whatever is selected, folded or looked back at while a session goes on, and however wide the window is, what is drawn of rows that were
// drawn before is what would be drawn now.
func TestWhatIsRememberedIsShown(t *testing.T) {
	change := record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true}}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		log, x := indexed(record.Event{Kind: record.KindStart, Start: &record.Start{}})
		p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
		for range 3 {
			for _, e := range append(session()[:20:20], reply("help", 40), change) {
				e.Step = []record.Verb{record.VerbEHLO, record.VerbEHLO, record.VerbRaw}[r.IntN(3)]
				log.Append(e)
				p.Extend()
				n := p.Len()
				switch rows := p.Upto(n); r.IntN(4) {
				case 0:
					p.Select(r.IntN(rows), rows)
					p.Fold()
				case 1:
					p.Tail = false
					p.Select(r.IntN(rows), rows)
				case 2:
					n = r.IntN(n)
					p.Place(n)
				}
				for range 2 {
					width, height := 40+20*r.IntN(2), 8+24*r.IntN(2)
					again := *p
					again.cache, again.needs, again.drawn = map[shape][]string{}, map[shape]int{}, nil
					if got, want := p.View(width, height, n), again.View(width, height, n); !slices.Equal(got, want) {
						t.Fatalf("seed %d, of %d events at %d: remembered\n%s\ndrawn again\n%s", seed, p.Len(), n, strings.Join(got, "\n"), strings.Join(want, "\n"))
					}
				}
			}
		}
	}
}
