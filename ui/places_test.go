package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
)

// replayedFrom is a replay as a person finds it: at its start.
func replayedFrom(t *testing.T, replay *Replay, at int, width, height int) *sim {
	t.Helper()
	s := newSim(t, &App{Version: "test", At: at}, width, height)
	s.run(s.root.showReplay(replay))
	return s.settle()
}

func TestAReplayBeginsAtItsStartOrWhereItIsAsked(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	replay := &Replay{Source: sc.log, Path: "/x.ndjson"}
	replayedFrom(t, replay, AtStart, 80, 24).shows("○ not connected", "next › look up mail.lab", ". play").hides("looking back")
	replayedFrom(t, replay, 20, 80, 24).shows(fmt.Sprintf("event 20 of %d", sc.log.Len()))
	replayedFrom(t, replay, AtEnd, 80, 24).shows("the end of the transcript", "✓ done")
	empty := &record.Log{}
	empty.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: scenePlan()}})
	replayedFrom(t, &Replay{Source: empty, Path: "/x.ndjson"}, AtStart, 80, 24).shows("practice")
	replayedFrom(t, &Replay{Source: empty, Path: "/x.ndjson"}, 99, 80, 24).shows("practice")
}

// Moving by phase stops before each phase of the walk, and moving by finding and note where there is one.
func TestMovingByPhaseFindingAndNote(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	for _, on := range []int{40, 12} {
		sc.Note(record.Note{On: on, Text: fmt.Sprintf("seen at %d", on)})
	}
	s := replayedFrom(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, AtStart, 80, 24)
	w := s.root.walk
	for _, next := range []string{"connect to", "greeting", "EHLO laptop", "STARTTLS", "TLS handshake", "EHLO laptop", "AUTH PLAIN", "MAIL FROM", "RCPT TO", "DATA", "QUIT"} {
		s.press("}")
		if done := w.doneNext(); !strings.Contains(done, next) {
			t.Fatalf("before %q, want %q:\n%s", done, next, s.frame())
		}
	}
	s.press("{").shows("next › DATA").press("{", "{").shows("next › MAIL")
	s.press("home", ">").shows("›#", "seen at 12").press(">").shows("seen at 40").press(">").shows("there is no other note in this direction").press("<").shows("›#", "seen at 12")
	if s.press("<").shows("no other note"); w.pos != 12 {
		t.Errorf("at event %d", w.pos)
	}
	s.hides("next finding").press("(").hides("no other finding") // there is none, and no key for it
}

func TestMovingByFinding(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: scenePlan()}})
	for i := range 9 {
		severity := []record.Severity{record.SeverityInfo, record.SeverityWarn, record.SeverityDanger}[i%3]
		log.Append(record.Event{Kind: record.KindFinding, Step: record.VerbEHLO, Finding: &record.Finding{Code: "x", Severity: severity, Text: fmt.Sprintf("finding %d", i)}})
	}
	s := replayedFrom(t, &Replay{Source: log, Path: "/x.ndjson"}, AtStart, 80, 24)
	for _, n := range []int{1, 2, 4, 5, 7, 8} {
		s.press(")").shows(fmt.Sprintf("finding %d", n)).hides(fmt.Sprintf("finding %d", n+1))
	}
	s.press(")").shows("there is no other finding in this direction").press("(", "(").shows("finding 5").hides("finding 6")
}

func TestNumbersOfEvents(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	s := replayedFrom(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, 12, 80, 24)
	s.hides("10›S").press("#").shows(" 9 C ┊ EHLO", "10›S ┊ 250-mail.lab", "   S ┊ 250-PIPELINING").press("#").hides("10›S")
}

// Playing goes on by itself, at the pace at which it happened or faster, and never waits long.
func TestPlaying(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: scenePlan()}})
	for i, at := range []time.Duration{0, time.Second, 3 * time.Second, time.Minute, 30 * time.Second} { // a file may run backwards
		log.Append(record.Event{T: at, Kind: record.KindSend, Step: record.VerbNoop, Send: &record.Send{Raw: []byte(fmt.Sprintf("NOOP %d\r\n", i))}})
	}
	s := replayedFrom(t, &Replay{Source: log, Path: "/x.ndjson"}, 2, 80, 24)
	w := s.root.walk
	waits := func(want time.Duration) {
		t.Helper()
		if w.player == nil || w.player.wait != want {
			t.Errorf("it waits %+v, want %v", w.player, want)
		}
	}
	next := func() { s.send(playMsg{w, w.player.gen}) }
	s.press(".").shows("playing as it happened", ". pause", "+ faster")
	s.send(tea.WindowSizeMsg{Width: 60, Height: 16})
	s.shows(". pause").send(tea.WindowSizeMsg{Width: 80, Height: 24})
	waits(time.Second)
	late := playMsg{w, w.player.gen}
	s.press("+").shows("playing 2 times as fast")
	waits(time.Second / 2)
	if s.send(late); w.pos != 2 {
		t.Errorf("what was due before has come: %d events", w.pos)
	}
	next()
	waits(time.Second)
	s.press("-", "-")
	next()
	waits(longestWait)
	s.shows("waits 3 s instead of 57 s")
	next()
	waits(shortestWait)
	if next(); w.playing() || !w.atEnd() {
		t.Errorf("it does not stop at the end: %d events", w.pos)
	}
	s.press("home", ".")
	if s.press("right"); w.playing() {
		t.Error("it plays on though a person moves")
	}
	s.press(".", "g").send(playMsg{w, w.player.gen})
	if w.playing() {
		t.Error("it plays on though a person types")
	}
}

// Whatever leads to an event selects it, also where it is folded away or left out by a filter.
func TestEveryWayLeadsToTheEvent(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	seq := 0
	for i := range sc.log.Len() {
		if m := sc.log.At(i).TLSMessage; m != nil && m.Name == "CertificateVerify" {
			seq = i + 1
		}
	}
	opened := func(at int) *sim {
		return replayedFrom(t, &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson"}, at, 80, 24)
	}
	number := fmt.Sprint(seq)
	for name, s := range map[string]*sim{
		"begins there": opened(seq),
		"by number":    opened(AtStart).press("g").typed(number).press("enter"),
		"from the end": opened(AtEnd).press("g").typed(number).press("enter"),
		"filtered":     opened(AtEnd).press("&").typed("kind:reply").press("enter").settle().press("g").typed(number).press("enter"),
		"found":        opened(AtStart).press("/").typed("certificateverify").settle().press("end", "enter"),
		"found later":  opened(AtEnd).press("/").typed("certificateverify").settle().press("end", "enter"),
	} {
		if w := s.root.walk; w.selected().Seq != seq || w.pane.Row(w.pane.Sel).Kind != dialogue.RowEvent {
			t.Errorf("%s: event %d is selected, want %d:\n%s", name, w.selected().Seq, seq, s.frame())
		}
	}
}
