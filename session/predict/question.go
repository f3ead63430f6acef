package predict

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// Way is a way to ask.
type Way string

// Question is asked before a step. Its Item has no key before the step was taken.
type Question struct {
	Way  Way
	Item quiz.Item

	form   *form
	before record.Snapshot
	step   walk.Option
}

// Ask is the question before a step, where s is what is known; nil where there is nothing to ask. asked are the ways in which was asked before, in order:
// the last of them is not taken again, and of the others the one that has rested longest.
func Ask(s record.Snapshot, step walk.Option, asked []Way) *Question {
	var best *form
	for _, way := range waysOf(step.Step.Verb) {
		f := formOf(way)
		if n := len(asked); n > 0 && asked[n-1] == way || f.when != nil && !f.when(s, step) {
			continue
		}
		if best == nil || lastOf(asked, way) < lastOf(asked, best.way) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	return &Question{Way: best.way, Item: best.item(s, step), form: best, before: s, step: step}
}

// lastOf is where a way was asked last, -1 for never.
func lastOf(asked []Way, way Way) int {
	for i, a := range slices.Backward(asked) {
		if a == way {
			return i
		}
	}
	return -1
}

// Understands reports whether an answer is one at all. What is wanted instead is then said.
func (q *Question) Understands(answer string) (ok bool, wanted string) {
	if q.Item.Kind == quiz.Type {
		_, ok := codeIn(answer)
		return ok, "Type three digits, or none."
	}
	it := q.Item
	res := it.Judge(answer)
	return res.Understood, res.Why
}

// none is typed in place of a code where no reply is expected.
const none = "none"

// codeIn reads a reply code, or that there is none.
func codeIn(answer string) (code string, ok bool) {
	answer = strings.ToLower(strings.TrimSpace(answer))
	if answer == none {
		return none, true
	}
	n, err := strconv.Atoi(answer)
	return answer, err == nil && n >= 100 && n <= 999
}

// Answered is the question with its key, from the events that the step has added. ok is false where they do not decide it.
func (q *Question) Answered(events []*record.Event) (it *quiz.Item, ok bool) {
	c := newCame(q.before, q.step, events)
	out := q.Item
	if out.Answer = q.form.key(c); out.Answer == "" {
		return nil, false
	}
	out.Why, out.Source = q.form.why(c)
	return &out, true
}

// Result is what an answer is worth, once there is a key.
func Result(it *quiz.Item, answer string) quiz.Result {
	code, ok := codeIn(answer)
	if it.Kind == quiz.Type && ok && code == none && it.Answer != none {
		return quiz.Result{Understood: true, Why: "A reply came."}
	}
	return it.Judge(answer)
}
