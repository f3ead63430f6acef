package plain

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"ehlo/session/lesson"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Cards are read as sentences; numbers lead to related ones, b back, and enter alone leads back to the session: it sends nothing.
func TestSearchReadsCards(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "/ what is spf", "1", "1", "b", "g", "back", "b", "", "q")
	inOrder(t, out, "next: connect to mail.test port 25", ": / what is spf\n", "cards found\n", "no event of this session has these words\n",
		"1: SPF, topic: which hosts may send for a domain\n", " reads that card, enter leaves the cards: 1\n",
		"SPF, topic: which hosts may send for a domain\n", "source: RFC 7208", "see also 1: ", "b goes back", ": 1\n", "DMARC, topic", ": b\n", "SPF, topic", ": g\n", "DMARC", ": b\n", "SPF, topic", ": b\n",
		"1: SPF, topic", "enter leaves the cards: \n", "next: connect to mail.test port 25")
	if f.verbs() != "resolve" {
		t.Errorf("steps %s", f.verbs())
	}
}

// What a session has said is found with its number, and gone to.
func TestSearchFindsEvents(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "", "/auth login", "j 11", "l", "q")
	inOrder(t, out, "card", "event 11: server in cleartext: 250 AUTH PLAIN LOGIN\n", "j and the number of an event goes there", ": j 11\n", "server answers EHLO ", "this was up to event")
}

// Looking for nothing, and finding nothing, is said.
func TestSearchForNothing(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "/", "/ startlts", "/ qqqq zzzz", "i 99", "q")
	inOrder(t, out, "say what to search for", "did you mean STARTTLS?", "no card has all of these words", "there is no event 99")
}

// What stands in an event has cards.
func TestCardsOfAnEvent(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "", "i", "9", "q")
	inOrder(t, out, "cards for event ", "SIZE, EHLO keyword", "AUTH, EHLO keyword", "reads that card")
}

// However early the input ends, it ends here too; a key of the session that is typed over a card is one.
func TestCardsEndWithTheInput(t *testing.T) {
	for _, script := range [][]string{{"/ spf"}, {"/ spf", "1"}, {"x spf"}, {"i"}, {"/ spf", "q"}, {"x spf", "b", "99", "?"}} {
		f := newFake(noTLS)
		f.walk(t, walk.Goal{}, append(script, "")[:len(script)]...)
		if len(f.done) > 0 {
			t.Errorf("%q: %s was done", script, f.verbs())
		}
	}
	out, _ := replayText(t, recorded(t), "x spf", "", "/ spf", "9", "", "")
	inOrder(t, out, "SPF, topic", "cards found", "enter goes forward")
}

// endlessSource has more events with a word than anybody listens to.
type endlessSource struct{ record.Source }

func (endlessSource) Len() int { return 1_000_000 }
func (endlessSource) At(int) *record.Event {
	return &record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw("250 hello\r\n")}}}
}

func TestSearchIsBounded(t *testing.T) {
	var out strings.Builder
	v := &view{dialog: newDialog(Console{In: strings.NewReader(""), Out: &out}), src: endlessSource{}}
	v.lookUp("hello")
	inOrder(t, out.String(), "event 9: ", "there are more events, after the first 9")
	if strings.Contains(out.String(), "event 10: ") {
		t.Error(out.String())
	}
}

// atHome types lines at the home, and gives what was printed and what was begun.
func atHome(t *testing.T, lines ...string) (string, []string) {
	t.Helper()
	var out strings.Builder
	var begun []string
	h := Home{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out},
		Scenarios: []Scenario{{Name: "submission", Group: "ports", Title: "submission on port 587", Story: "a good session"}, {Name: "relay", Group: "ports", Title: "relay on port 25", Codes: []string{"451 4.7.1"}},
			{Name: "expired", Group: "certificates", Title: "an expired certificate"}},
		Recent: func() []Recent { return []Recent{{Path: "/one", Title: "mail.test:25", When: "1 May 2026"}} },
		Start: func(ctx context.Context, c Console, w Wanted) error {
			line, err := newDialog(c).ask(ctx, "in the session:")
			if w.LegacyTLS {
				line += " with obsolete TLS"
			}
			begun = append(begun, strings.Join(strings.Fields(w.Target+" "+w.User+" "+line), " "))
			return err
		},
		Learn: func(_ context.Context, _ Console, p *lesson.Pass) error {
			_, err := fmt.Fprintf(&out, "begun: %s\n", p.Lesson.Title)
			return err
		},
		Open: func(_ context.Context, _ Console, path string) error { begun = append(begun, "open "+path); return nil },
	}
	if err := h.Run(context.Background()); err != nil {
		t.Error(err)
	}
	return out.String(), begun
}

// The home has the same entries as the screen, with the same numbers, and a session reads on where the home has stopped.
func TestHome(t *testing.T) {
	for _, test := range []struct {
		lines []string
		shows []string
		begun string
	}{
		{[]string{"1", "2", "1", "first line", "q"}, []string{"1 practice, 2 learn, 3 connect, 4 open, 5 topics, / search, q quit: 1\n", "1: ports, 2 scenarios", "2: certificates, 1 scenario", "1: an expired certificate", "in the session:", "what next: "}, "lab:expired first line"},
		{[]string{"practice", "1", "b", "b", "q"}, []string{"1: ports", "1: submission on port 587", "1 or 2 chooses a scenario, b goes back: b\n1 or 2 chooses a group", "what next:"}, ""},
		{[]string{"learn", "1", "1", "b", "b", "q"}, []string{"1: Network+, ", "2: administrator, ", "1: which port is for what, about 8 minutes", "begun: which port is for what", "what next: "}, ""},
		{[]string{"learn", "1", "", "b", "b", "q"}, []string{"enter takes 1, 1 to ", "begun: which port is for what", "what next: "}, ""},
		{[]string{"5", "3", "1", "", "q"}, []string{"1: roles and ways of mail, ", "1: banner, topic: ", "source: ", "see also 1: ", "enter leaves the cards: \n", " chooses a topic, b goes back:"}, ""},
		{[]string{"3", "mail.test:587", "ann", "x"}, []string{"server, as host", "user to log in as"}, "mail.test:587 ann x"},
		{[]string{"old", "mail.test:25", "", "x"}, []string{"warning: obsolete TLS will be offered: insecure", "server, as host"}, "mail.test:25 x with obsolete TLS"},
		{[]string{"connect lab:relay", "x"}, nil, "lab:relay x"},
		{[]string{"3", "", "q"}, []string{"server, as host", "what next:"}, ""},
		{[]string{"4", "1"}, []string{"1: 1 May 2026: mail.test port 25"}, "open /one"},
		{[]string{"open /two"}, nil, "open /two"},
		{[]string{"/ expired", "connect lab:expired", "x"}, []string{"cards found", "scenario expired: an expired certificate", "1: "}, "lab:expired x"},
		{[]string{"/ 451", "q"}, []string{"scenario relay: relay on port 25"}, ""},
		{[]string{"nonsense", "?", "1", "99"}, []string{"unknown command", "1: practice on", "there is no number 99 here; the last is 2"}, ""},
		{[]string{"", "q"}, []string{"1 practice", "\n1 practice, 2 learn"}, ""},
		{nil, []string{"1 practice"}, ""},
	} {
		out, begun := atHome(t, test.lines...)
		inOrder(t, out, test.shows...)
		if got := strings.Join(begun, ", "); got != test.begun {
			t.Errorf("%q begins %q, want %q", test.lines, got, test.begun)
		}
	}
}

// A question is understood wherever a key is awaited, and a code of three digits where cards have numbers of one. What is neither
// may be a password that came at the wrong moment: it is neither searched for nor repeated.
func TestAQuestionIsUnderstood(t *testing.T) {
	for line, want := range map[string]string{"what is SPF": "1: SPF, topic", "535": "1: 535, reply code", "SPF": "1: SPF, topic", "explain STARTTLS": "1: STARTTLS, command", "why is 465 not 587": "1: "} {
		out, _ := atHome(t, line, "", "q")
		inOrder(t, out, "cards found", want)
		out, _ = newFake(noTLS).walk(t, walk.Goal{}, "", line, "", "q")
		inOrder(t, out, "cards found", want)
	}
	out, _ := atHome(t, "/ greylisting", "535", "", "/ greylisting", "99", "hunter2", "q")
	inOrder(t, out, "greylisting, topic", "1: 535, reply code", "there is no number 99 here", "unknown command")
	out, _ = newFake(noTLS).walk(t, walk.Goal{}, "hunter2", "what-a-secret", "q")
	if strings.Contains(out, "hunter2") || strings.Contains(out, "secret") || strings.Contains(out, "found") {
		t.Errorf("a line that is no question is told:\n%s", out)
	}
}

// addresses are saved targets in memory.
type addresses []Saved

func (s addresses) List() ([]Saved, error)    { return s, nil }
func (addresses) Rename(string, string) error { return nil }
func (addresses) Remove(string) error         { return nil }

// The search at home finds saved targets by name and host, and what is called so is not taken for a slip.
func TestSearchFindsSavedTargets(t *testing.T) {
	var out strings.Builder
	h := Home{Console: Console{In: strings.NewReader("/ course\n/ lab.example\n/ cuurve\nq\n"), Out: &out}, Targets: addresses{{Name: "course", Server: "lab.example:2525"}}}
	if err := h.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	const found = "saved target course: lab.example:2525; connect @course connects to it\n"
	inOrder(t, out.String(), "no card has all of these words\n", found, found, "did you mean curve")
}
