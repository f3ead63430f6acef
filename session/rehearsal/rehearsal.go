// Package rehearsal takes an exercise as a person would who knows its solution. It shows whether an exercise can be solved, and
// whether something has to be done for it.
//
// A session meets the practice server as always. What the server delays passes at once, where a client would have waited for it; only a
// server that stays silent takes as long as the client has patience, which is two seconds here.
package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/course"
	"ehlo/session/document"
	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

const (
	// patience bounds a step of the client.
	patience = 2 * time.Second
	// longest bounds a rehearsal.
	longest = time.Minute
)

// Result is what came of an exercise.
type Result struct {
	Alone  record.Verdict // what the proposed steps alone come to
	Solved record.Verdict // what they come to after the solution; the zero value where none is walked
	// Wrong is what keeps it from being an exercise, each with its place in the file.
	Wrong document.Errors
}

// Try takes an exercise.
func Try(ctx context.Context, s course.Station) (r Result) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	t := &try{Station: s, ctx: ctx}
	if err := t.begin(setup.Request{}); err != nil {
		t.amiss("name", "it does not start: %v", err)
	} else {
		t.solve()
	}
	t.close()
	if ctx.Err() != nil && len(t.Wrong) == 0 {
		t.amiss("name", "its session does not end within a minute")
	}
	return t.Result
}

// try is a session with an exercise.
type try struct {
	course.Station
	Result
	ctx    context.Context
	setup  *setup.Setup // nil where none could be started
	engine *engine.Session
	goal   walk.Goal
}

// begin starts the practice server and makes a session with it; asked is what a person has agreed to.
func (t *try) begin(asked setup.Request) (err error) {
	asked.Target, asked.Own, asked.Timeout, asked.After = "lab:"+t.Name, []lab.Scenario{t.Scenario}, patience, passes
	asked.Goal.SendMessage = true
	p, err := setup.New(asked)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		return err
	}
	t.setup, t.engine, t.goal = p, p.Session(), p.Goal
	return nil
}

// passes has what is shorter than the client's patience over at once, and what is longer never: the client has given up by then.
func passes(d time.Duration) <-chan time.Time {
	c := make(chan time.Time, 1)
	if d < practised {
		c <- time.Time{}
	}
	return c
}

// practised is how long a client waits for the practice server in fact.
const practised = setup.PracticeTimeout

func (t *try) close() {
	if t.setup != nil {
		t.engine.Finish()
		t.setup.Close()
	}
}

func (t *try) amiss(field, format string, args ...any) {
	t.Wrong = append(t.Wrong, t.Fault(field, fmt.Sprintf(format, args...)))
}

// solve walks by the proposals alone, and then as the exercise says.
func (t *try) solve() {
	t.Alone = t.walk()
	reached := t.Reached(t.known(), true)
	switch t.Goal {
	case course.GoalWalk:
		if !reached {
			t.amiss("goal", "the walk does not succeed. %s Ask a question (ask), or name the advice that leads to success (do)%s", came(t.Alone), among(t.Alone))
		}
	case course.GoalDone:
		if reached {
			t.amiss("do", "the proposed steps alone solve it, without %s", t.Do)
			return
		}
		t.follow()
	case course.GoalAnswer:
		if !t.shows() {
			t.agree()
		}
	}
	t.occurs()
}

// came says what a session came to.
func came(v record.Verdict) string {
	return fmt.Sprintf("It ends %s at %s, exit code %d: %s.", v.Outcome, v.Phase, v.Exit, strings.TrimSuffix(v.Cause, "."))
}

// among lists the advice of a verdict that can solve an exercise.
func among(v record.Verdict) string {
	var names []string
	for _, a := range v.Advice {
		if name := string(a.Do); slices.Contains(course.Solving(), name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "; no advice of this session can be one"
	}
	return ", which can be " + strings.Join(names, ", ")
}

// walk goes by the proposals until they end, and says what the session has come to.
func (t *try) walk() record.Verdict {
	engine.Walk(t.ctx, t.engine, t.goal)
	return walk.Outcome(t.known(), walk.Ending{})
}

// known is what the log tells.
func (t *try) known() (s record.Snapshot) {
	log := t.engine.Log()
	for i := range log.Len() {
		s = s.Next(log.At(i))
	}
	return s
}

// follow does what the exercise says, where the session advises it.
func (t *try) follow() {
	a, advised := t.advice()
	if !advised {
		t.amiss("do", "the session does not advise %s. %s Do can be another advice%s", t.Do, came(t.Alone), among(t.Alone))
		return
	}
	goal, change, err := walk.Follow(t.known(), t.goal, a, t.Given)
	means, noMeans := t.means()
	if err = cmp.Or(err, noMeans); err != nil {
		t.amiss("do", "%s cannot be followed: %v", t.Do, err)
		return
	}
	t.goal = t.withSecret(goal)
	t.setup.Practice().Advance(a.After)
	t.engine.Change(change, means)
	if t.Solved = t.walk(); !t.Reached(t.known(), true) {
		t.amiss("do", "%s does not solve it. %s", t.Do, came(t.Solved))
	}
}

// advice is that of the verdict which solves the exercise. The name of a mechanism is the advice's own.
func (t *try) advice() (record.Advice, bool) {
	i := slices.IndexFunc(t.Alone.Advice, func(a record.Advice) bool {
		return a.Do == t.Do && (a.Do != record.TryMechanism || strings.EqualFold(a.Name, t.Given))
	})
	if i < 0 {
		return record.Advice{}, false
	}
	return t.Alone.Advice[i], true
}

func (t *try) withSecret(g walk.Goal) walk.Goal {
	switch t.Do {
	case record.GivePassword:
		g.Credentials.Username = cmp.Or(g.Credentials.Username, "ann")
		g.Credentials.Password = sasl.NewSecret(t.Given)
	case record.GiveToken:
		g.Credentials.Token = sasl.NewSecret(t.Given)
	}
	return g
}

// means are what the practice server gives out for an advice.
func (t *try) means() (m engine.Means, err error) {
	switch t.Do {
	case record.TrustCA:
		roots, failed := t.setup.Practice().Roots()
		m.Roots, m.RootsFrom, err = roots.Pool, roots.From, failed
	case record.GiveClientCertificate:
		m.Certificate, err = t.setup.Practice().Certificate()
	}
	return m, err
}

// shows reports whether the session has what shows the answer.
func (t *try) shows() bool {
	_, ok := t.Exercise.Shows(t.engine.Log(), t.engine.Log().Len())
	return ok
}

// agree walks once more, with a person who agrees to what is asked about and waits longer than the server does.
func (t *try) agree() {
	t.close()
	if err := t.begin(setup.Request{AllowUnverifiedAuth: true, AllowCleartextAuth: true, AllowObsoleteAuth: true}); err != nil {
		t.amiss("name", "it does not start: %v", err)
		return
	}
	for more := true; more; {
		more, _ = engine.Advance(t.ctx, t.engine, t.goal)
		if s := t.known(); t.Knobs.Idle > 0 && s.State.Connected() && s.Capabilities != nil {
			t.idle()
			break
		}
	}
	v := t.walk()
	if !t.shows() && t.Row != "" {
		t.amiss("row", "the session has no event %q, which would show the answer. %s", t.Row, came(v))
	}
}

// idle has the client wait until the server has lost its patience and says so in its log. Nothing else goes on meanwhile.
func (t *try) idle() {
	t.setup.Practice().Advance(t.Knobs.Idle)
	for tick := time.NewTicker(time.Millisecond); t.ctx.Err() == nil; <-tick.C {
		for _, e := range t.setup.Config.Beside(t.ctx) {
			if e.ServerLog != nil && slices.ContainsFunc(e.ServerLog.Lines, func(l record.LogLine) bool { return strings.HasPrefix(l.Text, "disconnect ") }) {
				return
			}
		}
	}
}

// occurs looks for what the scenario says that it is about. A reply that is asked about may be one to a line by hand.
func (t *try) occurs() {
	log := t.engine.Log()
	has := func(is func(*record.Event) bool) bool {
		for i := range log.Len() {
			if is(log.At(i)) {
				return true
			}
		}
		return false
	}
	if t.Finding != "" && !has(func(e *record.Event) bool { return e.Finding != nil && string(e.Finding.Code) == t.Finding }) {
		t.amiss("finding", "the session has no finding %s. %s", t.Finding, came(t.Alone))
	}
	if t.Reply != "" && t.Goal != course.GoalAnswer && !has(func(e *record.Event) bool { return e.Reply != nil && strings.HasPrefix(string(e.Reply.Raw), t.Reply) }) {
		t.amiss("reply", "no reply begins with %q. %s", t.Reply, came(t.Alone))
	}
}
