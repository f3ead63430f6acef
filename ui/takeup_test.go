package ui

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// replayed is a replay of a session that went n steps, with a program that can start another one.
func replayed(t *testing.T, n, w, h int) (s *sim, next *scene, asked *Request) {
	t.Helper()
	_, sc := walked(t, n, w, h)
	next, asked = newScene(), new(Request)
	app := &App{Version: "test", Launch: func(r Request) (*Live, error) { *asked = r; return next.live(), nil }}
	s = newSim(t, app, w, h)
	s.run(s.root.showReplay(&Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson"}))
	s.settle().root.walk.end()
	return s, next, asked
}

// taken waits until a live session has come to rest.
func (s *sim) taken() *sim {
	return s.until("the session", func() bool {
		w := s.root.walk
		return w.live != nil && w.busy == nil && (len(w.trail.left) == 0 || w.trail.paused || w.sheet != nil)
	})
}

// A replay is taken up live after a question: the same steps up to the position, and then it is the person's.
func TestTakeUp(t *testing.T) {
	s, next, asked := replayed(t, 6, 120, 40)
	s.press("b").shows("repeat 6 steps?", "the practice server", "The steps: look", "STARTTLS · start the TLS").tap("enter")
	if asked.Target != "" || s.root.walk.replay == nil {
		t.Fatalf("started without a yes: %+v", asked)
	}
	s.press("b").tap("y").taken().shows("you continue from here: all steps were repeated")
	if asked.Target != "lab:submission" || asked.TLS != "require" || !asked.AskSecrets {
		t.Errorf("asked for %q, %q", asked.Target, asked.TLS)
	}
	if got := walk.Retrace(next.log, next.log.Len()).Steps; len(got) != 6 || got[5].Verb != record.VerbHandshake {
		t.Errorf("took %+v", got)
	}
	s.shows("enter do it")
	if _, errs := s.root.joinAll(); len(errs) > 0 || s.root.verdict == nil || s.root.verdict.Outcome != record.OutcomeStopped { // it is what the program exits by
		t.Errorf("%v, verdict %+v", errs, s.root.verdict)
	}
}

// It stops where the server answers otherwise, and says both answers.
func TestTakeUpStopsWhereTheServerDiffers(t *testing.T) {
	s, next, _ := replayed(t, 6, 120, 40)
	next.refuse[record.VerbSTARTTLS] = "454 4.7.0 not now\r\n"
	s.press("b").tap("y").taken().shows("STARTTLS ended with 454, but with 220 in the transcript")
	if len(s.root.walk.trail.left) != 0 {
		t.Error("it goes on")
	}
}

// Where a guard asks it waits for the answer: a yes goes on with the trail, a no leaves the step to the person.
func TestTakeUpAsks(t *testing.T) {
	for _, yes := range []bool{true, false} {
		s, next, _ := replayed(t, 7, 120, 40)
		next.guards[record.VerbSTARTTLS] = walk.Guard{Code: "unverified-secret", Question: "go on?", Why: "Nobody knows."}
		s.press("b").tap("y").taken().shows("Go on?")
		if yes {
			s.tap("y").until("the rest", func() bool { return s.root.walk.busy == nil && len(s.root.walk.trail.left) == 0 }).shows("all steps were repeated")
			continue
		}
		s.tap("enter").settle()
		if w := s.root.walk; w.busy != nil || strings.Contains(s.frame(), "yours: all") || len(walk.Retrace(next.log, next.log.Len()).Steps) != 4 {
			t.Errorf("after a no: %s", s.frame())
		}
	}
}

// A password is asked for, and the trail goes on once it was given.
func TestTakeUpAsksForThePassword(t *testing.T) {
	s, next, _ := replayed(t, 9, 120, 40)
	s.root.env.launch = func(r Request) (*Live, error) {
		live := next.live()
		live.Goal.Credentials.Password = r.Goal.Credentials.Password
		return live, nil
	}
	s.root.walk.env.launch = s.root.env.launch
	s.press("b").tap("y").taken().shows("needs a password", "password")
	s.typed("secret").tap("enter").press("enter").until("the rest", func() bool { return s.root.walk.busy == nil && len(s.root.walk.trail.left) == 0 })
	s.shows("all steps were repeated")
}

// Another step than the recorded one ends it.
func TestTakeUpIsLeft(t *testing.T) {
	s, next, _ := replayed(t, 6, 120, 40)
	next.guards[record.VerbSTARTTLS] = walk.Guard{Code: "unverified-secret", Question: "go on?", Why: "Nobody knows."}
	s.press("b").tap("y").taken().tap("enter", "esc").settle()
	s.press(":").typed("NOOP").press("enter").settle().shows("the step differs from the recorded one")
	if len(s.root.walk.trail.left) != 0 {
		t.Error("it goes on")
	}
}

// A session that cannot be started leaves the replay as it was.
func TestTakeUpFails(t *testing.T) {
	s, _, _ := replayed(t, 6, 80, 24)
	s.root.walk.env.launch = func(Request) (*Live, error) { return nil, errDisk }
	s.press("b").tap("y").until("the error", func() bool { return s.root.pending == nil && !s.root.walk.onward }).shows("not started")
	s.press("left", "b").shows("Start a live session")
}

// At the start of a transcript, and where no session can be started, there is no such key.
func TestTakeUpIsOfferedWhereItCanBe(t *testing.T) {
	s, _, _ := replayed(t, 6, 120, 40)
	s.shows("b go live from here").press("home").hides("b go live from here", "b go live").press("b").hides("Start a live session")
	s, sc := walked(t, 6, 120, 40)
	s.hides("b go live from here", "b go live")
	simReplay(t, &Replay{Source: sc.log}, 120, 40).hides("b go live from here", "b go live")
}
