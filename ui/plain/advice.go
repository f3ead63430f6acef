package plain

import (
	"context"
	"strconv"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// mostAdvice is how many pieces of advice have a key: one digit each.
const mostAdvice = 9

// advice is what can be done now about what failed, most likely first.
func (w *explorer) advice() []record.Advice {
	if w.over() || w.declined != nil {
		return w.verdict().Advice
	}
	if b := w.proposal().Blocked; b != nil {
		return walk.AdviceOn(w.snap, b)
	}
	if f := w.snap.Failing(); f != nil {
		return walk.AdviceOn(w.snap, f.Finding)
	}
	return nil
}

// followable is the advice that has a key, in the order of the keys.
func followable(list []record.Advice) []record.Advice {
	var can []record.Advice
	for _, a := range list {
		if _, ok := walk.CanFollow(a); ok && len(can) < mostAdvice {
			can = append(can, a)
		}
	}
	return can
}

// offer lists advice: with its key what can be followed here, and as text what is for someone to do.
func (d *dialog) offer(list []record.Advice) {
	n := 0
	for _, a := range list {
		if _, ok := walk.CanFollow(a); ok && n < mostAdvice {
			n++
			d.printf("  %d: %s", n, words.Advice(a))
		} else {
			d.printf("  advice: %s", words.Advice(a))
		}
	}
}

// follow asks for what the advice with that key needs and goes on by it, in the same log. Its first step is announced.
func (w *explorer) follow(ctx context.Context, n int) error {
	list := followable(w.advice())
	if n < 1 || n > len(list) {
		w.printf("there is no advice %d; the last is %d", n, len(list))
		return nil
	}
	a := list[n-1]
	given, err := w.inputFor(ctx, a)
	if err != nil {
		return err
	}
	if given.missing != "" {
		w.printf(" !   nothing was changed: %s", given.missing)
		return nil
	}
	goal := w.goal
	if given.credentials != nil {
		goal.Credentials = *given.credentials
	}
	goal, change, err := walk.Follow(w.snap, goal, a, given.text)
	if err != nil {
		w.printf(" !   nothing was changed: %s", err)
		return nil
	}
	w.goal = goal
	w.chosen, w.declined, w.stuck, w.said = nil, nil, false, ""
	if w.means.Advance != nil {
		w.means.Advance(a.After)
	}
	w.engine.Change(change, given.means)
	w.catchUp(nil)
	switch {
	case a.After > 0 && w.means.Advance != nil:
		w.printf("  the practice server's clock was moved on by %s", a.After)
	case a.After > 0:
		w.print("  wait that long before the next step")
	}
	return nil
}

// port reads the number of a port; empty takes that of the advice.
func port(typed string, a record.Advice) string {
	if typed == "" && a.Port != 0 {
		return strconv.Itoa(a.Port)
	}
	return typed
}
