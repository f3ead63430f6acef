package lesson

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/progress"
	"ehlo/session/record"
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

// Whoever left off goes on there, and what was done is done: what was read, and what was walked or answered, but not what was left out.
func TestResume(t *testing.T) {
	done := func(steps ...int) map[string]progress.Lesson {
		return map[string]progress.Lesson{"ours": {Done: steps}}
	}
	l := reading(t, head+"  - walk: submission\n  - solve: expired\n  - solve: greylist\n  - say: hello\n  - pause: wait\n", World{})
	for _, c := range []struct {
		at   int
		kept progress.State
		left []int
	}{
		{1, progress.State{}, []int{1, 2, 3}},
		{4, progress.State{}, []int{1, 2, 3}},
		{4, progress.State{Lessons: done(1)}, []int{2, 3}},
		{4, progress.State{Lessons: done(1, 3)}, []int{2}},
		{4, progress.State{Solved: map[string]time.Time{"greylist": time.Now()}}, []int{1, 2}},
		{0, progress.State{}, []int{1, 2, 3}},
		{99, progress.State{Solved: map[string]time.Time{"greylist": time.Now(), "expired": time.Now()}, Lessons: done(1)}, []int{1}}, // it was longer
	} {
		p := Begin(l, c.at, c.kept)
		if got := p.Left(); !slices.Equal(got, c.left) {
			t.Errorf("at %d: %v are open, want %v", c.at, got, c.left)
		}
	}
}

// A walk that was skipped is still open after a pause, and one that was walked is not.
func TestSkippedIsOpenLater(t *testing.T) {
	l := reading(t, head+"  - say: hello\n  - walk: submission\n  - walk: submissions\n  - question: port-465\n", World{})
	p := Begin(l, 1, progress.State{})
	for range 2 {
		p.Go()
	}
	p.Came(true, false, false)
	p.Go()
	kept := progress.Sum([]progress.Entry{p.Entry(time.Now())})
	later := Begin(l, kept.Lessons["ours"].Step, kept)
	if got, want := later.Left(), []int{2, 4}; later.At != 3 || !slices.Equal(got, want) {
		t.Errorf("at step %d %v are open, want %v", later.At+1, got, want)
	}
}

// What was left before its end is open, and holds up nobody.
func TestLeftEarly(t *testing.T) {
	p := Begin(reading(t, head+"  - solve: expired\n  - walk: submission\n", World{}), 1, progress.State{})
	for p.Next() != Leave {
		if p.Next() == Open {
			p.Came(false, false, false)
			continue
		}
		p.Go()
	}
	if e := p.Entry(time.Now()); e.Lesson != "ours" || e.Step != 1 {
		t.Errorf("%+v", e)
	}
	p.Jump(1)
	p.Again()
	p.Came(false, true, false)
	if p.Jump(2); !slices.Equal(p.Left(), []int{2}) {
		t.Errorf("%v are open", p.Left())
	}
}

// A step is done where what it is about was put right, and its scenario is solved, here as in the list of scenarios, where its goal was
// reached.
func TestDoneIsLessThanSolved(t *testing.T) {
	l := reading(t, head+"  - solve: no-tls\n", World{})
	for _, c := range []struct{ mended, before, solved, wantDone, wantSolved bool }{
		{}, {mended: true, wantDone: true}, {mended: true, solved: true, wantDone: true, wantSolved: true}, {solved: true, wantDone: true, wantSolved: true},
		{before: true, wantDone: true, wantSolved: true},
	} {
		kept := progress.State{}
		if c.before {
			kept.Solved = map[string]time.Time{"no-tls": time.Now()}
		}
		p := Begin(l, 1, kept)
		p.Came(true, c.mended, c.solved)
		if p.Done() != c.wantDone || p.Solved() != c.wantSolved {
			t.Errorf("%+v: done %t, solved %t", c, p.Done(), p.Solved())
		}
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

// A part of a scenario is named by its phases, in letters of any size; what is none, or belongs to no scenario, is an error at its place.
func TestParts(t *testing.T) {
	s := reading(t, head+"  - walk: submission\n    from: STARTTLS\n    until: ehlo-again\n", World{}).Steps[0]
	if p := s.Part(); p.From != record.PhaseSTARTTLS || p.Until != record.PhaseEHLOAgain {
		t.Errorf("%+v", p)
	}
	reading(t, head+"  - walk: submissions\n    from: handshake\n    until: greeting\n", World{}) // TLS comes first there
	for text, want := range map[string]string{
		"  - walk: submission\n    from: startls\n":                   `line 5, column 11: from: "startls" is not one of resolve, connect`,
		"  - solve: expired\n    until: tea\n":                        `line 5, column 12: until: "tea" is not one of`,
		"  - say: hello\n    from: connect\n":                         "line 5, column 11: from: it is for walk, predict and solve",
		"  - walk: submission\n    from: rcpt\n    until: greeting\n": "line 6, column 12: until: greeting comes before rcpt, where it begins",
		"  - from: connect\n":                                         "a step is one of say",
	} {
		_, err := Read([]byte(head+text), World{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
