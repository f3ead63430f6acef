package ui

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/quiz"
)

// asked are questions of each way to answer; they have their choices in this order with seed 0.
func asked() []*quiz.Item {
	source := []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}}
	read := strings.TrimSpace(strings.Repeat("S: 220 mail.test ESMTP\nC: EHLO laptop.test\n", 8))
	return []*quiz.Item{
		{Name: "a", Kind: quiz.Spot, Prompt: "What is wrong here?", Show: read, Topic: "commands", Answer: "2", Why: "It is said twice.", Source: source,
			Choices: []quiz.Choice{{Text: "nothing", Why: "Look at line 4."}, {Text: "the client greets twice"}, {Text: "the port", Why: "No port is to be seen."}}},
		{Name: "b", Kind: quiz.Order, Prompt: "In which order?", Topic: "commands", Answer: "123", Why: "So it is.", Source: source,
			Choices: []quiz.Choice{{Text: "EHLO"}, {Text: "MAIL"}, {Text: "RCPT"}}},
		{Name: "c", Kind: quiz.Type, Prompt: "Type the code.", Topic: "replies", Answer: "535", Why: "It is 535.", Source: source},
	}
}

// quizzed is a screen on a quiz with questions as they stand.
func quizzed(t *testing.T, items []*quiz.Item, width, height int) (s *sim, r *quiz.Round, kept *[]string) {
	t.Helper()
	s = simHome(t, homeApp(), width, height)
	r = quiz.NewRound(items, 0, func() time.Time { return s.clock })
	kept = &[]string{}
	r.Keep = func(item string, right bool) error {
		*kept = append(*kept, item+map[bool]string{true: "+", false: "-"}[right])
		return nil
	}
	s.root.over = newQuizSheet(r, nil)
	return s, r, kept
}

// keyOf is what is typed for the right answer to the question that is asked.
func keyOf(r *quiz.Round) string { return r.Item().Answer }

// A round from the first question to its sum, in a window in which a dialogue has to scroll.
func TestQuiz(t *testing.T) {
	s, r, kept := quizzed(t, asked(), 60, 16)
	s.shows("quiz · 1 of 3 · commands · lines 1–", "What is wrong here?", " 1 │ S: 220", "1–3 answer", "tab show the answer").hides("greets twice")
	s.tap("end").shows("greets twice").tap("home", "9", "x", "enter").hides("✗", "✓")
	wrong := "1"
	if keyOf(r) == wrong {
		wrong = "2"
	}
	s.tap(wrong).shows("✗ wrong", "answer  the client greets twice", "It is said twice.", "RFC 5321 §4.2", "enter next").hides("show the answer")
	s.tap(keyOf(r)).shows("✗ wrong").tap("enter")
	s.shows("quiz · 2 of 3, 0 of 1 right", "In which order?", "› ").tap("1", "enter").shows("Give all numbers from 1 to 3").typed("/").hides("search everything").tap("ctrl+u")
	s.typed(keyOf(r)).tap("enter").shows("✓ right", "1. EHLO", "3. RCPT").tap("enter")
	s.shows("Type the code.").typed("q").tap("tab").shows("the answer; it is not counted", "535").hides("✗")
	s.tap("enter").shows("1 of 2 right", "to look at again", "What is wrong here?").tap("enter").shows("what would you like to do")
	if got := strings.Join(*kept, " "); got != "a- b+" {
		t.Errorf("kept %q: a look counts for nothing", got)
	}
}

// Once a question is answered its cards can be read, and the quiz goes on after them.
func TestCardsOfAQuestion(t *testing.T) {
	items := asked()[:1]
	items[0].See = []string{"port:465", "claim:port 465 is deprecated"}
	s, r, _ := quizzed(t, items, 80, 24)
	s.tap("i").shows("What is wrong here?").tap(keyOf(r)).shows("✓ right", "i cards")
	s.tap("i").shows("card 1 of 2", "465", "→ next card").tap("right").shows("card 2 of 2").tap("/").shows("card 2 of 2").tap("esc").shows("✓ right").tap("enter").shows("1 of 1 right")
}

// The quiz is an entry of home, and leads back there.
func TestQuizFromHome(t *testing.T) {
	app := homeApp()
	app.Questions = func(quiz.Wanted) (*quiz.Round, error) {
		return quiz.NewRound(asked(), 0, func() time.Time { return epoch }), nil
	}
	s := simHome(t, app, 80, 24).shows("quiz", "7 quit").tap("6").shows("quiz · field 1 of 4", "everything, ", "esc leave it").tap("esc").shows("what would you like to do")
	s.tap("6", "enter").shows("quiz · 1 of 3 · commands", "What is wrong here?").tap("esc").shows("what would you like to do")
	s.root.app.Questions = func(quiz.Wanted) (*quiz.Round, error) { return nil, errDisk }
	s.tap("6").shows(errDisk.Error())
}

// What the questions are about is chosen first, with how many there are; an exam has a number of its own.
func TestQuizIsChosen(t *testing.T) {
	var wanted quiz.Wanted
	app := homeApp()
	app.Questions = func(w quiz.Wanted) (*quiz.Round, error) {
		wanted = w
		return w.Round([]quiz.Past{{Item: quiz.About("dns")[0].Name, Time: epoch.Add(-time.Hour)}}, 1, func() time.Time { return epoch })
	}
	for _, size := range [][2]int{{60, 16}, {80, 24}} {
		s := simHome(t, app, size[0], size[1]).tap("6").shows("questions, 1 to repeat", "a quiz, each answer explained", "missed ones first", "questions about all topics")
		s.tap("right", "right").shows("roles, ", "who does what").tap("down", "down", "right").shows("10 questions").tap("esc").shows("what would you like to do")
		s.tap("6", "left").shows("5.5, ").tap("down", "right").shows("an exam, 25 questions in 25 minutes", "not in an exam").tap("enter").shows("enter begin").tap("enter")
		if s.shows("exam · 1 of "); wanted != (quiz.Wanted{About: "5.5", Exam: true}) {
			t.Errorf("%+v", wanted)
		}
	}
}

// A topic is found by typing, as in every list, also by what it is about; arrows go through what fits, and esc takes the words off before it leaves.
func TestATopicOfTheQuizIsFoundByTyping(t *testing.T) {
	var wanted quiz.Wanted
	app := homeApp()
	app.Questions = func(w quiz.Wanted) (*quiz.Round, error) {
		wanted = w
		return w.Round(nil, 1, func() time.Time { return epoch })
	}
	for _, size := range [][2]int{{60, 16}, {80, 24}} {
		s := simHome(t, app, size[0], size[1]).tap("6").shows("type to find one").typed("dns").shows("› about       ‹ dns, ", "1 of ", "dns▏")
		s.tap("ctrl+u").typed("who what").shows("‹ roles, ", "1 of 1").tap("right", "left").shows("‹ roles, ").typed("xx").shows("nothing matches").tap("right", "enter").shows("✗ nothing matches; esc")
		s.tap("esc").shows("‹ roles, ", "type to find one").typed("dns").tap("tab").shows("  about       dns, ").tap("enter").hides("field 2 of")
		if wanted.About != "dns" {
			t.Errorf("asked about %+v", wanted)
		}
	}
	simHome(t, app, 80, 24).tap("3", "tab", "tab", "tab").typed("off").shows("› TLS         ‹ off ›").tap("esc").hides("Leave what").shows("› TLS         ‹ off ›")
}

// An exam says nothing before its end, and ends with its time.
func TestExam(t *testing.T) {
	s, _, _ := quizzed(t, nil, 80, 24)
	r := quiz.NewExam(quiz.All(), 7, func() time.Time { return s.clock })
	s.root.over = newQuizSheet(r, nil)
	s.shows("25 questions in 25 minutes", "enter begin").tap("enter").shows("exam · 1 of 25 · ends at ").hides("show the answer")
	s.tap("tab").shows("exam · 2 of 25").hides("wrong")
	s.clock = s.clock.Add(time.Hour)
	s.tap("tab").shows("0 of 25 right, 0%; the time was over", "1.4", "to look at again", "RFC ").tap("esc").shows("what would you like to do")
}

// Each question there is fits the smallest window: whatever is longer can be scrolled to.
func TestEveryQuestionIsDrawn(t *testing.T) {
	for _, it := range quiz.All() {
		a := newAsking(it.Shuffled(1))
		for _, width := range []int{58, 96} {
			for _, height := range []int{12, 36} {
				if n := len(a.lines(width, height)); n > height {
					t.Errorf("%s takes %d lines of %d", it.Name, n, height)
				}
				for _, l := range a.material(width) {
					if text := strings.TrimLeft(l.String(), " 0123456789"); text != "" && !strings.HasPrefix(text, "│ ") {
						t.Errorf("%s: what is read has no bar in %q", it.Name, l)
					}
				}
				for _, l := range a.whole(width) {
					if l.Width() > width {
						t.Errorf("%s: a line has %d cells of %d: %s", it.Name, l.Width(), width, l)
					}
				}
			}
		}
	}
}
