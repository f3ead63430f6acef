package ui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// steer takes a step from the list of choices that is shown with this text.
func (s *sim) steer(text string) *sim {
	s.t.Helper()
	w := s.root.walk
	s.press("tab")
	c, choosing := w.sheet.(*chooser)
	if !choosing {
		s.t.Fatalf("there are no choices:\n%s", s.frame())
	}
	for i := 0; showOption(c.option(), w.snap) != text; i++ {
		if i > len(w.options()) {
			s.t.Fatalf("%q cannot be chosen:\n%s", text, s.frame())
		}
		s.press("down")
	}
	s.press("enter")
	return s.press("enter")
}

// enterUntil presses enter until something holds.
func (s *sim) enterUntil(what string, holds func(record.Snapshot) bool) *sim {
	s.t.Helper()
	for i := 0; !holds(s.root.walk.snap); i++ {
		if i > 20 {
			s.t.Fatalf("twenty steps and not %s:\n%s", what, s.frame())
		}
		s.press("enter")
	}
	return s
}

func secured(s record.Snapshot) bool {
	return s.State.Has(record.PhaseEHLOAgain)
}

// ends counts the end events of a log.
func ends(w *explorer) (n int) {
	for i := range w.pane.Len() {
		if w.pane.Event(i).Kind == record.KindEnd {
			n++
		}
	}
	return n
}

func TestConnectAgainResumesTheSession(t *testing.T) {
	live := practice(t, "resumption")
	s := simLive(t, live, 80, 24)
	w := s.root.walk
	s.enterUntil("inside TLS", secured)
	if w.snap.TLS.Resumed {
		t.Fatal("the first handshake is resumed")
	}
	s.steer("QUIT").shows("─ verdict", "■ stopped", "○ closed", "enter end the session").hides("the end:")
	s.press("[", "enter").shows("back at the live step; nothing was sent").press("enter").shows("─ verdict")
	s.press("tab", "enter").shows("› look up mail.lab", "the connection is closed: start again with the name lookup")
	if n := w.pane.Len(); ends(w) != 0 || w.bridge.source.Len() != n {
		t.Fatalf("%d end events, %d of %d events", ends(w), n, w.bridge.source.Len())
	}
	s.press("enter").enterUntil("inside TLS again", secured)
	if !w.snap.TLS.Resumed {
		t.Errorf("the second handshake is not resumed:\n%s", s.frame())
	}
	s.enterUntil("closed", func(n record.Snapshot) bool { return n.State.Stage == record.StageClosed })
	s.shows("─ verdict", "✓ done").press("enter").shows("the end: done at quit", "transcript: ").press("tab", "enter").hides("› look up")
	s.root.joinAll()
	file, err := transcripts.Open(live.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if end := file.End(); file.Damage() != nil || end == nil || end.Exit != record.ExitOK || ends(w) != 1 {
		t.Errorf("damage %v, end %+v, %d ends", file.Damage(), file.End(), ends(w))
	}
	again := 0
	for i := range file.Len() {
		if e := file.At(i); e.Kind == record.KindTLS && e.TLS.Resumed {
			again++
		}
	}
	if again != 1 {
		t.Errorf("%d handshakes in the transcript are resumed", again)
	}
}

// The account's password is in an old form: PLAIN shows it once, and from then on SCRAM works, over another connection.
func TestConnectAgainAfterThePasswordTransition(t *testing.T) {
	s := simLive(t, practice(t, "password-transition"), 80, 24)
	w := s.root.walk
	s.enterUntil("a refusal of SCRAM", func(n record.Snapshot) bool { return n.State.FailedAt(record.PhaseAuth) })
	s.shows("432").press("esc").steer("AUTH PLAIN ••••••").shows("authenticated as frank")
	s.steer("QUIT").press("tab", "enter", "enter").enterUntil("inside TLS again", secured)
	s.shows("› AUTH SCRAM-SHA-256").enterUntil("a verdict", func(n record.Snapshot) bool {
		return n.State.Auth == record.AuthDone || n.State.FailedAt(record.PhaseAuth)
	})
	if w.snap.State.Auth != record.AuthDone || w.snap.State.Mechanism != "SCRAM-SHA-256" {
		t.Errorf("%+v\n%s", w.snap.State, s.frame())
	}
}

// Leaving after QUIT is leaving a session that is over: nothing is asked, and the outcome is that of the walk.
func TestLeavingAfterQUITEndsTheTranscript(t *testing.T) {
	s, sc := walked(t, 13, 80, 24)
	if sc.ends != 0 {
		t.Fatalf("%d ends before anybody left", sc.ends)
	}
	s.press("q").until("the end", func() bool { return s.quit })
	s.root.joinAll()
	if sc.ends != 1 || sc.verdict.Outcome != record.OutcomeDone {
		t.Errorf("%d ends, with %v", sc.ends, sc.verdict)
	}
}

// A login that shows that someone sits in between is not to be tried again: neither a key nor a remedy says so.
func TestNoOtherLoginAfterTampering(t *testing.T) {
	for _, scenario := range []string{"tls-inspection", "server-signature-wrong"} {
		s := simLive(t, practice(t, scenario), 80, 24)
		w := s.root.walk
		s.enterUntil("a finding", func(n record.Snapshot) bool { return n.Tampered })
		if w.sheet != nil {
			s.hides("a again", "a retry").press("esc")
		}
		if w.canCancelAuth() {
			s.press("*")
		}
		if w.sheet != nil {
			s.hides("a again", "a retry").press("esc")
		}
		s.press("a")
		if _, asked := w.sheet.(*form); asked || w.canAttempt() {
			t.Errorf("%s: a asks for other credentials:\n%s", scenario, s.frame())
		}
		x := w.lastExplained(0)
		if strings.Contains(x.Remedy, "tried again") || !strings.Contains(x.Short, "canceled") || !strings.Contains(x.Remedy, "password") {
			t.Errorf("%s: %+v", scenario, x)
		}
	}
}

// stuck is an engine whose steps last until they are canceled.
type stuck struct {
	Engine
	asked int // how often its outcome was wanted
}

func (e *stuck) Do(ctx context.Context, _ record.Step) error { <-ctx.Done(); return ctx.Err() }

func (e *stuck) Outcome() record.Verdict { e.asked++; return e.Engine.Outcome() }

// A key may begin a step while the session is on its way out. What comes of that step counts for nothing: the log is closed
// beside the screen, which does not wait for the step and does not ask the engine what it came to.
func TestAStepOfASessionThatIsLeftIsDropped(t *testing.T) {
	live := practice(t, "submission")
	engine := &stuck{Engine: live.Engine}
	live.Engine = engine
	s := simLive(t, live, 80, 24)
	w := s.root.walk
	s.tap("enter")
	s.send(leaveMsg{w, func() (*Live, error) { return nil, errors.Join(w.bridge.join(), errors.New("there is no other")) }})
	if w.busy != nil {
		t.Error("the step still counts as running")
	}
	s.settle().shows("not started: there is no other", "the end: ")
	if engine.asked > 0 {
		t.Errorf("the outcome was asked for %d times", engine.asked)
	}
}
