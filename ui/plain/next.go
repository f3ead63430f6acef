package plain

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// proposal is the step that the Enter key does. Where the last one has changed nothing, which leaves the same proposal, it is
// to close the connection.
func (w *explorer) proposal() walk.Option {
	if w.chosen != nil {
		return *w.chosen
	}
	options := walk.Options(w.snap, w.goal)
	switch {
	case len(options) == 0:
		return walk.Option{Step: record.Step{Verb: record.VerbResolve}}
	case !w.stuck:
		return options[0]
	}
	quit := slices.IndexFunc(options, func(o walk.Option) bool { return o.Step.Verb == record.VerbQuit })
	return options[max(quit, 0)]
}

// over reports whether nothing is left to be done for the goal.
func (w *explorer) over() bool {
	if w.chosen != nil {
		return false
	}
	return walk.Over(w.snap, w.goal) || w.snap.Faulted != nil || w.stuck && !w.snap.State.Connected()
}

// verdict is what the session has come to if it ends here.
func (w *explorer) verdict() record.Verdict {
	return walk.Outcome(w.snap, walk.Ending{Declined: w.declined})
}

// announce says what comes next and why. After a step it says first what can be done if that failed, or sums up where the walk
// is over; it does so once.
func (w *explorer) announce(o walk.Option) {
	w.print("")
	news := w.advised != w.shown
	w.advised = w.shown
	switch over := w.over(); {
	case over && news:
		w.print("the session is over")
		w.sumUp(w.verdict())
	case over:
		w.print("the session is over")
	case news:
		w.counsel(o)
		fallthrough
	default:
		w.describe(o)
	}
}

// describe says what a step is and what it is for.
func (w *explorer) describe(o walk.Option) {
	w.printf("next%s: %s", w.doubt(), o.Label(w.snap))
	if o.Blocked == nil {
		w.printf("  %s", o.Sourced(o.Why))
	}
	if o.Expect != "" {
		w.printf("  out of order: %s", o.Expect)
	}
	if o.Guard != nil {
		w.printf("  will be asked first: %s", o.Guard.Question)
	}
}

// counsel says why the walk cannot go on as asked, and lists the advice.
func (w *explorer) counsel(o walk.Option) {
	if o.Blocked != nil {
		w.printf("stopped: %s", o.Blocked.Text)
	}
	w.offer(w.advice())
}

// doubt goes with every step that is proposed over TLS to nobody knows whom.
func (w *explorer) doubt() string {
	if w.snap.State.Security.Unverified() {
		return " (TLS unverified)"
	}
	return ""
}

// maskedStep reports whether what would be typed in place of the step is likely to be a secret.
func maskedStep(o walk.Option) bool {
	return o.Step.Verb == record.VerbAuth || o.Step.Verb == record.VerbRespond || strings.Contains(o.Show, sasl.Mask)
}
