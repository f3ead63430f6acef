package ui

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

func TestEnterAloneWalksToTheEnd(t *testing.T) {
	s, sc := walked(t, 14, 80, 24)
	want := "resolve connect greeting ehlo starttls handshake ehlo auth mail rcpt data content quit"
	if sc.steps() != want {
		t.Errorf("steps were %q, want %q", sc.steps(), want)
	}
	s.shows("✓ done · QUIT · exit 0", "/state/ehlo/one.ehlo.ndjson", "the end: done at quit")
	s.press("enter").shows("─ verdict · the session is over ─", "q quit")
	if s.quit || sc.verdict.Exit != record.ExitOK || sc.ends != 1 {
		t.Errorf("quit %v, finished with %v, %d times", s.quit, sc.verdict, sc.ends)
	}
	s.press("q")
	s.until("the end", func() bool { return s.quit })
}

func TestNothingIsSentBeforeEnter(t *testing.T) {
	s, sc := walked(t, 3, 80, 24)
	s.shows("› EHLO laptop.lab.test", "give a name and ask for extensions")
	s.press("down", "v", "v", "?", "esc", "tab", "esc", "1", "y")
	if sc.steps() != "resolve connect greeting" {
		t.Errorf("steps were %q", sc.steps())
	}
}

func TestSelectionFollowsTheAnswer(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	if got := s.root.walk.selected(); got.Kind != record.KindReply {
		t.Errorf("selected %s", got.Kind)
	}
	s.shows("here is what the server can do")
	s.press("down", "down").shows("messages up to 10 MiB")
	s.press("enter") // a step brings the selection back
	s.shows("›S ┊ 220 2.0.0 ready to start TLS")
}

func TestAStepIsRefusedWhileOneRuns(t *testing.T) {
	s, sc := walked(t, 3, 80, 24)
	sc.hold = make(chan struct{})
	s.tap("enter", "enter", "enter")
	s.shows("waiting for the server's reply to EHLO", "of at most 5 min", "esc stop waiting")
	s.clock = s.clock.Add(3e9)
	s.shows("· 3 s of at most 5 min")
	close(sc.hold)
	s.settle()
	if sc.steps() != "resolve connect greeting ehlo" {
		t.Errorf("steps were %q", sc.steps())
	}
}

// Who waits no longer keeps what the silence means.
func TestEscStopsWaiting(t *testing.T) {
	s, sc := walked(t, 3, 80, 24)
	sc.hold = make(chan struct{})
	s.tap("enter", "esc")
	s.settle().shows("✗ mail.lab said nothing more", "1 try again", "a again")
	sc.hold = nil
	s.press("a").shows("250-PIPELINING")
}

func TestATimeoutOfOneKindIsNamed(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Timeout = 20e9
	s := simLive(t, live, 80, 24)
	sc.hold = make(chan struct{})
	s.tap("enter").shows("waiting for the resolver", "of at most 20 s")
	close(sc.hold)
	s.settle()
}

// The recorder may be behind: until the source has all events of a step no other is offered.
func TestAStepCountsOnceItsEventsAreThere(t *testing.T) {
	sc := newScene()
	live := sc.live()
	slow := &slowSource{Log: sc.log, limit: sc.log.Len()}
	live.Source = slow
	s := simLive(t, live, 80, 24)
	s.tap("enter")
	s.until("the step's end", func() bool { return s.root.walk.busy.upto > 0 })
	s.tap("enter").shows("writing the transcript")
	slow.limit = 1000
	sc.log.Wake()
	s.settle().shows("› connect to mail.lab:587")
	if sc.steps() != "resolve" {
		t.Errorf("steps were %q", sc.steps())
	}
}

type slowSource struct {
	*record.Log
	limit int
}

func (s *slowSource) Len() int { return min(s.Log.Len(), s.limit) }

func TestTimeTravel(t *testing.T) {
	s, sc := walked(t, 8, 120, 40)
	s.shows("✓ TLS 1.3 verified", "authenticated as ann")
	s.press("left", "left", "left", "left", "left", "left", "left", "left").shows("○ in cleartext", "looking back", "● tls")
	s.hides("authenticated", "AUTH PLAIN ••••••")
	s.press("home").shows("○ not connected", "next › look up mail.lab")
	before := sc.steps()
	s.press("enter").shows("lookup").hides("tcp   ")
	s.press("]", "]", "right").shows("EHLO laptop")
	if sc.steps() != before {
		t.Errorf("looking back took a step: %q", sc.steps())
	}
	s.press("end").shows("authenticated as ann", "› MAIL FROM")
	s.press("[").shows("next › AUTH PLAIN ••••••")
	s.press("end", "g").typed("5").press("enter").shows("event 5 of")
}

func TestForwardAndBackMeetEveryRow(t *testing.T) {
	s, _ := walked(t, 14, 120, 40)
	w := s.root.walk
	s.press("home")
	var forth []int
	for w.inPast() {
		s.press("right")
		forth = append(forth, w.pos)
	}
	for i := len(forth) - 2; i >= 0; i-- {
		s.press("left")
		if w.pos != forth[i] {
			t.Fatalf("back at %d, came by %d", w.pos, forth[i])
		}
	}
}

func TestStepsForwardAreTheStepsTaken(t *testing.T) {
	s, sc := walked(t, 14, 80, 24)
	w := s.root.walk
	s.press("home")
	steps := 0
	for w.inPast() {
		s.press("enter")
		steps++
	}
	if want := len(strings.Fields(sc.steps())) + 1; steps != want { // the end is one too
		t.Errorf("%d steps forward, want %d", steps, want)
	}
	for w.hasPast() {
		s.press("[")
		steps--
	}
	if steps != 0 {
		t.Errorf("%d steps more back than forth", -steps)
	}
}

func TestEditTheLine(t *testing.T) {
	s, sc := walked(t, 3, 80, 24)
	s.press("e").shows("─ edit ─", "› EHLO laptop.lab.test▏")
	s.press("ctrl+u").typed("EHLO [192.0.2.1]").press("enter")
	if got := sc.last(); got.Line != "EHLO [192.0.2.1]" || !got.Edited || got.Verb != record.VerbEHLO {
		t.Errorf("sent %+v", got)
	}
	s.shows("EHLO [192.0.2.1]", "typed by hand")
}

func TestAnyLine(t *testing.T) {
	s, sc := walked(t, 4, 80, 24)
	s.press(":").typed("NOOP " + strings.Repeat("x", 600)).shows("line longer than a server has to accept")
	s.press("ctrl+u").typed("XYZZY").press("enter")
	if got := sc.last(); got.Line != "XYZZY" || got.Verb != record.VerbRaw {
		t.Errorf("sent %+v", got)
	}
}

func TestAMaskedLineCannotBeEdited(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.shows("› AUTH PLAIN ••••••").hides("e edit")
	s.press("e").hides("─ edit")
}

func TestChoices(t *testing.T) {
	s, sc := walked(t, 4, 120, 40)
	s.press("tab").shows("─ choices", "› STARTTLS  proposed", "out of order, to see how the server replies")
	for !strings.Contains(s.frame(), "› DATA") {
		s.press("down")
	}
	s.shows("out of order: expect 503 5.5.1")
	s.press("enter").shows("› DATA", "your choice")
	if sc.steps() != "resolve connect greeting ehlo" {
		t.Errorf("taking a choice sent it: %q", sc.steps())
	}
	s.press("enter")
	if sc.last().Verb != record.VerbData {
		t.Errorf("sent %q", sc.last().Verb)
	}
}

func TestAGuardAsksAndNoIsTheDefault(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	sc.guards[record.VerbAuth] = walk.Guard{Code: "unverified-secret", Question: "send the secret anyway?", Why: "nobody knows who is listening"}
	for _, no := range []string{"enter", "n", "esc", "q"} {
		s.press("enter").shows("! Send the secret anyway?", "nobody knows", "y yes, this once")
		s.press(no).hides("Send the secret anyway?").shows("✗ unsafe", "esc continue").press("esc")
	}
	if strings.Contains(sc.steps(), "auth") {
		t.Fatal("a refused guard did not hold")
	}
	s.press("enter", "y").shows("235 2.7.0")
	if got := sc.last().Confirmed; len(got) != 1 || got[0] != "unverified-secret" {
		t.Errorf("confirmed %q", got)
	}
}

func TestTrouble(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
	s.press("enter").shows("─ what happened", "✗ The server refused: 535 5.7.8", "Try    check the name and the password", "a retry", "tab step")
	s.press("a", "enter", "enter").shows("✗ The server refused")
	delete(sc.refuse, record.VerbAuth)
	s.press("a", "enter", "enter").shows("235 2.7.0").hides("what happened")
}

func TestTroubleIsTheOutcome(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
	sc.state.Failed = []record.Phase{record.PhaseAuth}
	s.press("enter")
	s.root.joinAll()
	if sc.verdict.Exit != record.ExitAuth || s.root.verdict.Exit != record.ExitAuth {
		t.Errorf("finished with %v", sc.verdict)
	}
}

func TestCredentialsChangeWhatIsProposed(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	s.press("c").shows("account", "‹ ann, an ordinary user ›", "••••••").hides("tulip-42")
	s.press("right").shows("‹ bob, has two-step verification on ›", "3 of 4").hides("bicycle-7")
	s.press("enter")
	if c := s.root.walk.goal.Credentials; c.Username != "bob" || c.Password.Reveal() != "bicycle-7" {
		t.Errorf("credentials %q", c.Username)
	}
	s.press("c", "down", "ctrl+u", "down", "ctrl+u", "enter")
	if s.root.walk.goal.Credentials.Username != "" {
		t.Error("the user is still there")
	}
	s.hides("auth")
}

func TestTheEnvelopeChangesWhatIsProposed(t *testing.T) {
	s, _ := walked(t, 8, 80, 24)
	s.shows("› MAIL FROM:<ann@lab.test>")
	s.press("m", "ctrl+u").typed("erin@lab.test").press("down", "ctrl+u").typed("bob@lab.test, dave@lab.test").press("enter")
	s.shows("› MAIL FROM:<erin@lab.test>")
	s.press("m", "down").typed("<x>").press("enter").shows("enter the addresses without < and >")
}

func TestNotes(t *testing.T) {
	s, sc := walked(t, 4, 80, 24)
	seq := s.root.walk.selected().Seq
	s.press("n").shows("note on event", "stored in the transcript").hides("a note needs text").press("enter").shows("a note needs text")
	s.typed("ask the class").press("enter")
	s.until("the note", func() bool { return strings.Contains(s.frame(), "# ") && s.root.walk.pane.Len() == sc.log.Len() })
	last := sc.log.At(sc.log.Len() - 1)
	if last.Note == nil || last.Note.On != seq || last.Note.Text != "ask the class" {
		t.Errorf("note %+v", last.Note)
	}
	s.shows("ask the class")
}

func TestCopyTellsWhat(t *testing.T) {
	s, _ := walked(t, 8, 80, 24)
	s.press("y").shows("copied the reply (1 line)")
	s.until("the sequence", func() bool { return len(s.emitted) == 1 })
	if got := s.emitted[0]; !strings.HasPrefix(got, "\x1b]52;c;") || strings.ContainsAny(got[1:len(got)-1], "\x1b\n") {
		t.Errorf("emitted %q", got)
	}
	s.press("up", "up")
	what, text := s.root.walk.copied()
	if what != "what was sent" || text != "AUTH PLAIN "+sasl.Mask+"\n" {
		t.Errorf("copied %s: %q", what, text)
	}
}

func TestQuitAsksWhileTheSessionIsOpen(t *testing.T) {
	s, sc := walked(t, 4, 80, 24)
	s.press("q").shows("The session is still open: quit anyway?")
	s.press("n")
	s.tap("q", "y")
	s.until("the end", func() bool { return s.quit })
	s.root.joinAll()
	if sc.verdict.Outcome != record.OutcomeStopped {
		t.Errorf("finished with %v", sc.verdict)
	}
}

func TestCtrlCLeavesAtOnceFromEverywhere(t *testing.T) {
	for _, keys := range [][]string{{}, {"e"}, {":"}, {"tab"}, {"c"}, {"m"}, {"?"}, {"n"}, {"g"}, {"q"}, {"left"}, {"s"}} {
		s, sc := walked(t, 4, 80, 24)
		s.press(keys...)
		sc.hold = make(chan struct{})
		if len(keys) == 0 {
			s.tap("enter") // in the middle of a step
		}
		s.tap("ctrl+c")
		s.until("the end", func() bool { return s.quit })
		paths, errs := s.root.joinAll()
		if len(errs) > 0 || len(paths) != 1 || sc.ends != 1 || !s.root.interrupted {
			t.Errorf("after %q: %v, transcripts %q, %d end events", keys, errs, paths, sc.ends)
		}
	}
}

func TestAFailingTranscriptIsSaid(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Failed = func() error { return errDisk }
	s := newSim(t, &App{}, 80, 24)
	s.run(s.root.showLive(live))
	s.settle().shows("no longer recorded: no space left on device")
	if _, errs := s.root.joinAll(); len(errs) != 1 || !errors.Is(errs[0], errDisk) {
		t.Errorf("errors at the end: %v", errs)
	}
	s.root.walks = nil
}

func TestReplayNeverSends(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	var notes []string
	replay := &Replay{Source: sc.log, Path: "/x.ndjson", Damage: func() string { return "line 7 is cut off" }, AddNote: func(n record.Note) error {
		notes = append(notes, n.Text)
		sc.Note(n)
		return nil
	}}
	s := simReplay(t, replay, 80, 24)
	s.shows("replay", "the end of the transcript", "line 7 is cut off", "← back", "n note", "q quit").hides("do it", "edit", "esc home")
	s.press("home", "enter", "enter", "enter", "enter").shows("enter forward", "f5 present", "n note")
	s.press("tab").shows("choices at that time", "STARTTLS")
	s.press("enter", "esc", "end", "n").typed("seen").press("enter")
	s.until("the note", func() bool { return strings.Contains(s.frame(), "the note is in the transcript") })
	if len(notes) != 1 || notes[0] != "seen" {
		t.Errorf("notes %q", notes)
	}
}

func TestKeysInOnePieceAreSingleKeys(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	sel := s.root.walk.pane.Sel
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jjj")})
	if got := s.root.walk.pane.Sel; got != sel+3 {
		t.Errorf("selection moved by %d", got-sel)
	}
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jq"), Paste: true})
	if s.root.walk.pane.Sel != sel+3 || s.root.walk.sheet != nil {
		t.Error("pasted text was taken for keys")
	}
}

func TestHelpListsTheKeysThatWork(t *testing.T) {
	s, _ := walked(t, 3, 120, 40)
	s.press("?").shows("keys that work now", "enter  do it", "e      edit", "sent by the client").hides("enter  forward")
	s.press("esc", "left", "?").shows("enter  forward", "to the end").hides("do it", "credentials")
}

func TestLateMessagesDoNoHarm(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	other := &bridge{}
	before := s.frame()
	s.send(newsMsg{other})
	s.send(doneMsg{from: other})
	s.send(beatMsg{s.root.walk, -1})
	s.send(noticeMsg{from: other, text: "late"})
	if s.frame() != before {
		t.Error("a message of another session changed the picture")
	}
}

// A transcript that is gone is not named when the program ends.
func TestTranscriptIsRemoved(t *testing.T) {
	for _, test := range []struct {
		err   error
		paths int
	}{{fs.ErrNotExist, 0}, {errDisk, 1}, {nil, 1}} {
		live := newScene().live()
		live.Path = "/state/one.ndjson"
		live.Failed = func() error { return test.err }
		s := simLive(t, live, 80, 24)
		if test.err != nil {
			s.shows("no longer recorded: " + test.err.Error())
		}
		if paths, _ := s.root.joinAll(); len(paths) != test.paths {
			t.Errorf("%v: the paths are %v", test.err, paths)
		}
		s.root.walks = nil
	}
}

// While a long transcript is read there is a picture, which what is read does not pass over, and the keys work.
func TestALongTranscriptIsRead(t *testing.T) {
	long, whole := newTape(20), false
	s := newSim(t, &App{At: AtEnd}, 80, 24)
	s.run(s.root.showReplay(&Replay{Source: long, Whole: func() bool { return whole }}))
	w := s.root.walk
	s.shows("reading: 20 events so far")
	first := w.pos
	long.n = 20 * batch
	s.send(newsMsg{w.bridge})
	s.until("its lines", func() bool { return !w.src.behind() })
	s.shows("reading: 10,240 events so far")
	if w.pos != first {
		t.Errorf("it has moved from %d to %d", first, w.pos)
	}
	whole = true
	s.send(newsMsg{w.bridge})
	s.shows("the end of the transcript")
	s.press("left")
	was := w.pos
	whole = false
	long.n += batch
	s.send(newsMsg{w.bridge})
	s.until("more lines", func() bool { return !w.src.behind() })
	if s.hides("reading:"); w.pos != was {
		t.Error("it moves while a person looks back")
	}
}

func TestStartOverAndHome(t *testing.T) {
	var scenes []*scene
	start := func() (*Live, error) {
		sc := newScene()
		scenes = append(scenes, sc)
		return sc.live(), nil
	}
	app := homeApp()
	app.Launch = func(r Request) (*Live, error) {
		live, err := start()
		live.Again = start
		return live, err
	}
	s := simHome(t, app, 80, 24)
	s.press("enter", "enter").until("a session", func() bool { return s.root.walk != nil })
	s.settle().shows("› look up mail.lab").press("enter", "enter")
	first := s.root.walk
	s.press("R").shows("start over anyway?").press("y")
	s.until("another session", func() bool { return s.root.walk != first })
	s.settle().shows("› look up mail.lab")
	if scenes[0].verdict.Outcome != record.OutcomeStopped {
		t.Errorf("the first session was finished with %v", scenes[0].verdict)
	}
	s.press("h")
	s.until("home", func() bool { return s.root.walk == nil })
	s.shows("what would you like to do", "› 1 practice").press("q")
	s.until("the end", func() bool { return s.quit })
	if paths, _ := s.root.joinAll(); len(paths) != 2 || scenes[1].ends != 1 {
		t.Errorf("transcripts %q, %d ends", paths, scenes[1].ends)
	}
}

// Two requests that come before the first is answered, as from a key that bounces, start one session.
func TestARequestThatComesTwiceStartsOnce(t *testing.T) {
	var starts atomic.Int32
	begun := make(chan struct{})
	app := homeApp()
	app.Launch = func(Request) (*Live, error) { starts.Add(1); <-begun; return newScene().live(), nil }
	s := simHome(t, app, 80, 24)
	s.send(requestMsg{})
	s.send(requestMsg{})
	close(begun)
	s.until("a session", func() bool { return s.root.walk != nil })
	s.root.joinAll()
	if starts.Load() != 1 {
		t.Errorf("%d sessions", starts.Load())
	}
}

func TestALaunchThatFailsIsSaid(t *testing.T) {
	app := homeApp()
	app.Launch = func(Request) (*Live, error) { return nil, errDisk }
	s := simHome(t, app, 80, 24).press("enter", "enter")
	s.until("an answer", func() bool { return strings.Contains(s.frame(), "✗ no space left on device") })
	s.press("down").hides("no space left")
}

// The program may end while a session is being started; what was started is ended all the same.
func TestALaunchThatComesTooLateIsJoined(t *testing.T) {
	sc, begun := newScene(), make(chan struct{})
	app := homeApp()
	app.Launch = func(Request) (*Live, error) { <-begun; return sc.live(), nil }
	s := simHome(t, app, 80, 24)
	s.tap("enter", "enter")
	s.until("a launch", func() bool { return s.root.pending != nil })
	s.tap("ctrl+c")
	close(begun)
	if paths, errs := s.root.joinAll(); len(paths) != 1 || len(errs) > 0 || sc.ends != 1 {
		t.Errorf("transcripts %q, errors %v, %d ends", paths, errs, sc.ends)
	}
}

// A session that waits for an input which never comes is given up when the program ends.
func TestALaunchThatWaitsIsAbandoned(t *testing.T) {
	waits := make(chan struct{})
	app := homeApp()
	app.Launch = func(Request) (*Live, error) { <-waits; return nil, errDisk }
	app.Abandon = sync.OnceFunc(func() { close(waits) })
	s := simHome(t, app, 80, 24)
	s.tap("enter", "enter")
	s.until("a launch", func() bool { return s.root.pending != nil })
	s.tap("ctrl+c")
	if paths, errs := s.root.joinAll(); len(paths) != 0 || len(errs) > 0 {
		t.Errorf("transcripts %q, errors %v", paths, errs)
	}
}

func TestTheConnectionFormMakesARequest(t *testing.T) {
	var got Request
	app := homeApp()
	app.Launch = func(r Request) (*Live, error) { got = r; return newScene().live(), nil }
	s := simHome(t, app, 80, 24).press("3", "enter").shows("✗ target")
	s.typed("mail.example.org:465").press("down").typed("ann").press("down").typed("tulip").press("down", "right", "right", "down", "right")
	s.press("down").typed("ann@example.org").press("down").typed("bob@example.org, eve@example.org").hides("tulip").press("enter")
	s.until("a session", func() bool { return s.root.walk != nil })
	login := got.Goal.Credentials
	if got.Target != "mail.example.org:465" || login.Username != "ann" || login.Password.Reveal() != "tulip" || got.TLS != "opportunistic" ||
		got.Network != "ip4" || got.Goal.From != "ann@example.org" || len(got.Goal.To) != 2 {
		t.Errorf("request %+v", got)
	}
}

func TestHomeNarrowsTheListAndOpensFiles(t *testing.T) {
	app := homeApp()
	opened := make(chan string, 2)
	app.Open = func(path string) (*Replay, error) { opened <- path; return nil, errDisk }
	app.Recent = func() []Recent {
		return []Recent{{Path: "/a.ndjson", When: epoch, Target: "mail.lab:587", Outcome: "done as asked"}}
	}
	s := simHome(t, app, 80, 24)
	s.until("the list", func() bool { return len(s.root.home.recent) == 1 })
	s.press("enter").typed("expir").shows("1 of 1").hides("relay on port").press("ctrl+u").shows("relay on port")
	s.typed("expir x").press("ctrl+w", "backspace").shows("1 of 1").press("esc", "esc", "4").shows("another file", "› mail.lab:587", "done as asked")
	s.press("enter")
	s.until("an answer", func() bool { return strings.Contains(s.frame(), "no space left") })
	s.press("up", "enter").typed("/b.ndjson").press("enter")
	if first, second := <-opened, <-opened; first != "/a.ndjson" || second != "/b.ndjson" {
		t.Errorf("opened %q and %q", first, second)
	}
}

func TestStartingOverThatFailsLeavesNothingToSend(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Again = func() (*Live, error) { return nil, errDisk }
	s := simLive(t, live, 80, 24).press("enter", "enter", "R", "y")
	s.until("an answer", func() bool { return strings.Contains(s.frame(), "not started: no space left") })
	s.press("enter", "enter", "tab", "e", ":")
	if sc.steps() != "resolve connect" {
		t.Errorf("steps were %q", sc.steps())
	}
}
