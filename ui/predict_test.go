package ui

import (
	"testing"

	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// A question comes before each step, and what came is explained after it. Nothing is sent before the answer.
func TestPredictThenReveal(t *testing.T) {
	sc := newScene()
	s := simLive(t, sc.live(), 80, 24)
	s.press("!").shows("a question comes before each step")
	before := sc.log.Len()
	s.press("enter").shows("predict, then reveal", "Does the lookup of mail.lab give an address?")
	if s.press("9").shows("1–3 answer"); sc.log.Len() != before {
		t.Error("something was done before the answer")
	}
	s.press("2").shows("what came", "wrong", "The DNS did not say that.", "answer  yes").press("enter").hides("what came")
	s.press("enter").shows("SYN to port 587").press("enter").shows("the answer was: SYN-ACK").hides("what came")
	s.press("enter").shows("With which digit").press("2").shows("✓ right").press("enter")
	s.press("enter", "esc").hides("predict, then reveal").shows("EHLO laptop.lab.test")
	s.press("!").shows("no more questions").press("enter").hides("predict, then reveal")
}

// A code is typed, and each key belongs to it.
func TestPredictACode(t *testing.T) {
	sc := newScene()
	s := simLive(t, sc.live(), 120, 40)
	s.press("!")
	for range 40 {
		if w := s.root.walk; w.sheet != nil {
			if p, asks := w.sheet.(*prediction); asks && p.ask.line() {
				break
			}
		}
		s.press("enter")
	}
	s.shows("Which code does").typed("99q").press("enter").shows("Type three digits").press("backspace", "backspace", "backspace").typed("599").press("enter").shows("wrong", "what came")
}

// What was refused asks who can put it right, before it is told.
func TestPredictWhoMends(t *testing.T) {
	sc := newScene()
	sc.refuse[record.VerbRcpt] = "550 5.1.1 no such user"
	s := simLive(t, sc.live(), 80, 24)
	s.press("!")
	for range 60 {
		if _, told := s.root.walk.sheet.(*revelation); told {
			break
		}
		s.press("enter")
	}
	s.shows("Who can put it right?", "the recipient's side", "is shown after this one").hides("Try").press("1").shows("what came").press("enter").hides("what came")
}

// A replay asks the same, and shows the same.
func TestPredictInAReplay(t *testing.T) {
	_, sc := walked(t, 5, 80, 24)
	r := simReplay(t, &Replay{Source: sc.log}, 80, 24)
	r.press("home", "!", "enter").shows("Does the lookup of mail.lab give an address?").press("1").shows("✓ right", "what came").press("enter")
	r.press("]").shows("SYN to port 587").press("enter").shows("the answer was").press("enter").shows("With which digit")
}

// A guard is asked between the answer and the step; what is declined reveals nothing.
func TestPredictBeforeAGuard(t *testing.T) {
	s, sc := walked(t, 3, 80, 24)
	sc.guards[record.VerbEHLO] = walk.Guard{Code: record.FoundRealMessage, Question: "send it all the same?", Why: "It is real."}
	s.press("!", "enter").shows("predict, then reveal").press("1").shows("y yes").press("n").hides("what came")
}

// Against the practice server every answer is told what it was worth, also where the step fails, and the walk comes to its end; so it does in front of
// a class.
func TestEveryPredictionIsTold(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"submission", "expired", "relay", "wrong-password", "silent"} {
		s := simLive(t, brief(t, name), 80, 24).press("!")
		answered, told := 0, 0
		for range 200 {
			switch x := s.root.walk.sheet.(type) {
			case *prediction:
				answered++
				if x.ask.line() {
					s.typed("250")
				}
				s.press(map[bool]string{true: "enter", false: "1"}[x.ask.line()])
			case *revelation:
				if x.ask.it.Kind != quiz.Mends {
					told++
				}
				s.press("enter")
			default:
				s.press("enter")
			}
		}
		if answered == 0 || answered != told || !s.root.walk.over {
			t.Errorf("%s: %d answered, %d told, over %v", name, answered, told, s.root.walk.over)
		}
		c := simLive(t, brief(t, name), 100, 30).press("@")
		for range 120 {
			c.press("enter")
		}
		if p := c.root.walk.show; p == nil || p.stage != atVerdict || !c.root.walk.over {
			t.Errorf("%s: a class never sees what it came to", name)
		}
	}
}
