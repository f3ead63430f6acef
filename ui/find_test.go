package ui

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// Search finds cards and rows of this session while one types; esc leads back to exactly where one was.
func TestSearchAndBack(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s, _ := walked(t, 9, size[0], size[1])
		s.press("up", "up").view("bytes")
		before := s.frame()
		s.press("/").shows("search", "Type a code").typed("grey").settle().shows("greylisting", "knowledge")
		s.press("enter").shows("greylisting · topic", "see also", "1–").hides("knowledge ·")
		s.press("esc").shows("› grey", "knowledge").press("esc")
		if s.frame() != before {
			t.Errorf("esc leads somewhere else:\n%s\nbefore:\n%s", s.frame(), before)
		}
	}
}

// Where nothing was found, enter searches for what is near; conditions before the words stay.
func TestEnterSearchesForWhatWasMeant(t *testing.T) {
	for typed, want := range map[string]string{"startlts": "› STARTTLS▏", "kind:reply startlts": "› kind:reply STARTTLS▏"} {
		s, _ := walked(t, 9, 80, 24)
		s.press("/").typed(typed).settle().shows("Did you mean STARTTLS?", "enter search for STARTTLS")
		s.press("enter").settle().shows(want, "enter open the card").hides("Did you mean")
		s.press("enter").shows("STARTTLS · ")
	}
	s, _ := walked(t, 9, 80, 24)
	s.press("/").typed("qqqqqqqqqqqq").settle().shows("Nothing contains all of these words.").hides("enter search").press("enter").shows("› qqqqqqqqqqqq▏")
}

// The cards that were visited are gone back and forward through, like pages.
func TestCardsBackAndForward(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	s.press("/").typed("spf").settle().press("enter").shows("SPF · topic", "see also")
	s.press("tab", "enter").shows("card 2 of 2").hides("SPF · topic")
	second := s.frame()
	s.press("left").shows("SPF · topic", "card 1 of 2", "→ next card").press("right")
	if s.frame() != second {
		t.Errorf("forward is not where one was:\n%s", s.frame())
	}
	s.press("left", "2").shows("card 2 of 2", "← previous card")
	s.press("left", "left").shows("› spf", "→ next card").press("right").shows("SPF · topic")
	s.press("/").shows("› ▏").typed("535").settle().shows("535").press("esc").shows("dialogue")
}

// What was found in this session is gone to, also inside a fold, and nothing else is changed: the next step is still prepared.
func TestSearchLeadsToTheRow(t *testing.T) {
	s, _ := walked(t, 9, 80, 24)
	s.press("/").typed("serverhello").settle().press("end").shows("enter go to the row").press("enter")
	s.shows("←", "ServerHello", "› RCPT TO").hides("looking back")
	w := s.root.walk
	if e := w.selected(); e.TLSMessage == nil || e.TLSMessage.Name != "ServerHello" {
		t.Errorf("event %d is selected:\n%s", e.Seq, s.frame())
	}
	s.press("/").typed("size 10485760").settle().press("end", "enter")
	if row := w.pane.Row(w.pane.Sel); !strings.Contains(string(w.selected().Reply.Lines[row.Line].Text), "SIZE") {
		t.Errorf("line %d is selected:\n%s", row.Line, s.frame())
	}
	s.press("home").shows("looking back").press("/").typed("235 2.7.0").settle().press("end", "enter")
	if w.selected().Reply == nil || w.selected().Reply.Code != 235 {
		t.Errorf("event %d is selected:\n%s", w.selected().Seq, s.frame())
	}
}

// However many cards fit, the rows of this session are seen at once, with how many there are; a page of the list keeps both.
func TestTheRowsOfTheSessionAreSeenAtOnce(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s, _ := walked(t, 9, size[0], size[1])
		s.press("/").typed("auth").settle()
		if n := len(s.root.over.(*finder).cards); n < 40 {
			t.Fatalf("%d cards are too few to push anything out", n)
		}
		s.shows("knowledge · the best", "this session · 4 of ", "S 250-AUTH PLAIN LOGIN").press("down", "down").shows("knowledge ·", "this session · 4 of ")
		s.press("tab").shows("knowledge ·", "›    ", "enter go to the row").press("end").shows("knowledge ·", "this session · 4 of ")
	}
}

// A slash is text where text is typed, and the search everywhere else.
func TestSearchOpensEverywhereButInText(t *testing.T) {
	for _, keys := range [][]string{{}, {"tab"}, {"?"}, {"s"}, {"l"}, {"4"}, {"up", "up", "f"}, {"q"}, {"left"}, {"z"}} {
		s, _ := walked(t, 9, 80, 24)
		s.press(keys...)
		before := s.frame()
		s.press("/").shows("─ search").press("esc")
		if s.frame() != before {
			t.Errorf("after %v esc leads to\n%s", keys, s.frame())
		}
	}
	for _, keys := range [][]string{{":"}, {"e"}, {"c"}, {"n"}, {"g"}} {
		s, _ := walked(t, 9, 80, 24)
		s.press(keys...).press("/").hides("─ search")
	}
	_, sc := walked(t, 14, 80, 24)
	simReplay(t, &Replay{Source: sc.log, Path: "/one"}, 80, 24).press("/").typed("quit").settle().shows("C QUIT").press("end", "enter").shows("221")
}

// A key opens the card of the selected row, or the choice where there are several.
func TestCardsOfTheSelectedRow(t *testing.T) {
	s, _ := walked(t, 9, 80, 24)
	s.press("/").typed("250-size").settle().press("end", "enter", "i").shows("cards for this row", "SIZE").press("enter").shows("SIZE · EHLO keyword")
	s.press("left").shows("cards for this row").press("i").shows("dialogue")
}

// The index lists every topic by area; what is typed narrows it, also by other names.
func TestLearn(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24).tap("5").shows("topics · 1 of ", "roles and ways of mail")
	s.tap("end").hides("roles and ways of mail").tap("pgup", "home").shows("topics · 1 of ")
	s.typed("greyl").shows("› greylisting").tap("enter").shows("card", "greylisting · topic", "see also")
	s.tap("1").shows("card 2 of 2").tap("left").shows("card 1 of 2").tap("left").shows("topics · 3 of ").tap("enter").shows("greylisting · topic")
	s.tap("/").shows("› greyl").tap("ctrl+u").typed("535").settle().shows("knowledge").tap("esc").shows("topics · 3 of ", "greyl")
	s.tap("esc", "esc").shows("› 5 topics")
}

// A code is no topic: the list leads on to the card that it has, with the words that were typed.
func TestLearnLeadsToEveryCard(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24).tap("5").typed("535").shows("› search every card        · 535").tap("enter").settle().shows("› 535 ", "reply code")
	s.tap("enter").shows("535 · reply code").tap("esc", "esc").shows("topics · 1 of ")
	s.tap("ctrl+u").typed("qqqq").shows("topics · 1 of 1", "› search every card        · qqqq")
}

// Tab names the group that it goes to, which may be below the window, and goes nowhere where there is no other.
func TestTabNamesTheOtherGroup(t *testing.T) {
	s, _ := walked(t, 9, 80, 24)
	s.press("/").typed("size").settle().shows("tab this session").press("tab").shows("tab cards", "enter go to the row").press("tab").shows("enter open the card")
	s.press("ctrl+u").typed("greylisting").settle().hides("tab ").press("down", "tab").shows("2 of ")
}

// On the home screen a scenario that was found is begun.
func TestSearchAtHome(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24)
	var got string
	s.root.app.Launch = func(r Request) (*Live, error) { got = r.Target; return nil, errDisk }
	s.tap("/").typed("relay port").settle().shows(" cards, 1 to open").tap("end").shows("to open · 1 scenario").shows("enter practice it").tap("enter")
	s.until("the launch", func() bool { return s.root.pending == nil && got != "" })
	if got != "lab:relay" {
		t.Errorf("%s was begun", got)
	}
	s.shows("no space left")
}

// crowd is a transcript of a great many events.
type crowd struct {
	record.Source
	n     int
	asked atomic.Int64
}

func (c *crowd) Len() int { return c.n }

func (c *crowd) Watch() (<-chan struct{}, func()) {
	wake := make(chan struct{}, 1)
	return wake, func() { close(wake) }
}

func (c *crowd) At(i int) *record.Event {
	c.asked.Add(1)
	if i == 0 {
		return &record.Event{Seq: 1, Kind: record.KindStart, Start: &record.Start{Format: record.Format, Time: epoch, Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 25}}}}
	}
	text := fmt.Sprintf("250 line %d\r\n", i)
	return &record.Event{Seq: i + 1, Kind: record.KindReply, Step: record.VerbNoop, Reply: &record.Reply{Reply: wire.Reply{Code: 250, Raw: wire.Raw(text),
		Lines: []wire.Line{{Raw: wire.Raw(text), Code: "250", Text: text[4 : len(text)-2]}}}}}
}

// A great many events are looked at up to a bound, which is told, and no frame and no key reads them.
func TestSearchIsBounded(t *testing.T) {
	c := &crowd{n: 5000}
	s := simReplay(t, &Replay{Source: c, Path: "/many"}, 80, 24)
	s.press("/").typed("line").settle().press("tab").shows("the first 200 rows", "of 5,000")
	before := c.asked.Load()
	s.press("down", "end", "pgup", "home", "tab").frame()
	if read := c.asked.Load() - before; read > 10 { // the frame has a clock, which is that of one event
		t.Errorf("moving reads %d events", read)
	}
	s.typed(" 4711").settle().shows("this session · 1 of 5,000 events")
	s.press("end", "enter").shows("line 4711")
}

// A search that is typed over again does not show what an earlier one brings late.
func TestALateResultIsDropped(t *testing.T) {
	s, _ := walked(t, 9, 80, 24)
	s.press("/")
	f := s.root.finder()
	s.typed("s")
	s.settle()
	s.send(foundMsg{from: f, query: f.scan.query - 1, first: true, all: 99})
	s.hides("99 cards")
	s.press("esc")
	s.send(foundMsg{from: f, query: f.scan.query, first: true, all: 99})
	s.hides("99 cards")
}

// Words that are the names of keys are words where they arrive in one piece, as from a fast hand or another program.
func TestNamesOfKeysAreText(t *testing.T) {
	for _, word := range []string{"esc", "enter", "ctrl+c", "home", "up", "tab"} {
		s, _ := walked(t, 4, 80, 24)
		s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("/" + word)})
		s.settle().shows("› " + word)
		s.press("esc", "n").send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(word)})
		s.shows("› " + word)
	}
}

// Scenarios are found by the codes of the replies that they show, in the list and by the search of everything.
func TestScenariosAreFoundByTheirCodes(t *testing.T) {
	app := homeApp()
	app.Scenarios = nil
	app.practices(Scenario{Name: "wrong-password", Title: "a wrong password", Codes: []string{"535 5.7.8"}}, Scenario{Name: "greylist", Title: "greylisting", Codes: []string{"451 4.7.1"}})
	simHome(t, app, 80, 24).tap("1").typed("535").shows("1 of 1", "a wrong password").hides("greylisting")
	simHome(t, app, 80, 24).press("/").typed("451").settle().shows("greylisting", "to open · 1 scenario").hides("a wrong password")
}

// Saved targets are found by name, host and user, before what can be practiced, and connected to; what is called so is not taken for a slip.
func TestSearchFindsSavedTargets(t *testing.T) {
	asked := make(chan Request, 1)
	app := savedApp()
	kept := app.Targets.(*fakeTargets)
	kept.list = append(kept.list, Saved{Name: "course", Server: "lab.example:2525"})
	app.Launch = func(r Request) (*Live, error) { asked <- r; return nil, errDisk }
	s := simHome(t, app, 80, 24)
	s.press("/").typed("course").settle().shows("course  lab.example:2525", "saved target", "enter connect").hides("curve").press("ctrl+u").typed("mx.example.org").settle()
	s.shows("1 saved target", "› mx  mx.example.org:25").press("enter").until("the launch", func() bool { return s.root.home.trouble != "" })
	if got := <-asked; got.Target != "@mx" {
		t.Errorf("asked for %q", got.Target)
	}
	s = simHome(t, savedApp(), 60, 16)
	s.press("/").typed("work").settle().shows("work  mail.example.org:587", "saved target")
}

// A lesson is found by its title, and rows with the same name are told apart by what they are.
func TestSearchTellsKindsApart(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24)
	s.press("/").typed("starttls").settle().shows("EHLO keyword", "topic", "command")
	s.press("ctrl+u").typed("logging in").settle().press("end").shows("lesson", "enter take the lesson").tap("enter").until("the lesson", func() bool { return s.root.class != nil })
	s.shows("logging in · ")
}

// Rows that say the same are told apart: by their number and their step, and texts of servers and programs by how they read and whose they are.
func TestRowsOfASearchAreToldApart(t *testing.T) {
	s, _ := walked(t, 14, 80, 24)
	s.press("/").typed("kind:reply 250").settle().shows("sender ok  ", "  mail", "  ehlo")
	s.press("ctrl+u").typed("password rejected").settle().shows(`Username or password rejected  "`, `Postfix: "`)
	s.press("down").press("enter").shows(` · server reply text`)
}
