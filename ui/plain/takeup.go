package plain

import (
	"context"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

var keyLive = key{name: "live", does: "go live", help: "start a live session with the same server, repeat the steps up to here, and continue from there", quiet: true}

// takeUp says what will be done, and does it if the person agrees.
func (r *replay) takeUp(ctx context.Context) error {
	trail := walk.Retrace(r.src, r.pos)
	if len(trail.Steps) == 0 {
		r.print("there is no step to repeat")
		return nil
	}
	r.printf("a live session with %s would repeat %s:", trail.Plan.Target, words.Number(len(trail.Steps), "step"))
	at := record.Snapshot{Start: &record.Start{Plan: trail.Plan}}
	for i, t := range trail.Steps {
		r.printf("%d: %s", i+1, t.Label(at))
	}
	r.print("It stops if the server answers differently, and asks before any step that needs confirmation.")
	if trail.Plan.Scenario == "" {
		r.print("A transcript contains no password, CA or client certificate: a password is asked for, and the system's CAs are trusted.")
	}
	yes, err := r.yes(ctx, "start it?")
	if err != nil || !yes {
		return err
	}
	if err := r.takesUp(ctx, r.dialog.Console, trail); err != nil {
		return err
	}
	r.print("back in the transcript")
	r.where()
	return nil
}

// trail is a recorded session that is taken again.
type trail struct {
	left   []walk.Taken
	all    int
	took   int  // the steps that the live session had taken when they were last counted
	paused bool // the step that is next was tried, or is the person's
}

// retrace takes the next step of the trail, without one the next of those before the part that a lesson is about. It reports false where
// there is none, or where the person has to take it.
func (w *explorer) retrace(ctx context.Context) (took bool, err error) {
	if len(w.trail.left) == 0 {
		return w.leadIn(ctx)
	}
	if w.keepTrail(); len(w.trail.left) == 0 || w.trail.paused {
		return false, nil
	}
	o, yours := w.trail.left[0].Again(w.snap, w.goal)
	w.trail.paused = true
	if yours != "" && o.Missing == "" {
		w.printf("you have to take this step yourself: %s", yours)
		if o.Step.Verb != "" {
			w.chosen = &o
		}
		return false, nil
	}
	w.printf("again, step %d of %d: %s", w.trail.all-len(w.trail.left)+1, w.trail.all, o.Label(w.snap))
	return true, w.do(ctx, o.Step)
}

// keepTrail compares what was taken since with the recorded step.
func (w *explorer) keepTrail() {
	steps := walk.Retrace(w.src, w.shown).Steps
	switch taken := len(steps) - w.trail.took; {
	case taken == 0 && w.over():
		w.endTrail("the session is over")
		return
	case taken == 0:
		return
	case taken != 1:
		w.endTrail("the step differs from the recorded one")
		return
	}
	if why := w.trail.left[0].Differs(steps[len(steps)-1]); why != "" {
		w.endTrail(why)
		return
	}
	w.trail.left, w.trail.took, w.trail.paused = w.trail.left[1:], len(steps), false
	if len(w.trail.left) == 0 {
		w.endTrail("all steps were repeated")
	}
}

// endTrail hands the session over to the person.
func (w *explorer) endTrail(why string) {
	w.trail = trail{}
	w.printf("you continue from here: %s", why)
}
