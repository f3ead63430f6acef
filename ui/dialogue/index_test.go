package dialogue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

func reply(step record.Verb, lines int) record.Event {
	var b strings.Builder
	for i := range lines {
		sep := "-"
		if i == lines-1 {
			sep = " "
		}
		fmt.Fprintf(&b, "250%sline %d\r\n", sep, i+1)
	}
	r, _ := wire.NewReader(strings.NewReader(b.String()), wire.Limits{}).ReadReply()
	return record.Event{Kind: record.KindReply, Step: step, Reply: &record.Reply{Reply: r}}
}

func message(dir, name string) record.Event {
	return record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: dir, Kind: tlswire.KindHandshake, Name: name, Raw: []byte(name)}}
}

func send(line string) record.Event {
	return record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line)}}
}

func indexed(events ...record.Event) (*record.Log, *Index) {
	log := &record.Log{}
	for _, e := range events {
		log.Append(e)
	}
	x := NewIndex(log)
	x.Extend()
	return log, x
}

// rows is what an index shows of the first n events, a row a line.
func rows(x *Index, n int) string {
	var out []string
	for i := range x.Upto(n) {
		l := x.Look(i, n)
		mark := strings.TrimSpace(paint.Line{l.Mark}.String()) + l.Fold
		if l.Edge != nil {
			mark = l.Edge.shaft + l.Edge.joint + l.Edge.shaft
		}
		out = append(out, strings.TrimSpace(mark+" "+l.text(200).String()))
	}
	return strings.Join(out, "\n")
}

func want(t *testing.T, got string, lines ...string) {
	t.Helper()
	if w := strings.Join(lines, "\n"); got != w {
		t.Errorf("got\n%s\nwant\n%s", got, w)
	}
}

// exposed is the border above the first line of SMTP.
const exposed = "┄┬┄ in cleartext: anyone on the path can read it"

var handshake = []record.Event{message("C", "ClientHello"), message("S", "ServerHello"), message("S", "Finished"), message("C", "Finished"),
	{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", Reference: "mail.lab", Verified: true}}}

func TestSilentEventsHaveNoRow(t *testing.T) {
	state := record.NewState()
	_, x := indexed(send("NOOP\r\n"), reply("noop", 1), record.Event{Kind: record.KindState, State: &state},
		record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{}}, record.Event{Kind: "from the future"})
	want(t, rows(x, x.Len()), exposed, "C NOOP", "S 250 line 1")
}

func TestAHandshakeFolds(t *testing.T) {
	_, x := indexed(append([]record.Event{send("STARTTLS\r\n")}, handshake...)...)
	want(t, rows(x, x.Len()), exposed, "C STARTTLS", "▸ TLS handshake · 4 messages · 1 round trip", "─┬─ TLS 1.3 · ✓ verified for mail.lab")
	if head := x.Toggle(2); head != 2 || !x.Open(2) {
		t.Errorf("head at %d, open %v", head, x.Open(2))
	}
	open := strings.Split(rows(x, x.Len()), "\n")
	if len(open) != 8 || !strings.HasPrefix(open[2], "▾ TLS handshake") || !strings.HasPrefix(open[3], "C ClientHello ────") || !strings.HasPrefix(open[4], "S ←────") {
		t.Errorf("open:\n%s", strings.Join(open, "\n"))
	}
	if head := x.Toggle(5); head != 2 || x.Open(2) {
		t.Errorf("folding from inside: head at %d, open %v", head, x.Open(2))
	}
}

func TestALadder(t *testing.T) {
	clear, hidden, mute := message("C", "ClientHello"), message("S", "Certificate"), message("S", "Finished")
	hidden.TLSMessage.Encrypted, hidden.TLSMessage.Key = true, "server handshake traffic secret"
	mute.TLSMessage.Encrypted = true
	alert := record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: "S", Kind: tlswire.KindAlert, Name: "Alert", Raw: []byte{2, 40}}}
	_, x := indexed(clear, hidden, mute, alert)
	x.Toggle(0)
	want(t, rows(x, x.Len()), "▾ TLS handshake · 4 messages",
		"C ClientHello ──────────────→    11 bytes  in cleartext",
		"S ←────────────── Certificate    11 bytes  encrypted, handshake keys",
		"S ←───────────────── Finished     8 bytes  encrypted, not decrypted",
		"S ←─ Alert: handshake_failure     2 bytes  in cleartext")
}

// What led to the end is what matters: nobody should have to look for it.
func TestADeadHandshakeIsOpen(t *testing.T) {
	dead := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Error: "no common version"}}
	_, x := indexed(handshake[0], handshake[1], dead)
	want(t, rows(x, x.Len()), "▾ TLS handshake · 2 messages", "C ClientHello ──────────────→    11 bytes  in cleartext",
		"S ←────────────── ServerHello    11 bytes  in cleartext", "✗ the TLS handshake failed: no common version")
	many := make([]record.Event, 0, 1000)
	for range cap(many) - 1 {
		many = append(many, handshake[1])
	}
	if _, x := indexed(append(many, dead)...); x.Upto(x.Len()) != 2 {
		t.Errorf("a flood of messages is open: %d rows", x.Upto(x.Len()))
	}
}

func TestAHandshakeThatGrowsWhileOpen(t *testing.T) {
	log, x := indexed(handshake[0])
	x.Toggle(0)
	for _, e := range handshake[1:] {
		log.Append(e)
		x.Extend()
	}
	if got := strings.Count(rows(x, x.Len()), "\n") + 1; got != 6 {
		t.Errorf("%d rows:\n%s", got, rows(x, x.Len()))
	}
}

func TestInThePastAHandshakeIsNotOver(t *testing.T) {
	_, x := indexed(handshake...)
	want(t, rows(x, 2), "▸ TLS handshake · 2 messages")
	want(t, rows(x, 0), "")
}

func TestATicketIsNoRoundTrip(t *testing.T) {
	events := append(append([]record.Event{}, handshake[:4]...), message("S", "NewSessionTicket"), handshake[4])
	_, x := indexed(events...)
	want(t, strings.Split(rows(x, x.Len()), "\n")[0], "▸ TLS handshake · 5 messages · 1 round trip")
}

func TestLongRepliesFold(t *testing.T) {
	_, x := indexed(reply("help", 10_000), send("QUIT\r\n"))
	const folded = 1 + replyLines + 2 // with the border above them
	got := strings.Split(rows(x, x.Len()), "\n")
	if len(got) != folded || got[folded-2] != "▸ 9,976 more lines · space shows them" || got[folded-1] != "C QUIT" {
		t.Fatalf("%d rows, the last %q", len(got), got[len(got)-2:])
	}
	x.Toggle(folded - 2)
	if n := x.Upto(x.Len()); n != 10_003 {
		t.Errorf("%d rows open", n)
	}
	if got := x.Look(10_001, x.Len()).Text.String(); got != "250 line 10000" {
		t.Errorf("the last line is %q", got)
	}
	x.Toggle(5_000)
	if n := x.Upto(x.Len()); n != folded {
		t.Errorf("%d rows folded again", n)
	}
}

func TestAFoldIsWorthItsRow(t *testing.T) {
	_, x := indexed(reply("help", replyLines+2))
	if n := x.Upto(x.Len()); n != 1+replyLines+2 {
		t.Errorf("%d rows", n)
	}
}

func TestUptoAgreesWithTheRows(t *testing.T) {
	_, x := indexed(append(append([]record.Event{reply("", 1), send("EHLO x\r\n"), reply("ehlo", 40)}, handshake...), send("QUIT\r\n"))...)
	x.Toggle(x.Upto(2) + replyLines)
	for n := range x.Len() + 1 {
		count := 0
		for i := range x.Upto(x.Len()) {
			if x.Row(i).Event < n {
				count++
			}
		}
		if got := x.Upto(n); got != count {
			t.Errorf("the first %d events have %d rows, want %d", n, got, count)
		}
	}
}

func TestTheWindowKeepsTheSelectionInSight(t *testing.T) {
	events := make([]record.Event, 100)
	for i := range events {
		events[i] = send(fmt.Sprintf("NOOP %d\r\n", i))
	}
	_, x := indexed(events...)
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	for _, sel := range []int{0, 99, 50, 49, 0, 20, 98} {
		p.Tail = sel == 99
		p.Select(sel+1, 101) // the first is the border
		view := strings.Join(p.View(40, 10, 100), "\n")
		if !strings.Contains(view, fmt.Sprintf("›C ┊ NOOP %d ", sel)) {
			t.Errorf("row %d is selected and not in\n%s", sel, view)
		}
	}
}

func TestACutLineKeepsItsBeginning(t *testing.T) {
	_, x := indexed(send(strings.Repeat("x", 1<<20) + "\r\n"))
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Select(1, 2)
	if got := p.View(20, 1, 1)[0]; got != "›C ┊ "+strings.Repeat("x", 14)+"…" {
		t.Errorf("%q", got)
	}
}

// counted is a source that counts how often an event is read.
type counted struct {
	record.Source
	reads int
}

func (c *counted) At(i int) *record.Event { c.reads++; return c.Source.At(i) }

// Whether a row can be folded is asked for every frame. A step without end is not read for it: it cannot be folded.
func TestAStepWithoutEndIsNotReadForAFold(t *testing.T) {
	for replies, folds := range map[int]bool{5: true, 20_000: false} {
		log := &record.Log{}
		for range replies {
			log.Append(record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{}})
		}
		src := &counted{Source: log}
		x := NewIndex(src)
		x.Extend()
		src.reads = 0
		if got := x.Folds(replies / 2); got != folds || src.reads > 10*longestStep {
			t.Errorf("%d replies: folds %v, %d events were read", replies, got, src.reads)
		}
	}
}
