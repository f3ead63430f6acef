package course

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

// Every wrong answer says why it is wrong.
func TestWrongAnswersSayWhy(t *testing.T) {
	for name, e := range all.Get() {
		for _, c := range e.Question.Choices {
			if !c.Right && c.Means == "" && !strings.HasSuffix(c.Why, ".") {
				t.Errorf("%s: %q does not say why it is wrong: a sentence with Why: after it", name, c.Text)
			}
		}
	}
}

// After two wrong answers, and after two more, the row comes first; the first try is one without the solution.
func TestAttempt(t *testing.T) {
	e := Of("relay")
	right, wrong := 0, []int(nil)
	for i, c := range e.Question.Choices {
		if c.Right {
			right = i + 1
		} else {
			wrong = append(wrong, i+1)
		}
	}
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{}})
	a := &Attempt{}
	owes := func(want bool) {
		t.Helper()
		if _, _, got := a.Owes(e, log, log.Len(), false); got != want {
			t.Errorf("after %d wrong answers it owes a look: %v", a.Wrong, got)
		}
	}
	a.Answer(e, wrong[0], log.Len())
	a.Answer(e, wrong[0], log.Len())
	owes(false)
	a.Answer(e, wrong[1], log.Len())
	owes(true)
	if _, _, over := a.Owes(e, log, log.Len(), true); over {
		t.Error("a session that is over locks a person out")
	}
	log.Append(record.Event{Kind: record.KindSend, Send: &record.Send{Raw: []byte("RCPT TO:<bob@lab.test>\r\n")}})
	owes(true)
	if event, ok, _ := a.Owes(e, log, log.Len(), false); event != 1 || !ok {
		t.Errorf("event %d, %v", event, ok)
	}
	a.Looked()
	owes(false)
	a.Answer(e, wrong[2], log.Len())
	a.Answer(e, wrong[0], log.Len())
	owes(true)
	a.Looked()
	if !a.Answer(e, right, log.Len()) || a.Praise(e) != "solved after 4 wrong answers" {
		t.Error(a.Praise(e))
	}
	owes(false)
	for _, c := range []struct {
		hints int
		want  string
	}{{0, "solved on the first try"}, {len(e.Tiers()) - 1, "solved on the first try"}, {len(e.Tiers()), "solved"}} {
		if got := (&Attempt{Solved: true, Hints: c.hints}).Praise(e); got != c.want {
			t.Errorf("with %d hints: %s", c.hints, got)
		}
	}
}
