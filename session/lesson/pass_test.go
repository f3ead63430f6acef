package lesson

import (
	"slices"
	"testing"
	"time"

	"ehlo/session/progress"
)

// reading reads a lesson for a test.
func reading(t *testing.T, text string, w World) *Lesson {
	t.Helper()
	l, err := Read([]byte(text), w)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const head = "name: ours\ntitle: ours\nsteps:\n"

// An answer to a question of the quiz is kept once: the first, and none after a look at the right one.
func TestAnswersThatCount(t *testing.T) {
	l := reading(t, head+"  - question: port-465\n  - question: port-587\n  - question: {ask: Why?, right: because, wrong: [not]}\n", World{})
	p := Begin(l, 1, progress.State{})
	if _, counts := p.Answer("no such answer", time.Now()); counts != nil {
		t.Errorf("what is no answer counts: %+v", counts)
	}
	if _, counts := p.Answer(p.Item().Answer, time.Now()); counts == nil || counts.Item != "port-465" || !counts.Right {
		t.Errorf("the first answer: %+v", counts)
	}
	if _, counts := p.Answer(p.Item().Answer, time.Now()); counts != nil {
		t.Errorf("the second answer counts: %+v", counts)
	}
	p.Go()
	p.Look()
	if _, counts := p.Answer(p.Item().Answer, time.Now()); counts != nil {
		t.Errorf("an answer after a look counts: %+v", counts)
	}
	p.Go()
	if judged, counts := p.Answer("because", time.Now()); counts != nil || !judged.Right {
		t.Errorf("the lesson's own question: %+v, %+v", judged, counts)
	}
}

// Whoever left off goes on there, and what lies behind is done; but a goal is reached only where it was.
func TestResume(t *testing.T) {
	l := reading(t, head+"  - walk: submission\n  - solve: expired\n  - solve: greylist\n  - say: hello\n  - pause: wait\n", World{})
	for _, c := range []struct {
		at   int
		kept progress.State
		left []int
	}{
		{1, progress.State{}, []int{1, 2, 3}},
		{4, progress.State{}, []int{2, 3}},
		{4, progress.State{Solved: map[string]time.Time{"greylist": time.Now()}}, []int{2}},
		{0, progress.State{}, []int{1, 2, 3}},
		{99, progress.State{Solved: map[string]time.Time{"greylist": time.Now(), "expired": time.Now()}}, []int{1}}, // it was longer
	} {
		p := Begin(l, c.at, c.kept)
		if got := p.Left(); !slices.Equal(got, c.left) {
			t.Errorf("at %d: %v are open, want %v", c.at, got, c.left)
		}
	}
}

// What was left before its end is open, and holds up nobody.
func TestLeftEarly(t *testing.T) {
	p := Begin(reading(t, head+"  - solve: expired\n  - walk: submission\n", World{}), 1, progress.State{})
	for p.Next() != Leave {
		if p.Next() == Open {
			p.Came(false, false)
			continue
		}
		p.Go()
	}
	if e := p.Entry(time.Now()); e.Lesson != "ours" || e.Step != 1 {
		t.Errorf("%+v", e)
	}
	p.Jump(1)
	p.Again()
	p.Came(false, true)
	if p.Jump(2); !slices.Equal(p.Left(), []int{2}) {
		t.Errorf("%v are open", p.Left())
	}
}

// Answers come from a second file, which may be kept back.
func TestAnswersApart(t *testing.T) {
	const asks = "name: ours\ntitle: ours\nanswers: key.yaml\nsteps:\n  - question: {name: who, ask: Who?, choices: [one, two]}\n"
	given := func(text string) World {
		return World{Folder: "/class", Answers: func(path string) ([]byte, error) {
			if path != "/class/key.yaml" {
				t.Errorf("the answers are looked for at %s", path)
			}
			return []byte(text), nil
		}}
	}
	q := reading(t, asks, given("answers:\n  - {name: who, right: two, because: It is so.}\n")).Steps[0].Question
	if it := q.Item(); q.Unkeyed() || it.Key()[0] != "two" || it.Why != "It is so." {
		t.Errorf("%+v", it)
	}
	whole := reading(t, asks, given("answers:\n  - {name: who, right: two, wrong: [one], why: [It was there before.]}\n")).Steps[0].Question.Item()
	if len(whole.Choices) != 2 || whole.Choices[0].Why != "It was there before." || whole.Answer != "2" {
		t.Errorf("a choice that is wrong stands there twice, or without its reason: %+v", whole)
	}
	if q := reading(t, asks, given("")).Steps[0].Question; !q.Unkeyed() {
		t.Errorf("%+v", q.Item())
	}
	for _, wrong := range []string{"answers:\n  - {name: nobody, right: two}\n", "answers:\n  - {name: who, right: three}\n", "answer: x\n", "- x\n",
		"answers:\n  - {name: who, right: two, wrong: [three], why: [No.]}\n", "answers:\n  - {name: who, right: two, wrong: [one], why: [No., Nor this.]}\n"} {
		if _, err := Read([]byte(asks), given(wrong)); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// A text that is written over several lines ends where its words end.
func TestTextsOfSeveralLines(t *testing.T) {
	l := reading(t, head+"  - question:\n      ask: |\n        Why?\n      right: |\n        because\n      wrong: [not]\n      because: |\n        So it is.\n", World{})
	it := l.Steps[0].Question.Item()
	if it.Prompt != "Why?" || it.Choices[0].Text != "because" || it.Why != "So it is." {
		t.Errorf("%q, %q, %q", it.Prompt, it.Choices[0].Text, it.Why)
	}
}
