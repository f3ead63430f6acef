package ui

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/progress"
	"ehlo/session/record"
)

// kept is progress in memory.
type kept struct {
	mu      sync.Mutex
	entries []progress.Entry
	broken  error
}

func (k *kept) Add(e progress.Entry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken == nil {
		k.entries = append(k.entries, e)
	}
	return k.broken
}

func (k *kept) Read() (progress.State, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return progress.Sum(k.entries), k.broken
}

// breaks lets nothing be kept from now on, and nil everything again.
func (k *kept) breaks(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.broken = err
}

func (k *kept) has(scenario string) bool {
	state, _ := k.Read()
	return state.Has(scenario)
}

// ticked waits until it is kept that a scenario was solved.
func (s *sim) ticked(k *kept, scenario string) {
	s.t.Helper()
	for range 100 {
		if k.has(scenario) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Errorf("it is not solved:\n%s", s.frame())
}

// exercised is a session with the practice server that keeps what is solved.
func exercised(t *testing.T, scenario string) (*sim, *kept) {
	k := &kept{}
	s := simLive(t, practice(t, scenario), 80, 24)
	s.root.walk.env.progress = k
	return s, k
}

// number is the digit of the answer that is right, or of one that is not.
func (s *sim) number(right bool) string {
	for i, c := range s.root.walk.exercise().Question.Choices {
		if c.Right == right {
			return strconv.Itoa(i + 1)
		}
	}
	s.t.Fatal("no such answer")
	return ""
}

// expiredScene is a few steps into a session of a scenario that asks a question.
func expiredScene(t *testing.T, width, height int) *sim {
	sc := newScene()
	sc.snap.Start.Task = "Find the day on which the certificate expired, and say who has to do what."
	live := sc.live()
	live.Exercise = course.Of("expired")
	return simLive(t, live, width, height).press("enter", "enter", "enter", "enter")
}

// A question is answered at any time. A wrong answer costs nothing and says what it would mean; the right one ticks the scenario off and
// tells what there is to learn.
func TestAQuestionIsAnswered(t *testing.T) {
	s, k := exercised(t, "wrong-host")
	for range 9 {
		s.press("enter")
	}
	s.shows("o answer").press("o").shows("─ task", "What is wrong with the certificate?", "1–4 answer", "o gives a hint: 3 of 3 are left").hides("solved")
	s.press(s.number(false)).shows("That is not the answer. It would")
	if k.has("wrong-host") {
		t.Fatal("a wrong answer solves it")
	}
	s.press("o").shows("hint 1").press("o", "o").shows("hint 3", "The answer is:").hides("gives a hint")
	s.press(s.number(true)).shows("✓ solved on the second try", "on the exam", "next")
	s.ticked(k, "wrong-host")
	s.press("esc").shows("o solved")
}

// Who guesses is led to the row that shows the answer before another one is taken.
func TestAGuessLeadsToTheRow(t *testing.T) {
	s, k := exercised(t, "relay")
	wrong := s.wrong()
	s.press("o", wrong[0], wrong[0]).shows("That is not the answer. ", "1–4 answer").hides("answer again")
	s.press(wrong[1]).shows("That is not the answer. ", "The session has not shown it yet.").hides("1–4 answer")
	s.press(s.number(true)).hides("solved").press("esc")
	s.enterUntil("RCPT", func(record.Snapshot) bool {
		_, shown := s.root.walk.exercise().Shows(s.root.walk.src, s.root.walk.pane.Len())
		return shown
	})
	s.press("o").shows("shows it: enter goes there", "enter look at the row").hides("1–4 answer")
	if marks := strings.Count(s.frame(), "  ✗  "); marks != 2 {
		t.Errorf("%d wrong answers are marked", marks)
	}
	s.shows("  ·  ") // a digit that answers nothing is not offered
	s.press(s.number(true)).hides("solved")
	s.press("enter").shows("this row shows it; o accepts another answer")
	if e := s.root.walk.selected(); e.Kind != record.KindSend || !strings.HasPrefix(string(e.Send.Raw), "RCPT") {
		t.Fatalf("the selected row is %s", e.Kind)
	}
	s.press("o").shows("1–4 answer").press(wrong[2]).shows("1–4 answer")
	s.press(s.number(true)).shows("✓ solved on the fourth try").hides("first try")
	s.ticked(k, "relay")

	s, _ = exercised(t, "relay")
	s.press("o", s.number(true)).shows("✓ solved on the first try")
}

// wrong are the digits of the answers that are not right.
func (s *sim) wrong() (digits []string) {
	for i, c := range s.root.walk.exercise().Question.Choices {
		if !c.Right {
			digits = append(digits, strconv.Itoa(i+1))
		}
	}
	return digits
}

// What came of the message is read on the page of the task: here the report of the server that could not deliver it.
func TestArrivedMailIsShown(t *testing.T) {
	s, _ := exercised(t, "bounce")
	s.press("o").hides("in the mailbox").press("esc")
	for range 12 {
		s.press("enter")
	}
	s.press("o").shows("Who refused the message").press("end").shows("--report-LAB0002--")
}

// A scenario that is solved by changing something is solved at once when it works, and enter alone does not get there.
func TestASettingIsChanged(t *testing.T) {
	t.Parallel()
	s, k := exercised(t, "wrong-port")
	for range 6 {
		s.press("enter")
	}
	if k.has("wrong-port") {
		t.Fatal("enter alone solves it")
	}
	s.press("o").shows("The task is solved when you have corrected").press("esc")
	s, k = exercised(t, "wrong-password")
	s.enterUntil("refused", func(snap record.Snapshot) bool { return snap.Failing() != nil })
	s.press("1").typed("tulip-42").press("enter")
	for range 8 {
		s.press("enter")
	}
	s.ticked(k, "wrong-password")
}

// A session that is only to be walked is solved at its end.
func TestAWalkIsSolvedAtItsEnd(t *testing.T) {
	s, k := exercised(t, "submission")
	for range 16 {
		if s.root.walk.made.Solved && !s.root.walk.finished() {
			t.Fatal("it is solved before its end")
		}
		s.press("enter")
	}
	s.ticked(k, "submission")
	s.shows("o solved").press("o").shows("✓ solved", "on the exam")
}

// That a task is solved stands above the verdict: before the end, after it, and when enter is pressed once more.
func TestSolvedStaysAboveTheVerdict(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}} {
		s := simLive(t, practice(t, "expired"), size[0], size[1])
		for i := 0; !s.root.walk.summing() && i < 20; i++ {
			s.press("enter")
		}
		s.shows("─ verdict ").hides("✓ solved").press("o", s.number(true), "esc").shows("─ verdict · ✓ solved · o shows what comes next ─")
		s.enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil }).press("up").shows("─ verdict · ✓ solved ─")
		s.press("enter").shows("─ verdict · ✓ solved · the session is over ─")
		unanswered := simLive(t, practice(t, "expired"), size[0], size[1])
		unanswered.enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil })
		unanswered.press("enter").shows("─ verdict · o answers the question ─", "o answer")
	}
}

// That progress cannot be kept is said, and the scenario is solved all the same.
func TestProgressThatCannotBeKept(t *testing.T) {
	s, k := exercised(t, "expired")
	k.breaks(errors.New("progress cannot be kept in /x: no space left on device"))
	s.press("o", s.number(true)).shows("✓ solved")
	s.press("esc").until("the notice", func() bool { return strings.Contains(s.root.walk.notice, "no space left") })
}

// The list of scenarios shows what is solved, and begins at what comes next.
func TestSolvedScenariosAtHome(t *testing.T) {
	app := homeApp()
	app.Progress = &kept{entries: []progress.Entry{{Solved: "submission", Time: epoch}}}
	s := simHome(t, app, 80, 24)
	s.until("what was solved", func() bool { return s.root.home.kept.Solved != nil })
	s.shows("You have solved 1 of 3").hides("Start with the first one")
	s.tap("1").shows("1 solved", " ✓ submission on port 587", "   relay on port 25, from server to server", "beginner")
	s.typed("solved").shows("1 of 1")
}
