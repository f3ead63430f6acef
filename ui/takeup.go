package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/ui/dialogue"
)

// takeUpMsg asks the root to start a session beside a replay, which stays until it is there.
type takeUpMsg struct {
	from  *explorer
	start func() (*Live, error)
}

// canTakeUp holds in a replay behind its first step, where a session can be started.
func (w *explorer) canTakeUp() bool {
	return w.replay != nil && w.env.launch != nil && !w.onward && w.snap.Start != nil && w.hasPast()
}

// takeUp asks whether to take the steps up to the position again, in a live session with the same server.
func (w *explorer) takeUp() tea.Cmd {
	trail := walk.Retrace(w.src, w.pos)
	if len(trail.Steps) == 0 {
		w.notice = "there is no step to repeat"
		return nil
	}
	w.sheet = &question{text: fmt.Sprintf("start a live session with %s and repeat %s?", called(trail.Plan), dialogue.Number(len(trail.Steps), "step")),
		why: w.stepsAgain(trail), answer: "start it", yes: func() tea.Cmd {
			w.onward = true
			return func() tea.Msg { return takeUpMsg{w, func() (*Live, error) { return w.startAgain(trail) }} }
		}}
	return nil
}

// called is whom a plan is for.
func called(p record.Plan) string {
	if p.Scenario != "" {
		return "the practice server (" + p.Scenario + ")"
	}
	return p.Target.String()
}

// stepsAgain says what will be sent, and what will be asked.
func (w *explorer) stepsAgain(trail walk.Trail) string {
	labels := make([]string, len(trail.Steps))
	for i, t := range trail.Steps {
		labels[i] = t.Label(w.snap)
	}
	how := "It stops if the server answers differently, and asks before any step that needs confirmation. "
	if trail.Plan.Scenario == "" {
		how += "A transcript contains no password, CA or client certificate: a password is asked for, and the system's CAs are trusted. "
	}
	return how + "The steps: " + strings.Join(labels, " · ") + "."
}

func (w *explorer) startAgain(trail walk.Trail) (*Live, error) {
	live, err := w.env.launch(Request{Request: setup.Again(trail.Plan, trail.Wanted()), AskSecrets: true})
	if err == nil {
		live.Trail = trail.Steps
	}
	return live, err
}

// trail is a recorded session that is taken again.
type trail struct {
	left   []walk.Taken
	all    int
	paused bool // a person has to take the step that is next
}

// retrace takes the next step of the trail, unless a person reads, answers or has to take it; without a trail the next of those before the
// part that a lesson is about.
func (w *explorer) retrace() tea.Cmd {
	if len(w.trail.left) == 0 {
		return w.leadIn()
	}
	if w.trail.paused || w.sheet != nil || !w.walking() {
		return nil
	}
	o, yours := w.trail.left[0].Again(w.snap, w.goal)
	if yours == "" {
		return w.do(o.Step, showOption(o, w.snap))
	}
	w.trail.paused = true
	w.notice = "you have to take this step yourself: " + yours
	for i, option := range w.options() {
		if option.Step.Verb == o.Step.Verb && option.Step.Mechanism == o.Step.Mechanism {
			w.chosen = i
		}
	}
	if o.Missing != "" {
		return w.lack(o)
	}
	return nil
}

// traced compares a step that was done with the recorded one, and goes on with the next.
func (w *explorer) traced(b *busy) tea.Cmd {
	if len(w.trail.left) == 0 {
		return w.leadIn()
	}
	if _, asks := errors.AsType[*walk.GuardError](b.err); asks {
		w.trail.paused = true
		return nil
	}
	if why := w.strays(b); why != "" {
		return w.endTrail(why)
	}
	w.trail.left, w.trail.paused = w.trail.left[1:], false
	switch {
	case len(w.trail.left) == 0:
		return w.endTrail("all steps were repeated")
	case w.verdict != nil:
		return w.endTrail("the session is over")
	}
	return w.retrace()
}

// strays says how a step that was done leaves the trail; empty where it does not.
func (w *explorer) strays(b *busy) string {
	steps := walk.Retrace(w.src, w.pos).Steps
	switch {
	case w.pos == b.first:
		return "the step could not be taken"
	case b.step.Verb == record.VerbQuit || len(steps) == 0:
		return "the step differs from the recorded one"
	}
	return w.trail.left[0].Differs(steps[len(steps)-1])
}

// endTrail hands the session over to the person.
func (w *explorer) endTrail(why string) tea.Cmd {
	w.trail = trail{}
	w.notice = "you continue from here: " + why
	return nil
}

// along says how far the trail has been taken.
func (t trail) along() string {
	return fmt.Sprintf("again: step %d of %d", t.all-len(t.left)+1, t.all)
}
