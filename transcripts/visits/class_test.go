package visits

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/lesson"
	"ehlo/session/record"
)

// lessonOf is a lesson with some steps.
func lessonOf(t *testing.T, steps ...string) *lesson.Lesson {
	t.Helper()
	l, err := lesson.Read([]byte("name: ours\ntitle: ours\nsteps:\n  - "+strings.Join(steps, "\n  - ")+"\n"), lesson.World{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// teach gives a book that is in use its class.
func (b *Book) teach(c *Class) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Class = c
}

// A class takes a lesson on the practice server: each session counts for the first step of its scenario that is not reached.
func TestClass(t *testing.T) {
	c := NewClass(lessonOf(t, "say: Hello.", "walk: submission", "solve: ehlo-name", "solve: refused", "predict: submission"), false)
	l, b := serve(t, "submission", lab.Options{})
	b.teach(c)
	for _, step := range []struct {
		visit func()
		want  string
	}{
		{func() { said(dial(t, l, 1), "EHLO a\r\n", "QUIT\r\n") }, "127.0.0.1 is at step 2 of 5 of the lesson, not reached; 0 of 3 steps reached"},
		{func() { deliver(t, l, "tulip-42") }, "127.0.0.1 is at step 2 of 5 of the lesson, reached; 1 of 3 steps reached"},
		{func() { deliver(t, l, "tulip-42") }, "127.0.0.1 is at step 5 of 5 of the lesson, reached; 2 of 3 steps reached"},
		{func() { said(dial(t, l, 1)) }, "127.0.0.1 is at step 5 of 5 of the lesson, reached; 2 of 3 steps reached"},
	} {
		step.visit()
		b.empty(t)
		rows, _ := b.Rows()
		if got := rows[len(rows)-1].Lesson; got.InWords() != step.want {
			t.Errorf("%s\nwant %s", got.InWords(), step.want)
		}
	}
	if got := fmt.Sprint(b.Learners()); got != "[{127.0.0.1 5 4 [reached not begun reached]}]" {
		t.Errorf("the class is %s", got)
	}
}

// What each kind of step takes for reached.
func TestStepsAreReached(t *testing.T) {
	quit, gave := record.Verdict{Outcome: record.OutcomeDone}, record.Verdict{Outcome: record.OutcomeUnsafe}
	for _, test := range []struct {
		step string
		row  Row
		want Came
	}{
		{"walk: submission", Row{Goal: Delivered, Verdict: quit}, Reached},
		{"walk: submission", Row{Goal: Open, Step: record.VerbQuit, Verdict: quit}, NotReached},
		{"walk: stripped", Row{Goal: Unseen, Step: record.VerbQuit, Verdict: quit}, Reached},
		{"walk: stripped", Row{Goal: Unseen, Step: record.VerbEHLO, Verdict: gave}, Reached},
		{"walk: stripped", Row{Goal: Unseen, Step: record.VerbEHLO, Verdict: quit}, NotReached},
		{"walk: stripped", Row{Goal: Unseen, Step: record.VerbEHLO}, NotReached},
		{"predict: submission", Row{Goal: Solved, Verdict: quit}, Reached},
		{"solve: ehlo-name", Row{Goal: Solved, Verdict: quit}, Reached},
		{"solve: ehlo-name", Row{Goal: Open, Step: record.VerbQuit, Verdict: quit}, NotReached},
		{"solve: submission", Row{Goal: Delivered, Verdict: quit}, Had},
		{"solve: stripped", Row{Goal: Unseen, Step: record.VerbEHLO, Verdict: quit}, Had},
	} {
		if got := NewClass(lessonOf(t, test.step), false).Stops[0].came(test.row); got != test.want {
			t.Errorf("%s, %+v: %s, want %s", test.step, test.row, got, test.want)
		}
	}
}

// Behind one address learners are told apart by what they say in EHLO, and by what a client says last: openssl says something before.
func TestClassByName(t *testing.T) {
	c := NewClass(lessonOf(t, "walk: submission"), true)
	l, b := serve(t, "submission", lab.Options{})
	b.teach(c)
	visit := func(lines ...string) {
		said(dial(t, l, 1), lines...)
		b.empty(t)
	}
	visit("EHLO mail.example.com\r\n", "NOOP\r\n", "EHLO ann\x1b\r\n", "QUIT\r\n")
	visit("HELO bob\r\n", "QUIT\r\n")
	visit("NOOP\r\n", "QUIT\r\n")
	visit("EHLO ann\x1b\r\n", "QUIT\r\n")
	var names []string
	for _, l := range b.Learners() {
		names = append(names, fmt.Sprint(l.Name, " ", l.Visit))
	}
	if want := []string{`ann\x1b 4`, "bob 2"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

// A session that goes on is under way; who comes after too many is no learner.
func TestClassIsBounded(t *testing.T) {
	c := NewClass(lessonOf(t, "walk: submission"), false)
	sc, err := lab.Find("submission")
	if err != nil {
		t.Fatal(err)
	}
	from := func(n int) *visit {
		return newVisit(n, lab.Visit{Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 1)}, sc)
	}
	for n := range maxLearners {
		if p := c.begins(from(n), ""); c.standing(p).Came != UnderWay {
			t.Fatalf("learner %d: %+v", n, c.standing(p))
		}
	}
	if p := c.begins(from(maxLearners), ""); p != nil || len(c.learners) != maxLearners {
		t.Errorf("%d learners", len(c.learners))
	}
	if p := c.begins(from(1), ""); p == nil {
		t.Error("one of the class cannot come again")
	}
}
