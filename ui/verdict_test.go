package ui

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// refused is a scene whose login was refused, and quit: the verdict stands on the screen.
func refused(t *testing.T, width, height int) (*sim, *scene) {
	t.Helper()
	s, sc := walked(t, 7, width, height)
	sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
	return s.press("enter", "enter", "enter"), sc
}

func TestTheVerdictStandsInPlaceOfTheNextStep(t *testing.T) {
	s, sc := refused(t, 80, 24)
	s.shows("─ verdict", "✗ refused · AUTH · 535 5.7.8 · exit 11", "The server refused: 535 5.7.8", "You  1 give another password", "enter end the session", "z more")
	if sc.ends != 0 {
		t.Fatal("the log is closed before anybody has left")
	}
	s.press("z").shows("who must act  you", "advice        1 Check the name and the password", "TLS 1.3", "AUTH          offered PLAIN, LOGIN", "nothing but what was sent before TLS", "1 try").press("1").shows("─ password").press("esc").hides("who must act").shows("─ verdict")
	s.press("enter").shows("✗ refused", "transcript: ", "You  check the name and the password").hides("1 give", "enter end the session")
	if sc.ends != 1 || sc.verdict.Exit != record.ExitAuth {
		t.Errorf("%d ends with %+v", sc.ends, sc.verdict)
	}
}

// Where the walk could not go on, the phase stays marked when the session has been closed.
func TestWhatStoppedTheWalkStaysMarked(t *testing.T) {
	s := simLive(t, practice(t, "stripped"), 80, 24)
	s.press("enter", "enter", "enter", "enter").shows("✗ starttls", "› QUIT").press("enter").shows("✗ starttls", "✗ unsafe · STARTTLS", "send no password here")
}

// A digit follows an advice in the same log; the secret that it asks for is not seen, and nothing is sent before Enter.
func TestADigitFollowsAnAdvice(t *testing.T) {
	s, sc := refused(t, 80, 24)
	before := sc.steps()
	s.press("1").shows("─ password", "for ann; for practice it is tulip-42, which is shown; any other is").typed("orchid-9").hides("orchid")
	s.press("enter").hides("orchid", "─ verdict").shows("○ not connected", "› look up mail.lab")
	if sc.steps() != before || len(sc.changes) != 1 || sc.changes[0].Advice.Do != record.GivePassword || sc.ends != 0 {
		t.Fatalf("steps %q, changes %+v", sc.steps(), sc.changes)
	}
	if got := s.root.walk.goal.Credentials.Password.Reveal(); got != "orchid-9" {
		t.Errorf("the password is %q", got)
	}
	delete(sc.refuse, record.VerbAuth)
	s.enterUntil("a login", func(n record.Snapshot) bool { return n.State.Auth == record.AuthDone })
	s.enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil })
	s.shows("✓ done", "transcript: ").press("z").shows("attempt 1", "535 5.7.8")
}

// After the end the digits still follow the advice: another session with the same server, by the plan as it was changed, in a
// transcript of its own. Nothing is begun where what the advice takes cannot be had.
func TestADigitFollowsAnAdviceAfterTheEnd(t *testing.T) {
	s, first := refused(t, 80, 24)
	second, begun := newScene(), 0
	s.root.walk.live.Next = func() *Live {
		begun++
		live := second.live()
		live.Path = "/state/ehlo/two.ehlo.ndjson"
		return live
	}
	s.press("enter").shows("✗ refused", "transcript: /state/ehlo/one", "You  1 give another password", "1 try")
	s.press("1").shows("─ password").press("enter").shows("✗ refused", "1 give another password") // an empty line leaves it
	s.root.walk.made.Hints = 2
	s.press("1").typed("orchid-9").press("enter").hides("orchid", "─ verdict").shows("○ not connected", "followed   log in with other credentials", "› look up mail.lab")
	s.shows("attempt 1  ✗ refused · AUTH · 535 5.7.8 · exit 11", " attempt 2 · 00:00\n").press("s").shows("attempt 1", "refused: The server refused: 535 5.7.8", "/state/ehlo/one").press("esc")
	if begun != 1 || len(first.changes) != 0 || len(second.changes) != 1 || !second.changes[0].Reconnect || second.ends != 0 {
		t.Fatalf("%d begun; first changes %+v; second %d ends, changes %+v", begun, first.changes, second.ends, second.changes)
	}
	if got := s.root.walk.goal.Credentials.Password.Reveal(); got != "orchid-9" || s.root.walk.made.Hints != 2 {
		t.Errorf("the password is %q, of the exercise is kept %+v", got, s.root.walk.made)
	}
	s.enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil }).shows("✓ done", "transcript: /state/ehlo/two").hides("1 give")
	if paths, errs := s.root.joinAll(); len(paths) != 2 || len(errs) > 0 || s.root.verdict.Exit != record.ExitOK {
		t.Errorf("transcripts %q, errors %v, verdict %+v", paths, errs, s.root.verdict)
	}
}

// An attempt that came to its end though no step of it failed is counted once: as the session before, and not again in the one that goes on.
func TestAnAttemptBeforeIsCountedOnce(t *testing.T) {
	second, live := newScene(), practice(t, "expired")
	live.Next = second.live
	s := simLive(t, live, 80, 24)
	for range 9 {
		s.press("enter")
	}
	s.shows("✗ unsafe", "! 1 not safe").press("1", "y").shows("attempt 1  ✗ unsafe")
	if len(second.changes) != 1 || second.changes[0].Left != nil {
		t.Errorf("changes %+v", second.changes)
	}
}

func TestAnAdviceAfterTheEndThatCannotBeHad(t *testing.T) {
	s, _ := refused(t, 80, 24)
	w := s.root.walk
	w.live.Next = func() *Live { t.Error("a session was begun"); return nil }
	w.env.readCA = func(context.Context, string) (certificate.Roots, error) {
		return certificate.Roots{}, errors.New("no such file")
	}
	w.verdict.Advice = []record.Advice{{Do: record.TrustCA}}
	s.press("enter")
	w.snap.End.Advice = []record.Advice{{Do: record.TrustCA}}
	s.press("1").shows("─ CA file").typed("x.pem").press("enter").shows("not started: no such file", "1 trust a CA from a file")
}

// Right after the failing step the same key works, on the connection that is open.
func TestAdviceInTrouble(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
	s.press("enter").shows("─ what happened", "1 give another password", "1 try")
	s.press("enter").shows("› QUIT", "1 give another password").press("tab").hides("1 give").press("esc", "1").typed("x").press("enter")
	if sc.changes[0].Reconnect {
		t.Error("another connection was asked for")
	}
	s.shows("› AUTH PLAIN ••••••", "✓ TLS 1.3 verified")
	s.press("1").shows("[dialogue]", "› AUTH PLAIN ••••••") // a digit takes what is numbered, and nothing is
}

// Enter on an empty prompt leaves it: a walk by Enter alone has an end.
func TestAnEmptyPromptIsLeft(t *testing.T) {
	s, sc := refused(t, 80, 24)
	s.press("1").shows("─ password").press("enter").shows("─ verdict", "1 give another password")
	if len(sc.changes) != 0 {
		t.Errorf("followed %+v", sc.changes)
	}
	s.press("1").typed("x").press("esc").shows("─ verdict")
	s, _ = walked(t, 8, 80, 24)
	s.root.walk.sheet = &trouble{w: s.root.walk, text: "it failed", advice: []record.Advice{{Do: record.GiveEHLOName}}}
	s.press("1").shows("─ EHLO name").press("enter").shows("─ what happened", "1 give another EHLO name")
}

func TestTheUserIsAskedForWhereThereIsNone(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Goal = walk.Goal{EHLOName: "laptop.lab.test", From: "ann@lab.test", To: []string{"bob@lab.test"}}
	sc.refuse[record.VerbMail], sc.found = "530 5.7.0 log in first\r\n", record.FoundLoginRequired
	s := simLive(t, live, 80, 24)
	for range 8 {
		s.press("enter")
	}
	s.shows("1 give a password").press("1").shows("─ user").typed("ann").press("enter").shows("─ password").shows("for practice it is tulip-42").typed("orchid-9").hides("orchid").press("enter")
	if c := s.root.walk.goal.Credentials; c.Username != "ann" || c.Password.Reveal() != "orchid-9" {
		t.Errorf("credentials of %q", c.Username)
	}
	s.shows("› AUTH PLAIN")
}

// On a server that is someone else's the next attempt waits as long as it was asked to, unless a person knows better.
func TestTheNextAttemptWaits(t *testing.T) {
	sc := newScene()
	sc.snap.Start.Target.Lab = false
	sc.refuse[record.VerbMail], sc.found = "451 4.7.1 greylisted\r\n", record.FoundServiceUnavailable
	s := simLive(t, sc.live(), 80, 24)
	for range 9 {
		s.press("enter")
	}
	retry := s.root.walk.applicable()[0]
	if retry.Do != record.RetryAfter || retry.After < time.Second {
		t.Fatalf("the first advice is %v", retry)
	}
	s.press("1").shows("─ waiting", "can be made in "+span(retry.After), "enter try again now").press("esc").hides("─ waiting")
	s.press("1")
	s.clock = s.clock.Add(retry.After)
	s.send(beatMsg{s.root.walk, s.root.walk.gen})
	s.settle().hides("─ waiting").shows("› look up mail.lab")
	if len(sc.changes) != 1 || !sc.changes[0].Reconnect {
		t.Errorf("changes %+v", sc.changes)
	}
}

// A CA is read from the file that a person names; what is wrong with that is said, and nothing has changed.
func TestACAIsReadFromAFile(t *testing.T) {
	sc := newScene()
	sc.refuse[record.VerbMail], sc.found = "550 no\r\n", record.FoundCertificateUnknownIssuer
	s := newSim(t, &App{}, 80, 24)
	root := pkitest.Lab().Root
	roots := certificate.Roots{Pool: x509.NewCertPool(), New: []*x509.Certificate{root}}
	s.root.env.readCA = func(_ context.Context, path string) (certificate.Roots, error) {
		if path != "/ca.pem" {
			return certificate.Roots{}, errDisk
		}
		return roots, nil
	}
	s.run(s.root.showLive(sc.live()))
	s.settle()
	for range 9 {
		s.press("enter")
	}
	w := s.root.walk
	key := ""
	for i, a := range w.applicable() {
		if a.Do == record.TrustCA {
			key = string(rune('1' + i))
		}
	}
	s.press(key).shows("─ CA file").typed("/x").press("enter").shows("✗ No space left on device", key+" trust a CA from a file")
	if len(sc.changes) != 0 {
		t.Fatalf("changes %+v", sc.changes)
	}
	s.press(key).typed("/ca.pem").press("enter").shows("Trust Lab Root in this session?", certificate.DescribeCertificate(root).SHA256)
	s.press("n").shows(key + " trust a CA from a file")
	if len(sc.means) != 0 {
		t.Fatalf("without an answer: %+v", sc.means)
	}
	s.press(key).typed("/ca.pem").press("enter", "y")
	if len(sc.means) != 1 || sc.means[0].Roots != roots.Pool {
		t.Errorf("means %+v", sc.means)
	}
}

// Every advice that can be followed has words of its own.
func TestEveryAdviceHasWords(t *testing.T) {
	seen := map[string]record.Action{}
	for _, do := range record.Actions {
		words := adviceWords(record.Advice{Do: do, Name: "X", Port: 465, Text: "wait"})
		if words == "" || strings.ToUpper(words[:1]) == words[:1] && words[0] > 'Z' || seen[words] != "" {
			t.Errorf("%s is %q, as %q", do, words, seen[words])
		}
		seen[words] = do
	}
}

// The whole of a scenario is played by the key of its advice and Enter alone.
func TestAdviceMendsTheScenario(t *testing.T) {
	for scenario, typed := range map[string]string{"wrong-port-tls": "", "client-certificate-required": "", "unknown-user": "bob@lab.test", "no-such-host": "mail.lab"} {
		live := practiceWith(t, scenario, func(cfg *engine.Config) { cfg.Timeout = monkeyTimeout })
		s := simLive(t, live, 80, 24)
		for i := 0; s.root.walk.verdict == nil; i++ {
			if i > 20 {
				t.Fatalf("%s: no verdict:\n%s", scenario, s.frame())
			}
			s.press("enter")
		}
		s.shows("─ verdict", "to do").press("1")
		if typed != "" {
			s.typed(typed).press("enter")
		}
		s.enterUntil("the end of "+scenario, func(n record.Snapshot) bool { return n.End != nil })
		s.shows("✓ done", "transcript: ")
	}
}

// A replay has the task, the way of the walk, what was done next, and what was proposed where that is something else.
func TestAReplayKnowsThePlan(t *testing.T) {
	sc := newScene()
	plan := sc.snap.Start
	plan.Task = "Say who is told."
	s := simLive(t, sc.live(), 80, 24)
	s.press("enter", "enter", "enter", ":").typed("NOOP").press("enter").press("enter")
	live := strings.Split(s.frame(), "\n")[1]
	r := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, 80, 24)
	if got := strings.Split(r.frame(), "\n")[1]; got != live {
		t.Errorf("the progress is\n%s\nand was\n%s", got, live)
	}
	r.shows("to do: Say who is told.").press("[").shows("next › EHLO laptop.lab.test", "for: give a name and ask for extensions")
	r.press("[").shows("next › NOOP", "proposed: EHLO laptop.lab.test")
	r.press("[", "[").shows("next › connect to mail.lab:587")
}

// A file that is still written has no verdict; one that is not, and has no end, was cut off.
func TestAReplayOfASessionThatRuns(t *testing.T) {
	sc := newScene()
	simLive(t, sc.live(), 80, 24).press("enter", "enter", "enter")
	running := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson", Running: func() bool { return true }, AddNote: func(record.Note) error { return nil }}, 80, 24)
	running.shows("the session is still running").hides("the end of the transcript").hides("cut off", "exit ", "z more", "n note")
	simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, 80, 24).shows("■ stopped", "The log was cut off there.", "z more")
}

// The cause is whole at 80×24, however much advice there is.
func TestTheCauseIsWhole(t *testing.T) {
	sc := newScene()
	cause := "The certificate of mail.lab failed verification: the server's certificate (mail.lab) expired three days ago (2026-11-26), and nobody has renewed it."
	advice := record.Advice{Do: record.AskOperator, Text: strings.Repeat("renew it and have the server load the new one; ", 6)}
	sc.log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseHandshake, Exit: record.ExitCertificate, Outcome: record.OutcomeUnsafe,
		Cause: cause, Who: record.WhoOperator, Advice: []record.Advice{advice}}})
	frame := simReplay(t, &Replay{Source: sc.log, Path: "/x.ndjson"}, 80, 24).press("end").frame()
	bar := frame[strings.Index(frame, "─ the end of the transcript"):]
	if !strings.Contains(strings.Join(strings.Fields(bar), " "), cause) || !strings.Contains(bar, "renew it and") {
		t.Error(frame)
	}
}

// At the end the cursor stands on what decided, in a session and in its replay; who has gone elsewhere stays there.
func TestTheCursorStandsOnTheCause(t *testing.T) {
	const cause, quit = "›! │ The server refused: 535 5.7.8", "›S │ 221 2.0.0 closing"
	s, _ := refused(t, 80, 24)
	s.shows(cause, "✗ refused").hides(quit).press("enter").shows(cause, "the end: refused").press("home", "end").shows(cause)
	s.press("down", "down").shows(quit, "✗ refused")

	s, _ = refused(t, 80, 24)
	s.press("up", "up").hides(cause).press("enter").hides(cause).shows("transcript: ").press("end").shows(cause)

	replay, err := openFile("testdata/died.ehlo.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	w := simReplay(t, replay, 80, 24).press("end").root.walk
	e, decided := w.selected(), w.cameTo().Finding
	if e.Kind != record.KindFinding || e.Finding.Code != decided {
		t.Errorf("at the end of a replay the cursor is on %s %+v, and it came to %s", e.Kind, e.Finding, decided)
	}
}
