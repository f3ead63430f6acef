package plain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/engine"
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

// offer lists advice: with its key what can be followed here, and as text what is for someone to do. In brief it says what the key does,
// and not what else to look at: the verdict says it.
func (v *view) offer(list []record.Advice, brief bool) {
	n := 0
	for _, a := range list {
		before := ""
		if a.Do.Weakens() {
			before = words.NotSafe + ": "
		}
		if _, ok := walk.CanFollow(a); ok && n < mostAdvice {
			n++
			v.printf("advice %d: %s%s", n, before, v.does(n, a, brief))
		} else {
			v.printf("advice: %s%s", before, words.Advice(a))
		}
	}
}

// does is what the key of an advice does. Words that a finding has for it say what to look at, and not what the key does: that is said before
// them, unless they begin with the same verb. Without such words it is said what a person is asked for.
func (v *view) does(n int, a record.Advice, brief bool) string {
	said := words.Advice(a)
	if a.Text == "" || !strings.HasPrefix(a.Text, said) {
		return said + words.Labelled(fmt.Sprintf("; %d ", n), v.then(a))
	}
	general := a
	general.Text = ""
	does := cmp.Or(words.Following(a.Do, v.given(a.Do)), words.Advice(general))
	switch {
	case firstWord(said) == firstWord(does):
		return said
	case brief:
		return does
	}
	return does + ": " + said
}

// given reports whether a login was tried with what an advice asks for.
func (v *view) given(do record.Action) bool {
	tried := v.spoken.state.Mechanism
	return tried != "" && walk.ByToken(tried) == (do == record.GiveToken)
}

// then is what comes next for a person whose key follows an advice; empty where nothing is asked.
func (v *view) then(a record.Advice) string {
	needs, _ := walk.CanFollow(a)
	switch given := slices.Contains(v.atHand, needs); {
	case a.Do == record.RetryAfter && a.After > 0 && v.clock:
		return "does so at once, as the practice server's clock is set forward"
	case a.Do == record.RetryAfter && a.After > 0:
		return "starts again when you have waited"
	case given && needs == walk.InputCA:
		return "shows its fingerprint, and asks"
	case given || needs == walk.InputNone:
		return ""
	}
	return "asks for the " + string(needs)
}

// follow asks for what the advice with that key needs and goes on by it, in the same log. Its first step is announced.
func (w *explorer) follow(ctx context.Context, n int) error {
	f, err := w.followed(ctx, n)
	if f == nil {
		return err
	}
	w.chosen, w.declined, w.stuck, w.said = nil, nil, false, ""
	w.changed(f)
	return nil
}

// followed is an advice with what a person has given for it.
type followed struct {
	advice record.Advice
	goal   walk.Goal
	change record.Change
	means  engine.Means
}

// followed asks for what the advice with that key needs. It is nil where nothing is to be changed, and that was said.
func (w *explorer) followed(ctx context.Context, n int) (*followed, error) {
	list := followable(w.advice())
	if n < 1 || n > len(list) {
		w.printf("there is no advice %d; the last is %d", n, len(list))
		return nil, nil
	}
	a := list[n-1]
	if yes, err := w.agreed(ctx, a); !yes || err != nil {
		return nil, err
	}
	given, err := w.inputFor(ctx, a)
	if err != nil {
		return nil, err
	}
	if given.missing != "" {
		w.printf("warning: nothing was changed: %s", given.missing)
		return nil, nil
	}
	goal := w.goal
	if given.credentials != nil {
		goal.Credentials = *given.credentials
	}
	goal, change, err := walk.Follow(w.snap, goal, a, given.text)
	if err != nil {
		w.printf("warning: nothing was changed: %s", err)
		return nil, nil
	}
	return &followed{a, goal, change, given.means}, nil
}

// agreed asks before an advice that gives up a protection.
func (w *explorer) agreed(ctx context.Context, a record.Advice) (bool, error) {
	g := walk.Asks(a)
	if g == nil {
		return true, nil
	}
	w.printf("warning: %s", g.Why)
	yes, err := w.yes(ctx, g.Question)
	if err == nil && !yes {
		w.print("nothing was changed")
	}
	return yes, err
}

// changed goes on by an advice.
func (w *explorer) changed(f *followed) {
	w.goal, w.logged = f.goal, f.goal
	if w.means.Advance != nil {
		w.means.Advance(f.advice.After)
		f.change.Skipped = f.advice.After
	}
	w.engine.Change(f.change, f.means)
	w.catchUp()
	if f.advice.After > 0 && w.means.Advance == nil {
		w.printf("wait %s before the next step", words.Span(f.advice.After))
	}
}

// followOn asks after the end whether an advice is to be followed, and begins the session that follows it. It is nil where the
// person leaves, or nothing can be followed.
func (w *explorer) followOn(ctx context.Context, next func() (Engine, record.Source)) (*explorer, error) {
	for {
		keys := []key{keyLeaveIt}
		if list := followable(w.advice()); len(list) > 0 && next != nil {
			keys = append(keys, adviceKey(list, " in a new session", w.given))
		}
		if w.unanswered() {
			keys = append(keys, w.exerciseKeys()...)
		}
		if len(keys) == 1 {
			return nil, nil
		}
		keys = append(keys, keyHelp)
		line, err := w.ask(ctx, prompt(keys))
		if err != nil {
			return nil, err
		}
		t, ok := match(line, keys)
		switch {
		case !ok:
			w.print("unknown command; help lists the commands")
			continue
		case t.key == keyHelp:
			w.echo(t.echoed())
			w.help(keys, t.rest)
			w.offer(w.advice(), false)
			continue
		case t.key == keyLeaveIt:
			w.echo("")
			return nil, nil
		}
		w.echo(t.echoed())
		if w.practice(t) {
			continue
		}
		f, err := w.followed(ctx, t.n)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		k := &explorer{view: view{dialog: w.dialog, author: w.author, holds: true, atHand: w.atHand, clock: w.clock, again: true}, means: w.means, accounts: w.accounts, exercise: w.exercise, late: w.late, foreteller: w.foreteller}
		k.engine, k.src = next()
		k.catchUp()
		k.changed(f)
		return k, nil
	}
}

// port reads the number of a port; empty takes that of the advice.
func port(typed string, a record.Advice) string {
	if typed == "" && a.Port != 0 {
		return strconv.Itoa(a.Port)
	}
	return typed
}
