package dialogue

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// listed is a reply to EHLO, and the list that follows from it.
func listed(inside bool, changes *wire.Changes, lines ...string) []record.Event {
	raw := ""
	for i, l := range lines {
		raw += map[bool]string{true: "250 ", false: "250-"}[i == len(lines)-1] + l + "\r\n"
	}
	r, _ := wire.NewReader(strings.NewReader(raw), wire.Limits{}).ReadReply()
	return []record.Event{{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: r, TLS: inside}},
		{Kind: record.KindCapabilities, Step: record.VerbEHLO, Capabilities: &record.Capabilities{TLS: inside, Changes: changes}}}
}

func inside(e record.Event) record.Event {
	switch {
	case e.Send != nil:
		e.Send.TLS = true
	case e.Reply != nil:
		e.Reply.TLS = true
	case e.TLSMessage != nil:
		e.TLSMessage.Encrypted = true
	}
	return e
}

func closed() record.Event {
	state := record.NewState()
	state.Stage = record.StageClosed
	return record.Event{Kind: record.KindState, State: &state}
}

func keyword(line string) wire.Capability { return wire.Capability{Raw: wire.Raw(line)} }

// session is one with STARTTLS from the greeting to its end.
func session() []record.Event {
	events := []record.Event{{Kind: record.KindConnect, Connect: &record.Connect{Remote: "[::1]:587"}}, reply("greeting", 1), send("EHLO laptop\r\n")}
	events = append(events, listed(false, nil, "mail.lab", "PIPELINING", "SIZE 100", "STARTTLS")...)
	events = append(append(events, send("STARTTLS\r\n")), handshake...)
	events = append(events, record.Event{Kind: record.KindForgot, Forgot: &record.Forgot{Capabilities: []string{"PIPELINING", "SIZE 100", "STARTTLS"}}}, inside(send("EHLO laptop\r\n")))
	events = append(events, listed(true, &wire.Changes{Same: []wire.Capability{keyword("PIPELINING")}, Added: []wire.Capability{keyword("AUTH PLAIN")},
		Removed: []wire.Capability{keyword("STARTTLS")}, Changed: []wire.Change{{Before: keyword("SIZE 100"), After: keyword("SIZE 200")}}},
		"mail.lab", "PIPELINING", "SIZE 200", "AUTH PLAIN")...)
	notify := message("C", "Alert")
	notify.TLSMessage.Kind, notify.TLSMessage.Raw = tlswire.KindAlert, []byte{1, 0}
	return append(events, inside(send("QUIT\r\n")), inside(reply("quit", 1)), closed(), inside(notify), inside(notify),
		record.Event{Kind: record.KindEnd, End: &record.Verdict{Outcome: record.OutcomeDone, Cause: "All went well."}})
}

// drawn is the dialogue as it is drawn.
func drawn(x *Index, width int) string {
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Sel, p.Tail = 0, false
	var out []string
	for _, row := range p.View(width, x.Upto(x.Len()), x.Len()) {
		out = append(out, strings.TrimRight(row, " "))
	}
	return strings.Join(out, "\n")
}

// Two borders cross a session: from the first on anyone could read, between the second and its end nobody but the server. The
// list inside TLS is told by what differs.
func TestASessionHasBorders(t *testing.T) {
	_, x := indexed(session()...)
	want(t, drawn(x, 60),
		"›    tcp        connected to [::1]:587",
		" ┄┄┬┄ in cleartext: anyone on the path can read it ┄┄┄┄┄┄┄┄┄",
		" S ┊ 250 line 1",
		" C ┊ EHLO laptop",
		" S ┊ 250-mail.lab",
		" S ┊ 250-PIPELINING       · commands may be sent in a group",
		" S ┊ 250-SIZE 100         · messages up to 100 bytes",
		" S ┊ 250 STARTTLS         · TLS can start on this connection",
		" C ┊ STARTTLS",
		"  ▸┊ TLS handshake · 4 messages · 1 round trip",
		" ──┬─ TLS 1.3 · ✓ verified for mail.lab ────────────────────",
		"   │ discarded: 3 capabilities from before TLS",
		" C │ EHLO laptop",
		" S▸│ 250 1 line as before, + AUTH PLAIN, − STARTTLS, ~ SIZE…",
		" C │ QUIT",
		" S │ 250 line 1",
		" ──▸─ TLS ends · 2 messages ────────────────────────────────",
		" ■   the end: done, exit code 0")
	if head := x.Toggle(13); head != 13 || !x.Open(13) {
		t.Fatal("space does not open the list")
	}
	want(t, strings.Join(strings.Split(drawn(x, 100), "\n")[13:17], "\n"),
		" S▾│ 250-mail.lab                           · 1 line as before, + AUTH PLAIN, − STARTTLS, ~ SIZE 200",
		" S │ 250-PIPELINING                                     · commands may be sent in a group",
		" S │ 250-SIZE 200                                       · messages up to 200 bytes",
		" S │ 250 AUTH PLAIN                                     · log in: PLAIN")
}

// Whatever a certificate is worth stands in the border, and the rail below it is another one to the eye that sees colors.
func TestABorderSaysWhatIsKnownOfTheOtherEnd(t *testing.T) {
	doubtful := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.2", CipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Checks: record.Listed([]record.Check{{Name: "chain"}})}}
	_, x := indexed(doubtful, inside(send("EHLO laptop\r\n")))
	want(t, drawn(x, 80), "›──┬─ TLS 1.2 · TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 · ! not verified ───────", " C │ EHLO laptop")
	want(t, drawn(x, 40), "›──┬─ TLS 1.2 · ! not verified ─────────", " C │ EHLO laptop")
	if got := x.Look(1, 2).Rail; got != paint.Of(paint.Bad, RailTLS) {
		t.Errorf("the rail is %v", got)
	}
}

// A connection that is cut has a border as well, and the next one begins in cleartext.
func TestTLSThatIsCutEndsBeforeWhatComesNext(t *testing.T) {
	events := append(append([]record.Event{send("STARTTLS\r\n")}, handshake...), inside(send("NOOP\r\n")), closed(),
		record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "[::1]:25"}}, send("EHLO laptop\r\n"))
	_, x := indexed(events...)
	want(t, rows(x, x.Len()), exposed, "C STARTTLS", "▸ TLS handshake · 4 messages · 1 round trip", "─┬─ TLS 1.3 · ✓ verified for mail.lab", "C NOOP", "─┴─ TLS ends",
		"tcp        connected to [::1]:25", exposed, "C EHLO laptop")
}

func TestFindingsThatSayTheSameFold(t *testing.T) {
	found := record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "reply-malformed", Severity: record.SeverityWarn, Text: "A line has no code."}}
	other := record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "reply-malformed", Severity: record.SeverityWarn, Text: "A line is too long."}}
	_, x := indexed(found, found, found, other, found)
	want(t, rows(x, x.Len()), "! A line has no code.", "!▸ the same again, 2 times", "! A line is too long.", "! A line has no code.")
	want(t, rows(x, 2), "! A line has no code.", "!▸ the same again")
	x.Toggle(1)
	want(t, rows(x, x.Len()), "! A line has no code.", "!▾ the same again, 2 times", "! A line has no code.", "! A line has no code.", "! A line is too long.", "! A line has no code.")
}

// Where rows are free no line is cut.
func TestALineGoesOnWhereRowsAreFree(t *testing.T) {
	_, x := indexed(send("NOOP\r\n"), record.Event{Kind: record.KindFinding, Finding: &record.Finding{Severity: record.SeverityDanger, Text: "The reply came before its command was sent."}})
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	view := func(height int) string {
		var out []string
		for _, row := range p.View(24, height, 2) {
			out = append(out, strings.TrimRight(row, " "))
		}
		return strings.Join(out, "\n")
	}
	want(t, view(6), "›┄┄┬┄ in cleartext ┄┄┄┄┄", " C ┊ NOOP", " ‼ ┊ The reply came", "   ┊ before its command", "   ┊ was sent.", "")
	want(t, view(4), "›┄┄┬┄ in cleartext ┄┄┄┄┄", " C ┊ NOOP", " ‼ ┊ The reply came", "   ┊ before its command…")
	want(t, view(3), "›┄┄┬┄ in cleartext ┄┄┄┄┄", " C ┊ NOOP", " ‼ ┊ The reply came bef…")
}

// What was tried before an advice was followed folds to one row, with the reason; who looks back at it finds it open. The folds in
// it stay as they were.
func TestAnAttemptThatAnotherFollowsFolds(t *testing.T) {
	refused := record.Event{Kind: record.KindFinding, Finding: &record.Finding{Severity: record.SeverityWarn, Phase: record.PhaseAuth, Text: "The password is wrong."}}
	change := record.Event{Kind: record.KindChange, Change: &record.Change{Advice: record.Advice{Do: record.GivePassword}, Reconnect: true}}
	events := []record.Event{{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Title: "a wrong password"}}}}
	events = append(append(events, session()[:10]...), refused, change)
	unable := *change.Change // no step failed: the walk could not go on
	unable.Left = &record.Attempt{Phase: record.PhaseHandshake, Cause: "The certificate is not trusted."}
	events = append(append(events, session()[:3]...), record.Event{Kind: record.KindChange, Change: &unable})
	_, x := indexed(events...)
	want(t, rows(x, x.Len()), "practice   a wrong password: :0 (no registered role)", "!▸ attempt 1: The password is wrong.", "followed   log in with other credentials",
		"!▸ attempt 2: The certificate is not trusted.", "followed   log in with other credentials")
	before := x.Upto(x.Len())
	x.Place(5)
	if then := rows(x, 5); !strings.HasPrefix(then, "practice   a wrong password: :0 (no registered role)\ntcp        connected to [::1]:587\n"+exposed) || x.Open(1) && x.foldOf(x.shown[1]) != 0 {
		t.Errorf("in the first attempt:\n%s", then)
	}
	if x.Place(13); !strings.Contains(rows(x, 13), "!▸ attempt 1") {
		t.Errorf("once the second has begun:\n%s", rows(x, 13))
	}
	x.Place(x.Len())
	x.Toggle(1)
	x.Place(12)
	x.Place(x.Len())
	open := strings.Split(rows(x, x.Len()), "\n")
	if open[1] != "▾ tcp        connected to [::1]:587" || open[2] != exposed || !strings.HasPrefix(open[10], "▸ TLS handshake") || open[len(open)-2] != "!▸ attempt 2: The certificate is not trusted." {
		t.Errorf("open:\n%s", strings.Join(open, "\n"))
	}
	if head := x.Toggle(1); head != 1 || x.Upto(x.Len()) != before {
		t.Errorf("folded again: the head is row %d of\n%s", head, rows(x, x.Len()))
	}
	for n := range x.Len() + 1 {
		for i := range x.Upto(n) {
			x.Look(i, n)
		}
	}
}

// A row that is selected while its attempt is folded away gives the selection to the attempt's head.
func TestTheSelectionOutlivesItsRow(t *testing.T) {
	log, x := indexed(append([]record.Event{{Kind: record.KindStart, Start: &record.Start{}}}, session()[:10]...)...)
	p := NewPane(x, paint.NewTheme(termenv.Ascii, true))
	p.Select(x.Upto(x.Len())-1, x.Upto(x.Len()))
	log.Append(record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true}})
	p.Extend()
	if p.Sel >= x.Upto(x.Len()) || x.Row(p.Sel).Kind != RowAttempt {
		t.Errorf("row %d is selected of\n%s", p.Sel, rows(x, x.Len()))
	}
}

// However folds are opened and closed while a session goes on, the rows that show are in order, each head shows its members or
// none, and nothing gets lost.
func TestFoldsInAnyOrder(t *testing.T) {
	change := record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true}}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		log, x := indexed(record.Event{Kind: record.KindStart, Start: &record.Start{}})
		for range 4 {
			for _, e := range append(session()[:20:20], reply("help", 40), change) {
				e.Step = []record.Verb{record.VerbEHLO, record.VerbEHLO, record.VerbRaw}[r.IntN(3)]
				log.Append(e)
				x.Extend()
				if n := x.Upto(x.Len()); r.IntN(2) == 0 {
					x.Toggle(r.IntN(n))
				}
				if r.IntN(5) == 0 {
					log.Append(noteOn(1+r.IntN(log.Len()), "look"))
					x.Extend()
				}
				if r.IntN(9) == 0 {
					x.Place(r.IntN(x.Len()))
				}
				whole(t, x)
			}
		}
		x.Place(x.Len())
		for again := true; again; {
			again = false
			for i := 0; i < x.Upto(x.Len()); i++ {
				if x.Row(i).Kind.heads() && x.Row(i).fold != 0 && !x.Open(i) {
					x.Toggle(i)
					again = true
				}
			}
		}
		if len(x.shown) != len(x.rows) {
			t.Fatalf("seed %d: %d of %d rows show when all is open", seed, len(x.shown), len(x.rows))
		}
	}
}

// whole checks what shows against the folds.
func whole(t *testing.T, x *Index) {
	t.Helper()
	hidden := make([]bool, len(x.rows))
	for _, f := range x.folds[1:] {
		for id := f.first; !f.open && id < f.last; id++ {
			hidden[id] = true
		}
	}
	var want []int32
	for id := range x.rows {
		if !hidden[id] {
			want = append(want, int32(id))
		}
	}
	if !slices.Equal(x.shown, want) {
		t.Fatalf("shown are %v, want %v; folds %+v", x.shown, want, x.folds)
	}
}

// A step folds to its command where a person wants it, also while the handshake after it goes on; what folds in it by itself stays
// as it was.
func TestAStepFoldsToItsCommand(t *testing.T) {
	events := session()
	for i := range events {
		if e := &events[i]; e.Kind == record.KindSend && strings.HasPrefix(string(e.Send.Raw), "EHLO") {
			e.Step = record.VerbEHLO
		}
	}
	log, x := indexed(events[:8]...)
	for i := range x.Upto(x.Len()) {
		if folds := i >= 3 && i <= 7; x.Folds(i) != folds && x.Row(i).Kind != RowHandshake {
			t.Errorf("row %d folds: %v", i, !folds)
		}
	}
	if head := x.Toggle(5); head != 3 {
		t.Fatalf("the head is row %d of\n%s", head, rows(x, x.Len()))
	}
	for _, e := range events[8:] {
		log.Append(e)
		x.Extend()
	}
	folded := drawn(x, 80)
	want(t, folded, "›    tcp        connected to [::1]:587", " ┄┄┬┄ in cleartext: anyone on the path can read it ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄", " S ┊ 250 line 1",
		" C▸┊ EHLO laptop                        · 250, 4 lines folded", " C ┊ STARTTLS", "  ▸┊ TLS handshake · 4 messages · 1 round trip  · space opens it",
		" ──┬─ TLS 1.3 · ✓ verified for mail.lab ────────────────────────────────────────", "   │ discarded: 3 capabilities from before TLS", " C │ EHLO laptop",
		" S▸│ 250 1 line as before, + AUTH PLAIN, − STARTTLS, ~ SIZE 200", " C │ QUIT", " S │ 250 line 1",
		" ──▸─ TLS ends · 2 messages ────────────────────────────────────────────────────", " ■   the end: done, exit code 0")
	if x.Toggle(8); !strings.Contains(drawn(x, 80), " C▸│ EHLO laptop") || strings.Contains(drawn(x, 80), "as before") {
		t.Errorf("the second EHLO stays open:\n%s", drawn(x, 80))
	}
	x.Toggle(8)
	if drawn(x, 80) != strings.Replace(folded, " C │ EHLO", " C▾│ EHLO", 1) {
		t.Errorf("what folds by itself has changed:\n%s", drawn(x, 80))
	}
	x.Toggle(3)
	if got := drawn(x, 80); !strings.Contains(got, " C▾┊ EHLO laptop") || !strings.Contains(got, "250 STARTTLS") {
		t.Errorf("it does not open:\n%s", got)
	}
}

// What was done before a person's own steps folds to one row that says what it was; who looks back at it finds it open, and another attempt
// folds it with the rest.
func TestWhatWasDoneBeforeFolds(t *testing.T) {
	events := append([]record.Event{{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Title: "a session"}}}}, session()[:10]...)
	log, x := indexed(events...)
	x.Lead(1, 4, "TCP connection to EHLO")
	head := strings.Split(rows(x, x.Len()), "\n")
	if head[1] != "▸ already done: TCP connection to EHLO" || !strings.Contains(head[2], "250") {
		t.Errorf("folded:\n%s", strings.Join(head, "\n"))
	}
	if x.Place(3); !strings.Contains(rows(x, 3), "connected to [::1]:587\n"+exposed) {
		t.Errorf("looking back:\n%s", rows(x, 3))
	}
	if x.Place(x.Len()); !strings.Contains(rows(x, x.Len()), "▸ already done") {
		t.Errorf("at the end again:\n%s", rows(x, x.Len()))
	}
	log.Append(record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true}})
	x.Extend()
	x.Place(x.Len())
	if all := rows(x, x.Len()); !strings.Contains(all, "▸ attempt 1") || strings.Contains(all, "already done") {
		t.Errorf("after another attempt has begun:\n%s", all)
	}
}
