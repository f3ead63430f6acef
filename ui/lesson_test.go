package ui

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehlo/session/lesson"
	"ehlo/session/progress"
)

// short is a lesson with a step of each kind that needs no file.
const short = `name: short
title: a short lesson
about: You have seen each kind of step.
minutes: 3
objectives: [N10-009 1.4, N10-009 4.1, ours]
steps:
  - say: |
      First paragraph.

      Second paragraph.
  - card: STARTTLS
  - walk: submissions
  - solve: wrong-host
  - pause: Talk to your neighbor.
  - question:
      ask: Which code is permanent?
      right: "550"
      wrong: ["450"]
      why: [It is temporary.]
      because: The first digit is 5.
      source: RFC 5321 §4.2.1
  - question:
      kind: type
      ask: Which code greets?
      type: "220"
  - question:
      name: kept-back
      ask: Who mends it?
      choices: [the sender, the operator]
`

// attending is home with a lesson over it.
func attending(t *testing.T, text string) (*sim, *kept) {
	t.Helper()
	l, err := lesson.Read([]byte(text), lesson.World{})
	if err != nil {
		t.Fatal(err)
	}
	t.TempDir() // sessions are ended before it is removed
	k := &kept{}
	app := homeApp()
	app.Progress = k
	app.Launch = func(r Request) (*Live, error) { return practice(t, strings.TrimPrefix(r.Target, "lab:")), nil }
	s := simHome(t, app, 80, 24)
	s.send(lessonMsg{lesson.Begin(l, 1, progress.State{})})
	return s, k
}

// inLesson is the first of the lessons.
func inLesson(t *testing.T, w, h int) *sim {
	s := simHome(t, homeApp(), w, h).tap("2", "enter")
	return s.until("a lesson", func() bool { return s.root.class != nil })
}

// intoSession opens what the step of the lesson names, and backToLesson leaves it.
func (s *sim) intoSession() *sim {
	s.t.Helper()
	return s.press("enter").until("a session", func() bool { return s.root.walk != nil }).settle()
}

func (s *sim) backToLesson(keys ...string) *sim {
	s.t.Helper()
	return s.press(keys...).until("the lesson", func() bool { return s.root.walk == nil }).settle()
}

// toTheEnd presses enter until the session is over.
func (s *sim) toTheEnd() *sim {
	s.t.Helper()
	for range 40 {
		if s.root.walk.finished() {
			break
		}
		s.press("enter")
	}
	return s.shows("enter ")
}

// at is where a person is in the lesson, as it is kept.
func (k *kept) at(name string) progress.Lesson {
	state, _ := k.Read()
	return state.Lessons[name]
}

// Enter alone leads through a lesson: through the sessions that it opens and back, and past the answers.
func TestEnterWalksALesson(t *testing.T) {
	s, k := attending(t, short)
	s.shows("a short lesson · step 1 of 8", "You have seen", "3 min · N10-009 1.4, 4.1, ours", "First paragraph.", "enter next")
	s.press("enter").shows("step 2 of 8", "STARTTLS · ").press("enter").shows("step 3 of 8", "walk · submission on port 465", "enter open it")
	s.intoSession().shows("mail.lab:465").toTheEnd().backToLesson("enter").shows("step 3 of 8", "✓ Done. Enter continues")
	s.press("enter").shows("to solve · a certificate for another host", "To do: ").intoSession().shows("mail.lab:587 · submission", "look up mail.lab")
	s.backToLesson("h").shows("Its goal is not reached yet", "a again").press("enter").shows("pause", "Talk to your neighbor.")
	s.press("enter").shows("Which code is permanent?", "1–2 answer").press("enter").shows("the answer; it is not counted", "550")
	s.press("enter").shows("Which code greets?", "› ").press("enter").shows("the answer", "220").press("enter").shows("Who mends it?")
	s.press("enter", "enter").shows("the end", "it is not finished", "4  solve: a certificate for another host")
	s.until("it is kept", func() bool { return k.at("short").Step == 4 }).press("enter").shows("what would you like to do")
}

// A scenario that is opened to be solved asks its question at the end, before enter leads back; and again after the row that shows it.
func TestEnterMeetsTheQuestion(t *testing.T) {
	s, _ := attending(t, short)
	s.press("right", "right", "right").shows("It ends with a question").intoSession().toTheEnd().press("enter").shows("What is wrong with the certificate?")
	wrong := 0
	for i, c := range s.root.walk.exercise().Question.Choices {
		if !c.Right && wrong < 2 {
			s.press(strconv.Itoa(i + 1))
			wrong++
		}
	}
	s.shows("enter look at the row").press("enter").shows("this row shows it", "enter answer the question").press("enter").shows("What is wrong with the certificate?")
	s.press("enter").backToLesson("enter").shows("Its goal is not reached yet")
}

// A lesson before a class is one large thing at a time, and so is what it opens; what comes is told by its kind alone.
func TestPresentALesson(t *testing.T) {
	s, _ := attending(t, short)
	s.press("@").shows("STEP 1 OF 8", "First paragraph.", "0 timer").hides("/ search").press("pgdown").shows("STEP 2 OF 8").press("pgup").shows("STEP 1 OF 8")
	s.press("g").shows("STEPS", "4 solve", "7 question").hides("another host").press("esc").press("pgdown", "pgdown")
	s.shows("STEP 3 OF 8", "Ann sends the same message over the port that RFC 8314 prefers").hides("submission on port 465").intoSession().shows("THE NEXT STEP", "Look up mail.lab")
	s.press("h").backToLesson().shows("STEP 3 OF 8", "left before its end").press("a").intoSession().shows("h the lesson")
	for range 200 {
		if strings.Contains(s.frame(), "enter back to the lesson") {
			break
		}
		s.press("enter")
	}
	s.shows("THE RESULT OF THE SESSION").backToLesson("enter").shows("STEP 3 OF 8", "✓ Done", "walk · submission on port 465")
	s.press("enter").shows("STEP 4 OF 8", "every mail client reports an error", "To do:").hides("another host").intoSession()
	for range 200 {
		if strings.Contains(s.frame(), "enter the question") {
			break
		}
		s.press("enter")
	}
	s.press("enter").shows("TASK", "What is wrong with the certificate?", "enter show the answer").press("enter").shows("› What is wrong with the certificate?", "on the exam").hides("✓").backToLesson("enter").shows("STEP 4 OF 8", "Enter continues")
	s.press("right", "right").shows("Which code is permanent?").press("enter").shows("550").hides("counts neither way")
	s.press("@").shows("step 6 of 8").hides("0 timer")
}

// The clock of a talk runs on in what the lesson opens, and questions before each step come only where the lesson asks for predictions.
func TestOneClockForATalk(t *testing.T) {
	s, _ := attending(t, short)
	now := s.root.app.now()
	s.root.app.Now, s.root.env.now = func() time.Time { return now }, func() time.Time { return now }
	s.press("@", "right", "right").shows("STEP 3 OF 8")
	now = now.Add(4 * time.Minute)
	s.shows("04:0").intoSession().shows("THE NEXT STEP", "04:0", "! questions")
	s.press("0").shows("00:00").press("h").backToLesson().shows("00:00")
}

// Whoever solves a scenario comes back to what there is to learn from it.
func TestSolveInALesson(t *testing.T) {
	s, k := attending(t, short)
	s.press("right", "right", "right").shows("to solve · a certificate for another host").intoSession().toTheEnd()
	s.shows("enter answer the question").press("enter").shows("What is wrong with the certificate?").press("enter").shows("enter back to the lesson").press("o").shows("What is wrong with the certificate?")
	for n := 1; !s.root.walk.made.Solved && n <= 9; n++ {
		s.root.walk.made.Looked()
		s.press(strconv.Itoa(n))
	}
	s.ticked(k, "wrong-host")
	s.shows("enter back to the lesson").hides("next  ").shows("on the exam").backToLesson("enter").shows("step 4 of 8", "✓ Solved.").hides("on the exam", "To do")
	s.press("right", "left").shows("✓ Solved.", "on the exam", "To do").press("enter").shows("pause")
}

// A question is answered by its keys, and one whose answer is kept back is told so.
func TestQuestionsOfALesson(t *testing.T) {
	s, k := attending(t, short)
	s.press("g", "end", "up", "up", "enter").shows("step 6 of 8", "Which code is permanent?")
	wrong := "1"
	if strings.Contains(s.frame(), "1  550") {
		wrong = "2"
	}
	s.shows("enter show the answer").press(wrong).shows("✗ wrong", "✗  450", "✓  550", "It is temporary.", "550", "The first digit is 5.", "RFC 5321 §4.2.1").press("a").shows("1–2 answer")
	s.press("enter", "enter").press("right").shows("step 8 of 8").press("left").shows("step 7 of 8").typed("354").press("enter").shows("✗ wrong", "answer  220").press("a").typed("220").press("enter").shows("✓ right")
	s.press("enter", "1").shows("your trainer has it", "step 8 of 8").press("enter").shows("the end", "Still open", "walk: submission on port 465")
	state, _ := k.Read()
	if len(state.Items) > 0 {
		t.Errorf("answers to questions that are not of the quiz are kept: %v", state.Items)
	}
}

// What the lesson leads to comes back to it, the search too; and what cannot be done is said.
func TestALessonStays(t *testing.T) {
	s, k := attending(t, short)
	s.press("right", "/").typed("greylisting").settle().press("enter").shows("greylisting").press("esc", "esc").shows("step 2 of 8")
	s.press("g").shows("steps", "›    2 card: STARTTLS", "✓  1 say: First paragraph").press("end", "enter").shows("step 8 of 8").press("left").shows("step 7 of 8")
	s.press("esc").shows("what would you like to do").press("2").shows("learn · ")
	k.breaks(errors.New("progress cannot be kept in /x: no space left"))
	s.press("enter").until("a lesson", func() bool { return s.root.class != nil }).press("enter").until("the trouble", func() bool { return s.root.class.trouble != "" }).shows("✗ progress cannot be kept in /x")
	k.breaks(nil)
	s.press("enter").shows("walk · submission on port 587").hides("✗")
	s.root.app.Launch = func(Request) (*Live, error) { return nil, errors.New("no port is free") }
	s.press("enter").until("the trouble", func() bool { return s.root.class.trouble != "" }).shows("✗ no port is free", "step 3 of ")
}

// The list of lessons knows at once what came of the lesson that was left, and goes on to the next one; the menu does too.
func TestTheListFollowsALesson(t *testing.T) {
	k, app := &kept{}, homeApp()
	app.Progress = k
	first, second := lesson.All()[0], lesson.All()[1]
	s := simHome(t, app, 80, 24).press("2").shows("› " + first.Title).press("enter")
	s.until("a lesson", func() bool { return s.root.class != nil }).shows("step 1 of")
	if err := k.Add(progress.Entry{Finished: first.Name, Time: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	s.press("esc").until("the list", func() bool { return strings.Contains(s.frame(), "✓ "+first.Title) }).shows("› " + second.Title)
	s.press("esc").shows("You have finished 1 of ", second.Title)
}

// A step whose name has no room in its row stands whole below the list while it is selected.
func TestALongStepIsReadInTheList(t *testing.T) {
	s, _ := attending(t, "name: ours\ntitle: ours\nsteps:\n  - say: one\n  - card: STARTTLS\n  - question:\n      ask: "+strings.Repeat("Why does a client wait for the greeting? ", 3)+"And who speaks next?\n      right: the server\n      wrong: [the client]\n")
	s.press("g").hides("who speaks next").press("end").shows("And who speaks next?").press("home").hides("who speaks next")
}

// A step may ask before each step of its session what will come of it; that is so in its session alone.
func TestPredictInALesson(t *testing.T) {
	s, _ := attending(t, "name: ours\ntitle: ours\nsteps:\n  - predict: submissions\n  - walk: submissions\n")
	s.shows("walk and predict · submission on port 465", "You can look at").intoSession().press("enter").shows("predict, then reveal", "enter skip")
	if s.root.app.Predict {
		t.Error("every session asks now")
	}
	for range 60 {
		if s.root.walk.finished() {
			break
		}
		s.press("enter")
	}
	s.shows("enter back to the lesson").backToLesson("enter").shows("✓ Done").press("enter").shows("walk · ").intoSession().press("enter").hides("predict, then reveal")
	s.toTheEnd()
}

// The way back to the lesson that has opened a session stands in each of its footers, at the smallest size too, beside what leads on and to help.
func TestTheFooterLeadsBackToTheLesson(t *testing.T) {
	for steps := range 15 {
		s, _ := walked(t, steps, 60, 16)
		s.root.walk.lesson = true
		for _, key := range []string{"", "up", "up", "left", "end"} {
			if key != "" {
				s.press(key)
			}
			lines := strings.Split(strings.TrimRight(s.frame(), "\n"), "\n")
			for _, want := range []string{"lesson", "? help"} {
				if footer := lines[len(lines)-1]; !strings.Contains(footer, want) {
					t.Errorf("after %d steps and %q: %q is not in %q", steps, key, want, footer)
				}
			}
		}
	}
}

// parts is a lesson about parts of sessions.
const parts = `name: ours
title: ours
steps:
  - walk: submission
    from: STARTTLS
    until: ehlo-again
  - solve: unknown-user
    from: rcpt
    until: rcpt
  - solve: wrong-host
    from: handshake
    until: handshake
`

// A session that a lesson opens begins at the step that it is about: what comes before is one row, which opens; once the point is made a key
// leads back, asking nothing, and the step is done.
func TestPartOfASessionInALesson(t *testing.T) {
	s, _ := attending(t, parts)
	s.intoSession().shows("already done: name lookup to EHLO", "space opens it", "to do: Take the steps from STARTTLS to EHLO in TLS.", "› STARTTLS")
	s.press("down", "space").shows("tcp ", "250-STARTTLS").press("space").shows("already done")
	s.press("left").shows("looking back").press("end")
	s.press("enter", "enter").shows("h the lesson", "Take the steps").press("enter").shows("to do: Done. h goes back to the lesson", "h done: the lesson")
	s.backToLesson("h").shows("step 1 of 3", "✓ Done. Enter continues")
}

// What has to be put right has to succeed, and after the advice the steps before are taken again.
func TestPartThatMends(t *testing.T) {
	s, _ := attending(t, parts)
	s.press("right").intoSession().shows("already done: name lookup to MAIL", "› RCPT TO").press("enter").hides("h done")
	s.press("1").typed("bob@lab.test").press("enter").shows("followed", "already done", "› RCPT TO:<bob@lab.test>").press("enter").shows("h done: the lesson")
	s.backToLesson("h").shows("step 2 of 3", "✓ Done. The scenario counts as solved once its whole session").hides("Solved.")
}

// A handshake without verification mends nothing; the one after the root was trusted does.
func TestPartThatMendsTrust(t *testing.T) {
	s, _ := attending(t, "name: ours\ntitle: ours\nsteps:\n  - solve: private-ca\n    from: handshake\n    until: handshake\n")
	s.intoSession().press("enter").shows("unverified", "h the lesson").hides("h done")
}

// A question is asked as soon as the session has shown its answer.
func TestPartThatAsks(t *testing.T) {
	s, k := attending(t, parts)
	s.press("right", "right").intoSession().press("enter").shows("o answer").press("o").shows("What is wrong with the certificate?")
	for n := 1; !s.root.walk.made.Solved && n <= 9; n++ {
		s.root.walk.made.Looked()
		s.press(strconv.Itoa(n))
	}
	s.ticked(k, "wrong-host")
	s.backToLesson("enter").shows("step 3 of 3", "✓ Solved.")
}

// Where the walk cannot go on before that step, the one at which it stopped is shown.
func TestPartThatIsNotReached(t *testing.T) {
	s, _ := attending(t, "name: ours\ntitle: ours\nsteps:\n  - walk: expired\n    from: quit\n  - walk: relay-denied\n    from: data\n")
	s.intoSession().shows("already done: name lookup to STARTTLS", "TLS handshake · ", "expired")
	s.press("h", "y").until("the lesson", func() bool { return s.root.walk == nil }).settle()
	s.press("right").intoSession().shows("already done: name lookup to MAIL", "554 5.7.1", "C │ RCPT TO")
}

// A class sees what was done in a line, and the step that it is about.
func TestPresentAPart(t *testing.T) {
	s, _ := attending(t, parts)
	s.press("@").intoSession().shows("THE NEXT STEP", "STARTTLS", "Already done: name lookup to EHLO").press("left").shows("WHAT CAME", "250")
	s.press("h").backToLesson("y").press("right", "right").intoSession().shows("Start the TLS handshake")
	for range 20 {
		if strings.Contains(s.frame(), "o answer") {
			break
		}
		s.press("enter")
	}
	s.shows("THE NEXT STEP", "o answer").press("o").shows("TASK", "What is wrong with the certificate?")
}

// The number beside a line is the one that answers, where the choices of a question are lines.
func TestALineIsAnsweredByItsNumber(t *testing.T) {
	s, _ := attending(t, `name: ours
title: ours
steps:
  - question:
      kind: spot
      ask: Which line is wrong?
      show: |
        250-mail.example.org
        250-STARTTLS
        250-AUTH PLAIN
        250 8BITMIME
      right: line 3
      wrong: [line 4, line 2]
      why: [It belongs there., So does this.]
      because: PLAIN is not offered before TLS.
`)
	s.shows(" 3 │ 250-AUTH PLAIN", "2  line 2", "3  line 3", "4  line 4", "2–4 answer").press("1").shows("2–4 answer").press("3").shows("✓ right", "✓  line 3")
}
