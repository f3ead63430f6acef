package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// presented is a whole session as a file, with a note, shown to a class from its beginning.
func presented(t *testing.T, width, height int) (*sim, *scene) {
	t.Helper()
	_, sc := walked(t, 14, width, height)
	sc.Note(record.Note{On: replyTo(sc.log, record.VerbRcpt), Text: "ask the class what is missing", Author: "ann", Time: epoch})
	s := simReplay(t, &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson"}, width, height).press("home", "@")
	return s, sc
}

// replyTo is the number of the reply to a step.
func replyTo(log *record.Log, v record.Verb) int {
	for i := range log.Len() {
		if e := log.At(i); e.Kind == record.KindReply && e.Step == v {
			return e.Seq
		}
	}
	return 0
}

// to presses a key until a stage of a step is shown.
func (s *sim) to(verb record.Verb, at stage) *sim {
	s.t.Helper()
	for range 200 {
		p := s.root.walk.show
		if p.stage == at && s.showsStep(verb) {
			return s
		}
		s.press("enter")
	}
	s.t.Fatalf("stage %d of %s never comes", at, verb)
	return s
}

// showsStep reports whether the step that is shown is of that verb.
func (s *sim) showsStep(verb record.Verb) bool {
	p := s.root.walk.show
	if p.stage == atVerdict {
		return verb == ""
	}
	if p.stage == atStep || p.stage == atAsk {
		o, _ := p.step()
		return o.Step.Verb == verb
	}
	return p.w.src.At(p.first).Step == verb
}

// The frames that a class sees, at the sizes of a projector.
func TestPresentFrames(t *testing.T) {
	reach := func(verb record.Verb, at stage, keys ...string) func(t *testing.T, w, h int) *sim {
		return func(t *testing.T, w, h int) *sim {
			s, _ := presented(t, w, h)
			return s.to(verb, at).press(keys...)
		}
	}
	for _, at := range []situation{
		{"step", reach(record.VerbEHLO, atStep)},
		{"ask", reach(record.VerbConnect, atAsk)},
		{"came", reach(record.VerbEHLO, atCame, "down", "down", "down")},
		{"answer", reach(record.VerbConnect, atAnswer)},
		{"meaning", reach(record.VerbResolve, atMeaning)},
		{"handshake", reach(record.VerbHandshake, atCame)},
		{"verdict", reach("", atVerdict)},
		{"who", func(t *testing.T, w, h int) *sim {
			sc := newScene()
			sc.refuse[record.VerbRcpt] = "550 5.1.1 no such user"
			s := simLive(t, sc.live(), w, h).press("@")
			for range 200 {
				if s.root.walk.show.stage == atWho {
					break
				}
				s.press("enter")
			}
			return s
		}},
	} {
		for _, size := range [][2]int{{100, 30}, {80, 24}} {
			name := fmt.Sprintf("present-%s-%dx%d", at.name, size[0], size[1])
			t.Run(name, func(t *testing.T) { compare(t, name, at.show(t, size[0], size[1]).frame()) })
		}
	}
}

// Enter alone leads through a failure at every step.
func TestPresentFailures(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"no-such-host", "refused", "wrong-port", "starttls-refused", "expired", "wrong-password", "unknown-user", "greylist"} {
		s, who := simLive(t, practice(t, name), 100, 30).press("@"), false
		for n := 0; s.root.walk.show.stage != atVerdict; n++ {
			if n == 300 {
				t.Fatalf("%s: no end:\n%s", name, s.frame())
			}
			who = who || s.root.walk.show.stage == atWho
			s.press("enter")
		}
		if !who {
			t.Errorf("%s: nobody was asked who can put it right", name)
		}
		s.root.joinAll()
	}
}

// Where the answer to the question before a step has told all that it means, the next step follows on who can put it right.
func TestPresentMeaningToldBefore(t *testing.T) {
	s := simLive(t, practice(t, "greylist"), 100, 30).press("@")
	p := s.root.walk.show
	for n := 0; p.stage != atWho; n++ {
		if n == 300 {
			t.Fatalf("nobody is asked:\n%s", s.frame())
		}
		s.press("enter")
	}
	s.press("enter").shows("WHO CAN FIX IT?")
	p.w.spotlight(p.first)
	p.answer = askAloud(&quiz.Item{Why: p.w.selected().Explain.Text})
	s.press("enter").shows("THE NEXT STEP")
	s.root.joinAll()
}

// A class sees nothing that comes later: no reply, no count of events, no phase, no title that tells the end.
func TestPresentShowsNothingAhead(t *testing.T) {
	s, sc := presented(t, 100, 30)
	w := s.root.walk
	for range 120 {
		frame := s.frame()
		for _, word := range []string{"event ", "replay", "events ahead", "○ auth", "lesson", "submission on port"} {
			if strings.Contains(frame, word) {
				t.Fatalf("%q is told ahead:\n%s", word, frame)
			}
		}
		for i := w.pos; i < sc.log.Len(); i++ {
			e := sc.log.At(i)
			if e.Kind != record.KindReply {
				continue
			}
			if line := strings.TrimSpace(string(e.Reply.Raw)); !saidBefore(sc.log, w.pos, line) && strings.Contains(frame, line) {
				t.Fatalf("%q is shown ahead:\n%s", line, frame)
			}
		}
		if w.show.stage == atVerdict {
			return
		}
		if w.pos < sc.log.Len()-1 && strings.Contains(frame, "ask the class what is missing") && w.pos < replyTo(sc.log, record.VerbRcpt) {
			t.Fatalf("a note is shown ahead:\n%s", frame)
		}
		s.press("enter")
	}
	t.Error("it never comes to the verdict")
}

func saidBefore(log *record.Log, n int, line string) bool {
	for i := range n {
		if e := log.At(i); e.Kind == record.KindReply && strings.Contains(string(e.Reply.Raw), line) {
			return true
		}
	}
	return false
}

// Live, each thing takes a key, a step is sent only after its question, and the pointer says whose meaning is told.
func TestPresentLive(t *testing.T) {
	sc := newScene()
	s := simLive(t, sc.live(), 100, 30)
	s.press("enter", "enter", "enter", "@").shows("THE NEXT STEP", "EHLO laptop.lab.test").hides("250")
	before := sc.log.Len()
	s.press("enter").shows("WHAT WILL HAPPEN?")
	if sc.log.Len() != before {
		t.Error("something was sent before the answer")
	}
	s.press("1").shows("WHAT CAME", "250-mail.lab").press("down", "down", "down", "enter").shows("THE ANSWER", "✓ right")
	s.press("enter").shows("WHAT IT MEANS", "RFC").press("left").shows("WHAT CAME").press("enter", "enter", "enter").shows("THE NEXT STEP", "STARTTLS")
	s.press("left").shows("WHAT CAME", "250-mail.lab").press("left").shows("THE NEXT STEP", "EHLO laptop.lab.test")
	if n := sc.log.Len(); n == before {
		t.Error("nothing was sent")
	}
	s.press("esc").shows("dialogue", "looking back")
}

// The timer runs while it is shown, and starts again.
func TestPresentTimer(t *testing.T) {
	s, _ := presented(t, 80, 24)
	s.clock = s.clock.Add(83 * time.Second)
	s.shows("01:23").press("0").shows("00:00")
}

// Stops at notes: what lies between is taken at once, and not shown.
func TestPresentStopsAtNotes(t *testing.T) {
	s, _ := presented(t, 100, 30)
	s.press("!", ".").shows("stop at each step").press("enter", "enter", "enter").shows("RCPT TO:<bob@lab.test>", "THE NEXT STEP").hides("ask the class")
	s.press("enter", "enter").shows("ask the class what is missing").press("enter").shows("THE END OF THE SESSION")
	s.press("left", "home").shows("WHAT CAME")
}

// A guard is asked in front of the class too, and what is declined leads back to the step.
func TestPresentAGuard(t *testing.T) {
	s, sc := walked(t, 3, 100, 30)
	sc.guards[record.VerbEHLO] = walk.Guard{Code: record.FoundRealMessage, Question: "send it all the same?", Why: "It is real."}
	s.press("@", "!", "enter").shows("QUESTION", "Send it all the same?").press("n").shows("THE NEXT STEP", "QUIT").press("left").shows("THE NEXT STEP", "EHLO").press("enter").press("y").shows("WHAT CAME")
}

// What a running session adds to its file is shown when the presenter asks for it.
func TestPresentARunningSession(t *testing.T) {
	live, sc := walked(t, 4, 100, 30)
	s := simReplay(t, &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson", Running: func() bool { return true }}, 100, 30).press("@", "!")
	for range 12 {
		s.press("enter")
	}
	s.shows("The session is still running")
	live.press("enter")
	s.settle().shows("THE NEXT STEP", "STARTTLS").hides("220").press("enter").shows("WHAT CAME", "220")
}

// A wait can be ended in front of the class, and what the silence means is shown in its turn.
func TestPresentStopsWaiting(t *testing.T) {
	sc := newScene()
	sc.hold = make(chan struct{})
	s := simLive(t, sc.live(), 80, 24).press("@", "!").tap("enter").shows("WAITING FOR THE ANSWER", "esc stop waiting")
	s.tap("enter", "left").shows("WAITING FOR THE ANSWER").tap("esc").settle().hides("WAITING FOR THE ANSWER", "dialogue")
}

// A code that is asked for is typed, whatever its keys do elsewhere.
func TestPresentACode(t *testing.T) {
	s, _ := presented(t, 80, 24)
	s.to(record.VerbSTARTTLS, atAsk).shows("Which code").typed("220").hides("00:00:").press("enter").shows("WHAT CAME").press("enter").shows("✓ right")
}
